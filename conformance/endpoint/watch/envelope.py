"""The envelope of a response: its status, body, root element, media type, encoding, and what an error carries.

Each judge hangs on the response alone, and yields a problem, or None where the response is in order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from conformance.contract.model import Contract
from conformance.endpoint.answer import Answer
from conformance.endpoint.watch.judgement import Judgement, ResponseJudge, unlike
from conformance.endpoint.watch.tally import Problem
from conformance.wire.exchange import Format
from conformance.wire.parsing import BYTE_ORDER_MARK, XmlNode

MEDIA_TYPES: Mapping[Format, tuple[str, ...]] = {
    "json": ("application/json", "text/json"),
    "xml": ("text/xml", "application/xml"),
}
CHARSET = re.compile(r"(?i);\s*charset\s*=\s*\"?([^\s\";]+)")
# traces of Python, the JVM, Go and JavaScript; paths of files; statements and messages of databases
INTERNALS = re.compile(
    r"Traceback \(most recent call last\)|File (?:\"|&quot;|\\\\?\")[^\"&\\]+(?:\"|&quot;|\\\\?\"), line \d+"
    r"|\bat [\w.$<>]+\([\w.:/-]+:\d+\)|\bgoroutine \d+ \[|\bat \S+ \(\S+:\d+:\d+\)"
    r"|(?<![\w./-])/(?:usr|home|var|opt|srv|app|etc|root|tmp)/[\w./-]+|\b[A-Z]:\\\\?\w+\\"
    r"|\bSELECT\b[^<]{1,200}\bFROM\b|\bSQLSTATE\b|\bORA-\d{5}\b|syntax error at or near"
)
# the requirements about the status of a result, and about that of an error
RESULT_STATUS, ERROR_STATUS = "envelope.success-status", "envelope.error-status"
ROOT = re.compile(r"\s*(?:<\?[^>]*\?>\s*)?<([\w.-]+)")


def _readable(answer: Answer, _: str | None) -> Iterator[Judgement]:
    if answer.kind == "unreadable" and not answer.reading.is_utf_8:
        return  # as UTF-8 it could be read, or not: what is wrong is the encoding
    why = f"the body is {answer.reading.unreadable}" if answer.kind == "unreadable" else None
    yield None, None if why is None else Problem("the body cannot be read", "a JSON object or well-formed XML", why)


def _success_body(answer: Answer, schema_problem: str | None) -> Iterator[Judgement]:
    if answer.kind == "success":
        yield None, _schema(schema_problem, "a body that the response schema allows")


def _error_body(answer: Answer, schema_problem: str | None) -> Iterator[Judgement]:
    if answer.kind not in ("success", "unreadable"):
        yield None, _schema(schema_problem, "a body that the error schema allows")


def _schema(problem: str | None, expected: str) -> Problem | None:
    return None if problem is None else Problem("the body does not fit the derived schema", expected, problem)


def has_its_status(answer: Answer) -> bool:
    """Whether the status is that of what the body is: 4xx or 5xx of an error, 2xx of a result."""
    return 400 <= answer.status < 600 if answer.kind == "refusal" else 200 <= answer.status < 300


def _result_status(answer: Answer, _: str | None) -> Iterator[Judgement]:
    if answer.kind == "success":
        yield None, None if has_its_status(answer) else unlike("the status of a result", "2xx", answer.status)


def _error_status(answer: Answer, _: str | None) -> Iterator[Judgement]:
    if answer.kind == "refusal":
        yield None, None if has_its_status(answer) else unlike("the status of an error", "4xx or 5xx", answer.status)


def _error_members(answer: Answer, _: str | None) -> Iterator[Judgement]:
    if answer.contract.path is not None and answer.kind == "refusal":
        missing = [name for name, text in (("code", answer.code), ("message", answer.message)) if not text]
        there = ", ".join(answer.tree) or "no members"
        what = f"the error has no {' and no '.join(missing)}"
        yield None, Problem(what, "a code and a message", there) if missing else None


def _host_id(answer: Answer, _: str | None) -> Iterator[Judgement]:
    if answer.kind == "refusal" and not answer.has_no_code:
        yield None, None if answer.text("HostId") else Problem("the error names no HostId", "HostId", "none")


def _no_result(answer: Answer, _: str | None) -> Iterator[Judgement]:
    if answer.kind == "refusal":
        what, members = "an error carries a result of the operation beside it", ", ".join(answer.tree)
        yield None, Problem(what, "the error alone", members) if answer.has_result else None


def _utf_8(answer: Answer, _: str | None) -> Iterator[Judgement]:
    if answer.reading.is_utf_8:
        yield None, None
        return
    try:
        answer.exchange.response.body.decode("utf-8")
    except UnicodeDecodeError as e:
        yield None, Problem("the body is not UTF-8", "UTF-8", f"byte {e.object[e.start]:#x} at {e.start}")


def _no_byte_order_mark(answer: Answer, _: str | None) -> Iterator[Judgement]:
    if answer.body is not None and answer.body.format == "json":
        there = answer.exchange.response.body.startswith(BYTE_ORDER_MARK)
        yield None, Problem("the JSON begins with a byte order mark", "no mark", "EF BB BF") if there else None


def _root_element(answer: Answer, _: str | None) -> Iterator[Judgement]:
    if answer.body is not None and answer.body.format == "xml":
        wanted = ["Error"] if answer.kind == "refusal" else documented_roots(answer.contract)
        root = answer.body.value.name
        yield None, None if root in wanted else unlike("the root element", " or ".join(wanted), root)


def documented_roots(contract: Contract) -> list[str]:
    """The operation's name followed by Response, and the roots that samples of some products have instead."""
    bodies = [s.body for s in contract.samples if s.role == "response" and s.format == "xml"]
    shown = [found[1] for body in bodies if (found := ROOT.match(body))]
    return list(dict.fromkeys([f"{contract.operation}Response", *shown]))


