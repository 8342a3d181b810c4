"""Operations of a shipped service drawn at random, each with seeded faults and conformant variants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from attrs import frozen

from conformance.contract.files import load_protocol, schemas_root
from conformance.contract.model import Choice, Contract
from conformance.contract.service import Service, load_service
from conformance.endpoint.support import unsupported
from conformance.endpoint.traffic import Limits
from conformance.ledger.files import ledger_of
from conformance.reference.faults import Fault, all_faults
from conformance.reference.variants import all_variants
from tests.gates.runs import certified

FOLDER = schemas_root() / "ecs" / "2014-05-26"
PROTOCOL = load_protocol(FOLDER / "common")
# requests of a run over a variant
BUDGET = 150
# said of an error whose cause no check knows
UNKNOWN = "how to give cause"
KINDS = ("list", "get", "create", "modify", "delete", "action", "asynchronous")
# what is judged by the traffic of others sees it here first; then everything
LITTLE = ("fields.unchanged-by-request", "errors.*", "formats.*", "filters.known-store", "parameters.*", "paging.*")


@frozen
class Drawn:
    """An operation, and the faults that it is given, each with the requirements of the operation that are about it."""

    folder: Path
    contract: Contract
    faults: tuple[tuple[Fault, frozenset[str]], ...]
    variants: tuple[str, ...]


def drawn(seed: int, operations: int, faults: int, variants: int = 0) -> Iterator[Drawn]:
    """Operations, of every kind by turns, with so many faults and variants each; the same for the same seed."""
    service, source = load_service(FOLDER), Random(f"faults {seed}")
    names = {kind: [n for n, o in service.operations.items() if o.kind == kind] for kind in KINDS}
    for turn in range(operations):
        of_kind = names[KINDS[turn % len(KINDS)]] or names["list"]
        name = source.choice(of_kind)
        of_kind.remove(name)
        yield _of(service, name, source, faults, variants)


def _of(service: Service, name: str, source: Random, faults: int, variants: int) -> Drawn:
    contract = service.contract(name)
    assert unsupported(contract) is None
    there = {r.id for r in ledger_of(contract, PROTOCOL).requirements}
    known = []
    for fault in all_faults(contract, PROTOCOL):
        about = frozenset(f"{name}.{kill}" for kill in fault.killed_by) & there
        if about:
            known.append((fault, about))
    # a family that is over many subjects counts once
    families: dict[str, list[tuple[Fault, frozenset[str]]]] = {}
    for one in known:
        families.setdefault(one[0].name.partition(":")[0], []).append(one)
    chosen = source.sample(sorted(families), min(faults, len(families)))
    others = sorted(v.name for v in all_variants(contract, PROTOCOL))
    return Drawn(
        service.contract_folder(name),
        contract,
        tuple(source.choice(families[family]) for family in chosen),
        tuple(source.sample(others, min(variants, len(others)))),
    )


def missed(one: Drawn, fault: Fault, about: frozenset[str], scratch: Path) -> frozenset[str] | None:
    """The requirements about a fault that do not notice it; None where no run can judge it: of an error whose cause
    nobody knows, or of a choice between two values of a request whose answer depends on neither. Breakdowns of the
    suite are no way not to notice.
    """
    left = about
    for traffic in (LITTLE, ("*",)):
        found = certified(
            one.folder, one.contract, PROTOCOL, scratch, faults=[fault.name],
            select=tuple({*left, *(_cause(one, id) for id in left)}),
            traffic=(*left, *traffic), seed=7, shrinks=2,
        )  # fmt: skip
        assert not found.breakdowns, found.breakdowns
        errored = found.with_verdict("errored")
        assert not errored, f"the suite itself fails on {fault.name} in {one.contract.operation}: {errored}"
        left -= set(found.with_verdict("failed", "warned"))
        causes = found.with_verdict("not-applicable")
        if left and all(UNKNOWN in causes.get(_cause(one, id), "") or _shows_nothing(one, id) for id in left):
            return None
        if not left:
            break
    return left


def _choice(one: Drawn, id: str) -> Choice | None:
    """The choice that a requirement is about, if it is about one."""
    named = {f"{one.contract.operation}.choices.{c.id}.one-alternative": c for c in one.contract.choices}
    return named.get(id)


def _cause(one: Drawn, id: str) -> str:
    """The requirement that is about the cause of what this one is about: of an error that may be answered in two ways,
    that it is answered.
    """
    choice = _choice(one, id)
    return f"{one.contract.operation}.errors.{choice.subject}.documented" if choice and choice.kind == "error" else id


def _shows_nothing(one: Drawn, id: str) -> bool:
    """Whether a requirement is about which of two values counts, in an operation without a list or a region: of no
    parameter it is known that two values of it bring different answers.
    """
    choice, semantics = _choice(one, id), one.contract.semantics
    return choice is not None and choice.kind == "repeated-parameter" and not (semantics.items or semantics.region)


def accused(one: Drawn, variant: str, scratch: Path) -> dict[str, str]:
    """The requirements that accuse a conformant variant, or that break down on it, each with what is said."""
    found = certified(
        one.folder,
        one.contract,
        PROTOCOL,
        scratch,
        variants=[variant],
        seed=7,
        max_examples=1,
        limits=Limits(max_requests=BUDGET),
        budget=BUDGET,
    )
    assert not found.breakdowns, found.breakdowns
    return found.with_verdict("failed", "errored")
