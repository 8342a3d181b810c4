"""The bytes of a connection that a server of ours reads, within a time."""

from __future__ import annotations

import io
import socket
import time
from typing import Any


class Incoming(io.RawIOBase):
    """The bytes of a connection, as long as it is not `ends_at` on the monotonic clock. Raises TimeoutError."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.ends_at = 0.0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Raises TimeoutError."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)
