"""The words by which pages, English or Chinese, name their sections, columns, types and answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import TypeVar

from conformance.contract.model import FieldType, Place

Word = TypeVar("Word", bound=str)

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "parameters": ("request parameters", "request parameter", "input parameters", "请求参数", "入参"),
    "response": (
        "response parameters", "response parameter", "return parameters", "response elements", "return values",
        "response data", "returned data", "response", "返回参数", "返回数据", "返回结果", "出参",
    ),
    "examples": ("examples", "example", "sample", "samples", "示例", "请求示例", "代码示例"),
    "errors": ("error codes", "error code", "errors", "错误码", "错误代码"),
    "debugging": ("debugging", "debug", "调试", "在线调试"),
    "description": (
        "description", "usage notes", "api description", "operation description", "接口说明", "接口描述", "precautions",
        "描述", "使用说明",
    ),
    "authorization": ("authorization information", "authorization", "授权信息", "ram authorization"),
}  # fmt: skip

# what only a heading says: in text without markup these stand on lines of their own everywhere
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "parameters": (
        "parameters", "request", "request fields", "request body", "request body parameters", "body parameters",
        "query parameters", "path parameters", "request headers", "request header", "header parameters",
        "operation parameters", "输入参数", "请求体", "请求体参数", "请求头", "路径参数", "查询参数", "接口请求参数",
    ),
    "response": (
        "returned parameters", "output parameters", "response body", "response fields", "response result",
        "responses", "return", "returns", "return result", "return data", "result", "results", "output",
        "响应参数", "输出参数", "响应", "响应体", "返回值", "返回", "响应结果",
    ),
    "examples": (
        "request example", "request examples", "sample request", "sample requests", "response example",
        "response examples", "sample response", "sample responses", "return examples", "返回示例", "响应示例",
        "调用示例", "正常返回示例",
    ),
    "errors": ("error", "error message", "error messages", "specific error codes", "common errors",
               "common error codes", "错误", "错误信息", "返回错误码"),
    "syntax": ("request syntax", "syntax", "request line", "request url", "url", "uri", "http request",
               "请求语法", "请求行", "请求url", "请求路径", "接口地址"),
    "description": ("api operation description", "function description", "introduction", "overview", "功能描述",
                    "接口功能"),
}  # fmt: skip

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("parameter", "name", "parameters", "field", "element", "名称", "参数", "参数名", "参数名称", "字段"),
    "type": ("type", "data type", "类型", "数据类型", "参数类型"),
    "required": (
        "required", "required or not", "mandatory", "是否必需", "是否必选", "是否必须", "是否必填", "必选", "必填",
    ),
    "example": ("example", "example value", "sample value", "sample", "示例值", "示例", "样例"),
    "description": ("description", "描述", "说明", "note", "notes", "meaning", "remarks", "参数说明", "含义", "备注"),
    "place": ("location", "position", "in", "parameter location", "parameter position", "位置", "参数位置", "传入位置"),
    "status": ("httpcode", "http status code", "http code", "status code", "http status", "http状态码", "状态码"),
    "code": ("error code", "code", "错误码", "错误代码"),
    "message": ("error message", "error information", "message", "错误信息", "错误消息", "错误描述"),
}  # fmt: skip

# of the types that are integers, those that are said to be of 64 bits
LONGS = ("long", "int64", "bigint", "长整型")

YES = ("yes", "true", "是", "required", "必选", "必填", "必需")
NO = ("no", "false", "否", "optional", "可选", "非必选")

TYPES: Mapping[FieldType, tuple[str, ...]] = {
    "string": ("string", "text", "date", "datetime", "json", "字符串"),
    "integer": ("integer", "int", "long", "int32", "int64", "bigint", "整型", "整数", "长整型"),
    "number": ("float", "double", "number", "decimal", "bigdecimal", "浮点", "浮点型"),
    "boolean": ("boolean", "bool", "布尔", "布尔型"),
    "array": ("array", "list", "repeatlist", "array<object>", "数组", "列表"),
    "object": ("struct", "object", "map", "dict", "结构体", "对象"),
}


def plain(text: str) -> str:
    """A heading, column title or type as it is compared: without markup, anchor, case and spaces between Chinese."""
    text = re.sub(r"\s{0,9}\{[^{}]{0,200}\}\s*$", "", text[:500].strip())
    text = re.sub(r"\[([^\[\]]{0,200})\]\([^()]{0,500}\)", r"\1", text)
    text = re.sub(r"[*`\\]", "", text).strip().rstrip(":：?？").strip().casefold()
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", text)


def _one_of(words: Mapping[Word, tuple[str, ...]], text: str) -> Word | None:
    key = plain(text)
    return next((name for name, spellings in words.items() if key in spellings), None)


@lru_cache(maxsize=2048)
def section(title: str) -> str | None:
    """The kind of the section that bears this title, or None."""
    return _one_of(SECTIONS, title)


@lru_cache(maxsize=2048)
def heading(title: str) -> str | None:
    """The kind of the section below a heading of this title, which may be numbered, or None."""
    bare = re.sub(r"^\s*(?:\d{1,2}(?:\.\d{1,2}){0,3}[.、)]?|[一二三四五六七八九十]{1,2}、)\s*(?=\D)", "", plain(title))
    return section(bare) or _one_of(HEADINGS, bare)


_LONGEST_TITLE = 40  # letters of what may be a title with a slip in it


@lru_cache(maxsize=2048)
def column(title: str) -> str | None:
    """What a column of this title holds, or None."""
    found = _one_of(COLUMNS, title)
    if found or not title.isascii() or len(title) > _LONGEST_TITLE:
        return found
    # a slip of the pen: `HTTP stauts code`
    spellings = {spelling: name for name, all_ in COLUMNS.items() for spelling in all_ if spelling.isascii()}
    close = get_close_matches(plain(title), spellings, n=1, cutoff=0.88)
    return spellings[close[0]] if close else None


def required(text: str) -> bool | None:
    """Whether a parameter must be given, or None where the cell does not say."""
    key = plain(text)
    if key.startswith(YES):
        return True
    return False if key.startswith(NO) else None


@lru_cache(maxsize=2048)
def type_of(text: str) -> tuple[FieldType, str | None]:
    """A documented type as one of ours, and the name of the item type (`Array of Task` is an array of `Task`)."""
    key = plain(text)
    item = re.match(r"(?:array|list) of (.+)|(?:array|list)<(.+)>", key)
    if item:
        original = re.search(r"(?i)(?:array of|list of|array<|list<)\s*(.+?)>?$", _unlinked(text).strip())
        return "array", original.group(1).strip() if original else None
    found = _one_of(TYPES, text)
    if found:
        return found, None
    if slip := slipped(text):
        return _one_of(TYPES, slip) or "unknown", None
    name = _unlinked(text).strip()
    # older pages give the name of a type that another page describes
    return "unknown", name if re.fullmatch(r"\w+", name) and key not in ("n/a", "na", "") else None


def is_long(text: str) -> bool:
    """Whether a documented type is an integer of 64 bits."""
    return plain(text) in LONGS


@lru_cache(maxsize=2048)
def slipped(text: str) -> str | None:
    """The type that a page means by a word that is nearly one (`Sting`), or None."""
    key = plain(text)
    if not re.fullmatch(r"[A-Za-z][a-z]{4,}", _unlinked(text).strip()) or _one_of(TYPES, text):
        return None
    spellings = [s for all_ in TYPES.values() for s in all_ if s.isascii() and len(s) > 4]
    close = get_close_matches(key, spellings, n=1, cutoff=0.85)
    return close[0] if close and key != f"{close[0]}s" else None


PLACES: Mapping[Place, tuple[str, ...]] = {
    "query": ("query", "querystring", "query string", "url", "formdata", "form", "host", "查询"),
    "path": ("path", "uri", "路径"),
    "header": ("header", "headers", "head", "请求头"),
    "body": ("body", "request body", "请求体"),
}


@lru_cache(maxsize=2048)
def place(text: str) -> Place | None:
    """Where a parameter travels, by the word of a cell, a heading or metadata, or None."""
    key = plain(text)
    found = _one_of(PLACES, key)
    return found or _one_of(PLACES, re.sub(r"\s*(?:request )?parameters?$|参数$", "", key))


def _unlinked(text: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("\\", "").replace("*", "").replace("`", "")
