"""Faults of signatures, replay protection and the common protocol."""

from __future__ import annotations

import re
from urllib.parse import quote

from attrs import evolve

from conformance.contract.protocol import Situation
from conformance.reference.context import Context
from conformance.reference.faults import replays
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import in_form, is_get, is_v1, is_v3, only, unchecked
from conformance.reference.faults.roles import FaultRoles, of_known_situations
from conformance.reference.refusals import RefusedRequest
from conformance.reference.signatures import V3_HEADERS
from conformance.reference.steps import STEP, CheckStep, Middleware, NamedCheckStep, TextOfStep, TextStep, replacing

# situations that one refusal of the reference answers to: it sees a signature that does not fit, whatever the reason
SAME = {"tampered-parameter": "wrong-signature", "tampered-body": "wrong-signature"}


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of each situation of the common protocol, and of how signatures are verified."""
    found = [f for s in roles.situations for f in _of_situation(s)]
    return (*found, *_unchecked(roles), *replays.faults(roles), *_encodings(), *_verifiers(roles))


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
                replacing(STEP.refuse).by(_accepting(seen)),
            )
        )
    if situation.answers:
        found.append(
            Fault(
                f"code-differs:{situation.id}",
                f"refuses with a code that no table has in the situation {situation.id}",
                (f"{killed_by}.documented-code",),
                replacing(STEP.refuse).by(_other_code(seen)),
            )
        )
    return found


def _accepting(situations: set[str]) -> Middleware[[str], None]:
    return lambda inner, context, situation: None if situation in situations else inner(context, situation)


def _other_code(situations: set[str]) -> Middleware[[str], None]:
    def refuse(inner: NamedCheckStep, context: Context, situation: str) -> None:
        if situation in situations:
            raise RefusedRequest("RequestDenied", 400, "The request is denied.", situation)
        inner(context, situation)

    return refuse


def _unchecked(roles: FaultRoles) -> list[Fault]:
    """Signatures that are not looked at under some condition."""
    wrong, tampered = "signatures.wrong-signature.refused", "signatures.tampered-parameter.refused"
    return of_known_situations(
        roles,
        [
            Fault(
                "signature-of-get-is-not-checked",
                "accepts any V1 signature of a GET",
                (wrong, tampered),
                replacing(STEP.verify).by(only(lambda c: is_get(c) and is_v1(c), unchecked)),
            ),
            Fault(
                "v3-signature-is-not-checked",
                "accepts any V3 signature",
                (wrong, tampered),
                replacing(STEP.verify).by(only(is_v3, unchecked)),
            ),
            Fault(
                "signature-of-forms-is-not-checked",
                "accepts any V1 signature of a POST with a form body",
                ("signatures.tampered-body.refused",),
                replacing(STEP.verify).by(only(lambda c: in_form(c) and is_v1(c), unchecked)),
            ),
            Fault(
                "v3-body-hash-is-trusted",
                "takes the hash of the body from the request without computing it",
                ("signatures.tampered-body.refused",),
                replacing(STEP.payload).by(unchecked) + replacing(STEP.payload_hash).by(_stated_hash),
            ),
            Fault(
                "signature-is-checked-once-a-key",
                "checks the signature of a key's first request, and no other",
                (wrong, tampered),
                replacing(STEP.verify).by(_once_a_key),
            ),
            Fault(
                "unknown-key-is-accepted-in-xml",
                "accepts an unknown access key where XML is asked for",
                ("signatures.unknown-access-key.refused",),
                replacing(STEP.refuse).by(only(lambda c: c.format == "xml", _accepting({"unknown-access-key"}))),
            ),
            Fault(
                "unknown-action-is-accepted-in-v3",
                "takes any V3 action for the one that it has",
                ("protocol.unknown-action.refused",),
                replacing(STEP.refuse).by(only(is_v3, _accepting({"unknown-action"}))),
            ),
            Fault(
                "unknown-version-is-accepted-in-v1",
                "takes any V1 version for the one that it has",
                ("protocol.unknown-version.refused",),
                replacing(STEP.refuse).by(only(is_v1, _accepting({"unknown-version"}))),
            ),
        ],
    )


def _stated_hash(inner: TextStep, context: Context) -> str:
    return context.request.header("x-acs-content-sha256") or inner(context)


def _once_a_key(inner: CheckStep, context: Context) -> None:
    seen = ("verified", context.common["AccessKeyId"])
    if not context.memory.setdefault(seen, False):
        context.memory[seen] = True
        inner(context)


def _encodings() -> list[Fault]:
    """Canonical forms that go wrong with some characters."""
    v1, v3 = ("signatures.v1-awkward-values",), ("signatures.v3-awkward-values",)
    return [
        Fault(
            "plus-is-encoded-as-space-in-v1",
            "takes + in a value for a space when it verifies V1",
            v1,
            replacing(STEP.percent).by(
                only(is_v1, lambda inner, context, text: inner(context, text).replace("%2B", "%20"))
            ),
        ),
        Fault(
            "star-is-not-encoded-in-v1",
            "leaves * as it is when it verifies V1",
            v1,
            replacing(STEP.percent).by(only(is_v1, _raw("*"))),
        ),
        Fault(
            "tilde-is-encoded-in-v1",
            "encodes ~ when it verifies V1",
            v1,
            replacing(STEP.percent).by(
                only(is_v1, lambda inner, context, text: inner(context, text).replace("~", "%7E"))
            ),
        ),
        Fault(
            "star-is-not-encoded-in-v3",
            "leaves * as it is when it verifies V3",
            v3,
            replacing(STEP.percent).by(only(is_v3, _raw("*"))),
        ),
        Fault(
            "text-is-utf-16-in-v3",
            "encodes text beyond ASCII as UTF-16 when it verifies V3",
            v3,
            replacing(STEP.percent).by(only(is_v3, _utf_16)),
        ),
        Fault(
            "nothing-is-encoded-in-v3",
            "leaves all characters as they are when it verifies V3",
            v3,
            replacing(STEP.percent).by(only(is_v3, lambda inner, context, text: text)),
        ),
        Fault(
            "blank-values-are-dropped",
            "leaves parameters without a value out of what it verifies",
            ("signatures.blank-signature-type",),
            replacing(STEP.canonical_query).by(
                lambda inner, context, pairs: inner(context, [(n, v) for n, v in pairs if v])
            ),
        ),
    ]


def _raw(characters: str) -> Middleware[[str], str]:
    return lambda inner, context, text: quote(text, safe="-_.~" + characters)


def _utf_16(inner: TextOfStep, context: Context, text: str) -> str:
    return inner(context, text) if text.isascii() else quote(text.encode("utf-16-be"), safe="-_.~")


def _verifiers(roles: FaultRoles) -> list[Fault]:
    found = [
        Fault(
            "v3-signs-fixed-headers",
            "verifies V3 over the headers that it expects, not those that are named",
            ("signatures.more-signed-headers",),
            replacing(STEP.signed_v3).by(_fixed_headers),
        ),
        Fault(
            "blank-signature-type-is-refused",
            "refuses an empty SignatureType",
            ("signatures.blank-signature-type",),
            replacing(STEP.signature_names).by(_no_blank_type),
        ),
    ]
    if roles.contract.semantics.paging:
        found.append(
            Fault(
                "v3-counts-one-less",
                "counts one item less in answers to V3 requests",
                ("signatures.versions-agree",),
                replacing(STEP.total).by(
                    only(is_v3, lambda inner, context, q, listing, items: len(listing) - bool(listing))
                ),
            )
        )
    if roles.contract.semantics.items:
        found.append(
            Fault(
                "v1-turns-the-order",
                "lists in the opposite order in answers to V1 requests",
                ("signatures.versions-agree",),
                replacing(STEP.order).by(only(is_v1, lambda inner, context, items: inner(context, items)[::-1])),
            )
        )
    return found


def _fixed_headers(inner: TextOfStep, context: Context, secret: str) -> str:
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


def _no_blank_type(inner: CheckStep, context: Context) -> None:
    inner(context)
    if context.parameters.get("SignatureType") == "":
        context.steps.refuse(context, "wrong-signature")
