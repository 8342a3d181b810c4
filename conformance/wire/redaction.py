"""Takes secrets out of whatever is shown or kept: keys, signatures, tokens, authorization, cookies.

Two nets: names that are known to hold secrets (in queries, forms, headers, JSON, XML, and inside a string to
sign that a server echoes), and the values themselves where the caller knows them. The access key id goes too:
it names an account.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from attrs import evolve

from conformance.wire.encoding import parse_query, percent_encode, split_target
from conformance.wire.escapes import unescaped
from conformance.wire.exchange import Credentials, HttpRequest, HttpResponse
from conformance.wire.pieces import without_pieces

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
# what holds a secret where names have values of their own: also headers, which a server may echo one by one
_MEMBERS = "|".join(sorted(map(re.escape, {*SECRET_NAMES, *SECRET_HEADERS}), key=len, reverse=True))
_HEADERS = "|".join(sorted(map(re.escape, SECRET_HEADERS), key=len, reverse=True))
# how a V3 request was signed may be told: AUTHORIZATION takes the secrets from it
_NO_V3 = "(?!ACS3-HMAC)"
# what a string holds: in JSON, which may itself be a string in JSON (then `escapes` are before each quote, and one more
# is a backslash); in JSON that is text in XML; and what an element holds
_QUOTE = r'(?<!\\)(?P<escapes>\\*)"'
_SAME_QUOTE = r'(?P=escapes)"'
_BACKSLASH = r"(?P=escapes)\\"
_IN_JSON = rf'(?:[^"\\]|{_BACKSLASH}(?:{_BACKSLASH}|{_SAME_QUOTE}|[^"\\])|\\+(?!["\\]))*'
_IN_QUOTED_JSON = r"(?:(?!&quot;)[^<])*"
_IN_ELEMENT = r"(?:<!\[CDATA\[.*?(?:\]\]>|\Z)|[^<])*"


def _json_members(names: str, leave: str = "") -> tuple[re.Pattern[str], ...]:
    """What comes before the value of a member (the group `before`), and its value, however deep the JSON text lies."""
    return (
        re.compile(
            rf"(?i)(?P<before>{_QUOTE}(?:{names}){_SAME_QUOTE}\s*:\s*{_SAME_QUOTE})(?!{_SAME_QUOTE}){leave}{_IN_JSON}"
        ),
        re.compile(rf"(?i)(?P<before>&quot;(?:{names})&quot;\s*:\s*&quot;)(?!&quot;){leave}{_IN_QUOTED_JSON}"),
        # as Python writes it, in what a schema has against a value
        re.compile(
            rf"""(?i)(?P<before>'(?:{names})':\s*(?P<mark>['"]))(?!(?P=mark)){leave}(?:(?!(?P=mark))[^\\]|\\.)*"""
        ),
    )


def _xml_members(names: str, leave: str = "") -> tuple[re.Pattern[str], ...]:
    """The same of attributes in XML."""
    return (re.compile(rf"""(?i)(?<![\w-])(?P<before>(?:{names})\s*=\s*\\*["']){leave}[^"'<>\\]+"""),)


def _elements(names: str, leave: str = "") -> re.Pattern[str]:
    """The start tag of an element that holds a secret."""
    return re.compile(rf"(?i)<((?:\w{{1,64}}:)?(?:{names}))(?:\s[^<>]*)?(?<!/)>(?!</\1){leave}")


# name=value, with the separators as they are or percent-encoded once or twice
PAIR = re.compile(rf"(?i)(?<![A-Za-z-])((?:{_NAMES})(?:=|%(?:25)?3D))((?:(?!%(?:25)?26)[^&\s\"'<>,;\\])++)")
MEMBERS = (*_json_members(_MEMBERS, _NO_V3), *_xml_members(_MEMBERS, _NO_V3))
ELEMENTS = _elements(_MEMBERS, _NO_V3)
IN_ELEMENT = re.compile(rf"(?s){_IN_ELEMENT}")
# so many ends of elements are looked for; what begins after that goes to the end of the text
MOST_ENDS = 64
HEADER_LINE = re.compile(rf"(?im)(\b(?:{_HEADERS})\s*:\s*)[^\r\n\"'<>]+")
AUTHORIZATION = re.compile(r"(?i)\b(Credential|Signature)=([^,\s\"'<>&]+)")
# what tells an `Authorization` that says how it was signed, whatever its scheme is called
SIGNED_HEADERS = "SignedHeaders="
# a path of which somebody made the address has one slash
USER_IN_URL = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]{0,19}:/{1,2})[^/\s@:\"'<>?#]*:[^/\s@\"'<>?#]*(?=@)")
# Shapes of long-lived key ids (LTAI…) and of temporary ones (STS.…)
KEY_SHAPE = re.compile(r"\b(?:LTAI[0-9A-Za-z]{12,30}|STS\.[0-9A-Za-z]{12,64})\b")
# an account: by the names of the members that hold it, and in a resource name (acs:ram::1234567890123456:…)
ACCOUNT_NAMES = "|".join(
    ("AccountId", "AliUid", "CallerUid", "OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId", "UserId")
)
ACCOUNT_MEMBERS = (*_json_members(ACCOUNT_NAMES), *_xml_members(ACCOUNT_NAMES))
ACCOUNT_ELEMENTS = _elements(ACCOUNT_NAMES)
ACCOUNT_NUMBER = re.compile(
    rf"""(?i)(?P<before>(?P<quote>(?<!\\)\\*"|&quot;|')(?:{ACCOUNT_NAMES})(?P=quote)\s*:\s*)\d+"""
)
ACCOUNT_PAIR = re.compile(
    rf"(?i)(?<![A-Za-z-])((?:{ACCOUNT_NAMES})(?:=|%(?:25)?3D))((?:(?!%(?:25)?26)[^&\s\"'<>,;\\])++)"
)
ACCOUNT_IN_NAME = re.compile(r"\b(acs:[a-z0-9-]*:[a-z0-9-]*:)\d{8,20}(?=:)")
ACCOUNT_HINTS = (*(name.lower() for name in ACCOUNT_NAMES.split("|")), "acs:")
# without one of these, in lower case, no pattern of names finds anything
HINTS = tuple({name.lower() for name in (*SECRET_NAMES, *SECRET_HEADERS, "Credential")})
SHORTEST = 4
# what is no longer than this is looked at once
OFTEN = 100
ESCAPE = re.compile("%[0-9A-F]{2}")
# what some writers of JSON escape in it
ESCAPED_IN_JSON = re.compile(r"""[^\w\s.~+/-]""", re.ASCII)
# a secret that is so long is looked for in parts, too
LONG = 12


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
    lowered = text.lower()
    if any(name in lowered for name in HINTS):
        text = PAIR.sub(rf"\1{REDACTED}", text)
        text = _without_members(_without_elements(text, ELEMENTS), MEMBERS)
        text = HEADER_LINE.sub(rf"\1{REDACTED}", text)
        text = AUTHORIZATION.sub(rf"\1={REDACTED}", text)
    text = USER_IN_URL.sub(rf"\1{REDACTED}", text) if ":/" in text else text
    if "ltai" in lowered or "sts." in lowered:
        text = KEY_SHAPE.sub(REDACTED, text)
    return _without_accounts(text) if any(name in lowered for name in ACCOUNT_HINTS) else text


