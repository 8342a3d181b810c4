"""Times in the forms of ISO 8601 that name a moment, and what each leaves open."""

from datetime import UTC, datetime, timedelta

import pytest

from conformance.generate.times import format_time, leeway, parse_time, precision_of

NOON = datetime(2015, 11, 24, 12, 50, tzinfo=UTC)
BELOW_A_SECOND = timedelta(microseconds=999_999)


@pytest.mark.parametrize(
    ("text", "precision", "later"),
    [
        ("2015-11-24T12:50Z", "minutes", timedelta(seconds=59) + BELOW_A_SECOND),
        ("2015-11-24T20:50+08:00", "minutes", timedelta(seconds=59) + BELOW_A_SECOND),
        ("2015-11-24T12:50:00Z", "seconds", timedelta()),
        ("2015-11-24T20:50:00+0800", "seconds", timedelta()),
        ("2015-11-24T12:50:00.250Z", "seconds", BELOW_A_SECOND),
    ],
)
def test_one_moment_in_several_forms(text, precision, later):
    assert (parse_time(text), precision_of(text), leeway(text)) == (NOON, precision, later)


@pytest.mark.parametrize(
    "text",
    [
        None, "", "2015-11-24 12:50Z", "2015-11-24T12:50", "2015-13-24T12:50Z", "1448369400", "2015-11-24",
        "0001-01-01T00:00+08:00", "\u0662015-11-24T12:50Z", "2015-11-24T12:50Z\n",
    ],
)  # fmt: skip
def test_what_names_no_moment(text):
    assert parse_time(text) is None


@pytest.mark.parametrize("moment", [NOON, NOON.replace(tzinfo=None)])
def test_milliseconds_since_1970(moment):
    assert format_time(moment, "epoch-milliseconds") == "1448369400000"
