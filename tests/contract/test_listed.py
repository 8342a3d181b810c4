"""Which values of a parameter a page in force lists."""

from attrs import evolve

from conformance.contract.as_of import as_of
from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.contract.listed import values_in_force
from conformance.contract.model import Citation, Constraint, Parameter
from conformance.ledger.files import ledger_of

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT, PROTOCOL = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
OLD, NEW = (Citation(r.id, "parameters", "Colour", 2) for r in CONTRACT.revisions)


def values(*constraints):
    return values_in_force(CONTRACT, Parameter("Colour", "string", False, (OLD, NEW), constraints))


def test_a_list_counts_as_long_as_the_newest_page_has_it():
    assert values(Constraint("enum", ["Red", "Blue"], (OLD, NEW))) == ("Red", "Blue")
    assert values(Constraint("enum", ["Red", "Blue"], (OLD,))) == ()
    assert values(Constraint("enum", ["Red"])) == ("Red",)
    assert values() == ()


def test_without_a_list_the_values_that_are_named_otherwise_count():
    effective, ignored = Constraint("effective_values", ["Red"], (NEW,)), Constraint("ignored_values", ["Grey"], (NEW,))
    assert values(Constraint("enum", ["Red", "Blue"], (OLD,)), effective, ignored) == ("Red", "Grey")
    assert values(evolve(effective, citations=(OLD,)), ignored) == ()


def test_a_list_that_the_newest_page_lacks_accuses_no_item():
    """The page of 2021 introduces a list of actions and shows none; in 2019 there were three, and there are more."""
    task_action, task_status = (
        f"DescribeTasks.fields.TaskSet.Task.{n}.listed-value" for n in ("TaskAction", "TaskStatus")
    )
    today = {r.id for r in ledger_of(CONTRACT, PROTOCOL).requirements}
    then = {r.id for r in ledger_of(as_of(CONTRACT, "2019-12"), PROTOCOL).requirements}
    assert task_action not in today
    assert {task_action, task_status} <= then
    assert task_status in today
