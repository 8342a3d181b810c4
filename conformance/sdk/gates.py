"""What a release is held to beyond the documentation: pinned choices, which SHOULDs fail it, and which failures are
known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from attrs import evolve, frozen

from conformance.contract.model import Contract
from conformance.contract.service import Service
from conformance.errors import Refusal, unknown
from conformance.ledger.known_failing import BadKnownFailures, KnownFailures, load, patterns_in, speaks_of
from conformance.ledger.profiles import pins_of
from conformance.ledger.requirement import LEVELS, Ledger
from conformance.ledger.specification import Specification
from conformance.ledger.templates import guarding, sdk_table
from conformance.report.events import KnownFailureEntry, RunProfile
from conformance.sdk.plan import Plan

FailOn = Literal["must", "should", "security"]
FAIL_ON: tuple[FailOn, ...] = get_args(FailOn)


@frozen
class Gates:
    """`profiles` are names and `CHOICE=VALUE` words, of which the choice may be a glob where there are many operations.

    `fail_on`: `must` is the documentation's own word; `should` makes a MUST of every SHOULD, `security` of those about
    what must stay secret. `known_file` lists known failures.
    """

    profiles: tuple[str, ...] = ()
    fail_on: FailOn = "must"
    known_file: Path | None = None

    def plan(
        self,
        found: Specification,
        select: tuple[str, ...] = (),
        levels: tuple[str, ...] = (),
        known: KnownFailures | None = None,
    ) -> tuple[Plan, Ledger]:
        """The plan for an operation, and its ledger with the levels that count. Known failures are those of the file,
        or those given for a whole service, to which the operation belongs. Raises Refusal.
        """
        words = self.profiles if known is None else tuple(_fitting(self.profiles, found.contract))
        name, pins, strict = pins_of(words, found.contract)
        checks = self._raised(strict)
        profile = RunProfile(name, pins, dict.fromkeys(pins, f"profile {name}" if name else "command line"))
        plan = Plan(
            found.contract,
            found.protocol,
            select,
            levels or LEVELS,
            profile,
            checks,
            self.known(found) if known is None else known_of(known, found.ledger),
            spanning=known is not None,
        )
        # as a strict profile does for an endpoint, so that either can be computed again
        ledger = found.ledger.strict() if strict or self.fail_on == "should" else found.ledger.raised(checks)
        return plan, ledger

    def _raised(self, strict: bool) -> frozenset[str]:
        if strict or self.fail_on == "should":
            return frozenset(row["id"] for row in sdk_table().rows)
        return guarding() if self.fail_on == "security" else frozenset()

    def known(self, found: Specification) -> KnownFailures:
        """The known failures of a run on one operation. Refuses a file with anything wrong in it."""
        return self._loaded(lambda patterns: (found,))

    def known_over(self, service: Service) -> KnownFailures:
        """The known failures of a run over a service. Refuses a file with anything wrong in it."""

        def needed(patterns: Sequence[str]) -> Iterator[Specification]:
            names = service.matching(())
            own = {p.partition(".")[0] for p in patterns} & set(names)
            waiting = {p for p in patterns if p.partition(".")[0] not in own}
            for name in sorted(own):
                yield Specification.of_rpc(service.contract_folder(name))
            for name in names:
                if not waiting:
                    return
                found = Specification.of_rpc(service.contract_folder(name))
                waiting = {p for p in waiting if not any(speaks_of(p, id) for id in found.ledger.ids)}
                yield found

        return self._loaded(needed)

    def _loaded(self, needed: Callable[[Sequence[str]], Iterable[Specification]]) -> KnownFailures:
        """The entries of the file, checked against the specifications that its patterns need."""
        if self.known_file is None:
            return KnownFailures()
        try:
            found = tuple(needed(patterns_in(self.known_file)))
            ids = dict.fromkeys(r.id for one in found for r in one.ledger.requirements if r.side == "sdk")
            choices = {c.id: [a.id for a in c.alternatives] for one in found for c in one.contract.choices}
            return load(self.known_file, ids, choices, datetime.now(UTC).date(), of_sdk=True)
        except BadKnownFailures as e:
            raise Refusal(str(e)) from None

    def refuse_unpinnable(self, contracts: Callable[[], Iterable[Contract]]) -> None:
        """Raises Refusal for a pinned choice that no operation of a service has."""
        pins_of((w for w in self.profiles if "=" not in w), next(iter(contracts())))
        for word in self.profiles:
            if "=" in word and not any(tuple(_fitting((word,), c)) for c in contracts()):
                choice, _, alternative = word.partition("=")
                known = dict.fromkeys(c.id for one in contracts() for c in one.choices)
                if choice in known:
                    raise Refusal(f"Choice {choice} has no alternative {alternative!r}; see acs-conformance explain.")
                raise unknown("choice", choice, known, "Choices are listed in each contract.yaml.")


def entries(known: KnownFailures) -> tuple[KnownFailureEntry, ...]:
    """The entries as the run's header lists them."""
    return tuple(
        KnownFailureEntry(k.requirement, k.reason, k.case, k.owner, k.link, k.expires.isoformat(), cause=k.cause)
        for k in known.entries
    )


def known_of(known: KnownFailures, ledger: Ledger) -> KnownFailures:
    """Those that speak of an operation."""
    ids: Mapping[str, None] = dict.fromkeys(r.id for r in ledger.requirements if r.side == "sdk")
    return evolve(known, entries=tuple(k for k in known.entries if any(map(k.matches, ids))))


def _fitting(words: Iterable[str], contract: Contract) -> Iterator[str]:
    """Names of profiles, and the pins of choices that the contract has."""
    for word in words:
        id, equals, alternative = word.partition("=")
        choice = contract.choice(id) if equals else None
        if not equals or (choice is not None and choice.alternative(alternative) is not None):
            yield word
