"""A walk over pages ends: a listing without an end is a finding where it is a lie, and a long one is not judged."""

from __future__ import annotations

import json

import pytest

from conformance.cli.endpoint import endpoint
from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Inconclusive, Violation
from conformance.endpoint.opening import open_target
from conformance.endpoint.settings import RunSettings
from conformance.endpoint.traffic import Limits
from conformance.endpoint.walk import PageWalk
from conformance.wire.exchange import Call, Exchange, HttpRequest, HttpResponse

CONTRACT = load_contract(schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks")
PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
SIZE = 10


def page(first: int, count: int, total: int, status: int = 200) -> Answer:
    tasks = [{"TaskId": f"t-{n}"} for n in range(first, first + count)]
    body = {"TotalCount": total, "TaskSet": {"Task": tasks}}
    response = HttpResponse(status, (), json.dumps(body).encode())
    return Answer(CONTRACT, Exchange(1, Call("DescribeTasks", "v"), HttpRequest("GET", "http://h/"), response))


def honest(total: int):
    return lambda number: page((number - 1) * SIZE, max(0, min(SIZE, total - (number - 1) * SIZE)), total)


def walked(ask, **limits) -> int:
    """How many pages a walk reads."""
    walk, number = PageWalk(Limits(**limits), ask), 1
    while walk.goes_on(ask(number), number, SIZE):
        number += 1
    return number


def test_an_honest_listing_is_read_to_its_end():
    assert walked(honest(95)) == 10
    assert walked(honest(100)) == 10
    assert walked(honest(0)) == 1


def test_a_page_that_brings_nothing_new_is_the_last():
    assert walked(lambda number: page(0, SIZE, 2**31 - 1 if number > 1 else 99_999)) == 2


def test_a_total_that_the_last_page_belies_is_a_finding_at_once():
    asked: list[int] = []

    def full_for_ever(number: int) -> Answer:
        asked.append(number)
        return page(number * SIZE, SIZE, 2**31 - 1)

    with pytest.raises(Violation, match="the last page does not hold the rest"):
        walked(full_for_ever)
    assert asked == [1, 214748365]


def test_a_total_of_more_than_can_be_counted_is_belied_by_the_last_page_that_can():
    asked: list[int] = []

    def a_few(number: int) -> Answer:
        asked.append(number)
        return page(0, SIZE if number == 1 else 0, 10**300)

    with pytest.raises(Violation, match="the last page does not hold the rest"):
        walked(a_few)
    assert asked == [1, 214748365]


def test_a_long_listing_is_not_accused():
    with pytest.raises(Inconclusive, match="holds 100,001 items"):
        walked(honest(100_001))
    with pytest.raises(Inconclusive, match="at most 50"):
        walked(honest(51), max_items=50)
    with pytest.raises(Inconclusive, match="more than the 3 pages"):
        walked(honest(40), max_pages=3)


def test_a_listing_that_shrinks_or_refuses_its_last_page_is_not_accused():
    def shrinks(number: int) -> Answer:
        return page(0, SIZE, 200_000) if number == 1 else page(0, 0, 199_000)

    def refuses(number: int) -> Answer:
        return page(0, SIZE, 200_000) if number == 1 else page(0, 0, 0, 400)

    for ask in (shrinks, refuses):
        with pytest.raises(Inconclusive):
            walked(ask)


def test_a_run_tries_every_page_size_unless_requests_are_scarce():
    usual = next(p.default for p in endpoint.params if p.name == "max_requests")
    tried = {}
    for most in (usual, 150):
        settings = RunSettings("http://127.0.0.1:9", "", ("",), signatures=("none",), limits=Limits(max_requests=most))
        tried[most] = list(open_target(settings, CONTRACT, PROTOCOL).every_page_size())
    assert tried[usual] == list(range(1, 101))
    assert tried[150] == [1, 2, 10, 50, 99, 100]
