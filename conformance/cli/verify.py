"""`acs-conformance verify`: check a certificate, offline."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.certificate import read_bytes, stream_file
from conformance.cli.errors import ExitStatus
from conformance.errors import Refusal
from conformance.report import signature
from conformance.report.signature import BadKey


@click.command()
@click.argument("path", metavar="CERTIFICATE", type=click.Path(path_type=Path))
@click.option("--events", required=True, type=click.Path(path_type=Path), help="The event stream it was made of.")
@click.option("--key", type=click.Path(path_type=Path), help="The signer's public key (PEM).")
def verify(path: Path, events: Path, key: Path | None) -> None:
    """Check a certificate offline: its signature, its digests, and that the verdict follows from the event stream.

    Exit status: 0 valid, 1 not valid.
    """
    try:
        found = signature.verify(
            read_bytes(path, "the certificate"),
            read_bytes(stream_file(events), "the event stream"),
            read_bytes(key, "the key") if key else None,
        )
    except BadKey as e:
        raise Refusal(str(e)) from None
    click.echo("Valid." if found.valid else "NOT VALID.")
    for title, lines in (
        ("What is wrong", found.problems),
        ("Certified", found.certified if found.valid else ()),
        ("Not certified", found.not_certified if found.valid else ()),
    ):
        if lines:
            click.echo(f"\n{title}:")
            for line in lines:
                click.echo(f"  - {line}")
    raise SystemExit(ExitStatus.CONFORMANT if found.valid else ExitStatus.NOT_CONFORMANT)
