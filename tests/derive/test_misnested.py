"""A sample that a repair has misnested does not outvote one that needed no repair."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.contract.model import Contract
from conformance.derive import derive
from conformance.derive.misnested import is_set_aside, set_aside
from conformance.derive.page import Block
from conformance.derive.samples import read

PAGE = """# DescribeCarts {#doc}

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|Carts|Array of Cart| |All.|
|Cart| | |One.|
|Id|String|c|The cart.|
|Size|Integer|3|The size.|
|Total|Integer|1|How many.|

## Examples

"""
WHOLE = {"Carts": {"Cart": [{"Id": "c", "Size": 3}]}, "Total": 1}
XML = "<DescribeCartsResponse><Carts><Cart><Id>c</Id><Size>3</Size></Cart>{end}<Total>1</Total></DescribeCartsResponse>"


def derived(folder: Path, *samples: str) -> Contract:
    page = folder / "page.md"
    page.write_text(PAGE + "\n\n".join(f"```\n{s}\n```" for s in samples), "utf-8")
    return derive([page])


def fields(contract: Contract) -> dict[str, tuple[str, str]]:
    return {".".join(path): (f.type, f.presence) for path, f in contract.fields()}


@pytest.mark.parametrize(
    "broken",
    [
        XML.format(end=""),  # without the end of <Carts>: the total goes into it
        '{"Carts": {"Cart": [{"Id": "c", "Size": 3}], "Total": 1}',
        '{"Carts": {"Cart": [{"Id": "c"}, "Size": 3], "Total": 1}',
    ],
)
@pytest.mark.parametrize("first", [False, True])
def test_what_a_repair_puts_elsewhere_than_an_intact_sample_is_no_member(
    broken: str, first: bool, tmp_path: Path
) -> None:
    whole = json.dumps(WHOLE)
    alone = derived(tmp_path, whole)
    both = derived(tmp_path, *((broken, whole) if first else (whole, broken)))
    assert fields(both) == fields(alone)
    assert fields(both)["Total"] == ("integer", "always")
    # it is kept, and a note says what it does not count for
    assert len(both.samples) == 2
    assert sum(is_set_aside(s.repairs) for s in both.samples) == 1
    assert [n for n in both.notes if "set aside, as repaired it has" in n]


def test_a_misnested_sample_that_stands_alone_counts(tmp_path: Path) -> None:
    contract = derived(tmp_path, XML.format(end=""))
    assert not any(is_set_aside(s.repairs) for s in contract.samples)
    assert "Carts.Cart.Id" in fields(contract)


@pytest.mark.parametrize(
    "repaired",
    [
        '{"Carts": {"Cart": [{"Id": "c"}]}, "Total": 1',  # the brace at the end
        '{"Carts": {"Cart": [{"Id": "c"}]}} , "Total": 1',
        "<DescribeCartsResponse><Carts><Cart><Id>c</Id></Cart></Carts><Total>1</Total>",
    ],
)
def test_a_repair_that_moves_nothing_counts(repaired: str, tmp_path: Path) -> None:
    contract = derived(tmp_path, json.dumps(WHOLE), repaired)
    assert not any(is_set_aside(s.repairs) for s in contract.samples)
    # a member that it lacks is not always there
    assert fields(contract)["Carts.Cart.Size"] == ("integer", "sometimes")
    assert fields(contract)["Total"] == ("integer", "always")


def test_what_another_sample_has_in_another_place_is_nothing_misnested() -> None:
    texts = (
        '{"From": {"Id": "a", "Zone": "z"}, "To": {"Id": "b"}}',
        '{"From": {"Id": "a"}, "To": {"Id": "b", "Zone": "z"}',
    )
    readings = [read(Block(text, n)) for n, text in enumerate(texts, 1)]
    assert readings[1].repairs
    assert set_aside(readings, "MoveCarts", ("From", "To", "Id", "Zone")) == readings


def test_another_form_of_a_list_is_nothing_misnested() -> None:
    texts = (json.dumps(WHOLE), '{"Carts": [{"Id": "c", "Size": 3}], "Total": 1')
    readings = [read(Block(text, n)) for n, text in enumerate(texts, 1)]
    assert set_aside(readings, "DescribeCarts", ("Carts", "Cart", "Id", "Size", "Total")) == readings
