"""The driver protocol: one JSON object a line, checked against schemas/acs-conformance/driver.schema.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from attrs import asdict, field, frozen
from jsonschema import Draft202012Validator

from conformance.foreign import BadText, decoded, json_value

VERSION = 2
Giver = Literal["sdk", "driver", "language"]
# how many threads or processes share the calls of a burst
WORKERS = 8
_SCHEMA = "acs-conformance/driver.schema.json"


class ProtocolError(ValueError):
    """A line that is not of the protocol. Its text says what was wrong with the line, and shows the line's
    beginning.
    """


@frozen
class DriverOperation:
    """What to call: `product` and `version` as in the common parameters (`Ecs`, `2014-05-26`), and the action."""

    product: str
    version: str
    action: str


@frozen
class Burst:
    """The same call, made `calls` times at once through one client, `by` so many threads or forked processes."""

    calls: int
    by: str
    workers: int = WORKERS


@frozen
class Ready:
    """What a driver says of itself. `view` is what a caller holds: `typed`, `json` or `xml` (all values are
    text). With `structures` it takes parameters that are objects, and lists of objects. `can` has what not every driver
    is able to do: give null (`nulls`) or `bytes`, hand over a body unparsed (`raw`), make calls at once by `threads` or
    forked `processes`, and use `tls`.
    """

    name: str
    version: str
    runtime: str
    dependencies: Mapping[str, str]
    view: str
    methods: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    structures: bool = False
    can: tuple[str, ...] = ()


@frozen
class Refused:
    """The driver works, but its SDK cannot be used; `reason` says why."""

    reason: str


@frozen
class SdkError:
    """The exception that the caller got. `declared` holds where the SDK says that it raises this class."""

    type: str
    declared: bool
    code: str | None = None
    message: str | None = None
    http_status: int | None = None
    request_id: str | None = None
    text: str = ""


@frozen
class DriverAnswer:
    """What the caller received: a result, an error, or nothing because something could not be given (`unsupported`).

    `by` says who has no way: the SDK, the driver, or the language, in which nobody could write it; `because` says why.
    """

    result: Any = None
    error: SdkError | None = None
    unsupported: str | None = None
    seconds: float = 0.0
    by: Giver = "sdk"
    because: str = ""

    @property
    def ok(self) -> bool:
        """Whether the call succeeded for the caller."""
        return self.error is None and self.unsupported is None

    @property
    def lack(self) -> str:
        """Who has no way to give what was not given, and why."""
        if self.by == "sdk":
            return f"this SDK has no {self.unsupported}"
        who = "the driver has" if self.by == "driver" else "a program in its language has"
        why = f": {self.because}" if self.because else " as it is documented"
        return f"{who} no way to give {self.unsupported} to this SDK{why}"


@frozen
class DriverCall:
    """One call for a driver to make. `timeout` in seconds. Values of `parameters` are scalars, or lists of
    them; objects and lists of objects too for a driver that takes structures. Those that `binary` names are given as
    the bytes of their text. `raw` asks for the body as it came.
    """

    endpoint: str
    operation: DriverOperation
    region: str
    access_key_id: str
    access_key_secret: str = field(repr=False)
    parameters: Mapping[str, Any]
    timeout: float
    security_token: str | None = field(default=None, repr=False)
    options: Mapping[str, str] = field(factory=dict)
    burst: Burst | None = None
    raw: bool = False
    binary: tuple[str, ...] = ()

    def message(self, number: int) -> dict[str, Any]:
        """The line of the protocol, under the number that the answer has to repeat."""
        credentials = {"access_key_id": self.access_key_id, "access_key_secret": self.access_key_secret}
        if self.security_token is not None:
            credentials["security_token"] = self.security_token
        operation = {
            "product": self.operation.product,
            "version": self.operation.version,
            "action": self.operation.action,
        }
        return {
            "op": "call",
            "id": number,
            "endpoint": self.endpoint,
            "operation": operation,
            "region": self.region,
            "credentials": credentials,
            "parameters": dict(self.parameters),
            "timeout": self.timeout,
            **self.options,
            **({} if self.burst is None else {"burst": asdict(self.burst)}),
            **({"raw": True} if self.raw else {}),
            **({"bytes": list(self.binary)} if self.binary else {}),
        }


def encode(message: Mapping[str, Any]) -> bytes:
    """A message as a line of ASCII. Raises ValueError for NaN and infinities."""
    return json.dumps(message, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"


def decode_ready(line: bytes) -> Ready | Refused:
    """The answer to `start`. Raises ProtocolError."""
    message = _decode(line)
    if message.get("ready") is False:
        _validate(message, "refused", line)
        return Refused(reason=message["reason"])
    _validate(message, "ready", line)
    return Ready(
        name=message["name"],
        version=message["version"],
        runtime=message["runtime"],
        dependencies=dict(message["dependencies"]),
        view=message["view"],
        methods=tuple(message.get("methods", ())),
        signatures=tuple(message.get("signatures", ())),
        formats=tuple(message.get("formats", ())),
        structures=message.get("structures", False),
        can=tuple(message.get("can", ())),
    )


def decode_answer(line: bytes, number: int, seconds: float = 0.0) -> DriverAnswer:
    """The answer to the call with that number. Raises ProtocolError."""
    message = _decode(line)
    _validate(message, "answer", line)
    if message["id"] != number:
        raise ProtocolError(f"it answered call {message['id']}, but call {number} was asked")
    if "unsupported" in message:
        told = {key: message[key] for key in ("unsupported", "by", "because") if key in message}
        return DriverAnswer(**told, seconds=seconds)
    if message["ok"]:
        return DriverAnswer(result=message["result"], seconds=seconds)
    return DriverAnswer(error=SdkError(**{"text": "", **message["error"]}), seconds=seconds)


def schema() -> dict[str, Any]:
    """The JSON Schema of the protocol, from the installed package or from the checkout."""
    package = Path(__file__).parents[1]
    for folder in (package / "schemas", package.parent / "schemas"):
        if (folder / _SCHEMA).is_file():
            found: dict[str, Any] = json.loads((folder / _SCHEMA).read_text(encoding="utf-8"))
            return found
    raise FileNotFoundError(f"schemas/{_SCHEMA} is not installed beside the package; reinstall acs-conformance")


def _decode(line: bytes) -> dict[str, Any]:
    try:
        message = json_value(decoded(line), constants=False)
    except BadText as error:
        raise ProtocolError(f"a line {error}: {_excerpt(line)}") from None
    if not isinstance(message, dict):
        raise ProtocolError(f"a line is not a JSON object: {_excerpt(line)}")
    return message


def _validate(message: dict[str, Any], definition: str, line: bytes) -> None:
    error = next(_validator(definition).iter_errors(message), None)
    if error is not None:
        where = "/".join(str(p) for p in error.absolute_path) or "the line"
        raise ProtocolError(f"not a valid {definition}: {where}: {error.message[:200]}: {_excerpt(line)}")


@cache
def _validator(definition: str) -> Draft202012Validator:
    whole = schema()
    return Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": whole["$defs"]})


def _excerpt(line: bytes) -> str:
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    return repr(text if len(text) <= 120 else text[:120] + "…")
