"""Event streams to test with: one readable run, and any run at all."""

import random

from hypothesis import strategies as st

from conformance.ledger.verdicts import ORDER
from conformance.report import events as e
from conformance.report.stream import Run

TEXT = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["", "\x1b[31m", "]]>", "<b>&amp;", "\u2028", "\u202e", "|`*", "</script>", "\x00", "x" * 300, "a\nb\r\nc"]
)


@st.composite
def runs(draw):
    """Any whole run. Its texts are drawn, and so are made simpler in shrinking; its shape comes from a drawn seed."""
    return Maker(random.Random(draw(st.integers(0, 2**32))), draw(st.lists(TEXT, min_size=2, max_size=6))).run()


class Maker:
    """Makes a run out of a source of chance and a pool of texts."""

    def __init__(self, chance, pool):
        self.chance, self.pool = chance, pool

    def text(self):
        return self.chance.choice(self.pool)

    def maybe(self):
        return self.chance.choice([None, self.text()])

    def texts(self, most=3):
        return tuple(self.text() for _ in range(self.chance.randrange(most)))

    def many(self, make, most=4, least=0):
        return tuple(make() for _ in range(self.chance.randrange(least, most + 1)))

    def mapping(self):
        return {self.text(): self.text() for _ in range(self.chance.randrange(3))}

    def count(self):
        return self.chance.choice([0, 1, 7, 10_000])

    def seconds(self):
        return self.chance.choice([0.0, 0.25, 12.5, 1e6])

    def run(self):
        header, footer = self.header(), self.footer()
        ids = [entry.id for entry in header.catalogue]
        found = self.many(lambda: self.verdict(self.chance.choice(ids)), 12, 0 if footer.interrupted else 1)
        return Run(header, found, self.many(self.seen), footer)

    def header(self):
        chance = self.chance
        numbers = chance.sample(range(10), chance.randrange(1, 9))
        ids = [f"DescribeTasks.theme{number % 3}.requirement-{number}" for number in numbers]
        kind = chance.choice(["endpoint", "sdk", "cassette"])
        digest = chance.choice(["", "sha256:" + "a" * 64])
        return e.RunStarted(
            suite=e.Suite(self.text(), self.text(), digest, digest),
            target=e.TargetIdentity(
                kind, self.text(), self.maybe(), self.maybe(), None, self.mapping(), self.mapping()
            ),
            operation=self.text(),
            seed=chance.choice([0, 1, 2**64]),
            started=chance.choice(["2026-01-02T03:04:05Z", self.text()]),
            python=self.text(),
            catalogue=tuple(
                e.CatalogueEntry(
                    id, chance.choice(["MUST", "SHOULD", "MAY"]), id.split(".")[1], self.text(), self.texts()
                )
                for id in ids
            ),
            profile=e.RunProfile(self.maybe(), self.mapping(), self.mapping()),
            deselected=(left_out := self.texts()),
            deselected_levels={id: chance.choice(["MUST", "SHOULD"]) for id in left_out},
            settings=chance.choice([None, WHOLE, self.settings()]),
            sentences=self.many(
                lambda: e.SentenceEntry(self.text(), self.text(), tuple(chance.sample(ids, 1)), self.maybe())
            ),
            choices=self.many(
                lambda: e.ChoiceEntry(
                    self.text(), self.text(), chance.choice(["contradiction", "silence"]), self.many(self.alternative)
                )
            ),
            known_failures=self.many(lambda: e.KnownFailureEntry(chance.choice(ids), self.text(), self.maybe()), 1),
            profiles=self.many(lambda: e.ProfileEntry(self.text(), self.text(), self.mapping()), 2),
        )

    def settings(self):
        formats, signatures, methods = (self.chance.sample(words, 1) for words in DOCUMENTED.values())
        return e.SettingsEntry(
            self.texts(), ("MUST",), tuple(formats), tuple(signatures), tuple(methods), self.texts(), 1, DOCUMENTED
        )

    def alternative(self):
        return e.AlternativeEntry(self.text(), self.text(), self.texts())

    def verdict(self, id):
        chance = self.chance
        evidence = e.Evidence(self.text(), chance.choice([None, 200, 404]), self.text())
        return e.Verdict(
            requirement=id,
            case=chance.choice(["json", "xml", "", self.text()]),
            verdict=chance.choice([*ORDER, "passed"]),
            message=self.text(),
            expected=self.maybe(),
            received=self.maybe(),
            examples=self.count(),
            seconds=self.seconds(),
            exchange=chance.choice([None, evidence]),
            cause=chance.choice([None, "one cause", self.text()]),
            lack=chance.choice([None, e.Lack(self.maybe(), self.count(), 3, self.maybe())]),
        )

    def seen(self):
        return e.ChoiceObserved(
            self.text(), self.text(), self.chance.choice([None, "json", "xml"]), self.count(), self.maybe()
        )

    def footer(self):
        histograms = [e.Latency(), e.Latency((1.0, 10.0), (3, 2, 1)), e.Latency((5.0,), (0, 0))]
        return e.RunFinished(
            requests=self.count(),
            throttled=self.count(),
            seconds=self.seconds(),
            outcomes={self.text(): self.count() for _ in range(self.chance.randrange(4))},
            latency=self.chance.choice(histograms),
            interrupted=self.chance.random() < 0.3,
            reason=self.maybe(),
        )


DOCUMENTED = {"formats": ("json", "xml"), "signatures": ("v1", "v3"), "methods": ("POST", "GET")}
WHOLE = e.SettingsEntry((), ("MUST", "SHOULD", "MAY"), *DOCUMENTED.values(), ("cn-hangzhou",), 8, DOCUMENTED)


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
        target=e.TargetIdentity("endpoint", "endpoint under test", "http://127.0.0.1:4000"),
        operation="DescribeTasks",
        seed=7,
        started="2026-01-02T03:04:05Z",
        python="3.11.7",
        catalogue=tuple(catalogue) if catalogue is not None else tuple(map(entry, names)),
        settings=WHOLE,
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
