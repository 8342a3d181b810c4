"""The command line: `acs-conformance`. One module a command, imported when it is called; what it does lives below."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import click

from conformance import __version__
from conformance.cli.errors import Ending, ExitStatus
from conformance.errors import NotEstablished, Refusal

DEBUG = "ACS_CONFORMANCE_DEBUG"
# each command, in the order of the work, and its module
COMMANDS = {
    "endpoint": "endpoint",
    "sdk": "sdk",
    "matrix": "matrix",
    "record": "record",
    "replay": "replay",
    "cassettes": "cassettes",
    "report": "report",
    "compare": "compare",
    "certificate": "certificate",
    "verify": "verify",
    "requirements": "ledger",
    "explain": "ledger",
    "serve": "serve",
    "derive": "derive",
    "diff": "derive",
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

    def invoke(self, ctx: click.Context) -> Any:
        """Whatever goes wrong in the suite itself establishes nothing about its target: never exit status 1."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            raise Ending("Stopped before the end; nothing is established.", ExitStatus.NOT_ESTABLISHED) from None
        except Refusal as e:
            raise Ending(e, ExitStatus.USAGE) from None
        except NotEstablished as e:
            raise Ending(e, ExitStatus.NOT_ESTABLISHED) from None
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as e:
            if os.environ.get(DEBUG):
                raise
            sentence = f"The suite itself failed ({_told(e)}); {DEBUG}=1 shows where."
            raise Ending(sentence, ExitStatus.NOT_ESTABLISHED) from None


def _told(error: Exception) -> str:
    """What went wrong, without secrets."""
    from conformance.wire.environment import credentials_from
    from conformance.wire.redaction import redact_text, secrets_of

    return redact_text(f"{type(error).__name__}: {error}", secrets_of(credentials_from()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="acs-conformance")
def main() -> None:
    """Certify implementations of documented cloud APIs: endpoints, mocks and SDK releases.

    Exit status: 0 conformant; 1 not conformant; 2 usage or configuration error; 3 not established.
    """


__all__ = ["ExitStatus", "main"]
