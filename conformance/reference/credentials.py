"""The access keys that the reference endpoint knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from attrs import field, frozen


class KeyLike(Protocol):
    """Anything with these attributes can be given as a credential."""

    @property
    def access_key_id(self) -> str:
        """What requests name."""

    @property
    def access_key_secret(self) -> str:
        """What they are signed with."""

    @property
    def security_token(self) -> str | None:
        """What they must carry, where the key is a temporary one."""


@frozen
class AccessKey:
    """An access key; with a `security_token` it is a temporary one, and requests must carry that token."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


def access_keys(credentials: Iterable[KeyLike]) -> dict[str, AccessKey]:
    """The keys by id."""
    return {c.access_key_id: AccessKey(c.access_key_id, c.access_key_secret, c.security_token) for c in credentials}
