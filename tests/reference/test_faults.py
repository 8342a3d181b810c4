"""The table of faults: every requirement has one, each changes an answer, and names are checked."""

import re

import pytest
from attrs import evolve

from conformance.contract.files import load_contract, load_protocol
from conformance.ledger.files import load_ledger
from conformance.reference.faults import all_faults, named
from conformance.reference.seeding import generated
from tests.gates.test_faults import OFTEN
from tests.reference.contracts import ECS, tasks, widgets
from tests.reference.probes import Probes, application
from tests.reference.sent import sent_by_checks, server, undrawn_checks

CONTRACT, PROTOCOL = load_contract(ECS / "DescribeTasks"), load_protocol(ECS / "common")
FAULTS = all_faults(CONTRACT, PROTOCOL)
# a race: seen only where requests are under way together (test_server.py)
CONCURRENT = {f.name for f in FAULTS if "isolation.mixed" in f.killed_by} | {
    "requests-share-a-variable",
    "order-turns-under-load",
}
# seen by what the checks send that are about it
ASKED_FOR = [f for f in FAULTS if set(f.killed_by) & undrawn_checks().keys()]

# the others, one of each family of which no run of `make test` shows that it finds one (gates/test_faults.py)
RUN = {name.partition(":")[0] for name in OFTEN}
PROBED = tuple(
    {
        f.name.partition(":")[0]: f
        for f in reversed(FAULTS)
        if f.name not in CONCURRENT and f not in ASKED_FOR and f.name.partition(":")[0] not in RUN
    }.values()
)

# one of three in every run of the tests, the others by `make gate`
OFTEN_PROBED = [pytest.param(f, marks=pytest.mark.gate) if n % 3 else f for n, f in enumerate(PROBED)]


def killed_by():
    return {requirement for fault in FAULTS for requirement in fault.killed_by}


def requirements():
    return {r.id.partition(".")[2] for r in load_ledger(ECS / "DescribeTasks").requirements if r.side == "endpoint"}


def test_every_requirement_kills_a_fault_and_no_fault_names_another():
    assert requirements() - killed_by() == set()
    assert killed_by() - requirements() == set()


# by how many requests at most the probes come later
LATER = 30


def test_faults_have_distinct_names_in_kebab_case_and_a_sentence():
    assert len({f.name for f in FAULTS}) == len(FAULTS) >= 110
    for fault in FAULTS:
        assert re.fullmatch(r"[a-zA-Z0-9-]+(:[\w.-]+)?", fault.name), fault.name
        assert fault.description
        assert not fault.description.endswith(".")
        assert fault.killed_by


def test_descriptions_are_distinct():
    assert len({f.description for f in FAULTS}) == len(FAULTS)


@pytest.fixture(scope="module")
def right():
    """The probes, and what the faultless server answers to them."""
    store = generated(CONTRACT, PROTOCOL)
    probes = Probes(store).requests()
    server = application(CONTRACT, PROTOCOL, store)
    return store, [(request, server.respond(request)) for request in probes]


def test_the_probes_have_answers_of_every_kind(right):
    _, answers = right
    assert {response.status for _, response in answers} == {200, 400, 403}
    assert sum(response.status == 200 for _, response in answers) > 200


@pytest.mark.parametrize("fault", OFTEN_PROBED, ids=lambda f: f.name)
def test_each_fault_changes_an_answer(fault, right):
    store, answers = right
    if fault.dialect:
        faultless = application(CONTRACT, PROTOCOL, store, dialect=fault.dialect)
        answers = [(request, faultless.respond(request)) for request, _ in answers]
    server = application(CONTRACT, PROTOCOL, store, faults=[fault])
    if any(server.respond(request) != response for request, response in answers):
        return
    # what shows in each so-many-th answer may fall on requests that do not show it: then they come a little later
    assert any(changes_later(fault, store, [r for r, _ in answers], by) for by in range(1, LATER)), fault.description


def changes_later(fault, store, requests, by):
    """Whether an answer changes where so many of the requests come twice, at the beginning too."""
    servers = [application(CONTRACT, PROTOCOL, store, faults=f, dialect=fault.dialect) for f in ([], [fault])]
    right, wrong = ([server.respond(r) for r in (*requests[:by], *requests)] for server in servers)
    return right != wrong


@pytest.fixture(scope="module")
def sent(right):
    """What the undrawn checks send, and what the faultless server answers."""
    store, _ = right
    return store, *sent_by_checks(CONTRACT, PROTOCOL, store)


@pytest.mark.parametrize("fault", ASKED_FOR, ids=lambda f: f.name)
def test_each_fault_changes_an_answer_to_the_check_about_it(fault, sent):
    store, now, by_check = sent
    for requirement in fault.killed_by:
        faulty = server(CONTRACT, PROTOCOL, store, now, fault.replacements)
        assert any(faulty.respond(request) != response for request, response in by_check[requirement]), requirement


def test_a_faultless_server_answers_the_probes_alike_twice(right):
    store, answers = right
    server = application(CONTRACT, PROTOCOL, store)
    assert all(server.respond(request) == response for request, response in answers)


def test_families_follow_the_contract():
    names = {f.name for f in all_faults(widgets(), PROTOCOL)}
    assert {"field-missing:Widgets.WidgetId", "filter-ignored:Kind", "default-changed:Limit"} <= names
    assert not [n for n in names if "region" in n or "TaskSet" in n or n.startswith("choice-turns")]


def test_no_choices_no_turning_choices():
    assert not [f for f in all_faults(evolve(tasks(), choices=())) if f.name.startswith("choice-turns")]


def test_a_misspelt_name_gets_a_guess():
    with pytest.raises(ValueError, match="no such fault: pages-overlp; did you mean pages-overlap\\?"):
        named(CONTRACT, "pages-overlp", PROTOCOL)
    assert named(CONTRACT, "pages-overlap", PROTOCOL).killed_by == ("paging.pages-partition-the-listing",)
