"""What watches a run that nobody looks at."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from conformance.report.events import Event


class Unseen(AbstractContextManager[Any]):
    """Takes events and shows none."""

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def on_event(self, event: Event) -> None:
        """Not shown."""

    def on_requests(self, requests: int) -> None:
        """Not shown."""
