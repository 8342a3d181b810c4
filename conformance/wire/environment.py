"""The access key that the environment names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from conformance.wire.exchange import Credentials

KEY_ID = "ALIBABA_CLOUD_ACCESS_KEY_ID"
KEY_SECRET = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
TOKEN = "ALIBABA_CLOUD_SECURITY_TOKEN"


def credentials_from(environment: Mapping[str, str] = os.environ) -> Credentials | None:
    """The access key that the environment names, or None where it names none."""
    key_id, secret = environment.get(KEY_ID), environment.get(KEY_SECRET)
    return Credentials(key_id, secret, environment.get(TOKEN) or None) if key_id and secret else None


@contextmanager
def changed_environment(values: Mapping[str, str | None]) -> Iterator[None]:
    """While open, the environment of this process has these values; None: it has none of that name."""
    before = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set(before)


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
