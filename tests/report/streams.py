"""Event streams to test with: one readable run, and any run at all."""

from hypothesis import strategies as st

from conformance.report import events as e
from conformance.report.stream import Run
from conformance.report.verdicts import ORDER

TEXT = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    [
        "",
        "\x1b[31m",
        "]]>",
        "<b>&amp;",
        "\u2028",
        "\u202e",
        "|`*",
        "</script>",
        "\x00",
        "x" * 300,
        "a\nb\r\nc",
    ]
)
IDS = st.integers(0, 9).map(lambda number: f"DescribeTasks.theme{number % 3}.requirement-{number}")
MAYBE = st.none() | TEXT
COUNT = st.integers(0, 10_000)
SECONDS = st.floats(0, 1e6)
EVIDENCE = st.builds(e.Evidence, curl=TEXT, status=st.none() | st.integers(100, 599), response=TEXT)
MAPPING = st.dictionaries(TEXT, TEXT, max_size=3)


@st.composite
def entries(draw):
    ids = draw(st.lists(IDS, unique=True, min_size=1, max_size=8))
    return tuple(
        e.CatalogueEntry(
            id,
            draw(st.sampled_from(["MUST", "SHOULD", "MAY"])),
            id.split(".")[1],
            draw(TEXT),
            tuple(draw(st.lists(TEXT, max_size=2))),
        )
        for id in ids
    )


HEADERS = st.builds(
    e.RunStarted,
    suite=st.builds(e.Suite, TEXT, TEXT, TEXT, TEXT),
    target=st.builds(
        e.Target,
        kind=st.sampled_from(["endpoint", "sdk", "cassette"]),
        name=TEXT,
        url=MAYBE,
        release=MAYBE,
        digest=MAPPING,
        dependencies=MAPPING,
    ),
    operation=TEXT,
    seed=st.integers(0, 2**64),
    started=TEXT | st.just("2026-01-02T03:04:05Z"),
    python=TEXT,
    catalogue=entries(),
    profile=st.builds(e.Profile, name=MAYBE, pins=MAPPING, pinned_by=MAPPING),
    deselected=st.lists(TEXT, max_size=2).map(tuple),
    sentences=st.lists(
        st.builds(e.SentenceEntry, TEXT, TEXT, st.lists(IDS, max_size=3).map(tuple), MAYBE), max_size=3
    ).map(tuple),
    choices=st.lists(
        st.builds(
            e.ChoiceEntry,
            TEXT,
            TEXT,
            st.sampled_from(["contradiction", "silence"]),
            st.lists(st.builds(e.AlternativeEntry, TEXT, TEXT, st.lists(TEXT, max_size=2).map(tuple)), max_size=3).map(
                tuple
            ),
        ),
        max_size=3,
    ).map(tuple),
    known_failures=st.lists(st.builds(e.KnownFailureEntry, IDS, TEXT, MAYBE, MAYBE, MAYBE, MAYBE), max_size=2).map(
        tuple
    ),
)
FOOTERS = st.builds(
    e.RunFinished,
    requests=COUNT,
    throttled=COUNT,
    seconds=SECONDS,
    outcomes=st.dictionaries(TEXT, COUNT, max_size=4),
    latency=st.sampled_from([e.Latency(), e.Latency((1.0, 10.0), (3, 2, 1)), e.Latency((5.0,), (0, 0))]),
    interrupted=st.booleans(),
    reason=MAYBE,
)


@st.composite
def runs(draw):
    """Any whole run."""
    header, footer = draw(HEADERS), draw(FOOTERS)
    ids = st.sampled_from([entry.id for entry in header.catalogue])
    judged = st.builds(
        e.Verdict,
        requirement=ids,
        case=st.sampled_from(["json", "xml", ""]) | TEXT,
        verdict=st.sampled_from(ORDER),
        message=TEXT,
        expected=MAYBE,
        received=MAYBE,
        examples=COUNT,
        seconds=SECONDS,
        exchange=st.none() | EVIDENCE,
        cause=st.none() | st.sampled_from(["one cause", "another"]) | TEXT,
    )
    seen = st.builds(e.ChoiceObserved, TEXT, TEXT, st.sampled_from([None, "json", "xml"]), COUNT, MAYBE)
    found = draw(st.lists(judged, min_size=0 if footer.interrupted else 1, max_size=12))
    return Run(header, tuple(found), tuple(draw(st.lists(seen, max_size=4))), footer)


def entry(id, level="MUST", **changes):
    return e.CatalogueEntry(
        f"DescribeTasks.{id}", level, id.split(".")[0], changes.pop("statement", f"About {id}."), **changes
    )


