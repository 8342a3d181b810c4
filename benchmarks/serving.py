"""Pages a second of the mock server, over a connection that is kept, with 20,000 items."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from urllib.parse import urlencode

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.reference import seeding
from conformance.reference.server import ReferenceEndpoint
from conformance.wire.client import new_nonce, utc_now

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
ITEMS, SIZE = 20_000, 100


def measure() -> Iterator[str]:
    contract, protocol = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
    store = seeding.generated(contract, protocol, sizes=(ITEMS,))
    (region,) = store.regions
    with ReferenceEndpoint(contract, protocol, store) as endpoint:
        connection = http.client.HTTPConnection("127.0.0.1", endpoint.port)
        for form in ("JSON", "XML"):
            started, used = time.perf_counter(), time.process_time()
            for number in range(1, ITEMS // SIZE + 1):
                asked = {"Action": contract.operation, "Version": contract.version, "Format": form, "RegionId": region}
                asked |= {"PageNumber": number, "PageSize": SIZE, "Timestamp": utc_now(), "SignatureNonce": new_nonce()}
                connection.request("GET", f"/?{urlencode(asked)}")
                answer = connection.getresponse()
                assert answer.status == 200, answer.read()
                answer.read()
            pages = ITEMS // SIZE
            wall, processor = pages / (time.perf_counter() - started), pages / (time.process_time() - used)
            yield f"{form}: {wall:,.0f} pages a second, {processor:,.0f} a second of the processor (aim: at least 200)"
