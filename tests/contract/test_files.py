"""Contracts, ledgers and the protocol as files."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract import files
from conformance.contract.model import (
    Alternative,
    Choice,
    Citation,
    Constraint,
    Contract,
    Cursor,
    ErrorCode,
    Field,
    Filter,
    IdList,
    OptionalField,
    Paging,
    Parameter,
    Revision,
    Sample,
    Semantics,
    TimeRange,
)
from conformance.contract.narrowing import Bound, Selector, TagFilter
from conformance.ledger.sentences import PageSentence, dump_sentences, load_sentences

text = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\x85\u2028\u2029\ufeff"), max_size=12)
words = st.text("abzAZ09 /()#.-:{}[],'\"\n中é", max_size=12) | text
number = st.integers(-(2**40), 2**40)
citation = st.builds(Citation, words, words, st.none() | words, st.none() | st.integers(0, 20))
citations = st.lists(citation, max_size=2).map(tuple)
scalar = words | number | st.booleans()


def tuples(strategy: st.SearchStrategy, size: int = 2) -> st.SearchStrategy:
    return st.lists(strategy, max_size=size).map(tuple)


constraint = st.builds(
    Constraint,
    st.sampled_from(["default", "minimum", "enum", "time_format"]),
    scalar | st.lists(words, max_size=2),
    citations,
)
leaf = st.builds(
    Field,
    words,
    st.sampled_from(["string", "integer", "boolean"]),
    citations,
    presence=st.just("sometimes"),
    constraints=tuples(constraint),
    examples=tuples(words),
    statement=st.none() | words,
)
node = st.recursive(
    leaf,
    lambda inner: st.builds(
        Field,
        words,
        st.sampled_from(["object", "array"]),
        citations,
        tuples(inner),
        st.none() | st.just("string"),
        st.none() | words,
    ),
    max_leaves=3,
)
semantics = st.builds(
    Semantics,
    st.none() | words,
    st.none() | words,
    st.none() | words,
    st.none() | words,
    st.none() | words,
    st.none() | st.builds(Paging, words, words, words, st.none() | words, st.none() | words),
    st.none() | st.builds(Cursor, words, words, st.none() | words),
    st.none() | st.builds(IdList, words, words, st.none() | number),
    st.none() | st.builds(TimeRange, st.none() | words, st.none() | words, words),
    tuples(st.builds(Filter, words, words)),
    tuples(st.builds(OptionalField, words, words, tuples(words))),
    tuples(words),
    tuples(st.builds(Selector, words, words, st.sampled_from(["repeated", "comma", "json-array"]), st.none() | number)),
    st.none() | st.builds(TagFilter, words, words, words, words, words),
    tuples(st.builds(Bound, words, words, st.sampled_from(["least", "most"]))),
)
contract = st.builds(
    Contract,
    words,
    words,
    words,
    tuples(st.builds(Revision, words, words, words, words, words, st.none() | words, st.none() | words)),
    tuples(st.builds(Parameter, words, st.just("string"), st.booleans(), citations, tuples(constraint), tuples(words))),
    tuples(node),
    tuples(st.builds(ErrorCode, number, words, words, citations, st.none() | words)),
    tuples(st.builds(Sample, st.just("response"), st.sampled_from(["json", "xml"]), words, citations, tuples(words))),
    semantics,
    tuples(
        st.builds(
            Choice,
            words,
            words,
            words,
            st.sampled_from(["silence", "contradiction"]),
            words,
            tuples(st.builds(Alternative, words, words, citations)),
            words,
            st.booleans(),
        )
    ),
)
sentences = tuples(st.builds(PageSentence, citation, words, st.none() | words))


@settings(deadline=None, max_examples=60)
@given(contract)
def test_a_contract_is_read_back_exactly(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> None:
    path = tmp_path_factory.getbasetemp() / "contract.yaml"
    path.write_text(files.dump_contract(contract), encoding="utf-8")
    assert files.load_contract(path) == contract


@settings(deadline=None, max_examples=60)
@given(sentences)
def test_sentences_are_read_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, sentences: tuple[PageSentence, ...]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "sentences.yaml").write_text(dump_sentences(sentences), encoding="utf-8")
    assert load_sentences(folder) == sentences


def test_the_common_protocol_is_read_back_exactly(tmp_path) -> None:
    protocol = files.load_protocol(files.schemas_root() / "ecs" / "2014-05-26" / "common")
    (tmp_path / "protocol.yaml").write_text(files.dump(protocol), encoding="utf-8")
    assert files.load_protocol(tmp_path) == protocol


def test_a_plain_citation_is_one_short_string() -> None:
    assert (
        files.format_citation(Citation("2021-01-07", "parameters", "PageSize", 2))
        == "2021-01-07 / parameters / PageSize (2)"
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("- 1", "holds no contract"),
        ("a: [", "is not YAML (line 2)"),
        ("format_version: 9", "has format_version 9, and this suite reads 1"),
        ("format_version: 1\nproduct: Ecs", "required field missing"),
        ("format_version: 1\nprodukt: Ecs", "extra fields found (produkt)"),
    ],
)
def test_a_bad_file_is_one_clear_sentence(tmp_path, content: str, problem: str) -> None:
    path = tmp_path / "contract.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(files.ContractError) as caught:
        files.load_contract(tmp_path)
    assert str(caught.value).startswith(f"{path}: ")
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_one_that_is_not_text_are_named(tmp_path) -> None:
    with pytest.raises(files.ContractError, match="does not exist"):
        files.load_contract(tmp_path / "nowhere")
    (tmp_path / "contract.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(files.ContractError, match="not UTF-8"):
        files.load_contract(tmp_path)