def redact_values(text: str, secrets: Iterable[str]) -> str:
    """`text` without these very values, in every form that a client or a server writes them in, and without pieces.

    A piece is any 8 characters in a row (see pieces.py): an endpoint may put a secret into an id, which is then cut
    and varied.
    """
    known = tuple(secrets)
    # names, and values that everybody sends, are asked for again and again
    return _often_redacted(text, known) if len(text) <= OFTEN else _redacted(text, known)


@lru_cache(maxsize=4096)
def _often_redacted(text: str, secrets: tuple[str, ...]) -> str:
    return _redacted(text, secrets)


def _redacted(text: str, secrets: tuple[str, ...]) -> str:
    known = sorted((secret for secret in secrets if len(secret) >= SHORTEST), key=len, reverse=True)
    for secret in known:
        for form in forms_of(secret):
            text = text.replace(form, REDACTED)
    # how a request was signed may be told; the secrets in it are known apart
    parts = [secret for secret in known if SIGNED_HEADERS not in secret]
    return without_pieces(text, parts, forms_of, REDACTED)


def gives_away(text: str, credentials: Credentials | None, others: Iterable[str] = ()) -> bool:
    """Whether a text holds a piece of the credentials, or the whole of another secret: the value of a header may have a
    piece in common with anything.
    """
    own = secrets_of(credentials)
    whole = [secret for secret in others if secret not in own and len(secret) >= SHORTEST]
    if redact_values(text, own) != text or any(form in text for secret in whole for form in forms_of(secret)):
        return True
    plain = unescaped(text) if whole else None
    return plain is not None and any(secret in plain.text for secret in whole)


