"""What a response owes to its request: its format, the parameters that it repeats, and the page size it is bound by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from conformance.endpoint.answer import Answer
from conformance.endpoint.watch.judgement import ExchangeJudge, Judgement, unlike
from conformance.endpoint.watch.tally import Problem

PLAIN_NUMBER = re.compile(r"[1-9]\d{0,8}")


def _format_of_results(answer: Answer, _: AbstractSet[str]) -> Iterator[Judgement]:
    if answer.kind != "refusal":
        yield from _format_asked_for(answer)


def _format_of_errors(answer: Answer, _: AbstractSet[str]) -> Iterator[Judgement]:
    if answer.kind == "refusal":
        yield from _format_asked_for(answer)


def _format_asked_for(answer: Answer) -> Iterator[Judgement]:
    call = answer.exchange.call
    asked = call.channel.format
    if asked is None or answer.body is None or "Format" in call.common or "Format" in call.tamper:
        return
    received = answer.body.format
    problem = Problem(f"the body is {received.upper()} where {asked.upper()} was asked for", asked, received)
    yield None, None if received == asked else problem


def _echoed(answer: Answer, _: AbstractSet[str]) -> Iterator[Judgement]:
    """The response repeats page number, page size and region of a request that is within the documented rules."""
    if not answer.accepted:
        return
    semantics, sent = answer.contract.semantics, dict(answer.exchange.call.parameters)
    if semantics.region and semantics.region_echo and sent.get(semantics.region):
        yield from _echo(answer, semantics.region, semantics.region_echo, sent[semantics.region])
    paging = semantics.paging
    if paging is None or _follows_tokens(answer):
        return
    size, number = _asked(answer, paging.size), _asked(answer, paging.number)
    if size is not None and paging.size_echo:
        yield from _echo(answer, paging.size, paging.size_echo, str(size))
    within = size is not None and number is not None and (number - 1) * size < max(answer.total or 0, 1)
    if within and paging.number_echo:
        yield from _echo(answer, paging.number, paging.number_echo, str(number))


def _follows_tokens(answer: Answer) -> bool:
    """Whether the request asked for pages by token: then page number and size are not in force."""
    cursor = answer.contract.semantics.cursor
    return cursor is not None and any(
        name in (cursor.token, cursor.size) for name, _ in answer.exchange.call.parameters
    )


def _echo(answer: Answer, parameter: str, path: str, sent: str) -> Iterator[Judgement]:
    """Whether a member repeats what was sent. One that should be there and is not, is a finding of its field."""
    if answer.repeats(path, sent):
        yield parameter, None
    elif not answer.reading.lacks(path):
        yield parameter, unlike(f"{path}, which repeats the request,", sent, answer.text(path))


def _page_size(answer: Answer, _: AbstractSet[str]) -> Iterator[Judgement]:
    paging = answer.contract.semantics.paging
    size = _asked(answer, paging.size) if paging and answer.accepted and not _follows_tokens(answer) else None
    if size is not None:
        count = len(answer.items)
        larger = Problem("a page holds more items than asked for", f"at most {size}", str(count))
        yield None, larger if count > size else None


def _asked(answer: Answer, name: str) -> int | None:
    """The number in force: as sent where the documentation allows it, the default where none was sent, else None."""
    parameter = answer.contract.parameter(name)
    values = [v for k, v in answer.exchange.call.parameters if k == name]
    if not values and parameter is not None:
        default = parameter.value("default")
        return None if default is None else int(default)
    if len(values) != 1 or not PLAIN_NUMBER.fullmatch(values[0]) or parameter is None:
        return None
    value = int(values[0])
    high = parameter.value("maximum")
    return value if high is None or value <= int(high) else None


JUDGES: Mapping[str, ExchangeJudge] = {
    "errors.in-the-asked-format": _format_of_errors,
    "formats.asked-for": _format_of_results,
    "parameters.echoed": _echoed,
    "paging.page-size-bounds-the-page": _page_size,
}
