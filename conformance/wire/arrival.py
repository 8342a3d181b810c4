"""A request as a server reads it: which action, under which signature, with which parameters, in which
format.
"""

from __future__ import annotations

from attrs import evolve, field, frozen

from conformance.wire import signature_v3
from conformance.wire.encoding import parse_query, split_target
from conformance.wire.exchange import FORM_TYPE, HttpRequest, SignatureVersion

COMMON = frozenset(
    (
        "AccessKeyId",
        "Action",
        "Format",
        "SecurityToken",
        "Signature",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureType",
        "SignatureVersion",
        "Timestamp",
        "Version",
    )
)


@frozen
class Arrival:
    """`parameters` are the operation's own, in order of arrival, query before form; `headers` by lower-case
    name.

    `timestamp`, `nonce`, `key_id` and `token` come from wherever the signature version has them; what is
    absent is None.
    """

    signature: SignatureVersion
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    form: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    parameters: tuple[tuple[str, str], ...]
    action: str | None = None
    version: str | None = None
    format: str | None = None
    timestamp: str | None = None
    nonce: str | None = None
    key_id: str | None = None
    token: str | None = None
    authorization: signature_v3.Authorization = field(factory=signature_v3.Authorization)


def read_request(request: HttpRequest) -> Arrival:
    """Never fails: what cannot be read is absent. The body is read as a form if its type says so or names
    none.
    """
    path, query_text = split_target(request.url)
    query = parse_query(query_text)
    headers: dict[str, str] = {}
    for name, value in request.headers:
        lowered = name.lower()
        headers[lowered] = f"{headers[lowered]},{value}" if lowered in headers else value
    media_type = headers.get("content-type", FORM_TYPE).partition(";")[0].strip().lower()
    form = parse_query(request.body.decode("utf-8", "replace")) if media_type == FORM_TYPE else ()
    common = {name: value for name, value in (*query, *form) if name in COMMON}
    operation = tuple(pair for pair in (*query, *form) if pair[0] not in COMMON)
    read = Arrival("none", request.method, path, query, form, headers, operation)
    authorization = signature_v3.parse_authorization(headers.get("authorization", ""))
    # SDKs that sign V1 send x-acs-action as well, so the header alone does not tell
    if authorization.algorithm or ("x-acs-action" in headers and "Signature" not in common):
        return _v3(read, common, authorization)
    return evolve(
        read,
        signature="v1" if "Signature" in common else "none",
        action=common.get("Action"),
        version=common.get("Version"),
        format=common.get("Format"),
        timestamp=common.get("Timestamp"),
        nonce=common.get("SignatureNonce"),
        key_id=common.get("AccessKeyId"),
        token=common.get("SecurityToken"),
    )


def _v3(read: Arrival, common: dict[str, str], authorization: signature_v3.Authorization) -> Arrival:
    headers = read.headers
    return evolve(
        read,
        signature="v3" if authorization.algorithm else "none",
        action=headers.get("x-acs-action") or common.get("Action"),
        version=headers.get("x-acs-version") or common.get("Version"),
        format=common.get("Format") or _accepted(headers.get("accept", "")),
        timestamp=headers.get("x-acs-date"),
        nonce=headers.get("x-acs-signature-nonce"),
        key_id=authorization.credential or None,
        token=headers.get("x-acs-security-token"),
        authorization=authorization,
    )


def _accepted(accept: str) -> str | None:
    wanted = accept.lower()
    return "JSON" if "json" in wanted else "XML" if "xml" in wanted else None
