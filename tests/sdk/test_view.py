"""The same data in every shape in which SDKs hand it out, and each loss of it."""

from __future__ import annotations

import copy

import pytest
from attrs import evolve
from lxml import etree

from conformance.contract.model import Field
from conformance.sdk.listing import array_of_one, as_json, as_xml, drop, items, put, result
from conformance.sdk.view import differences, received_items, received_keys, same, same_keys


@pytest.fixture
def contract(plan):
    return plan.contract


def test_a_result_has_every_documented_field_and_different_items(contract):
    tree = result(contract, 5)
    keys = [item["TaskId"] for item in items(tree, contract)]
    assert len(set(keys)) == 5
    assert tree["TotalCount"] == 5
    assert list(differences(tree, tree, contract)) == []
    documented = {path[-1] for path, field in contract.fields() if not field.members}
    assert documented <= set(tree) | set(items(tree, contract)[0])


def test_pages_follow_each_other(contract):
    first, second = result(contract, 2), result(contract, 2, first=3)
    assert not set(received_keys(first, contract)) & set(received_keys(second, contract))


def test_the_written_forms_are_well_formed(contract):
    tree = result(contract, 2)
    put(tree, "TaskSet.Task.SupportCancel", "<&\"'>")
    root = etree.fromstring(as_xml(tree, "DescribeTasksResponse"))
    assert [e.text for e in root.iter("SupportCancel")] == ["<&\"'>"] * 2
    assert b"\\u4efb" in as_json({"a": "任"}, escaped=True)


def shapes(tree):
    flattened = {**tree, "TaskSet": tree["TaskSet"]["Task"]}
    capitals = {name.upper(): value for name, value in tree.items()}
    texts = {**tree, "TotalCount": str(tree["TotalCount"]), "PageNumber": str(tree["PageNumber"])}
    return {
        "as sent": tree,
        "without its wrapper": flattened,
        "array of one": array_of_one(tree, "TaskSet"),
        "members in capitals": capitals,
        "numbers as text": texts,
    }


@pytest.mark.parametrize(
    "shape", ["as sent", "without its wrapper", "array of one", "members in capitals", "numbers as text"]
)
@pytest.mark.parametrize("number", [0, 1, 3])
def test_every_shape_counts_as_received(contract, shape, number):
    tree = result(contract, number)
    got = shapes(tree)[shape]
    assert list(differences(tree, got, contract)) == []
    assert len(received_items(got, contract)) == number


def test_a_list_of_one_in_xml_is_no_list(contract):
    tree = result(contract, 1)
    got = {**tree, "TaskSet": {"Task": tree["TaskSet"]["Task"][0]}}
    assert list(differences(tree, got, contract)) == []
    assert received_items({**tree, "TaskSet": ""}, contract) == []


def locks(contract):
    """The contract with a list of objects that have a text by the name of the list, and a list of texts."""
    reason = Field("LockReason", "string", ())
    wrapper = Field("Locks", "object", (), members=(Field("LockReason", "array", (), members=(reason,)),))
    texts = Field("Ids", "object", (), members=(Field("Id", "array", (), item_type="string"),))
    return evolve(contract, response=(wrapper, texts), semantics=evolve(contract.semantics, items="Locks.LockReason"))


@pytest.mark.parametrize(
    ("got", "lost"),
    [
        ([{"LockReason": "a"}, {"LockReason": "b"}], 0),
        ([{"LockReason": [{"LockReason": "a"}, {"LockReason": "b"}]}], 0),
        ({"LockReason": [{"LockReason": "a"}, {"LockReason": "b"}]}, 0),
        ([{"LockReason": "a"}], 1),
        ([{"LockReason": "a"}, {}], 1),
        ([{"LockReason": {"LockReason": "a"}}], 1),
        ([], 1),
    ],
)
def test_an_item_may_have_a_member_by_the_name_of_its_list(contract, got, lost):
    sent = {"Locks": {"LockReason": [{"LockReason": "a"}, {"LockReason": "b"}]}, "Ids": {"Id": ["x", "y"]}}
    received = {"Locks": got, "Ids": [{"Id": "x"}, {"Id": "y"}]}
    assert len(list(differences(sent, received, locks(contract)))) == lost
    if not lost:
        assert [item["LockReason"] for item in received_items(received, locks(contract))] == ["a", "b"]


def test_a_code_in_a_success_is_the_documented_one_or_is_not_there(contract):
    """SDKs take a Code for an error's; what a success has there is no value of ours."""
    for examples, code in ((("200",), "200"), ((), None)):
        own = evolve(contract, response=(*contract.response, Field("Code", "string", (), examples=examples)))
        assert result(own).get("Code") == code


@pytest.mark.parametrize(
    "path", ["TotalCount", "RequestId", "TaskSet.Task.TaskId", "TaskSet.Task.CreationTime", "TaskSet.Task"]
)
def test_each_loss_is_a_difference(contract, path):
    tree = result(contract, 2)
    got = copy.deepcopy(tree)
    drop(got, path)
    assert [d for d in differences(tree, got, contract) if d.path.startswith(path.split(".")[0])]


@pytest.mark.parametrize(
    ("sent", "received", "equal"),
    [
        ("true", True, True),
        (True, "true", True),
        ("true", False, False),
        (7, "7", True),
        (7, 7.0, True),
        (7, 8, False),
        ("", None, True),
        ("", 0, True),
        ("", "x", False),
        ("x", None, False),
        (2**53 + 1, float(2**53), False),
        ("1.0", "1", False),
        ({}, {"Coupon": None}, True),
        ({}, {"Coupon": [], "Price": {"Amount": 0}}, True),
        ({}, {"Coupon": [{}]}, False),
        ({}, {"Coupon": "c"}, False),
    ],
)
def test_scalars(sent, received, equal):
    assert same(sent, received) is equal


@pytest.mark.parametrize(
    ("sent", "received", "equal"),
    [
        (["a", "b"], ["b", "a"], True),
        (["", ""], ["0", "0"], True),
        (["", "2"], ["2", "false"], True),
        (["", ""], ["0"], False),
        (["1", "2"], ["0", "2"], False),
        (["", "2"], ["1", "2"], False),
        (["0", "2"], ["", "2"], False),
        (["1", "1"], ["1", "2"], False),
    ],
)
def test_a_key_that_was_absent_may_be_the_zero_of_a_language(sent, received, equal):
    assert same_keys(sent, received) is equal
