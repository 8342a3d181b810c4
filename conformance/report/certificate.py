"""A certificate: an in-toto statement, with the test-result predicate, that a run's event stream bears out.

It is issued only where every selected MUST was judged and met (or does not apply, with a reason), nothing erred, and no
failure was known beforehand; for a run that judged a part of what is required, only where that is asked for, and then
its text says so. Without a MUST that was judged there is none. What is no MUST need not have been judged: not every
driver of an SDK can show all of that; the text says how many, and `notEstablished` which and why. It is a pure function
of the stream, so that whoever has both can check that one follows from the other. Signing is in `signature.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from conformance.report.conclusion import conclude
from conformance.report.events import CONVERTER
from conformance.report.results import Result, counts, dialect, is_unsure, results, why_unsure
from conformance.report.scope import settings_of
from conformance.report.stream import Run, parse

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
# our own facts, in a member whose name nobody else will use, as the specification asks of extensions
EXTENSION = "acs-conformance"
DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class NotCertifiable(Exception):
    """The run does not earn a certificate. `reasons` has a sentence for each thing in the way."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


def certify(events: bytes, partial: bool = False) -> bytes:
    """The certificate for an event stream, unsigned; with `partial` also for a run that judged a part.

    Raises NotCertifiable, or a StreamError.
    """
    run = parse(events)
    if reasons := tuple(objections(run, partial)):
        raise NotCertifiable(reasons)
    return canonical(_statement(run, events))


def canonical(value: Any) -> bytes:
    """The one form in which a certificate is written: sorted, indented, UTF-8, one newline at the end."""
    return (json.dumps(value, sort_keys=True, indent=2, ensure_ascii=True) + "\n").encode()


def objections(run: Run, partial: bool = False) -> Iterator[str]:
    """Everything that keeps a run from being certified."""
    found, conclusion = results(run), conclude(run)
    if not conclusion.conformant:
        yield f"The run is not one of a conformant target: {conclusion.sentence}"
    if left_out := () if partial else conclusion.scope.left_out:
        yield f"The run judged a part of what is required; not {', '.join(left_out)}. --partial certifies the part."
    if not any(_judged(result) for result in found if result.entry.level == "MUST"):
        yield "No MUST was judged, and nothing else earns a certificate."
    if run.header.known_failures or any(verdict.verdict == "known-failing" for verdict in run.verdicts):
        yield "The run was told of known failures, and a known failure never earns a certificate."
    if unsure := [result.entry.id for result in found if result.entry.level == "MUST" and is_unsure(result)]:
        yield f"Not every MUST could be judged: {_few(unsure)}."
    if broken := [r.entry.id for r in found if any(verdict.verdict == "errored" for verdict in r.verdicts)]:
        yield f"The suite itself broke down over {_few(broken)}."
    if not _is_named(run):
        yield "The stream does not name the digest of the package that was judged, so that nothing ties it to one."
    for name, digest in _inputs(run):
        if not DIGEST.fullmatch(digest):
            yield f"The stream does not name the digest of the {name} that was used."


def _judged(result: Result) -> bool:
    return any(verdict.verdict == "passed" for verdict in result.verdicts)


def _is_named(run: Run) -> bool:
    target = run.header.target
    return bool(target.digest) or (target.kind == "endpoint" and bool(target.url))


def _inputs(run: Run) -> tuple[tuple[str, str], ...]:
    suite = run.header.suite
    return (("contract.yaml", suite.contract_digest), ("requirements.yaml", suite.requirements_digest))


def _statement(run: Run, events: bytes) -> dict[str, Any]:
    found = results(run)
    warned = _ids(found, "warned")
    inputs = [{"name": name, "digest": {"sha256": text.removeprefix("sha256:")}} for name, text in _inputs(run)]
    return {
        "_type": STATEMENT_TYPE,
        "subject": [_subject(run)],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "result": "WARNED" if warned else "PASSED",
            "configuration": [*inputs, {"name": "events.jsonl", "digest": {"sha256": sha256(events).hexdigest()}}],
            "passedTests": _ids(found, "passed"),
            "warnedTests": warned,
            "failedTests": [],
            EXTENSION: _facts(run, found),
        },
    }


def _subject(run: Run) -> dict[str, Any]:
    """A package by its own digest; an endpoint by its address and the dialect that it was seen to speak."""
    target = run.header.target
    if target.digest:
        return {"name": " ".join(filter(None, (target.name, target.release))), "digest": dict(target.digest)}
    identity = canonical({"url": target.url, "dialect": dialect(run)})
    return {"name": target.url, "digest": {"sha256": sha256(identity).hexdigest()}}


def _facts(run: Run, found: tuple[Result, ...]) -> dict[str, Any]:
    header, footer, conclusion = run.header, run.footer, conclude(run)
    levels = dict.fromkeys(result.entry.level for result in found)
    target = {"kind": header.target.kind, "name": header.target.name, "url": header.target.url}
    target |= {"release": header.target.release, "runtime": header.target.runtime}
    unsure = {result.entry.id: why_unsure(result) for result in found if is_unsure(result)}
    return {
        "formatVersion": 2,
        "text": f"{conclusion.headline}. {conclusion.sentence}",
        "scope": conclusion.scope.word,
        "leftOut": list(conclusion.scope.left_out),
        "settings": [CONVERTER.unstructure(one) for one in settings_of(run)],
        "suite": {"name": header.suite.name, "version": header.suite.version},
        "operation": header.operation,
        "target": target | {"dependencies": dict(header.target.dependencies)},
        "seed": header.seed,
        "seeds": [part.seed for part in header.parts] or [header.seed],
        "started": header.started,
        "requests": footer.requests,
        "profile": {"name": header.profile.name, "pins": dict(header.profile.pins)},
        "dialect": dialect(run),
        "counts": {
            level: {standing: number for standing, number in counts(members).items() if number}
            for level in levels
            if (members := [result for result in found if result.entry.level == level])
        },
        "notApplicable": {r.entry.id: r.message for r in found if r.standing == "not-applicable"},
        **({"notEstablished": unsure} if unsure else {}),
        "deselected": list(header.deselected),
    }


def _ids(found: tuple[Result, ...], standing: str) -> list[str]:
    return [result.entry.id for result in found if result.standing == standing]


def _few(names: list[str], limit: int = 5) -> str:
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")
