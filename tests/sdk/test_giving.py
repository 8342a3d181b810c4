"""Parameters are given in their documented types, and in each where the documentation leaves the type open."""

from __future__ import annotations

import pytest

from conformance.contract.model import Constraint, Parameter
from conformance.sdk.giving import example, flat, listed, nested, sdk_name, typed, ways
from conformance.sdk.roles import roles
from tests.reference.small_contracts import answering


def parameter(name, kind, *examples, enum=None):
    constraints = () if enum is None else (Constraint("enum", enum, ()),)
    return Parameter(name, kind, False, (), constraints, examples)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (parameter("Amount", "integer", "three", "3"), [3]),
        (parameter("Price", "number", "0.97"), [0.97]),
        (parameter("DryRun", "boolean", "false"), [True]),
        (parameter("Name", "string", "n-1"), ["n-1"]),
        (parameter("Cores.N", "array", "2"), [["3", "2"], [3, 2]]),
        (parameter("Ids.N", "array", '["i-1", "i-2"]'), [["i-1-2", "i-1"]]),
        (parameter("Ids.N", "array"), [["x-0001-2", "x-0001"]]),
        (parameter("Parameters", "string", '{"name": "Jack"}'), ['{"name": "Jack"}', {"name": "Jack"}]),
        (parameter("Ids", "string", '["i-1"]'), ['["i-1"]']),
        (parameter("Mode", "string", enum=[True, False]), ["true"]),
    ],
)
def test_an_example_is_given_in_each_type_that_it_may_have(given, wanted):
    assert list(ways(given)) == wanted
    assert example(given) == wanted[0]


def test_values_of_a_list_differ():
    assert listed(parameter("Cores.N", "array", "8"), 3) == ["9", "10", "8"]
    assert len(set(listed(parameter("Ids.N", "array", "i"), 3))) == 3


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("string", True, "true"),
        ("string", 1, 1),
        ("boolean", "False", False),
        ("integer", "7", 7),
        ("string", "a", "a"),
    ],
)
def test_a_listed_value_has_the_type_of_its_parameter(kind, value, wanted):
    assert typed(parameter("P", kind), value) == wanted
    assert type(typed(parameter("P", kind), value)) is type(wanted)


def test_names_with_numbers_are_structures_and_travel_as_they_are_documented():
    names = ("ResourceId.N", "Tag.N.Key", "Filter.2.Key", "Disk.Size", "Group.1", "Nic.N.Address.N")
    assert [sdk_name(n) for n in names] == [
        "ResourceId", "Tag.1.Key", "Filter.2.Key", "Disk.Size", "Group.1", "Nic.1.Address",
    ]  # fmt: skip
    given = {
        "ResourceId": ["a"],
        "Tag.1.Key": "k",
        "Tag.1.Value": "v",
        "Filter.2.Key": "f",
        "Disk.Size": 1,
        "Group.1": "g",
    }
    assert nested(given) == {
        "ResourceId": ["a"],
        "Tag": [{"Key": "k", "Value": "v"}],
        "Filter": [{}, {"Key": "f"}],
        "Disk": {"Size": 1},
        "Group": ["g"],
    }
    assert flat({"Nic.1.Address": ["a", "b"]}) == {"Nic.1.Address.1": "a", "Nic.1.Address.2": "b"}


def test_a_member_whose_name_begins_with_n_is_known_as_it_travels():
    hop = parameter("Route.N.NextHop", "string")
    contract = answering(parameters=(hop,))
    assert roles(contract).documented("Route.2.NextHop") == hop
    assert roles(contract).documented("Route.2extHop") is None
