"""Of many filters each is looked at early where requests are scarce: by what one item shows of all of them at once."""

from __future__ import annotations

from conformance.contract.files import dump_contract, load_protocol, schemas_root
from conformance.contract.model import Filter
from conformance.endpoint.traffic import Limits
from tests.gates.runs import certified
from tests.reference.contracts import parameter, scalar
from tests.reference.small_contracts import ID, KEYED, TOTAL, listing, pages

PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
FLAGS = tuple(f"Is{letter}" for letter in "ABCDEFGHIJKL")
BOATS = listing(
    ID,
    *(scalar(name, "true", type="boolean") for name in FLAGS),
    parameters=(*pages(), *(parameter(name, "boolean") for name in FLAGS)),
    response=TOTAL,
    filters=tuple(Filter(name, name) for name in FLAGS),
    **KEYED,
)
LAST, FEW = FLAGS[-1], 24


def run(folder, **settings):
    (folder / "contract.yaml").write_text(dump_contract(BOATS), "utf-8")
    themes = ("filters.*.selects", "filters.*.complete")
    chosen = {"select": themes, "traffic": themes, "max_examples": 1, "seed": 3, "formats": ("json",)}
    return certified(folder, BOATS, PROTOCOL, folder, **chosen, limits=Limits(max_requests=FEW), budget=FEW, **settings)


def test_the_last_of_many_filters_is_found_within_few_requests(tmp_path):
    found = run(tmp_path, faults=[f"filter-means-the-opposite:{LAST}"])
    assert f"DescribeBoats.filters.{LAST}.complete" in found.with_verdict("failed", "warned")
    assert "budget" in " ".join(found.with_verdict("inconclusive").values())


def test_where_all_are_right_nothing_is_said_against_them(tmp_path):
    found = run(tmp_path)
    assert not found.with_verdict("failed", "warned", "errored")
