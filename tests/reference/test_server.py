"""The server on real sockets: HTTP, connections, threads, ports."""

import http.client
import itertools
import re
import resource
import shlex
import socket
import subprocess
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from attrs import evolve

from conformance.reference import seeding
from conformance.reference.faults import named
from conformance.reference.server import EndpointError, ReferenceEndpoint
from tests.cli.conftest import NO_KEY
from tests.reference.client import KEY, TEMPORARY, Client, v1_request, v3_request


@pytest.fixture(scope="module")
def endpoint(contract, protocol):
    with ReferenceEndpoint(contract, protocol, credentials=[KEY, TEMPORARY]) as endpoint:
        yield endpoint


@pytest.fixture
def client(endpoint):
    with Client(endpoint.url) as client:
        yield client


@pytest.fixture(scope="module")
def region(endpoint):
    return next(iter(endpoint.store.regions))


WAYS = {
    "v1 GET": lambda c, p: c.v1(p),
    "v1 GET XML": lambda c, p: c.v1(p, format="XML"),
    "v1 GET no format": lambda c, p: c.v1(p, format=None),
    "v1 POST form": lambda c, p: c.v1(p, method="POST", form=True),
    "v1 POST query": lambda c, p: c.v1(p, method="POST"),
    "v3 POST": lambda c, p: c.v3(p),
    "v3 POST form XML": lambda c, p: c.v3(p, form=True, format="xml"),
    "v3 GET": lambda c, p: c.v3(p, method="GET"),
    "v3 STS": lambda c, p: c.v3(p, key=TEMPORARY),
    "v1 STS": lambda c, p: c.v1(p, key=TEMPORARY),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gets_the_stored_items(client, endpoint, region, way):
    found = WAYS[way](client, {"RegionId": region, "PageSize": "100"})
    assert found.status == 200
    assert found.is_json == ("XML" not in way and "no format" not in way)
    assert found.headers["Content-Type"].startswith("application/json" if found.is_json else "text/xml")
    assert int(found.text("TotalCount")) == len(endpoint.store.regions[region])
    stored = {item["TaskId"]: item for item in endpoint.store.as_data()["regions"][region]}
    assert len(found.tasks) == 100
    for task in found.tasks:
        item = stored[task["TaskId"]]
        times = {k: item[k][:16] + "Z" for k in ("CreationTime", "FinishedTime") if k in item}
        assert task == {**item, **times}


def test_both_formats_hold_characters_that_need_escaping(client, region):
    ids = {}
    for format in ("JSON", "XML"):
        pages = [client.v1({"RegionId": region, "PageSize": "100", "PageNumber": n}, format=format) for n in "12"]
        ids[format] = [id for page in pages for id in page.ids]
    assert ids["JSON"] == ids["XML"]
    assert {"<", "&", '"', "'", "中", "😀", "\\"} <= set("".join(ids["XML"]))


def test_a_walk_over_pages_meets_each_item_once(client, endpoint, region):
    walked = []
    for number in range(1, 9):
        walked += client.v3({"RegionId": region, "PageSize": "20", "PageNumber": str(number)}).ids
    assert sorted(walked) == sorted(item["TaskId"] for item in endpoint.store.regions[region])


def test_request_ids_are_capital_uuids_and_never_repeat(client, region):
    found = [client.v1({"RegionId": r}, format=f) for r in (region, "nowhere") for f in ("JSON", "XML") for _ in "123"]
    ids = [answer.text("RequestId") for answer in found]
    assert len(set(ids)) == len(ids)
    assert all(str(uuid.UUID(id)).upper() == id for id in ids)


def test_errors_carry_the_host_and_the_documented_message(client, endpoint):
    error = client.v1({"RegionId": "nowhere"}).json
    assert list(error) == ["RequestId", "HostId", "Code", "Message"]
    assert error["HostId"] == f"127.0.0.1:{endpoint.port}"
    assert (error["Code"], error["Message"]) == ("InvalidRegionId.NotFound", "The specified RegionId does not exist.")
    missing = client.v3({}, format="xml").xml
    assert missing.tag == "Error"
    assert missing.findtext("Code") == "MissingParameter"


def raw(endpoint, data):
    """What the server sends back before it closes the connection."""
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=60) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_chunked_request_body_is_read(endpoint, client, region):
    request = v3_request({"RegionId": region}, form=True, host=client.host)
    headers = "".join(f"{k}: {v}\r\n" for k, v in request.headers)
    first, rest = request.body[:5], request.body[5:]
    chunks = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(part), part) for part in (first, rest))
    head = f"POST / HTTP/1.1\r\n{headers}Transfer-Encoding: chunked\r\n\r\n".encode()
    assert raw(endpoint, head + chunks + b"0\r\nTrailer: 1\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_pipelined_requests_are_answered_in_turn(endpoint, client, region):
    requests = b""
    for wanted in (region, "nowhere", region):
        request = v1_request({"RegionId": wanted})
        requests += f"GET /?{request.query} HTTP/1.1\r\nHost: {client.host}\r\n\r\n".encode()
    assert re.findall(rb"HTTP/1.1 (\d+) ", raw(endpoint, requests)) == [b"200", b"400", b"200"]


def test_the_peer_is_told_to_continue(endpoint, region, client):
    request = v1_request({"RegionId": region}, method="POST", form=True)
    head = (
        f"POST /?{request.query} HTTP/1.1\r\nHost: {client.host}\r\nExpect: 100-continue\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(request.body)}\r\n\r\n"
    ).encode()
    found = raw(endpoint, head + request.body)
    assert found.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")


@pytest.mark.parametrize(
    "data",
    [
        b"NONSENSE\r\n\r\n", b"GET / HTTP/2\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\nshort",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"GET / HTTP/1.1\r\nA: b\r\n",
    ],
)  # fmt: skip
def test_what_is_no_request_is_told_so_and_ends_the_connection(endpoint, data):
    found = raw(endpoint, data)
    assert found.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"Connection: close" in found


def test_an_empty_connection_is_closed_in_silence(endpoint):
    assert raw(endpoint, b"") == b""


def test_connections_are_kept_or_closed_as_asked(endpoint, client, region):
    assert client.v1({"RegionId": region}).headers["Connection"] == "keep-alive"
    request = v1_request({"RegionId": region})
    assert client.send(evolve(request, headers=(("connection", "close"),))).headers["Connection"] == "close"
    old = raw(endpoint, f"GET /?{v1_request({'RegionId': region}).query} HTTP/1.0\r\n\r\n".encode())
    assert b"Connection: close" in old


def test_head_is_refused_without_a_body(endpoint):
    found = raw(endpoint, b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert found.startswith(b"HTTP/1.1 403")
    assert found.endswith(b"\r\n\r\n")


def test_requests_are_counted(endpoint, client, region):
    before = endpoint.request_count
    for _ in range(3):
        client.v1({"RegionId": region})
    assert endpoint.request_count == before + 3


def test_a_port_in_use_is_told_in_a_sentence(contract, endpoint):
    with pytest.raises(EndpointError, match=f"port {endpoint.port} on 127.0.0.1 is in use"):
        ReferenceEndpoint(contract, port=endpoint.port).start()
    with pytest.raises(EndpointError, match=r"cannot listen on 127.0.0.1 port 70000"):
        ReferenceEndpoint(contract, port=70000).start()


def test_stopping_closes_the_port_and_open_connections(contract):
    endpoint = ReferenceEndpoint(contract).start()
    with Client(endpoint.url) as client:
        assert client.v1({}).status == 400
        endpoint.stop()
        with pytest.raises((http.client.HTTPException, OSError)):
            client.v1({})
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", endpoint.port), timeout=1)
    endpoint.stop()


def test_stopping_before_starting_is_fine(contract):
    ReferenceEndpoint(contract).stop()


def together(endpoint, statuses, rounds=6):
    """The statuses of items that come back where requests for different ones are under way together, by request."""
    barrier = threading.Barrier(len(statuses))

    def ask(status):
        with Client(endpoint.url) as client:
            client.connection.connect()
            found = set()
            for _ in range(rounds):
                barrier.wait(timeout=60)
                found |= {t["TaskStatus"] for t in client.v3({"RegionId": "cn-hangzhou", "TaskStatus": status}).tasks}
            return found

    with ThreadPoolExecutor(len(statuses)) as pool:
        return list(pool.map(ask, statuses))


STATUSES = ["Finished", "Processing", "Failed", "Finished", "Processing", "Failed"]


def test_requests_under_way_together_do_not_mix(endpoint):
    assert together(endpoint, STATUSES) == [{status} for status in STATUSES]


def test_the_fault_of_a_shared_variable_mixes_them(contract, protocol):
    fault = named(contract, "requests-share-a-variable", protocol)
    with ReferenceEndpoint(contract, protocol, credentials=[KEY], faults=[fault]) as faulty:
        with Client(faulty.url) as client:
            alone = client.v3({"RegionId": "cn-hangzhou", "TaskStatus": "Failed"})
            assert {t["TaskStatus"] for t in alone.tasks} == {"Failed"}
        assert together(faulty, STATUSES) != [{status} for status in STATUSES]


def test_another_operation_from_its_contract():
    """Nothing is special about tasks: no regions, repeated ids, an unwrapped list, numbers and free text."""
    from tests.reference.client import Names
    from tests.reference.contracts import widgets

    names = Names("ListWidgets", "2020-01-01")
    with ReferenceEndpoint(widgets(), credentials=[KEY]) as endpoint, Client(endpoint.url) as client:
        (items,) = endpoint.store.as_data()["regions"].values()
        page = client.v1({"Limit": "50"}, names=names).json
        assert page["Total"] == len(items) == 140
        assert len(page["Widgets"]) == 50
        assert all(widget in items for widget in page["Widgets"])
        xml = client.v1({"Limit": "50"}, names=names, format="XML").xml
        for name in ("WidgetId", "Label"):
            assert [w.findtext(name) for w in xml.findall("Widgets/Widget")] == [w[name] for w in page["Widgets"]]
        wanted = [item["WidgetId"] for item in items[:3]]
        named_ones = client.v3({f"WidgetId.{n}": id for n, id in enumerate(wanted, 1)}, names=names).json
        assert sorted(w["WidgetId"] for w in named_ones["Widgets"]) == sorted(wanted)
        enabled = client.v1({"Enabled": "true", "Kind": "Round", "Limit": "50"}, names=names).json
        assert enabled["Total"] == sum(i["Enabled"] and i["Kind"] == "Round" for i in items) > 0
        six = {f"WidgetId.{n}": "w-1" for n in range(1, 7)}
        assert client.v1(six, names=names).status == 400


# ------------------------------------------------------------------------------------------------- a hostile world

GET = b"GET /?Action=DescribeTasks HTTP/1.1\r\nHost: h\r\n"
POST = b"POST /?Action=DescribeTasks HTTP/1.1\r\nHost: h\r\n"


@pytest.mark.parametrize(
    "head",
    [
        POST + b"Content-Length: " + b"9" * 5000,
        POST + b"Content-Length: 0" + b"0" * 5000,
        POST + "Content-Length: ٣".encode(),
        POST + b"Content-Length: +3",
        POST + b"Content-Length: 3\r\nContent-Length: 4",
        POST + b"Content-Length: 3, 4",
        POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked",
        POST + b"Transfer-Encoding: identity, chunked",
        POST + b"Transfer-Encoding: xchunked",
        POST + b"Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0",
        POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 5000,
        POST + b"Transfer-Encoding: chunked\r\n\r\nffffff",
        GET + b"Host : h",
        GET + b" folded: h",
        GET + b"\r\n".join(b"X-%d: 1" % n for n in range(300)),
        GET + b"X: " + b"x" * 70_000,
        b"GET /" + b"x" * 70_000,
    ],
    ids=range(17),
)
def test_a_request_whose_end_is_not_certain_or_too_far_is_refused(endpoint, head):
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=60) as connection:
        connection.sendall(head + b"\r\n\r\n")
        with connection.makefile("rb") as answer:
            assert answer.readline().startswith(b"HTTP/1.1 400 ")


def test_the_same_length_twice_is_one_length(endpoint):
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=60) as connection:
        connection.sendall(POST + b"Content-Length: 3\r\nContent-Length: 3\r\nConnection: close\r\n\r\na=b")
        answer = connection.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 ")
        assert b"Content-Length is no number" not in answer


