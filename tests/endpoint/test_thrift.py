"""Where requests are counted: what is asked once, what is tried in company, and in which order."""

from __future__ import annotations

import json

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.files import dump_contract, load_contract, load_protocol, schemas_root
from conformance.derive.choices import silences_anew
from conformance.endpoint.answer import Answer
from conformance.endpoint.examples import run_check
from conformance.endpoint.findings import MadeUp, Violation
from conformance.endpoint.thrift import Thrift
from conformance.endpoint.traffic import Limits
from conformance.endpoint.vouching import refusal_of_what_is_there
from conformance.ledger.files import ledger_of
from conformance.reference.faults import all_faults
from conformance.wire.exchange import Call, Channel, Exchange, HttpRequest, HttpResponse
from tests.endpoint.test_examples import Listing
from tests.gates.runs import certified
from tests.reference.contracts import parameter, scalar
from tests.reference.small_contracts import BUILT, ID, KEYED, NAME, TOTAL, answering, listing, pages

PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
MANY = 24
WIDE = answering(
    scalar("BoatId", "b-1"),
    operation="ModifyBoat",
    parameters=tuple(parameter(f"Part{n}", examples=("oak",)) for n in range(MANY)),
)


def call(value: str, **more: object) -> Call:
    return Call("ModifyBoat", "2020-01-01", (("Part0", value),), **more)


def answer(sent: Call, status: int = 200) -> Answer:
    body = {"RequestId": "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"}
    body |= {"Code": "InvalidPart", "HostId": "h", "Message": "no"} if status >= 400 else {"BoatId": "b-1"}
    response = HttpResponse(status, (), json.dumps(body).encode())
    return Answer(WIDE, Exchange(1, sent, HttpRequest("GET", "http://h/"), response))


# ------------------------------------------------------------------------------------------------------ shared answers


def test_an_answer_serves_who_shares_and_nobody_else():
    thrift, first = Thrift(), answer(call("oak"))
    with thrift.judging(on=True, sharing=True):
        thrift.note(call("oak"), first)
        assert thrift.known(call("oak")) is first
        assert thrift.known(call("ash")) is None
        assert thrift.known(call("oak", common={"Version": "1999-01-01"})) is None
        assert thrift.known(call("oak", channel=Channel(format="xml"))) is None
        with thrift.afresh():
            assert thrift.known(call("oak")) is None
    with thrift.judging(on=True, sharing=False):
        assert thrift.known(call("oak")) is None
    with thrift.judging(on=False, sharing=True):
        assert thrift.known(call("oak")) is None


def test_the_order_of_parameters_makes_no_other_request_and_that_of_two_values_of_one_does():
    thrift = Thrift()
    one, other = ("Part0", "oak"), ("Part1", "ash")

    def sent(*parameters):
        return Call("ModifyBoat", "2020-01-01", parameters)

    with thrift.judging(on=True, sharing=True):
        thrift.note(sent(one, other), answer(call("oak")))
        assert thrift.known(sent(other, one))
        thrift.note(sent(one, ("Part0", "ash")), answer(call("oak")))
        assert thrift.known(sent(("Part0", "ash"), one)) is None


def test_what_an_earlier_check_was_answered_is_told_from_what_this_one_was():
    thrift = Thrift()
    with thrift.judging(on=True, sharing=True):
        thrift.begin()
        thrift.note(call("oak"), answer(call("oak")))
        thrift.known(call("oak"))
        assert not thrift.used
        thrift.begin()
        thrift.known(call("oak"))
        assert thrift.used


def test_a_violation_beside_an_answer_from_before_counts_once_it_shows_beside_a_new_one():
    target, seen = Listing(), []
    target.thrift.on = target.thrift.sharing = True
    target.thrift.note(call("oak"), answer(call("oak"), status=400))

    def check():
        known = target.thrift.known(call("oak"))
        seen.append(known)
        if known is not None:
            raise Violation("another answer than a moment ago")

    assert run_check(check, {}, target, seed_of="1", max_examples=1, shrinks=0) == (None, 1)
    assert [known is None for known in seen] == [False, True]


def test_where_requests_are_scarce_a_single_example_is_not_always_the_plainest():
    drawn, target = set(), Listing()
    target.thrift.scarce = True

    @given(st.data())
    def check(data):
        drawn.add(data.draw(st.integers(0, 10**9)))

    for seed in range(8):
        assert run_check(check, {}, target, seed_of=str(seed), max_examples=1, shrinks=0) == (None, 1)
    assert len(drawn) > 4


# ------------------------------------------------------------------------------------------------------------- company


def run(contract, tmp_path, budget, **more):
    (tmp_path / "contract.yaml").write_text(dump_contract(contract), "utf-8")
    limits = Limits(max_requests=budget)
    asked = {"seed": 3, "max_examples": 1, "budget": budget, "limits": limits, "select": ("*.parameters.*",)}
    return certified(tmp_path, contract, PROTOCOL, tmp_path, shrinks=2, **{**asked, **more})


@pytest.fixture
def folder(tmp_path):
    """A folder for a contract beside the common protocol."""
    here = tmp_path / "ModifyBoat"
    here.mkdir()
    (tmp_path / "common").symlink_to(schemas_root() / "ecs" / "2014-05-26" / "common")
    return here


