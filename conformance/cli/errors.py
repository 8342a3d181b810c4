"""How a command ends: the exit statuses, and the one-sentence errors that go with them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from enum import IntEnum
from typing import IO, Any

import click


class ExitStatus(IntEnum):
    """The table of exit statuses; scripts rely on it."""

    CONFORMANT = 0
    NOT_CONFORMANT = 1
    USAGE = 2
    NOT_ESTABLISHED = 3


class Refusal(click.ClickException):
    """A usage or configuration error, in one clear sentence."""

    exit_code = ExitStatus.USAGE

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"acs-conformance: {self.format_message()}", err=True, file=file)


class NotEstablished(Refusal):
    """The target could not be judged at all."""

    exit_code = ExitStatus.NOT_ESTABLISHED


def unknown(what: str, name: str, known: Iterable[str], advice: str) -> Refusal:
    """The error for a name that is not known, with the nearest known one."""
    close = get_close_matches(name, list(known), 1, 0.6)
    hint = f"; did you mean {close[0]}?" if close else "."
    return Refusal(f"There is no {what} {name!r}{hint} {advice}".rstrip())
