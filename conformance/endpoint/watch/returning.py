"""Times of items that become others and then what they were: no change of an item explains that."""

from __future__ import annotations

from attrs import define, field, frozen

from conformance.endpoint.answer import Answer
from conformance.wire.exchange import Exchange

# what a time in ISO 8601 says to the minute: times may be shown with seconds and without
TO_THE_MINUTE = 16


@frozen
class OtherTime:
    """`name` of the item with that key was `usual`, in one exchange `other`, and `usual` again."""

    name: str
    key: str
    usual: str
    other: str
    exchange: Exchange


@define
class ReturningTimes:
    """The time that the range of an operation is over, of each item over a run, and the first that came back."""

    found: OtherTime | None = None
    _usual: dict[str, str] = field(factory=dict)
    _other: dict[str, OtherTime] = field(factory=dict)

    def see(self, answer: Answer) -> None:
        """Note the times of one answer."""
        semantics = answer.contract.semantics
        if answer.kind != "success" or self.found or not (semantics.range and semantics.key):
            return
        name = semantics.range.field
        for item in answer.items:
            key, text = item.get(semantics.key), item.get(name)
            if not key or not text:
                continue
            usual = self._usual.setdefault(key, text)
            if usual[:TO_THE_MINUTE] != text[:TO_THE_MINUTE]:
                self._other.setdefault(key, OtherTime(name, key, usual, text, answer.exchange))
            elif key in self._other:
                self.found = self._other[key]
                return
