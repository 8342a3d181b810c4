"""The text of a page without its markup, cut into numbered sentences."""

from __future__ import annotations

import hashlib
import re

from attrs import frozen

# an escaped character must not be taken for markup: it waits in the private-use area
_HIDDEN = 0xE000
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~,\"'&-])")
_BULLET = re.compile(r"^(\s*)(?:[-*+•]|\d+[.)])\s+(?=\S)")
_INLINE_BULLET = re.compile(r"(?<=\S)[ \t]*(?<![\w-])-   (?=\S)|(?<=[.:：。])-   (?=\S)")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|approx|No)|\b[A-Z])\.$")
_END = re.compile(
    r"(?<=[。！？；!?])|(?<=[.;])(?=\s)|(?:(?<=[a-z0-9\])]\.)|(?<=[A-Z]{2}\.))(?=(?:Default|Valid|Maximum|Minimum|Note)\b)"
)


@frozen
class Sentence:
    """A sentence of a cell or section. `number` counts from 1.

    A list belongs to the sentence that leads into it: `items` are its bullets. Where each bullet is no more than one
    sentence they are part of this one's text; otherwise their sentences follow with numbers of their own.
    `lost` marks a lead-in (`Valid values:`) after which no list came, `lead` is the number of the sentence that a
    bullet's own sentence belongs to.
    """

    text: str
    number: int
    items: tuple[str, ...] = ()
    lost: bool = False
    lead: int | None = None


def unmark(markup: str) -> str:
    """Text without emphasis, code marks, links, escapes and anchors; spaces and lines as they are."""
    text = _ESCAPE.sub(lambda m: chr(_HIDDEN + ord(m.group(1))), markup)
    text = re.sub(r"!?\[([^\[\]]{0,500})\]\((?:[^()]|\([^()]{0,200}\)){0,500}\)", r"\1", text)
    text = re.sub(r"<br\s*/?>", "\n", text)
    text = re.sub(r"</?(?:b|i|em|strong|p|ul|li|code|notice|note|props=?\"?\w*\"?)>", "", text)
    # four stars hide part of an id: they are no emphasis
    text = re.sub(r"(?<!\*)\*\*(?!\*)(.+?)(?<!\*)\*\*(?!\*)", r"\1", text)
    text = text.replace("`", "")
    text = re.sub(r"(?m)\s{0,9}\{\s?[#.][^{}\n]{0,200}\}[ \t]*$", "", text)
    text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub("[\ue000-\ue07f]", lambda m: chr(ord(m.group()) - _HIDDEN), text)


def flat(markup: str) -> str:
    """Text without markup on one line."""
    return " ".join(unmark(markup).split())


def digest(text: str) -> str:
    """Twelve hex digits that stay the same as long as the words do, whatever the markup and line breaks."""
    return hashlib.sha256(flat(text).encode("utf-8")).hexdigest()[:12]


def sentences(markup: str) -> tuple[Sentence, ...]:
    """The sentences of a cell or paragraph, with its lists."""
    found: list[Sentence] = []
    for lead, bullets in _groups(markup):
        pieces = _split(lead)
        parts = [_split(b) for b in bullets]
        opened = bool(pieces) and bool(bullets)
        folded = opened and all(len(p) <= 1 for p in parts)
        for i, piece in enumerate(pieces):
            last = i == len(pieces) - 1
            text = f"{piece} {'; '.join(bullets)}" if last and folded else piece
            items = tuple(bullets) if last else ()
            lost = piece.endswith((":", "：")) and not items and _announces(piece)
            found.append(Sentence(text, len(found) + 1, items, lost))
        opening = len(found) if opened else None
        for piece in (s for p in parts for s in p) if not folded else ():
            found.append(Sentence(piece, len(found) + 1, lead=opening))
    return tuple(found)


def _announces(lead: str) -> bool:
    return bool(re.search(r"(?i)values|取值|可能值|可选值", lead))


def _groups(markup: str) -> list[tuple[str, list[str]]]:
    """Paragraphs, each with the list that follows it."""
    text = unmark(_INLINE_BULLET.sub("\n-   ", _quote_lines(markup)))
    groups: list[tuple[str, list[str]]] = []
    lead: list[str] = []
    bullets: list[str] = []
    depth = 0

    def close() -> None:
        if lead or bullets:
            groups.append((" ".join(lead), list(bullets)))
        lead.clear()
        bullets.clear()

    for line in text.split("\n"):
        bullet = _BULLET.match(line)
        if bullet:
            indent = len(bullet.group(1).replace("\t", "    "))
            rest = line[bullet.end() :].strip()
            if bullets and indent >= depth + 3:
                bullets[-1] += f" {rest}"
                continue
            depth = indent
            bullets.append(rest)
        elif not line.strip():
            if lead and not bullets and lead[-1].endswith((":", "：")):
                continue  # a list may follow after an empty line
            if bullets:
                depth = max(depth, 0)
            elif lead:
                close()
        else:
            if bullets and line.startswith(("    ", "\t")):
                bullets[-1] += f" {line.strip()}"
                continue
            if bullets or (lead and lead[-1].endswith((":", "："))):
                close()
            lead.append(line.strip())
    close()
    return groups


def _quote_lines(markup: str) -> str:
    return re.sub(r"(?m)^\s*>\s?", "", markup)


def _split(text: str) -> list[str]:
    """Sentences of a paragraph on one line."""
    text = " ".join(text.split())
    pieces: list[list[str]] = []
    for piece in _END.split(text):
        piece = piece.strip()
        if not piece:
            continue
        # what ends a long sentence is sought in its end
        if pieces and (_ABBREVIATION.search(pieces[-1][-1][-12:]) or re.match(r"[a-z(),)）]", piece)):
            joint = "" if pieces[-1][-1][-1] in "。！？；" else " "
            pieces[-1].append(joint + piece)
        else:
            pieces.append([piece])
    return ["".join(parts) for parts in pieces]
