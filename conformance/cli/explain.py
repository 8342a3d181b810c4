"""`acs-conformance explain`: one requirement, with what it is from and what it must find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from conformance.cli.output import say
from conformance.cli.requirements import loaded
from conformance.contract.catalogue import common_folder
from conformance.contract.files import load_protocol
from conformance.contract.model import Contract
from conformance.errors import unknown
from conformance.ledger.requirement import Ledger, Requirement
from conformance.ledger.templates import reason_of
from conformance.reference.faults import all_faults
from conformance.report.text import printable


@click.command()
@click.argument("id")
@click.option("--operation", default="DescribeTasks", show_default=True)
@click.option("--contract", "folder", type=click.Path(path_type=Path), help="A folder that `derive` wrote.")
def explain(id: str, operation: str, folder: Path | None) -> None:
    """Explain a requirement: statement, citations, choice, how to judge it alone, and the faults that it must find."""
    found, contract, ledger = loaded(operation, folder)
    matching = ledger.matching(id)
    if not matching:
        raise unknown("requirement", id, ledger.names, "See `acs-conformance requirements`.")
    faults = all_faults(contract, load_protocol(common_folder(found)))
    for requirement in matching:
        _explain(requirement, contract, ledger, [f for f in faults if _short(requirement) in f.killed_by])


def _short(requirement: Requirement) -> str:
    return requirement.id.split(".", 1)[1]


def _examples(r: Requirement, contract: Contract) -> tuple[str, ...]:
    """The documented values of what the requirement is about; of the whole operation, its newest sample request."""
    if r.subject is None:
        requests = [s.body for s in contract.samples if s.role == "request"]
        return tuple(requests[-1].splitlines()) if requests else ()
    about = contract.parameter(r.subject) or contract.at(r.subject)
    return about.examples if about else ()


def _explain(r: Requirement, contract: Contract, ledger: Ledger, faults: list[Any]) -> None:
    click.secho(printable(f"{r.id}  {r.level}"), bold=True)
    say(f"  {r.statement}")
    if reason := reason_of(r):
        say(f"  No MUST: {reason}")
    say("\n  Cited from")
    for citation in r.citations:
        say(f"    {citation}")
    examples = _examples(r, contract)
    if examples:
        say("\n  Documented examples")
        for example in examples:
            say(f"    {example}")
    choice = contract.choice(r.choice or r.subject or "")
    if choice is not None:
        say(f"\n  Choice {choice.id}: {choice.statement} (a {choice.reason} of the documentation)")
        for a in choice.alternatives:
            cited = f" [{'; '.join(map(str, a.citations))}]" if a.citations else ""
            say(f"    {a.id}: {a.statement}{cited}")
    say(f"\n  Judged by the check {r.check}; alone:")
    say(f"    acs-conformance endpoint -k '{_short(r)}'")
    if faults:
        say("\n  Killed by (see it fail: acs-conformance endpoint --fault NAME)")
        for fault in faults:
            say(f"    {fault.name}: {fault.description}")
    say()
