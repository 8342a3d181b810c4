"""A stream that nobody ran is found out: contract, ledger, levels, selection and lines are computed again."""

import pytest
from attrs import evolve

from conformance.errors import NotEstablished, Refusal
from conformance.report import events as e
from conformance.report.basis import Basis
from conformance.report.certificate import certify
from conformance.report.header import documented, run_header
from conformance.report.signature import verify
from conformance.report.stream import Altered, Run, parse, text_of

URL = "http://127.0.0.1:4000"


@pytest.fixture(scope="module")
def basis():
    return Basis.of("DescribeTasks", None)


@pytest.fixture(scope="module")
def passed(basis):
    """A run by the shipped contract in which every requirement passed, in both formats."""
    return passing(basis)


def passing(basis, strict=False, select=()):
    ledger = basis.ledger.strict() if strict else basis.ledger
    known = documented(basis.protocol, basis.contract)
    settings = e.SettingsEntry(select, ("MUST", "SHOULD", "MAY"), *known.values(), ("cn-hangzhou",), 8, known)
    chosen = {r.id for pattern in select or ("*",) for r in ledger.matching(pattern)}
    selection = [r for r in ledger.requirements if r.side == "endpoint" and r.id in chosen]
    target = e.TargetIdentity("endpoint", "mine", URL)
    profile = e.RunProfile("strict" if strict else None)
    header = run_header(basis.contract, ledger, selection, target, 1, profile, settings=settings)
    verdicts = [e.Verdict(r.id, case, "passed", examples=1) for r in selection for case in ("json", "xml")]
    return Run(header, tuple(verdicts), (), e.RunFinished(requests=10))


def wrong(run, basis, folder=None):
    """What `verify` says is wrong with a certificate of the run, whose stream is as a forger would leave it."""
    events = text_of(run).encode()
    found = verify(certify(events, partial=True), events, basis_of=lambda header: basis)
    return " ".join(found.problems)


def test_a_run_by_the_shipped_contract_is_consistent(basis, passed):
    for made in (passed, passing(basis, strict=True), passing(basis, select=("paging.*",))):
        assert wrong(made, basis) == ""
    found = verify(certify(text_of(passed).encode()), text_of(passed).encode(), basis_of=lambda header: basis)
    assert any(f"Its {len(passed.header.catalogue)} requirements" in line for line in found.checked)
    assert not found.proven


def with_levels(run, level):
    header = run.header
    return evolve(run, header=evolve(header, catalogue=tuple(evolve(c, level=level) for c in header.catalogue)))


def test_levels_that_were_changed_are_named(basis, passed):
    should = next(c for c in passed.header.catalogue if c.level == "SHOULD")
    one = [evolve(c, level="SHOULD") if c.level == "MUST" else c for c in passed.header.catalogue[1:]]
    made = evolve(passed, header=evolve(passed.header, catalogue=(passed.header.catalogue[0], *one)))
    assert "is a MUST, not a SHOULD" in wrong(made, basis)
    assert f"{should.id} is a SHOULD, not a MUST" in wrong(with_levels(passed, "MUST"), basis)


def test_a_requirement_that_was_taken_away_or_made_up_is_named(basis, passed):
    gone = passed.header.catalogue[5]
    fewer = evolve(
        passed,
        header=evolve(passed.header, catalogue=tuple(c for c in passed.header.catalogue if c != gone)),
        verdicts=tuple(v for v in passed.verdicts if v.requirement != gone.id),
    )
    said = wrong(fewer, basis)
    assert f"neither as selected nor as left out: {gone.id}" in said
    assert "not those that its settings select" in said
    invented = evolve(passed.header.catalogue[0], id="DescribeTasks.made.up")
    more = evolve(passed, header=evolve(passed.header, catalogue=(*passed.header.catalogue, invented)))
    more = evolve(more, verdicts=(*more.verdicts, e.Verdict(invented.id, "", "passed")))
    assert "requirements that do not exist: DescribeTasks.made.up" in wrong(more, basis)


def test_a_left_out_requirement_keeps_its_level(basis):
    made = passing(basis, select=("paging.*",))
    levels = dict.fromkeys(made.header.deselected, "SHOULD")
    assert "is a MUST, not a SHOULD" in wrong(evolve(made, header=evolve(made.header, deselected_levels=levels)), basis)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda h: evolve(h, suite=evolve(h.suite, contract_digest="sha256:" + "0" * 64)), "--contract"),
        (lambda h: evolve(h, suite=evolve(h.suite, requirements_digest="sha256:" + "0" * 64)), "names requirements"),
        (lambda h: evolve(h, sentences=h.sentences[1:]), "sentences of the documentation"),
        (lambda h: evolve(h, choices=h.choices[1:]), "choices that the stream lists"),
        (lambda h: evolve(h, catalogue=h.catalogue[::-1]), "another order"),
        (lambda h: evolve(h, catalogue=(evolve(h.catalogue[0], statement="Anything."), *h.catalogue[1:])), "words"),
        (lambda h: evolve(h, settings=evolve(h.settings, select=("ids.*",))), "its settings select"),
        (
            lambda h: evolve(h, settings=evolve(h.settings, documented={"formats": ("json",)})),
            "calls documented",
        ),
    ],
    ids=range(8),
)
def test_each_claim_of_the_header_is_checked(basis, passed, change, said):
    assert said in wrong(evolve(passed, header=change(passed.header)), basis)


def test_a_failure_that_was_renamed_is_found_out_by_what_it_still_says(basis, passed):
    edited = evolve(passed.verdicts[0], expected="200", received="500")
    said = wrong(evolve(passed, verdicts=(edited, *passed.verdicts[1:])), basis)
    assert f"as failures do: {edited.requirement}" in said


def test_a_verdict_that_was_taken_away_is_found_out(basis, passed):
    said = wrong(evolve(passed, verdicts=passed.verdicts[1:]), basis)
    assert f"some of the formats of the run only: {passed.verdicts[0].requirement}" in said


def test_an_edited_line_is_found_out_by_the_footer(passed):
    text = text_of(evolve(passed, verdicts=(evolve(passed.verdicts[0], verdict="failed"), *passed.verdicts[1:])))
    assert parse(text.encode()).sealed
    with pytest.raises(Altered, match="counts 1 verdicts 'failed', and its lines hold 0"):
        parse(text.replace('"verdict":"failed"', '"verdict":"passed"').encode())
    with pytest.raises(Altered, match="digest that its footer gives"):
        parse(text.replace('"seed":1', '"seed":2').encode())


def test_a_stream_without_a_digest_is_not_valid(basis, passed):
    events = "".join(map(e.to_line, passed.events())).encode()
    found = verify(certify(events), events, basis_of=lambda header: basis)
    assert found.problems == ("The stream has no digest over its own lines, which every run of this version leaves.",)


def test_another_version_of_the_suite_is_not_judged_by_this_one(basis, passed):
    suite = evolve(passed.header.suite, version="0.0.1", requirements_digest="sha256:" + "0" * 64)
    with pytest.raises(NotEstablished, match=r"made by version 0\.0\.1 of the suite"):
        basis.disagreements(evolve(passed, header=evolve(passed.header, suite=suite)))


def test_a_contract_that_is_not_shipped_is_asked_for():
    with pytest.raises(Refusal, match="--contract DIR"):
        Basis.of("DescribeNothing", None)


def test_another_contract_of_the_operation_is_told_apart(basis, passed):
    other = evolve(basis, contract=evolve(basis.contract, choices=basis.contract.choices[1:]))
    assert "give the one that was used with --contract" in " ".join(other.disagreements(passed))