def _media_type(answer: Answer, _: str | None) -> Iterator[Judgement]:
    if answer.body is not None:
        documented = MEDIA_TYPES[answer.body.format]
        received = (answer.exchange.response.header("content-type") or "none").split(";")[0].strip().lower()
        ok = received in documented or received.endswith(f"+{answer.body.format}")
        yield None, None if ok else unlike("the media type", documented[0], received)


def _charset(answer: Answer, _: str | None) -> Iterator[Judgement]:
    """JSON needs no charset and XML names its own; where the header has one, it is that of the body."""
    named = CHARSET.search(answer.exchange.response.header("content-type") or "")
    charset = named[1].lower() if named else "utf-8"
    ok = charset in ("utf-8", "utf8") or (charset == "us-ascii" and answer.exchange.response.body.isascii())
    yield None, None if ok else unlike("the charset", "UTF-8", charset)


def _no_internals(answer: Answer, _: str | None) -> Iterator[Judgement]:
    if answer.status >= 400 or answer.kind == "refusal":
        found = INTERNALS.search(answer.exchange.response.body.decode("utf-8", "replace"))
        what = "an error shows what goes on inside the server"
        yield None, Problem(what, "code and message alone", found[0][:80]) if found else None


def _one_value_a_member(answer: Answer, _: str | None) -> Iterator[Judgement]:
    body = answer.body
    if body is not None:
        twice = body.duplicates or (_repeated_elements(body.value, answer.contract) if body.format == "xml" else ())
        yield None, Problem("a member appears twice", "each member once", ", ".join(twice)) if twice else None


def _repeated_elements(root: XmlNode, contract: Contract) -> tuple[str, ...]:
    """Children of the root that appear twice; lists repeat below their wrapper, not here."""
    arrays = {f.name for f in contract.response if f.type == "array"}
    names = Counter(child.name for child in root.children if child.name not in arrays)
    return tuple(sorted(name for name, times in names.items() if times > 1))


STATUSES: Mapping[str, ResponseJudge] = {RESULT_STATUS: _result_status, ERROR_STATUS: _error_status}
# checks that only a body in one format can show anything of
ONLY_IN: Mapping[str, Format] = {"envelope.root-element": "xml", "envelope.no-byte-order-mark": "json"}
JUDGES: Mapping[str, ResponseJudge] = {
    "envelope.readable": _readable,
    "envelope.success-body": _success_body,
    "envelope.error-body": _error_body,
    **STATUSES,
    "envelope.error-members": _error_members,
    "envelope.host-id": _host_id,
    "envelope.utf-8": _utf_8,
    "envelope.no-byte-order-mark": _no_byte_order_mark,
    "envelope.root-element": _root_element,
    "envelope.media-type": _media_type,
    "envelope.charset": _charset,
    "envelope.one-value-a-member": _one_value_a_member,
    "errors.no-result": _no_result,
    "errors.no-internals": _no_internals,
}
