"""The layout of cassettes as files: VCR.py's own format, which other VCR tools read, with what is ours beside it.

The file is YAML, written through VCR.py, and read by safe constructors alone (`foreign.py`). Its head is in block style
for people; each interaction and each entry of a section stands on one line in the flow style that is also JSON, so that
a cassette of thousands of exchanges loads in a moment and a changed exchange is one changed line. Names ending in `.gz`
are compressed, always to the same bytes.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import yaml
from attrs import define, frozen
from cattrs import Converter
from cattrs.errors import BaseValidationError

from conformance import foreign
from conformance.cassettes import integrity
from conformance.foreign import BadText
from conformance.wire.arrival import COMMON
from conformance.wire.encoding import parse_query
from conformance.wire.exchange import HttpRequest, HttpResponse

VCR_VERSION = 1
OWN = "acs-conformance"
DIGESTS = "acs-digests"
INTERACTIONS = "interactions"
SECTION = re.compile(r"(?!acs-conformance:|acs-digests:)(?:acs-[a-z]+|interactions):")
SECTION_LINE = re.compile(f"^{SECTION.pattern}", re.MULTILINE)
# the body is kept decoded, so that these no longer hold
DECODED = ("content-encoding", "content-length", "transfer-encoding")
# what YAML readers take for the end of a line, or refuse
ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
T = TypeVar("T")
ADVICE = "Record it again with `acs-conformance record` or `sdk --record`."


class BadCassette(ValueError):
    """A file that is no cassette of this suite. The message is one sentence that names it."""


@frozen
class LayoutEntry:
    """One interaction as it stands in a file: `own` is what VCR tools do not know. Where there is no response, one that
    other tools can read stands in for it.
    """

    request: HttpRequest
    response: HttpResponse | None
    own: Mapping[str, Any]

    @property
    def answered(self) -> HttpResponse:
        """The response. Raises ValueError where there is none; an entry that was read always has one."""
        if self.response is None:
            raise ValueError("response")
        return self.response


def save(path: Path, text: str) -> None:
    """Write the whole file or nothing. Raises OSError."""
    data = text.encode("utf-8")
    if path.name.endswith(".gz"):
        data = gzip.compress(data, 9, mtime=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def read(path: Path) -> str:
    """The text of a cassette. Raises BadCassette."""
    try:
        data = foreign.bytes_of(path)
        if data[:2] == b"\x1f\x8b":
            data = foreign.decompressed(data)
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadCassette(f"{path} is no cassette: it is not UTF-8 text. {ADVICE}") from None
    except BadText as e:
        raise BadCassette(f"{path} {e}. {ADVICE}") from None


# ------------------------------------------------------------------------------------------------------------ writing


def text_of(provenance: Any, sections: Mapping[str, Sequence[Any] | None], entries: Sequence[LayoutEntry]) -> str:
    """The text of a cassette, written through VCR.py's serialization. Digests are added."""
    from vcr.request import Request  # takes long to import, and only writing needs it
    from vcr.serialize import serialize

    requests = [Request(e.request.method, e.request.url, e.request.body or None, {}) for e in entries]
    responses = [_response_data(e.response) for e in entries]
    text: str = serialize({"requests": requests, "responses": responses}, _Writer(provenance, sections, entries))
    return text


@define
class _Writer:
    """A serializer of VCR.py that adds the extra members, and lays the file out."""

    provenance: Any
    sections: Mapping[str, Sequence[Any] | None]
    entries: Sequence[LayoutEntry]

    def serialize(self, data: dict[str, Any]) -> str:
        interactions = [
            {**made, "request": {**made["request"], "headers": _grouped(entry.request.headers)}, "acs": dict(entry.own)}
            for made, entry in zip(data["interactions"], self.entries, strict=True)
        ]
        whole = {
            "version": data["version"],
            OWN: json.loads(json.dumps(self.provenance)),
            **self.sections,
            INTERACTIONS: interactions,
        }
        integrity.seal(whole, OWN, DIGESTS, tuple(self.sections))
        text = "".join(f"{name}:{_lines(whole[name])}\n" for name in (*self.sections, INTERACTIONS))
        whole[DIGESTS]["text"] = integrity.digest_of_text(text)
        head = {name: whole[name] for name in ("version", OWN, DIGESTS)}
        return yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=110) + text


def _lines(values: list[Any] | None) -> str:
    if not values:
        return " []" if values == [] else " null"
    return "".join(f"\n- {_line(value)}" for value in values)


