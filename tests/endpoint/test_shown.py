"""Reads that must name something name what the lists of the endpoint show."""

from __future__ import annotations

import json
import re

import pytest
from attrs import evolve
from click.testing import CliRunner

from conformance.cli import main
from conformance.contract.catalogue import service_of
from conformance.endpoint.lifecycle.running import protocol_of
from conformance.endpoint.lifecycle.shown import shown_at
from conformance.endpoint.settings import Settings
from conformance.reference.service import ServiceEndpoint, action_of

ECS = service_of("ecs")
READ, REGION = "DescribeUserData", "cn-hangzhou"
NAMED = r"(InstanceId=)[^&]*"


@pytest.fixture(scope="module")
def endpoint():
    with ServiceEndpoint(ECS, protocol_of(ECS)) as serving:
        yield serving


@pytest.fixture
def shown(endpoint):
    def asked(*names, values=None, **settings):
        given = Settings(ECS.contract_folder(READ), endpoint.url, signatures=("none",), **settings)
        return shown_at(ECS, given, names, values or {})

    return asked


def judged(endpoint, folder, *words):
    given = ("--service", "ecs", "--signature", "none", "--region", REGION, "--operation-budget", "30", "--seed", "3")
    CliRunner().invoke(main, ["endpoint", endpoint.url, *given, *words, "--report-dir", str(folder)])
    return json.loads((folder / "summary.json").read_text())["operations"]


def test_what_must_be_named_is_what_a_list_shows_first(endpoint, shown):
    there = [thing.id for thing in endpoint.mock.every("Instance", REGION)]
    assert shown(READ, regions=(REGION,))[READ]["InstanceId"] in there


def test_what_is_given_or_nowhere_is_not_looked_for(shown):
    assert shown(READ, regions=(REGION,), values={"InstanceId": "i-mine"}) == {READ: {}}
    assert shown(READ, regions=("cn-chengdu",)) == {READ: {}}


def test_lists_that_give_no_answer_are_asked_no_more():
    closed = Settings(ECS.contract_folder(READ), "http://127.0.0.1:9", signatures=("none",), timeout=1.0)
    assert shown_at(ECS, closed, [READ, "DescribeSecurityGroupAttribute", "DescribeTaskAttribute"], {}) == {}


def test_a_read_is_judged_with_it(endpoint, tmp_path):
    found = judged(endpoint, tmp_path, "--operation", READ)[READ]
    assert found["requests"] > 0
    assert found["verdict"] in ("conformant", "in-part")


def test_it_is_named_in_no_region_but_its_own(endpoint, tmp_path):
    chosen = ("-k", "isolation.concurrent", "-k", "formats.agree", "--region", "cn-beijing", "--max-examples", "4")
    found = judged(endpoint, tmp_path, "--operation", "DescribeSecurityGroupAttribute", *chosen)
    only = found["DescribeSecurityGroupAttribute"]
    assert only["counts"] == {"passed": 2}, only


def test_where_it_is_refused_that_is_said(endpoint, tmp_path, monkeypatch):
    answer = endpoint.service_application.respond

    def forgetful(request):
        query, body = re.sub(NAMED, r"\1gone", request.query), re.sub(NAMED.encode(), rb"\1gone", request.body)
        gone = evolve(request, query=query, body=body)
        return answer(gone if action_of(request) == READ else request)

    monkeypatch.setattr(endpoint.service_application, "respond", forgetful)
    found = judged(endpoint, tmp_path, "--operation", READ)[READ]
    assert (found["verdict"], found["requests"]) == ("not-established", 0)
    assert (
        f"refuses {READ} with what its lists show first for InstanceId (InvalidInstanceId.NotFound" in found["reason"]
    )
    assert "give values that it takes with --values FILE" in found["reason"]
