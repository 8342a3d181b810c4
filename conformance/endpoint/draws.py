"""The drawn values of one example: drawn by Hypothesis or given back as they were kept, and their form in a file.

In a file every value is JSON. Text, integers, booleans, None and lists stand for themselves; what JSON does not have is
an object of one member that names the type: `{"datetime": "2015-11-24T12:50:00+00:00"}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from attrs import define, field
from hypothesis import HealthCheck, Verbosity, settings
from hypothesis import strategies as st

from conformance.endpoint.findings import Inconclusive
from conformance.generate.views import View
from conformance.wire.exchange import Channel

T = TypeVar("T")
Plain = Any
Drawn = tuple[str | None, Plain]


def exploring(examples: int, **more: Any) -> settings:
    """Hypothesis' settings for so many examples of a run: nothing is kept of an earlier one, and nothing is printed,
    timed or refused on the way. `more` as Hypothesis names it.
    """
    return settings(
        max_examples=examples,
        database=None,
        deadline=None,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        **more,
    )


class Discarded(Exception):
    """The example ended here when it was kept, too: no value could be drawn."""


class Draws(Protocol):
    """What a check draws its values from: one example. When it is run `again`, the same values are drawn again."""

    def draw(self, strategy: st.SearchStrategy[T], label: str | None = None) -> T:
        """A value of the strategy; `label` says to a person what it is for."""


@define
class FreshDraws:
    """Draws that Hypothesis makes, and that are remembered."""

    data: st.DataObject
    drawn: list[Any] = field(factory=list)
    labels: list[str | None] = field(factory=list)
    position: int = 0

    def again(self) -> FreshDraws:
        """From the first value on."""
        self.position = 0
        return self

    def draw(self, strategy: st.SearchStrategy[T], label: str | None = None) -> T:
        """The next value: as it was drawn before, or a new one."""
        if self.position == len(self.drawn):
            self.drawn.append(self.data.draw(strategy, label))
            self.labels.append(label)
        self.position += 1
        value: T = self.drawn[self.position - 1]
        return value

    def plain(self) -> list[Drawn]:
        """Labels and values as JSON. Raises TypeError for a value of a type that has no such form."""
        return [(label, to_plain(value)) for label, value in zip(self.labels, self.drawn, strict=True)]


@define
class KeptDraws:
    """The values of an example as they were kept; what strategies could draw now does not matter.

    `whole` says that the example came to its end when it was kept.
    """

    kept: Sequence[Drawn]
    whole: bool = True
    position: int = 0

    def again(self) -> KeptDraws:
        """From the first value on."""
        self.position = 0
        return self

    def draw(self, strategy: st.SearchStrategy[T], label: str | None = None) -> T:
        """The next value that was kept. Raises Inconclusive where none was, or one for another label."""
        if self.position == len(self.kept):
            if not self.whole:
                raise Discarded
            raise Inconclusive(f"the check draws more than was recorded ({label or 'a value'}): {OTHER_SUITE}")
        known, value = self.kept[self.position]
        if known != label:
            found = f"the check draws {label or 'a value'} where {known or 'a value'} was recorded"
            raise Inconclusive(f"{found}: {OTHER_SUITE}")
        self.position += 1
        drawn: T = from_plain(value)
        return drawn


OTHER_SUITE = "the recording is of another version of the suite"


def to_plain(value: Any) -> Plain:
    """Raises TypeError for a type that no check draws."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return value if _encodable(value) else {"escaped": value.encode("unicode-escape").decode("ascii")}
    if isinstance(value, list):
        return [to_plain(v) for v in value]
    if isinstance(value, tuple):
        return {"tuple": [to_plain(v) for v in value]}
    if isinstance(value, Mapping):
        return {"mapping": [[to_plain(k), to_plain(v)] for k, v in value.items()]}
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, timedelta):
        return {"seconds": str(value.total_seconds())}
    if isinstance(value, View):
        more = (dict(value.among), value.tags, dict(value.bounds))
        plain = (dict(value.equals), value.ids, value.start, value.end, *(more if any(more) else ()))
        return {"view": [to_plain(v) for v in plain]}
    if isinstance(value, Channel):
        return {"channel": [value.format, value.signature, value.method, value.placement]}
    raise TypeError(f"a drawn {type(value).__name__} cannot be kept in a cassette")


def from_plain(plain: Plain) -> Any:
    """Raises ValueError for what `to_plain` does not write."""
    if isinstance(plain, list):
        return [from_plain(v) for v in plain]
    if not isinstance(plain, dict):
        return plain
    (kind, value), *more = plain.items()
    if more or kind not in READERS:
        raise ValueError(f"no drawn value: {str(plain)[:80]}")
    return READERS[kind](value)


READERS: Mapping[str, Callable[[Any], Any]] = {
    "escaped": lambda v: v.encode("ascii").decode("unicode-escape"),
    "tuple": lambda v: tuple(from_plain(e) for e in v),
    "mapping": lambda v: {from_plain(k): from_plain(e) for k, e in v},
    "datetime": datetime.fromisoformat,
    "seconds": lambda v: timedelta(seconds=float(v)),
    "view": lambda v: View(*(from_plain(e) for e in v)),
    "channel": lambda v: Channel(*v),
}


def _encodable(text: str) -> bool:
    """Lone surrogates have no place in a YAML file."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
