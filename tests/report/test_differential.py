"""Two endpoints beside each other: what differs for one cause is told once, with the operations."""

from __future__ import annotations

from conformance.report.differential import (
    Difference,
    Differential,
    as_data,
    differences_markdown,
    grouped,
    terminal_lines,
)


def difference(operation, check="envelope.charset", message="no charset (3 of 40 exchanges)"):
    about = f"{operation}.{check}"
    return Difference(operation, about, "one wrong", message, "it is met", "http://a", about)


NAMES = ("ListA", "ListB", "ListC")
SAME = tuple(difference(n, message=f"{n} has no charset ({i} of 40 exchanges)") for i, n in enumerate(NAMES, 1))
OTHER = difference("ListA", "errors.no-internals", "a path is told")


def test_one_cause_is_one_group_and_another_is_its_own():
    groups = grouped((OTHER, *SAME))
    assert [group.operations for group in groups] == [NAMES, ("ListA",)]
    assert groups[0].about == "envelope.charset of 3 operations (ListA, ListB, ListC)"
    assert groups[1].about == "ListA.errors.no-internals"


def test_who_is_wrong_makes_it_another_cause():
    swapped = Difference("ListB", "ListB.envelope.charset", "one wrong", "it is met", "x", "http://b")
    assert len(grouped((SAME[0], swapped))) == 2


def test_each_report_tells_a_cause_once_and_the_data_every_difference():
    found = Differential("http://a", "http://b", (OTHER, *SAME))
    lines = list(terminal_lines(found))
    assert lines[0] == "one wrong (4):"
    assert sum("envelope.charset" in line for line in lines) == 1
    assert differences_markdown(found).count("envelope.charset") == 1
    data = as_data(found)
    assert len(data["differences"]) == 4
    assert [group["operations"] for group in data["groups"]] == [list(NAMES), ["ListA"]]
