"""The options that say how an endpoint is reached beside its URL, which `endpoint` and `record` have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from attrs import frozen

from conformance.cli.gathered import Command, with_options
from conformance.errors import Refusal
from conformance.wire.access import Access, BadAccess, Headers, Secrets, parse_headers, parse_host
from conformance.wire.connection import BadRoute

A_FILE = click.Path(path_type=Path)
LARGEST_HEADER_FILE = 1 << 20
EXPECTED = "it should hold headers, one 'Name: value' a line"
OPTIONS = (
    click.option("--cacert", type=A_FILE, help="Certificates to trust in place of the system's (PEM)."),
    click.option("--client-cert", type=A_FILE, help="A certificate to show where the server asks for one (PEM)."),
    click.option("--client-key", type=A_FILE, help="Its key, where the file of the certificate does not hold it."),
    click.option(
        "--header",
        "header_lines",
        multiple=True,
        metavar="'NAME: VALUE'",
        help="Send this header too (repeatable). Its value is a secret, which others see in the list of processes.",
    ),
    click.option("--header-file", type=A_FILE, help="A file with such headers, one a line; its values are secrets."),
    click.option("--proxy", metavar="URL", help="Go through this HTTP proxy; none of the environment is ever used."),
    click.option("--signed-host", metavar="HOST", help="Send and sign this Host in place of the one of the URL."),
)


def options_of_access(command: Command) -> Command:
    """The command with these options."""
    return with_options(command, OPTIONS)


@frozen
class AccessOptions:
    """What these options were given."""

    cacert: Path | None
    client_cert: Path | None
    client_key: Path | None
    header_lines: tuple[str, ...]
    header_file: Path | None
    proxy: str | None
    signed_host: str | None


def access_of(given: AccessOptions, signed: bool) -> tuple[Access, Secrets]:
    """What the options say; `signed`: whether requests carry an Authorization of their own. Raises Refusal."""
    try:
        host = parse_host(given.signed_host) if given.signed_host is not None else None
        headers = _headers(given.header_lines, given.header_file, signed, host is not None)
        secrets = Secrets(headers, given.proxy)
        files = (given.cacert, given.client_cert, given.client_key)
        ca, cert, key = (str(path.absolute()) if path else None for path in files)
        access = Access(ca, cert, key, host, tuple(name for name, _ in headers), given.proxy is not None)
        access.route(secrets)
    except (BadAccess, BadRoute) as e:
        raise Refusal(str(e)) from None
    return access, secrets


def _headers(lines: Sequence[str], file: Path | None, signed: bool, signed_host: bool) -> Headers:
    given = parse_headers(lines, "--header", signed, signed_host)
    kept = parse_headers(_lines_of(file), f"{file}, line", signed, signed_host) if file else ()
    both = {name.lower() for name, _ in given} & {name.lower() for name, _ in kept}
    if both:
        raise BadAccess(f"{min(both)} is given by --header and in {file}; give it once.")
    return (*given, *kept)


def _lines_of(file: Path) -> list[str]:
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST_HEADER_FILE + 1)
    except OSError as e:
        raise BadAccess(f"{file} cannot be read ({e.strerror}); {EXPECTED}.") from None
    if len(data) > LARGEST_HEADER_FILE:
        raise BadAccess(f"{file} is larger than 1 MB; {EXPECTED}.")
    return data.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
