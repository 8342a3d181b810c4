"""Certifying many releases of one SDK: resumable, a few at a time, the event stream of each kept when it is done.

A release over a service is judged in a folder of the site (UNFINISHED), so that a matrix that was killed goes on in the
middle of it.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from attrs import evolve, field, frozen

from conformance.contract.files import dump_contract
from conformance.contract.service import Service
from conformance.drivers.installation import InstallFailed, install
from conformance.drivers.recipe import Recipe
from conformance.drivers.releases import order
from conformance.errors import NotEstablished, Refusal
from conformance.ledger.conclusion import Word, together
from conformance.ledger.requirement import Ledger
from conformance.report.certificate import NotCertifiable, certify
from conformance.report.events import TargetIdentity
from conformance.report.evidence import evidence_of
from conformance.report.folder import EVENTS
from conformance.report.league import LeagueRelease
from conformance.report.league_files import STREAM, keep, release_in, stream_path
from conformance.report.service_evidence import CERTIFICATE
from conformance.report.watching import Unseen
from conformance.sdk.certify import SdkSettings, Subject, certify_release, subject_of
from conformance.sdk.gates import Gates
from conformance.sdk.plan import Plan
from conformance.sdk.requirements import table_text
from conformance.sdk.resumption import ServiceResumption, resumption
from conformance.sdk.service import SdkServicePlan, basis_of, certify_service, unjudged_service

WORDS: dict[int, Word] = {0: "conformant", 1: "not-conformant"}
BASES = "bases.json"
UNFINISHED = ".unfinished"


@frozen
class Judging:
    """What each release is judged by: an operation, with its ledger, or a service; and what it is held to."""

    plan: Plan
    ledger: Ledger
    service: Service | None = None
    patterns: tuple[str, ...] = ()
    gates: Gates = field(factory=Gates)

    @property
    def scope(self) -> str:
        """What stands for it in the name of a file."""
        return self.plan.contract.operation if self.service is None else self.service.product.lower()


@frozen
class Matrix:
    """The releases of one driver as they were found, oldest first."""

    releases: tuple[LeagueRelease, ...]

    @property
    def word(self) -> Word:
        """The word on all of its releases together."""
        return together(WORDS.get(release.scope.exit_status, "not-established") for release in self.releases)


Told = Callable[[LeagueRelease, bool], None]


def run_matrix(
    recipe: Recipe,
    releases: Sequence[str],
    judging: Judging,
    folder: Path,
    *,
    parallel: int = 2,
    cache: Path | None = None,
    build: bool = False,
    resume: bool = True,
    on_release: Told = lambda release, fresh: None,
) -> Matrix:
    """Certifies each release of which `folder` has no stream by the same requirements, and reads the others from there.
    With `build` packages without a wheel are built. A release over a service that was not brought to its end is gone on
    with. Without `resume` all is certified anew.

    `on_release` is told of each, and whether it was certified now. Installing is done by one at a time. What could not
    be established is tried again each time. Raises Refusal.
    """
    work = _Work(recipe, judging, folder, cache, build, resume)
    if judging.service is not None:  # which has processes of its own, and is interrupted in the main thread
        found = [work.one(release, on_release) for release in releases]
    else:
        with ThreadPoolExecutor(parallel) as pool:
            found = list(pool.map(lambda release: work.one(release, on_release), releases))
    return Matrix(tuple(sorted(found, key=lambda release: order(release.name))))


class _Work:
    """What the threads of one matrix share."""

    def __init__(
        self, recipe: Recipe, judging: Judging, folder: Path, cache: Path | None, build: bool, resume: bool
    ) -> None:
        self.recipe, self.judging, self.folder = recipe, judging, folder
        self.cache, self.build, self.resume = cache, build, resume
        self.basis = _basis(judging, recipe)
        self.installing, self.writing = threading.Lock(), threading.Lock()

    def one(self, release: str, told: Told) -> LeagueRelease:
        path = stream_path(self.folder, self.recipe.package, release, self.judging.scope)
        with self.writing:
            known = self._bases(path)
        if self.resume and path.is_file() and known.get(path.name) == self.basis:
            found = release_in(path, self.folder)
            if found.scope.exit_status in WORDS:
                told(found, False)
                return found
        if self.judging.service is None:
            with tempfile.TemporaryDirectory(prefix="acs-matrix-") as scratch:
                self._keep(path, Path(scratch), self._judge(release, Path(scratch)))
        else:
            place = self.folder / UNFINISHED / path.parent.name / path.name.removesuffix(STREAM)
            self._keep(path, place, self._judge(release, place))
            shutil.rmtree(place)
            with suppress(OSError):  # another release may be unfinished
                place.parent.rmdir()
                place.parent.parent.rmdir()
        found = release_in(path, self.folder)
        told(found, True)
        return found

    def _keep(self, path: Path, evidence: Path, certificate: bytes | None) -> None:
        with self.writing:
            keep(path, (evidence / EVENTS).read_bytes(), certificate)
            bases = {**self._bases(path), path.name: self.basis}
            aside = path.parent / f".{BASES}"
            aside.write_text(json.dumps(bases, indent=1, sort_keys=True) + "\n", "utf-8")
            aside.replace(path.parent / BASES)

    def _bases(self, path: Path) -> dict[str, str]:
        try:
            return dict(json.loads((path.parent / BASES).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return {}

    def _judge(self, release: str, evidence: Path) -> bytes | None:
        """Judge a release, whatever comes of it, and leave its stream in a folder; its certificate, if it earns one."""
        identity = TargetIdentity("sdk", self.recipe.package, release=release)
        name = f"{self.recipe.name}-{release}"
        try:
            with self.installing:
                done = install(self.recipe, release, self.cache, build=self.build)
        except InstallFailed as error:
            self._nothing(Subject((), identity, name, release), str(error), evidence)
            return None
        subject = subject_of(done)
        if self.judging.service is not None:
            _, run = certify_service(self._going_on(self._over_the_service(subject, evidence), evidence))
            if run.finished is not None and run.finished.interrupted:
                raise KeyboardInterrupt
            file = evidence / CERTIFICATE
            return file.read_bytes() if file.is_file() else None
        try:
            certify_release(subject, SdkSettings(self.judging.plan, self.judging.ledger, evidence), Unseen())
            return certify((evidence / EVENTS).read_bytes())
        except (NotEstablished, NotCertifiable):
            return None

    def _nothing(self, subject: Subject, why: str, evidence: Path) -> None:
        """The stream of what could not be installed."""
        if self.judging.service is not None:
            unjudged_service(self._over_the_service(subject, evidence), why)
            return
        try:
            with evidence_of(evidence, subject.name, self.judging.scope, subject.identity):
                raise NotEstablished(why)
        except NotEstablished:
            return

    def _going_on(self, plan: SdkServicePlan, evidence: Path) -> SdkServicePlan:
        """The plan with what there is of an unfinished run of the same release, judged by the same."""
        plan = evolve(plan, asked={"matrix": self.basis})
        earlier = self._unfinished(evidence)
        if earlier is not None and (earlier.basis, earlier.asked) == (basis_of(plan), plan.asked):
            return evolve(plan, earlier=earlier)
        shutil.rmtree(evidence, ignore_errors=True)
        return plan

    def _unfinished(self, evidence: Path) -> ServiceResumption | None:
        try:
            return resumption(evidence) if self.resume else None
        except Refusal:
            return None

    def _over_the_service(self, subject: Subject, evidence: Path) -> SdkServicePlan:
        judging = self.judging
        assert judging.service is not None, "only asked where a service is judged"
        plan = judging.plan
        return SdkServicePlan(
            judging.service,
            subject,
            judging.patterns,
            plan.select,
            plan.levels,
            evidence,
            workers=2,
            gates=judging.gates,
        )


def _basis(judging: Judging, recipe: Recipe) -> str:
    """A digest of all that a verdict depends on beside the release: contract, requirements, gates, driver."""
    total, plan = sha256(), judging.plan
    if judging.service is None:
        held = (plan.profile, sorted(plan.raised), plan.known)
        parts = [dump_contract(plan.contract), table_text(), repr((plan.select, plan.levels, held))]
    else:
        nobody = Subject((), TargetIdentity("sdk", recipe.package), recipe.name)
        of_service = SdkServicePlan(
            judging.service, nobody, judging.patterns, plan.select, plan.levels, gates=judging.gates
        )
        parts = [basis_of(of_service), repr(judging.patterns)]
    for part in (*parts, *(path.read_text("utf-8") for path in recipe.sources)):
        total.update(sha256(part.encode()).digest())
    return total.hexdigest()[:16]
