import json

import jsonschema_rs
import pytest
from hypothesis import given, settings

from conformance.contract.files import schemas_root
from conformance.report import stream as s
from conformance.report.events import from_dict, to_dict, to_line

from .streams import run, runs, showcase

SCHEMA = json.loads((schemas_root() / "acs-conformance" / "event.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)


@settings(deadline=None, max_examples=60)
@given(runs())
def test_every_run_is_read_as_it_was_written_and_fits_the_schema(made):
    lines = "".join(map(to_line, made.events()))
    assert s.parse(lines.encode()) == made
    for line in lines.splitlines():
        VALIDATOR.validate(json.loads(line))
        assert from_dict(json.loads(line)) in made.events()


def test_the_schema_refuses_what_the_reader_refuses():
    for change in ({"extra": 1}, {"verdict": "fine"}, {"examples": "3"}, {"requirement": None}):
        value = {**to_dict(showcase().verdicts[0]), **change}
        assert not VALIDATOR.is_valid(value)
        with pytest.raises(s.BadEvent):
            from_dict(value)


def test_a_writer_leaves_each_event_in_the_file_at_once(tmp_path):
    path = tmp_path / "events.jsonl"
    made = showcase()
    with path.open("w", encoding="utf-8") as file:
        writer = s.Writer(file)
        for number, event in enumerate(made.events(), 1):
            writer.write(event)
            assert path.read_text("utf-8").count("\n") == number
    assert s.read(path) == made


def lines(*changes):
    return [to_line(event).encode() for event in run(verdicts=[("a.b", "passed")]).events()]


HEADER, VERDICT, FOOTER = lines()
EMPTY = b"".join([HEADER, FOOTER])
FUTURE = HEADER.replace(b'"format_version":2', b'"format_version":3')
UNKNOWN = VERDICT.replace(b"DescribeTasks.a.b", b"DescribeTasks.x.y")


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (b"", s.NoHeader, "run-started"),
        (b"\n\n", s.NoHeader, "run-started"),
        (VERDICT + FOOTER, s.NoHeader, "run-started"),
        (HEADER + VERDICT, s.Truncated, "did not come to its end"),
        ((HEADER + VERDICT + FOOTER)[:-9], s.NotJson, "line 3"),
        (EMPTY, s.NoVerdicts, "nothing was judged"),
        (HEADER + b"nonsense\n" + FOOTER, s.NotJson, "line 2"),
        (HEADER + b"\xff\xfe\n" + FOOTER, s.NotJson, "line 2"),
        (HEADER + b"[" * 99999 + b"\n" + FOOTER, s.NotJson, "line 2"),
        (HEADER + b'{"event":"party"}\n' + FOOTER, s.UnknownKind, "party"),
        (HEADER + b'{"event":"verdict"}\n' + FOOTER, s.MalformedEvent, "line 2"),
        (HEADER + b"[]\n" + FOOTER, s.MalformedEvent, "line 2"),
        (FUTURE + VERDICT + FOOTER, s.LaterVersion, "update acs-conformance"),
        (HEADER + VERDICT + HEADER + FOOTER, s.Duplicated, "line 3"),
        (HEADER + VERDICT + FOOTER + FOOTER, s.Duplicated, "line 4"),
        (HEADER + VERDICT + FOOTER + VERDICT, s.Duplicated, "line 4"),
        ((HEADER + VERDICT + FOOTER) * 2, s.Duplicated, "merge"),
        (HEADER + UNKNOWN + FOOTER, s.UnknownRequirement, "DescribeTasks.x.y"),
    ],
    ids=range(18),
)
def test_each_malformation_has_its_name(tmp_path, data, error, says):
    path = tmp_path / "events.jsonl"
    path.write_bytes(data)
    with pytest.raises(s.StreamError) as caught:
        s.read(path)
    assert type(caught.value) is error
    assert says in str(caught.value)
    assert "events.jsonl" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_such_file(tmp_path):
    with pytest.raises(s.NoStream, match=r"none\.jsonl"):
        s.read(tmp_path / "none.jsonl")
    with pytest.raises(s.NoStream):
        s.read(tmp_path)


def test_an_interrupted_run_may_hold_no_verdict():
    made = run(catalogue=[], interrupted=True, reason="unreachable")
    assert s.parse("".join(map(to_line, made.events())).encode()) == made


def test_a_stream_is_read_where_it_lies_packed(tmp_path):
    made = showcase()
    (tmp_path / "events.jsonl").write_text(s.text_of(made), "utf-8")
    whole = s.read(tmp_path / "events.jsonl")
    s.pack(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["events.jsonl.gz"]
    assert s.read(tmp_path / "events.jsonl") == whole == s.read(tmp_path / "events.jsonl.gz")
    (tmp_path / "events.jsonl.gz").write_bytes(b"\x1f\x8b\x08cut")
    with pytest.raises(s.NoStream, match="cut short or damaged"):
        s.read(tmp_path / "events.jsonl")
