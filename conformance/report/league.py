"""The league table of SDKs: which release of which package meets which requirement in which operation. Pure: from event
streams to what the pages show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from conformance.drivers.releases import order
from conformance.ledger.requirement import LEVELS, Level
from conformance.ledger.templates import sdk_table
from conformance.report.conclusion import conclude
from conformance.report.events import TargetIdentity
from conformance.report.results import STANDINGS, results
from conformance.report.service_causes import Failed, failures_of
from conformance.report.service_run import OperationJudged, ServiceRun
from conformance.report.stream import Run

SIDE = "sdk."
# by how a runtime names itself
LANGUAGES = {"go": "Go", "node": "Node.js", "python": "Python", "cpython": "Python", "java": "Java", "openjdk": "Java"}


@frozen
class Failure:
    """A requirement that an operation of a release does not meet, for one cause, in the cases `failed.subjects`."""

    operation: str
    check: str
    failed: Failed


@frozen
class RunScope:
    """What a run judged of a release: an operation, or a service; and what came of it. `stream` and `certificate` are
    files beside the pages, None where there is none.
    """

    name: str
    headline: str
    sentence: str
    exit_status: int
    started: str
    suite: str
    requests: int
    seconds: float
    stream: str
    certificate: str | None = None


@frozen
class LeagueRelease:
    """A release as its runs found it. `verdicts` are by operation, and by the requirement's id in the table."""

    target: TargetIdentity
    scopes: tuple[RunScope, ...]
    verdicts: Mapping[str, Mapping[str, str]] = field(factory=dict)
    failures: tuple[Failure, ...] = ()

    @property
    def name(self) -> str:
        """The number of the release."""
        return self.target.release or "?"

    @property
    def scope(self) -> RunScope:
        """The run that says most of it: the one over a service, if there was one."""
        return max(self.scopes, key=lambda scope: (scope.requests, scope.started))

    def standing(self, check: str) -> str | None:
        """The worst verdict on a requirement, over all operations; None where it is required of none."""
        found = {verdicts[check] for verdicts in self.verdicts.values() if check in verdicts}
        worst = (s for s in STANDINGS if s in found and s != "not-applicable")
        return next(worst, "not-applicable" if found else None)

    def counts(self) -> dict[str, int]:
        """How many requirements stand how, each once, over all operations."""
        found = [standing for check in checks() if (standing := self.standing(check)) is not None]
        return {standing: found.count(standing) for standing in STANDINGS if standing in found}


@frozen
class LeagueChange:
    """The first release in which a requirement of an operation has another verdict than in the release before."""

    release: str
    operation: str
    check: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """Whether it got worse (`regression`), better (`fix`) or neither (`change`)."""
        good = ("passed", "not-applicable")
        if self.before in good and self.after not in good:
            return "regression"
        return "fix" if self.before not in good and self.after in good else "change"


@frozen
class LeagueCause:
    """What is not met for one reason: in which releases; in the newest of those in which operations and in how many
    cases; and the first of these.
    """

    text: str
    level: Level
    standing: str
    releases: tuple[str, ...]
    operations: tuple[str, ...]
    subjects: int
    checks: tuple[str, ...]
    first: Failed


@frozen
class SdkLine:
    """The releases of one package, newest first."""

    package: str
    releases: tuple[LeagueRelease, ...]

    @property
    def newest(self) -> LeagueRelease:
        """The newest release of which something was established, or else the newest."""
        return next((r for r in self.releases if r.verdicts), self.releases[0])

    @property
    def language(self) -> str:
        """The language, by what ran the newest release."""
        runtime = self.newest.target.runtime or ""
        found = (language for start, language in LANGUAGES.items() if runtime.casefold().startswith(start))
        return next(found, runtime.split(" ")[0] or "?")

    def changes(self) -> tuple[LeagueChange, ...]:
        """Each verdict that is another than that of the release before, the oldest first.

        What could not be judged is no change: most of it follows from a failure.
        """
        found: list[LeagueChange] = []
        last: dict[tuple[str, str], str] = {}
        for release in reversed(self.releases):
            for operation, verdicts in release.verdicts.items():
                for check, now in verdicts.items():
                    if now == "inconclusive":
                        continue
                    before = last.get((operation, check), now)
                    if before != now:
                        found.append(LeagueChange(release.name, operation, check, before, now))
                    last[operation, check] = now
        return tuple(found)

    def causes(self) -> tuple[LeagueCause, ...]:
        """What is not met and why, failures of a MUST first, then what reaches furthest."""
        groups: dict[tuple[str, Level], list[tuple[str, Failure]]] = {}
        for release in self.releases:
            for one in release.failures:
                text = one.failed.cause or one.failed.message
                groups.setdefault((text, one.failed.level), []).append((release.name, one))
        found = (_cause(text, level, those) for (text, level), those in groups.items())
        return tuple(sorted(found, key=lambda c: (LEVELS.index(c.level), -len(c.operations), -c.subjects)))


