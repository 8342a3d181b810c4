"""Defaults: what a parameter has where a request does not give it, from one sentence of a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from conformance.derive.limits import FactKind, ProseSubject, announces_values
from conformance.derive.text import Sentence
from conformance.derive.values import WORD, listed, scalar, typed

# understood, and no constraint
NO_DEFAULT: Final = "no-default"

_NOTHING = re.compile(r"(?i)^(null|empty|none|n/a|blank|空|无|不设置|an empty string|空字符串)(\b|[。.，；\s]|$|目)")
# `ScalingRuleId的值`: what another has is no text that could be sent
_OF_ANOTHER = re.compile(r"(?a)[\"'`“]?[A-Za-z][\w.]*[\"'`”]?\s*(?:参数)?的(?:取?值|内容)")
# one of several values on a line: `on (default) | off`
MARK = re.compile(r"(?i)\s*[(（]\s*(?:default(?: value)?|默认值?)\s*[)）]")
_MARKED = re.compile(rf"[:：|,，、]\s*({WORD}){MARK.pattern[4:]}", re.IGNORECASE)


def default(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    """The default that a sentence states, as it is, or that there is none."""
    patterns = (
        r"(?i)\bdefault(?: value)?\s*(?:is|[:：])\s*(.+)$",
        r"(?i)\bdefaults to\s+(.+)$",
        r"默认值?(?:为|是|[:：])\s*(.+)$",
        rf"(?i)\bis ({WORD}) by default",
        r"(?i)[(（]\s*(?:default(?: value)?|默认值?)\s*(?:is\b|为|是|[:：])?\s*"
        r"(?!values?\b)([^()（）\s值][^()（）]*?)\s*[)）]",
    )
    for pattern in patterns:
        match = re.search(pattern, sentence.text)
        if not match:
            continue
        text = match.group(1).strip()
        if _NOTHING.match(text):
            yield NO_DEFAULT, None
            return
        value = scalar(text, subject.type)
        if value is not None and not _OF_ANOTHER.match(text):
            yield "default", value
        return
    if re.search(r"(?i)\b(?:is|are) (?:empty|null) by default", sentence.text):
        yield NO_DEFAULT, None
    head = re.match(rf"({WORD})\s*[(（]\s*(?i:default(?: value)?|默认值?)\s*[)）]", sentence.text)
    if sentence.lead is not None and head:
        # a bullet that is longer than a sentence
        if typed([head.group(1)], subject.type):
            yield "default", scalar(head.group(1), subject.type)
        return
    marked = _MARKED.findall(sentence.text) if announces_values(sentence.text) and not sentence.items else []
    if len(marked) == 1 and typed(marked, subject.type):
        yield "default", scalar(marked[0], subject.type)
    for item in sentence.items if announces_values(sentence.text) else ():
        # one of the listed values says that it is the default
        if re.search(r"(?i)[(（](?:default(?: value)?|默认值?)[)）]", item) and (value := listed(item)):
            yield "default", scalar(value, subject.type)
