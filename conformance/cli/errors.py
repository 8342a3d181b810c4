"""How a command ends: the exit statuses, and the one-sentence errors that go with them."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import IO, Any

import click

from conformance.report.text import printable


class ExitStatus(IntEnum):
    """The table of exit statuses; scripts rely on it."""

    CONFORMANT = 0
    NOT_CONFORMANT = 1
    USAGE = 2
    NOT_ESTABLISHED = 3


class Ending(click.ClickException):
    """The end of a command that came to no result: one sentence on standard error, and an exit status.

    `evidence` is the folder of what was written all the same, if anything was.
    """

    def __init__(self, sentence: object, status: ExitStatus, evidence: Path | None = None) -> None:
        super().__init__(str(sentence))
        self.status, self.evidence = status, evidence

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """What click exits with."""
        return self.status

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence on standard error; what an endpoint or a driver put into it acts on no terminal."""
        click.echo(f"acs-conformance: {printable(self.format_message())}", err=True, file=file)