def _cause(text: str, level: Level, those: Sequence[tuple[str, Failure]]) -> LeagueCause:
    releases = tuple(dict.fromkeys(release for release, _ in those))
    mine = [one for release, one in those if release == releases[0]]
    return LeagueCause(
        text,
        level,
        mine[0].failed.standing,
        releases,
        tuple(dict.fromkeys(one.operation for one in mine)),
        sum(max(1, len(one.failed.subjects)) for one in mine),
        tuple(dict.fromkeys(one.check for one in mine)),
        mine[0].failed,
    )


def checks() -> dict[str, tuple[str, str]]:
    """Every requirement of an SDK by its id in the table, with its level and statement."""
    return {row["id"]: (row["level"], row["statement"]) for row in sdk_table().rows}


def of_run(run: Run, stream: str, certificate: str | None = None) -> LeagueRelease:
    """A release as a run on one operation found it."""
    found, conclusion, header = results(run), conclude(run), run.header
    scope = RunScope(
        header.operation,
        conclusion.headline,
        conclusion.sentence,
        conclusion.exit_status,
        header.started,
        header.suite.version,
        run.footer.requests,
        run.footer.seconds,
        stream,
        certificate,
    )
    verdicts = {_check(header.operation, r.entry.id): r.standing for r in found if r.verdicts}
    told = [f for r in found for f in failures_of(r)]
    failures = tuple(Failure(header.operation, _check(header.operation, f.requirement), f) for f in told)
    return LeagueRelease(header.target, (scope,), {header.operation: verdicts} if verdicts else {}, failures)


def of_service(run: ServiceRun, stream: str, certificate: str | None = None) -> LeagueRelease:
    """A release as a run over a service found it. Raises ValueError for a run that is of no SDK."""
    started = run.started
    if started.subject is None:
        raise ValueError("it is a run on an endpoint, and not on an SDK")
    name = f"{started.product} {started.version}, {len(started.selected)} operations"
    scope = RunScope(
        name,
        run.headline,
        run.sentence,
        run.exit_status,
        started.started,
        started.suite.get("version", ""),
        run.requests,
        run.finished.seconds,
        stream,
        certificate,
    )
    verdicts: dict[str, dict[str, str]] = {}
    failures: list[Failure] = []
    for one in (*run.operations, *run.protocol):
        mine = verdicts.setdefault(one.name, {})
        mine |= {check.removeprefix(SIDE): v for check, v in one.verdicts.items() if _is_worse(v, mine.get(check))}
        failures += _of_operation(one, failures)
    return LeagueRelease(started.subject, (scope,), {n: v for n, v in verdicts.items() if v}, tuple(failures))


def lines_of(found: Iterable[LeagueRelease]) -> tuple[SdkLine, ...]:
    """The lines of all packages, by language and name. Runs on the same release are put together."""
    packages: dict[str, dict[str, LeagueRelease]] = {}
    for one in found:
        releases = packages.setdefault(_package(one.target.name), {})
        known = releases.get(one.name)
        releases[one.name] = one if known is None else _together(known, one)
    made = [
        SdkLine(package, tuple(sorted(those.values(), key=lambda r: order(r.name), reverse=True)))
        for package, those in packages.items()
    ]
    return tuple(sorted(made, key=lambda line: (line.language, line.package)))


def _package(name: str) -> str:
    """The name of a package; a Go module without its major release, which is another line of the same."""
    head, _, tail = name.rpartition("/")
    return head if head and tail[:1] == "v" and tail[1:].isdigit() else name


def _together(one: LeagueRelease, other: LeagueRelease) -> LeagueRelease:
    """Two runs on a release: the wider one, with what only the other judged."""
    wide, narrow = sorted((one, other), key=lambda r: -len(r.verdicts))
    verdicts = {name: {**narrow.verdicts.get(name, {}), **mine} for name, mine in wide.verdicts.items()}
    verdicts = {**{n: dict(v) for n, v in narrow.verdicts.items() if n not in verdicts}, **verdicts}
    told = {(f.operation, f.check) for f in wide.failures}
    more = tuple(f for f in narrow.failures if (f.operation, f.check) not in told)
    return evolve(wide, scopes=(*wide.scopes, *narrow.scopes), verdicts=verdicts, failures=(*wide.failures, *more))


def _check(operation: str, id: str) -> str:
    return id.removeprefix(f"{operation}.").removeprefix(SIDE)


def _is_worse(verdict: str, known: str | None) -> bool:
    order = [str(s) for s in STANDINGS]
    return known is None or order.index(verdict) < order.index(known)


def _of_operation(one: OperationJudged, told: Sequence[Failure]) -> Iterator[Failure]:
    known = {(f.operation, f.check, f.failed.cause) for f in told}
    for failed in one.failed:
        check = _check(one.name, failed.requirement)
        if (one.name, check, failed.cause) not in known:
            yield Failure(one.name, check, failed)
