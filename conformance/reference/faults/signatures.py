"""Faults of signatures, replay protection and the common protocol."""

from __future__ import annotations

import re
from urllib.parse import quote

from attrs import evolve

from conformance.contract.protocol import Situation
from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.hooks import Hook, in_form, is_get, is_v1, is_v3, only
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.refusals import RefusedRequest
from conformance.reference.signatures import V3_HEADERS, epoch

# situations that one refusal of the reference answers to: it sees a signature that does not fit, whatever the reason
SAME = {"tampered-parameter": "wrong-signature", "tampered-body": "wrong-signature"}


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    found = [f for s in roles.situations for f in _of_situation(s)]
    return (*found, *_unchecked(roles), *_replays(roles), *_clock(), *_encodings(), *_verifiers(roles))


def _of_situation(situation: Situation) -> list[Fault]:
    """The situation accepted, and refused with a code that no table has."""
    killed_by, seen = f"{situation.theme}.{situation.id}", {situation.id, SAME.get(situation.id, situation.id)}
    found = []
    if situation.must_refuse:
        found.append(
            Fault(
                f"accepted:{situation.id}",
                f"accepts what should be refused: {situation.statement.rstrip('.').lower()}",
                (f"{killed_by}.refused",),
                {"refuse": _accepting(seen)},
            )
        )
    if situation.answers:
        found.append(
            Fault(
                f"code-differs:{situation.id}",
                f"refuses with a code that no table has in the situation {situation.id}",
                (f"{killed_by}.documented-code",),
                {"refuse": _other_code(seen)},
            )
        )
    return found


def _accepting(situations: set[str]) -> Hook:
    return lambda inner, context, situation: None if situation in situations else inner(context, situation)


def _other_code(situations: set[str]) -> Hook:
    def refuse(inner: Hook, context: Context, situation: str) -> None:
        if situation in situations:
            raise RefusedRequest("RequestDenied", 400, "The request is denied.", situation)
        inner(context, situation)

    return refuse


def _unchecked(roles: FaultRoles) -> list[Fault]:
    """Signatures that are not looked at under some condition."""
    wrong, tampered = "signatures.wrong-signature.refused", "signatures.tampered-parameter.refused"
    return _known(
        roles,
        [
            Fault(
                "signature-of-get-is-not-checked",
                "accepts any V1 signature of a GET",
                (wrong, tampered),
                {"verify": only(lambda c: is_get(c) and is_v1(c), _nothing)},
            ),
            Fault(
                "v3-signature-is-not-checked",
                "accepts any V3 signature",
                (wrong, tampered),
                {"verify": only(is_v3, _nothing)},
            ),
            Fault(
                "signature-of-forms-is-not-checked",
                "accepts any V1 signature of a POST with a form body",
                ("signatures.tampered-body.refused",),
                {"verify": only(lambda c: in_form(c) and is_v1(c), _nothing)},
            ),
            Fault(
                "v3-body-hash-is-trusted",
                "takes the hash of the body from the request without computing it",
                ("signatures.tampered-body.refused",),
                {"payload": _nothing, "payload_hash": _stated_hash},
            ),
            Fault(
                "signature-is-checked-once-a-key",
                "checks the signature of a key's first request, and no other",
                (wrong, tampered),
                {"verify": _once_a_key},
            ),
            Fault(
                "unknown-key-is-accepted-in-xml",
                "accepts an unknown access key where XML is asked for",
                ("signatures.unknown-access-key.refused",),
                {"refuse": only(lambda c: c.format == "xml", _accepting({"unknown-access-key"}))},
            ),
            Fault(
                "unknown-action-is-accepted-in-v3",
                "takes any V3 action for the one that it has",
                ("protocol.unknown-action.refused",),
                {"refuse": only(is_v3, _accepting({"unknown-action"}))},
            ),
            Fault(
                "unknown-version-is-accepted-in-v1",
                "takes any V1 version for the one that it has",
                ("protocol.unknown-version.refused",),
                {"refuse": only(is_v1, _accepting({"unknown-version"}))},
            ),
        ],
    )