def run(catalogue=None, verdicts=(), observed=(), **footer):
    """A small run. `verdicts` are (id, verdict) or (id, verdict, case) with ids short of the operation, or
    events.
    """
    made = tuple(
        one
        if isinstance(one, e.Verdict)
        else e.Verdict(
            f"DescribeTasks.{one[0]}", one[2] if len(one) > 2 else "", one[1], message=f"message of {one[0]}"
        )
        for one in verdicts
    )
    names = dict.fromkeys(one.requirement.split(".", 1)[1] for one in made)
    header = e.RunStarted(
        suite=e.Suite("acs-conformance", "0.1.0", "sha256:" + "c" * 64, "sha256:" + "d" * 64),
        target=e.Target("endpoint", "endpoint under test", "http://127.0.0.1:4000"),
        operation="DescribeTasks",
        seed=7,
        started="2026-01-02T03:04:05Z",
        python="3.11.7",
        catalogue=tuple(catalogue) if catalogue is not None else tuple(map(entry, names)),
    )
    return Run(header, made, tuple(observed), e.RunFinished(**{"requests": 100, "seconds": 1.5, **footer}))


EVIDENCE_OF_FULL_PAGES = e.Evidence(
    "curl -sS -i 'http://127.0.0.1:4000/?RegionId=cn-hangzhou&PageSize=10&Action=DescribeTasks&Signature=REDACTED'",
    200,
    '{"TotalCount": 23, "PageSize": 10, "PageNumber": 2, "TaskSet": {"Task": [{"TaskId": "t-1"}]}}',
)


def showcase():
    """A run in which every standing occurs, as a person would meet it."""
    catalogue = [
        entry("envelope.request-id", statement="Every response carries a RequestId that is not empty."),
        entry("envelope.request-id-form", "SHOULD", statement="A RequestId is a UUID in capitals."),
        entry("paging.pages-are-full", citations=("ecs-2021, Request parameters, PageSize",),
              statement="Every page but the last holds as many items as asked for."),
        entry("paging.total-is-constant", statement="The total is the same on every page."),
        entry("paging.last-page-holds-the-rest", statement="The last page holds what the pages before it left."),
        entry("filters.TaskStatus.selects", statement="With TaskStatus, only items that have that value come back."),
        entry("filters.TaskAction.selects", statement="With TaskAction, only items that have that value come back."),
        entry("range.start", statement="With a start, exactly the items created at or after it come back."),
        entry("ids.over-the-limit", "SHOULD", statement="More than 100 ids are rejected with an error."),
        entry("errors.unknown-region", statement="An unknown region is refused as documented."),
        entry("regions.do-not-leak", statement="A region shows its own items only."),
        entry("choices.TaskSet.list-form", statement="TaskSet has one documented form.", choice="TaskSet.list-form"),
    ]  # fmt: skip
    cause = "page 2 of 3 holds 9 items"

    def verdict(id, verdict, case="", message="", **more):
        return e.Verdict(f"DescribeTasks.{id}", case, verdict, message, **more)

    verdicts = [
        verdict("envelope.request-id", "passed", examples=1000),
        verdict("envelope.request-id-form", "warned", message="RequestId is in small letters (1000 of 1000 exchanges)"),
        verdict("paging.pages-are-full", "failed", "json", "a page in the middle is short", expected="10 items",
                received="9 items", examples=40, seconds=0.8, exchange=EVIDENCE_OF_FULL_PAGES, cause=cause),
        verdict("paging.pages-are-full", "passed", "xml", examples=40),
        verdict("paging.total-is-constant", "passed", "json", examples=10),
        verdict("paging.last-page-holds-the-rest", "failed", "json", "one item is missing", cause=cause),
        verdict("filters.TaskStatus.selects", "inconclusive", "json", "the listing changed during 3 attempts"),
        verdict("filters.TaskAction.selects", "known-failing", "xml", "known: ISSUE-12, until 2027-01-01"),
        verdict("range.start", "unexpectedly-passed", "json", "a known failure that passed; remove its entry"),
        verdict("ids.over-the-limit", "passed", "json", examples=3),
        verdict("errors.unknown-region", "errored", "json", "the check itself failed: KeyError: 'x'"),
        verdict("regions.do-not-leak", "not-applicable", "", "only one region was given"),
    ]  # fmt: skip
    observed = [
        e.ChoiceObserved("TaskSet.list-form", "object", None, 412),
        e.ChoiceObserved("SupportCancel.json-type", "string", "json", 399),
        e.ChoiceObserved("SupportCancel.json-type", "boolean", "json", 13),
    ]
    latency = e.Latency((1, 2, 5, 10, 20, 50, 100), (900, 1000, 400, 100, 20, 8, 2, 1))
    outcomes = {"200": 2100, "400": 331}
    footer = {"requests": 2431, "throttled": 3, "seconds": 12.34, "outcomes": outcomes, "latency": latency}
    return run(catalogue, verdicts, observed, **footer)
