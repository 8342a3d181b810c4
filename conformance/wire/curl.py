"""A request as one `curl` line that a person can paste into a shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from urllib.parse import urlsplit

from conformance.wire.exchange import HttpRequest
from conformance.wire.redaction import redact_request

# curl sends these by itself, rightly
IMPLIED = frozenset(("host", "user-agent", "accept-encoding", "content-length", "connection"))
GLOB = frozenset("[]{}")


def curl_line(request: HttpRequest, secrets: Iterable[str] = ()) -> str:
    """One line, quoted for a POSIX shell (bytes that are no text: for bash), with every secret redacted."""
    request = redact_request(request, secrets)
    words = ["curl", "-sS", "-i"]
    if GLOB.intersection(request.url):
        words.append("--globoff")
    if request.method == "HEAD":
        words.append("--head")
    elif request.method != ("POST" if request.body else "GET"):
        words += ["-X", shlex.quote(request.method)]
    words.append(_quoted(request.url))
    for name, value in request.headers:
        if not _implied(name, value, request.url):
            words += ["-H", _quoted(f"{name}: {value}" if value else f"{name};")]
    if request.body:
        words += ["--data-raw", _quoted(request.body.decode("utf-8", "surrogateescape"))]
    return " ".join(words)


def _implied(name: str, value: str, url: str) -> bool:
    lowered = name.lower()
    if lowered == "host":
        return value == urlsplit(url).netloc
    return lowered in IMPLIED or (lowered == "accept" and value == "*/*")


def _quoted(text: str) -> str:
    """Shell-quoted on one line: text with control characters or stray bytes takes the form $'…' of bash."""
    if all(char.isprintable() for char in text):
        return shlex.quote(text)
    data = text.encode("utf-8", "surrogateescape")
    plain = "".join(chr(byte) if 0x20 <= byte < 0x7F and byte not in b"\\'" else f"\\x{byte:02x}" for byte in data)
    return f"$'{plain}'"
