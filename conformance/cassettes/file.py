"""Cassettes as files: VCR.py's own format, readable by other VCR tools, with what they do not know beside it.

The file is YAML. Its head is in block style for people; each interaction, example and verdict stands on one line in the
flow style that is also JSON, so that a cassette of thousands of exchanges loads in a moment and a changed exchange is
one changed line. Names ending in `.gz` are compressed, always to the same bytes.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml
from attrs import asdict, define
from cattrs import Converter
from cattrs.errors import BaseValidationError

from conformance.cassettes import integrity, meaning
from conformance.cassettes.cassette import FORMAT_VERSION, Cassette, Example, Interaction, Provenance
from conformance.wire.arrival import COMMON
from conformance.wire.encoding import parse_query
from conformance.wire.exchange import HttpRequest, HttpResponse

VCR_VERSION = 1
OWN = "acs-conformance"
VERDICTS, ITEMS, EXAMPLES, DIGESTS = "acs-verdicts", "acs-items", "acs-examples", "acs-digests"
SECTIONS = (VERDICTS, ITEMS, EXAMPLES, "interactions")
# the body is kept decoded, so that these no longer hold
DECODED = ("content-encoding", "content-length", "transfer-encoding")
# what YAML readers take for the end of a line, or refuse
ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
MOST = 512 * 1024 * 1024
ADVICE = "Record it again with `acs-conformance record`."


class BadCassette(ValueError):
    """A file that is no cassette of this suite. The message is one sentence that names it."""


@define
class Loaded:
    """A cassette as it is in its file, and what speaks against its being as it was recorded."""

    cassette: Cassette
    changes: Sequence[str]


def save(path: Path, cassette: Cassette) -> None:
    """Write the whole file or nothing. Raises OSError."""
    data = dump(cassette).encode("utf-8")
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


def load(path: Path) -> Loaded:
    """Raises BadCassette."""
    return parse(read(path), str(path))


def read(path: Path) -> str:
    """The text of a cassette. Raises BadCassette."""
    try:
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = _decompressed(data)
        return data.decode("utf-8")
    except OSError as e:
        raise BadCassette(f"{path} cannot be read: {e.strerror}.") from None
    except UnicodeDecodeError:
        raise BadCassette(f"{path} is no cassette: it is not UTF-8 text. {ADVICE}") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise BadCassette(f"{path} is cut short or damaged: it cannot be decompressed. {ADVICE}") from None


def _decompressed(data: bytes) -> bytes:
    reader = zlib.decompressobj(31)
    found = reader.decompress(data, MOST)
    if reader.unconsumed_tail:
        raise zlib.error("too large")
    if not reader.eof:
        raise EOFError
    return found


# ------------------------------------------------------------------------------------------------------------ writing


def dump(cassette: Cassette) -> str:
    """The text of a cassette, written through VCR.py's serialization."""
    from vcr.request import Request  # takes long to import, and only writing needs it
    from vcr.serialize import serialize

    answered = [i for i in cassette.interactions if i.response is not None]
    requests = [Request(i.request.method, i.request.url, i.request.body or None, {}) for i in answered]
    for request, interaction in zip(requests, answered, strict=True):
        request.headers.update(dict(interaction.request.headers))
    responses = [_response_data(i.response) for i in answered]
    return serialize({"requests": requests, "responses": responses}, _Writer(cassette))


@define
class _Writer:
    """A serializer of VCR.py that adds the extra members, and lays the file out."""

    cassette: Cassette

    def serialize(self, data: dict[str, Any]) -> str:
        answered = iter(data["interactions"])
        interactions = [_interaction_data(i, answered) for i in self.cassette.interactions]
        whole = {"version": data["version"], **_sections(self.cassette), "interactions": interactions}
        integrity.seal(whole, OWN, DIGESTS, SECTIONS)
        head = {name: whole[name] for name in ("version", OWN, DIGESTS)}
        text = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=110)
        return text + "".join(f"{name}:{_lines(whole[name])}\n" for name in SECTIONS)


def _sections(cassette: Cassette) -> dict[str, Any]:
    stored = cassette.items
    items = None if stored is None else [{"region": r, "items": list(items)} for r, items in stored.items()]
    examples = [[e.requirement, e.case, e.check, [list(d) for d in e.draws], e.whole] for e in cassette.examples]
    provenance = json.loads(json.dumps(asdict(cassette.provenance)))
    return {OWN: provenance, VERDICTS: list(cassette.verdicts), ITEMS: items, EXAMPLES: examples}


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


def _interaction_data(i: Interaction, answered: Any) -> dict[str, Any]:
    own: dict[str, Any] = {"number": i.number, "example": i.example, "meaning": _meaning_data(i)}
    if i.response is not None:
        own["nanoseconds"] = round(i.response.seconds * 1e9)
        return {**next(answered), "acs": own}
    # a response that other tools can read stands in for the answer that did not come
    own["failure"] = list(i.failure or ("", ""))
    none = {"status": {"code": 599, "message": "no answer"}, "headers": {}, "body": {"string": ""}}
    sent = {"method": i.request.method, "uri": i.request.url, "body": _text(i.request.body) or None}
    return {"request": {**sent, "headers": {k: [v] for k, v in i.request.headers}}, "response": none, "acs": own}


def _meaning_data(i: Interaction) -> dict[str, Any]:
    """What the request itself says of its parameters is not said twice: in a long cassette that is much."""
    data = meaning.as_data(i.meaning)
    if i.meaning.parameters == sent_parameters(i.request):
        data.pop("parameters", None)
    else:
        data.setdefault("parameters", [])
    return data