def _known(roles: FaultRoles, faults: list[Fault]) -> list[Fault]:
    """Those whose situations the protocol has: without a protocol there is no requirement that they could break."""
    ids = {s.id for s in roles.situations}
    return [f for f in faults if all(k.split(".")[1] in ids for k in f.killed_by)]


def _nothing(inner: Hook, context: Context) -> None:
    return None


def _stated_hash(inner: Hook, context: Context) -> str:
    return context.request.header("x-acs-content-sha256") or inner(context)


def _once_a_key(inner: Hook, context: Context) -> None:
    seen = ("verified", context.common["AccessKeyId"])
    if not context.memory.setdefault(seen, False):
        context.memory[seen] = True
        inner(context)


def _replays(roles: FaultRoles) -> list[Fault]:
    killed_by = ("signatures.nonce-used.refused",)
    found = [
        Fault(
            "v3-nonces-are-forgotten",
            "does not remember the nonces of V3 requests",
            killed_by,
            {"nonce": only(is_v3, _nothing)},
        ),
        Fault(
            "nonces-of-forms-are-forgotten",
            "does not remember the nonces of requests with a form body",
            killed_by,
            {"nonce": only(in_form, _nothing)},
        ),
        Fault(
            "nonces-count-with-the-timestamp",
            "takes a nonce for new where the timestamp is another",
            killed_by,
            {"nonce_name": lambda inner, context: (*inner(context), context.common["Timestamp"])},
        ),
        Fault("only-the-last-nonce-is-remembered", "remembers one nonce only", killed_by, {"nonce": _forgetful}),
        Fault(
            "repeated-request-is-refused",
            "takes a request for a replay that asks for the same as the one before",
            ("signatures.nonce-per-request",),
            {"nonce": _replay_by_content},
        ),
        Fault(
            "one-request-a-second-and-key",
            "refuses every 20th request in a second as a replay",
            ("signatures.nonce-per-request",),
            {"nonce": _crowded},
        ),
    ]
    if roles.contract.semantics.region:
        region = roles.contract.semantics.region
        found.append(
            Fault(
                "nonces-count-by-region",
                "takes a nonce for new where it was used in another region",
                killed_by,
                {"nonce_name": lambda inner, context: (*inner(context), context.parameters.get(region))},
            )
        )
    return [
        *_known(roles, [f for f in found if f.killed_by == killed_by]),
        *(f for f in found if f.killed_by != killed_by),
    ]


def _forgetful(inner: Hook, context: Context) -> None:
    last = context.memory.get("nonce")
    context.server.nonces.clear()
    if last:
        context.server.nonces[last] = context.server.clock()
    context.memory["nonce"] = context.steps.nonce_name(context)
    inner(context)


def _replay_by_content(inner: Hook, context: Context) -> None:
    own = tuple(sorted((k, v) for k, v in context.sent if k not in context.common or k == "Format"))
    asked = (own, context.request.method, context.signature)
    before = context.memory.get("asked")
    context.memory["asked"] = asked
    inner(context)
    if before == asked:
        context.steps.refuse(context, "nonce-used")


def _crowded(inner: Hook, context: Context) -> None:
    inner(context)
    second = context.common["Timestamp"]
    seen = context.memory.get("second", ("", 0))
    count = seen[1] + 1 if seen[0] == second else 1
    context.memory["second"] = (second, count)
    if count % 20 == 0:
        context.steps.refuse(context, "nonce-used")


def _clock() -> list[Fault]:
    return [
        Fault(
            "window-of-five-minutes",
            "refuses timestamps more than five minutes off",
            ("signatures.clock-window",),
            {"timestamp": _within(300)},
        ),
        Fault(
            "clock-may-not-run-ahead",
            "refuses timestamps more than a minute ahead",
            ("signatures.clock-window",),
            {"timestamp": _not_ahead},
        ),
    ]


def _within(seconds: int) -> Hook:
    def timestamp(inner: Hook, context: Context) -> None:
        inner(context)
        sent = epoch(context.common["Timestamp"] or "")
        if sent is not None and abs(context.server.clock() - sent) > seconds:
            context.steps.refuse(context, "expired-timestamp")

    return timestamp


def _not_ahead(inner: Hook, context: Context) -> None:
    inner(context)
    sent = epoch(context.common["Timestamp"] or "")
    if sent is not None and sent - context.server.clock() > 60:
        context.steps.refuse(context, "future-timestamp")


