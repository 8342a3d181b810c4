"""`acs-conformance certificate`: a verdict that a stranger can check, offline."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.errors import ExitStatus
from conformance.cli.output import say
from conformance.errors import Refusal
from conformance.foreign import BadText, bytes_of, decoded
from conformance.report import certificate as certificates
from conformance.report import signature
from conformance.report.certificate import NotCertifiable
from conformance.report.league_files import stream_in
from conformance.report.service_run import (
    ServiceStreamError,
    event_lines,
    is_of_service,
    service_certificate,
    service_objections,
    service_run_of,
)
from conformance.report.signature import BadKey
from conformance.report.stream import StreamError


def read_bytes(path: Path, what: str) -> bytes:
    """The bytes of a file, which a message calls `what`. Raises Refusal."""
    try:
        return bytes_of(path)
    except BadText as e:
        raise Refusal(f"Cannot read {what} {path}: it {e}.") from None


def stream_file(path: Path) -> Path:
    """The event stream that a path stands for: the file itself, or the one in a run's folder."""
    return path / "events.jsonl" if path.is_dir() else path


def stream_bytes(path: Path) -> bytes:
    """The bytes of an event stream, which may be packed. Raises Refusal."""
    return stream_in(path) if path.name.endswith(".gz") else read_bytes(path, "the event stream")


@click.command()
@click.argument("events", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The certificate to write.")
@click.option("--key", type=click.Path(path_type=Path), help="Sign with this ed25519 private key (PEM).")
@click.option("--partial", is_flag=True, help="Certify a run that judged a part; the certificate says so.")
def certificate(events: Path, output: Path, key: Path | None, partial: bool) -> None:
    """Make a certificate (an in-toto test result) of a run, from its event stream.

    Only a run in which every MUST was judged and met, and no failure was known, earns one; for any other the exit
    status is 1 and the reasons are given. A run that judged a part of what is required earns one with --partial; one
    over a service names what it judged, and in part, by itself.
    """
    try:
        made = _made(stream_bytes(stream_file(events)), partial)
        signed = signature.sign(made, read_bytes(key, "the key")) if key else made
        output.write_bytes(signed)
    except NotCertifiable as e:
        for reason in e.reasons:
            say(f"No certificate: {reason}", err=True)
        raise SystemExit(ExitStatus.NOT_CONFORMANT) from None
    except (StreamError, ServiceStreamError, BadKey) as e:
        raise Refusal(str(e)) from None
    except OSError as e:
        raise Refusal(f"Cannot write {output}: {e.strerror}.") from None
    say(f"{'Signed certificate' if key else 'Certificate'}: {output}")


def _made(stream: bytes, partial: bool) -> bytes:
    """The certificate of a run on an operation, or over a service. Raises NotCertifiable and errors of the stream."""
    if not is_of_service(stream):
        return certificates.certify(stream, partial)
    try:
        run = service_run_of(event_lines(decoded(stream)))
    except BadText as e:
        raise Refusal(f"The event stream {e}.") from None
    if reasons := tuple(service_objections(run)):
        raise NotCertifiable(reasons)
    return certificates.canonical(service_certificate(run, stream))
