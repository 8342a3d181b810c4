"""A run over a service: its event stream (one JSON object a line), read back, and what it comes to.

`service-started` says what is judged and what is not, `operation-judged` what came of one operation, `protocol-judged`
what came of the protocol on one of the operations that stand for all, `sequences-judged` what came of sequences of
requests over the things of one resource, `service-finished` that the run came to its end. Each judged operation has a
folder of evidence of its own beside the stream, which its digest ties to it; the evidence of sequences is their steps.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Literal

from attrs import field, frozen
from cattrs.gen import make_dict_unstructure_fn

from conformance.ledger.known_failing import speaks_of
from conformance.report.events import CONVERTER, TargetIdentity
from conformance.report.json_text import json_text
from conformance.report.service_causes import Failed, ServiceCause, service_causes

OperationVerdict = Literal[
    "conformant", "known-failing", "in-part", "not-conformant", "not-established", "not-supported"
]
VERDICTS: tuple[OperationVerdict, ...] = (
    "not-conformant", "not-established", "known-failing", "in-part", "conformant", "not-supported",
)  # fmt: skip


# a requirement that stands so was judged, whatever came of it
JUDGED = ("passed", "failed", "warned", "unexpectedly-passed")

# the headline of a run in which nothing failed, and something was not judged
IN_PART = "Conformant in part"


@frozen
class OperationJudged:
    """What came of one operation, or of the sequences over a resource, which is then its name. `digest` is over its own
    event stream, `attempted` whether anything was sent.

    `verdicts` has how each requirement of an SDK stands, by its id without the operation, and what was found about each
    requirement of sequences; an endpoint's are in its own stream alone. `excused` names the known failures that were
    met in it.
    """

    name: str
    kind: str
    verdict: OperationVerdict
    reason: str = ""
    counts: Mapping[str, int] = field(factory=dict)
    requests: int = 0
    seconds: float = 0.0
    attempted: bool = True
    digest: str | None = None
    failed: tuple[Failed, ...] = ()
    unknown_causes: tuple[str, ...] = ()
    themes: Mapping[str, str] = field(factory=dict)
    verdicts: Mapping[str, str] = field(factory=dict)
    excused: tuple[str, ...] = ()


@frozen
class ServiceStarted:
    """`operations` is how many the service has, `selected` the names that are asked for, `seed` decides the draws.
    `sequences` are the resources whose things sequences of requests are about.

    `subject` is the release of an SDK; None for an endpoint, which its address names. `known` has the globs over
    requirements of the known failures that were told of, by their labels. `resumed` is when the run began that this one
    goes on with.
    """

    suite: Mapping[str, str]
    product: str
    version: str
    target: str
    seed: int
    started: str
    operations: int
    selected: tuple[str, ...]
    protocol: tuple[str, ...]
    settings: Mapping[str, Any] = field(factory=dict)
    subject: TargetIdentity | None = None
    known: Mapping[str, str] = field(factory=dict)
    resumed: str | None = None
    sequences: tuple[str, ...] = ()


@frozen
class ServiceFinished:
    """The end of the stream. A run that was interrupted proves nothing. `left` is what the run created and could not
    take away.
    """

    seconds: float
    interrupted: bool = False
    left: tuple[str, ...] = ()


@frozen
class ServiceRun:
    """A stream that has come to its end."""

    started: ServiceStarted
    operations: tuple[OperationJudged, ...]
    protocol: tuple[OperationJudged, ...]
    finished: ServiceFinished
    sequences: tuple[OperationJudged, ...] = ()

    @property
    def all(self) -> tuple[OperationJudged, ...]:
        """Everything that was judged: the protocol, sequences, and operations."""
        return (*self.protocol, *self.sequences, *self.operations)

    @property
    def requests(self) -> int:
        """What was sent, in all."""
        return sum(o.requests for o in self.all)

    @property
    def counts(self) -> dict[str, int]:
        """How many operations came to each verdict."""
        found = Counter(o.verdict for o in self.operations)
        return {verdict: found[verdict] for verdict in VERDICTS}

    @property
    def unmet(self) -> tuple[str, ...]:
        """The known failures that nothing met, though what they are about was judged: their entries are to go."""
        everything = (*self.operations, *self.protocol)
        met = {label for o in everything for label in o.excused}
        judged = {f"{o.name}.{check}" for o in everything for check, v in o.verdicts.items() if v in JUDGED}
        left = {label: glob for label, glob in self.started.known.items() if label not in met}
        return tuple(label for label, glob in left.items() if any(speaks_of(glob, id) for id in judged))

    @property
    def exit_status(self) -> int:
        """0 conformant as far as judged; 1 not conformant, or a known failure that is none; 3 not established:
        interrupted, nothing judged, or an operation that was tried and could not be judged.
        """
        tried = [o for o in self.all if o.attempted]
        if any(o.verdict == "not-conformant" for o in tried) or self.unmet:
            return 1
        tried = [o for o in tried if o.verdict != "not-supported"]
        undecided = any(o.verdict == "not-established" for o in tried)
        whole = {o.name for o in self.operations} == set(self.started.selected)
        whole = whole and {o.name for o in self.sequences} == set(self.started.sequences)
        return 3 if undecided or not tried or self.finished.interrupted or not whole else 0

    @property
    def headline(self) -> str:
        """The conclusion in two words, or four."""
        whole = IN_PART if self.is_partial else "Conformant"
        if any(o.verdict == "known-failing" for o in (*self.operations, *self.protocol)):
            whole = "Conformant but for known failures"
        return {0: whole, 1: "Not conformant"}.get(self.exit_status, "Not established")

    @property
    def is_partial(self) -> bool:
        """Whether some operation was not asked for, or something was not judged, or judged in part."""
        return any(o.verdict != "conformant" for o in self.all) or len(self.operations) < self.started.operations

    @property
    def not_established(self) -> dict[str, int]:
        """What is no MUST and could not be judged of an SDK, by its check, with the number of operations where it could
        not: in what is conformant every MUST was judged.
        """
        conformant = [o for o in (*self.protocol, *self.operations) if o.verdict == "conformant"]
        found = Counter(check for o in conformant for check, verdict in o.verdicts.items() if verdict == "inconclusive")
        return dict(sorted(found.items()))

    @property
    def sentence(self) -> str:
        """What was established, and of how much."""
        said = [f"{number} {verdict}" for verdict, number in self.counts.items() if number]
        what = f"{self.started.product} {self.started.version}"
        of = f"{len(self.operations)} of {self.started.operations} operations of {what}"
        judged = [o for o in self.protocol if o.verdict != "not-established"]
        named = [o.name if o.verdict == "conformant" else f"{o.name} ({o.verdict})" for o in judged]
        on = f"judged on {', '.join(named)}" if named else "not judged"
        protocol = f" The protocol was {on}." if self.protocol else ""
        if number := len(self.not_established):
            protocol += f" {number} of what is recommended could not be judged somewhere."
        broken = " The run was interrupted." if self.finished.interrupted else ""
        unmet = f" Known failures that did not occur, to be removed: {'; '.join(self.unmet)}." if self.unmet else ""
        if number := len(self.finished.left):
            broken += f" {number} of the things that it created could not be taken away."
        return f"{of}: {', '.join(said) or 'none was judged'}.{self._of_sequences}{protocol}{unmet}{broken}"

    @property
    def _of_sequences(self) -> str:
        """What sequences came to, of how many resources."""
        found = Counter(o.verdict for o in self.sequences)
        said = [f"{found[verdict]} {verdict}" for verdict in VERDICTS if found[verdict]]
        resources = "resource" if len(self.sequences) == 1 else "resources"
        return f" Sequences over the things of {len(self.sequences)} {resources}: {', '.join(said)}." if said else ""

    @property
    def causes(self) -> tuple[ServiceCause, ...]:
        """What was not met, the most frequent first: where to start."""
        return service_causes((o.name, f) for o in self.all for f in o.failed)


EVENTS: Mapping[str, type[Any]] = {
    "service-started": ServiceStarted,
    "operation-judged": OperationJudged,
    "protocol-judged": OperationJudged,
    "sequences-judged": OperationJudged,
    "service-finished": ServiceFinished,
}
# a stream over hundreds of operations says nothing that goes without saying
CONVERTER.register_unstructure_hook(Failed, make_dict_unstructure_fn(Failed, CONVERTER, _cattrs_omit_if_default=True))


# bytes of a stream that say of what it is
BEGINNING = 200


class ServiceStreamError(ValueError):
    """The text is no whole stream of a run over a service; says why."""


def line_of(event: str, value: Any) -> str:
    """An event as a line of the stream."""
    return json_text({"event": event, **CONVERTER.unstructure(value)}) + "\n"


def event_lines(text: str) -> list[str]:
    """The lines of a stream: what an endpoint said may hold other line separators, which end none."""
    return list(io.StringIO(text))


def events_of(lines: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Each event of a stream with its name. Raises ServiceStreamError for a line that is none."""
    for number, line in enumerate(lines, 1):
        try:
            data = json.loads(line)
            name = data.pop("event")
            event = CONVERTER.structure(data, EVENTS[name])
        except Exception as e:
            raise ServiceStreamError(f"line {number} is no event of a run over a service: {type(e).__name__}") from None
        yield name, event


