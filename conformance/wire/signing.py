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
from conformance.wire.encoding import build_query, split_target, written_as
from conformance.wire.exchange import Call, Credentials, Format, HttpRequest
from conformance.wire.forgery import forged
from conformance.wire.routes import JSON_TYPE

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
    if call.channel.format and call.route is None:
        common["Format"] = call.channel.format.upper()
    make = _v1 if call.channel.signature == "v1" else _v3
    return make(call, origin, credentials, common, headers)


def _unsigned(call: Call, origin: Origin, headers: dict[str, str]) -> HttpRequest:
    common: dict[str, str | None] = {"Action": call.action, "Version": call.version}
    if call.route is not None:
        pairs, headers = _place(call.parameters, headers, {**common, **call.common, **call.tamper})
        return _request(call, origin, headers, pairs)
    if call.channel.format:
        common["Format"] = call.channel.format.upper()
    pairs = _override((*call.parameters, *_present(common)), {**call.common, **call.tamper})
    return _request(call, origin, headers, pairs)


def _v1(
    call: Call,
    origin: Origin,
    credentials: Credentials,
    common: dict[str, str | None],
    headers: dict[str, str],
) -> HttpRequest:
    common |= {"SignatureMethod": signature_v1.METHOD, "SignatureVersion": signature_v1.VERSION}
    pairs = _override((*call.parameters, *_present(common)), call.common)
    if "Signature" not in call.common:
        covered = _override(pairs, {name: value for name, value in call.covered.items() if name[0] != ":"})
        method = call.covered.get(":method") or call.channel.method
        signature = signature_v1.signature(method, covered, credentials.access_key_secret)
        pairs += (("Signature", forged(signature, call.forgery)),)
    return _request(call, origin, headers, _override(pairs, call.tamper))


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
    draft = _request(call, origin, headers, pairs)
    headers = dict(draft.headers)
    if DIGEST_HEADER not in call.common:
        headers[DIGEST_HEADER] = signature_v3.body_digest(draft.body)
    signed = _covered_by_v3(call, origin, pairs, headers, draft.body)
    signature = signature_v3.signature(signed.canonical, credentials.access_key_secret)
    parts: dict[str, str | None] = {
        "AccessKeyId": credentials.access_key_id,
        "SignatureMethod": signature_v3.ALGORITHM,
        "Signature": forged(signature, call.forgery),
    }
    # `Authorization` itself is never covered, so that what is changed before and after signing goes the same
    # way.
    parts |= {name: value for name, value in (*call.common.items(), *call.tamper.items()) if name in parts}
    authorization = signature_v3.Authorization(
        parts["SignatureMethod"] or "", parts["AccessKeyId"] or "", signed.names, parts["Signature"] or ""
    )
    headers["Authorization"] = str(authorization) + (",Signature=" if call.forgery == "empty" else "")
    pairs, headers = _place(pairs, headers, call.tamper)
    return _request(call, origin, headers, pairs)


@frozen
class _CoveredByV3:
    """What a V3 signature is made over, and the names of the headers in it."""

    canonical: str
    names: tuple[str, ...]


def _covered_by_v3(
    call: Call, origin: Origin, pairs: tuple[Pair, ...], sent: dict[str, str], body: bytes
) -> _CoveredByV3:
    """The canonical request for what travels, or where the call says so, for something else."""
    headers = {name.lower(): value for name, value in sent.items()}
    other = {HEADER_OF.get(name, name): value for name, value in call.covered.items() if name[0] != ":"}
    pairs = _override(pairs, {name: value for name, value in other.items() if name not in headers})
    covered_body = _request(call, origin, {}, pairs).body
    digest = signature_v3.body_digest(covered_body)
    if covered_body != body:
        headers[DIGEST_HEADER] = digest
    if ":body" in call.covered:
        digest = signature_v3.body_digest((call.covered[":body"] or "").encode())
    headers = {name: other.get(name, value) or "" for name, value in headers.items() if other.get(name, "") is not None}
    names = sorted(n for n in headers if n in ("host", "content-type") or n.startswith("x-acs-"))
    path = call.covered.get(":path") or split_target(_address(call, origin, pairs))[0]
    method = call.covered.get(":method") or call.channel.method
    query = _split(call, pairs)[0]
    canonical = signature_v3.canonical_request(method, path, query, headers, names, digest)
    return _CoveredByV3(canonical, tuple(names))


def _place(
    pairs: tuple[Pair, ...], headers: dict[str, str], changes: Overrides
) -> tuple[tuple[Pair, ...], dict[str, str]]:
    """`changes` under V1 names, made where V3 has each: a header, or (format and operation parameters) a
    pair.
    """
    headers, kept = dict(headers), dict[str, str | None]()
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


def _request(call: Call, origin: Origin, headers: dict[str, str], pairs: tuple[Pair, ...]) -> HttpRequest:
    wire_form = call.wire_form
    query, form = _split(call, pairs)
    url = _address(call, origin, pairs)
    url = f"{url}?{written_as(build_query(query), wire_form)}" if query else url
    body = written_as(build_query(form), wire_form).encode() if form is not None else wire_form.body.encode()
    if call.route is not None:
        body = call.route.json_body(pairs)
        headers = {**headers, **call.route.header_pairs(pairs), **({"Content-Type": JSON_TYPE} if body else {})}
    elif form is not None or body:
        headers = {**headers, "Content-Type": wire_form.media_type}
        if wire_form.chunked:
            headers["Transfer-Encoding"] = "chunked"
    if wire_form.headers == "capitals":
        headers = {name.upper(): value for name, value in headers.items()}
    return HttpRequest(call.channel.method, url, tuple(headers.items()), body)


def _address(call: Call, origin: Origin, pairs: tuple[Pair, ...]) -> str:
    """The URL of a call without its query."""
    if call.route is None:
        return f"{origin.url}{call.wire_form.path}"
    return f"{origin.url.rstrip('/')}{call.route.path(pairs)}"


def _split(call: Call, pairs: tuple[Pair, ...]) -> tuple[list[Pair], list[Pair] | None]:
    """What goes into the query, and what into the form. Under V3 the format stays in the query either way."""
    if call.route is not None:
        return call.route.query(pairs), None
    channel, own = call.channel, [name for name, _ in call.parameters]
    if channel.placement == "query" or channel.method != "POST":
        return list(pairs), None
    if call.wire_form.split == "last-in-form":
        last = max((i for i, (name, _) in enumerate(pairs) if name in own[-1:]), default=-1)
        return [p for i, p in enumerate(pairs) if i != last], [p for i, p in enumerate(pairs) if i == last]

    def stays(name: str) -> bool:
        return (
            name not in own if call.wire_form.split == "own-in-form" else name == "Format" and channel.signature == "v3"
        )

    return [pair for pair in pairs if stays(pair[0])], [pair for pair in pairs if not stays(pair[0])]


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
