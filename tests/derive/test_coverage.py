"""What a page's coverage says."""

from __future__ import annotations

from pathlib import Path

from conformance.derive.coverage import as_text, coverage
from conformance.derive.derivation import contract_of, read_pages, understand
from conformance.derive.overlay import Overlay

PAGE = """# DescribeThings

You can query things.

## Request parameters

|Parameter|Type|Required|Example|Description|
|---|---|---|---|---|
|RegionId|String|Yes|cn-x|The region. It must be the region of the thing.|
|PageSize|Integer|Perhaps|10|Valid values: 1 to 50.|

## Response parameters

|Parameter|Type|Example|Description|
|---|---|---|---|
|PageSize|Integer|10|The size.|
|Flag|Blob|x|A flag.|

## Examples

Sample success responses

```
{"PageSize": "10"}
```

```
{"PageSize" "10"}
```
"""


def test_rows_rules_and_samples_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "things.md"
    path.write_text(PAGE)
    pages = read_pages([path])
    contract = contract_of(understand(pages), Overlay())
    found = coverage(pages[0], contract)
    assert (found.rows, found.rows_understood) == (4, 2)
    assert (found.rules, found.rules_understood) == (2, 1)
    assert (found.samples, found.samples_read) == (2, 1)
    assert found.contradictions == ("PageSize.json-type",)
    assert [(g.line, g.citation.row) for g in found.gaps] == [(10, "PageSize"), (17, "Flag"), (9, "RegionId")]
    text = as_text([found, found])
    assert f"{path}:9:" in text
    assert "It must be the region of the thing." in text
    assert text.splitlines()[1].split()[-5:] == ["2/4", "6", "1/2", "1/2", "1"]


def test_the_rules_of_the_seeds_are_understood(seeds: list[Path]) -> None:
    pages = read_pages(seeds)
    contract = contract_of(understand(pages), Overlay())
    gaps = [g.text for p in pages for g in coverage(p, contract).gaps]
    assert gaps == ["Valid values:", "Valid values:"]
