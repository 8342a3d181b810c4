"""`acs-conformance explain`: one requirement, with what it is from and what it must find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from conformance.cli.output import say
from conformance.cli.requirements import loaded
from conformance.cli.service_ledger import SequenceRequirement, ServiceLedger, ledger_in, speaking_of
from conformance.contract.catalogue import USUAL_OPERATION, common_folder, protocol_of
from conformance.contract.files import load_protocol
from conformance.contract.model import Contract
from conformance.errors import Refusal, unknown
from conformance.ledger.files import ledger_of
from conformance.ledger.requirement import Ledger, Requirement
from conformance.ledger.templates import reason_of
from conformance.reference import manners
from conformance.reference.faults import all_faults
from conformance.report.text import printable


@click.command()
@click.argument("id")
@click.option("--operation", default=USUAL_OPERATION, show_default=True)
@click.option("--contract", "folder", type=click.Path(path_type=Path), help="A folder that `derive` wrote.")
@click.option("--service", metavar="NAME|DIR", help="A service whose operation or resource the id begins with.")
def explain(id: str, operation: str, folder: Path | None, service: str | None) -> None:
    """Explain a requirement: statement, citations, choice, how to judge it alone, and the faults that it must find.

    An id that begins with an operation (DescribeDisks.ids.selects) or, over several requests, with a resource
    (Disk.sequences.gone) is found in the shipped services, or in the one of --service.
    """
    if service is not None and (folder is not None or operation != USUAL_OPERATION):
        raise Refusal("--service finds the operation by the id; leave out --operation and --contract.")
    if service is not None:
        _explain_in(ledger_in(service), id)
        return
    found, contract, ledger = loaded(operation, folder)
    if not ledger.matching(id):
        for services in speaking_of(id) if folder is None else ():
            _explain_in(services, id)
            return
        raise unknown("requirement", id, ledger.names, "See `acs-conformance requirements`.")
    named = f" --operation {operation}" if operation != USUAL_OPERATION else ""
    _explain_all(found, contract, ledger, id, f" --contract {folder}" if folder is not None else named)


def _explain_in(services: ServiceLedger, id: str) -> None:
    """A requirement of a service. Raises Refusal where it has none of that id."""
    head, service = id.split(".", 1)[0], services.service
    if head in service.operations:
        folder = service.contract_folder(head)
        contract = service.contract(head)
        ledger = ledger_of(contract, protocol_of(service))
        if not ledger.matching(id):
            raise services.refusal(id)
        _explain_all(Path(folder), contract, ledger, id, f" --service {service.product.lower()} --operation {head}")
        return
    found = list(services.sequences((id,)))
    if not found:
        raise services.refusal(id)
    for one in found:
        _explain_sequence(one, service.product.lower())


def _explain_sequence(one: SequenceRequirement, service: str) -> None:
    """A requirement over several requests, with the operations that have a part in it."""
    r, life = one.requirement, one.lifecycle
    click.secho(printable(f"{r.id}  {r.level}"), bold=True)
    say(f"  {r.statement}")
    say("\n  Cited from")
    for citation in r.citations:
        say(f"    {citation}")
    say(f"\n  Judged over requests of {', '.join(life.operations)}; alone:")
    say(f"    acs-conformance endpoint --service {service} -k '{r.id}'")
    check = r.check.removeprefix("sequences.")
    if killers := [m for m in manners.all_faults() if check in m.killed_by or r.check in m.killed_by]:
        say(f"\n  Killed by (see it fail: acs-conformance endpoint --service {service} --fault NAME)")
        for fault in killers:
            say(f"    {fault.name}: {fault.description}")
    say()


def _explain_all(found: Path, contract: Contract, ledger: Ledger, id: str, options: str = "") -> None:
    matching = ledger.matching(id)
    faults = all_faults(contract, load_protocol(common_folder(found)))
    for requirement in matching:
        _explain(requirement, contract, [f for f in faults if _short(requirement) in f.killed_by], options)


def _short(requirement: Requirement) -> str:
    return requirement.id.split(".", 1)[1]


def _examples(r: Requirement, contract: Contract) -> tuple[str, ...]:
    """The documented values of what the requirement is about; of the whole operation, its newest sample request."""
    if r.subject is None:
        requests = [s.body for s in contract.samples if s.role == "request"]
        return tuple(requests[-1].splitlines()) if requests else ()
    about = contract.parameter(r.subject) or contract.at(r.subject)
    return about.examples if about else ()


def _explain(r: Requirement, contract: Contract, faults: list[Any], options: str) -> None:
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
    side = "sdk DRIVER --release VERSION" if r.side == "sdk" else "endpoint"
    say(f"    acs-conformance {side}{options} -k '{_short(r).removeprefix('sdk.')}'")
    if faults:
        say(f"\n  Killed by (see it fail: acs-conformance endpoint{options} --fault NAME)")
        for fault in faults:
            say(f"    {fault.name}: {fault.description}")
    say()
