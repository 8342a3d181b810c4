"""What holds of the ledger and the contract of every operation: nothing is demanded that its page rules out.

Of every shipped one, of those whose pages are at hand, and of those in the folders that ACS_CONFORMANCE_CONTRACTS names
(services that `derive --facts` wrote, separated as in PATH).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from attrs import frozen

from conformance.contract.files import load_protocol, schemas_root
from conformance.contract.service import load_service
from conformance.derive.derivation import derive
from conformance.emit.json_schema import parameter_schema
from conformance.endpoint.checks import test_cursor as by_token
from conformance.endpoint.opening import open_target
from conformance.endpoint.settings import RunSettings
from conformance.endpoint.traffic import Limits
from conformance.generate.required import as_sent, is_within_limits, required_values, sent_name
from conformance.ledger.files import ledger_of
from tests.documentation import libraries

FOLDER = schemas_root() / "ecs" / "2014-05-26"
PROTOCOL = load_protocol(FOLDER / "common")
OPERATIONS = 347
MORE = [Path(name) for name in os.environ.get("ACS_CONFORMANCE_CONTRACTS", "").split(os.pathsep) if name]
SIZES = (1, 2, 3, 7, 10, 20, 50)  # that checks ask for where they are allowed


@frozen
class Contracts:
    """Contracts of one source. `shipped` are those of which it is known what they hold."""

    name: str
    shipped: bool = False

    def read(self):
        if self.name == "pages":
            return [derive(sorted(d.glob("*.md"))) for lib in libraries() for d in sorted(lib.pages.glob("*__*"))]
        service = load_service(FOLDER if self.shipped else Path(self.name))
        return [service.contract(name) for name in service.operations]


SOURCES = [Contracts("shipped", True), Contracts("pages"), *(Contracts(str(folder)) for folder in MORE)]


@pytest.fixture(scope="module", params=SOURCES, ids=lambda source: Path(source.name).name)
def source(request):
    return request.param


@pytest.fixture(scope="module")
def contracts(source):
    found = source.read()
    assert len(found) == OPERATIONS if source.shipped else found
    return found


@pytest.fixture(scope="module")
def ledgers(contracts):
    return {c.operation: ledger_of(c, PROTOCOL).requirements for c in contracts}


def limits_of(parameter):
    lowest, highest = parameter.value("minimum"), parameter.value("maximum")
    return -(2**63) if lowest is None else float(lowest), 2**63 if highest is None else float(highest)


def test_each_requirement_has_an_id_of_its_own(ledgers):
    assert not {name for name, found in ledgers.items() if len({r.id for r in found}) < len(found)}


def test_whether_a_parameter_may_be_left_out_is_no_must_where_the_pages_disagree(source, contracts, ledgers):
    open_ones = {(c.operation, choice.subject) for c in contracts for choice in c.choices if choice.kind == "required"}
    demanded = {
        (name, r.subject)
        for name, found in ledgers.items()
        for r in found
        if r.level == "MUST" and r.check in ("parameters.optional", "parameters.required")
    }
    assert demanded
    assert open_ones or not source.shipped
    assert not open_ones & demanded


def test_no_minimum_is_above_its_maximum(source, contracts):
    parameters = [(c.operation, p) for c in contracts for p in c.parameters]
    limited = [(name, p) for name, p in parameters if p.value("minimum") is not None and p.value("maximum") is not None]
    assert limited or not source.shipped
    assert not [(name, p.name) for name, p in limited if limits_of(p)[0] > limits_of(p)[1]]


def test_a_default_that_is_emitted_or_demanded_is_allowed(source, contracts, ledgers):
    demanded = {(name, r.subject) for name, found in ledgers.items() for r in found if r.check == "parameters.default"}
    seen, wrong = 0, []
    for contract in contracts:
        for parameter in contract.parameters:
            emitted = parameter_schema(contract, parameter).get("default")
            asked = parameter.value("default") if (contract.operation, parameter.name) in demanded else None
            for default in (value for value in (emitted, asked) if value is not None):
                seen += 1
                listed = {as_sent(v).casefold() for v in parameter.value("enum") or ()}
                fits = not listed or as_sent(default).casefold() in listed
                if not fits or not is_within_limits(parameter, as_sent(default)):
                    wrong.append((contract.operation, parameter.name, default))
    assert seen or not source.shipped
    assert not wrong


def test_what_is_sent_because_it_is_required_is_allowed(contracts):
    wrong = []
    for contract in contracts:
        values = dict(required_values(contract))
        for parameter in contract.parameters:
            text = values.get(sent_name(parameter.name))
            listed = {as_sent(v) for v in parameter.value("enum") or ()}
            if text is not None and (not is_within_limits(parameter, text) or (listed and text not in listed)):
                wrong.append((contract.operation, parameter.name, text))
    assert not wrong


@pytest.mark.parametrize("counted", [Limits(), Limits(max_requests=150)], ids=["unbounded", "a budget"])
def test_page_sizes_and_numbers_of_ids_are_within_the_documented_limits(source, contracts, counted):
    settings = RunSettings("http://127.0.0.1:9", "", ("",), signatures=("none",), limits=counted)
    wrong, seen = [], 0
    for contract in (c for c in contracts if c.path is None):  # none with a path of its own is judged
        target, semantics = open_target(settings, contract, PROTOCOL), contract.semantics
        if pages := semantics.paging or semantics.cursor:
            parameter = contract.parameter(pages.size or "")
            asked = {*target.page_sizes(*SIZES), *target.every_page_size()} if parameter else set()
            low, high = limits_of(parameter) if parameter else (0, 0)
            wrong += [(contract.operation, size) for size in asked if not low <= size <= high]
            seen += len(asked)
        if semantics.cursor and semantics.cursor.size:
            low, high = limits_of(contract.parameter(semantics.cursor.size))
            sizes = [size for count in (0, 1, 9, 140) for size in by_token.page_sizes(target, count)]
            assert sizes
            wrong += [(contract.operation, size) for size in sizes if size is None or not low <= size <= high]
        if semantics.ids and semantics.ids.limit:
            assert target.longest_id_list <= semantics.ids.limit
    assert seen or not source.shipped
    assert not wrong
