"""The command line: `acs-conformance`. One module a command; what a command does lives below."""

from __future__ import annotations

import click

from conformance import __version__
from conformance.cli.cassettes import cassettes, record, replay
from conformance.cli.certificates import certificate, verify
from conformance.cli.derive import derive, diff
from conformance.cli.endpoint import endpoint
from conformance.cli.errors import ExitStatus
from conformance.cli.ledger import explain, requirements
from conformance.cli.reports import compare, report
from conformance.cli.sdk import matrix, sdk
from conformance.cli.serve import serve


class Group(click.Group):
    """Commands in the order of the work, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


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
