"""Tags: the items that have a key with a value come back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.narrowing import TagFilter
from conformance.endpoint.checks.drawing import all_keys, channel_of
from conformance.endpoint.claims import claim, claim_complete, claim_never_breaks, claim_selected, lack_of
from conformance.endpoint.claims import need_items as items_of
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import Inconclusive, NotApplicable, Violation
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate.narrowings import crossed_tags, known_tags, tags_of
from conformance.generate.views import View
from conformance.wire.exchange import Exchange, Format

UNKNOWN = ("zz0zz-no-key", "zz0zz-no-value")
ALL, ANY = "all-of-them", "any-of-them"


def tag_filter(target: Target) -> TagFilter:
    """Raises NotApplicable where the operation has none."""
    if target.contract.semantics.tags is None:
        raise NotApplicable("the operation takes no tags")
    return target.contract.semantics.tags


def need_tags(target: Target, least: int = 1) -> list[tuple[str, str]]:
    """Tags that items have. Raises Inconclusive where there are too few."""
    tags = known_tags(target.contract, items_of(target))
    if len(tags) < least:
        why = f"the items show {len(tags)} tags with a value; this needs at least {least}"
        raise Inconclusive(why, lack=lack_of(target, tag_filter(target).field, len(tags), least))
    return tags


@requirement("tags.selects", shared=True)
@given(st.data())
def test_selects(target: Target, format: Format, data: Draws) -> None:
    """Only items that have the tag come back: that key, with that value."""
    tags = st.sampled_from(need_tags(target))
    if crossed := crossed_tags(target.contract, items_of(target)):
        tags = st.one_of(st.sampled_from(crossed), tags)
    view = View(tags=(data.draw(tags, label="tag"),))
    keys, answer = all_keys(target, view, format, data)
    claim_selected(f"{view}", target.expect(view), keys, answer)


@requirement("tags.complete", shared=True)
@given(st.data())
def test_complete(target: Target, format: Format, data: Draws) -> None:
    """Every item that has the tag comes back."""
    view = View(tags=(data.draw(st.sampled_from(need_tags(target)), label="tag"),))
    keys, answer = all_keys(target, view, format, data)
    claim_complete(f"{view}", target.expect(view), keys, answer)


@requirement("tags.unknown", shared=True)
@given(st.data())
def test_unknown(target: Target, format: Format, data: Draws) -> None:
    """A key and a value that no item has in one tag match nothing, or are an error."""
    tags = need_tags(target)
    pairs = [(tags[0][0], UNKNOWN[1]), (UNKNOWN[0], tags[0][1]), UNKNOWN]
    view = View(tags=(data.draw(st.sampled_from(pairs), label="tag"),))
    answer = target.see(view, channel_of(target, format, data))
    claim_never_breaks(answer, f"{view}")
    if not answer.refused:
        claim_selected(f"{view}", target.expect(view), answer.listing().keys, answer)


@requirement("tags.several", shared=True)
@given(st.data())
def test_several(target: Target, format: Format, data: Draws) -> None:
    """Several tags keep the items that have all of them, or any of them, or are an error."""
    tags = need_tags(target, least=2)
    both = data.draw(st.lists(st.sampled_from(tags), unique=True, min_size=2, max_size=2), label="tags")
    view, channel = View(tags=tuple(both)), channel_of(target, format, data)
    first = target.see(view, channel)
    claim_never_breaks(first, f"{view}")
    if first.refused:
        observe(target, "several-tags", "rejected", first.exchange)
        return
    keys, answer = target.keys_of(view, target.largest_page, channel)
    one, other = (keys_with(target, tag) for tag in both)
    ways = {ALL: one & other, ANY: one | other}
    fitting = [way for way, wanted in ways.items() if set(keys) == wanted]
    if not fitting:
        raise Violation(
            "two tags keep neither what has both nor what has either",
            expected=f"{len(ways[ALL])} or {len(ways[ANY])} items",
            received=answer.outline(),
            exchange=answer.exchange,
        )
    if len(fitting) == 1:
        observe(target, "several-tags", fitting[0], answer.exchange)


def keys_with(target: Target, tag: tuple[str, str]) -> frozenset[str]:
    """The keys of the items that have a tag."""
    return target.expect(View(tags=(tag,))).certain


@requirement("tags.key-alone", shared=True)
@given(st.data())
def test_key_alone(target: Target, format: Format, data: Draws) -> None:
    """The key of a tag without a value keeps the items that have the key, matches nothing, or is an error."""
    tags, filter = need_tags(target), tag_filter(target)
    key = data.draw(st.sampled_from(sorted({key for key, _ in tags})), label="key")
    view, channel = View(tags=((key, None),)), channel_of(target, format, data)
    first = target.see(view, channel)
    claim_never_breaks(first, f"{view}")
    if first.refused:
        observe(target, "tag-without-value", "rejected", first.exchange)
        return
    keys, answer = target.keys_of(view, target.largest_page, channel)
    own = target.contract.semantics.key or ""
    having = {i.get(own) or "" for i in target.inventory().items if key in {k for k, _ in tags_of(filter, i)}}
    # a tag without a value may be what is asked for
    bare = {i.get(own) or "" for i in target.inventory().items if (key, None) in set(tags_of(filter, i))}
    claim(set(keys) in (having, bare), "a key alone keeps other items", having, answer.outline(), answer)
    if having != bare:
        observe(target, "tag-without-value", "any-value" if set(keys) == having else "matches-nothing", answer.exchange)


def observe(target: Target, kind: str, way: str, exchange: Exchange) -> None:
    """Note which way was taken."""
    target.watch.dialect.observe(kind, tag_filter(target).key, way, exchange)
