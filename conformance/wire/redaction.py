"""Takes secrets out of whatever is shown or kept: keys, signatures, tokens, authorization, cookies.

Two nets: names that are known to hold secrets (in queries, forms, headers, JSON, XML, and inside a string to
sign that a server echoes), and the values themselves where the caller knows them. The access key id goes too:
it names an account.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote
from xml.sax.saxutils import escape

from attrs import evolve

from conformance.wire.encoding import parse_query, percent_encode, split_target
from conformance.wire.exchange import Credentials, HttpRequest, HttpResponse

REDACTED = "REDACTED"
SECRET_NAMES = (
    "AccessKeyId",
    "AccessKeySecret",
    "AccessKey",
    "SecretKey",
    "SecurityToken",
    "SignatureKey",
    "Signature",
    "Password",
    "x-acs-accesskey-id",
    "x-acs-security-token",
    "x-acs-signature",
)
SECRET_HEADERS = frozenset(
    (
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "x-acs-accesskey-id",
        "x-acs-security-token",
        "x-acs-signature",
        "x-api-key",
    )
)
_NAMES = "|".join(sorted(map(re.escape, SECRET_NAMES), key=len, reverse=True))
# name=value, with the separators as they are or percent-encoded once or twice
PAIR = re.compile(rf"(?i)(?<![A-Za-z-])((?:{_NAMES})(?:=|%(?:25)?3D))((?:(?!%(?:25)?26)[^&\s\"'<>,;\\])+)")
JSON_MEMBER = re.compile(rf'(?i)(\\?"(?:{_NAMES})\\?"\s*:\s*\\?")((?:[^"\\]|\\(?!").)*)')
XML_ELEMENT = re.compile(rf"(?i)(<({_NAMES})(?:\s[^<>]*)?>)(.*?)(</\2\s*>)", re.DOTALL)
HEADER_LINE = re.compile(
    r"(?im)(\b(?:x-acs-security-token|x-acs-accesskey-id|authorization|(?:set-)?cookie)\s*:\s*)[^\r\n\"'<>]+"
)
AUTHORIZATION = re.compile(r"(?i)\b(Credential|Signature)=([^,\s\"'<>&]+)")
# Shapes of long-lived key ids (LTAI…) and of temporary ones (STS.…)
KEY_SHAPE = re.compile(r"\b(?:LTAI[0-9A-Za-z]{12,30}|STS\.[0-9A-Za-z]{12,64})\b")
# an account: by the names of the members that hold it, and in a resource name (acs:ram::1234567890123456:…)
ACCOUNT_NAMES = "|".join(
    ("AccountId", "AliUid", "CallerUid", "OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId", "UserId")
)
ACCOUNT_MEMBER = re.compile(rf'(?i)(\\?"(?:{ACCOUNT_NAMES})\\?"\s*:\s*)(\\?"(?:[^"\\]|\\(?!").)+\\?"|\d+)')
ACCOUNT_ELEMENT = re.compile(rf"(?i)(<({ACCOUNT_NAMES})(?:\s[^<>]*)?>)([^<]+)(</\2\s*>)")
ACCOUNT_PAIR = re.compile(
    rf"(?i)(?<![A-Za-z-])((?:{ACCOUNT_NAMES})(?:=|%(?:25)?3D))((?:(?!%(?:25)?26)[^&\s\"'<>,;\\])+)"
)
ACCOUNT_IN_NAME = re.compile(r"\b(acs:[a-z0-9-]*:[a-z0-9-]*:)\d{8,20}(?=:)")
ACCOUNT_HINT = re.compile(rf"(?i){ACCOUNT_NAMES}|acs:")
SHORTEST = 4


def secrets_of(credentials: Credentials | None) -> tuple[str, ...]:
    """The values that must not appear anywhere."""
    if credentials is None:
        return ()
    values = (credentials.access_key_id, credentials.access_key_secret, credentials.security_token)
    return tuple(value for value in values if value)


LEAST_SIGNATURE = 16
_LOWER_NAMES = frozenset(name.lower() for name in SECRET_NAMES)


def secrets_in(request: HttpRequest) -> tuple[str, ...]:
    """The signature that a request carries, under every name, so that it can be taken from an answer that echoes it."""
    found = [value for name, value in request.headers if name.lower() in SECRET_HEADERS and name.lower() != "cookie"]
    found += [part[2] for value in tuple(found) for part in AUTHORIZATION.finditer(value)]
    query = split_target(request.url)[1]
    for text in (query, request.body.decode("utf-8", "replace")):
        found += [value for name, value in parse_query(text) if name.lower() in _LOWER_NAMES]
    return tuple(dict.fromkeys(value for value in found if len(value) >= LEAST_SIGNATURE))


def redact_text(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` (a URL, a form, a body, a message) without secrets. `secrets` shorter than 4 characters are not
    searched.
    """
    text = redact_values(text, secrets)
    text = PAIR.sub(rf"\1{REDACTED}", text)
    text = JSON_MEMBER.sub(rf"\1{REDACTED}", text)
    text = XML_ELEMENT.sub(rf"\1{REDACTED}\4", text)
    text = HEADER_LINE.sub(rf"\1{REDACTED}", text)
    text = AUTHORIZATION.sub(rf"\1={REDACTED}", text)
    text = KEY_SHAPE.sub(REDACTED, text)
    return _without_accounts(text) if ACCOUNT_HINT.search(text) else text