def test_one_request_judges_all_parameters_that_do_no_harm(folder):
    found = run(WIDE, folder, budget=60)
    every = {r.id for r in ledger_of(WIDE, PROTOCOL).requirements if r.check.startswith("parameters.")}
    assert len(every) > 6 * MANY
    assert every <= set(found.with_verdict("passed"))


@pytest.mark.parametrize("fault", ["quote-crashes", "repeated-crashes"])
def test_of_many_parameters_that_were_tried_together_the_one_that_breaks_the_server_is_found(folder, fault):
    found = run(WIDE, folder, budget=60, faults=[f"{fault}:Part17"])
    assert {name.split(".")[2] for name in found.with_verdict("failed", "warned")} == {"Part17"}


def test_a_repetition_that_is_demanded_is_found_among_many_and_looked_at_next(folder):
    contract = evolve(WIDE, parameters=(*WIDE.parameters, parameter("Tag.N.Key", examples=("owner",))))
    found = run(contract, folder, budget=60, faults=["demanded:Tag.N.Key"])
    assert set(found.with_verdict("failed", "warned")) == {"ModifyBoat.parameters.Tag.N.Key.optional"}


REGIONAL = answering(
    scalar("BoatId", "b-1"),
    operation="ModifyBoat",
    parameters=(parameter("RegionId", required=True, examples=("cn-hangzhou",)),),
    region="RegionId",
)
REGIONAL = evolve(REGIONAL, choices=silences_anew(REGIONAL, {}))
REPEATED = ("*.repeated", "*.one-alternative")
WHICH = "ModifyBoat.choices.request.repeated-parameter.one-alternative"


@pytest.mark.parametrize("way", [None, "first", "rejected"])
def test_which_of_two_values_counts_shows_by_what_is_refused_where_no_list_shows_it(folder, way):
    variants = [f"request.repeated-parameter={way}"] if way else []
    found = run(REGIONAL, folder, budget=60, select=REPEATED, traffic=REPEATED, variants=variants)
    assert found.dialect.mapping()["request.repeated-parameter"] == (way or "last")
    assert WHICH in found.with_verdict("passed")


def test_now_one_value_and_then_the_other_is_found(folder):
    fault = "choice-turns:request.repeated-parameter"
    found = run(REGIONAL, folder, budget=60, select=REPEATED, traffic=REPEATED, faults=[fault])
    assert WHICH in found.with_verdict("failed", "warned")


COUNT = tuple(evolve(field, presence="sometimes") for field in TOTAL)
LISTING = listing(ID, NAME, BUILT, parameters=pages(), response=COUNT, **KEYED)


def test_a_total_that_need_not_be_there_is_not_missed(folder):
    found = run(LISTING, folder, budget=400, variants=["without-total"], select=("*",))
    assert not found.with_verdict("failed", "errored", "warned")
    judged = found.with_verdict("passed")
    assert "DescribeBoats.paging.pages-partition-the-listing" in judged
    assert "DescribeBoats.paging.total-is-constant" in found.with_verdict("not-applicable")


# ------------------------------------------------------------------------------------------------------------ vouching


class Refusing:
    """A target that takes a plain request as often as `plain` says, and refuses each other one."""

    guard = None

    def __init__(self, plain: int) -> None:
        self.plain, self.thrift = plain, Thrift()

    def ask(self, parameters, channel):
        self.plain -= 1
        return answer(Call("ModifyBoat", "v", tuple(parameters)), 200 if self.plain >= 0 else 400)

    def send(self, sent):
        return answer(sent, 400)


def refused(usual: bool) -> MadeUp:
    sent = Call("ModifyBoat", "v", (("BoatId", "b-1"), ("Part0", "oak")), usual=frozenset(("BoatId",)))
    return MadeUp("not judged", answer(sent, 400).exchange, usual=usual)


def test_a_refusal_counts_where_the_plain_request_is_taken_before_and_after_it():
    violation = refusal_of_what_is_there(Refusing(plain=99), refused(usual=True))
    assert "is accepted" in violation.message
    assert violation.received.startswith("status 400")


@pytest.mark.parametrize("plain", [0, 1, 2])
def test_where_the_plain_request_is_not_taken_every_time_a_refusal_does_not_count(plain):
    assert refusal_of_what_is_there(Refusing(plain), refused(usual=True)) is None


def test_what_a_request_alone_has_made_up_is_not_vouched_for():
    assert refusal_of_what_is_there(Refusing(plain=99), refused(usual=False)) is None


@pytest.mark.parametrize("wrong", [False, True])
def test_an_id_of_another_region_is_refused_only_where_an_unknown_one_is_too(wrong, tmp_path):
    check, folder = "DescribeTasks.regions.ids-stay-home", schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
    known = {f.name for f in all_faults(load_contract(folder), PROTOCOL) if check.partition(".")[2] in f.killed_by}
    only = {"select": (check,), "traffic": (check,), "budget": 40, "limits": Limits(max_requests=40), "max_examples": 1}
    ways, faults = ([], sorted(known)[:1]) if wrong else (["TaskIds.unknown-id=rejected"], [])
    found = certified(folder, load_contract(folder), PROTOCOL, tmp_path, variants=ways, faults=faults, seed=1, **only)
    assert (check in found.with_verdict("failed")) == wrong
