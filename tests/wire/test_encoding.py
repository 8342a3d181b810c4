from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.encoding import build_query, canonical_query, parse_query, percent_encode, split_target

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PAIRS = st.lists(st.tuples(TEXT.filter(bool), TEXT))


def test_reserved_and_unreserved():
    assert percent_encode("AZaz09-_.~") == "AZaz09-_.~"
    assert percent_encode(" *+/%'") == "%20%2A%2B%2F%25%27"
    assert percent_encode("é任") == "%C3%A9%E4%BB%BB"


@given(PAIRS)
def test_what_is_built_is_read_back(pairs):
    assert parse_query(build_query(pairs)) == tuple(pairs)


@given(PAIRS)
def test_the_canonical_query_does_not_depend_on_order(pairs):
    assert canonical_query(reversed(pairs)) == canonical_query(pairs)


def test_reading_is_lenient():
    assert parse_query("a+b=c+d&blank=&bare&x=%2B&raw=*") == (
        ("a b", "c d"),
        ("blank", ""),
        ("bare", ""),
        ("x", "+"),
        ("raw", "*"),
    )


def test_targets():
    assert split_target("http://h:1/p/q?a=1&b=?#f") == ("/p/q", "a=1&b=?")
    assert split_target("http://h") == ("/", "")
    assert split_target("/?u=http://x/") == ("/", "u=http://x/")
