"""Pieces of secrets: what is left of one in a text after somebody cut it, varied it, or wrote it in other letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from conformance.wire.dumps import spelt_spans, ways_in
from conformance.wire.escapes import Unescaped, unescaped

LEAST = 8
"""So many characters in a row of a secret are a piece of it; fewer could be anything."""
# each run of LEAST characters holds a gram of this length whose place in the secret is a multiple of STEP
GRAM, STEP = 5, 4
# of a text no longer than this for each secret every gram is known at once, which tells most secrets apart from it
SMALL = 256
# a text with more beginnings of pieces than these is kept no part of, so that none costs more than its length
MOST = 50_000
# what everybody says is nobody's secret, though the value of a header may hold it
PUBLIC = (
    "http://localhost https://localhost http://127.0.0.1 https://127.0.0.1 application/json application/xml text/html "
    "text/plain; charset=utf-8 text/xml; charset=utf-8 application/x-www-form-urlencoded acs3-hmac-sha256 hmac-sha1 "
    "credential= signedheaders= signature= x-acs-security-token x-acs-signature-nonce x-acs-content-sha256 redacted"
)
LONGER = "\u0130"
Forms = Callable[[str], Iterable[str]]
Span = tuple[int, int]


def without_pieces(text: str, secrets: Iterable[str], forms: Forms, instead: str) -> str:
    """`text` with `instead` in the place of every piece of the secrets, in whatever capitals.

    `forms` are the ways in which a secret may be written. A shorter secret, which a caller looks for as it is, is only
    looked for where some of its characters are escaped. Takes time in proportion to the text.
    """
    known = tuple(secrets)
    secrets, short = [s for s in known if len(s) >= LEAST], [s for s in known if len(s) < LEAST]
    if not known:
        return text
    lowered = _lowered(text)
    ways, grams = ways_in(lowered), _grams_of(lowered, len(secrets))
    spans = [span for secret in secrets for span in islice(_all_spans(lowered, grams, ways, secret, forms), MOST)]
    plain = unescaped(text)
    if plain is not None:
        spans += _spans_of_escaped(plain, secrets) + _spans_of_short(plain, short)
    if len(spans) >= MOST:
        return instead
    found = sorted(span for span in spans if span)
    if not found:
        return text
    kept: list[str] = []
    done = 0
    for begin, end in found:
        if begin > done or not kept:
            kept += [text[done:begin], instead]
        done = max(done, end)
    return "".join([*kept, text[done:]])


def _grams_of(lowered: str, secrets: int) -> frozenset[str] | None:
    """Every gram of a text in which so many secrets are looked for; None where looking for each is quicker."""
    if len(lowered) > SMALL * secrets:
        return None
    return frozenset(lowered[n : n + GRAM] for n in range(len(lowered) - GRAM + 1))


def _all_spans(
    lowered: str, there: frozenset[str] | None, ways: Sequence[str], secret: str, forms: Forms
) -> Iterator[Span | None]:
    yield from _told_apart(lowered, there, secret, forms)
    yield from spelt_spans(lowered, ways, secret, LEAST, GRAM, STEP)


def _told_apart(lowered: str, there: frozenset[str] | None, secret: str, forms: Forms) -> Iterator[Span | None]:
    if there is None or not there.isdisjoint(_sought(secret, forms)[0]):
        yield from _spans(lowered, secret, forms)


def _spans_of_escaped(plain: Unescaped, secrets: Sequence[str]) -> list[Span | None]:
    """Where pieces stand of which some characters are escaped; as many as are too many where it is not known where."""
    lowered = _lowered(plain.text)
    grams = _grams_of(lowered, len(secrets))
    found = [span for secret in secrets for span in islice(_told_apart(lowered, grams, secret, _both_ways), MOST)]
    if plain.places is None:
        return [None] * MOST if any(found) else found
    return [span and plain.span(*span) for span in found]


def _spans_of_short(plain: Unescaped, secrets: Iterable[str]) -> list[Span | None]:
    """Where whole secrets stand, in their very letters, of which some are escaped."""
    found: list[Span | None] = []
    for secret in secrets:
        at = plain.text.find(secret)
        while at >= 0 and len(found) < MOST:
            if plain.places is None:
                return [None] * MOST
            found.append(plain.span(at, at + len(secret)))
            at = plain.text.find(secret, at + len(secret))
    return found


def _both_ways(secret: str) -> tuple[str, ...]:
    return secret, secret[::-1]


def _spans(lowered: str, secret: str, forms: Forms) -> Iterator[Span | None]:
    """Where pieces stand, and None for each place that only looks like one."""
    grams, pieces = _sought(secret, forms)
    for gram in grams:
        at = lowered.find(gram)
        while at >= 0:
            end, found = at + 1, None
            for begin in range(max(0, at + GRAM - LEAST), at + 1):
                if lowered[begin : begin + LEAST] in pieces:
                    end = begin + LEAST
                    while lowered[end - LEAST + 1 : end + 1] in pieces and end < len(lowered):
                        end += 1
                    if lowered[begin:end] not in PUBLIC:
                        found = begin, end
                    break
            yield found
            at = lowered.find(gram, max(at + 1, end - LEAST + 1))


@lru_cache(maxsize=1024)
def _sought(secret: str, forms: Forms) -> tuple[tuple[str, ...], frozenset[str]]:
    """What to look for first, and every piece of `LEAST` characters."""
    written = [form for form in dict.fromkeys(map(_lowered, forms(secret))) if len(form) >= LEAST]
    grams = [form[n : n + GRAM] for form in written for n in range(0, len(form) - GRAM + 1, STEP)]
    pieces = [form[n : n + LEAST] for form in written for n in range(len(form) - LEAST + 1)]
    return tuple(dict.fromkeys(grams)), frozenset(pieces)


def _lowered(text: str) -> str:
    """In small letters, each character in its place."""
    found = text.lower()
    if len(found) == len(text):
        return found
    # one character of all becomes two
    return LONGER.join(part.lower() for part in text.split(LONGER))