def service_run_of(lines: Iterable[str]) -> ServiceRun:
    """The run that a stream tells. Raises ServiceStreamError for one that has no end, or is none."""
    found: dict[str, list[Any]] = {name: [] for name in EVENTS}
    for name, event in events_of(lines):
        found[name].append(event)
    if len(found["service-started"]) != 1 or len(found["service-finished"]) != 1:
        raise ServiceStreamError("the stream has no one beginning and no one end, so it proves nothing")
    order = {name: place for place, name in enumerate(found["service-started"][0].selected)}
    operations = sorted(found["operation-judged"], key=lambda o: order.get(o.name, len(order)))
    protocol = sorted(found["protocol-judged"], key=lambda o: o.name)
    sequences = sorted(found["sequences-judged"], key=lambda o: o.name)
    return ServiceRun(
        found["service-started"][0],
        tuple(operations),
        tuple(protocol),
        found["service-finished"][0],
        tuple(sequences),
    )


def is_of_service(stream: bytes) -> bool:
    """Whether a stream is one of a run over a service; its beginning is enough."""
    return b'"service-started"' in stream[:BEGINNING]


def recovered_service(lines: Iterable[str]) -> ServiceRun:
    """The run that a stream tells; one that was cut is one that was interrupted. Raises ServiceStreamError."""
    told = list(lines)
    try:
        events = [name for name, _ in events_of(told)]
    except ServiceStreamError:
        told = told[:-1]  # what was being written when it was cut
        events = [name for name, _ in events_of(told)]
    if "service-finished" not in events:
        told.append(line_of("service-finished", ServiceFinished(0.0, interrupted=True)))
    return service_run_of(told)


