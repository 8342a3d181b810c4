"""`acs-conformance explain`: one requirement, with what it is from and what it must find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from conformance.cli.requirements import loaded
from conformance.contract.catalogue import common_folder
from conformance.contract.files import load_protocol
from conformance.contract.model import Contract
from conformance.errors import unknown
from conformance.ledger.requirement import Ledger, Requirement
from conformance.reference.faults import all_faults


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
    click.secho(f"{r.id}  {r.level}", bold=True)
    click.echo(f"  {r.statement}")
    click.echo("\n  Cited from")
    for citation in r.citations:
        click.echo(f"    {citation}")
    examples = _examples(r, contract)
    if examples:
        click.echo("\n  Documented examples")
        for example in examples:
            click.echo(f"    {example}")
    choice = contract.choice(r.choice or r.subject or "")
    if choice is not None:
        click.echo(f"\n  Choice {choice.id}: {choice.statement} (a {choice.reason} of the documentation)")
        for a in choice.alternatives:
            cited = f" [{'; '.join(map(str, a.citations))}]" if a.citations else ""
            click.echo(f"    {a.id}: {a.statement}{cited}")
    click.echo(f"\n  Judged by the check {r.check}; alone:")
    click.echo(f"    acs-conformance endpoint -k '{_short(r)}'")
    if faults:
        click.echo("\n  Killed by (see it fail: acs-conformance endpoint --fault NAME)")
        for fault in faults:
            click.echo(f"    {fault.name}: {fault.description}")
    click.echo()
