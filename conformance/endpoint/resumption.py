"""Going on with a run that did not come to its end: by the settings and the seed that its folder keeps.

The folder holds the settings (`run.json`) from before the first request, and the checks that are through
(`progress.jsonl`). Credentials are in neither.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, frozen
from cattrs.errors import BaseValidationError
from cattrs.preconf.json import make_converter

from conformance.endpoint.progress import CheckDone, read_progress
from conformance.endpoint.settings import Settings
from conformance.endpoint.traffic import Limits
from conformance.errors import Refusal
from conformance.foreign import BadText, json_value, text_of
from conformance.report.folder import EVENTS, PROGRESS, SETTINGS
from conformance.report.stream import StreamError, read

# what decides a run; with --resume it comes from the folder, and from nowhere else
KEPT = (
    "folder", "url", "regions", "profiles", "formats", "signatures", "methods", "max_examples", "seed", "timeout",
    "limits", "items_file", "known_file", "select", "levels", "faults", "variants", "unlisted_regions",
    "allow_plaintext", "max_body", "access", "values", "allow_changes", "as_of",
)  # fmt: skip
CONVERTER = make_converter()
CONVERTER.register_structure_hook(Path, lambda value, _: Path(value))
CONVERTER.register_unstructure_hook(Path, str)


@frozen
class Resumption:
    """A run to go on with: where, when it began, by which contract and requirements, and what is through."""

    folder: Path
    started: str
    contract_digest: str
    requirements_digest: str
    done: tuple[CheckDone, ...]


def keep_settings(folder: Path, settings: Settings, started: str, digests: tuple[str, str]) -> None:
    """Write what is needed to go on. Raises OSError."""
    kept = CONVERTER.unstructure(_with_absolute_paths(settings))
    data = {
        "format_version": 1,
        "started": started,
        "contract_digest": digests[0],
        "requirements_digest": digests[1],
        "settings": {name: kept[name] for name in KEPT},
    }
    (folder / SETTINGS).write_text(json.dumps(data, indent=1) + "\n", "utf-8")


def resumed(run: Path, given: Settings) -> tuple[Settings, Resumption]:
    """The settings of the run in a folder, with what else is `given`. Raises Refusal."""
    folder = run.parent if run.name == EVENTS else run
    if not (folder / SETTINGS).is_file():
        raise Refusal(f"{folder} holds no run of `endpoint` to go on with: there is no {SETTINGS} in it.")
    if _is_finished(folder / EVENTS):
        raise Refusal(f"The run in {folder} came to its end; leave out --resume to run it again.")
    try:
        data = json_value(text_of(folder / SETTINGS))
        limits = CONVERTER.structure(data["settings"]["limits"], Limits)
        bare = {name: data["settings"][name] for name in KEPT if name != "limits"}
        kept = CONVERTER.structure(bare, Settings)
        digests = str(data["contract_digest"]), str(data["requirements_digest"])
        found = Resumption(folder, str(data["started"]), *digests, read_progress(folder / PROGRESS))
    except (BadText, BaseValidationError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refusal(f"{folder / SETTINGS} cannot be gone on from ({_first(error)}).") from None
    taken: Mapping[str, Any] = {name: getattr(kept, name) for name in KEPT if name != "limits"}
    return evolve(given, **taken, limits=limits, report_dir=folder), found


def _with_absolute_paths(settings: Settings) -> Settings:
    """Paths that hold wherever the run is gone on with."""
    items, known = settings.items_file, settings.known_file
    return evolve(
        settings,
        folder=settings.folder.resolve(),
        items_file=items and items.resolve(),
        known_file=known and known.resolve(),
    )


def _is_finished(events: Path) -> bool:
    try:
        return not read(events).footer.interrupted
    except StreamError:
        return False


def _first(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{error} is missing" if isinstance(error, KeyError) else " ".join(str(error).split())[:200]
