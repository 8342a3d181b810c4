import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.report import events as e
from conformance.report.conclusion import conclude
from conformance.report.merge import Unmergeable, merge
from conformance.report.results import counts, results
from conformance.report.stream import parse

from .streams import entry, run, runs


@st.composite
def shards(draw):
    """Runs of one subject: the header of a first, with the verdicts, selection and footer of several."""
    first = draw(runs())
    found = [first]
    for _ in range(draw(st.integers(1, 3))):
        other = draw(runs())
        kept = draw(st.sets(st.sampled_from(first.header.catalogue), min_size=1))
        catalogue = tuple(one for one in first.header.catalogue if one in kept)
        ids = {one.id for one in catalogue}
        header = evolve(first.header, seed=other.header.seed, started=other.header.started, catalogue=catalogue)
        verdicts = tuple(one for one in other.verdicts if one.requirement in ids)
        footer = other.footer if verdicts else evolve(other.footer, interrupted=True)
        found.append(evolve(other, header=header, verdicts=verdicts, footer=footer))
    return found


@settings(deadline=None, max_examples=40)
@given(shards(), st.randoms())
def test_merging_is_associative_commutative_and_idempotent(several, random):
    whole = merge(several)
    shuffled = list(several)
    random.shuffle(shuffled)
    assert merge(shuffled) == whole
    cut = random.randrange(len(several) + 1)
    halves = [merge(part) for part in (several[:cut], several[cut:]) if part]
    assert merge(halves) == merge(reversed(halves)) == whole
    assert merge([whole, *several, whole]) == whole


@settings(deadline=None, max_examples=40)
@given(shards())
def test_everything_is_counted_once(several):
    whole = merge(several)
    distinct = list(dict.fromkeys(map(repr, several)))
    kept = [next(one for one in several if repr(one) == name) for name in distinct]
    assert whole.footer.requests == sum(one.footer.requests for one in kept)
    assert len(whole.verdicts) == sum(len(one.verdicts) for one in kept)
    assert sum(whole.footer.latency.counts) == sum(sum(one.footer.latency.counts) for one in kept)
    assert whole.footer.interrupted == any(one.footer.interrupted for one in kept)


def test_a_merged_stream_is_a_stream():
    whole = merge([run(verdicts=[("a.b", "passed", "json")]), run(verdicts=[("a.b", "failed", "xml")])])
    assert parse("".join(map(e.to_line, whole.events())).encode()) == whole
    assert conclude(whole).exit_status == 1
    assert [result.cases for result in results(whole)] == [{"json": "passed", "xml": "failed"}] or [
        result.cases for result in results(whole)
    ] == [{"xml": "failed", "json": "passed"}]


def test_shards_make_a_whole():
    catalogue = [entry("a.b"), entry("a.c")]
    one = run(catalogue, [("a.b", "passed")])
    other = run(catalogue, [("a.c", "passed")])
    assert conclude(one).exit_status == 3
    whole = merge([one, other])
    assert conclude(whole).exit_status == 0
    assert counts(results(whole))["passed"] == 2
    assert whole.footer.requests == 200


def test_what_one_shard_left_out_another_may_have_run():
    one = run([entry("a.b")], [("a.b", "passed")])
    other = run([entry("a.c")], [("a.c", "passed")])
    one = evolve(one, header=evolve(one.header, deselected=("DescribeTasks.a.c", "DescribeTasks.a.d")))
    assert merge([one, other]).header.deselected == ("DescribeTasks.a.d",)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"operation": "Other"}, "operation"),
        ({"target": e.TargetIdentity("endpoint", "another")}, "target"),
        ({"suite": e.Suite("acs-conformance", "0.2.0", "", "")}, "suite"),
        ({"suite": e.Suite("acs-conformance", "0.1.0", "sha256:other", "")}, "contract"),
        ({"profile": e.RunProfile("strict")}, "profile"),
        ({"catalogue": (entry("a.b", "SHOULD"),)}, r"what DescribeTasks\.a\.b says"),
    ],
    ids=str,
)
def test_runs_of_different_subjects_are_not_added_up(change, named):
    made = run(verdicts=[("a.b", "passed")])
    with pytest.raises(Unmergeable, match=f"differ in {named}"):
        merge([made, evolve(made, header=evolve(made.header, **change))])


def test_nothing_is_no_run():
    with pytest.raises(Unmergeable, match="no run"):
        merge([])
