"""The command line: `acs-conformance`. One module a command; what a command does lives below."""

from __future__ import annotations

import os
from typing import Any

import click

from conformance import __version__
from conformance.cli.cassettes import cassettes, record, replay
from conformance.cli.certificates import certificate, verify
from conformance.cli.derive import derive, diff
from conformance.cli.endpoint import endpoint
from conformance.cli.errors import ExitStatus, NotEstablished
from conformance.cli.ledger import explain, requirements
from conformance.cli.reports import compare, report
from conformance.cli.sdk import matrix, sdk
from conformance.cli.serve import serve
from conformance.plugin import credentials_from
from conformance.wire.redaction import redact_text, secrets_of

DEBUG = "ACS_CONFORMANCE_DEBUG"


class Group(click.Group):
    """Commands in the order of the work, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Whatever goes wrong in the suite itself establishes nothing about its target: never exit status 1."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            raise NotEstablished("Stopped before the end; nothing is established.") from None
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as e:
            if os.environ.get(DEBUG):
                raise
            what = redact_text(f"{type(e).__name__}: {e}", secrets_of(credentials_from()))
            raise NotEstablished(f"The suite itself failed ({what}); {DEBUG}=1 shows where.") from None


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="acs-conformance")
def main() -> None:
    """Certify implementations of documented cloud APIs: endpoints, mocks and SDK releases.

    Exit status: 0 conformant; 1 not conformant; 2 usage or configuration error; 3 not established.
    """


COMMANDS = (
    endpoint, sdk, matrix, record, replay, cassettes,
    report, compare, certificate, verify, requirements, explain, serve, derive, diff,
)  # fmt: skip

for command in COMMANDS:
    main.add_command(command)

__all__ = ["ExitStatus", "main"]
