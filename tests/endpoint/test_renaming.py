"""A list under any of its documented names is the same list to all checks, and its name is seen."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.contract.model import Alternative, Choice, Field
from conformance.endpoint.renaming import as_in_the_contract, names_shown, with_every_name
from tests.reference.contracts import HERE, tasks

PEAR = Field("Pear", "array", HERE, (Field("Weight", "integer", HERE), Field("Seeds", "object", HERE, (
    Field("Seed", "array", HERE, (Field("Size", "integer", HERE),)),))))  # fmt: skip


def choice(subject: str, *names: str) -> Choice:
    alternatives = tuple(Alternative(n, n) for n in names)
    return Choice(f"{subject}.item-name", "item-name", subject, "contradiction", "?", alternatives, names[0], True)


CONTRACT = evolve(
    tasks(),
    response=(Field("Pears", "object", HERE, (PEAR,)),),
    choices=(choice("Pear", "Pear", "Fruit"), choice("Seed", "Seed", "Pip")),
)


@pytest.mark.parametrize("outer", ["Pear", "Fruit"])
@pytest.mark.parametrize("inner", ["Seed", "Pip"])
def test_either_name_is_read_as_the_list_of_the_contract(outer, inner):
    tree = {"Pears": {outer: [{"Weight": 1, "Seeds": {inner: [{"Size": 2}]}}]}}
    assert as_in_the_contract(tree, CONTRACT) == {"Pears": {"Pear": [{"Weight": 1, "Seeds": {"Seed": [{"Size": 2}]}}]}}
    assert names_shown(tree, ("Pears", "Pear"), {"Pear", "Fruit"}) == {outer}


def test_what_has_both_names_and_what_is_elsewhere_stays():
    both = {"Pears": {"Pear": [], "Fruit": []}, "Fruit": 1}
    assert as_in_the_contract(both, CONTRACT) == both
    assert names_shown(both, ("Pears", "Pear"), {"Pear", "Fruit"}) == {"Pear", "Fruit"}


def test_xml_is_read_with_a_list_of_each_name():
    (pears,) = with_every_name(CONTRACT)
    assert [(m.name, m.type) for m in pears.members] == [("Pear", "array"), ("Fruit", "array")]
    assert [m.name for m in pears.members[1].members[1].members] == ["Seed", "Pip"]
    assert with_every_name(tasks()) == tasks().response
