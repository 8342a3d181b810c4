"""Rules about values, from the sentences of a row, in English and Chinese.

Each reader looks at one sentence and yields what it understood; `findings` adds which sentence it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from attrs import evolve, frozen

from conformance.derive.defaults import MARK, default
from conformance.derive.limits import TO, FactKind, ProseSubject, announces_values, limits
from conformance.derive.text import Sentence
from conformance.derive.values import NUMBER, WORD, listed, number, typed

OTHERS = "others"  # an `ignored_values` finding: all values but the effective ones
EPOCH_MS = "epoch-milliseconds"
JSON_ARRAY = "json-array"
# understood, and no constraint
REQUIRED: Final = "required"


@frozen
class ProseFact:
    """One rule that a sentence states: a kind of constraint (see the model) with its value."""

    kind: FactKind
    value: Any
    sentence: int


Reader = Callable[[ProseSubject, Sentence], Iterator[tuple[FactKind, Any]]]


def findings(name: str, type: str, sentences: tuple[Sentence, ...]) -> tuple[ProseFact, ...]:
    """All rules that the sentences of a row state, in order."""
    subject = ProseSubject(name, type)
    sentences = tuple(_halved(s) for s in sentences)
    # a list of members (`ServerId: …`, `Port: …`) describes the inside of a structured value
    inside = {s.number for s in sentences if _MEMBERS.search(s.text.split("; ")[0]) and s.items}
    own = [s for s in sentences if s.number not in inside and s.lead not in inside and len(s.text) <= _LONGEST]
    found = [ProseFact(kind, value, s.number) for s in own for read in READERS for kind, value in read(subject, s)]
    # that times are in UTC belongs to the format, which another sentence of the row gives
    formats = [f for f in found if f.kind == "time_format"]
    found.extend(
        ProseFact("time_format", formats[0].value, s.number)
        for s in sentences
        if formats and re.search(r"\bUTC\b", s.text) and all(f.sentence != s.number for f in formats)
    )
    return tuple(dict.fromkeys(_hashable(f) for f in found))


def _halved(sentence: Sentence) -> Sentence:
    """The sentence with the digits and signs of a half width that may stand in a number."""
    return evolve(
        sentence,
        text=sentence.text.translate(_FULL_WIDTH),
        items=tuple(i.translate(_FULL_WIDTH) for i in sentence.items),
    )


_FULL_WIDTH = {
    **{ord("０") + i: str(i) for i in range(10)},
    **str.maketrans({"－": "-", "−": "-", "＞": ">", "＜": "<", "＝": "=", "｛": "{", "｝": "}", "［": "[", "］": "]"}),
}
_LONGEST = 4000  # characters; nobody writes a longer sentence
_MEMBERS = re.compile(
    r"(?i)following (?:\w+ )?(?:parameters|fields|members)\b|以下(?:参数|字段|属性)|contains?:|包含[:：]"
)


def _hashable(finding: ProseFact) -> ProseFact:
    value = finding.value
    return ProseFact(finding.kind, tuple(value) if isinstance(value, list) else value, finding.sentence)


def is_normative(text: str) -> bool:
    """Whether a sentence states a rule rather than describes."""
    return bool(_NORMATIVE.search(text)) and not _POINTER.search(text)


_NORMATIVE = re.compile(
    r"(?i)\b(must|shall|cannot|can not|can only|may not|only (?:if|when|supports?|retrieves?|in)|up to|at most|at least"
    r"|(?:is|are) (?:required|mandatory)|maximum|minimum|valid values?|value range|default|ignore[sd]?|separated?"
    r"|takes? effect|not supported|does not support|no more than|set (?:this|the) value|in the \S+ format"
    r"|start from|starting value|initial value)\b"
    r"|必须|不能|不得|最多|最大|最小|取值|默认|只支持|仅支持|不支持|不允许|格式为|分隔|隔开|生效|起始值|不超过|至少|长度|必选"
)
_POINTER = re.compile(r"(?i)\bfor more information\b|\byou can call the\b|更多详情|详情请参见|请参见")


# --------------------------------------------------------------------------------------------------- readers


def _enumeration(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    text = sentence.text
    if _CONDITION.search(text):
        return  # what a value may be when another has some value is no list of all values
    if sentence.items and announces_values(text):
        values = [v for v in (listed(i) for i in sentence.items) if v]
        if values and len(values) == len(sentence.items):
            yield from _listed(values, subject)
        return
    text = MARK.sub("", text)
    inline = re.search(
        rf"(?i)(?:valid values?|可选值|取值(?:范围)?|可能值)\s*(?:are|is|为|[:：])\s*"
        rf"({WORD}(?:\s*(?:(?:[,，、|/]|\bor\b|\band\b|或者?|和)\s*)+{WORD})+)\s*(?:[.。]|[,，;；.。]\s*(?:and the )?"
        r"(?:默认|default).*)?$",
        text,
    )
    if inline and not _IN_CASE.search(text[: inline.start()]):
        values = re.findall(WORD, re.sub(r"(?i)\b(or|and)\b", " ", inline.group(1)))
        if not all(re.fullmatch(r"-?[\d.]+", v) for v in values) or len(values) > 2:
            yield from _listed([v.rstrip(".") for v in values], subject)
        return
    braced = re.search(
        r"(?i)^(?:valid values?|可选值|取值(?:范围)?)\s*(?:are|is|为|是)?\s*[:：]?\s*\{([^{}]{3,400})\}\s*[.。;；]?$",
        text,
    )
    if braced:
        values = [v.strip().strip("\"'“”") for v in re.split(r"[,，、]", braced.group(1))]
        if len(values) > 1 and all(re.fullmatch(WORD, v) for v in values):
            yield from _listed(values, subject)
        return
    fixed = re.search(rf"(?i)(?:set (?:the|this) value to|(?<![\w ])value[:：]|取值[:：])\s*({WORD})\s*[.。]?$", text)
    if fixed and not re.fullmatch(r"[\d.]+", fixed.group(1)):
        yield from _listed([fixed.group(1).rstrip(".")], subject)


def _listed(values: list[str], subject: ProseSubject) -> Iterator[tuple[FactKind, Any]]:
    """The enumeration, unless the values are none of the subject's type."""
    if found := typed(values, subject.type):
        yield "enum", found


