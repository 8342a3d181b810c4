"""Exchanges without secrets, and the search for secrets that are left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import evolve

from conformance.cassettes.cassette import Cassette, Interaction
from conformance.cassettes.meaning import Meaning
from conformance.wire.exchange import HttpRequest, HttpResponse
from conformance.wire.redaction import redact_request, redact_response, redact_text, secrets_in


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
    if not any(secret in value for _, value in meaning.parameters for secret in secrets):
        return meaning
    return evolve(meaning, parameters=tuple((n, redact_text(v, secrets)) for n, v in meaning.parameters))


def scrubbed_data(value: Any, secrets: Iterable[str]) -> Any:
    """JSON values with each text redacted."""
    known = tuple(secrets)
    if isinstance(value, str):
        return redact_text(value, known)
    if isinstance(value, dict):
        return {redact_text(str(k), known): scrubbed_data(v, known) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [scrubbed_data(v, known) for v in value]
    return value


def secrets_left(cassette: Cassette, secrets: Iterable[str] = ()) -> Iterator[str]:
    """Where something stands that redaction would have taken out, a phrase each."""
    known = tuple(secrets)
    for interaction in cassette.interactions:
        for part, kept in _parts(interaction):
            if kept is not None and _redacted(kept, known) != kept:
                yield f"a secret in the {part} of interaction {interaction.number}"
        if _meaning(interaction.meaning, known) != interaction.meaning:
            yield f"a secret in the meaning of interaction {interaction.number}"
    others = {"known items": cassette.items, "verdicts": list(cassette.verdicts)}
    others["drawn values"] = [list(e.draws) for e in cassette.examples]
    for name, value in others.items():
        if value is not None and scrubbed_data(value, known) != _plain(value):
            yield f"a secret in the {name}"


def _parts(interaction: Interaction) -> Iterator[tuple[str, HttpRequest | HttpResponse | None]]:
    yield "request", interaction.request
    yield "response", interaction.response


def _redacted(part: HttpRequest | HttpResponse, secrets: tuple[str, ...]) -> HttpRequest | HttpResponse:
    return redact_request(part, secrets) if isinstance(part, HttpRequest) else redact_response(part, secrets)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else value
