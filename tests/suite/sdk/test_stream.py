"""A certification as an event stream that the reports can read."""

from __future__ import annotations

from attrs import evolve

from conformance.report.events import from_dict, to_dict
from conformance.suite.sdk import stream
from conformance.suite.sdk.run import certify


def test_a_certification_is_a_whole_stream(plan, miniature):
    small = evolve(plan, select=("requests.plus", "responses.every-list-form", "behaviour.connection-reuse"))
    verdicts, started = [], []
    done = certify(
        miniature("raw-plus"),
        small,
        verdicts.append,
        on_ready=lambda r: started.append(stream.header(small, r, "mini")),
    )
    header = started[0]
    assert header.target.kind == "sdk"
    assert (header.target.name, header.target.release) == ("mini", "1.2.3")
    assert {e.id for e in header.catalogue} == {v.requirement for v in verdicts}
    assert {e.theme for e in header.catalogue} == {"requests", "responses", "behaviour"}
    assert any(c.startswith("open: ") for e in header.catalogue for c in e.citations if e.level == "SHOULD")
    assert len(header.deselected) > 100
    events = [header, *verdicts, *stream.observed(done), stream.footer(done)]
    assert [from_dict(to_dict(e)) for e in events] == events
    assert {o.alternative for o in stream.observed(done)} == {"object", "array-of-one"}
    assert stream.footer(done).requests == done.requests > 0
    assert stream.footer(done).outcomes["200"] > 0


def test_a_fault_of_the_driver_is_an_interrupted_run():
    assert stream.broken("crash").interrupted
