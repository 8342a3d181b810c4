"""What a call means, apart from what is new in every request: by this a recorded exchange is found again.

Signature, nonce, the moment of a timestamp, the order of headers and parameters, and the encoding do not count. That a
nonce was used before, how many minutes a timestamp is off, and which common parameters were changed do.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any

from attrs import asdict, define, field, frozen

from conformance.wire.exchange import Call, Channel, Format, Placement, SignatureVersion, WireForm
from conformance.wire.redaction import REDACTED, SECRET_NAMES, redact_text

STAMP = "%Y-%m-%dT%H:%M:%SZ"
STAMP_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
MONTH_OR_DAY = re.compile(r"\b[A-Z][a-z]{2}\b")
SECRETS = frozenset(name.lower() for name in SECRET_NAMES)
# redaction finds nothing in a value without one of these
SUSPECT = re.compile(r"[=:<%]|LTAI|STS\.")
# how far two timestamps that mean the same may lie apart: the time that a request waited to be sent
DRIFT = 3
USUAL = asdict(WireForm())
Pair = tuple[str, str]
Change = tuple[str, str | None]


@frozen(slots=False)
class Meaning:
    """`common` and `tamper` are the changes before and after signing, with what is new in every request taken out.

    `minutes` says how far a changed timestamp was off the clock. `other_key`: signed by another secret than the run's.
    `covered`, `forgery` and `wire_form` are those of the call, as far as they are not what is usual.
    """

    action: str
    version: str
    format: Format | None
    signature: SignatureVersion
    method: str
    placement: Placement
    parameters: tuple[Pair, ...] = ()
    common: tuple[Change, ...] = ()
    tamper: tuple[Change, ...] = ()
    minutes: int | None = None
    other_key: bool = False
    covered: tuple[Change, ...] = ()
    forgery: str = ""
    wire_form: tuple[Pair, ...] = ()

    @cached_property
    def key(self) -> tuple[Any, ...]:
        """Equal for calls that mean the same, but for `minutes`."""
        return (
            *(self.action, self.version, self.format, self.signature, self.method, self.placement, self.other_key),
            *(_ordered(pairs) for pairs in (self.parameters, self.common, self.tamper, self.covered, self.wire_form)),
            self.forgery,
        )

    def is_near(self, other: Meaning) -> bool:
        """Whether two calls of one key mean the same by their timestamps, too."""
        if self.minutes is None or other.minutes is None:
            return self.minutes is other.minutes
        return abs(self.minutes - other.minutes) <= DRIFT

    def call(self) -> Call:
        """A call that has this meaning, for an exchange that is judged on its own."""
        channel = Channel(self.format, self.signature, self.method, self.placement)
        return Call(self.action, self.version, self.parameters, channel, dict(self.common), dict(self.tamper))

    def __str__(self) -> str:
        words = [self.action, self.format or "no format", self.signature, self.method]
        words += [self.placement] if self.method == "POST" else []
        words += [f"{name}={value}" for name, value in self.parameters]
        words += [f"{name}: {value}" for name, value in (*self.common, *self.tamper, *self.covered, *self.wire_form)]
        words += [f"signature {self.forgery}"] if self.forgery else []
        text = " ".join(words)
        return text if len(text) <= 200 else f"{text[:200]}…"


def _ordered(pairs: tuple[Any, ...]) -> tuple[Any, ...]:
    return pairs if len(pairs) < 2 else tuple(sorted(pairs, key=str))


def as_data(meaning: Meaning) -> dict[str, Any]:
    """Plain JSON values, without what is empty."""
    data = {name: value for name, value in vars(meaning).items() if value and name in FIELDS}
    for name in LISTS & data.keys():
        data[name] = [list(pair) for pair in data[name]]
    if meaning.minutes == 0:
        data["minutes"] = 0
    return data


def from_data(data: Mapping[str, Any]) -> Meaning:
    """Raises TypeError or ValueError for what is no meaning."""
    values = dict(data)
    for name in LISTS & values.keys():
        values[name] = tuple((str(k), v) for k, v in values[name])
        if not all(v is None or type(v) is str for _, v in values[name]):
            raise TypeError(f"{name} that are no text")
    values.setdefault("format", None)
    found = Meaning(**values)
    hash(found.key)  # raises TypeError for what is no text
    return found


FIELDS = frozenset(a.name for a in Meaning.__attrs_attrs__)
LISTS = frozenset(("parameters", "common", "tamper", "covered", "wire_form"))


@define
class Reader:
    """Reads the meaning of calls in the order in which they are made; remembers the nonces that were chosen."""

    _nonces: set[str] = field(factory=set)
    _lock: threading.Lock = field(factory=threading.Lock)

    def meaning(self, call: Call, other_key: bool = False, now: datetime | None = None) -> Meaning:
        """What a call means at a moment (now). `other_key`: it is signed by another secret than the run's."""
        channel = call.channel
        common = tuple((name, self._value(name, value)) for name, value in call.common.items())
        return Meaning(
            call.action,
            call.version,
            channel.format,
            channel.signature,
            channel.method,
            channel.placement if channel.method == "POST" else "query",
            tuple((name, _safe(name, value) or "") for name, value in call.parameters),
            common,
            tuple((name, self._value(name, value)) for name, value in call.tamper.items()),
            _minutes(call.common.get("Timestamp"), now or datetime.now(UTC)),
            other_key,
            tuple((name, self._value(name, value)) for name, value in call.covered.items()),
            call.forgery or "",
            tuple((name, str(value)) for name, value in asdict(call.wire_form).items() if value != USUAL[name]),
        )

    def _value(self, name: str, value: str | None) -> str | None:
        if value is None:
            return None
        if name == "SignatureNonce":
            return self._nonce(value)
        if name == "Timestamp":
            # of another form than the documented one: the form counts, and not the moment
            return "a time" if STAMP_FORM.fullmatch(value) else re.sub("[0-9]", "0", MONTH_OR_DAY.sub("Abc", value))
        return _safe(name, value)

    def _nonce(self, value: str) -> str:
        with self._lock:
            again = value in self._nonces
            self._nonces.add(value)
        return "used before" if again else "new"


@lru_cache(maxsize=8192)
def _safe(name: str, value: str) -> str:
    if name.lower() in SECRETS and value:
        return REDACTED
    return redact_text(value) if SUSPECT.search(value) else value


def _minutes(text: str | None, now: datetime) -> int | None:
    if not text or not STAMP_FORM.fullmatch(text):
        return None
    try:
        moment = datetime.strptime(text, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return round((moment - now).total_seconds() / 60)