def _encodings() -> list[Fault]:
    """Canonical forms that go wrong with some characters."""
    v1, v3 = ("signatures.v1-awkward-values",), ("signatures.v3-awkward-values",)
    return [
        Fault(
            "plus-is-encoded-as-space-in-v1",
            "takes + in a value for a space when it verifies V1",
            v1,
            {"percent": only(is_v1, lambda inner, context, text: inner(context, text).replace("%2B", "%20"))},
        ),
        Fault(
            "star-is-not-encoded-in-v1",
            "leaves * as it is when it verifies V1",
            v1,
            {"percent": only(is_v1, _raw("*"))},
        ),
        Fault(
            "tilde-is-encoded-in-v1",
            "encodes ~ when it verifies V1",
            v1,
            {"percent": only(is_v1, lambda inner, context, text: inner(context, text).replace("~", "%7E"))},
        ),
        Fault(
            "star-is-not-encoded-in-v3",
            "leaves * as it is when it verifies V3",
            v3,
            {"percent": only(is_v3, _raw("*"))},
        ),
        Fault(
            "text-is-utf-16-in-v3",
            "encodes text beyond ASCII as UTF-16 when it verifies V3",
            v3,
            {"percent": only(is_v3, _utf_16)},
        ),
        Fault(
            "nothing-is-encoded-in-v3",
            "leaves all characters as they are when it verifies V3",
            v3,
            {"percent": only(is_v3, lambda inner, context, text: text)},
        ),
        Fault(
            "blank-values-are-dropped",
            "leaves parameters without a value out of what it verifies",
            ("signatures.blank-signature-type",),
            {"canonical_query": lambda inner, context, pairs: inner(context, [(n, v) for n, v in pairs if v])},
        ),
    ]


def _raw(characters: str) -> Hook:
    return lambda inner, context, text: quote(text, safe="-_.~" + characters)


def _utf_16(inner: Hook, context: Context, text: str) -> str:
    return inner(context, text) if text.isascii() else quote(text.encode("utf-16-be"), safe="-_.~")


def _verifiers(roles: FaultRoles) -> list[Fault]:
    found = [
        Fault(
            "v3-signs-fixed-headers",
            "verifies V3 over the headers that it expects, not those that are named",
            ("signatures.more-signed-headers",),
            {"signed_v3": _fixed_headers},
        ),
        Fault(
            "blank-signature-type-is-refused",
            "refuses an empty SignatureType",
            ("signatures.blank-signature-type",),
            {"signature_names": _no_blank_type},
        ),
    ]
    if roles.contract.semantics.paging:
        found.append(
            Fault(
                "v3-counts-one-less",
                "counts one item less in answers to V3 requests",
                ("signatures.versions-agree",),
                {"total": only(is_v3, lambda inner, context, q, listing, items: len(listing) - bool(listing))},
            )
        )
    if roles.contract.semantics.items:
        found.append(
            Fault(
                "v1-turns-the-order",
                "lists in the opposite order in answers to V1 requests",
                ("signatures.versions-agree",),
                {"order": only(is_v1, lambda inner, context, items: inner(context, items)[::-1])},
            )
        )
    return found


def _fixed_headers(inner: Hook, context: Context, secret: str) -> str:
    request = context.request
    expected = {"host", "content-type", "x-acs-content-sha256", *V3_HEADERS.values()}
    text = request.header("authorization") or ""
    named = re.search(r"SignedHeaders=([^,]*)", text)
    kept = [name for name in (named[1] if named else "").lower().split(";") if name in expected]
    changed = re.sub(r"SignedHeaders=[^,]*", "SignedHeaders=" + ";".join(kept), text)
    headers = tuple((k, changed if k == "authorization" else v) for k, v in request.headers)
    return inner(_with_headers(context, headers), secret)


def _with_headers(context: Context, headers: tuple[tuple[str, str], ...]) -> Context:
    """The same request with other headers."""
    return evolve(context, request=evolve(context.request, headers=headers))


def _no_blank_type(inner: Hook, context: Context) -> None:
    inner(context)
    if context.parameters.get("SignatureType") == "":
        context.steps.refuse(context, "wrong-signature")