def sent_parameters(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """The parameters of the operation in a request as it was sent, in their order, without the common ones."""
    query = request.url.partition("?")[2]
    form = request.body.decode("utf-8", "replace")
    found = parse_query(f"{query}&{form}" if query and form else query or form)
    return tuple(pair for pair in found if pair[0] not in COMMON)


def _response_data(response: HttpResponse) -> dict[str, Any]:
    headers: dict[str, list[str]] = {}
    for name, value in response.headers:
        if name.lower() not in DECODED:
            headers.setdefault(name, []).append(value)
    reason = HTTPStatus(response.status).phrase if response.status in set(HTTPStatus) else ""
    body = {"string": response.body}
    return {"status": {"code": response.status, "message": reason}, "headers": headers, "body": body}


def _text(data: bytes) -> str | bytes:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data


# ------------------------------------------------------------------------------------------------------------ reading


def parse(text: str, name: str) -> Loaded:
    """The cassette in a text; `name` is what messages call it. Raises BadCassette."""
    data = _data(text, name)
    if not isinstance(data, Mapping) or not isinstance(data.get("interactions"), list):
        raise BadCassette(f"{name} is no cassette: expected YAML with `version` and `interactions`. {ADVICE}")
    if data.get("version") != VCR_VERSION:
        raise BadCassette(f"{name} is of cassette version {data.get('version')!r}; this suite reads {VCR_VERSION}.")
    own = data.get(OWN)
    if not isinstance(own, Mapping):
        raise BadCassette(f"{name} carries no provenance (`{OWN}`): another tool recorded or rewrote it. {ADVICE}")
    if own.get("format_version") != FORMAT_VERSION:
        written = own.get("format_version")
        raise BadCassette(f"{name} has format version {written!r}; this suite reads {FORMAT_VERSION}. {ADVICE}")
    changes = integrity.changes(data, OWN, DIGESTS, SECTIONS)
    return Loaded(_cassette(data, own, name), changes)


def _data(text: str, name: str) -> Any:
    try:
        return _quickly(text)
    except (ValueError, RecursionError, yaml.YAMLError):
        pass
    from vcr.serializers import yamlserializer

    try:
        return yamlserializer.deserialize(text)
    except (yaml.YAMLError, ValueError, RecursionError) as e:
        mark = getattr(e, "problem_mark", None)
        place = f" (line {mark.line + 1})" if mark else ""
        problem = " ".join(str(getattr(e, "problem", None) or "is damaged").split())
        raise BadCassette(f"{name} is no cassette: it is not YAML{place}: {problem}. {ADVICE}") from None


def _quickly(text: str) -> dict[str, Any]:
    """A cassette that is laid out as `dump` does it. Raises ValueError for any other."""
    data: dict[str, Any] = {}
    head, lines = [], None
    for line in text.split("\n"):
        if lines is not None and line.startswith("- "):
            lines.append(json.loads(line[2:]))
        elif line.removesuffix(":") in SECTIONS and line.endswith(":"):
            lines = data[line[:-1]] = []
        else:
            lines = None
            head.append(line)
    top = yaml.load("\n".join(head), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    if not isinstance(top, dict):
        raise ValueError("no head")
    return {**top, **data}


def _converter() -> Converter:
    return Converter(forbid_extra_keys=True, detailed_validation=True)


def _cassette(data: Mapping[str, Any], own: Any, name: str) -> Cassette:
    try:
        provenance = _converter().structure(own, Provenance)
    except (BaseValidationError, TypeError, ValueError) as e:
        while isinstance(e, BaseExceptionGroup):
            e = e.exceptions[0]
        found = " ".join(str(e).split())[:160]
        raise BadCassette(f"{name} carries a provenance that is not whole ({found}). {ADVICE}") from None
    try:
        examples = tuple(_example(*entry) for entry in data[EXAMPLES])
        stored = data.get(ITEMS)
        items = None if stored is None else {entry["region"]: entry["items"] for entry in stored}
        verdicts = tuple(data[VERDICTS])
    except (TypeError, ValueError, KeyError):
        raise BadCassette(f"{name} lacks its examples, items or verdicts, or they are damaged. {ADVICE}") from None
    return Cassette(provenance, _interactions(data, name), examples, verdicts, items)


def _example(requirement: str, case: str, check: str, draws: Sequence[Any], whole: bool) -> Example:
    return Example(requirement, case, check, tuple((label, value) for label, value in draws), whole)


def _interactions(data: Mapping[str, Any], name: str) -> tuple[Interaction, ...]:
    found = []
    for place, entry in enumerate(data["interactions"], 1):
        try:
            found.append(_interaction(entry))
        except (TypeError, ValueError, KeyError, AttributeError) as e:
            what = f"lacks {e}" if isinstance(e, KeyError) else "is damaged"
            raise BadCassette(f"{name}: interaction {place} {what}. {ADVICE}") from None
    return tuple(found)


def _interaction(entry: Mapping[str, Any]) -> Interaction:
    own, sent, got = entry["acs"], entry["request"], entry["response"]
    headers = tuple((k, v) for k, values in sent["headers"].items() for v in values)
    request = HttpRequest(sent["method"], sent["uri"], headers, _bytes(sent["body"]))
    failure = own.get("failure")
    response = None
    if failure is None:
        headers = tuple((k, v) for k, values in got["headers"].items() for v in values)
        status, body = got["status"]["code"], _bytes(got["body"]["string"])
        if type(status) is not int:
            raise TypeError("status")
        response = HttpResponse(status, headers, body, own["nanoseconds"] / 1e9)
    told = own["meaning"]
    if "parameters" not in told:
        told = {**told, "parameters": sent_parameters(request)}
    read = meaning.from_data(told)
    return Interaction(own["number"], read, request, response, tuple(failure) if failure else None, own["example"])


def _bytes(value: str | bytes | None) -> bytes:
    return value.encode("utf-8") if isinstance(value, str) else value or b""
