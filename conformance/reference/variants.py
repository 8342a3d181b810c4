"""Conformant variants: other ways of being right, on which no requirement may fail."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from html import unescape
from typing import Any

from attrs import evolve, field, frozen

from conformance.contract.model import Choice, Contract
from conformance.contract.protocol import Protocol
from conformance.ledger.choices import choice_id
from conformance.reference.context import Context
from conformance.reference.message import Response
from conformance.reference.progress import progressing
from conformance.reference.refusals import COMMON, RefusedRequest
from conformance.reference.store import Store

Hook = Callable[..., Any]


@frozen
class Variant:
    """A way of being right: a `dialect` to take, `hooks` into the pipeline, and `restock`, another store."""

    name: str
    description: str
    dialect: Mapping[str, str] = field(factory=dict)
    hooks: Mapping[str, Hook] = field(factory=dict, repr=False)
    restock: Callable[[Store, Contract, float], Store] | None = field(default=None, repr=False)

    def store(self, store: Store, contract: Contract, now: float) -> Store:
        return self.restock(store, contract, now) if self.restock else store


def all_variants(contract: Contract, protocol: Protocol | None = None) -> tuple[Variant, ...]:
    """Every variant that makes sense for a contract, in a fixed order: manners first, then dialects."""
    return (*MANNERS, *_dialects(contract), *_errors(protocol))


def named(contract: Contract, name: str, protocol: Protocol | None = None) -> Variant:
    """The variant of that name. Raises ValueError, which guesses what was meant."""
    known = {v.name: v for v in all_variants(contract, protocol)}
    if name not in known:
        close = get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]}?" if close else f"variants: {', '.join(known)}"
        raise ValueError(f"no such variant: {name}; {hint}")
    return known[name]


# -------------------------------------------------------------------------------------------------------- dialects


def _dialects(contract: Contract) -> tuple[Variant, ...]:
    """Each alternative of each choice that is not the preferred one, and all choices differently at once."""
    single = [v for choice in contract.choices for v in _alternatives(choice)]
    first = {c.id: next(a.id for a in c.alternatives if a.id != c.preferred) for c in contract.choices if _is_open(c)}
    last = {c.id: [a.id for a in c.alternatives if a.id != c.preferred][-1] for c in contract.choices if _is_open(c)}
    if not first:
        return tuple(single)
    return (
        *single,
        Variant("every-choice-otherwise", "takes the first alternative of every choice that is not preferred", first),
        Variant("every-choice-last", "takes the last alternative of every choice", last),
    )


def _is_open(choice: Choice) -> bool:
    return any(a.id != choice.preferred for a in choice.alternatives)


def _alternatives(choice: Choice) -> list[Variant]:
    found = []
    for alternative in choice.alternatives:
        if alternative.id == choice.preferred:
            continue
        found.append(_dialect(choice, choice.id, alternative.id))
        if choice.per_format:
            found += [_dialect(choice, f"{choice.id}@{format}", alternative.id) for format in ("json", "xml")]
    return found


def _dialect(choice: Choice, key: str, alternative: str) -> Variant:
    return Variant(f"{key}={alternative}", f"{choice.subject}: {choice.kind} is {alternative}", {key: alternative})


def _errors(protocol: Protocol | None) -> tuple[Variant, ...]:
    """The common errors as the other documented tables have them."""
    situations = [s for s in protocol.situations if len(s.answers) > 1] if protocol else []
    if not situations:
        return ()
    second, last = (
        {choice_id("error", s.id): f"{s.answers[n].code}/{s.answers[n].status}" for s in situations} for n in (1, -1)
    )
    return (
        Variant("second-table-errors", "answers common errors as the second documented table does", second),
        Variant("last-table-errors", "answers common errors as the last documented table does", last),
    )


# ------------------------------------------------------------------------------------------------------ the bodies


def _in_tree(change: Callable[[Context, str, Mapping[str, Any]], Mapping[str, Any]]) -> dict[str, Hook]:
    """A hook that changes the tree of members of every response."""

    def respond(inner: Hook, context: Context, status: int, root: str, tree: Mapping[str, Any]) -> Response:
        return inner(context, status, root, change(context, root, tree))

    return {"respond": respond}


def _in_text(step: str, change: Callable[[str], str]) -> dict[str, Hook]:
    """A hook that changes the text of every body of one format."""
    return {step: lambda inner, context, root, tree: change(inner(context, root, tree))}


def _more_members(context: Context, root: str, tree: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**tree, "NewMember": "new", "NewObject": {"NewNumber": 1, "NewText": "a < b & c"}}


def _more_in_item(inner: Hook, context: Context, item: Mapping[str, Any], plan: Any) -> Mapping[str, Any]:
    return {"NewMember": "", **inner(context, item, plan), "NewList": {"NewEntry": ["one", "two"]}}


def _reversed(context: Context, root: str, tree: Any) -> Any:
    if isinstance(tree, Mapping):
        return {name: _reversed(context, root, value) for name, value in reversed(tree.items())}
    return [_reversed(context, root, value) for value in tree] if isinstance(tree, list) else tree


def _recommend(context: Context, root: str, tree: Mapping[str, Any]) -> Mapping[str, Any]:
    if root != "Error":
        return tree
    return {**tree, "Recommend": f"troubleshoot?q={tree['Code']}&product={context.contract.product}"}


def _indented_xml(text: str) -> str:
    """Line breaks and blanks between elements; the text of an element stays as it is."""
    return re.sub(r"(</[\w.-]+>|<[\w.-]+/>|\?>|<[\w.-]+>(?=<\w))(?=<)", "\\1\n \t", text) + "\n"


def _empty_elements(text: str) -> str:
    return re.sub(r"<([\w.-]+)></\1>", r"<\1 />", text)


def _commented(text: str) -> str:
    """Comments and processing instructions where they mean nothing, and text in CDATA sections."""
    text = re.sub(r">([^<>]+)<", lambda m: f"><![CDATA[{unescape(m[1])}]]><" if "]]" not in m[1] else m[0], text)
    beside = r"\1<!-- reference -->\2<?reference ?><!-- a <comment> & more -->"
    return re.sub(r"(\?>)(<[\w.-]+>)", beside, text, count=1)


def _without_declaration(text: str) -> str:
    return text.partition("?>")[2]


def _numbered(text: str) -> str:
    """Characters beyond ASCII as numeric references, and a declaration in single quotes."""
    return text.replace('"', "'", 4).encode("ascii", "xmlcharrefreplace").decode()


def _pretty_json(text: str) -> str:
    return json.dumps(json.loads(text), indent=4, ensure_ascii=False) + "\r\n"


def _escaped_json(text: str) -> str:
    return json.dumps(json.loads(text), ensure_ascii=True).replace("/", "\\/").replace("<", "\\u003c")


# -------------------------------------------------------------------------------------------------- the transport


def _travelling(**changes: Any) -> dict[str, Hook]:
    """A hook that changes how every response travels."""
    return {"send": lambda inner, context, response: evolve(inner(context, response), **changes)}


def _zipped(inner: Hook, context: Context, response: Response) -> Response:
    response = inner(context, response)
    if "gzip" not in (context.request.header("accept-encoding") or ""):
        return response
    headers = (*response.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return evolve(response, body=gzip.compress(response.body, 1), headers=headers)


def _more_headers(inner: Hook, context: Context, response: Response) -> Response:
    response = inner(context, response)
    more = (("X-Trace", "1;2,3"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Server", "Tengine/2.3"))
    return evolve(response, headers=(*response.headers, *more))


def _closing_now_and_then(inner: Hook, context: Context, response: Response) -> Response:
    return evolve(inner(context, response), close=context.number % 7 == 0)


def _slow(inner: Hook, context: Context, response: Response) -> Response:
    return evolve(inner(context, response), delay=0.1 if context.number % 50 == 0 else 0.003)


def _now_and_then(every: int, refusal: RefusedRequest, headers: tuple[tuple[str, str], ...] = ()) -> dict[str, Hook]:
    """A hook that refuses every so many-th request before anything of it is looked at, so that its nonce stays good."""

    def operate(inner: Hook, context: Context) -> Response:
        if context.number % every == every - 1:
            return evolve(context.steps.fail(context, refusal), headers=headers)
        return inner(context)

    return {"operate": operate}


THROTTLED = RefusedRequest(*COMMON["throttled"], "throttled")
BUSY = RefusedRequest(
    "ServiceUnavailable", 503, "The request has failed due to a temporary failure of the server.", "busy"
)
RETRY = (("Retry-After", "1"),)

MANNERS: tuple[Variant, ...] = (
    Variant(
        "extra-members",
        "adds members that no page knows to the result, to each item and to errors",
        hooks={**_in_tree(_more_members), "item": _more_in_item},
    ),
    Variant("reversed-members", "puts the members of every object in the opposite order", hooks=_in_tree(_reversed)),
    Variant("recommend-in-errors", "adds a Recommend member to errors", hooks=_in_tree(_recommend)),
    Variant("xml-indented", "indents XML with line breaks and tabs", hooks=_in_text("as_xml", _indented_xml)),
    Variant("xml-empty-elements", "writes empty XML elements as <Name />", hooks=_in_text("as_xml", _empty_elements)),
    Variant(
        "xml-comments-and-cdata",
        "uses comments, processing instructions and CDATA sections in XML",
        hooks=_in_text("as_xml", _commented),
    ),
    Variant(
        "xml-without-declaration", "leaves the XML declaration out", hooks=_in_text("as_xml", _without_declaration)
    ),
    Variant(
        "xml-character-references",
        "writes what is not ASCII as numeric character references",
        hooks=_in_text("as_xml", _numbered),
    ),
    Variant("json-indented", "indents JSON and ends it with a line break", hooks=_in_text("as_json", _pretty_json)),
    Variant("json-escapes", "writes JSON in ASCII, with \\u and \\/ escapes", hooks=_in_text("as_json", _escaped_json)),
    Variant("chunked", "sends bodies in chunked transfer encoding", hooks=_travelling(chunked=True)),
    Variant("gzip", "compresses bodies where the client accepts it", hooks={"send": _zipped}),
    Variant("lower-case-headers", "writes header names in lower case", hooks=_travelling(lower_case=True)),
    Variant("extra-headers", "adds headers, some of them repeated", hooks={"send": _more_headers}),
    Variant("closes-connections", "closes the connection after each answer", hooks=_travelling(close=True)),
    Variant(
        "closes-now-and-then", "closes the connection after every seventh answer", hooks={"send": _closing_now_and_then}
    ),
    Variant("slow", "answers after some milliseconds, now and then after a tenth of a second", hooks={"send": _slow}),
    Variant(
        "throttling",
        "refuses every 23rd request with Throttling.User and status 400",
        hooks=_now_and_then(23, THROTTLED),
    ),
    Variant(
        "throttling-429",
        "refuses every 211th request with Throttling.User, status 429 and Retry-After",
        hooks=_now_and_then(211, evolve(THROTTLED, status=429), RETRY),
    ),
    Variant(
        "unavailable-now-and-then",
        "answers every 307th request with ServiceUnavailable, 503 and Retry-After",
        hooks=_now_and_then(307, BUSY, RETRY),
    ),
    Variant(
        "progressing",
        "items finish and new ones appear while the run lasts",
        restock=lambda store, contract, now: progressing(store, contract, now),
    ),
)
