"""`acs-conformance requirements`: the ledger as documentation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.cli.output import document, say
from conformance.cli.service_ledger import ledger_in
from conformance.contract.catalogue import USUAL_OPERATION, operation_folder
from conformance.contract.files import ContractError, load_contract
from conformance.contract.model import Contract
from conformance.errors import Refusal
from conformance.ledger.files import dump_ledger, load_ledger
from conformance.ledger.gathering import KindLine, gathered
from conformance.ledger.requirement import LEVELS, Ledger, Requirement, Side
from conformance.report.text import printable


def loaded(operation: str, folder: Path | None) -> tuple[Path, Contract, Ledger]:
    """The folder of an operation, its contract and its ledger. Raises Refusal."""
    try:
        found = operation_folder(operation, folder)
        return found, load_contract(found), load_ledger(found)
    except ContractError as e:
        raise Refusal(str(e)) from None


@click.command()
@click.argument("patterns", nargs=-1)
@click.option("--operation", default=USUAL_OPERATION, show_default=True)
@click.option("--contract", "folder", type=click.Path(path_type=Path), help="A folder that `derive` wrote.")
@click.option("--service", metavar="NAME|DIR", help="Those of every operation and resource of a service.")
@click.option("--level", "levels", multiple=True, type=click.Choice(LEVELS))
@click.option("--side", type=click.Choice(get_args(Side)), help="Those of endpoints, or of SDKs.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--yaml", "as_yaml", is_flag=True, help="The whole ledger, with what became of every sentence, as YAML.")
def requirements(
    patterns: tuple[str, ...],
    operation: str,
    folder: Path | None,
    service: str | None,
    levels: tuple[str, ...],
    side: str | None,
    as_json: bool,
    as_yaml: bool,
) -> None:
    """List the requirements of an operation, many of one kind on one line, or each of those that match globs.

    With --service globs are over whole ids (DescribeDisks.ids.*, Disk.sequences.*); without any, those over several
    requests are listed.
    """
    if service is not None:
        if as_yaml or folder is not None or operation != USUAL_OPERATION:
            raise Refusal("--service lists a whole service; leave out --operation, --contract and --yaml.")
        every = ledger_in(service).matching(patterns or ("*.sequences.*",))
        _listed([r for r in every if r.level in (levels or LEVELS) and side in (None, r.side)], patterns, as_json)
        return
    _, _, ledger = loaded(operation, folder)
    if as_yaml:
        if patterns or levels or side or as_json:
            raise Refusal("--yaml writes the whole ledger; leave out patterns, --level, --side and --json.")
        document(dump_ledger(ledger))
        return
    ledger.refuse_unknown(patterns, "Leave it out to list all.")
    wanted = ledger.chosen(patterns or ("*",))
    asked = (r for r in ledger.requirements if r.id in wanted and r.level in (levels or LEVELS))
    _listed([r for r in asked if side in (None, r.side)], patterns, as_json)


def _listed(found: Sequence[Requirement], patterns: Sequence[str], as_json: bool) -> None:
    if as_json:
        document(json.dumps([_plain(r) for r in found], indent=2, ensure_ascii=False) + "\n")
        return
    # who asks for some gets each of them, in full
    lines = gathered(found, most=len(found)) if patterns else gathered(found)
    _show(lines, in_full=bool(patterns))
    counts = ((sum(r.side == name for r in found), words) for name, words in _SIDES.items())
    sides = " and ".join(f"{n} of {words}" for n, words in counts if n)
    more = f" on {len(lines)} lines, those of a kind on one; a pattern lists each" if len(lines) < len(found) else ""
    say(f"\n{len(found)} requirements{more} ({sides})" if found else "\n0 requirements")


def _show(lines: Iterable[KindLine], in_full: bool) -> None:
    """A table. Each requirement is one line in a file. At a terminal a list of all is cut at the edge, and a statement
    asked for goes on below itself; no id is ever cut.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDEST)
    lines = tuple(lines)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("requirement", no_wrap=True, min_width=max((len(printable(line.id)) for line in lines), default=0))
    table.add_column("level", no_wrap=True)
    table.add_column("statement", no_wrap=not in_full, overflow="fold" if in_full else "ellipsis")
    for line in lines:
        table.add_row(*(Text(printable(word)) for word in (line.id, line.level, line.statement)))
    console.print(table)


_WIDEST = 1000  # characters of a line
_SIDES: Mapping[Side, str] = {"endpoint": "endpoints", "sdk": "SDKs"}


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
