"""Small made-up operations, drawn by Hypothesis, and the pages that document them.

An operation lists things. Whatever a documented listing may have or lack is drawn: a key, pages with a total, an id
list, filters of every type, a time range, a region, a parameter that is required, samples in one format or in both,
and a second revision of the page that contradicts the first. The pages go through derivation like any other, so that
what is certified is a contract as a person would have it.
"""

from __future__ import annotations

import json
from typing import Any, Literal
from xml.sax.saxutils import escape

from attrs import evolve, frozen
from hypothesis import strategies as st

Kind = Literal["listed", "boolean", "integer", "text"]
SAMPLES: dict[Kind, Any] = {"listed": "Red", "boolean": True, "integer": 7, "text": "alpha"}
TYPES: dict[Kind, str] = {"listed": "String", "boolean": "Boolean", "integer": "Integer", "text": "String"}
FILTERS: dict[str, Kind] = {
    "Colour": "listed",
    "Locked": "boolean",
    "Weight": "integer",
    "Owner": "text",
    "Phase": "listed",
}
LISTS = {"Colour": ("Red", "Green", "Blue"), "Phase": ("Waiting", "Done")}
LIMITS = (1, 2, 5, 20, 100, None)


@frozen
class Paging:
    """`maximum` and `default` of the page size are None where the page states none."""

    maximum: int | None
    default: int | None
    echoed: bool


@frozen
class Span:
    """The documented bounds of a time range, and whether they are written to the second."""

    start: bool
    end: bool
    seconds: bool


@frozen
class Revision:
    """What two revisions of a page may say differently."""

    array_of_one: bool = False
    label_required: bool = False
    shown_seconds: bool = False
    maximum: int | None = None


@frozen
class Operation:
    """One operation; `ids` is the limit of its id list (0: documented without a limit, None: no id list)."""

    key: bool
    paging: Paging | None
    ids: int | None
    span: Span | None
    filters: tuple[str, ...]
    region: bool
    label: bool
    samples: tuple[str, ...]
    revisions: tuple[Revision, ...]

    def pages(self) -> list[str]:
        """The text of each revision's page, oldest first."""
        return [page(self, revision) for revision in self.revisions]


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    """Any combination of what a listing may have."""
    key = draw(st.booleans() | st.just(True))
    default = draw(st.sampled_from([None, 1, 10]))
    maximum = draw(st.sampled_from(LIMITS))
    if maximum is not None and default is not None:
        default = min(default, maximum)
    paging = Paging(maximum, default, draw(st.booleans())) if draw(st.booleans() | st.just(True)) else None
    ends = draw(st.sampled_from([(True, True), (True, False), (False, True)]))
    first = Revision(draw(st.booleans()), draw(st.booleans()), draw(st.booleans()), maximum)
    revisions = [first]
    if draw(st.booleans()):
        revisions.append(
            evolve(first, **draw(st.fixed_dictionaries({}, optional={
                "array_of_one": st.booleans(), "label_required": st.booleans(), "shown_seconds": st.booleans(),
            })))
        )  # fmt: skip
    return Operation(
        key=key,
        paging=paging,
        ids=draw(st.none() | st.sampled_from([limit or 0 for limit in LIMITS])) if key else None,
        span=Span(*ends, draw(st.booleans())) if draw(st.booleans()) else None,
        filters=tuple(sorted(draw(st.sets(st.sampled_from(sorted(FILTERS)), max_size=3)))),
        region=draw(st.booleans() | st.just(True)),
        label=draw(st.booleans()),
        samples=draw(st.sampled_from([("JSON", "XML"), ("JSON",), ("XML",)])),
        revisions=tuple(revisions),
    )


# ------------------------------------------------------------------------------------------------------------- pages


def page(operation: Operation, revision: Revision) -> str:
    """One documentation page, in Markdown with bars."""
    sections = [
        "# DescribeThings",
        "Lists things.",
        "## Request parameters",
        table(("Parameter", "Type", "Required", "Example", "Description"), parameters(operation, revision)),
        "## Response parameters",
        table(("Parameter", "Type", "Example", "Description"), fields(operation, revision)),
        "## Examples",
        "Sample requests",
        f"```\n{request(operation)}\n```",
        *samples(operation, revision),
        "## Error codes",
        table(("HTTP status code", "Error code", "Error message", "Description"), errors(operation)),
    ]
    return "\n\n".join(s for s in sections if s) + "\n"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table with outer bars, or nothing where it has no rows."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"|{'|'.join(line)}|" for line in lines) if rows else ""


