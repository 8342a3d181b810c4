"""What a judge found, in the ledger's words: with what was expected and received, and the request that shows it."""

from __future__ import annotations

from conformance.ledger.findings import Finding, Met, NotApplicable, Violation
from conformance.sdk.endpoint import Recorded

# what every judge of a whole case returns; the level of the requirement is not its business
SdkFinding = Finding
PASSED = Met("")


class ShownByRequest(Violation):
    """A violation of an SDK, which the request that arrived shows, if one did."""

    def __init__(
        self, message: str, expected: str | None, received: str | None, request: Recorded | None, cause: str | None
    ) -> None:
        super().__init__(message, expected=expected, received=received, cause=cause or message.partition(":")[0])
        self.request = request


def failed(
    message: str,
    expected: object = None,
    received: object = None,
    request: Recorded | None = None,
    cause: str | None = None,
) -> ShownByRequest:
    """The requirement is not met. `cause` says why in words that name nothing of the operation; without one it is the
    message, which then names nothing either.
    """
    return ShownByRequest(message, _text(expected), _text(received), request, cause)


def skipped(message: str) -> NotApplicable:
    """There is nothing to judge here, and why."""
    return NotApplicable(message)


def _text(value: object) -> str | None:
    if value is None:
        return None
    words = value if isinstance(value, str) else repr(value)
    return words if len(words) <= 300 else words[:297] + "…"
