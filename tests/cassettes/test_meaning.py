"""Calls that mean the same are found as the same; calls that do not are told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from conformance.cassettes.meaning import Meaning, Reader, as_data, from_data
from conformance.wire.exchange import Call, Channel, WireForm
from conformance.wire.redaction import REDACTED

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
CALL = Call("Describe", "1", (("RegionId", "cn"), ("PageSize", "2")), Channel("json", "v1", "POST", "form"))


def stamp(minutes: int, seconds: int = 0) -> str:
    return (NOW + timedelta(minutes=minutes, seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def over(**channel: object) -> Call:
    """The call over another channel."""
    return evolve(CALL, channel=evolve(CALL.channel, **channel))


def meaning(call: Call, **options: object) -> Meaning:
    return Reader().meaning(call, now=NOW, **options)


@pytest.mark.parametrize(
    "other",
    [
        evolve(CALL, parameters=CALL.parameters[::-1]),
        evolve(CALL),
    ],
    ids=["order of parameters", "nonce, time and signature, which the signer adds"],
)
def test_the_same(other: Call) -> None:
    assert meaning(CALL).key == meaning(other).key


@pytest.mark.parametrize(
    "other",
    [
        evolve(CALL, action="Delete"),
        evolve(CALL, version="2"),
        evolve(CALL, parameters=(("RegionId", "cn"), ("PageSize", "3"))),
        evolve(CALL, parameters=(*CALL.parameters, ("PageSize", "2"))),
        over(format="xml"),
        over(format=None),
        over(signature="v3"),
        over(method="GET"),
        over(placement="query"),
        evolve(CALL, common={"AccessKeyId": None}),
        evolve(CALL, common={"SignatureVersion": "9.9"}),
        evolve(CALL, tamper={"PageSize": "3"}),
        evolve(CALL, tamper={"Signature": None}),
        evolve(CALL, common={"Timestamp": None}),
        evolve(CALL, common={"Timestamp": "yesterday"}),
        evolve(CALL, covered={"PageSize": "3"}),
        evolve(CALL, forgery="last"),
        evolve(CALL, wire_form=WireForm(chunked=True)),
        evolve(CALL, wire_form=WireForm(path="elsewhere")),
    ],
    ids=str,
)
def test_not_the_same(other: Call) -> None:
    assert meaning(CALL).key != meaning(other).key


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d", "%s", "%a, %d %b %Y %H:%M:%S GMT", "%Y-%m-%dT%H:%M:%S+08:00", "%Y-13-01T%H:%M:%SZ"]
)
def test_a_timestamp_in_another_form_means_the_same_on_another_day(form) -> None:
    one, other = (evolve(CALL, common={"Timestamp": day.strftime(form)}) for day in (NOW, NOW + timedelta(days=40)))
    assert meaning(one).key == meaning(other).key
    assert meaning(one).key != meaning(CALL).key


def test_how_a_call_is_signed_and_written_is_kept() -> None:
    call = evolve(CALL, covered={"Note": None, ":path": "/"}, forgery="cut", wire_form=WireForm(split="own-in-form"))
    assert from_data(as_data(meaning(call))) == meaning(call)


def test_another_key_is_another_meaning() -> None:
    assert meaning(CALL).key != meaning(CALL, other_key=True).key


def test_a_placement_means_nothing_without_a_body() -> None:
    assert meaning(over(method="GET")).key == meaning(over(method="GET", placement="query")).key


def test_how_far_a_timestamp_is_off_counts_and_not_when_it_is() -> None:
    one, later = meaning(evolve(CALL, common={"Timestamp": stamp(-14)})), Reader().meaning(
        evolve(CALL, common={"Timestamp": stamp(-4)}), now=NOW + timedelta(minutes=10)
    )  # fmt: skip
    far = meaning(evolve(CALL, common={"Timestamp": stamp(-75)}))
    assert one.minutes == later.minutes == -14
    assert one.key == far.key
    assert one.is_near(later)
    assert not one.is_near(far)


def test_that_a_nonce_is_used_again_counts_and_not_which_it_is() -> None:
    def two(first: str, second: str) -> list[Meaning]:
        reader = Reader()
        return [reader.meaning(evolve(CALL, common={"SignatureNonce": n}), now=NOW) for n in (first, second)]

    assert [m.key for m in two("a", "a")] == [m.key for m in two("b", "b")]
    assert two("a", "a")[1].key != two("a", "b")[1].key


def test_no_secret_is_part_of_a_meaning() -> None:
    found = meaning(evolve(CALL, parameters=(("SecurityToken", "very-secret"),), common={"Signature": "abcdef"}))
    assert dict(found.parameters)["SecurityToken"] == dict(found.common)["Signature"] == REDACTED


@pytest.mark.parametrize("minutes", [None, 0, -14])
def test_there_and_back(minutes: int | None) -> None:
    found = evolve(meaning(evolve(CALL, tamper={"a": None})), minutes=minutes, other_key=True)
    assert from_data(as_data(found)) == found
    assert meaning(found.call()).parameters == CALL.parameters
