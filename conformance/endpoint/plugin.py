"""The pytest plugin: checks of an endpoint as tests of anybody's project.

    pytest --pyargs conformance.endpoint.checks --acs-url http://127.0.0.1:8080

A test fails where its verdict is failed, is skipped with the reason where it is inconclusive or does not apply, and is
an expected failure where the failure is known. Requirements that every exchange is judged by, and choices, are reported
at the end, each as a test of its own. Without a URL nothing is done and next to nothing is imported.

A team's own checks use the fixture `acs_target` (the endpoint, see `endpoint/target.py`) and the mark `requirement`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.endpoint.settings import Settings
    from conformance.endpoint.target import Target

NAME = "acs-certification"
GIVE_A_URL = "an endpoint is needed: give --acs-url URL, or acs_url in the ini file"
# name, how it is read from the ini file, and what it means; each is an option too
OPTIONS: Sequence[tuple[str, Any, str]] = (
    ("url", "string", "the endpoint to certify"),
    ("operation", "string", "a shipped operation"),
    ("contract", "string", "a folder that `acs-conformance derive` wrote"),
    ("region", "args", "a region that holds data (repeatable; the first is the main one)"),
    ("profile", "args", "a profile, or CHOICE=VALUE (repeatable)"),
    ("format", "args", "json or xml (repeatable; default: both)"),
    ("signature", "args", "v1, v3 or none (repeatable; default: v1 and v3)"),
    ("method", "args", "GET or POST (repeatable; default: both)"),
    ("select", "args", "judge only requirements that match a glob (repeatable)"),
    ("seed", "string", "decides the drawn requests"),
    ("max-examples", "string", "drawn examples a check and format (default: 8)"),
    ("timeout", "string", "seconds an answer may take (default: 10)"),
    ("tasks", "string", "a file with the items that the target stores"),
    ("known-failing", "string", "a file with failures that are known"),
)


class ConformanceWarning(UserWarning):
    """A SHOULD that is not met."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Every setting, as an option and in the ini file."""
    group = parser.getgroup("acs-conformance", "conformance of an endpoint")
    for name in ("--acs-settings", "--acs-progress"):
        group.addoption(name, help=__import__("argparse").SUPPRESS)
    for name, kind, what in OPTIONS:
        repeatable = {"action": "append"} if kind == "args" else {}
        group.addoption(f"--acs-{name}", dest=_key(name), help=what, **repeatable)
        parser.addini(_key(name), what, type=kind, default=[] if kind == "args" else "")


def pytest_configure(config: pytest.Config) -> None:
    """Start a certification where there is something to certify, in each process that runs tests."""
    config.addinivalue_line(
        "markers",
        "requirement(check, level=..., statement=...): the check of the ledger that the test is, or a team's own",
    )
    config.addinivalue_line("markers", "choice_kinds(*kinds): the test finds out about choices of these kinds")
    certified_by_us = config.getoption("--acs-settings")
    if not certified_by_us and not _given(config, "url"):
        return
    from conformance.endpoint import sessions

    if certified_by_us:
        sessions.start_ours(config, Path(certified_by_us), config.getoption("--acs-progress"))
    else:
        sessions.start_theirs(config, settings_of(config))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A check without an endpoint is a mistake of the call, not a test that fails."""
    of_ours = any(metafunc.definition.get_closest_marker(name) for name in ("requirement", "choice_kinds"))
    if of_ours and not metafunc.config.pluginmanager.has_plugin(NAME) and "acs_requirement" not in _names(metafunc):
        raise pytest.UsageError(f"{metafunc.definition.nodeid}: {GIVE_A_URL}")


def _names(metafunc: pytest.Metafunc) -> set[str]:
    """Arguments that are parametrised already."""
    return {name for mark in metafunc.definition.iter_markers("parametrize") for name in str(mark.args[0]).split(",")}


@pytest.fixture(scope="session")
def acs_target(request: pytest.FixtureRequest) -> Target:
    """The endpoint under test. Skips where none is given."""
    certification = request.config.pluginmanager.get_plugin(NAME)
    if certification is None:
        pytest.skip(GIVE_A_URL)
    target: Target = certification.open_target
    return target


def _key(name: str) -> str:
    return f"acs_{name.replace('-', '_')}"


def _given(config: pytest.Config, name: str) -> Any:
    return config.getoption(_key(name)) or config.getini(_key(name))


def settings_of(config: pytest.Config) -> Settings:
    """The settings that options and the ini file say, options first. Raises pytest.UsageError."""
    from conformance.contract.catalogue import USUAL_OPERATION, operation_folder
    from conformance.endpoint.settings import FORMATS, METHODS, SIGNATURES, Settings
    from conformance.errors import Refusal

    def several(name: str, allowed: Sequence[str]) -> tuple[str, ...]:
        found = tuple(_given(config, name)) or tuple(allowed)
        return tuple(_one_of(name, value, {*allowed, "none"} if name == "signature" else allowed) for value in found)

    contract, tasks, known = (_given(config, name) for name in ("contract", "tasks", "known-failing"))
    folder = config.rootpath
    try:
        return Settings(
            operation_folder(_given(config, "operation") or USUAL_OPERATION, folder / contract if contract else None),
            _given(config, "url"),
            regions=tuple(_given(config, "region")),
            profiles=tuple(_given(config, "profile")),
            formats=several("format", FORMATS),  # type: ignore[arg-type]
            signatures=several("signature", SIGNATURES),  # type: ignore[arg-type]
            methods=several("method", METHODS),
            select=tuple(_given(config, "select")),
            seed=int(_number(config, "seed", int) or 0),
            max_examples=int(_number(config, "max-examples", int) or 8),
            timeout=_number(config, "timeout", float) or 10.0,
            items_file=folder / tasks if tasks else None,
            known_file=folder / known if known else None,
            unlisted_regions=True,
        )
    except Refusal as e:
        raise pytest.UsageError(str(e)) from None


def _one_of(name: str, value: str, allowed: Sequence[str] | set[str]) -> str:
    if value not in allowed:
        raise pytest.UsageError(f"--acs-{name}: {value!r} is none of {', '.join(sorted(allowed))}")
    return value


def _number(config: pytest.Config, name: str, kind: type[int] | type[float]) -> float | None:
    text = _given(config, name)
    if not text:
        return None
    try:
        value = kind(text)
    except ValueError:
        raise pytest.UsageError(f"--acs-{name}: {text!r} is no number") from None
    if value < 0:
        raise pytest.UsageError(f"--acs-{name}: {text!r} is less than nothing")
    return value
