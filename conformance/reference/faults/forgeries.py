"""Faults of how a signature is compared, of what it is made with, and of what talks a server out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import evolve

from conformance.reference.context import Context
from conformance.reference.credentials import AccessKey
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import Condition, is_v1, is_v3, only, unchecked
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.message import Response
from conformance.reference.refusals import RefusedRequest
from conformance.reference.signatures import V3_ALGORITHM
from conformance.reference.steps import STEP, CheckStep, FailStep, Middleware, NamedCheckStep, replacing

Compare = Callable[[str, str], bool]


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of secrets, comparisons, algorithms, blanks and of what refusals tell."""
    return (*_secrets(), *_comparisons(), *_algorithms(), *_blanks(roles), *_telling())


def _secrets() -> Iterator[Fault]:
    """Signatures by something else than the secret."""
    others: tuple[tuple[str, str, Callable[[AccessKey], str]], ...] = (
        ("empty-secret-opens", "an empty secret", lambda key: ""),
        ("key-id-opens", "the access key id", lambda key: key.access_key_id),
        ("case-of-the-secret-is-nothing", "the secret in other case", lambda key: key.access_key_secret.swapcase()),
        (
            "half-the-secret-opens",
            "the first half of the secret",
            lambda key: key.access_key_secret[: len(key.access_key_secret) // 2],
        ),
        ("secret-may-have-a-blank", "the secret with a blank after it", lambda key: f"{key.access_key_secret} "),
    )
    for name, what, secret in others:
        yield Fault(
            name,
            f"accepts a signature by {what}",
            ("signatures.depends-on-secret",),
            replacing(STEP.verify).by(_also_by(secret)),
        )


def _also_by(secret: Callable[[AccessKey], str]) -> Middleware[[], None]:
    def verify(inner: CheckStep, context: Context) -> None:
        key = context.server.keys.get(context.common["AccessKeyId"] or "")
        if key is not None:
            other = evolve(key, access_key_secret=secret(key))
            keys = {**context.server.keys, key.access_key_id: other}
            try:
                return inner(evolve(context, server=evolve(context.server, keys=keys)))
            except RefusedRequest:
                pass
        return inner(context)

    return verify


def _comparisons() -> Iterator[Fault]:
    """Signatures that are compared in part."""
    whole, exactly = ("signatures.compared-whole",), ("signatures.written-exactly",)
    compared: tuple[tuple[str, str, tuple[str, ...], Condition, Compare], ...] = (
        ("beginning-is-enough", "the beginning of the right signature", whole, is_v1, lambda a, b: a.startswith(b)),
        ("more-is-enough", "the right signature with more after it", whole, is_v3, lambda a, b: b.startswith(a)),
        ("eight-characters-are-compared", "its first 8 characters", whole, _any, lambda a, b: a[:8] == b[:8]),
        ("last-characters-are-not-compared", "all but its last", whole, is_v3, lambda a, b: a[:-1] == b[:-1]),
        ("first-character-is-not-compared", "all but its first", whole, _any, lambda a, b: a[1:] == b[1:]),
        ("halves-are-compared", "its second half", whole, is_v3, lambda a, b: a[32:] == b[32:] and len(a) == len(b)),
        ("one-character-may-differ", "all but one character", whole, is_v1, _nearly),
        ("case-is-not-compared", "the right signature in any case", whole, is_v1, _in_any_case),
        ("hexadecimal-in-capitals", "hexadecimal digits in capitals", exactly, is_v3, _in_any_case),
        ("blanks-are-not-compared", "blanks after the signature", exactly, is_v1, lambda a, b: a == b.strip()),
    )
    for name, what, killed_by, condition, same in compared:
        yield Fault(
            f"signature-{name}",
            f"takes {what} for the signature",
            killed_by,
            replacing(STEP.same_signature).by(only(condition, _compared(same))),
        )
    yield Fault(
        "blank-signature-passes",
        "accepts a request with a blank signature",
        whole,
        replacing(STEP.authenticate).by(only(lambda c: c.common["Signature"] == "", unchecked)),
    )


def _compared(same: Compare) -> Middleware[[str, str], bool]:
    return lambda inner, context, wanted, sent: same(wanted, sent)


def _any(context: Context) -> bool:
    return True


def _nearly(wanted: str, sent: str) -> bool:
    return len(wanted) == len(sent) and sum(a != b for a, b in zip(wanted, sent, strict=True)) <= 1


def _in_any_case(wanted: str, sent: str) -> bool:
    return wanted.lower() == sent.lower()


def _algorithms() -> Iterator[Fault]:
    """What a request says of its algorithm decides whether its signature is looked at."""
    conditions: tuple[tuple[str, str, Condition], ...] = (
        ("unknown-method-is-not-checked", "an unknown SignatureMethod", _says("SignatureMethod", "HMAC-NONE", "none")),
        ("weak-method-is-not-checked", "SignatureMethod HMAC-MD5", _says("SignatureMethod", "HMAC-MD5")),
        ("blank-method-is-not-checked", "a blank SignatureMethod", _says("SignatureMethod", "")),
        ("absent-method-is-not-checked", "no SignatureMethod", _says("SignatureMethod", None)),
        ("unknown-version-is-not-checked", "an unknown SignatureVersion", _says("SignatureVersion", "9.9", "0")),
        ("absent-version-is-not-checked", "no SignatureVersion", _says("SignatureVersion", None)),
        ("signature-type-none-is-not-checked", "SignatureType NONE", _says("SignatureType", "NONE")),
        ("bearer-is-not-checked", "SignatureType BEARERTOKEN", _says("SignatureType", "BEARERTOKEN")),
        ("unknown-algorithm-is-not-checked", "another algorithm than that of V3", _has_other_algorithm),
        ("unauthorized-v3-is-served", "V3 headers and no Authorization", _has_no_authorization),
        ("unsigned-is-served", "neither signature nor access key", _is_unsigned),
    )
    for name, what, condition in conditions:
        yield Fault(
            name,
            f"looks at no signature where a request has {what}",
            ("signatures.never-lowered",),
            replacing(STEP.authenticate).by(only(condition, unchecked)),
        )


def _says(name: str, *values: str | None) -> Condition:
    return lambda context: is_v1(context) and bool(context.common["AccessKeyId"]) and context.common[name] in values


def _has_other_algorithm(context: Context) -> bool:
    text = context.request.header("authorization")
    return text is not None and not text.startswith(V3_ALGORITHM)


def _has_no_authorization(context: Context) -> bool:
    return is_v3(context) and context.request.header("authorization") is None


def _is_unsigned(context: Context) -> bool:
    return is_v1(context) and not context.common["AccessKeyId"] and not context.common["Signature"]


def _blanks(roles: FaultRoles) -> Iterator[Fault]:
    """Common parameters that may be blank."""
    accepted = {
        "SignatureNonce": {"missing-nonce"},
        "Timestamp": {"missing-timestamp"},
        "Version": {"missing-version"},
        "SignatureMethod": {"unknown-signature-method"},
        "SignatureVersion": {"unknown-signature-version"},
    }
    for name, situations in accepted.items():
        yield Fault(
            f"blank-is-accepted:{name}",
            f"accepts a blank {name}",
            ("signatures.blank-common-parameter",),
            replacing(STEP.refuse).by(_but_where_blank(name, situations)),
        )


def _but_where_blank(name: str, situations: set[str]) -> Middleware[[str], None]:
    def refuse(inner: NamedCheckStep, context: Context, situation: str) -> None:
        if situation not in situations or context.common[name] != "":
            inner(context, situation)

    return refuse


def _telling() -> Iterator[Fault]:
    """Refusals that tell more than they should."""
    killed_by = ("signatures.tells-no-secret",)
    yield Fault(
        "right-signature-is-told",
        "names the right signature where it refuses a wrong one",
        killed_by,
        replacing(STEP.fail).by(_telling_of(_right)),
    )
    yield Fault(
        "secret-is-told",
        "names the secret where it refuses a signature",
        killed_by,
        replacing(STEP.fail).by(_telling_of(lambda context, key: f"key {key.access_key_secret}&")),
    )
    inside = ("errors.no-internals",)
    told = {
        "python-trace-is-shown": 'Traceback (most recent call last): File "app.py", line 7, in verify',
        "java-trace-is-shown": "java.lang.IllegalStateException at com.example.Gateway.check(Gateway.java:41)",
        "file-path-is-shown": "cannot read /var/lib/gateway/keys.db",
        "query-is-shown": "SELECT secret FROM keys WHERE id = ?",
        "database-error-is-shown": "SQLSTATE 42601 near the end",
    }
    for name, text in told.items():
        yield Fault(
            name,
            f"puts into the message of an error: {text}",
            inside,
            replacing(STEP.fail).by(_with_message(text)),
        )


def _right(context: Context, key: AccessKey) -> str:
    signed = context.steps.signed_v3 if context.signature == "v3" else context.steps.signed_v1
    return f"expected {signed(context, key.access_key_secret)}"


def _telling_of(told: Callable[[Context, AccessKey], str]) -> Middleware[[RefusedRequest], Response]:
    def fail(inner: FailStep, context: Context, refusal: RefusedRequest) -> Response:
        key = context.server.keys.get(context.common["AccessKeyId"] or "")
        if key is not None and refusal.about == "wrong-signature":
            refusal = RefusedRequest(
                refusal.code, refusal.status, f"{refusal.message} {told(context, key)}", refusal.about
            )
        return inner(context, refusal)

    return fail


def _with_message(text: str) -> Middleware[[RefusedRequest], Response]:
    def fail(inner: FailStep, context: Context, refusal: RefusedRequest) -> Response:
        return inner(context, RefusedRequest(refusal.code, refusal.status, f"{refusal.message} {text}", refusal.about))

    return fail
