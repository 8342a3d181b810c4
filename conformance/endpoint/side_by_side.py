"""The same drawn requests to two endpoints, and what the contract says of each difference between their answers."""

from __future__ import annotations

from collections.abc import Mapping
from unittest import SkipTest

from attrs import define, field, frozen
from hypothesis import Phase, given, seed
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from conformance.endpoint.answer import Answer
from conformance.endpoint.draws import exploring
from conformance.endpoint.findings import Inconclusive, MadeUp, NotApplicable, Violation
from conformance.endpoint.judge import secrets_about
from conformance.endpoint.own_hypothesis import own_hypothesis
from conformance.endpoint.target import Target
from conformance.generate.required import required_names
from conformance.generate.views import View, views
from conformance.ledger.findings import Finding
from conformance.report.differential import Difference, Said
from conformance.wire.exchange import Credentials
from conformance.wire.redaction import redact_text

# values that are not as documented: the kind of choice that says what becomes of them, and how they are made
SPOILED = ("above-maximum", "below-minimum", "malformed")
MALFORMED = "x1"


@frozen
class Asked:
    """One drawn request. `kind` and `about` say which choice it is about, where a value is not as documented."""

    parameters: Mapping[str, str]
    view: View
    kind: str | None = None
    about: str | None = None


@define(eq=False)
class SideBySide:
    """Two endpoints under one contract. `names` is what they are called; differences are kept once for each cause."""

    first: Target
    second: Target
    names: tuple[str, str]
    found: dict[tuple[str, str], Difference] = field(factory=dict)
    unjudged: list[str] = field(factory=list)
    requests: int = 0

    def compare(self, seed_of: str, examples: int) -> None:
        """Draw requests from what the first lists, send each to both, and judge what differs."""
        contract = self.first.contract

        @seed(seed_of)
        @exploring(examples, phases=(Phase.generate,))
        @given(data=st.data())
        def explore(data: st.DataObject) -> None:
            try:
                view = data.draw(views(contract, self.first.sample()), label="view")
                asked = self._spoiled(view, data)
                channel = data.draw(st.sampled_from(self.first.channels), label="channel")
                call = self.first.call(asked.parameters, channel, region=self.first.regions[0])
                one, other = (t.send(call, watched=False) for t in (self.first, self.second))
            except (Inconclusive, NotApplicable, Violation) as finding:
                self._leave(finding)
                raise SkipTest(finding.message) from None
            self.requests += 1
            self._judge(asked, one, other)

        try:
            with own_hypothesis():
                explore()
        except (SkipTest, Unsatisfiable):
            return

    def _spoiled(self, view: View, data: st.DataObject) -> Asked:
        """A request for a view, now and then with a value that is not as documented."""
        sent = view.parameters(self.first.contract, self.first.id_syntax)
        choices = [c for c in self.first.contract.choices if c.kind in SPOILED and self._bad(c.kind, c.subject)]
        if not choices or not data.draw(st.booleans(), label="spoiled"):
            return Asked(sent, view)
        choice = data.draw(st.sampled_from(choices), label="choice")
        bad = self._bad(choice.kind, choice.subject) or ""
        return Asked({**sent, choice.subject: bad}, view, choice.kind, choice.subject)

    def _bad(self, kind: str, name: str) -> str | None:
        parameter = self.first.contract.parameter(name)
        highest = parameter.value("maximum") if parameter else None
        lowest = parameter.value("minimum") if parameter else None
        if parameter is None or kind == "malformed":
            return None if parameter is None else MALFORMED
        edge = highest if kind == "above-maximum" else lowest
        return None if edge is None else str(int(edge) + (1 if kind == "above-maximum" else -1))

    # -------------------------------------------------------------------------------------------------- judging

    def _judge(self, asked: Asked, one: Answer, other: Answer) -> None:
        if _outcome(one) != _outcome(other):
            self._outcomes(asked, one, other)
        elif one.accepted and other.accepted and asked.kind is None:
            self._contents(asked, one, other)

    def _outcomes(self, asked: Asked, one: Answer, other: Answer) -> None:
        """One brings a result and the other an error, or another error."""
        both = (one, other)
        broken = [not (a.accepted or a.refused) for a in both]
        said: Said
        if broken[0] != broken[1]:
            return self._note(asked, "one wrong", one, other, self.names[broken.index(True)])
        if one.accepted == other.accepted:
            codes = {e.code for e in self.first.contract.errors} | {
                a.code for s in self.first.protocol.situations for a in s.answers
            }
            said = "both allowed" if {one.code, other.code} <= codes else "documentation silent"
            return self._note(asked, said, one, other)
        if asked.kind is None:
            try:
                (other if one.accepted else one).listing()
            except Violation:
                return self._note(asked, "one wrong", one, other, self.names[1 if one.accepted else 0])
            except Inconclusive:
                pass
            return self._note(asked, "documentation silent", one, other)
        choice = self.first.contract.choice_about(asked.kind, asked.about or "")
        said = "both allowed" if choice and choice.reason == "contradiction" else "documentation silent"
        return self._note(asked, said, one, other)

    def _contents(self, asked: Asked, one: Answer, other: Answer) -> None:
        """Both bring a result: whether it is what each has to bring, by what each lists without conditions."""
        if self.first.contract.semantics.items is None or (one.keys == other.keys and one.total == other.total):
            return
        try:
            fits = [
                a.count is None or t.expect(asked.view).admits_total(a.count) or not a.is_whole
                for t, a in zip((self.first, self.second), (one, other), strict=True)
            ]
        except (Inconclusive, Violation) as finding:
            self._leave(finding)
            return
        if fits[0] == fits[1]:
            self._note(asked, "both allowed", one, other, about="other items are stored")
        else:
            self._note(asked, "one wrong", one, other, self.names[fits.index(False)])

    def _note(
        self, asked: Asked, said: Said, one: Answer, other: Answer, wrong: str | None = None, about: str | None = None
    ) -> None:
        """One difference of a kind is enough."""
        names = ", ".join(asked.parameters) or "no parameters"
        spoiled = f" ({asked.about} {asked.kind})" if asked.kind else ""
        about = about or f"a request with {names}{spoiled}"
        cause = asked.kind or about
        key = (said, f"{cause} {asked.about} {_outcome(one)} {_outcome(other)}")
        operation = self.first.contract.operation
        first, second = _told(one, self.first.client.credentials), _told(other, self.second.client.credentials)
        self.found.setdefault(key, Difference(operation, about, said, first, second, wrong))

    def _leave(self, finding: Finding) -> None:
        """What could not be compared, without the secrets that an answer may have put into the words."""
        operation = self.first.contract.operation
        if isinstance(finding, MadeUp):
            names = ", ".join(required_names(self.first.contract)) or "what it names"
            said = f"{operation}: nothing is known that is at both; give {names} of such with --values FILE"
            return self.unjudged.append(said)
        targets = (self.first, self.second)
        secrets = [s for t in targets for s in secrets_about(finding.exchange, t.client.credentials)]
        return self.unjudged.append(f"{operation}: {redact_text(finding.message, secrets)}")


def _outcome(answer: Answer) -> str:
    if answer.accepted:
        return "a result"
    return f"status {answer.status}, {answer.code}" if answer.kind == "refusal" else f"status {answer.status}"


def _told(answer: Answer, credentials: Credentials | None) -> str:
    """What an endpoint did, without the secrets that it may have repeated."""
    counted = f" with {answer.count} items" if answer.contract.semantics.items else ""
    if answer.accepted:
        return f"a result{counted}"
    return redact_text(answer.outline(), secrets_about(answer.exchange, credentials))
