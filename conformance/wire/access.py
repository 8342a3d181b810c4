"""How an endpoint is reached beside its address: TLS files, a proxy, another name to sign for, and headers that
whatever stands before it wants to see.

Values of headers and the address of a proxy may be secrets. They stand in no settings, event or recording: a request
carries `REDACTED` in their place until it is sent, and the processes of a run find them in their environment.
"""

from __future__ import annotations

import json
import os
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from attrs import field, frozen

from conformance.wire.connection import Route, proxy_authorization
from conformance.wire.environment import KEY_SECRET
from conformance.wire.environment import TOKEN as TOKEN_NAME
from conformance.wire.exchange import Credentials
from conformance.wire.pieces import LEAST
from conformance.wire.redaction import SHORTEST, secrets_of

# what the processes of a run find the secret part in; set while a run goes on
SECRETS = "ACS_CONFORMANCE_ACCESS"
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# what the suite itself writes into a request, or what decides where a request ends
OF_THE_SUITE = frozenset(
    ("accept", "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect",
     "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "user-agent")
)  # fmt: skip
VALUE = re.compile(r"[\t -~]{1,8192}")
MOST_HEADERS = 64

Headers = tuple[tuple[str, str], ...]


class BadAccess(ValueError):
    """An option that says how to reach an endpoint cannot be used; one sentence, without any value that was given."""


@frozen
class Secrets:
    """What of an access may be secret: headers, and the URL of a proxy, which may hold a password."""

    headers: Headers = field(default=(), repr=False)
    proxy: str | None = field(default=None, repr=False)

    @property
    def values(self) -> tuple[str, ...]:
        """Every text that must not appear anywhere: values, their parts, and what is encoded in them."""
        found = [part for _, value in self.headers for part in _parts(value)]
        if self.proxy:
            parts = urlsplit(self.proxy)
            found += [unquote(word) for word in (parts.password, parts.username) if word]
            found += _parts(proxy_authorization(self.proxy) or "")
        return tuple(dict.fromkeys(value for value in found if value))

    def shared(self) -> dict[str, str | None]:
        """The environment by which other processes of a run know them."""
        return {SECRETS: json.dumps([self.headers, self.proxy]) if self.headers or self.proxy else None}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Secrets:
        """Those of the run that goes on."""
        return _kept(environment.get(SECRETS, ""))


@frozen
class Access:
    """How an endpoint is reached; paths are of files in PEM. `signed_host` is sent as Host and signed in place of the
    host of the URL. `headers` are names. Nothing in it is secret.
    """

    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    signed_host: str | None = None
    headers: tuple[str, ...] = ()
    proxied: bool = False

    def route(self, secrets: Secrets) -> Route:
        """Raises BadRoute."""
        ca, cert, key = (Path(name) if name else None for name in (self.ca_file, self.client_cert, self.client_key))
        return Route(ca, cert, key, secrets.proxy)

    @property
    def words(self) -> tuple[str, ...]:
        """What was given, without its values: options, and names of headers."""
        given = {
            "--cacert": self.ca_file,
            "--client-cert": self.client_cert,
            "--client-key": self.client_key,
            "--proxy": self.proxied,
            "--signed-host": self.signed_host,
        }
        return (*(option for option, value in given.items() if value), *(f"--header {name}" for name in self.headers))


def known_secrets(credentials: Credentials | None) -> tuple[str, ...]:
    """What must not appear anywhere: of these credentials, and of the access of the run that goes on."""
    return (*secrets_of(credentials), *Secrets.from_environment().values)


def short_secrets(credentials: Credentials | None, secrets: Secrets) -> tuple[str, ...]:
    """What is said, a sentence each, of secrets that are too short to be found however an endpoint shows them. Most
    short values of headers are no secrets.
    """
    given = [("The password of the proxy", unquote(urlsplit(secrets.proxy or "").password or ""))]
    if credentials is not None:
        given += [(KEY_SECRET, credentials.access_key_secret), (TOKEN_NAME, credentials.security_token or "")]
    return tuple(_too_short(name, len(value)) for name, value in given if 0 < len(value) < LEAST)


def _too_short(name: str, length: int) -> str:
    if length < SHORTEST:
        return (
            f"{name} has fewer than {SHORTEST} characters, which could be anything: "
            "it is not taken out of what is shown and kept."
        )
    return f"{name} has fewer than {LEAST} characters: parts of it are not taken out of what is shown and kept."


def parse_headers(lines: Iterable[str], source: str, signed: bool, signed_host: bool) -> Headers:
    """Headers from lines `Name: value`; blank lines and lines after `#` are passed over. `source` is for errors.

    `signed`: requests carry an Authorization of their own. Host may be given only beside another signed host. Raises
    BadAccess.
    """
    found: list[tuple[str, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, value = line.partition(":")
        where = f"{source} {number}" if source.endswith("line") else source
        name, value = name.strip(), value.strip(" \t\r\n")
        if not colon or not TOKEN.fullmatch(name):
            raise BadAccess(f"{where}: a header is given as 'Name: value'.")
        if not VALUE.fullmatch(value):
            raise BadAccess(f"{where}: the value of {name} must be printable ASCII, of 1 to 8192 characters.")
        if _belongs_to_the_suite(name.lower(), signed, signed_host):
            raise BadAccess(f"{where}: {name} is a header that the suite itself sends or signs; it cannot be given.")
        if name.lower() in (other.lower() for other, _ in found):
            raise BadAccess(f"{where}: {name} is given twice.")
        found.append((name, value))
    if len(found) > MOST_HEADERS:
        raise BadAccess(f"{source}: at most {MOST_HEADERS} headers can be given.")
    return tuple(found)


def parse_host(text: str) -> str:
    """A host, perhaps with a port, as the Host header has it. Raises BadAccess."""
    try:
        parts = urlsplit(f"//{text}")
        _ = parts.port
    except ValueError:
        parts = None
    if not parts or not parts.hostname or parts.netloc != text or "@" in text or not re.fullmatch(r"[!-~]+", text):
        raise BadAccess("--signed-host is a host, perhaps with a port, such as ecs.example.com or 127.0.0.1:8080.")
    return text


def _belongs_to_the_suite(name: str, signed: bool, signed_host: bool) -> bool:
    if name == "host":
        return not signed_host
    return name in OF_THE_SUITE or name.startswith("x-acs-") or (signed and name == "authorization")


def _parts(value: str) -> list[str]:
    """A value, what follows its scheme (`Bearer …`), and the user and password of one in base 64."""
    found = [value]
    scheme, _, rest = value.partition(" ")
    if rest:
        found.append(rest.strip())
    if scheme.lower() == "basic" and rest:
        try:
            pair = b64decode(rest.strip(), validate=True).decode()
        except (NotBase64, ValueError):
            return found
        found += [pair, pair.partition(":")[2]]
    return found


@lru_cache(maxsize=4)
def _kept(text: str) -> Secrets:
    if not text:
        return Secrets()
    headers, proxy = json.loads(text)
    return Secrets(tuple((name, value) for name, value in headers), proxy)
