"""Which row belongs to which."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.derive.fields import response_tree
from conformance.derive.nesting import nest
from conformance.derive.page import Block
from conformance.derive.rows import RowEntry
from conformance.derive.samples import read
from conformance.derive.shape import Shape, renamed, shape, singular


def row(name: str, type: str = "String", example: str = "x", marks: int = 0) -> RowEntry:
    return RowEntry(name, name, type, "", example if type not in ("", "List") else "", "", 1, marks)


def shown(*samples: Any, rows: tuple[str, ...] = ()) -> Shape:
    blocks = (Block(s if isinstance(s, str) else json.dumps(s), 1) for s in samples)
    return shape([read(b) for b in blocks], "DescribeThings", rows)


def places(entries: list[RowEntry], found: Shape) -> list[str]:
    return [".".join(p) for p in nest(tuple(entries), found)]


THINGS = {"Things": {"Thing": [{"Id": "1", "Tags": {"Tag": [{"Key": "k"}]}, "Zone": "z"}]}, "Total": 1}
TAGS = "<Tags><Tag><Key>k</Key></Tag></Tags>"
XML = f"<R><Things><Thing><Id>1</Id>{TAGS}<Zone>z</Zone></Thing></Things><Total>1</Total></R>"


@pytest.mark.parametrize("sample", [THINGS, XML])
def test_rows_follow_the_samples(sample: Any) -> None:
    rows = [row("Things", "Array of Thing"), row("Thing", ""), row("Id"), row("Tags", "Array of Tag"), row("Tag", "")]
    rows += [row("Key"), row("Zone"), row("Total", "Integer")]
    assert places(rows, shown(sample)) == [
        "Things",
        "Things.Thing",
        "Things.Thing.Id",
        "Things.Thing.Tags",
        "Things.Thing.Tags.Tag",
        "Things.Thing.Tags.Tag.Key",
        "Things.Thing.Zone",
        "Total",
    ]


@pytest.mark.parametrize("samples", [(), ("<R><A/></R>",)])
def test_an_object_of_which_nothing_is_said_is_one(samples: tuple[str, ...]) -> None:
    tree = response_tree((row("A", "Object", ""),), shown(*samples), "p")
    assert [(f.type, f.open_in) for f in tree.fields] == [("object", ())]


def test_an_object_that_a_sample_shows_as_text_is_no_object() -> None:
    assert [f.type for f in response_tree((row("A", "Object", ""),), shown("<R><A>x</A></R>"), "p").fields] == [
        "string"
    ]


@pytest.mark.parametrize(("type", "is_open"), [("", True), ("List", True), ("Array of String", False), ("Map", False)])
def test_a_row_that_says_nothing_of_what_it_is_demands_nothing(type: str, is_open: bool) -> None:
    tree = response_tree((row("A", type, ""), row("B", "List", "")), shown({"B": ["x"]}), "p")
    assert [f.open_in for f in tree.fields if f.name == "A"] == [("json", "xml") if is_open else ()]
    assert [n for n in tree.notes if n.startswith("A is open")] == (
        ["A is open: its row says nothing of what it is (p, response)"] if is_open else []
    )


def test_rows_without_their_item_go_under_it() -> None:
    rows = [row("Things", ""), row("Id", marks=1), row("Zone", marks=1), row("Total", "Integer")]
    assert places(rows, shown(THINGS)) == ["Things", "Things.Thing.Id", "Things.Thing.Zone", "Total"]


def test_the_same_name_at_two_levels_is_told_apart() -> None:
    sample = {"Links": {"Link": [{"Id": "1", "Total": 2}]}, "Total": 9}
    rows = [row("Links", "Array of Link"), row("Link", ""), row("Id"), row("Total", "Integer"), row("Total", "Integer")]
    assert places(rows, shown(sample))[-2:] == ["Links.Link.Total", "Total"]


def test_rows_that_no_sample_shows_follow_the_alphabet() -> None:
    rows = [
        row("Count", "Integer"),
        row("Things", "Array of Thing"),
        row("Thing", ""),
        row("Id"),
        row("Kind"),
        row("Name"),
        row("Zone"),
        row("Total"),
    ]
    found = places(rows, shown({}))
    assert found[-2:] == ["Things.Thing.Zone", "Total"]
    assert all(p.startswith("Things.Thing.") for p in found[3:-1])


def test_members_named_after_their_item_end_where_the_name_does() -> None:
    sample = {"Groups": {"Group": [{"GroupId": "1"}]}}
    rows = [row("Groups", ""), row("GroupId", marks=1), row("Tags", "", marks=1), row("TagKey", marks=1)]
    rows += [row("TagValue", marks=1), row("VpcId", marks=1)]
    assert places(rows, shown(sample))[-1] == "Groups.Group.VpcId"


def test_the_tree_has_the_types_of_table_and_samples() -> None:
    rows = (row("Things", "Array of Thing"), row("Thing", ""), row("Id"), row("Flag"), row("Ids", "List"))
    sample = {"Things": [{"Thing": [{"Id": "1", "Flag": True}, {"Id": "2"}]}], "Ids": {"Id": ["a"]}}
    tree = response_tree(rows, shown(sample), "r")
    things, ids = tree.fields
    (thing,) = things.members
    assert (things.type, thing.type) == ("object", "array")
    assert [(m.name, m.type, m.presence) for m in thing.members] == [
        ("Id", "string", "always"),
        ("Flag", "string", "sometimes"),
    ]
    assert (ids.type, ids.members[0].type, ids.members[0].item_type) == ("object", "array", "string")


def test_both_forms_of_a_list_are_noticed() -> None:
    rows = ("Things", "Thing")
    one = shown({"Things": [{"Thing": [{"Id": "1"}]}]}, rows=rows)
    assert one.nodes["Things",].forms == {"array-of-one": {"json"}}
    assert ("Things", "Thing", "Id") in one
    assert shown(THINGS).nodes["Things",].forms == {"object": {"json"}}


def test_a_list_without_wrapper_is_an_array() -> None:
    tree = response_tree(
        (row("Types", "Array of Item"), row("Count", "Integer")), shown({"Types": [{"Count": 1}]}), "r"
    )
    assert (tree.fields[0].type, tree.fields[0].members[0].name) == ("array", "Count")


def test_a_container_that_the_samples_call_otherwise_gets_the_name_of_the_table() -> None:
    sample = shown({"InstanceSettings": {"InstanceSetting": [{"Id": "1"}]}})
    found = renamed(sample, ["Settings", "Setting", "Id"], ["Settings", "Setting"])
    assert found.nodes.keys() == sample.nodes.keys()  # too different to be sure
    found = renamed(sample, ["InstancesSettings", "Id"], ["InstancesSettings"])
    assert ("InstancesSettings", "InstanceSetting", "Id") in found
    assert found.notes == ["InstancesSettings is called InstanceSettings in the samples"]


@pytest.mark.parametrize("json_form", [{"Span": {"Span": [{"End": "e"}]}}, {"Span": [{"End": "e"}]}])
def test_a_list_named_as_its_item_is_a_list_of_that_item(json_form: Any) -> None:
    xml = "<R><Span><Span><End>e</End></Span></Span></R>"
    rows = [row("Span", ""), row("End", marks=1)]
    placed = places(rows, shown(xml, json_form, rows=("Span", "End")))
    assert placed[0] == "Span"
    assert placed[1] in ("Span.Span.End", "Span.End")


def test_an_element_around_the_response_is_not_a_member() -> None:
    found = shown("<DescribeThingsResponse><A>1</A></DescribeThingsResponse><B>2</B>")
    assert set(found.nodes) == {(), ("A",), ("B",)}


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("IpAddress", "IpAddress"),
        ("Status", "Status"),
        ("Analysis", "Analysis"),
        ("Addresses", "Address"),
        ("Policies", "Policy"),
        ("VSwitches", "VSwitch"),
        ("Boxes", "Box"),
        ("Statuses", "Status"),
        ("Caches", "Cache"),
        ("Leases", "Lease"),
        ("Gpus", "Gpu"),
        ("Apis", "Api"),
    ],
)
def test_the_singular_of_what_ends_like_a_plural(plural: str, one: str) -> None:
    assert singular(plural) == one


SPANS = """# DescribeThings

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Action|String|Yes|DescribeThings|What to do. |

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|Span| | |Spans. |
|└State|String|done|How far. |
|Parts| | |Parts. |
|└Part|String|p|One. |

