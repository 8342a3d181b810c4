"""Deriving the worst pages that we know, over doubling sizes: the exponent should be near 1, and 100 kB at most 1 s."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from conformance.contract.files import ContractError
from conformance.derive import derive
from conformance.derive.page import PageError

LARGEST = 100_000
SIZES = tuple(LARGEST >> n for n in (3, 2, 1, 0))
Piece = Callable[[int], str]


def _table(title: str, columns: tuple[str, ...], rows: str) -> str:
    return f"## {title}\n\n|{'|'.join(columns)}|\n|{'---|' * len(columns)}\n{rows}\n"


def page(parameters: str = "", fields: str = "", sample: str = "", errors: str = "", more: str = "") -> str:
    """A page of one operation with these rows, this sample, and more behind it."""
    parameters = "|Action|String|Yes|DescribeThings|The operation.|\n" + parameters
    return (
        "# DescribeThings\n\nThings are listed.\n\n"
        + _table("Request parameters", ("Parameter", "Type", "Required", "Example", "Description"), parameters)
        + _table("Response parameters", ("Parameter", "Type", "Example", "Description"), f"|A0|String|x|A.|\n{fields}")
        + (f"## Examples\n\n```\n{sample}\n```\n" if sample else "")
        + (_table("Error codes", ("HttpCode", "Error code", "Error message", "Description"), errors) if errors else "")
        + more
    )


def _times(piece: Piece, size: int) -> str:
    return "".join(map(piece, range(max(1, size // max(1, len(piece(10**4).encode()))))))


def parameters(piece: Piece) -> Callable[[int], str]:
    return lambda size: page(parameters=_times(piece, size))


def fields(piece: Piece) -> Callable[[int], str]:
    return lambda size: page(fields=_times(piece, size))


def cell(piece: Piece, before: str = "", after: str = "b") -> Callable[[int], str]:
    return lambda size: page(parameters=f"|A|Integer|No|x|{before}{_times(piece, size)}{after}|\n")


def sample(begin: str, piece: Piece, end: str) -> Callable[[int], str]:
    return lambda size: page(sample=begin + _times(piece, size) + end)


def behind(piece: Piece, begin: str = "", end: str = "\n") -> Callable[[int], str]:
    return lambda size: page(more=begin + _times(piece, size) + end)


def html(begin: str, piece: Piece, end: str) -> Callable[[int], str]:
    head = "<!DOCTYPE html><html><body><h1>DescribeThings</h1><h2>Response parameters</h2><table><tr><th>Parameter</th>"
    return lambda size: f"{head}<th>Type</th><th>Description</th></tr>{begin}{_times(piece, size)}{end}"


def both(row: Callable[[str], str], member: Callable[[str], str]) -> Callable[[int], str]:
    """Rows and the members of a sample, of names that are alike."""
    names = [f"Abcdefghij{n:05}" for n in range(2000)]

    def made(size: int) -> str:
        count = size // (len(row(names[0])) + len(member(names[0])))
        shown = "".join(map(member, names[:count]))
        return page(fields="".join(map(row, names[:count])), sample=f'{{{shown}"z":1}}')

    return made


PAGES: dict[str, Callable[[int], str]] = {
    "parameters": parameters(lambda n: f"|Name{n:05}|String|No|x|Some words about what this is for.|\n"),
    "parameters, repeated": parameters(lambda n: f"|Name.{n:05}.N|RepeatList|No|x|Some words about what it is.|\n"),
    "parameters in capitals": parameters(lambda n: f"|NameA{n:05}|String|No|x|NAMEA{n:05} is NAMEA{n:05}, ok.|\n"),
    "parameters of one name": parameters(lambda n: "|Name|String|No|x|Some words about what this is for.|\n"),
    "fields": fields(lambda n: f"|Name{n:05}|String|x|Some words about what this field is for.|\n"),
    "fields of one name": fields(lambda n: "|Name|String|x|Some words about what this field is for.|\n"),
    "fields, lists": fields(lambda n: f"|Name{n:05}|Array| |Some words about what this field is for.|\n"),
    "fields, items": fields(lambda n: f"|Fs{n:05}|Array of F{n:05}| | |\n|F{n:05}| | | |\n|x|String|y|Some words.|\n"),
    "fields, objects": fields(lambda n: f"|F{n:05}|Object| |Some words.|\n|A{n:05}|String|x|Some more words of it.|\n"),
    "fields without a type": fields(lambda n: f"|Name{n:05}| | |Some words about what this field is for.|\n"),
    "fields, marked": fields(lambda n: f"|{'└' * (n % 9)}F{n:05}|Array| |Some words about what it is for.|\n"),
    "fields, dotted": fields(lambda n: f"|A{n:05}.B.C|String|x|Some words about what this field is for.|\n"),
    "fields, more than a page has": fields(lambda n: f"|F{n:05}|Array| ||\n"),
    "one dotted name": lambda size: page(fields=f"|A{_times(lambda n: '.A', size)}|String|x|y|\n"),
    "a long type": lambda size: page(fields=f"|A|{_times(lambda n: 'Array of ', size)}b|x|y|\n"),
    "header cells": fields(lambda n: "|Parameter|Type|Example|Description|\n"),
    "items without a name": fields(lambda n: "||String|x|Some words about what this field is for.|\n"),
    "cells cut in two": fields(lambda n: f"|F{n:05}|String|x|y|some|more|words|of|it|and|a|few|more|\n"),
    "errors": lambda size: page(
        parameters=_times(lambda n: f"|PE{n:05}|String|No|x|Some words about it.|\n", size // 2),
        errors=_times(lambda n: f"|400|E{n:05}|A message about pe.|More about it.|\n", size // 2),
    ),
    "cell, words": cell(lambda n: "word "),
    "cell, sentences": cell(lambda n: "It is so. "),
    "cell, no sentences": cell(lambda n: "a. b"),
    "cell, ranges": cell(lambda n: f"Valid values: 1 to {n:05}. "),
    "cell, values": cell(lambda n: f"v{n:05}, ", "Valid values: "),
    "cell, bullets": cell(lambda n: f"\n-   v{n:05}: words", "Valid values:\n"),
    "cell, digits": cell(lambda n: "1", "Valid values: ", " to 3."),
    "cell, spaces": cell(lambda n: "  ", "a"),
    "cell, stars": cell(lambda n: "**x"),
    "cell, links never closed": cell(lambda n: "[a]("),
    "cell, links": cell(lambda n: "[a](b) "),
    "cell, braces": cell(lambda n: "{#"),
    "cell, quotations": cell(lambda n: "\n>"),
    "cell, Chinese": cell(lambda n: "取值范围：1~9。", "", "是"),
    "JSON, members": sample("{", lambda n: f'"M{n:05}":1,', '"z":1}'),
    "JSON, objects": sample("{", lambda n: f'"M{n:05}":{{"a":1}},', '"z":1}'),
    "JSON, items": sample('{"As":[', lambda n: f'{{"M{n:05}":1}},', '{"z":1}]}'),
    "JSON, plain items": sample('{"As":[', lambda n: f'"M{n:05}",', '"z"]}'),
    "JSON, no braces": sample("", lambda n: f'"M{n:05}":1,', '"z":1'),
    "JSON, items without braces": sample('{"a":[', lambda n: f'"M{n:05}":1}},', "]}"),
    "JSON, members behind": sample('{"a":1}', lambda n: f',"M{n:05}":1}}', ""),
    "JSON, braces": sample('{"a":1', lambda n: "}", ""),
    "JSON, quotes in quotes": sample('{"a":', lambda n: '"a\\', "}"),
    "JSON, comments never closed": sample("{", lambda n: "/*", "}"),
    "JSON, names like rows": both(lambda n: f"|{n}|Object|x|A|\n|a|String|b|c|\n", lambda n: f'"{n}Z":{{"a":"1"}},'),
    "JSON, slips": both(lambda n: f"|{n}|String|x|A|\n", lambda n: f'"{n.replace("j", "k")}":"1",'),
    "XML, elements": sample("<R>", lambda n: f"<M{n:05}>1</M{n:05}>", "</R>"),
    "XML, objects": sample("<R>", lambda n: f"<M{n:05}><a>1</a></M{n:05}>", "</R>"),
    "XML, items": sample("<R><Ms>", lambda n: "<M><a>1</a></M>", "</Ms></R>"),
    "XML, never closed": sample("<R>", lambda n: "<M>x<M>x</N>", ""),
    "XML, comments never closed": sample("<R>", lambda n: "<!--", ""),
    "XML, CDATA never closed": sample("<R>", lambda n: "<![CDATA[", ""),
    "XML, a long tag": sample("<R", lambda n: " ", "x<"),
    "XML, a long name": sample("<", lambda n: "R", "<"),
    "URL": sample("https://a.com/?Action=DescribeThings", lambda n: f"\n&P{n:05}=1", ""),
    "URL, empty lines": sample("https://a.com/?Action=DescribeThings", lambda n: "\n", "x"),
    "headings": behind(lambda n: f"## H{n:05}\n"),
    "headings, hashes": behind(lambda n: " #", "\n# x", "x\n"),
    "headings, spaces": behind(lambda n: " ", "\n# x", "x\n"),
    "headings, anchors": behind(lambda n: "{#a} ", "\n# x", "x\n"),
    "samples": behind(lambda n: f'```\n{{"a":{n:05}}}\n```\n\n', "\n## Examples\n\n"),
    "samples, repaired": lambda size: page(
        fields=_times(lambda n: f"|F{n:05}|String|x|A|\n", size // 5),
        sample='{"F00001": {"F00002": "1"}, "F00003": "1"}',
        more="\n## Examples\n\n" + _times(lambda n: '```\n{"F00001":{"F00003":1}\n```\n\n', size * 4 // 5),
    ),
    "sections": behind(lambda n: f"## Response parameters\n\n|Parameter|Type|\n|---|---|\n|F{n:05}|String|\n\n"),
    "tables of others": behind(lambda n: f"|Par{n:05}|Typ|\n|---|---|\n|F{n:05}|String|\n\n"),
    "table without bars": behind(
        lambda n: f"F{n:05} | String | words about it, and so on\n",
        "\n## Response parameters\n\nParameter | Type | Description\n--- | --- | ---\n",
    ),
    "empty lines in a table": lambda size: page(fields=_times(lambda n: "\n", size) + "|A|String|x|y|\n"),
    "rows never closed": fields(lambda n: f"|F{n:05}|String|x and some more words\n"),
    "HTML, rows": html("", lambda n: f"<tr><td>F{n:05}</td><td>String</td><td>words</td></tr>\n", "</table>"),
    "HTML, wide cells": html("", lambda n: f"<tr><td colspan=999>F{n:05}</td><td>String</td></tr>\n", "</table>"),
    "HTML, open elements": html("<tr><td>F</td><td>String</td><td>", lambda n: "<b>x", "</td></tr></table>"),
}


def worked(text: str, folder: Path) -> tuple[float, bool]:
    """Seconds of the processor for one page, and whether it was read."""
    path = folder / "page.md"
    path.write_text(text, "utf-8")
    started = time.process_time()
    try:
        derive([path])
    except (PageError, ContractError):
        return time.process_time() - started, False
    return time.process_time() - started, True


def measure() -> Iterator[str]:
    worst = 0.0
    with tempfile.TemporaryDirectory() as name:
        for kind, make in PAGES.items():
            done = [worked(make(size), Path(name)) for size in SIZES]
            exponent = math.log2(done[-1][0] / done[-2][0])
            worst = max(worst, done[-1][0])
            said = "" if done[-1][1] else ", refused"
            yield f"{kind:30} 100 kB in {done[-1][0]:5.2f} s, exponent {exponent:4.1f}{said}"
    yield f"the worst 100 kB take {worst:.2f} s (aim: at most 1)"
