"""`acs-conformance requirements` and `explain`: the ledger as documentation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from conformance.cli.output import document
from conformance.contract.catalogue import common_folder, operation_folder
from conformance.contract.files import ContractError, load_contract, load_protocol
from conformance.contract.model import Contract
from conformance.errors import Refusal, unknown
from conformance.ledger.files import dump_ledger, load_ledger
from conformance.ledger.requirement import Ledger, Requirement
from conformance.reference.faults import all_faults

LEVELS = ("MUST", "SHOULD", "MAY")


def _loaded(operation: str, folder: Path | None) -> tuple[Path, Contract, Ledger]:
    try:
        found = operation_folder(operation, folder)
        return found, load_contract(found), load_ledger(found)
    except ContractError as e:
        raise Refusal(str(e)) from None


@click.command()
@click.argument("patterns", nargs=-1)
@click.option("--operation", default="DescribeTasks", show_default=True)
@click.option("--contract", "folder", type=click.Path(path_type=Path), help="A folder that `derive` wrote.")
@click.option("--level", "levels", multiple=True, type=click.Choice(LEVELS))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--yaml", "as_yaml", is_flag=True, help="The whole ledger, with what became of every sentence, as YAML.")
def requirements(
    patterns: tuple[str, ...],
    operation: str,
    folder: Path | None,
    levels: tuple[str, ...],
    as_json: bool,
    as_yaml: bool,
) -> None:
    """List the requirements of an operation, or those that match globs."""
    _, _, ledger = _loaded(operation, folder)
    if as_yaml:
        if patterns or levels or as_json:
            raise Refusal("--yaml writes the whole ledger; leave out patterns, --level and --json.")
        document(dump_ledger(ledger))
        return
    for pattern in patterns:
        if not ledger.matching(pattern):
            raise unknown("requirement", pattern, ledger.names, "Leave it out to list all.")
    wanted = {r.id for p in patterns or ("*",) for r in ledger.matching(p)}
    found = [r for r in ledger.requirements if r.id in wanted and r.level in (levels or LEVELS)]
    if as_json:
        document(json.dumps([_plain(r) for r in found], indent=2, ensure_ascii=False) + "\n")
        return
    table = Table("requirement", "level", "statement", box=None, header_style="bold", pad_edge=False)
    for r in found:
        table.add_row(r.id, r.level, r.statement)
    Console(highlight=False).print(table)
    click.echo(f"\n{len(found)} requirements")


def _plain(r: Requirement) -> dict[str, Any]:
    return {
        "id": r.id,
        "level": r.level,
        "side": r.side,
        "statement": r.statement,
        "check": r.check,
        "subject": r.subject,
        "choice": r.choice,
        "citations": [str(c) for c in r.citations],
    }


@click.command()
@click.argument("id")
@click.option("--operation", default="DescribeTasks", show_default=True)
@click.option("--contract", "folder", type=click.Path(path_type=Path), help="A folder that `derive` wrote.")
def explain(id: str, operation: str, folder: Path | None) -> None:
    """Explain a requirement: statement, citations, choice, how to judge it alone, and the faults that it must find."""
    found, contract, ledger = _loaded(operation, folder)
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
