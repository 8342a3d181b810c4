"""The layout of cassettes as files: VCR.py's own format, which other VCR tools read, with what is ours beside it.

The file is YAML, written through VCR.py (`writing.py`), and read by safe constructors alone (`foreign.py`). Its head is
in block style for people; each interaction and each entry of a section stands on one line, in the flow style that is
also JSON, so that a cassette of thousands of exchanges loads in a moment and a changed exchange is one changed line.
Names ending in `.gz` are compressed, always to the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from attrs import define, field, frozen
from cattrs import Converter
from cattrs.errors import BaseValidationError

from conformance import foreign
from conformance.cassettes import relaid
from conformance.cassettes.text import CassetteText, TooMuch
from conformance.foreign import MEBI, BadText
from conformance.wire.arrival import COMMON
from conformance.wire.encoding import parse_query
from conformance.wire.exchange import HttpRequest, HttpResponse

VCR_VERSION = 1
OWN = "acs-conformance"
DIGESTS = "acs-digests"
INTERACTIONS = "interactions"
SECTION = re.compile(r"(?!acs-conformance:|acs-digests:)(?:acs-[a-z]+|interactions):")
SECTION_LINE = re.compile(SECTION.pattern.encode())
# what stands in memory while a cassette is open: its interactions as places in its text, and all else as values. A run
# of 4,000 requests holds 25,000 of them in 400 kB, beside the interactions
MOST_INTERACTIONS = 100_000
MOST_VALUES, MOST_KEPT = 600_000, 24 * MEBI
# a head is read as YAML, of which each node takes 1 kB
MOST_OF_A_HEAD, MOST_NODES = 4 * MEBI, 150_000
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


@frozen(eq=False)
class InteractionLine(Mapping[str, Any]):
    """An interaction on a line of a text, read anew each time: all at once would be many times their file."""

    text: CassetteText
    start: int
    length: int

    @property
    def value(self) -> Any:
        """The interaction."""
        return line_value(self.text.part(self.start, self.length).decode())

    def __getitem__(self, name: str) -> Any:
        return self.value[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.value)

    def __len__(self) -> int:
        return len(self.value)


def read(path: Path) -> CassetteText:
    """The text of a cassette. Raises BadCassette."""
    try:
        return CassetteText.of(foreign.pieces_of(path))
    except BadText as e:
        raise BadCassette(f"{path} {e}. {ADVICE}") from None


def sent_parameters(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """The parameters of the operation in a request as it was sent, in their order, without the common ones."""
    query = request.url.partition("?")[2]
    form = request.body.decode("utf-8", "replace")
    found = parse_query(f"{query}&{form}" if query and form else query or form)
    return tuple(pair for pair in found if pair[0] not in COMMON)


# ------------------------------------------------------------------------------------------------------------ reading


def data_of(text: CassetteText, name: str) -> Mapping[str, Any]:
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


def _data(text: CassetteText, name: str) -> Any:
    try:
        return _quickly(text)
    except TooMuch as e:
        raise _too_much(name, e) from None
    except ValueError:  # another tool laid it out, or it is damaged
        pass
    try:
        return _quickly(relaid.laid_out(text, lambda name: bool(SECTION.fullmatch(f"{name}:"))))
    except TooMuch as e:
        raise _too_much(name, e) from None
    except BadText as e:
        raise BadCassette(f"{name} is no cassette: it {e}. {ADVICE}") from None
    except relaid.NoMapping:
        return None


def digest_below_the_head(text: CassetteText) -> str:
    """The digest over the sections of a cassette, as they are laid out."""
    return text.digest_from(next((at for at, line in text.lines() if SECTION_LINE.match(line)), text.size))


@define
class Bounds:
    """What may still be kept as values, and as interactions."""

    values: int = field(factory=lambda: MOST_VALUES)
    kept: int = field(factory=lambda: MOST_KEPT)
    interactions: int = field(factory=lambda: MOST_INTERACTIONS)

    def keep(self, line: bytes) -> None:
        """Raises TooMuch where there is no room for the values on a line."""
        self.kept -= len(line)
        self.values -= 1 + line.count(b",") + line.count(b"[") + line.count(b"{")
        if self.kept < 0 or self.values < 0:
            raise TooMuch(f"holds more than {MOST_VALUES:,} values or {MOST_KEPT // MEBI} MiB beside its interactions")

    def count(self) -> None:
        """Raises TooMuch where there is no room for another interaction."""
        self.interactions -= 1
        if self.interactions < 0:
            raise TooMuch(f"holds more than {MOST_INTERACTIONS:,} interactions")


def _quickly(text: CassetteText) -> dict[str, Any]:
    """A cassette that is laid out as `text_of` does it. Raises ValueError for any other, and TooMuch."""
    data: dict[str, Any] = {}
    head, bounds, room = list[str](), Bounds(), MOST_OF_A_HEAD
    lines: list[Any] | None = None
    for at, raw in text.lines():
        if lines is not None and raw.startswith(b"- "):
            value = line_value(raw.decode())
            if isinstance(value, dict) and data.get(INTERACTIONS) is lines:
                bounds.count()
                value = InteractionLine(text, at, len(raw))
            else:
                bounds.keep(raw)
            lines.append(value)
        elif lines == []:
            raise ValueError("a section of another layout")
        elif SECTION.fullmatch(line := raw.decode()):
            lines = data[line[:-1]] = []
        else:
            lines = None
            head.append(line)
            room -= len(raw)
            if room < 0:
                raise BadText(f"has more than {MOST_OF_A_HEAD // MEBI} MiB outside its sections")
    top = foreign.yaml_value("\n".join(head), most=MOST_NODES)
    if not isinstance(top, dict | None):
        raise ValueError("no head")
    return {**(top or {}), **data}


def value_of(entry: Any) -> Any:
    """An interaction as values, also where it stands on a line."""
    return entry.value if isinstance(entry, InteractionLine) else entry


def line_value(line: str) -> Any:
    """The value on a line of a section, which is JSON but for a body that is no text. Raises BadText."""
    try:
        return foreign.json_value(line[2:])
    except BadText:
        if "!!binary" not in line:
            raise
        return foreign.yaml_value(line[2:])


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


def entries(data: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], T]) -> Iterator[T]:
    """Each interaction, as `read` makes it of what stands in the file. Raises BadCassette."""
    for place, entry in enumerate(data[INTERACTIONS], 1):
        try:
            yield read(entry)
        except TooMuch as e:
            raise _too_much(name, e) from None
        except (TypeError, ValueError, KeyError, AttributeError) as e:
            what = f"lacks {e}" if isinstance(e, KeyError) else "is damaged"
            raise BadCassette(f"{name}: interaction {place} {what}. {ADVICE}") from None


def _too_much(name: str, why: TooMuch) -> BadCassette:
    return BadCassette(f"{name} {why}, more than a recording has. {ADVICE}")


def entry_from(entry: Mapping[str, Any]) -> LayoutEntry:
    """An interaction of a file. Raises TypeError, ValueError, KeyError or AttributeError where it is damaged."""
    entry = value_of(entry)
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
