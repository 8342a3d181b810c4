"""Variants: other ways of being right. Each serves the same data, and each is really another way."""

import gzip
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest
from attrs import evolve

from conformance.contract.files import load_contract, load_protocol
from conformance.reference.seeding import generated
from conformance.reference.server import ReferenceEndpoint
from conformance.reference.variants import MIDDLEWARE, all_variants, named
from tests.reference.client import KEY, Answer, Client
from tests.reference.contracts import ECS
from tests.reference.probes import Probes, application

CONTRACT, PROTOCOL = load_contract(ECS / "DescribeTasks"), load_protocol(ECS / "common")
VARIANTS = all_variants(CONTRACT, PROTOCOL)
STORE = generated(CONTRACT, PROTOCOL)
THROTTLED = {"Throttling.User", "ServiceUnavailable"}


def test_variants_have_distinct_names_and_are_many():
    assert len({v.name for v in VARIANTS}) == len(VARIANTS)
    assert len(MIDDLEWARE) >= 16
    assert all(v.description for v in VARIANTS)


def test_every_alternative_of_every_choice_has_one():
    wanted = {(c.id, a.id) for c in CONTRACT.choices for a in c.alternatives if a.id != c.preferred}
    found = {(k.partition("@")[0], a) for v in VARIANTS for k, a in v.dialect.items()}
    assert wanted <= found
    assert {f"{id}={alternative}" for id, alternative in wanted} <= {v.name for v in VARIANTS}


def canonical(task):
    """A task without what variants may add or write otherwise."""
    known = {f.name for f in CONTRACT.item_fields}
    task = {k: v for k, v in task.items() if k in known}
    times = {
        k: v and datetime.fromisoformat(v).astimezone(UTC).isoformat()[:16]
        for k, v in task.items()
        if k.endswith("Time")
    }
    return {**task, **times, "TaskAction": task["TaskAction"].replace("_", "").lower()}


def listing(server, probes, make):
    """All items of the first region by id, over two pages, as one way of asking shows them."""
    found = {}
    for number in "12":
        asked = {"RegionId": probes.first, "PageSize": "100", "PageNumber": number}
        response = make(asked)
        answered = server.respond(response)
        while Answer(answered.status, {}, answered.body).code in THROTTLED:
            answered = server.respond(make(asked))
        assert answered.status == 200
        answer = Answer(200, {}, answered.body)
        assert int(answer.text("TotalCount")) == len(probes.items)
        found |= {task["TaskId"]: canonical(task) for task in answer.tasks}
    return found


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v.restock is None], ids=lambda v: v.name)
def test_each_variant_serves_the_same_data(variant):
    probes = Probes(STORE)
    right = application(CONTRACT, PROTOCOL, STORE)
    server = application(CONTRACT, PROTOCOL, STORE, variants=[variant])
    for make in (probes.v1, lambda asked: probes.v3(asked, form=True, format="xml")):
        assert listing(server, probes, make) == listing(right, probes, make)


# seen on the wire or by the client only
ON_THE_WIRE = {"progressing", "gzip", "asks-for-a-length"}


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v.name not in ON_THE_WIRE], ids=lambda v: v.name)
def test_each_variant_is_really_another_way(variant):
    probes = PROBES
    dialect = {"PageSize.above-maximum": "clamped"} if "clamped-echo" in variant.name else {}
    right = application(CONTRACT, PROTOCOL, STORE, dialect=dialect)
    server = application(CONTRACT, PROTOCOL, STORE, variants=[evolve(variant, dialect={**dialect, **variant.dialect})])
    assert any(server.respond(request) != right.respond(request) for request in probes)


PROBES = Probes(STORE).requests()


@pytest.fixture
def client_of():
    """A client of an endpoint with one variant."""
    opened = []

    def open_one(name):
        variant = named(CONTRACT, name, PROTOCOL)
        endpoint = ReferenceEndpoint(CONTRACT, PROTOCOL, STORE, [KEY], variants=[variant]).start()
        client = Client(endpoint.url)
        opened.extend((client.connection.close, endpoint.stop))
        return client

    yield open_one
    for close in opened:
        close()


HERE = {"RegionId": next(iter(STORE.regions))}


def test_middleware_on_the_wire(client_of):
    chunked = client_of("chunked").v1(HERE)
    assert chunked.headers["Transfer-Encoding"] == "chunked"
    assert len(chunked.tasks) == 10
    assert client_of("closes-connections").v1(HERE).headers["Connection"] == "close"
    assert "content-type" in client_of("lower-case-headers").v1(HERE).headers
    plain = client_of("gzip")
    assert "Content-Encoding" not in plain.v1(HERE).headers
    asked = plain.v3(HERE, common={"accept-encoding": "gzip"})
    assert asked.headers["Content-Encoding"] == "gzip"
    assert len(Answer(200, {}, gzip.decompress(asked.body)).tasks) == 10


def test_throttling_can_be_waited_out_with_the_same_nonce(client_of):
    client = client_of("throttling")
    refused = 0
    for number in range(60):
        once = {"SignatureNonce": f"n{number}"}
        found = client.v1(HERE, common=once)
        if found.status != 200:
            assert (found.status, found.code) == (400, "Throttling.User")
            refused += 1
            found = client.v1(HERE, common=once)
        assert found.status == 200
    assert refused == 2


def test_bodies_stay_well_formed_and_are_what_they_say():
    probes = Probes(STORE)
    asked = {"RegionId": probes.first, "PageSize": "100"}

    def body(name, format):
        server = application(CONTRACT, PROTOCOL, STORE, variants=[named(CONTRACT, name, PROTOCOL)])
        return server.respond(probes.v1(asked, format=format)).body.decode()

    assert "<FinishedTime />" not in body("xml-empty-elements", "XML")
    assert re.search(r"</CreationTime>\s+<", body("xml-indented", "XML"))
    assert "<![CDATA[" in body("xml-comments-and-cdata", "XML")
    assert body("xml-without-declaration", "XML").startswith("<DescribeTasksResponse>")
    assert body("xml-character-references", "XML").isascii()
    assert body("json-escapes", "JSON").isascii()
    for name in ("xml-indented", "xml-comments-and-cdata", "xml-character-references", "xml-empty-elements"):
        ET.fromstring(body(name, "XML"))
    first = Answer(200, {}, body("reversed-members", "JSON").encode()).tasks[0]
    assert list(first) == [f.name for f in reversed(CONTRACT.item_fields) if f.name in first]
    more = Answer(200, {}, body("extra-members", "JSON").encode())
    assert {"NewMember", "NewList"} & set(more.tasks[0])
    assert "NewObject" in more.json


def test_a_misspelt_name_gets_a_guess():
    with pytest.raises(ValueError, match="no such variant: gzipp; did you mean gzip\\?"):
        named(CONTRACT, "gzipp", PROTOCOL)