def _line(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ": "))
    except TypeError:  # a body that is no text
        return yaml.safe_dump(value, default_flow_style=True, width=float("inf"), allow_unicode=True).strip()
    return ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _grouped(headers: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(value)
    return found


def _response_data(response: HttpResponse | None) -> dict[str, Any]:
    if response is None:
        return {"status": {"code": 599, "message": "no answer"}, "headers": {}, "body": {"string": b""}}
    headers = _grouped([(n, v) for n, v in response.headers if n.lower() not in DECODED])
    reason = HTTPStatus(response.status).phrase if response.status in set(HTTPStatus) else ""
    status = {"code": response.status, "message": reason}
    return {"status": status, "headers": headers, "body": {"string": response.body}}


def sent_parameters(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """The parameters of the operation in a request as it was sent, in their order, without the common ones."""
    query = request.url.partition("?")[2]
    form = request.body.decode("utf-8", "replace")
    found = parse_query(f"{query}&{form}" if query and form else query or form)
    return tuple(pair for pair in found if pair[0] not in COMMON)


# ------------------------------------------------------------------------------------------------------------ reading


def data_of(text: str, name: str) -> Mapping[str, Any]:
    """The members of a cassette, of which `interactions` and the provenance are known to be there.

    `name` is what messages call the file. Raises BadCassette.
    """
    data = _data(text, name)
    if not isinstance(data, Mapping) or not isinstance(data.get(INTERACTIONS), list):
        raise BadCassette(f"{name} is no cassette: expected YAML with `version` and `interactions`. {ADVICE}")
    if data.get("version") != VCR_VERSION:
        raise BadCassette(f"{name} is of cassette version {data.get('version')!r}; this suite reads {VCR_VERSION}.")
    if not isinstance(data.get(OWN), Mapping):
        raise BadCassette(f"{name} carries no provenance (`{OWN}`): another tool recorded or rewrote it. {ADVICE}")
    return data


def _data(text: str, name: str) -> Any:
    try:
        return _quickly(text)
    except ValueError:  # another tool laid it out, or it is damaged
        pass
    try:
        return foreign.yaml_value(text)
    except BadText as e:
        raise BadCassette(f"{name} is no cassette: it {e}. {ADVICE}") from None


def below_the_head(text: str) -> str:
    """The sections of a cassette, as they are laid out."""
    first = SECTION_LINE.search(text)
    return text[first.start() :] if first else ""


def _quickly(text: str) -> dict[str, Any]:
    """A cassette that is laid out as `text_of` does it. Raises ValueError for any other."""
    data: dict[str, Any] = {}
    head, lines = [], None
    for line in text.split("\n"):
        if lines is not None and line.startswith("- "):
            lines.append(foreign.json_value(line[2:]))
        elif lines == []:
            raise ValueError("a section of another layout")
        elif SECTION.fullmatch(line):
            lines = data[line[:-1]] = []
        else:
            lines = None
            head.append(line)
    top = foreign.yaml_value("\n".join(head))
    if not isinstance(top, dict):
        raise ValueError("no head")
    return {**top, **data}


def structured(data: Any, kind: type[T], name: str) -> T:
    """A provenance. Raises BadCassette."""
    try:
        return Converter(forbid_extra_keys=True, detailed_validation=True).structure(data, kind)
    except (BaseValidationError, TypeError, ValueError) as e:
        first: BaseException = e
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        found = " ".join(str(first).split())[:160]
        raise BadCassette(f"{name} carries a provenance that is not whole ({found}). {ADVICE}") from None


def entries(data: Mapping[str, Any], name: str, read: Callable[[LayoutEntry], T]) -> Iterator[T]:
    """Each interaction, as `read` makes it of its entry. Raises BadCassette."""
    for place, entry in enumerate(data[INTERACTIONS], 1):
        try:
            yield read(_entry(entry))
        except (TypeError, ValueError, KeyError, AttributeError) as e:
            what = f"lacks {e}" if isinstance(e, KeyError) else "is damaged"
            raise BadCassette(f"{name}: interaction {place} {what}. {ADVICE}") from None


def _entry(entry: Mapping[str, Any]) -> LayoutEntry:
    sent, got = entry["request"], entry["response"]
    method, url = typed(sent["method"], str), typed(sent["uri"], str)
    request = HttpRequest(method, url, _flat(sent["headers"]), _bytes(sent["body"]))
    status, body = typed(got["status"]["code"], int), _bytes(got["body"]["string"])
    return LayoutEntry(request, HttpResponse(status, _flat(got["headers"]), body), entry["acs"])


def typed(value: Any, *kinds: type) -> Any:
    """The value, which is of one of these very types. Raises TypeError."""
    if type(value) not in kinds:
        raise TypeError(f"{value!r:.40} is of another type")
    return value


def _flat(headers: Mapping[str, Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((k, typed(v, str)) for k, values in headers.items() for v in typed(values, list))


def _bytes(value: str | bytes | None) -> bytes:
    return value.encode("utf-8") if isinstance(value, str) else typed(value, bytes, type(None)) or b""
