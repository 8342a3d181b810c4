"""What stands before every request that may create something: it is written down first, and what comes of it after."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from conformance.contract.model import Contract, Parameter
from conformance.contract.service import load_service
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.lifecycle.creations import Creations
from conformance.endpoint.lifecycle.relations import Lifecycle, lifecycle_of
from conformance.endpoint.settings import RunSettings
from conformance.wire.exchange import Call

# what every thing is called that a run makes, so that nobody else's is taken for one
OURS = "acsc"
TOKEN = "ClientToken"
DRY_RUN = "DryRun"
NAMELESS = "without a name or description of this run what it makes would not be found after an interruption"


def marker(parameter: Parameter | None, own: str | None = None) -> str | None:
    """A text that no other thing has, as a parameter takes it; None where it would be too long for it."""
    text = f"{OURS}{own or secrets.token_hex(5)}"
    if parameter is None:
        return text
    prefix = parameter.value("prefix", "")
    text = (prefix if isinstance(prefix, str) else "") + text
    text = text.ljust(int(parameter.value("min_length", 0)), "0")
    longest = parameter.value("max_length")
    return text if longest is None or len(text) <= int(longest) else None


def texts_of(lifecycle: Lifecycle, contract: Contract, own: str | None = None) -> dict[str, str]:
    """New free texts for a thing, by parameter."""
    found = {t.parameter: marker(contract.parameter(t.parameter), own) for t in lifecycle.texts}
    return {name: text for name, text in found.items() if text is not None}


@frozen
class Creating:
    """An operation that creates, and how what it makes is seen and ends. `share` is how many things it may make."""

    contract: Contract
    lifecycle: Lifecycle
    share: int | None = None

    def added(self) -> Iterator[tuple[str, str]]:
        """What each request says, so that what it makes is found again."""
        yield from texts_of(self.lifecycle, self.contract).items()
        if self.contract.parameter(TOKEN) is not None:
            yield TOKEN, secrets.token_hex(16)

    def ids_in(self, answer: Answer, sent: Mapping[str, str]) -> tuple[str, ...]:
        """The ids of what an answer says was made; one that was sent is no new one's."""
        found = texts_at(answer.tree, self.lifecycle.path.split("."))
        return tuple(dict.fromkeys(id for id in found if id not in sent.values()))


@define(eq=False)
class CreationGuard:
    """Stands before the requests of an operation that creates. What is told of no region is made in the `home` one."""

    creations: Creations
    creating: Creating
    home: str = ""
    mine: list[int] = field(factory=list)

    @classmethod
    def joined(cls, settings: RunSettings, contract: Contract) -> CreationGuard | None:
        """That of a run, for an operation that creates; None for another, or where nothing is written down."""
        if settings.creations_file is None:
            return None
        lifecycle = lifecycle_of(load_service(Path(settings.contract_dir).parent), contract.operation)
        if lifecycle is None:
            return None
        creating = Creating(contract, lifecycle, settings.creates)
        return cls(Creations.joined(Path(settings.creations_file)), creating, (*settings.regions, "")[0])

    def before(self, call: Call) -> int:
        """Write down a request that may create something. Raises Inconclusive where it may not be sent."""
        lifecycle, sent = self.creating.lifecycle, dict(call.parameters)
        texts = {t.member: sent[t.parameter] for t in lifecycle.texts if OURS in sent.get(t.parameter, "")}
        if not texts:
            raise Inconclusive(f"not judged: {NAMELESS}")
        name = self.creating.contract.semantics.region
        region = sent.get(name, "") if name else self.home
        number = self.creations.intend(
            self.creating.contract.operation, lifecycle.resource, region, texts, sent.get(TOKEN), self.creating.share,
            self.mine,
        )  # fmt: skip
        self.mine.append(number)
        return number

    def after(self, number: int, answer: Answer) -> None:
        """Write down what an answer says: ids of what was made, or that nothing was. Otherwise it stays open."""
        sent = dict(answer.exchange.call.parameters)
        ids = self.creating.ids_in(answer, sent)
        if answer.refused or (answer.accepted and sent.get(DRY_RUN) == "true"):
            # an id in the answer to what was only to be tried is nobody's, or somebody else's
            self.creations.refused(number, answer.code)
        elif answer.accepted and ids:
            self.creations.created(number, ids)


def texts_at(tree: Any, path: list[str]) -> list[str]:
    """Every scalar at a dotted path, through lists, as text."""
    if isinstance(tree, list):
        return [text for inner in tree for text in texts_at(inner, path)]
    if path:
        return texts_at(tree.get(path[0]), path[1:]) if isinstance(tree, dict) else []
    return [str(tree)] if isinstance(tree, str | int) and str(tree) else []
