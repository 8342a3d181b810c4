"""The events of a run, one JSON object a line: a header, verdicts, what was observed of choices, a footer.

This is the whole interface between a run and its reports, and it is public:
`schemas/acs-conformance/event.schema.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from attrs import field, frozen
from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from conformance.ledger.findings import Lack as Lack
from conformance.ledger.verdicts import Evidence as Evidence
from conformance.ledger.verdicts import Verdict as Verdict
from conformance.report.json_text import json_text

FORMAT_VERSION = 2
SCHEMA = "event.schema.json"


class BadEvent(ValueError):
    """A JSON value that is no event of this version. The message says what is wrong, without naming the file."""


class UnknownEvent(BadEvent):
    """An event of a kind that this version does not have."""


class FutureVersion(BadEvent):
    """A header of a later format version."""


@frozen
class Suite:
    """What judged. The digests are `sha256:…` of the contract and the ledger as they were used."""

    name: str
    version: str
    contract_digest: str
    requirements_digest: str


@frozen
class TargetIdentity:
    """What was judged. For an endpoint `url`; for an SDK its release, runtime and resolved dependencies.

    `digest` names the package that was judged, by algorithm (`{"sha256": "…"}`).
    """

    kind: Literal["endpoint", "sdk", "cassette"]
    name: str
    url: str | None = None
    release: str | None = None
    runtime: str | None = None
    digest: Mapping[str, str] = field(factory=dict)
    dependencies: Mapping[str, str] = field(factory=dict)


@frozen
class RunProfile:
    """The choices that were pinned, and by whom (`profile strict`, `command line`)."""

    name: str | None = None
    pins: Mapping[str, str] = field(factory=dict)
    pinned_by: Mapping[str, str] = field(factory=dict)


@frozen
class ProfileEntry:
    """A profile that the run could have been held to: the alternative that it pins each choice to."""

    name: str
    statement: str
    pins: Mapping[str, str] = field(factory=dict)


@frozen
class CatalogueEntry:
    """A selected requirement."""

    id: str
    level: Literal["MUST", "SHOULD", "MAY"]
    theme: str
    statement: str
    citations: tuple[str, ...] = ()
    choice: str | None = None
    subject: str | None = None


@frozen
class SentenceEntry:
    """A normative sentence of the documentation, by place and digest, and the requirements that it became."""

    citation: str
    digest: str
    requirements: tuple[str, ...] = ()
    excluded: str | None = None


@frozen
class AlternativeEntry:
    """One documented way to take a choice, in words."""

    id: str
    statement: str
    citations: tuple[str, ...] = ()


@frozen
class ChoiceEntry:
    """A point that the documentation leaves open; `reason` is `contradiction` or `silence`."""

    id: str
    statement: str
    reason: Literal["contradiction", "silence"]
    alternatives: tuple[AlternativeEntry, ...] = ()


@frozen
class KnownFailureEntry:
    """A failure that the run was told to expect, and why."""

    requirement: str
    reason: str
    case: str | None = None
    owner: str | None = None
    link: str | None = None
    expires: str | None = None
    flaky: bool = False
    cause: str | None = None


@frozen
class Latency:
    """A histogram: `counts[i]` answers took at most `bounds_ms[i]`, and the last of the counts is for all the
    slower.
    """

    bounds_ms: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


@frozen
class SettingsEntry:
    """What a run was asked to judge. `select` are globs over requirement ids (none: all), `levels` those judged.

    The rest is of runs on endpoints: formats, signatures, methods and regions that requests were made in, and how many
    `examples` were drawn a check. `documented` has what the documentation knows of `formats`, `signatures`, `methods`.
    Of pages that were published after `as_of` nothing counts; `revisions` names those that do, where there is a date.
    `access` names the options by which the endpoint was reached, and the headers that were sent, without any value.
    """

    select: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    examples: int | None = None
    documented: Mapping[str, tuple[str, ...]] = field(factory=dict)
    access: tuple[str, ...] = ()
    as_of: str | None = None
    revisions: tuple[str, ...] = ()


@frozen
class Seal:
    """What the footer says of the lines before it: the SHA-256 over their bytes, and how often each verdict stands."""

    digest: str
    verdicts: Mapping[str, int] = field(factory=dict)


@frozen
class ResumedEntry:
    """A run that went on with one that did not come to its end: when that one began (ISO 8601, UTC), and how many of
    its checks were through.
    """

    started: str
    checks: int


@frozen
class Pace:
    """Of a run that will be long: the seconds of an answer, about how many requests it sends, and the seconds that
    these take with so many `workers`. `ends_after` is the bound on its seconds, if there is one.
    """

    answer: float
    requests: int
    seconds: float
    workers: int = 1
    ends_after: float | None = None


@frozen
class Part:
    """One of the runs that a merged stream was made of: `id` is the digest of its own stream, the rest its
    footer's.
    """

    id: str
    seed: int
    started: str
    python: str
    selected: tuple[str, ...]
    deselected: tuple[str, ...] = ()
    requests: int = 0
    throttled: int = 0
    seconds: float = 0.0
    outcomes: Mapping[str, int] = field(factory=dict)
    latency: Latency = field(factory=Latency)
    interrupted: bool = False
    reason: str | None = None
    settings: SettingsEntry | None = None


@frozen
class RunStarted:
    """The header. `started` is ISO 8601 in UTC; `deselected` are ids of the ledger that were left out of the run, and
    `deselected_levels` the level of each; `pace` is there where answers take so long that the run does too. Streams of
    format version 1 have neither levels nor `settings`.
    """

    suite: Suite
    target: TargetIdentity
    operation: str
    seed: int
    started: str
    python: str
    catalogue: tuple[CatalogueEntry, ...]
    profile: RunProfile = field(factory=RunProfile)
    deselected: tuple[str, ...] = ()
    sentences: tuple[SentenceEntry, ...] = ()
    choices: tuple[ChoiceEntry, ...] = ()
    known_failures: tuple[KnownFailureEntry, ...] = ()
    profiles: tuple[ProfileEntry, ...] = ()
    parts: tuple[Part, ...] = ()
    settings: SettingsEntry | None = None
    deselected_levels: Mapping[str, Literal["MUST", "SHOULD", "MAY"]] = field(factory=dict)
    resumed: ResumedEntry | None = None
    pace: Pace | None = None
    format_version: int = FORMAT_VERSION


@frozen
class ChoiceObserved:
    """An alternative that the target was seen to take, `count` times; `format` where the choice is one of
    each format.
    """

    choice: str
    alternative: str
    format: str | None = None
    count: int = 1
    example: str | None = None
    part: str | None = None


@frozen
class RunFinished:
    """The footer. `outcomes` counts answers by HTTP status, or by the name of what went wrong; `seal` is written by
    `stream.Writer`, and checked and taken off by its reader.
    """

    requests: int = 0
    throttled: int = 0
    seconds: float = 0.0
    outcomes: Mapping[str, int] = field(factory=dict)
    latency: Latency = field(factory=Latency)
    interrupted: bool = False
    reason: str | None = None
    seal: Seal | None = None


Event = RunStarted | Verdict | ChoiceObserved | RunFinished
KINDS: dict[str, type] = {
    "run-started": RunStarted,
    "verdict": Verdict,
    "choice-observed": ChoiceObserved,
    "run-finished": RunFinished,
}
NAMES = {kind: name for name, kind in KINDS.items()}


def _exact(*kinds: type) -> Any:
    def structure(value: Any, _: Any) -> Any:
        if type(value) not in kinds:
            raise TypeError(f"expected {kinds[0].__name__}, found {value!r:.60}")
        return kinds[0](value)

    return structure


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    for kinds in ((str,), (int,), (bool,), (float, int)):
        converter.register_structure_hook(kinds[0], _exact(*kinds))
    seal = override(omit_if_default=True)
    converter.register_unstructure_hook(Evidence, make_dict_unstructure_fn(Evidence, converter, command=seal))
    entry = make_dict_unstructure_fn(KnownFailureEntry, converter, cause=seal)
    converter.register_unstructure_hook(KnownFailureEntry, entry)
    for kind in KINDS.values():
        converter.register_structure_hook(kind, make_dict_structure_fn(kind, converter))
        converter.register_unstructure_hook(
            kind,
            make_dict_unstructure_fn(
                kind,
                converter,
                _cattrs_omit_if_default=kind is Verdict,
            ),
        )
    converter.register_unstructure_hook(
        SettingsEntry, make_dict_unstructure_fn(SettingsEntry, converter, as_of=seal, revisions=seal)
    )
    converter.register_unstructure_hook(
        RunStarted, make_dict_unstructure_fn(RunStarted, converter, resumed=seal, pace=seal)
    )
    converter.register_unstructure_hook(RunFinished, make_dict_unstructure_fn(RunFinished, converter, seal=seal))
    return converter


CONVERTER = _converter()


def to_dict(event: Event) -> dict[str, Any]:
    """The event as plain JSON values; `event` says which it is."""
    return {"event": NAMES[type(event)], **CONVERTER.unstructure(event)}


def from_dict(value: Any) -> Event:
    """Raises BadEvent, UnknownEvent or FutureVersion."""
    if not isinstance(value, dict) or not isinstance(value.get("event"), str):
        raise BadEvent("not an event: expected an object with a member `event`")
    name = value["event"]
    if name not in KINDS:
        raise UnknownEvent(f"unknown event {name!r}; this version knows {', '.join(KINDS)}")
    version = value.get("format_version", FORMAT_VERSION)
    if name == "run-started" and isinstance(version, int) and version > FORMAT_VERSION:
        raise FutureVersion(
            f"format version {version}; this release reads up to {FORMAT_VERSION}: update acs-conformance"
        )
    members = {key: member for key, member in value.items() if key != "event"}
    try:
        return CONVERTER.structure(members, KINDS[name])
    except (BaseValidationError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise BadEvent(f"a {name} event that does not fit its schema: {_first(error)}") from error


def to_line(event: Event) -> str:
    """One line of a stream, with its newline. Characters outside ASCII stay as they are, lone surrogates
    escaped.
    """
    text = json_text(to_dict(event))
    if not text.isascii():
        # separators that some readers take for the end of a line
        text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085")
    return text + "\n"


def _first(error: BaseException) -> str:
    """The innermost of the first of nested errors, on one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    text = f"missing {error}" if isinstance(error, KeyError) else str(error)
    return " ".join(text.split())[:200]
