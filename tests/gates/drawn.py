"""Operations of a shipped service drawn at random, each with seeded faults and conformant variants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from random import Random

from attrs import frozen

from conformance.contract.files import load_protocol, schemas_root
from conformance.contract.model import Choice, Contract
from conformance.contract.service import Service, load_service
from conformance.endpoint.certify import FEW_SHRINKS
from conformance.endpoint.service import OF_ERRORS, is_of_the_protocol
from conformance.endpoint.support import unsupported
from conformance.endpoint.traffic import Limits
from conformance.ledger.files import ledger_of
from conformance.reference.faults import Fault, all_faults
from conformance.reference.variants import all_variants
from tests.gates.runs import Certified, certified

FOLDER = schemas_root() / "ecs" / "2014-05-26"
PROTOCOL = load_protocol(FOLDER / "common")
# requests of a run over a variant, and those in which most faults are to be found
BUDGET, EARLY = 150, 100
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


class NotShown(Exception):
    """No answer can show a fault to somebody who knows the documentation alone; says why in a sentence."""


NO_CAUSE = "The documentation does not say what gives cause for the error, so nobody can ask for it."
NO_DIFFERENCE = "Without a list and a region, nobody knows two values of a parameter that bring different answers."
# of faults that a run of few requests does not look for
OF_PROTOCOL = "It is about the protocol, which is judged once for a service and not with each operation."
LATE = "It shows for the first time, or as rarely as once, in a hundred requests and more."
RARELY = re.compile(r"hundredth result|after \d{3,} requests|multiple of (97|301)")


def found_early(one: Drawn, fault: Fault, about: frozenset[str], scratch: Path) -> bool:
    """Whether a requirement about a fault notices it in the first hundred requests of a run over a service. Raises
    NotShown.
    """
    ledger = ledger_of(one.contract, PROTOCOL)
    checks = {r.id: r.check for r in ledger.requirements if r.side == "endpoint"}
    select = tuple(id for id, check in checks.items() if not is_of_the_protocol(check))
    left = {id for id in about & set(select) if not is_shown_by_errors(one, id, checks[id])}
    if not left:
        raise NotShown(OF_PROTOCOL)
    if RARELY.search(fault.description):
        raise NotShown(LATE)
    found = certified(
        one.folder, one.contract, PROTOCOL, scratch, faults=[fault.name], select=select, traffic=select, seed=7,
        max_examples=1, shrinks=FEW_SHRINKS, limits=Limits(max_requests=EARLY), budget=EARLY,
    )  # fmt: skip
    assert not found.breakdowns, found.breakdowns
    assert not found.with_verdict("errored")
    if left & set(found.with_verdict("failed", "warned")):
        return True
    refuse_unshown(one, left, found)
    return False


def is_shown_by_errors(one: Drawn, id: str, check: str) -> bool:
    """Whether what the errors of the protocol show is enough for a requirement."""
    choice = _choice(one, id)
    by_protocol = choice is not None and choice.kind == "unknown-format"
    return check in OF_ERRORS or check == "errors.documented-status" or by_protocol


def missed(one: Drawn, fault: Fault, about: frozenset[str], scratch: Path) -> frozenset[str]:
    """The requirements about a fault that do not notice it. Breakdowns of the suite are no way not to notice. Raises
    NotShown.
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
        if not left:
            break
        refuse_unshown(one, left, found)
    return left


def refuse_unshown(one: Drawn, left: AbstractSet[str], found: Certified) -> None:
    """Raises NotShown where no run could notice a fault by any of the requirements that are left."""
    causes = found.with_verdict("not-applicable")
    unknown = [id for id in left if UNKNOWN in causes.get(_cause(one, id), "")]
    if all(id in unknown or _shows_nothing(one, id) for id in left):
        raise NotShown(NO_CAUSE if unknown else NO_DIFFERENCE)


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
