"""Certifying many releases of one SDK: resumable, a few at a time, each kept in a file as soon as it is done."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import evolve, frozen

from conformance.contract.files import dump_contract
from conformance.drivers.installation import InstallFailed, install
from conformance.drivers.process import DriverFault, SdkUnusable
from conformance.drivers.recipe import Recipe
from conformance.drivers.releases import order
from conformance.ledger.conclusion import Word, together
from conformance.sdk.judging import certify
from conformance.sdk.plan import Plan
from conformance.sdk.record import ReleaseRecord, file_name, read, record_of, write
from conformance.sdk.requirements import table_text


@frozen
class ReleaseChange:
    """The first release in which a requirement has another verdict than in the release before."""

    requirement: str
    release: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """Whether it got worse (`regression`), better (`fix`) or neither (`change`)."""
        good = ("passed", "not-applicable")
        if self.before in good and self.after not in good:
            return "regression"
        if self.before not in good and self.after in good:
            return "fix"
        return "change"


@frozen
class Matrix:
    """Requirement × release of one driver, oldest release first."""

    driver: str
    title: str
    records: tuple[ReleaseRecord, ...]

    @property
    def certified(self) -> tuple[ReleaseRecord, ...]:
        """The releases that could be certified, oldest first."""
        return tuple(r for r in self.records if r.outcome == "certified")

    @property
    def word(self) -> Word:
        """The word on all of its releases together."""
        return together(record.word for record in self.records)

    @property
    def requirements(self) -> tuple[str, ...]:
        """In the order of the table; those that only older runs know come last."""
        return tuple(dict.fromkeys(id for record in reversed(self.certified) for id in record.verdicts))

    def changes(self) -> tuple[ReleaseChange, ...]:
        """Each verdict that is another than that of the release before."""
        found = []
        for requirement in self.requirements:
            before: str | None = None
            for record in self.certified:
                now = record.verdicts.get(requirement)
                if now and before and now != before:
                    found.append(ReleaseChange(requirement, record.release, before, now))
                before = now or before
        return tuple(found)


def run_matrix(
    recipe: Recipe,
    releases: Sequence[str],
    plan: Plan,
    folder: Path,
    *,
    parallel: int = 2,
    cache: Path | None = None,
    build: bool = False,
    on_record: Callable[[ReleaseRecord, bool], None] = lambda record, fresh: None,
) -> Matrix:
    """Certifies each release that `folder` has no valid record of, and reads the others from there. With `build`
    packages without a wheel are built.

    `on_record` is told of each record, and whether it is a fresh one. Installing is done by one at a time.
    Only the small records are kept, so that memory does not grow with the number of releases. Records of
    faults are made anew each time.
    """
    basis, installing = basis_of(plan, recipe), threading.Lock()
    kept = folder / recipe.name

    def one(release: str) -> ReleaseRecord:
        path = kept / file_name(release)
        known = read(path)
        if known is not None and known.basis == basis and known.outcome in ("certified", "does-not-load"):
            on_record(known, False)
            return known
        record = _certified(recipe, release, plan, basis, cache, installing, build)
        write(record, path)
        on_record(record, True)
        return record

    with ThreadPoolExecutor(parallel) as pool:
        records = list(pool.map(one, releases))
    return Matrix(recipe.name, recipe.title, tuple(sorted(records, key=lambda r: order(r.release))))


def basis_of(plan: Plan, recipe: Recipe) -> str:
    """A digest of all that a verdict depends on beside the release: contract, requirements, selection, driver."""
    total = hashlib.sha256()
    parts = [
        dump_contract(plan.contract),
        table_text(),
        repr((plan.select, plan.levels)),
        recipe.source.read_text("utf-8"),
    ]
    for part in parts:
        total.update(hashlib.sha256(part.encode()).digest())
    return total.hexdigest()[:16]


def _certified(
    recipe: Recipe,
    release: str,
    plan: Plan,
    basis: str,
    cache: Path | None,
    installing: threading.Lock,
    build: bool,
) -> ReleaseRecord:
    blank = ReleaseRecord(recipe.name, release, basis, "does-not-install")
    try:
        with installing:
            installed = install(recipe, release, cache, build=build)
    except InstallFailed as error:
        return evolve(blank, reason=str(error))
    blank = evolve(blank, runtime=installed.runtime, dependencies=dict(installed.dependencies))
    blank = evolve(blank, digest=dict(installed.digest))
    try:
        done = certify(installed.command, plan, expected_version=release, workers=1)
    except SdkUnusable as error:
        return evolve(blank, outcome="does-not-load", reason=str(error))
    except DriverFault as error:
        return evolve(blank, outcome="driver-fault", reason=f"{error.kind}: {error}")
    return record_of(recipe.name, release, basis, done)
