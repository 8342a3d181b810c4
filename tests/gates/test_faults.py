"""Every seeded fault is found, by every requirement that is said to be about it; every requirement has such a fault."""

from __future__ import annotations

import pytest

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.ledger.files import load_ledger
from conformance.reference.faults import all_faults
from tests.gates.runs import certified

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT, PROTOCOL = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
LEDGER = load_ledger(FOLDER)
FAULTS = all_faults(CONTRACT, PROTOCOL)
# what is sent besides, where a requirement is judged by the traffic of others: first next to nothing, then some errors,
# then a little of most, then what is sent in other ways, then everything
LEAST = ("fields.unchanged-by-request", "formats.agree")
ERRORS = (*LEAST, "errors.leave-no-trace")
LITTLE = (
    "fields.unchanged-by-request",
    "errors.*",
    "formats.*",
    "filters.known-store",
    "regions.do-not-leak",
    "paging.beyond-the-end",
)
OTHER_WAYS = ("paging.total-*", "methods.*", "signatures.*")
EVERYTHING = ("*",)


def about_choices(fault) -> tuple[str, ...]:
    """The checks that find out about the choices that a fault concerns, or that any check might."""
    asked = [c for c in CONTRACT.choices if f"choices.{c.id}.one-alternative" in fault.killed_by]
    if not asked:
        return ()
    about = tuple(glob for c in asked for glob in (f"parameters.{c.subject}.*", f"choices.{c.id}.*"))
    return (
        *about,
        "parameters.unknown-parameter",
        "range.inverted",
        "ids.unknown-id",
        "ids.blank-id",
        "ids.over-the-limit",
        "parameters.*.repeated",
        "http.repeated-parameter",
    )


def test_every_requirement_kills_a_fault() -> None:
    killed = {f"{CONTRACT.operation}.{k}" for fault in FAULTS for k in fault.killed_by}
    assert killed == {r.id for r in LEDGER.requirements if r.side == "endpoint"}


def test_there_are_many_faults_with_names_of_their_own() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 80


def noticed(fault, tmp_path, variants: tuple[str, ...] = ()) -> set[str]:
    """The requirements that notice a fault of the reference, with less traffic first."""
    expected = {f"{CONTRACT.operation}.{k}" for k in fault.killed_by}
    found: set[str] = set()
    about = about_choices(fault)
    for traffic in (LEAST + about, ERRORS, LITTLE + about, OTHER_WAYS, EVERYTHING):
        certificate = certified(
            FOLDER, CONTRACT, PROTOCOL, tmp_path, faults=[fault.name], variants=variants,
            select=fault.killed_by, traffic=traffic, seed=7, shrinks=0,
        )  # fmt: skip
        assert not certificate.breakdowns
        errored = certificate.with_verdict("errored")
        assert not errored, f"the suite itself fails on {fault.name}: {errored}"
        found |= set(certificate.with_verdict("failed", "warned"))
        if expected <= found:
            break
    assert expected <= found, f"{fault.name} ({fault.description}) is not noticed by {sorted(expected - found)}"
    return found


def one_a_check() -> set[str]:
    """The names of the first faults of the table that between them fail every check, on one of its subjects."""
    check_of = {r.id.partition(".")[2]: r.check for r in LEDGER.requirements}
    names, failed = set(), set()
    for fault in FAULTS:
        checks = {check_of[requirement] for requirement in fault.killed_by}
        if not failed.issuperset(checks):
            names.add(fault.name)
            failed |= checks
    return names


OFTEN = one_a_check()
EVERY = [f if f.name in OFTEN else pytest.param(f, marks=pytest.mark.gate) for f in FAULTS]


@pytest.mark.parametrize("fault", EVERY, ids=lambda f: f.name)
def test_the_fault_is_found(fault, tmp_path, record_property) -> None:
    found = noticed(fault, tmp_path)
    record_property("killed by", (fault.name, sorted(i.split(".", 1)[1] for i in found)))


@pytest.mark.gate
@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_the_fault_is_found_on_a_bad_day(fault, tmp_path) -> None:
    noticed(fault, tmp_path, ("throttling", "drops-now-and-then", "closes-now-and-then"))
