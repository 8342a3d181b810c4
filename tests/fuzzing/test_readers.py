"""No reader of what others wrote ends in anything but its named errors."""

from __future__ import annotations

import time

import pytest

from tests.fuzzing.readers import readers
from tests.fuzzing.run import failures

INPUTS = 40
SECONDS = 180


@pytest.mark.parametrize("reader", readers(), ids=lambda reader: reader.name)
def test_whatever_is_read_is_read_or_named(reader, tmp_path):
    for seed in reader.seeds if reader.whole else ():
        reader.read(tmp_path, seed)
    wrong = [(data[-300:], error) for data, error in failures(reader, tmp_path, "make test", INPUTS) if error]
    assert not wrong, wrong[0]


@pytest.mark.gate
@pytest.mark.parametrize("reader", readers(), ids=lambda reader: reader.name)
def test_for_three_minutes(reader, tmp_path):
    ends, seed = time.monotonic() + SECONDS, str(time.time())
    for data, error in failures(reader, tmp_path, seed):
        assert error is None, (seed, data[-300:], error)
        if time.monotonic() > ends:
            return
