"""What a run says of missing data is true: with just the items that it names, what it names is judged."""

from __future__ import annotations

import pytest

from conformance.contract.files import dump_contract, load_contract, load_protocol, schemas_root
from conformance.report.events import CatalogueEntry
from conformance.report.missing import missing_data
from tests.gates.runs import certified
from tests.gates.test_cursor import BY_TOKEN
from tests.report.streams import run as stream

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT, PROTOCOL = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
# the themes of which some requirement needs data, but for the sweeps
THEMES = (
    "fields.*", "ids.*", "paging.total-*", "paging.repeat*", "range.*", "regions.*", "filters.*.*", "cursor.*",
    "http.repeated-parameter", "stability.order", "choices.*", "isolation.mixed",
)  # fmt: skip
UNJUDGED = ("inconclusive", "not-applicable")


def judged(contract, folder, sizes):
    (folder / "contract.yaml").write_text(dump_contract(contract), "utf-8")
    return certified(
        folder, contract, PROTOCOL, folder, sizes=sizes, select=THEMES, traffic=THEMES, seed=3, max_examples=1
    )


def told(found):
    """What is said of missing data, of a run with these verdicts."""
    ids = dict.fromkeys(verdict.requirement for verdict in found.verdicts)
    return missing_data(stream([CatalogueEntry(id, "MUST", "theme", "") for id in ids], found.verdicts))


HELD = [(CONTRACT, sizes) for sizes in ((0,), (2,), (3, 0))] + [(BY_TOKEN, (size,)) for size in (0, 1, 2, 3)]


@pytest.mark.parametrize(
    ("contract", "sizes"), HELD, ids=lambda given: given if isinstance(given, tuple) else given.operation
)
def test_what_is_said_to_do_does(contract, sizes, tmp_path):
    before = judged(contract, tmp_path, sizes)
    assert not before.with_verdict("failed", "warned", "errored")
    missing = told(before)
    if missing is None:
        assert not before.with_verdict("inconclusive")
        return
    asked = {one.region: one.needed for one in missing.wanted}
    others = [size for region, size in asked.items() if region is None]
    names = ("cn-hangzhou", "cn-qingdao") if contract.semantics.region else ("",)
    now = [asked.get(name, size) for name, size in zip(names, sizes, strict=False)]
    assert now + others != list(sizes)
    after = judged(contract, tmp_path, (*now, *others))
    named = set(missing.requirements)
    assert not named & set(after.with_verdict(*UNJUDGED))
    assert named <= set(after.with_verdict("passed"))
