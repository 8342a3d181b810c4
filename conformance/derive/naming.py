"""Which operation a page is about, and of which product and version, by whatever names it.

Pages since 2023 have no Action row, older ones a title in words; each source alone is wrong on some page, so where the
title is no name the one that most sources give is taken, and the others are noted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from conformance.derive import rows
from conformance.derive.page import Page, PageError
from conformance.derive.samples import Reading
from conformance.derive.text import flat

_NAME = r"(?a:[A-Z][a-z0-9]+(?:[A-Z]+[a-z0-9]*)+)"  # two words at least: `Introduction` names no operation
_DATE = r"(20[0-3]\d-[01]\d-[0-3]\d)"
_BEFORE = r"(?<![A-Za-z0-9_.`/-])"
_AFTER = r"(?![A-Za-z0-9_-])"


def operation_name(page: Page, readings: Iterable[Reading], notes: list[str]) -> str:
    """The operation that a page is about. Raises PageError where nothing names one."""
    title = _bare_title(page.title)
    actions = (str(v) for r in readings if r.format == "url" for name, v in r.value if name == "Action")
    sent = [action for action in actions if re.fullmatch(r"(?a)[A-Za-z]\w*", action)]
    for action in sent:
        if not title or action.casefold() == title.casefold():
            return action
    found: list[str] = [*_rows(page), *_in_words(page, title), *dict.fromkeys(sent)]
    if re.fullmatch(r"(?a)[A-Za-z]\w+", title) and (re.fullmatch(_NAME, title) or not found):
        return title
    if not found:
        raise PageError(page.path, 1, "does not name its operation, neither in its title nor in an Action")
    # of names that are given equally often the first, which stands in a row
    votes = Counter(name.casefold() for name in found)
    chosen = max(found, key=lambda name: votes[name.casefold()])
    others = dict.fromkeys(name for name in found if name.casefold() != chosen.casefold())
    if others:
        notes.append(
            f"the operation is taken to be {chosen}; the page also has {', '.join(others)} ({page.id}, summary)"
        )
    return chosen


def _bare_title(title: str) -> str:
    """The title without the marks and numbers around a name."""
    return re.sub(r"^\s*(?:API|接口)\s*[:：]\s*|^[\d.]+\s+(?=\S)", "", title).strip().strip("*`#：:").strip()


def _rows(page: Page) -> Iterator[str]:
    """The value of the Action row: its example, or the value that its description asks for."""
    filler = r"[^A-Za-z]{0,12}(?:(?:is|to|the|this|parameter|must|be)\s+){0,5}[`*'\"]*"
    asked = rf"(?i:values?|set|取值|为|固定值){filler}({_NAME}){_AFTER}"
    for section in page.of_kind("parameters"):
        for entry in rows.entries(section):
            if entry.name != "Action":
                continue
            if re.fullmatch(r"(?a)[A-Za-z]\w+", entry.example):
                yield entry.example
            text = flat(entry.description)
            named = re.findall(rf"{_BEFORE}({_NAME}){_AFTER}", text)
            if found := re.search(asked, text):
                yield found.group(1)
            elif len(set(named)) == 1:
                yield named[0]


def _in_words(page: Page, title: str) -> Iterator[str]:
    """The name in a longer title, in the sentences below it, and in the links to the explorer."""
    in_title = dict.fromkeys(re.findall(rf"{_BEFORE}({_NAME}){_AFTER}", title))
    if len(in_title) == 1:
        yield from in_title
    for section in page.sections:
        if section.kind not in ("summary", "description", "debugging", "authorization", "other"):
            continue
        for prose in section.prose:
            text = flat(prose.text)
            if section.kind == "summary":
                yield from re.findall(rf"[(（]\s*({_NAME})\s*[)）]", text)
            yield from re.findall(rf"(?:\bthe|\bThe)\s+({_NAME})\s+(?:operation|API|interface|action)\b", text)[:1]
            yield from re.findall(rf"(?i:calls?|calling|invokes?)\s+(?:the\s+)?({_NAME}){_AFTER}", text)[:1]
            yield from re.findall(rf"(?:调用|接口名称?[:：]?|接口为)\s*({_NAME}){_AFTER}", text)[:1]
    link = re.search(r"product=\w+&(?:amp;)?api=(\w+)", page.source)
    if link:
        yield link.group(1)
    yield from (action for _, action in _authorized(page))


def _authorized(page: Page) -> Iterator[tuple[str, str]]:
    """`ecs:DescribeThings` in the table of what an account needs permission for, as product and operation."""
    for section in page.of_kind("authorization"):
        for table in section.tables:
            for row in table.rows:
                if found := re.fullmatch(rf"([a-zA-Z][\w-]*):({_NAME})", flat(row.cells[0])):
                    yield found.group(1), found.group(2)
                    return


def stated(page: Page, products: Iterable[str]) -> tuple[str | None, str | None]:
    """Product and version as sentences, rows and tables of authorization give them, each None where nothing does."""
    known = {p.casefold(): p for p in products}
    given = [product for product, _ in _authorized(page)]
    prose = [flat(p.text) for s in page.sections if s.kind not in ("examples", "errors") for p in s.prose]
    for text in prose:
        given += re.findall(
            r"(?:\b[Pp]roduct(?: code| name)?|产品(?:代码|名称)?)\s*(?:is|为|[:：])\s*[`*]*(\w[\w-]*)", text
        )
    product = next((known.get(p.casefold(), p) for p in given), None)
    return product, next(_versions(page, prose), None)


def _versions(page: Page, prose: Iterable[str]) -> Iterator[str]:
    for section in page.of_kind("parameters"):
        for entry in rows.entries(section):
            if entry.name == "Version":
                yield from re.findall(_DATE, f"{entry.example} {flat(entry.description)}")
    yield from re.findall(rf"[?&\s]Version={_DATE}", page.source)
    yield from re.findall(rf"x-acs-version\s*[:：]\s*{_DATE}", page.source)
    for text in prose:
        yield from re.findall(
            rf"(?i)(?:\bversion|版本号?)\s*(?:of the API\s*)?(?:is|为|是|[:：])?\s*[`*\"]*{_DATE}", text
        )
        yield from re.findall(rf"{_DATE}\s*(?:version\b|版本)", text)
