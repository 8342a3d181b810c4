"""What a judge found: one sentence, with what was expected and received, and the request that shows it."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from conformance.sdk.endpoint import Recorded


@frozen
class SdkFinding:
    """`outcome` passed or failed, or why there is nothing to judge. The level of the requirement is not its
    business.
    """

    outcome: Literal["passed", "failed", "not-applicable", "inconclusive"]
    message: str = ""
    expected: str | None = None
    received: str | None = None
    request: Recorded | None = None


PASSED = SdkFinding("passed")


def failed(
    message: str, expected: object = None, received: object = None, request: Recorded | None = None
) -> SdkFinding:
    return SdkFinding("failed", message, _text(expected), _text(received), request)


def skipped(message: str) -> SdkFinding:
    return SdkFinding("not-applicable", message)


def _text(value: object) -> str | None:
    if value is None:
        return None
    words = value if isinstance(value, str) else repr(value)
    return words if len(words) <= 300 else words[:297] + "…"