def redact_values(text: str, secrets: Iterable[str]) -> str:
    """`text` without these very values, in whichever form they are written there."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST:
            for form in forms_of(secret):
                text = text.replace(form, REDACTED)
    return text


@lru_cache(maxsize=1024)
def forms_of(secret: str) -> tuple[str, ...]:
    """How a value may be written, the longest first: as it is, percent-encoded once or twice, in JSON, in XML, in
    base 64.
    """
    once, in_json = percent_encode(secret), json.dumps(secret)[1:-1]
    found = {secret, once, percent_encode(once), quote(secret), in_json, in_json.replace("/", "\\/")}
    found |= {escape(secret), html.escape(secret), html.escape(secret).replace("&#x27;", "&apos;")}
    found.add(base64.b64encode(secret.encode()).decode())
    return tuple(sorted(found, key=len, reverse=True))


def _without_accounts(text: str) -> str:
    text = ACCOUNT_MEMBER.sub(rf'\1"{REDACTED}"', text)
    text = ACCOUNT_ELEMENT.sub(rf"\1{REDACTED}\4", text)
    text = ACCOUNT_PAIR.sub(rf"\1{REDACTED}", text)
    return ACCOUNT_IN_NAME.sub(rf"\1{REDACTED}", text)


def redact_body(body: bytes, secrets: Iterable[str] = ()) -> bytes:
    """Bytes that are not UTF-8 are kept as they are."""
    text = body.decode("utf-8", "surrogateescape")
    return redact_text(text, secrets).encode("utf-8", "surrogateescape")


def redact_headers(headers: Iterable[tuple[str, str]], secrets: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """The algorithm and the names of the signed headers stay in `Authorization`: they say how it was signed."""
    known = tuple(secrets)
    return tuple((name, _header(name, value, known)) for name, value in headers)


def redact_request(request: HttpRequest, secrets: Iterable[str] = ()) -> HttpRequest:
    known = tuple(secrets)
    return evolve(
        request,
        url=redact_text(request.url, known),
        headers=redact_headers(request.headers, known),
        body=redact_body(request.body, known),
    )


def redact_response(response: HttpResponse, secrets: Iterable[str] = ()) -> HttpResponse:
    known = tuple(secrets)
    return evolve(response, headers=redact_headers(response.headers, known), body=redact_body(response.body, known))


def _header(name: str, value: str, secrets: tuple[str, ...]) -> str:
    lowered = name.lower()
    if lowered == "authorization" and "SignedHeaders=" in value:
        return AUTHORIZATION.sub(rf"\1={REDACTED}", value)
    return REDACTED if lowered in SECRET_HEADERS else redact_text(value, secrets)
