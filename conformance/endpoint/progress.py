"""What a run has come to so far, a line for each check that is through: a run that died goes on from there.

A line holds the check's verdict and what its exchanges showed in passing, for the verdicts that need the whole run. It
is on disk before the verdict is told, so that nothing that was told is judged again. It holds no secret.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from conformance.endpoint.in_passing import InPassing
from conformance.endpoint.traffic import Traffic
from conformance.endpoint.watch.dialect import ChoiceObservation
from conformance.endpoint.watch.tally import Problem, Tallies, Tally
from conformance.errors import Refusal
from conformance.foreign import BadText, bytes_of, decoded, json_value
from conformance.report.events import BadEvent, Verdict, from_dict, to_dict
from conformance.wire.exchange import Call, Exchange, HttpRequest, HttpResponse
from conformance.wire.redaction import redact_request, redact_response, redact_text, secrets_in

MOST_OF_A_BODY = 64 * 1024
Check = tuple[str, str, str]


@frozen
class CheckDone:
    """A check that is through: of which requirement, in which case, by which function. `verdict` is None where it was
    run for its exchanges alone. `instead` counts in its place where that because of which it is not judged is met.
    """

    check: Check
    verdict: Verdict | None
    in_passing: InPassing
    instead: Verdict | None = None


def as_data(done: CheckDone, secrets: Iterable[str]) -> dict[str, Any]:
    """The members of a line, redacted."""
    known, seen = tuple(secrets), done.in_passing
    return {
        "check": list(done.check),
        "verdict": to_dict(done.verdict) if done.verdict else None,
        "instead": to_dict(done.instead) if done.instead else None,
        "tallies": [
            [check, subject, tally.judged, tally.failed, _problem_data(tally.worst, known)]
            for (check, subject), tally in seen.tallies.items()
            if tally.judged
        ],
        "choices": [
            [s.choice, s.alternative, s.format, s.count, _exchange_data(s.exchange, known)] for s in seen.choices
        ],
        "traffic": [
            seen.traffic.requests, seen.traffic.throttled, dict(seen.traffic.outcomes), list(seen.traffic.latency)
        ],
    }  # fmt: skip


def from_data(data: Mapping[str, Any]) -> CheckDone:
    """Raises KeyError, TypeError or ValueError for what is no line."""
    requirement, case, function = map(_text, data["check"])
    verdict, instead = (None if data.get(n) is None else from_dict(data[n]) for n in ("verdict", "instead"))
    if not isinstance(verdict, Verdict | None) or not isinstance(instead, Verdict | None):
        raise TypeError("a line holds another event")
    requests, throttled, outcomes, latency = data["traffic"]
    traffic = Traffic(requests, throttled, Counter({_text(k): int(v) for k, v in outcomes.items()}))
    if len(latency) != len(traffic.latency):
        raise ValueError("a histogram of another form")
    traffic.latency = [int(count) for count in latency]
    tallies = Tallies()
    tallies.absorb(
        ((_text(check), subject), Tally(int(judged), int(failed), _problem(problem)))
        for check, subject, judged, failed, problem in data["tallies"]
    )
    choices = tuple(
        ChoiceObservation(_text(choice), _text(alternative), format, int(count), _exchange(exchange))
        for choice, alternative, format, count, exchange in data["choices"]
    )
    return CheckDone((requirement, case, function), verdict, InPassing(tallies, choices, traffic), instead)


def line_of(data: Mapping[str, Any]) -> str:
    """A line of the file."""
    return json.dumps(data, separators=(",", ":")) + "\n"


def read_progress(path: Path) -> tuple[CheckDone, ...]:
    """The checks that are through, each once. A last line that was cut is none. Raises Refusal."""
    try:
        found = [from_data(json_value(line)) for line in _lines(path)]
    except (BadText, BadEvent, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refusal(f"{path} cannot be gone on from ({error}); run it again from the start.") from None
    return tuple({done.check: done for done in found}.values())


def trim(path: Path) -> None:
    """Take away a last line that was cut, so that more can follow. Raises Refusal."""
    try:
        aside = path.with_name(f".{path.name}")
        aside.write_text("".join(f"{line}\n" for line in _lines(path)), "utf-8")
        aside.replace(path)
    except BadText as error:
        raise Refusal(f"{path} {error}.") from None
    except OSError as error:
        raise Refusal(f"Cannot write {path}: {error.strerror}.") from None


def _lines(path: Path) -> list[str]:
    """The whole lines of the file; none where there is no file. Raises BadText."""
    return decoded(bytes_of(path)).split("\n")[:-1] if path.is_file() else []


def _problem_data(problem: Problem | None, secrets: tuple[str, ...]) -> list[Any] | None:
    if problem is None:
        return None
    known = (*secrets, *(secrets_in(problem.exchange.request) if problem.exchange else ()))
    words = (problem.message, problem.expected, problem.received)
    return [*(word and redact_text(word, known) for word in words), _exchange_data(problem.exchange, secrets)]


def _problem(data: Any) -> Problem | None:
    if data is None:
        return None
    message, expected, received, exchange = data
    return Problem(_text(message), expected, received, _exchange(exchange))


def _exchange_data(exchange: Exchange | None, secrets: tuple[str, ...]) -> dict[str, Any] | None:
    if exchange is None:
        return None
    known = (*secrets, *secrets_in(exchange.request))
    request, response = redact_request(exchange.request, known), redact_response(exchange.response, known)
    call = exchange.call
    return {
        "number": exchange.number,
        "action": [call.action, call.version],
        "parameters": [[name, redact_text(value, known)] for name, value in call.parameters],
        "request": [request.method, request.url, [list(h) for h in request.headers], _packed(request.body)],
        "response": [response.status, [list(h) for h in response.headers], _packed(response.body[:MOST_OF_A_BODY])],
    }


def _exchange(data: Any) -> Exchange | None:
    if data is None:
        return None
    action, version = data["action"]
    method, url, sent, body = data["request"]
    status, got, answer = data["response"]
    call = Call(_text(action), _text(version), _pairs(data["parameters"]))
    request = HttpRequest(_text(method), _text(url), _pairs(sent), b64decode(body))
    return Exchange(int(data["number"]), call, request, HttpResponse(int(status), _pairs(got), b64decode(answer)))


def _packed(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _pairs(values: Any) -> tuple[tuple[str, str], ...]:
    return tuple((_text(name), _text(value)) for name, value in values)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value
