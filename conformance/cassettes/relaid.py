"""A cassette that another tool laid out anew, laid out as ours are: an entry a line, of which memory holds one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import yaml
from attrs import define, field
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from conformance import foreign
from conformance.cassettes.json_line import line_of_value
from conformance.cassettes.text import MOST_IN_A_LINE, CassetteText, TooMuch
from conformance.foreign import MEBI, MISFITS, BadText

# a run of 4,000 requests has 400,000 values; a second reads about 100,000
MOST_VALUES: Final = 3_000_000
# what one entry may be made of, of which each value takes 1 kB while it is read
MOST_IN_AN_ENTRY: Final = 50_000
SCALARS: Final = {f"tag:yaml.org,2002:{name}" for name in ("binary", "bool", "float", "int", "null")}
TAGS: Final = {
    "sequence": (None, "!", "tag:yaml.org,2002:seq"),
    "mapping": (None, "!", "tag:yaml.org,2002:map"),
}


class NoMapping(ValueError):
    """A YAML document that is not one mapping."""


def laid_out(text: CassetteText, is_section: Callable[[str], bool]) -> CassetteText:
    """The same values, with the entries of the sections on a line each. `is_section` says which members are some.

    In time in proportion to the text. Raises NoMapping, BadText and TooMuch.
    """
    try:
        return CassetteText.of(f"{line}\n".encode() for line in _Reader(_Feed(text)).lines(is_section))
    except MISFITS as error:
        if isinstance(error, BadText | NoMapping):
            raise
        raise foreign.no_yaml(error) from None


@define(eq=False)
class _Feed:
    """A text as libyaml reads it, which keeps what it has read until it is a whole value."""

    text: CassetteText
    _at: int = 0
    _room: int = MOST_IN_A_LINE

    def read(self, size: int) -> bytes:
        """The next bytes. Raises TooMuch where they are too many for one value."""
        data = self.text.part(self._at, size)
        self._at += len(data)
        self._room -= len(data)
        if self._room < 0:
            raise TooMuch(f"has a value of more than {MOST_IN_A_LINE // MEBI} MiB")
        return data

    def whole(self) -> None:
        """A value is there."""
        self._room = MOST_IN_A_LINE


@define(eq=False)
class _Reader:
    """Values of the events of a YAML document. An entry has `room` for so many values, and what aliases stand for in
    all of them is no longer than a line.
    """

    feed: _Feed
    room: int = MOST_IN_AN_ENTRY
    _events: Iterator[Any] = field(init=False)
    _anchors: dict[str, tuple[Any, int]] = field(factory=dict)
    _resolver: Resolver = field(factory=Resolver)
    _constructor: SafeConstructor = field(factory=SafeConstructor)
    _size: int = 0
    _repeated: int = 0

    @_events.default
    def _made(self) -> Iterator[Any]:
        return foreign.events_of(self.feed, foreign.SAFE, MOST_VALUES)

    def lines(self, is_section: Callable[[str], bool]) -> Iterator[str]:
        """The lines of the cassette in the layout of ours."""
        self._expect(yaml.StreamStartEvent)
        self._expect(yaml.DocumentStartEvent)
        self._expect(yaml.MappingStartEvent)
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            name, event = self._key(event), self._next()
            if isinstance(event, yaml.SequenceStartEvent) and is_section(name):
                yield from self._section(name, event)
            else:
                text = yaml.safe_dump({name: self._entry(event)}, sort_keys=False, allow_unicode=True)
                # in quotes it is none of the names that begin a section
                yield f'"{name}"{text.removeprefix(name)}' if is_section(name) else text
        self._expect(yaml.DocumentEndEvent)
        self._expect(yaml.StreamEndEvent)

    def _section(self, name: str, start: Any) -> Iterator[str]:
        _refuse_tag(start, "sequence")
        first = self._next()
        yield f"{name}:" if not isinstance(first, yaml.SequenceEndEvent) else f"{name}: []"
        while not isinstance(first, yaml.SequenceEndEvent):
            yield f"- {line_of_value(self._entry(first))}"
            first = self._next()

    def _entry(self, event: Any) -> Any:
        self.room = MOST_IN_AN_ENTRY
        return self._value(event)

    def _value(self, event: Any) -> Any:
        self.room -= 1
        if self.room < 0:
            raise TooMuch(f"has an entry of more than {MOST_IN_AN_ENTRY:,} values")
        if isinstance(event, yaml.AliasEvent):
            return self._aliased(event)
        before = self._size
        self._size += 1
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            _refuse_tag(event, "sequence")
            value = []
            while not isinstance(part := self._next(), yaml.SequenceEndEvent):
                value.append(self._value(part))
        else:
            _refuse_tag(event, "mapping")
            value = {}
            while not isinstance(part := self._next(), yaml.MappingEndEvent):
                name = self._key(part)
                value[name] = self._value(self._next())
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, self._size - before)
        return value

    def _aliased(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            raise BadText(f"has an alias *{event.anchor:.40} of nothing")
        value, size = self._anchors[event.anchor]
        self._size += size
        self._repeated += size
        if self._repeated > MOST_IN_A_LINE:
            raise BadText(f"has aliases that stand for more than {MOST_IN_A_LINE // MEBI} MiB; write them out")
        return _apart(value)

    def _key(self, event: Any) -> str:
        name = self._value(event)
        if not isinstance(name, str):
            raise BadText(f"has a member whose name is no text: {name!r:.40}")
        return name

    def _scalar(self, event: Any) -> Any:
        self._size += len(event.value)
        tag = event.tag
        if tag is None or tag == "!":
            tag = self._resolver.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
        if tag == Resolver.DEFAULT_SCALAR_TAG:
            return event.value
        if tag not in SCALARS:
            raise BadText(f"has a value of a kind that no recording has: {tag:.60} {event.value!r:.40}")
        return self._constructor.yaml_constructors[tag](self._constructor, yaml.ScalarNode(tag, event.value))

    def _next(self) -> Any:
        self.feed.whole()
        return next(self._events)

    def _expect(self, kind: type) -> None:
        if not isinstance(self._next(), kind):
            raise NoMapping


def _apart(value: Any) -> Any:
    """A value that shares nothing with the one it is a copy of: what is shared would be written as an alias."""
    if isinstance(value, dict):
        return {name: _apart(part) for name, part in value.items()}
    return [_apart(part) for part in value] if isinstance(value, list) else value


def _refuse_tag(event: Any, kind: str) -> None:
    if event.tag not in TAGS[kind]:
        raise BadText(f"has a {kind} of a kind that no recording has: {event.tag:.60}")