## Examples

```
<DescribeThingsResponse>
  <Span><Span><State>done</State></Span></Span>
  <Parts><Part>p</Part><Other>o</Other></Parts>
  <Again><Parts><Other>o</Other></Parts><Span><State>s</State></Span></Again>
</DescribeThingsResponse>
```

```
{"Span": {"Span": [{"State": "done"}]}, "Parts": [{"Part": "p"}]}
```
"""
CONTRACT_OF = """
import sys
from collections.abc import Sequence
from pathlib import Path
from conformance.derive import derive
for path in sys.argv[1:]:
    print(path, derive([Path(path)]))
"""


def contracts_of(pages: Sequence[Path], seeds: range) -> set[str]:
    """The contracts of some pages under each seed of Python's hashes."""
    return {
        subprocess.run(
            [sys.executable, "-c", CONTRACT_OF, *map(str, pages)],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in seeds
    }


def test_a_contract_does_not_depend_on_the_order_of_sets(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(SPANS, "utf-8")
    assert len(contracts_of([page], range(4))) == 1


@pytest.mark.gate
def test_no_contract_depends_on_the_order_of_sets(pages: list[Path], tmp_path: Path) -> None:
    ours = tmp_path / "page.md"
    ours.write_text(SPANS, "utf-8")
    layouts = [p for p in sorted((Path(__file__).parent / "layouts").iterdir()) if p.is_file()]
    assert len(contracts_of([ours, *pages, *layouts], range(20))) == 1


@pytest.mark.parametrize("type", ["Array of String", "List"])
def test_rows_after_a_list_of_plain_values_stand_beside_it(type: str) -> None:
    plain = RowEntry("Ips", "Ips", type, "", "1.2.3.4", "", 1)
    assert places([plain, row("Length", "Integer"), row("Id")], shown({"Ips": [], "Id": "x"})) == [
        "Ips",
        "Length",
        "Id",
    ]


def test_a_list_whose_example_is_of_objects_takes_the_rows_after_it() -> None:
    listed = RowEntry("Rules", "Rules", "List", "", '[{"Port": 1}]', "", 1)
    sample = {"Rules": [{"Port": 1}], "Id": "x"}
    assert places([listed, row("Port"), row("Id")], shown(sample)) == ["Rules", "Rules.Port", "Id"]


def test_a_row_that_no_sample_shows_belongs_to_the_item_and_not_beside_it() -> None:
    rows = [row("Things", ""), *(row(n, marks=1) for n in ("Id", "IsOld", "Image", "IPv", "Zone"))]
    found = shown({"Things": {"Thing": [{"Id": "1", "Zone": "z"}]}})
    assert places(rows, found)[1:] == [f"Things.Thing.{r.name}" for r in rows[1:]]


def test_a_table_in_alphabetical_order_ends_a_list_where_the_order_does() -> None:
    names = ("AlertId", "Basis", "Limit", "Period", "Cool", "Depth", "Extent", "Limit", "Minimum", "Reach", "ThingId")
    rows = [row("Total", "Integer"), row("Things", "Array of Thing"), row("Thing", ""), row("Adapts")]
    rows += [row("Alerts", "Array of Alert"), row("Alert", ""), *map(row, names), row("Value")]
    found = shown({"Total": 1, "Things": {"Thing": [{"Adapts": "a", "Cool": "c", "ThingId": "t"}]}})
    got = dict(zip([f"{i} {r.name}" for i, r in enumerate(rows)], places(rows, found), strict=True))
    assert got["9 Period"] == "Things.Thing.Alerts.Alert.Period"
    assert got["10 Cool"] == "Things.Thing.Cool"
    assert got["13 Limit"] == "Things.Thing.Limit"
    assert got["17 Value"] == "Things.Thing.Value"


def test_a_list_that_other_rows_have_closed_takes_no_more() -> None:
    rows = [row("Things", ""), row("HostIds", "", ""), row("Id"), row("Pools", ""), row("HostId"), row("Port")]
    found = shown({"Things": {"Thing": [{"Id": "1", "HostIds": {"HostId": ["h"]}}]}})
    assert "Things.Thing.HostIds.HostId" not in places(rows, found)
    assert places(rows, found)[-2:] == ["Things.Thing.Pools.HostId", "Things.Thing.Pools.Port"]


def test_a_list_that_a_sample_shows_empty_may_have_members() -> None:
    rows = [row("Thing", "Object"), row("Hosts", "", marks=1), row("Port", marks=2), row("Proto", marks=2)]
    found = shown("<R><Thing><Hosts/></Thing></R>")
    assert places(rows, found)[2:] == ["Thing.Hosts.Port", "Thing.Hosts.Proto"]
