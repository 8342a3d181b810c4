"""`acs-conformance verify`: check a certificate, offline."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.certificate import read_bytes, stream_bytes, stream_file
from conformance.cli.errors import ExitStatus
from conformance.cli.output import say
from conformance.contract.files import ContractError
from conformance.errors import Refusal
from conformance.report import signature
from conformance.report.basis import Basis
from conformance.report.service_run import is_of_service
from conformance.report.service_verification import verify_service
from conformance.report.signature import BadKey, Verification

UNSIGNED = (
    "Consistent, not proven. The certificate follows from the event stream; it is not signed, and whoever made it may "
    "have made up the stream as well."
)


@click.command()
@click.argument("path", metavar="CERTIFICATE", type=click.Path(path_type=Path))
@click.option("--events", required=True, type=click.Path(path_type=Path), help="The event stream it was made of.")
@click.option("--key", type=click.Path(path_type=Path), help="The signer's public key (PEM).")
@click.option(
    "--subject",
    metavar="NAME|URL|sha256:HEX",
    help="What the certificate has to be about; a package also by its bytes.",
)
@click.option(
    "--contract",
    "folder",
    type=click.Path(path_type=Path),
    help="The contract, or the folder of the service, where it is not a shipped one.",
)
@click.option("--allow-unsigned", is_flag=True, help="Be content with a certificate that nobody signed.")
def verify(
    path: Path, events: Path, key: Path | None, subject: str | None, folder: Path | None, allow_unsigned: bool
) -> None:
    """Check a certificate offline: its signature and subject, its digests, that the verdict follows from the event
    stream, and that the stream was judged by the requirements that follow from the contract. Of a run over a service
    the same is checked of the streams of its operations, where they lie beside its own.

    Exit status: 0 valid, 1 not valid, 3 consistent and not signed (0 with --allow-unsigned).
    """
    file = stream_file(events)
    certificate, stream = read_bytes(path, "the certificate"), stream_bytes(file)
    public = read_bytes(key, "the key") if key else None
    try:
        if is_of_service(stream):
            found = verify_service(certificate, stream, subject, file.parent, folder, public)
        else:
            found = signature.verify(certificate, stream, public, subject, lambda header: Basis.of_run(header, folder))
    except (BadKey, ContractError) as e:
        raise Refusal(str(e)) from None
    _show(found)
    if not found.valid:
        raise SystemExit(ExitStatus.NOT_CONFORMANT)
    raise SystemExit(ExitStatus.CONFORMANT if found.proven or allow_unsigned else ExitStatus.NOT_ESTABLISHED)


def _show(found: Verification) -> None:
    say("NOT VALID." if not found.valid else "Valid." if found.proven else UNSIGNED)
    for title, lines in (
        ("What is wrong", found.problems),
        ("Checked", found.checked),
        ("Certified" if found.proven else "Stated, not proven", found.stated),
        ("Not certified", found.not_certified),
    ):
        if lines:
            say(f"\n{title}:")
            for line in lines:
                say(f"  - {line}")