@pytest.mark.parametrize("sent", [b"", b"G", GET, POST + b"Content-Length: 9\r\n\r\nabc"])
def test_who_is_too_slow_is_left(contract, sent):
    """Nothing is sent after it, so that the end of the connection is the server's."""
    with ReferenceEndpoint(contract) as endpoint:
        endpoint.connections.idle = endpoint.connections.whole = 0.05
        with socket.create_connection(("127.0.0.1", endpoint.port), timeout=60) as connection:
            connection.sendall(sent)
            assert connection.recv(1) == b""


def test_for_one_connection_more_the_oldest_that_waits_goes(contract):
    with ReferenceEndpoint(contract) as endpoint:
        endpoint.connections.most = 8
        address = ("127.0.0.1", endpoint.port)
        idle = [socket.create_connection(address, timeout=60) for _ in range(8)]
        idle[1].sendall(GET)
        with socket.create_connection(address, timeout=60) as other:
            other.sendall(GET + b"\r\n")
            assert other.recv(8) == b"HTTP/1.1"
        assert idle[0].recv(1) == b""
        for connection in idle:
            connection.close()


def test_idle_connections_beyond_the_open_files_stop_nobody(tmp_path):
    """Two thousand of them, at a limit of 1,024 files: `serve` ends the oldest and answers who asks."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(4096, hard)), hard))
    script = "ulimit -n 1024 && exec " + shlex.join([sys.executable, "-u", "-m", "conformance", "serve"])
    process = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=NO_KEY)
    try:
        port = int(re.search(r":(\d+) ", process.stdout.readline())[1])
        pool = [open_connections(port, 500) for _ in range(4)]
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(GET + b"\r\n")
            assert connection.recv(8) == b"HTTP/1.1"
        assert process.poll() is None
        for idle in itertools.chain(*pool):
            idle.close()
    finally:
        process.kill()
        process.wait()


def open_connections(port, count):
    return [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(count)]


@pytest.mark.parametrize("taken", ["newest-first", "by-key", "other"])
def test_a_long_listing_that_is_kept_in_order_is_the_one_that_is_sorted(contract, protocol, taken):
    """Over two regions, a filter and a page again, so that several lists are kept and found."""
    store = seeding.generated(contract, protocol, sizes=(700, 600))
    pages = []
    for least in (1, 10_000):
        with ReferenceEndpoint(contract, protocol, store, [KEY], dialect={"TaskSet.Task.order": taken}) as endpoint:
            endpoint.application.server.orders.least = least
            with Client(endpoint.url) as client:
                asked = [{"RegionId": r, "PageNumber": n, "PageSize": 100} for r in store.regions for n in (1, 3)]
                asked += [{**asked[0], "TaskStatus": "Finished"}, asked[0]]
                pages.append([client.v1({k: str(v) for k, v in a.items()}).tasks for a in asked])
    assert pages[0] == pages[1]
    assert pages[0][0] == pages[0][-1] != pages[0][2]
