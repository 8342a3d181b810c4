"""The command line: `acs-conformance`. One module a command, imported when it is called; what it does lives below."""

from __future__ import annotations

import errno
import os
from importlib import import_module
from typing import Any

import click

from conformance import __version__
from conformance.cli.ending import one_scratch_folder, terminated_like_interrupted
from conformance.cli.errors import Ending, ExitStatus
from conformance.cli.output import document, guarded
from conformance.errors import NotEstablished, Refusal, unknown_sentence
from conformance.interrupts import ending_begins, is_interruption
from conformance.report.json_text import json_text

DEBUG = "ACS_CONFORMANCE_DEBUG"
STOPPED = "Stopped before the end; nothing is established."
# what a file system refuses: no fault of the suite, and it establishes nothing
OF_THE_MACHINE = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE)
# each command, in the order of the work, and its module
COMMANDS = {
    "endpoint": "endpoint",
    "clean": "clean",
    "sdk": "sdk",
    "matrix": "matrix",
    "league": "league",
    "record": "record",
    "replay": "replay",
    "cassettes": "cassettes",
    "report": "report",
    "compare": "compare",
    "certificate": "certificate",
    "verify": "verify",
    "requirements": "requirements",
    "explain": "explain",
    "serve": "serve",
    "derive": "derive",
    "diff": "diff",
}


class LazyGroup(click.Group):
    """Commands that are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"conformance.cli.{COMMANDS[cmd_name]}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, or the nearest one in the error for a name that is none."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            raise Refusal(unknown_sentence("command", args[0], COMMANDS, "See acs-conformance --help."))
        return super().resolve_command(ctx, args)

    def __call__(self, *args: Any, **extra: Any) -> Any:
        """The command is a process of its own, which ends with it."""
        return self.main(*args, for_good=True, **extra)

    def main(self, *args: Any, for_good: bool = False, **extra: Any) -> Any:
        """What could not be printed is said, and no result; a verdict that is not seen was not established."""
        with guarded() as output, terminated_like_interrupted(for_good), one_scratch_folder():
            try:
                return super().main(*args, **extra)
            except SystemExit as ending:
                failure = output.failure
                if failure is None:
                    raise
                Ending(failure, ExitStatus.NOT_ESTABLISHED).show()
                silent = ending.code in (None, ExitStatus.CONFORMANT, ExitStatus.NOT_CONFORMANT)
                raise SystemExit(ExitStatus.NOT_ESTABLISHED if silent else ending.code) from None

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """An interruption before the command began has no exit status of a verdict, either."""
        try:
            return super().make_context(*args, **extra)
        except (KeyboardInterrupt, click.Abort):
            ending_begins()
            raise Ending(STOPPED, ExitStatus.NOT_ESTABLISHED) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Whatever goes wrong in the suite itself establishes nothing about its target: never exit status 1.

        A program that asked for JSON gets JSON at every end.
        """
        as_json = "--json" in ctx.args
        try:
            return self._invoked(ctx)
        except click.ClickException as ending:
            if as_json:
                document(_as_json(ending))
            raise

    def _invoked(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            ending_begins()
            raise Ending(STOPPED, ExitStatus.NOT_ESTABLISHED) from None
        except Refusal as e:
            raise Ending(_without_secrets(str(e)), ExitStatus.USAGE, e.evidence) from None
        except NotEstablished as e:
            raise Ending(_without_secrets(str(e)), ExitStatus.NOT_ESTABLISHED, e.evidence) from None
        except click.ClickException as ending:
            vars(ending)["message"] = _without_secrets(ending.message)
            raise
        except (click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as e:
            if is_interruption(e):
                ending_begins()
                raise Ending(STOPPED, ExitStatus.NOT_ESTABLISHED) from None
            if os.environ.get(DEBUG):
                raise
            raise Ending(_sentence(e), ExitStatus.NOT_ESTABLISHED) from None


def _as_json(ending: click.ClickException) -> str:
    evidence = ending.evidence if isinstance(ending, Ending) else None
    told = {
        "conformant": False,
        "exit_status": int(ending.exit_code),
        "sentence": ending.format_message(),
        "evidence": str(evidence) if evidence else None,
    }
    return json_text(told, 2) + "\n"


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in OF_THE_MACHINE:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    return f"The suite itself failed ({_told(error)}); {DEBUG}=1 shows where."


def _told(error: Exception) -> str:
    return _without_secrets(f"{type(error).__name__}: {error}")


def _without_secrets(sentence: str) -> str:
    """What a command ends with: also what a person gave it by mistake, such as an address in the place of a file, is
    told without its password.
    """
    from conformance.wire.environment import credentials_from
    from conformance.wire.redaction import redact_text, secrets_of

    return redact_text(sentence, secrets_of(credentials_from()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="acs-conformance")
def main() -> None:
    """Certify implementations of documented cloud APIs: endpoints, mocks and SDK releases.

    Exit status: 0 conformant; 1 not conformant; 2 usage or configuration error; 3 not established.
    """


__all__ = ["ExitStatus", "main"]
