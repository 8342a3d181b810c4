"""The documentation's own samples as cassettes: each request with the response in one format, of one revision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from attrs import frozen

from conformance.cassettes.cassette import Interaction
from conformance.cassettes.meaning import Meaning
from conformance.contract.model import Contract, Sample
from conformance.wire.encoding import build_query, parse_query
from conformance.wire.exchange import Format, HttpRequest, HttpResponse

# stands for parameters that every request has, in samples of requests
PLACEHOLDER = re.compile(r"&?<[^<>]*>")
MEDIA_TYPES = {"json": "application/json", "xml": "text/xml"}
COMMON = ("Action", "Version", "Format")


@frozen
class SampleExchange:
    """A sample request and a sample response of one revision, as an exchange."""

    revision: str
    format: Format
    url: str
    interaction: Interaction


def sample_exchanges(contract: Contract) -> Iterator[SampleExchange]:
    """Each result that a revision shows, as the answer to the request that it shows.

    What a sample leaves to the common parameters is put in: version and format, no signature. The status and the media
    type are those that the documentation gives to a result.
    """
    for revision in contract.revisions:
        request = next((s for s in _of(contract, revision.id) if s.role == "request" and s.format == "url"), None)
        for response in _of(contract, revision.id):
            if request is not None and response.role == "response" and response.format != "url":
                yield _exchange(contract, revision.id, request, response, response.format)


def _of(contract: Contract, revision: str) -> list[Sample]:
    return [s for s in contract.samples if any(c.revision == revision for c in s.citations)]


def _exchange(contract: Contract, revision: str, request: Sample, response: Sample, format: Format) -> SampleExchange:
    parts = urlsplit(PLACEHOLDER.sub("", "".join(request.body.split())))
    pairs = tuple((name, value) for name, value in parse_query(parts.query) if name not in COMMON)
    common = (("Version", contract.version), ("Format", format.upper()))
    url = f"{parts.scheme}://{parts.netloc}/"
    query = build_query((("Action", contract.operation), *pairs, *common))
    sent = HttpRequest("GET", f"{url}?{query}", (("Host", parts.netloc),))
    got = HttpResponse(200, (("Content-Type", MEDIA_TYPES[format]),), response.body.encode())
    meaning = Meaning(contract.operation, contract.version, format, "none", "GET", "query", pairs)
    return SampleExchange(revision, format, url, Interaction(1, meaning, sent, got))