def parameters(operation: Operation, revision: Revision) -> list[tuple[str, ...]]:
    rows = [("Action", "String", "Yes", "DescribeThings", "The operation to call. Set the value to DescribeThings.")]
    if operation.region:
        rows.append(("RegionId", "String", "Yes", "cn-hangzhou", "The region of the things."))
    if operation.label:
        required = "Yes" if revision.label_required else "No"
        rows.append(("Label", "String", required, "blue-label", "A label of the request."))
    if operation.paging:
        rows += paging_rows(operation.paging, revision)
    if operation.ids is not None:
        bound = f" You can specify up to {operation.ids} IDs." if operation.ids else ""
        rows.append(
            ("ThingIds", "String", "No", "t-0001,t-0002", f"IDs of things.{bound} Separate the IDs with commas (,).")
        )
    for name in operation.filters:
        kind = FILTERS[name]
        listed = f" Valid values: {', '.join(LISTS[name])}." if kind == "listed" else ""
        sample = LISTS[name][0] if kind == "listed" else written(SAMPLES[kind])
        rows.append((name, TYPES[kind], "No", sample, f"Keeps the things of this {name.lower()}.{listed}"))
    if operation.span:
        form = "yyyy-MM-ddTHH:mm:ssZ" if operation.span.seconds else "yyyy-MM-ddTHH:mmZ"
        sample = "2015-11-23T15:10:00Z" if operation.span.seconds else "2015-11-23T15:10Z"
        for name, there in (("StartTime", operation.span.start), ("EndTime", operation.span.end)):
            if there:
                rows.append(
                    (name, "String", "No", sample, f"A bound of the creation time, in the {form} format, in UTC.")
                )
    return rows


def paging_rows(paging: Paging, revision: Revision) -> list[tuple[str, ...]]:
    most = f" Maximum value: {revision.maximum}." if revision.maximum is not None else ""
    usual = f" Default value: {paging.default}." if paging.default is not None else ""
    return [
        ("PageNumber", "Integer", "No", "1", "The page to return. Pages start from page 1. Default value: 1."),
        ("PageSize", "Integer", "No", "1", f"How many things a page holds.{most}{usual}"),
    ]


def fields(operation: Operation, revision: Revision) -> list[tuple[str, ...]]:
    rows = [("RequestId", "String", REQUEST_ID, "The ID of the request.")]
    if operation.paging:
        rows.append(("TotalCount", "Integer", "2", "The number of things."))
        if operation.paging.echoed:
            rows += [("PageNumber", "Integer", "1", "The page."), ("PageSize", "Integer", "1", "The size of the page.")]
    rows += [("Things", "Array of Thing", "", "The things."), ("Thing", "", "", "")]
    return rows + [
        (name, TYPES[kind], sample, f"The {name} of the thing.") for name, kind, sample in members(operation, revision)
    ]


def members(operation: Operation, revision: Revision) -> list[tuple[str, Kind, str]]:
    """Name, kind and sample of each member of a thing."""
    found: list[tuple[str, Kind, str]] = [("Remark", "text", "beta")]
    if operation.key:
        found.append(("ThingId", "text", "t-0001"))
    if operation.span:
        found.append(
            ("CreationTime", "text", "2015-11-23T15:10:00Z" if revision.shown_seconds else "2015-11-23T15:10Z")
        )
    for name in operation.filters:
        kind = FILTERS[name]
        found.append((name, kind, LISTS[name][0] if kind == "listed" else written(SAMPLES[kind])))
    return found


def written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


REQUEST_ID = "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"


def request(operation: Operation) -> str:
    pairs = ["Action=DescribeThings"]
    pairs += ["RegionId=cn-hangzhou"] if operation.region else []
    return "https://ecs.example.test/?" + "&".join([*pairs, "<Common request parameters>"])


def samples(operation: Operation, revision: Revision) -> list[str]:
    found = ["Sample success responses"]
    for format in operation.samples:
        body = as_xml(operation, revision) if format == "XML" else as_json(operation, revision)
        found += [f"`{format}` format", f"```\n{body}\n```"]
    return found


def as_json(operation: Operation, revision: Revision) -> str:
    thing = {name: value(kind, sample) for name, kind, sample in members(operation, revision)}
    wrapped: Any = {"Thing": [thing]}
    return json.dumps({**top(operation), "Things": [wrapped] if revision.array_of_one else wrapped}, indent=1)


def as_xml(operation: Operation, revision: Revision) -> str:
    thing = "".join(f"<{name}>{escape(sample)}</{name}>" for name, _, sample in members(operation, revision))
    head = "".join(f"<{name}>{written(v)}</{name}>" for name, v in top(operation).items())
    return f"<DescribeThingsResponse>{head}<Things><Thing>{thing}</Thing></Things></DescribeThingsResponse>"


def value(kind: Kind, sample: str) -> Any:
    return {"boolean": sample == "true", "integer": int(sample) if kind == "integer" else 0}.get(kind, sample)


def top(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {"RequestId": REQUEST_ID}
    if operation.paging:
        found["TotalCount"] = 2
        if operation.paging.echoed:
            found |= {"PageNumber": 1, "PageSize": 1}
    return found


def errors(operation: Operation) -> list[tuple[str, ...]]:
    if not operation.region:
        return []
    absent = 'The input parameter "RegionId" that is mandatory for processing this request is not supplied.'
    return [
        ("400", "MissingParameter", absent, "RegionId is missing."),
        ("404", "InvalidRegionId.NotFound", "The specified RegionId does not exist.", "The region is unknown."),
    ]
