"""`acs-conformance diff OLD NEW`: how documentation changed."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.errors import ExitStatus
from conformance.cli.output import document, say
from conformance.contract.files import ContractError
from conformance.contract.model import Contract
from conformance.derive.diff import diff as differences
from conformance.derive.diff import side
from conformance.derive.diff_report import FORMATS
from conformance.derive.page import PageError
from conformance.errors import Refusal


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--format", "shape", type=click.Choice(list(FORMATS)), default="text", show_default=True)
def diff(old: Path, new: Path, shape: str) -> None:
    """Compare two revisions (pages, contracts, or folders with one): breaking, compatible, editorial.

    Exit status: 0 nothing breaking, 1 something breaking.
    """
    try:
        one, other = side(old), side(new)
    except (PageError, ContractError) as e:
        raise Refusal(str(e)) from None
    _refuse_different(one, other)
    changes = differences(one, other)
    shown = FORMATS[shape](one, other, changes).rstrip("\n")
    if shape == "text":
        say(shown)
    else:
        document(shown + "\n")
    raise SystemExit(ExitStatus.NOT_CONFORMANT if any(c.breaking for c in changes) else ExitStatus.CONFORMANT)


def _refuse_different(one: Contract, other: Contract) -> None:
    if one.operation != other.operation:
        raise Refusal(
            f"These are two operations, {one.operation} and {other.operation}; give two revisions of one of them."
        )
