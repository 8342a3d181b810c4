"""Exchanges without secrets, and the search for secrets that are left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from attrs import asdict, evolve

from conformance.cassettes.cassette import AnyInteraction, Cassette, Interaction
from conformance.cassettes.meaning import Meaning
from conformance.cassettes.sdk_cassette import SdkCassette
from conformance.wire.exchange import HttpRequest, HttpResponse
from conformance.wire.redaction import redact_request, redact_response, redact_text, redact_values, secrets_in

Redact = Callable[[str, Iterable[str]], str]


def scrubbed(interaction: Interaction, secrets: Iterable[str]) -> Interaction:
    """The interaction as it may be kept. What the request was signed with goes from the answer, too."""
    known = (*secrets, *secrets_in(interaction.request))
    response, failure = interaction.response, interaction.failure
    return evolve(
        interaction,
        meaning=_meaning(interaction.meaning, known),
        request=redact_request(interaction.request, known),
        response=redact_response(response, known) if response else None,
        failure=(failure[0], redact_text(failure[1], known)) if failure else None,
    )


def _meaning(meaning: Meaning, secrets: tuple[str, ...]) -> Meaning:
    """A parameter may repeat what an answer gave away."""
    if all(redact_values(value, secrets) == value for _, value in meaning.parameters):
        return meaning
    return evolve(meaning, parameters=tuple((n, redact_text(v, secrets)) for n, v in meaning.parameters))


def scrubbed_data(value: Any, secrets: Iterable[str], redact: Redact = redact_text) -> Any:
    """JSON values with each text redacted."""
    known = tuple(secrets)
    if isinstance(value, str):
        return redact(value, known)
    if isinstance(value, dict):
        return {redact(str(k), known): scrubbed_data(v, known, redact) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [scrubbed_data(v, known, redact) for v in value]
    return value


def secrets_left(cassette: Cassette | SdkCassette, secrets: Iterable[str] = ()) -> Iterator[str]:
    """Where something stands that redaction would have taken out, a phrase each."""
    known = tuple(secrets)
    exchanges: Iterator[tuple[int, HttpRequest, HttpResponse | None]]
    others: dict[str, tuple[Any, Redact]]
    if isinstance(cassette, SdkCassette):
        exchanges = ((one.number, one.request, one.response) for one in cassette.arrived)
        # what was given and got is made up: of it only known values are secret
        others = {"cases": ([asdict(kept) for kept in cassette.cases], redact_values)}
    else:
        exchanges = ((i.number, i.request, i.response) for i in map(_whole, cassette.interactions))
        others = {
            "known items": (cassette.items, redact_text),
            "drawn values": ([list(e.draws) for e in cassette.examples], redact_text),
        }
        for i in cassette.interactions:
            if _meaning(i.meaning, known) != i.meaning:
                yield f"a secret in the meaning of interaction {i.number}"
    for number, request, response in exchanges:
        if redact_request(request, known) != request:
            yield f"a secret in the request of interaction {number}"
        if response is not None and redact_response(response, known) != response:
            yield f"a secret in the response of interaction {number}"
    for name, (value, redact) in {**others, "verdicts": (list(cassette.verdicts), redact_text)}.items():
        if value is not None and scrubbed_data(value, known, redact) != _plain(value):
            yield f"a secret in the {name}"


def _whole(interaction: AnyInteraction) -> Interaction:
    return interaction.whole()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else value
