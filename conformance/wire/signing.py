"""A call as the HTTP request that carries it: common parameters added, signed by the version that its channel
names.

V1 puts the common parameters with the others, in the query or the form. V3 puts them in `x-acs-*` headers;
the format is asked for both as the parameter `Format` and by `Accept`. Signature `none` sends `Action`,
`Version` and `Format` only.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from conformance.wire import signature_v1, signature_v3
from conformance.wire.encoding import build_query, split_target
from conformance.wire.exchange import Call, Channel, Credentials, Format, HttpRequest

FORM_TYPE = "application/x-www-form-urlencoded"
MEDIA_TYPES: dict[Format | None, str] = {"json": "application/json", "xml": "application/xml", None: "*/*"}
HEADER_OF = {
    "Action": "x-acs-action",
    "Version": "x-acs-version",
    "Timestamp": "x-acs-date",
    "SignatureNonce": "x-acs-signature-nonce",
    "SecurityToken": "x-acs-security-token",
}
DIGEST_HEADER = "x-acs-content-sha256"
IN_AUTHORIZATION = ("AccessKeyId", "SignatureMethod", "Signature", "SignatureVersion")

Pair = tuple[str, str]
Overrides = Mapping[str, str | None]


@frozen
class Origin:
    """Where a request goes: `url` without query (`http://127.0.0.1:8000/`), `host` as the Host header has it."""

    url: str
    host: str


def sign(
    call: Call, origin: Origin, credentials: Credentials | None, nonce: str, timestamp: str, agent: str
) -> HttpRequest:
    """The request for `call`. `timestamp` is `yyyy-MM-ddTHH:mm:ssZ`. Signed channels need credentials
    (ValueError).
    """
    headers = {
        "Host": origin.host,
        "User-Agent": agent,
        "Accept": MEDIA_TYPES[call.channel.format],
        "Accept-Encoding": "gzip",
    }
    if call.channel.signature == "none":
        return _unsigned(call, origin, headers)
    if credentials is None:
        raise ValueError(f"A call signed by {call.channel.signature} needs credentials, and there are none.")
    common = {
        "Version": call.version,
        "Action": call.action,
        "Timestamp": timestamp,
        "SignatureNonce": nonce,
        "AccessKeyId": credentials.access_key_id,
        "SecurityToken": credentials.security_token,
    }
    if call.channel.format:
        common["Format"] = call.channel.format.upper()
    make = _v1 if call.channel.signature == "v1" else _v3
    return make(call, origin, credentials, common, headers)


def _unsigned(call: Call, origin: Origin, headers: dict[str, str]) -> HttpRequest:
    common: dict[str, str | None] = {"Action": call.action, "Version": call.version}
    if call.channel.format:
        common["Format"] = call.channel.format.upper()
    pairs = _override((*call.parameters, *_present(common)), {**call.common, **call.tamper})
    return _request(call.channel, origin, headers, pairs)


def _v1(
    call: Call,
    origin: Origin,
    credentials: Credentials,
    common: dict[str, str | None],
    headers: dict[str, str],
) -> HttpRequest:
    common |= {"SignatureMethod": signature_v1.METHOD, "SignatureVersion": signature_v1.VERSION}
    pairs = _override((*call.parameters, *_present(common)), call.common)
    method = call.channel.method
    if "Signature" not in call.common:
        pairs += (("Signature", signature_v1.signature(method, pairs, credentials.access_key_secret)),)
    return _request(call.channel, origin, headers, _override(pairs, call.tamper))


def _v3(
    call: Call,
    origin: Origin,
    credentials: Credentials,
    common: dict[str, str | None],
    headers: dict[str, str],
) -> HttpRequest:
    if credentials.security_token:
        headers["x-acs-accesskey-id"] = credentials.access_key_id
    pairs, headers = _place(call.parameters, headers, common)
    pairs, headers = _place(pairs, headers, call.common)
    draft = _request(call.channel, origin, headers, pairs)
    headers = dict(draft.headers)
    if DIGEST_HEADER not in call.common:
        headers[DIGEST_HEADER] = signature_v3.body_digest(draft.body)
    covered = {name.lower(): value for name, value in headers.items()}
    names = tuple(sorted(name for name in covered if name in ("host", "content-type") or name.startswith("x-acs-")))
    canonical = signature_v3.canonical_request(
        draft.method,
        split_target(origin.url)[0],
        _split(call.channel, pairs)[0],
        covered,
        names,
        signature_v3.body_digest(draft.body),
    )
    parts: dict[str, str | None] = {
        "AccessKeyId": credentials.access_key_id,
        "SignatureMethod": signature_v3.ALGORITHM,
        "Signature": signature_v3.signature(canonical, credentials.access_key_secret),
    }
    # `Authorization` itself is never covered, so that what is changed before and after signing goes the same
    # way.
    parts |= {name: value for name, value in (*call.common.items(), *call.tamper.items()) if name in parts}
    authorization = signature_v3.Authorization(
        parts["SignatureMethod"] or "", parts["AccessKeyId"] or "", names, parts["Signature"] or ""
    )
    headers["Authorization"] = str(authorization)
    pairs, headers = _place(pairs, headers, call.tamper)
    return _request(call.channel, origin, headers, pairs)


def _place(
    pairs: tuple[Pair, ...], headers: dict[str, str], changes: Overrides
) -> tuple[tuple[Pair, ...], dict[str, str]]:
    """`changes` under V1 names, made where V3 has each: a header, or (format and operation parameters) a
    pair.
    """
    headers, kept = dict(headers), {}
    for name, value in changes.items():
        header = HEADER_OF.get(name) or (name if name.lower().startswith("x-acs-") or name in headers else None)
        if header is not None:
            if value is None:
                headers.pop(header, None)
            else:
                headers[header] = value
        elif name not in IN_AUTHORIZATION:
            kept[name] = value
    return _override(pairs, kept), headers


def _request(channel: Channel, origin: Origin, headers: dict[str, str], pairs: tuple[Pair, ...]) -> HttpRequest:
    query, form = _split(channel, pairs)
    url = f"{origin.url}?{build_query(query)}" if query else origin.url
    if form is None:
        return HttpRequest(channel.method, url, tuple(headers.items()))
    headers = {**headers, "Content-Type": FORM_TYPE}
    return HttpRequest(channel.method, url, tuple(headers.items()), build_query(form).encode())


def _split(channel: Channel, pairs: tuple[Pair, ...]) -> tuple[list[Pair] | tuple[Pair, ...], list[Pair] | None]:
    """What goes into the query, and what into the form. Under V3 the format stays in the query either way."""
    if channel.placement == "query" or channel.method != "POST":
        return pairs, None
    stays = "Format" if channel.signature == "v3" else None
    return [pair for pair in pairs if pair[0] == stays], [pair for pair in pairs if pair[0] != stays]


def _present(values: Overrides) -> tuple[Pair, ...]:
    return tuple((name, value) for name, value in values.items() if value is not None)


def _override(pairs: tuple[Pair, ...], changes: Overrides) -> tuple[Pair, ...]:
    """The pairs with each changed name replaced where it stands, left out (None), or added at the end."""
    if not changes:
        return pairs
    there = {name for name, _ in pairs}
    kept = tuple((name, changes.get(name, value)) for name, value in pairs)
    new = tuple((name, value) for name, value in changes.items() if name not in there)
    return tuple((name, value) for name, value in kept + new if value is not None)