def by_category(type: str, sentence: Sentence) -> bool:
    """Whether the bullets below a sentence about numbers are categories, each with limits of its own."""
    if type not in ("integer", "number") or not sentence.items or not announces_values(sentence.text):
        return False
    values = [v for v in (listed(i) for i in sentence.items) if v]
    return bool(values) and not typed(values, type)


_IN_CASE = re.compile(r"(?:时|对于|当|如果|若|(?i:\b(?:when|if|for)\b))")
_CONDITION = re.compile(r"(?i)^(?:note:? )?(?:when|if)\b|^(?:说明[:：]? ?)?(?:当|如果|若|分类为)")


def _length(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    text = sentence.text
    if (subject.type == "array" and not subject.name.endswith((".N", ".n"))) or _PART.search(text):
        return  # a length of the list's items' members, or of a part of the value
    if not _SPEAKS_OF_LENGTH.search(text):
        return
    unit_en, unit_zh = r"(?:\w+ )*(?:characters|bytes)", r"个?(?:英文或中文|ASCII)?(?:字符|英文|字节)"
    to = rf"(?:{TO}|\s*[,，]\s*|\s+and\s+)"
    span = re.search(rf"(?i)\[?\s*{NUMBER}{to}{NUMBER}\s*\]?\s+{unit_en}", text) or re.search(
        rf"\[?\s*{NUMBER}{to}{NUMBER}\s*\]?\s*{unit_zh}", text
    )
    if span:
        yield "min_length", number(span.group(1))
        yield "max_length", number(span.group(2))
        return
    plain = re.search(
        rf"^(?:支持全字符集[，,])?(?:\w{{0,8}})长度(?:的?取值范围|范围|限制)?\s*(?:为|是|[:：])\s*[\[（(]?\s*{NUMBER}{to}{NUMBER}"
        r"\s*[\]）)]?\s*(?:位|个字符|字符)?\s*(?:[，,。;；]|$)",
        text,
    )
    if plain and not re.search("实例|域名|每|段|[前后]缀", plain.group()):
        yield "min_length", number(plain.group(1))
        yield "max_length", number(plain.group(2))
        return
    if re.search(r"(?i)\bcannot be (?:an?|left) (?:empty|null)|不允许为空|不能为空", text):
        yield "min_length", 1
    limit = re.search(
        rf"(?i)(?:up to|maximum of|at most|no more than|exceed|longer than)\s+{NUMBER}\s+{unit_en}", text
    ) or re.search(
        rf"(?:最多支持|不能超过|不得超过|不可超过|不超过|最大长度(?:限制)?为|最长为?|最多)\s*{NUMBER}\s*{unit_zh}", text
    )
    if limit:
        yield "max_length", number(limit.group(1))


_SPEAKS_OF_LENGTH = re.compile(r"(?i)characters|bytes|字符|英文|字节|长度|empty|null|为空")
_PART = re.compile(r"每个?(?:部分|命令|段|标签|元素)|(?i:\beach (?:part|segment|label|element)\b)")


def _prefix(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    """What a value begins with, or forbidden beginnings, each with `!` before it."""
    wanted = re.search(
        rf"(?i)\b(?:must|have to) (?:start|begin) with (?:the )?(?:prefix )?({WORD}[/:_-]?)(?=[\s.,;]|$)"
        rf"|必须(?:包含前缀|以)\s*({WORD}[/:_-]?)(?=\s*(?:[。，；]|开头|为前缀|$))",
        sentence.text,
    )
    if wanted and (begin := (wanted.group(1) or wanted.group(2)).rstrip(".")) and not _OF_KIND.match(begin):
        yield "prefix", begin
        return
    match = re.search(
        r"(?i)(?:cannot|can not|must not|may not) (?:start|begin) with ([^;。]+?)(?:\.(?:\s|$)|, and|$| It )",
        sentence.text,
    )
    match = match or re.search(r"不能以\s*([^，。；]+?)\s*开头", sentence.text)
    if match:
        values = re.findall(
            r"https?://|[A-Za-z][A-Za-z0-9_.-]*:?",
            re.sub(r"(?i)\b(or|and|and cannot.*)\b", " ", match.group(1)),
        )
        if values:
            yield "prefix", [f"!{v}" for v in values]


# what begins a description of characters: `must start with a letter`
_OF_KIND = re.compile(r"(?i)(?:an?|the|letters?|digits?|numbers?|upper\w*|lower\w*|english|chinese|it|one|any)(?:\W|$)")


def _items(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    text = sentence.text
    match = (
        re.search(
            rf"(?i)(?:up to|maximum of|at most|no more than)\s+{NUMBER}\s+"
            r"(?!.{0,40}(?:characters|bytes|entries|rows|lines|displayed|returned|bound))[\w ]*?"
            r"\b(?:IDs?|tasks?|names?|items?|servers?|tags?|values?|addresses)\b",
            text,
        )
        or re.search(
            rf"(?:最多(?:支持|可以|可|能够?|允许)?(?:一次|同时)?(?:查询|指定|添加|传入|输入|填写|包含|设置|支持)?)\s*{NUMBER}\s*"
            r"[个台](?!字符|英文|中文|汉字|字节)",
            text,
        )
        or re.search(
            rf"(?:个数的?取值范围|数组长度的?(?:取值)?范围)(?:为|是|[:：])\s*[\[（(]?\s*-?\d{{1,9}}(?:{TO}|\s*[,，]\s*){NUMBER}",
            text,
        )
    )
    if match and (subject.type in ("string", "array", "unknown")):
        yield "max_items", number(match.group(1))


def _separator(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    comma = r"(?i)separate[ds]?\b.*\bcommas?\b|\bcomma[- ]separated|逗号(?:（,）|\(,\)|（，）)?\s*(?:分隔|隔开|分割)"
    if re.search(comma, sentence.text):
        yield "separator", ","


def _syntax(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    if re.search(r"(?i)\bJSON array\b|JSON\s*(?:数组|格式的数组)", sentence.text):
        yield "syntax", JSON_ARRAY


def _time(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    match = re.search(r"[yY]{4}-MM-[dD]{2}['’]?T['’]?[hH]{2}:mm(:ss)?['’]?Z", sentence.text.replace("*", ""))
    if match:
        yield "time_format", f"yyyy-MM-ddTHH:mm{match.group(1) or ''}Z"
    elif re.search(
        r"(?i)\bmilliseconds\b.*\bepoch\b|\bUNIX timestamp\b.*millisecond|毫秒数|毫秒.*时间戳", sentence.text
    ):
        yield "time_format", EPOCH_MS


def _effective(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    text = sentence.text
    values = rf"({WORD}(?:(?:,? and |, | or ){WORD})*)"
    only = (
        re.search(
            r"(?i)\bonly\s+(?:retrieves?|quer(?:y|ies)|supports?|returns?)\b.*?"
            rf"\bin (?:the )?{values} (?:states?|status)",
            text,
        )
        or re.search(rf"(?i)\bcan query .*?\bin (?:the )?{values} (?:states?|status)", text)
        or re.search(rf"(?:只|仅)支持查询状态为\s*({WORD}(?:\s*[、和，,或]\s*{WORD})*)\s*的", text)
    )
    if only:
        yield (
            "effective_values",
            [v.rstrip(".") for v in re.findall(WORD, re.sub(r"(?i)\b(and|or)\b", " ", only.group(1)))],
        )
    if re.search(
        r"(?i)\bignores? (?:all )?other values|other values? (?:are|is|will be) ignored|其他取值将?不会生效|忽略其他",
        text,
    ):
        yield "ignored_values", OTHERS


def _required(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    """That the parameter itself must be given, whatever the others hold."""
    if re.search(r"(?i)\b(?:when|if|not)\b|如果|当|不是", sentence.text):
        return
    text = sentence.text
    # patterns of the name itself would be compiled for each parameter
    english = (text[: m.start()].casefold() for m in re.finditer(r"(?i) (?:is|are) (?:required|mandatory)\b", text))
    chinese = (text[: m.start()] for m in re.finditer(r"\s*(?:为|是)必[选填需]", text))
    named = any(_ends_with_word(t, (subject.name.casefold(), "this parameter")) for t in english)
    if named or any(t.endswith((subject.name, "该参数", "此参数")) for t in chinese):
        yield REQUIRED, True


def _ends_with_word(text: str, words: tuple[str, ...]) -> bool:
    return any(text.endswith(w) and not re.match(r"\w", text[: -len(w)][-1:]) for w in words)


def _together(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    text = sentence.text
    if re.search(
        r"(?i)\bcannot (?:be )?(?:specify|specified|set)?.*\b(?:both|at the same time|simultaneously|together)\b"
        r"|(?:不支持|不能)同时(?:指定|设置|传入)",
        text,
    ):
        names = re.findall(r"(?a)(?<!\w)[A-Z][a-z]+[A-Z]\w*(?:\.[Nn]\b)?(?:\.[A-Za-z]\w+)?", text)
        names = [n for n in names if n != subject.name]
        if names:
            yield "excludes", list(dict.fromkeys(names))
    empty = re.search(r"(?a)([A-Z][a-z]+[A-Z]\w*)\s*(?:必须为空|must be (?:left )?empty)", text)
    if empty and empty.group(1) != subject.name:
        yield "excludes", [empty.group(1)]
    needed = re.search(
        r"(?i)\b(?:only when|only if|valid only when|takes effect only (?:when|if)|required (?:when|if))\b"
        r".*?\b((?-i:[A-Z][a-z]+[A-Z]\w+))\b",
        text,
    )
    needed = needed or re.search(r"(?:仅当|只有当?|当)\s*(?:参数)?([A-Z][a-z]+[A-Z][A-Za-z0-9_]*).*(?:时|才)", text)
    if needed and needed.group(1) != subject.name:
        yield "depends_on", [needed.group(1)]


def _matching(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    """That a text is looked for by a pattern, or by a part of it."""
    text = sentence.text
    if subject.type not in ("string", "unknown", "array") or re.search(_NOT_MATCHED, text):
        return
    if re.search(r"(?i)\bwildcards?\b|\basterisks?\b|通配符|\*\s*(?:进行)?(?:模糊)?(?:匹配|搜索|查询)", text):
        yield "matching", "wildcard"
    elif re.search(r"(?i)\bfuzzy (?:match|search|quer)|\bpartial(?:ly)? match|模糊(?:匹配|查询|搜索|检索)", text):
        yield "matching", "part"


_NOT_MATCHED = (
    r"(?i)不支持(?:使用)?(?:通配符|模糊)|\b(?:not|cannot)\b.*\b(?:wildcard|asterisk|fuzzy)"
    r"|\b(?:wildcards?|asterisks?|fuzzy)\b.*\b(?:not|cannot)\b"
)


def _dry_run(subject: ProseSubject, sentence: Sentence) -> Iterator[tuple[FactKind, Any]]:
    """The code that answers a request which was only tried, and passed."""
    if subject.name.casefold() != "dryrun":
        return
    text = re.sub("[`'\"“”*]", " ", sentence.text)
    match = re.search(r"返回\s*(?:的)?(?:错误码|错误)?(?:为|是)?\s*((?i:DryRun)[._]?[A-Za-z]+)", text) or re.search(
        r"((?i:DryRun)[._]?[A-Za-z]+)(?: error)?(?: code)?(?: is| will be| message is) returned"
        r"|returns? (?:the |an? )?(?:error code )?((?i:DryRun)[._]?[A-Za-z]+)",
        text,
    )
    if match:
        yield "dry_run_code", next(g for g in match.groups() if g)


READERS: tuple[Reader, ...] = (
    default, limits, _enumeration, _length, _prefix, _items, _separator, _syntax, _time, _effective, _together,
    _required, _matching, _dry_run,
)  # fmt: skip