def service_summary(run: ServiceRun) -> dict[str, Any]:
    """The run as one JSON object for scripts."""
    started = run.started
    return {
        "format_version": 1,
        "suite": dict(started.suite),
        "service": {"product": started.product, "version": started.version, "operations": started.operations},
        "target": started.target,
        **({"subject": CONVERTER.unstructure(started.subject)} if started.subject is not None else {}),
        "seed": started.seed,
        "started": started.started,
        "settings": dict(started.settings),
        "conformant": run.exit_status == 0,
        "exit_status": run.exit_status,
        "headline": run.headline,
        "sentence": run.sentence,
        "counts": run.counts,
        "requests": run.requests,
        "seconds": run.finished.seconds,
        "interrupted": run.finished.interrupted,
        "causes": [
            {
                "cause": c.text,
                "operations": list(c.operations),
                "cases": c.subjects,
                "first": CONVERTER.unstructure(c.first),
            }
            for c in run.causes
        ],
        "left": list(run.finished.left),
        "protocol": {o.name: _shown(o) for o in run.protocol},
        "sequences": {o.name: {**_shown(o), "verdicts": dict(o.verdicts)} for o in run.sequences},
        "operations": {o.name: _shown(o) for o in run.operations},
    }


def _shown(o: OperationJudged) -> dict[str, Any]:
    shown: dict[str, Any] = CONVERTER.unstructure(o)
    del shown["name"], shown["verdicts"]
    return shown


def service_objections(run: ServiceRun) -> Iterator[str]:
    """Everything that keeps a run from being certified."""
    subject = run.started.subject
    if run.exit_status != 0:
        yield f"The run is not one of a conformant target: {run.headline}. {run.sentence}"
    if run.started.known or any(o.verdict == "known-failing" for o in (*run.operations, *run.protocol)):
        yield "The run was told of known failures, and a known failure never earns a certificate."
    if subject is not None and not subject.digest:
        yield "The stream does not name the digest of the package that was judged, so that nothing ties it to one."


def service_certificate(run: ServiceRun, events: bytes) -> dict[str, Any] | None:
    """An in-toto statement that names the operations that were judged, and those that were not with the reason; None
    where the run earns none.
    """
    if any(service_objections(run)):
        return None
    subject = run.started.subject
    judged = [o for o in run.operations if o.verdict in ("conformant", "in-part")]
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            {
                "name": run.started.target,
                "digest": dict(subject.digest)
                if subject is not None
                else {"sha256": sha256(run.started.target.encode("utf-8", "surrogatepass")).hexdigest()},
            }
        ],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": "PASSED",
            "configuration": [{"name": "events.jsonl", "digest": {"sha256": sha256(events).hexdigest()}}],
            "passedTests": [o.name for o in judged if o.verdict == "conformant"],
            "acs-conformance": {
                "text": f"{run.headline}. {run.sentence}",
                "suite": dict(run.started.suite),
                "service": {"product": run.started.product, "version": run.started.version},
                **({"sdk": CONVERTER.unstructure(subject)} if subject is not None else {}),
                "protocolJudgedOn": {o.name: _certified(o) for o in run.protocol},
                "sequencesJudged": {o.name: {"verdict": o.verdict, "reason": o.reason} for o in run.sequences},
                "judged": {o.name: _certified(o) for o in judged},
                "notJudged": {o.name: f"{o.verdict}: {o.reason}" for o in run.operations if o not in judged},
                "notEstablished": run.not_established,
                "operationsNotAskedFor": run.started.operations - len(run.operations),
            },
        },
    }


def _certified(o: OperationJudged) -> dict[str, Any]:
    return {"verdict": o.verdict, **({"reason": o.reason} if o.reason else {}), "events": o.digest}
