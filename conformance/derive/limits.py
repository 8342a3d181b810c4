"""Ranges, bounds and counts, from one sentence of a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from attrs import frozen

from conformance.contract.model import ConstraintKind
from conformance.derive.text import Sentence
from conformance.derive.values import NUMBER, number

FactKind = ConstraintKind | Literal["no-default", "required"]
TO = r"\s*(?:to|through|~|～|-|–|—|至|到)\s*"


@frozen
class ProseSubject:
    """The row that a sentence is about."""

    name: str
    type: str


def announces_values(text: str) -> bool:
    """Whether a sentence leads into a list of values."""
    return bool(re.search(r"(?i)\bvalues?\b[^.]*[:：]|取值[^。]*[:：]|可选值[:：]|可能值[:：]|包括[:：]", text))


def limits(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    """Least and greatest value, or the greatest number of repetitions, that a sentence states."""
    text = sentence.text
    of_n = _counted("N", text)
    announced = (
        r"(?i)(?:valid values?(?: of \w+)?|value range|values? ranges?|range|ranges|取值范围|取值|范围)"
        r"(?: is| are| from|为|是)?\s*[:：]?\s*(?:a number )?(?:from )?"
    )
    span = (
        re.search(rf"{announced}{NUMBER}{TO}{NUMBER}(?!\s*(?:个|characters))", text)
        or re.search(rf"{announced}(?:is |is \w+ )?[\[（(【]\s*{NUMBER}\s*[,，~～-]\s*{NUMBER}\s*[\]）)】]", text)
        or re.search(rf"(?i)\bbetween\s+{NUMBER}\s+and\s+{NUMBER}(?!\s*(?:个|characters))", text)
        or re.search(rf"(?i)\bcan be set to\s*[\[（(【]?\s*{NUMBER}(?:{TO}|\s*[,，]\s*){NUMBER}\s*[\]）)】]", text)
        or (re.search(rf"(?i)\bn is (?:a number )?from\s+{NUMBER}{TO}{NUMBER}", text) if of_n else None)
    )
    if span:
        low, high = number(span.group(1)), number(span.group(2))
        counts = re.findall(r"\.([A-MO-Z])(?=\.|$)", subject.name)
        if other := next((c for c in counts if _counted(c, text)), None):
            if other == counts[-1]:
                yield "max_items", high
        elif of_n and counts:
            return  # repetitions of what these are repeated in
        elif of_n:
            # of two counts the last is the row's own
            if subject.name.endswith((".N", ".n")) or len(re.findall(r"(?i)\.n(?=\.)", subject.name)) < 2:
                yield "max_items", high
        elif subject.type in ("integer", "number") and not _CONDITION.search(text, 0, span.start()):
            # the limits of one case are not those of others
            yield "minimum", low
            yield "maximum", high
        return
    if subject.type not in ("integer", "number"):
        return
    if bounds := _joined_range(sentence):
        yield "minimum", bounds[0]
        yield "maximum", bounds[1]
        return
    if limit := re.search(
        rf"^(?:[\w.]+\s*的?)?取值(?:范围)?\s*(?:为|是|[:：])?\s*(?:为|是)?\s*{_COMPARED}\s*{NUMBER}", text
    ):
        yield from _compared(limit.group(1), number(limit.group(2)), subject.type)
        return
    # a comparison that is a clause of its own is of the row's value
    if (clauses := _CLAUSE.findall(text)) and not _DEPENDS.search(text) and "则" not in text:
        for sign, limit in clauses:
            yield from _compared(sign, number(limit), subject.type)
        return
    for kind, pattern in _BOUNDS:
        match = re.search(pattern, text)
        if match:
            yield kind, number(match.group(1))


def _counted(letter: str, text: str) -> bool:
    """Whether a sentence says which numbers a letter in the names of repeated parameters stands for."""
    return bool(
        re.search(
            rf"(?i)\bof {letter}\b\s*(?:is|are|[:：])|\bof which {letter} is|(?<![A-Za-z.]){letter}\s*的取值范围"
            rf"|\b{letter} (?:ranges?|is|can be set to)\b"
            rf"|(?<![A-Za-z.]){letter}\s*(?:表示|代表|为|是)[^。;；]*取值(?:范围)?",
            text,
        )
    )


_COMPARED = "(≥|>=|≤|<=|>|<|大于等于|大于或等于|不小于|小于等于|小于或等于|不大于|大于|小于)"
_CLAUSE = re.compile(
    rf"(?:^|[，,；;：:])\s*(?:且|必须|须|应)?(?:取值(?:范围)?)?\s*(?:为|是)?\s*{_COMPARED}\s*{NUMBER}\s*(?:的整数)?(?=$|[，,。；;]|且)"
)


def _compared(sign: str, limit: int | float, type: str) -> Iterator[tuple[FactKind, Any]]:
    """The bound that a comparison states; of whole numbers, what is greater than 0 is 1 at least."""
    if sign in ("≥", ">=", "大于等于", "大于或等于", "不小于"):
        yield "minimum", limit
    elif sign in ("≤", "<=", "小于等于", "小于或等于", "不大于"):
        yield "maximum", limit
    elif type == "integer" and isinstance(limit, int):
        yield ("minimum", limit + 1) if sign in (">", "大于") else ("maximum", limit - 1)


def _joined_range(sentence: Sentence) -> tuple[int | float, int | float] | None:
    """The least and the greatest of bullets that are numbers and ranges (`-1`, `1~65535`), each whatever else holds."""
    if not sentence.items or not announces_values(sentence.text):
        return None
    found: list[int | float] = []
    ranges = 0
    for item in sentence.items:
        span = re.match(rf"{NUMBER}(?:{TO}{NUMBER})?\s*(?:[:：(（。;；]|$)", item)
        if span is None or _DEPENDS.search(item):
            return None
        ranges += span.group(2) is not None
        found += [number(n) for n in span.groups() if n is not None]
    return (min(found), max(found)) if ranges else None


# what stands before a limit that is not that of every request: `PeriodUnit=Week时，…`, `如果…，…`, `When …, …`
_CONDITION = re.compile(
    r"(?i)(?<![相应适])当(?![前天日地])|如果|若(?!干)|(?:=|＝|==|为|是)\s*[\w“”\"'（）()]+(?<![小实及同])\s*时\s*[，,：:]"
    r"|(?:^|[;；,，.:：]\s*)(?:-\s*)?(?:if|when)\b"
)
_DEPENDS = re.compile(r"(?i)对于|当|如果|若|仅|时[，,：:]|\b(?:if|when|for|only)\b")


_BOUNDS: tuple[tuple[ConstraintKind, str], ...] = (
    ("minimum", rf"(?i)\b(?:pages? (?:numbers? )?)?starts? (?:from|at|with)(?: page)?\s*{NUMBER}"),
    ("minimum", rf"(?i)\b(?:initial|starting|start|minimum)(?: valid)? value\s*(?:is|[:：])\s*{NUMBER}"),
    ("minimum", rf"(?:起始值|最小值|从)\s*(?:为|是|[:：])?\s*{NUMBER}"),
    ("maximum", rf"(?i)\bmaximum(?: valid)?(?: value)?\s*(?:is|[:：])\s*{NUMBER}"),
    ("maximum", rf"最大值\s*(?:为|是|[:：])?\s*{NUMBER}"),
    (
        "maximum",
        rf"(?i)\b(?:up to|at most|no more than|cannot exceed)\s+{NUMBER}\s+(?:entries|rows|lines|records|items)",
    ),
)