@lru_cache(maxsize=1024)
def forms_of(secret: str) -> tuple[str, ...]:
    """How a value may be written, the longest first: as it is, backwards, percent-encoded once or twice, in JSON, in
    XML, in base 64, also as a part of something longer that is.
    """
    once = percent_encode(secret)
    encoded = {once, quote(secret), quote_plus(secret), quote_plus(secret).replace("~", "%7E")}
    encoded |= {ESCAPE.sub(lambda found: found[0].lower(), form) for form in encoded}
    encoded |= {percent_encode(form) for form in encoded}
    in_json, in_xml = json.dumps(secret)[1:-1], html.escape(secret)
    found = {secret, *encoded, in_json, in_json.replace("/", "\\/"), json.dumps(in_json)[1:-1]}
    found |= {escape(secret), in_xml, in_xml.replace("&#x27;", "&apos;"), in_xml.replace("&#x27;", "&#39;")}
    found |= {ESCAPED_IN_JSON.sub(lambda sign: f"\\u{ord(sign[0]):04x}", secret)}
    parts = range(3 if len(secret) >= LONG else 1)
    encoders = (b64encode, urlsafe_b64encode)
    found |= {encode(secret.encode()[n:]).decode().rstrip("=") for encode in encoders for n in parts}
    found |= {secret[::-1]} if len(secret) >= LONG else set()
    return tuple(sorted(found, key=len, reverse=True))


def _without_elements(text: str, start_tags: re.Pattern[str]) -> str:
    """`text` without what such elements hold, also where a cut took the end. Each end is looked for once."""
    kept: list[str] = []
    ends: dict[str, tuple[int, bool]] = {}
    done = 0
    for tag in start_tags.finditer(text):
        if tag.start() < done:
            continue
        name, begin = tag[1].lower(), tag.end()
        place, there = ends.get(name, (-1, True))
        if there and place < begin:
            if len(ends) >= MOST_ENDS and name not in ends:
                place, there = len(text), True
            else:
                found = re.compile(rf"(?i)</{re.escape(name)}\s*>").search(text, begin)
                place, there = (found.start(), True) if found else (-1, False)
                ends[name] = (place, there)
        if not there:
            held = IN_ELEMENT.match(text, begin)
            place = held.end() if held else begin
        kept += [text[done:begin], REDACTED]
        done = place
    return "".join([*kept, text[done:]]) if kept else text


def _without_members(text: str, patterns: Iterable[re.Pattern[str]]) -> str:
    for pattern in patterns:
        text = pattern.sub(rf"\g<before>{REDACTED}", text)
    return text


def _without_accounts(text: str) -> str:
    text = _without_members(_without_elements(text, ACCOUNT_ELEMENTS), ACCOUNT_MEMBERS)
    text = ACCOUNT_NUMBER.sub(rf"\g<before>\g<quote>{REDACTED}\g<quote>", text)
    text = ACCOUNT_PAIR.sub(rf"\1{REDACTED}", text)
    return ACCOUNT_IN_NAME.sub(rf"\1{REDACTED}", text)


def redact_body(body: bytes, secrets: Iterable[str] = ()) -> bytes:
    """Bytes that are not UTF-8 are kept as they are."""
    text = body.decode("utf-8", "surrogateescape")
    return redact_text(text, secrets).encode("utf-8", "surrogateescape")


def redact_headers(headers: Iterable[tuple[str, str]], secrets: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """The algorithm and the names of the signed headers stay in `Authorization`: they say how it was signed."""
    known = tuple(secrets)
    return tuple((redact_values(name, known), _header(name, value, known)) for name, value in headers)


def redact_request(request: HttpRequest, secrets: Iterable[str] = ()) -> HttpRequest:
    """The request without signature, credentials and what looks like one, in URL, headers and body."""
    known = tuple(secrets)
    return evolve(
        request,
        url=redact_text(request.url, known),
        headers=redact_headers(request.headers, known),
        body=redact_body(request.body, known),
    )


def redact_response(response: HttpResponse, secrets: Iterable[str] = ()) -> HttpResponse:
    """The response without credentials and what looks like one, in headers and body."""
    known = tuple(secrets)
    return evolve(response, headers=redact_headers(response.headers, known), body=redact_body(response.body, known))


def _header(name: str, value: str, secrets: tuple[str, ...]) -> str:
    lowered = name.lower()
    if lowered == "authorization" and SIGNED_HEADERS in value:
        return AUTHORIZATION.sub(rf"\1={REDACTED}", value)
    return REDACTED if lowered in SECRET_HEADERS else redact_text(value, secrets)
