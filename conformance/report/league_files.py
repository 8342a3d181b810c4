"""The files of the league table: event streams with their certificates in, pages out."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from conformance.drivers.releases import order
from conformance.errors import Refusal
from conformance.foreign import BadText, bytes_of, decoded, decompressed
from conformance.report.folder import safe_name
from conformance.report.league import LeagueRelease, SdkLine, lines_of, of_run, of_service
from conformance.report.league_page import site
from conformance.report.service_run import ServiceStreamError, event_lines, is_of_service, service_run_of
from conformance.report.stream import StreamError, parse

STREAMS = "streams"
STREAM, CERTIFICATE = ".jsonl.gz", ".certificate.json"


def stream_path(folder: Path, package: str, release: str, scope: str) -> Path:
    """Where the stream of a run on a release is kept; `scope` is the operation, or the service."""
    return folder / STREAMS / safe_name(package) / f"{safe_name(release)}.{safe_name(scope)}{STREAM}"


def keep(path: Path, stream: bytes, certificate: bytes | None) -> None:
    """Keep a stream, packed the same way whenever it is done, and its certificate. Raises Refusal."""
    beside = certificate_path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}")
        aside.write_bytes(gzip.compress(stream, 9, mtime=0))
        beside.unlink(missing_ok=True)
        if certificate is not None:
            beside.write_bytes(certificate)
        aside.replace(path)
    except OSError as e:
        raise Refusal(f"Cannot write {e.filename}: {e.strerror}.") from None


def certificate_path(stream: Path) -> Path:
    """The certificate that belongs to a stream."""
    return stream.with_name(stream.name.removesuffix(STREAM) + CERTIFICATE)


def stream_in(path: Path) -> bytes:
    """The stream in a file. Raises Refusal."""
    try:
        return bytes(decompressed(bytes_of(path)))
    except BadText as e:
        raise Refusal(f"{path} {e}.") from None


def release_in(path: Path, folder: Path) -> LeagueRelease:
    """What the stream in a file says of a release; its name is the one below `folder`. Raises Refusal."""
    data, name = stream_in(path), path.relative_to(folder).as_posix()
    beside = certificate_path(path)
    certificate = beside.relative_to(folder).as_posix() if beside.is_file() else None
    try:
        if is_of_service(data):
            return of_service(service_run_of(event_lines(decoded(data))), name, certificate)
        return of_run(parse(data, str(path)), name, certificate)
    except (StreamError, ServiceStreamError, BadText, ValueError) as e:
        raise Refusal(f"{path} cannot be shown: {e}.") from None


def streams_in(folder: Path) -> tuple[Path, ...]:
    """The files of all streams that are kept for a site."""
    return tuple(sorted((folder / STREAMS).glob(f"*/*{STREAM}")))


def lines_in(folder: Path) -> tuple[SdkLine, ...]:
    """The packages whose streams are kept for a site. Raises Refusal where there are none."""
    found = [release_in(path, folder) for path in streams_in(folder)]
    if not found:
        raise Refusal(f"{folder} holds no {STREAMS} to make pages of; acs-conformance matrix writes them.")
    return lines_of(sorted(found, key=lambda release: order(release.name)))


def pages_of(folder: Path) -> dict[Path, str]:
    """The pages that the streams of a site come to. Raises Refusal."""
    return {folder / name: text for name, text in site(lines_in(folder)).items()}


def write_pages(folder: Path) -> Iterator[Path]:
    """Write the pages anew, and take away those of packages that are gone. Raises Refusal."""
    pages = pages_of(folder)
    try:
        for stale in set(folder.glob("*.html")) - set(pages):
            stale.unlink()
        for path, text in pages.items():
            path.write_text(text, "utf-8")
            yield path
    except OSError as e:
        raise Refusal(f"Cannot write {e.filename}: {e.strerror}.") from None
