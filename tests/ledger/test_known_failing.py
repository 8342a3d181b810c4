import json
from datetime import date

import jsonschema_rs
import pytest
import yaml

from conformance.contract.files import schemas_root
from conformance.ledger.known_failing import BadKnownFailures, KnownFailures, load, settle

IDS = ("DescribeTasks.paging.pages-are-full", "DescribeTasks.paging.total-is-constant", "DescribeTasks.range.start")
CHOICES = {"TaskSet.list-form": ("object", "array-of-one")}
TODAY = date(2026, 6, 1)
GOOD = {
    "requirement": "paging.pages-are-full",
    "reason": "short pages",
    "owner": "listing team",
    "expires": date(2026, 6, 1),
}


@pytest.fixture
def written(tmp_path):
    def write(*entries, **more):
        path = tmp_path / "known.yaml"
        path.write_text(yaml.safe_dump({"known_failures": list(entries), **more}), "utf-8")
        return path

    return write


def loaded(path):
    return load(path, IDS, CHOICES, TODAY)


def test_entries_speak_of_verdicts(written):
    known = loaded(
        written(
            {**GOOD, "case": "json"},
            {**GOOD, "requirement": "DescribeTasks.range.*", "choice": "TaskSet.list-form=object", "link": "X-1"},
            format_version=1,
        )
    )
    full, _, start = IDS
    assert known.entry(full, "json", {}).reason == "short pages"
    assert known.entry(full, "", {}) is not None
    assert known.entry(full, "xml", {}) is None
    assert known.entry(start, "json", {}) is None
    assert known.entry(start, "json", {"TaskSet.list-form": "object"}).link == "X-1"
    assert known.entry(start, "json", {"TaskSet.list-form": "array-of-one"}) is None
    assert known.entry(IDS[1], "json", {}) is None
    assert KnownFailures().entry(full, "json", {}) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"requirement": "paging.pages-are-ful"}, "no requirement matches; did you mean 'paging.pages-are-full'?"),
        ({"requirement": "nothing.*"}, "no requirement matches"),
        ({"expires": date(2026, 5, 31)}, "expired on 2026-05-31"),
        ({"expires": "soon"}, "expires is to be a date"),
        ({"expiry": date(2027, 1, 1)}, "unknown member 'expiry'; did you mean 'expires'?"),
        ({"case": "jsn"}, "no such case: 'jsn'"),
        (
            {"choice": "TaskSet.list-forn=object"},
            "no such choice: 'TaskSet.list-forn'; did you mean 'TaskSet.list-form'?",
        ),
        ({"choice": "TaskSet.list-form=thing"}, "no alternative 'thing'; there are object, array-of-one"),
        ({"reason": " "}, "reason is to be text"),
        ({"owner": 7}, "owner is to be text"),
        ({"flaky": {"failures": 5, "of": 5}}, "flaky is to be"),
        ({"flaky": True}, "flaky is to be"),
    ],
    ids=str,
)
def test_a_bad_entry_stops_the_run(written, change, says):
    with pytest.raises(BadKnownFailures) as error:
        loaded(written({**GOOD, **change}))
    assert says in str(error.value)
    assert "Entry 1" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("missing", ["requirement", "reason", "owner", "expires"])
def test_what_must_be_there(written, missing):
    with pytest.raises(BadKnownFailures, match=f"{missing} is missing"):
        loaded(written({name: value for name, value in GOOD.items() if name != missing}))


def test_entries_that_overlap_are_ambiguous(written):
    with pytest.raises(BadKnownFailures, match=r"ambiguous: both match DescribeTasks\.paging\.pages-are-full"):
        loaded(written(GOOD, {**GOOD, "requirement": "paging.*"}))
    with pytest.raises(BadKnownFailures, match="ambiguous"):
        loaded(written(GOOD, {**GOOD, "case": "xml"}))
    assert len(loaded(written({**GOOD, "case": "json"}, {**GOOD, "case": "xml"})).entries) == 2


def test_every_problem_is_told_at_once(written):
    with pytest.raises(BadKnownFailures) as error:
        loaded(written({**GOOD, "requirement": "x"}, {**GOOD, "case": "y"}, "z"))
    assert [problem[:7] for problem in error.value.problems] == ["Entry 1", "Entry 2", "Entry 3"]


@pytest.mark.parametrize("text", ["", "- a", "known_failures: {}", "a: [", "known_failures: []\nmore: 1", "\ud800"])
def test_what_is_no_such_file(tmp_path, text):
    path = tmp_path / "known.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(BadKnownFailures, match=r"known\.yaml"):
        loaded(path)
    with pytest.raises(BadKnownFailures, match="cannot be read"):
        loaded(tmp_path / "none.yaml")


def test_what_counts_in_the_end(written):
    plain = loaded(written(GOOD)).entries[0]
    flaky = loaded(written({**GOOD, "flaky": {"failures": 1, "of": 3}})).entries[0]
    assert settle(None, ["failed"]) == ("failed", None)
    assert settle(plain, ["failed"])[0] == "known-failing"
    assert settle(plain, ["warned"])[0] == "known-failing"
    assert settle(plain, ["passed"])[0] == "unexpectedly-passed"
    assert settle(plain, ["inconclusive"]) == ("inconclusive", None)
    assert settle(plain, ["errored"]) == ("errored", None)
    assert settle(flaky, ["passed", "passed", "passed"]) == ("passed", None)
    assert settle(flaky, ["passed", "failed", "passed"])[0] == "known-failing"
    verdict, message = settle(flaky, ["failed", "failed", "passed"])
    assert verdict == "failed"
    assert "2 of 3 tries" in message
    assert "listing team, until 2026-06-01" in settle(plain, ["failed"])[1]


def test_a_flaky_check_is_tried_as_often_as_its_bound_says(written):
    known = loaded(written({**GOOD, "flaky": {"failures": 1, "of": 3}}))
    assert [known.tries(id, "json", {}) for id in IDS] == [3, 1, 1]


def test_the_schema_and_the_reader_agree(written):
    schema = json.loads((schemas_root() / "acs-conformance" / "known-failing.schema.json").read_text("utf-8"))
    validator = jsonschema_rs.Draft202012Validator(schema)
    entries = [{**GOOD, "case": "json", "link": "x", "flaky": {"failures": 1, "of": 3}}, {**GOOD, "case": "xml"}]
    plain = json.loads(json.dumps({"known_failures": entries}, default=str))
    validator.validate(plain)
    assert len(loaded(written(*entries)).entries) == 2
    assert not validator.is_valid({"known_failures": [{**plain["known_failures"][0], "expiry": "x"}]})
