"""Reading, judging and redacting the worst bodies that we know, over doubling sizes: the exponent should be near 1."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator

from conformance.contract.files import load_contract, schemas_root
from conformance.endpoint.answer import Answer
from conformance.endpoint.watch.dialect import Dialect
from conformance.endpoint.watch.validation import Validation
from conformance.endpoint.watch.watch import Watch
from conformance.wire.exchange import Call, Exchange, HttpRequest, HttpResponse
from conformance.wire.redaction import redact_body

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
LARGEST = 4 << 20
SIZES = tuple(LARGEST >> n for n in (3, 2, 1, 0))
ID = "zq7-canary-XW3vT9"


def filled(head: str, piece: Callable[[int], str], tail: str) -> Callable[[int], bytes]:
    """A body of a size: a head, pieces, and a tail."""

    def body(size: int) -> bytes:
        length = len(piece(10**6))
        return (head + "".join(map(piece, range((size - len(head) - len(tail)) // length))) + tail).encode()

    return body


# the head of a result whose items follow, and its tail
JSON, JSON_END = '{"RequestId":"r","TotalCount":1,"TaskSet":{"Task":[{}', "]}}"
XML, XML_END = "<DescribeTasksResponse><TotalCount>1</TotalCount><TaskSet>", "</TaskSet></DescribeTasksResponse>"
# "below": as many parts as are read at all
BODIES: dict[str, Callable[[int], bytes]] = {
    "JSON, one name": filled('{"A":0', lambda n: ',"A":1', "}"),
    "JSON, each name twice": filled('{"A":0', lambda n: f',"n{n // 2:07}":1', "}"),
    "JSON, twice in many objects": filled('{"A":[0', lambda n: f',{{"n{n:07}":1,"n{n:07}":2}}', "]}"),
    "JSON, arrays": filled('{"A":[[]', lambda n: ",[]", "]}"),
    "JSON, items of nothing": filled('{"TotalCount":1,"TaskSet":{"Task":[{}', lambda n: ",{            }", "]}}"),
    "JSON, wrong items": filled('{"TotalCount":1,"TaskSet":{"Task":[{}', lambda n: f',{{"TaskId":{n:07}}}', "]}}"),
    "JSON, each name once": filled('{"A":0', lambda n: f',"n{n:07}":1', "}"),
    "JSON, numbers for items": filled(JSON, lambda n: ",1", JSON_END),
    "JSON, numbers for items, below": filled(JSON, lambda n: f",{10**7 + n}", JSON_END),
    "JSON, texts for items, below": filled(JSON, lambda n: f',"{n:06}"', JSON_END),
    "JSON, wrong items, below": filled(JSON, lambda n: f',{{"TaskId":1{n:07},"a":{n * 10**7}}}', JSON_END),
    "JSON, empty items, below": filled(JSON, lambda n: f",{{{' ' * 26}}}", JSON_END),
    "JSON, secrets in items, below": filled(JSON, lambda n: f',{{"Signature":"{n:07}","a":1{n:04}}}', JSON_END),
    "JSON, a secret in ids, below": filled(JSON, lambda n: f',{{"TaskId":"{ID}{n:05}"}}', JSON_END),
    "JSON, deep, below": filled('{"a":[0', lambda n: f",{'[' * 60}0{']' * 60}{' ' * 1700}", "]}"),
    "JSON, digits": filled('{"TotalCount":', lambda n: "9", "}"),
    "JSON, backslashes": filled('{"Code":"', lambda n: "\\\\", '"}'),
    "JSON, quotes in quotes": filled('{"Message":"', lambda n: '\\"Signature\\":\\"', '"}'),
    "JSON, open": filled("", lambda n: "[", ""),
    "JSON, surrogates": filled('{"Message":"', lambda n: "\\ud83d\\ude00", '"}'),
    "XML, attributes": filled("<R ", lambda n: f'a{n:07}="" ', "/>"),
    "XML, 100,000 attributes": filled("<R ", lambda n: f'a{n:07}="{"x" * 27}" ', "/>"),
    "XML, empty elements": filled("<R>", lambda n: "<a/>", "</R>"),
    "XML, elements below the bound": filled("<R>", lambda n: "<aaaaaaaaaaaaaa/>", "</R>"),
    "XML, wrong items": filled(
        "<DescribeTasksResponse><TaskSet>", lambda n: "<Task><TaskId/></Task>", "</TaskSet></DescribeTasksResponse>"
    ),
    "XML, wrong items, below": filled(XML, lambda n: f"<Task><TaskId>{n:030}</TaskId></Task>", XML_END),
    "XML, empty items, below": filled(XML, lambda n: f"<Task>{n:020}</Task>", XML_END),
    "XML, names, below": filled("<R>", lambda n: f"<n{n:07}>{n:010}</n{n:07}>", "</R>"),
    "XML, texts between, below": filled("<R>", lambda n: f"<n/>{n:024}", "</R>"),
    "XML, attributes, below": filled("<R>", lambda n: "<n " + " ".join(f'a{k}=""' for k in range(500)) + "/>", "</R>"),
    "XML, namespaces, below": filled("<R>", lambda n: f'<a xmlns="u{n:07}xxxxxxxx"/>', "</R>"),
    "XML, names": filled("<R>", lambda n: f"<n{n:07}>1</n{n:07}>", "</R>"),
    "XML, namespaces": filled("<R>", lambda n: f'<a xmlns="u{n:07}"/>', "</R>"),
    "XML, comments": filled("<R>", lambda n: "<!---->", "</R>"),
    "XML, CDATA": filled("<R>", lambda n: "<![CDATA[]]>", "</R>"),
    "XML, references": filled("<R>", lambda n: "&#38;", "</R>"),
    "XML, secrets begun": filled("<R>", lambda n: "&lt;Signature&gt;", "</R>"),
    "XML, secrets never ended": filled("<R>", lambda n: "<Signature>", ""),
    "text, names of secrets": filled("", lambda n: "Signature=", ""),
    "text, headers of secrets": filled("", lambda n: "Cookie:", ""),
    "text, a letter that is two in small": filled("", lambda n: "\u0130", ""),
    "text, quotes": filled("", lambda n: '"Signature":"', ""),
    "text, CDATA of secrets": filled("", lambda n: "<Signature><![CDATA[", ""),
    "text, URLs": filled("", lambda n: "http://", ""),
    "text, the beginning of a secret": filled("", lambda n: ID[:9], ""),
    "text, digits": filled("", lambda n: f"{n:08}", ""),
    "text, dumps": filled("", lambda n: f"{n % 256:02x} ", ""),
    "text, numbers": filled("", lambda n: f"{n % 256}, ".ljust(6), ""),
    "text, some of a secret as digits": filled("", lambda n: ID[:7].encode().hex(), ""),
    "text, some of a secret as a dump": filled("", lambda n: ID[:7].encode().hex(" ") + " ", ""),
    "text, some of a secret in escapes": filled("", lambda n: "".join(f"\\u{ord(c):04x}" for c in ID[:7]), ""),
    "text, escapes in escapes": filled("", lambda n: "%25", ""),
    "text, escapes of escapes": filled("", lambda n: "\\u0026#37;41", ""),
    "text, quotes in JSON": filled("", lambda n: '\\"', ""),
    "text, a secret escaped in part": filled("", lambda n: ID.replace("c", "\\u0063"), ""),
    "text, all of a secret in escapes": filled("", lambda n: "".join(f"%{ord(c):02x}" for c in ID), ""),
}


def answer_of(body: bytes) -> Answer:
    """An answer with this body."""
    response = HttpResponse(200, (), body)
    exchange = Exchange(1, Call("DescribeTasks", "2014-05-26"), HttpRequest("GET", "http://127.0.0.1/"), response)
    return Answer(load_contract(FOLDER), exchange)


def work(body: bytes, watch: Watch) -> tuple[float, float]:
    """Seconds of the processor for reading and judging, and for redacting."""
    answer = answer_of(body)
    started = time.process_time()
    watch.see(answer)
    answer.outline()
    judged = time.process_time()
    redact_body(body, (ID,))
    return judged - started, time.process_time() - judged


def measure() -> Iterator[str]:
    contract = load_contract(FOLDER)
    worst = 0.0
    watch = Watch(contract, Validation(contract), Dialect(contract, {}))
    work(json.dumps({"a": 1}).encode(), watch)
    work(b"<a/>", watch)
    for name, make in BODIES.items():
        times = [sum(work(make(size), watch)) for size in SIZES]
        exponent = math.log2(times[-1] / times[-2])
        worst = max(worst, times[-1])
        yield f"{name:34} 4 MB in {times[-1]:6.2f} s, exponent {exponent:4.1f}"
    yield f"the worst 4 MB take {worst:.2f} s (aim: at most 2)"
