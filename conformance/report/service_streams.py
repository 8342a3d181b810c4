"""The streams of the operations of a run over a service, held against what the stream of the service says of them."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from attrs import define, field

from conformance.contract.files import CONTRACT_FILE, ContractError
from conformance.errors import NotEstablished, Refusal
from conformance.foreign import BadText
from conformance.report.basis import Basis
from conformance.report.folder import EVENTS
from conformance.report.results import counts, results
from conformance.report.service_run import OperationJudged, ServiceRun
from conformance.report.stream import Run, StreamError, bytes_in, parse
from conformance.report.text import one_line

# where the evidence of operations lies beside the stream of the service, and that of the protocol
OPERATIONS, PROTOCOL = "operations", "protocol"
# no stream is larger; what is, is not read
LARGEST = 200_000_000


@define
class StreamsChecked:
    """What became of them: problems, how many are as they must be, and the names of those that could not be checked."""

    problems: list[str] = field(factory=list)
    right: int = 0
    unchecked: list[str] = field(factory=list)


def check_streams(run: ServiceRun, folder: Path, contracts: Path | None = None) -> StreamsChecked:
    """Check each stream of an operation below `folder` by its digest, and judge again what it is a run by.

    `contracts` is the folder of the service where it is not a shipped one. A stream that is not there, and one of an
    operation whose contract is not known, is unchecked.
    """
    found = StreamsChecked()
    for place, judged in (*((OPERATIONS, o) for o in run.operations), *((PROTOCOL, o) for o in run.protocol)):
        if judged.digest is None:
            continue
        path = folder / place / judged.name / EVENTS
        try:
            data = bytes_in(path)
        except BadText:
            data = None
        if data is None or len(data) > LARGEST:
            found.unchecked.append(judged.name)
            continue
        wrong = _wrong(judged, data, contracts, found, every_format=place == PROTOCOL)
        problems = [f"{place}/{one_line(judged.name, 60)}: {p}" for p in wrong]
        found.problems += problems
        found.right += not problems and judged.name not in found.unchecked
    return found


def _wrong(
    judged: OperationJudged, data: bytes, contracts: Path | None, found: StreamsChecked, *, every_format: bool
) -> Iterator[str]:
    if f"sha256:{sha256(data).hexdigest()}" != judged.digest:
        yield "its stream is not the one that the stream of the service names."
        return
    try:
        run = parse(data)
    except StreamError as e:
        yield f"its stream cannot be read: {one_line(str(e), 200)}"
        return
    if run.header.operation != judged.name:
        yield f"its stream is of {one_line(run.header.operation, 60)}."
        return
    if dict(judged.counts) != {standing: n for standing, n in counts(results(run)).items() if n}:
        yield "the stream of the service counts its verdicts otherwise than its own stream."
    try:
        yield from _basis(run, contracts).disagreements(run, every_format=every_format)
    except (ContractError, NotEstablished, Refusal):
        found.unchecked.append(judged.name)


def _basis(run: Run, contracts: Path | None) -> Basis:
    """What the run was judged by. Raises ContractError or Refusal where its contract is not known."""
    own = contracts / run.header.operation if contracts is not None else None
    return Basis.of_run(run.header, own if own is not None and (own / CONTRACT_FILE).is_file() else None)
