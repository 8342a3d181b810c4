"""Cassettes as files: whole, the same bytes each time, readable by VCR.py, and any change noticed and named."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
import vcr
import yaml
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from conformance.cassettes import file
from conformance.cassettes.cassette import Cassette, Example, Interaction, Provenance
from conformance.cassettes.file import BadCassette
from conformance.cassettes.meaning import Meaning
from conformance.wire.exchange import HttpRequest, HttpResponse

PROVENANCE = Provenance(
    "somewhere", "http://127.0.0.1:1/", "real", "2026-01-01T00:00:00Z", "0", "3.11", "Describe", "sha256:a", "sha256:b",
    pins={"x": "y"}, settings={"formats": ["json"]}, complete=True,
)  # fmt: skip


def interaction(number: int, body: bytes = b"{}", **changes: object) -> Interaction:
    meaning = Meaning("Describe", "1", "json", "v1", "GET", "query", (("A", f"{number}"),))
    request = HttpRequest("GET", f"http://127.0.0.1:1/?A={number}", (("Host", "127.0.0.1:1"),))
    response = HttpResponse(200, (("Content-Type", "application/json"), ("X", "1"), ("X", "2")), body, 0.25)
    return evolve(Interaction(number, meaning, request, response, None, 0), **changes)


def cassette(*interactions: Interaction) -> Cassette:
    examples = (Example("Describe.a", "json", "test_a", (("size", 3), (None, {"tuple": ["x"]}))),)
    verdict = {"requirement": "Describe.a", "case": "json", "verdict": "passed"}
    found = interactions or tuple(interaction(n) for n in range(1, 5))
    return Cassette(PROVENANCE, found, examples, (verdict,), {"cn": [{"Id": "t-1"}]})


bodies = st.text(st.characters(exclude_categories=("Cs",)), max_size=40).map(str.encode) | st.binary(max_size=20)


@given(st.lists(bodies, max_size=3))
def test_there_and_back(found: list[bytes]) -> None:
    whole = evolve(cassette(), interactions=tuple(interaction(n, body) for n, body in enumerate(found, 1)))
    text = file.dump(whole)
    loaded = file.parse(text, "it")
    assert loaded.cassette == whole
    assert not loaded.changes
    assert deserialize(text, yamlserializer)[1] == [
        {"status": {"code": 200, "message": "OK"}, "headers": {"Content-Type": ["application/json"], "X": ["1", "2"]},
         "body": {"string": body}} for body in found
    ]  # fmt: skip


def test_an_exchange_without_an_answer_comes_back_as_one() -> None:
    whole = cassette(interaction(1, response=None, failure=("TimedOut", "no answer within 10 s")))
    assert file.parse(file.dump(whole), "it").cassette == whole


def test_a_file_that_another_tool_laid_out_anew_is_the_same_cassette() -> None:
    text = file.dump(cassette())
    again = yaml.safe_dump(yaml.safe_load(text), width=60)
    assert again != text
    loaded = file.parse(again, "it")
    assert loaded.cassette == cassette()
    assert not loaded.changes


def test_vcr_plays_it(tmp_path: Path) -> None:
    file.save(tmp_path / "c.yaml", cassette())
    with vcr.use_cassette(str(tmp_path / "c.yaml"), record_mode="none") as played:
        answer = urlopen("http://127.0.0.1:1/?A=3")
        assert (answer.status, answer.read(), answer.headers["Content-Type"]) == (200, b"{}", "application/json")
        assert played.play_count == 1


def test_compressed_to_the_same_bytes_each_time(tmp_path: Path) -> None:
    for name in ("a.yaml.gz", "b.yaml.gz"):
        file.save(tmp_path / name, cassette())
    one, other = ((tmp_path / name).read_bytes() for name in ("a.yaml.gz", "b.yaml.gz"))
    assert one == other
    assert gzip.decompress(one).decode() == file.dump(cassette())


def test_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "c.yaml"
    file.save(path, cassette())
    before = path.read_bytes()
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        file.save(path, cassette(interaction(1)))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["c.yaml"]


# --------------------------------------------------------------------------------------------------- changed by hand


def edited(change: Callable[[list[dict]], None]) -> list[str]:
    data = yaml.safe_load(file.dump(cassette()))
    change(data["interactions"])
    return list(file.parse(yaml.safe_dump(data), "it").changes)


def drop(interactions: list[dict]) -> None:
    del interactions[1]


def swap(interactions: list[dict]) -> None:
    interactions.reverse()


def status(interactions: list[dict]) -> None:
    interactions[2]["response"]["status"]["code"] = 500


def body(interactions: list[dict]) -> None:
    interactions[2]["response"]["body"]["string"] = ""


def header(interactions: list[dict]) -> None:
    del interactions[2]["response"]["headers"]["Content-Type"]


def url(interactions: list[dict]) -> None:
    interactions[2]["request"]["uri"] += "&B=1"


def repeated(interactions: list[dict]) -> None:
    interactions.append(interactions[-1])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (drop, "interaction 2 missing: 3 of 4 are there"),
        (swap, "not in the order in which they were recorded"),
        (repeated, "5 interactions are there where 4 were recorded"),
        *((change, "interaction 3 was changed") for change in (status, body, header, url)),
    ],
)
def test_an_edit_is_noticed_and_named(change: Callable[[list[dict]], None], named: str) -> None:
    assert any(named in problem for problem in edited(change))


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("kind: real", "kind: reference", "its provenance was changed"),
        ("complete: true", "complete: false", "its provenance was changed"),
        ('"verdict": "passed"', '"verdict": "failed"', "its recorded verdicts were changed"),
        ('["size",3]', '["size",4]', "its drawn values were changed"),
        ('"Id": "t-1"', '"Id": "t-2"', "its known items were changed"),
        ("acs-digests:", "acs-digest:", "its digests are missing"),
    ],
)
def test_a_changed_part_is_noticed_and_named(before: str, after: str, named: str) -> None:
    text = file.dump(cassette())
    assert before in text
    assert named in file.parse(text.replace(before, after, 1), "it").changes


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda t: t[: len(t) // 2], "is no cassette: it is not YAML"),
        (lambda t: "", "expected YAML with `version` and `interactions`"),
        (lambda t: "just text", "expected YAML with `version` and `interactions`"),
        (lambda t: "\x00" + t, "is no cassette"),
        (lambda t: t.replace("version: 1", "version: 2", 1), "is of cassette version 2; this suite reads 1"),
        (lambda t: t.replace("format_version: 1", "format_version: 7", 1), "has format version 7; this suite reads 1"),
        (lambda t: t.replace("acs-conformance:", "other:", 1), "carries no provenance"),
        (lambda t: t.replace("  seed: 0", "  sead: 0", 1), "carries a provenance that is not whole"),
        (lambda t: t.replace('"uri": ', '"url": ', 1), "interaction 1 lacks 'uri'"),
        (lambda t: t.replace('"code": 200', '"code": "200"', 1), "interaction 1 is damaged"),
        (lambda t: t.replace("\nacs-examples:\n", "\nexamples:\n", 1), "lacks its examples"),
    ],
)
def test_a_damaged_file_is_one_clear_sentence(damage: Callable[[str], str], message: str) -> None:
    with pytest.raises(BadCassette) as caught:
        file.parse(damage(file.dump(cassette())), "my.yaml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("my.yaml")
    assert "\n" not in str(caught.value)


def test_cut_short_between_two_interactions(tmp_path: Path) -> None:
    text = file.dump(cassette())
    lines = text.rstrip("\n").split("\n")
    changes = file.parse("\n".join(lines[:-1]) + "\n", "it").changes
    assert "interaction 4 missing: 3 of 4 are there" in changes


@pytest.mark.parametrize("data", [b"\x1f\x8b\x08\x00cut", gzip.compress(b"version: 1", mtime=0)[:-9], b"\xff\xfe\x00"])
def test_damaged_bytes(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "c.yaml.gz").write_bytes(data)
    with pytest.raises(BadCassette, match=r"cut short or damaged|not UTF-8"):
        file.load(tmp_path / "c.yaml.gz")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadCassette, match="cannot be read: No such file"):
        file.load(tmp_path / "none.yaml")


def test_code_in_a_cassette_is_not_run() -> None:
    text = file.dump(cassette()) + "more: !!python/object/apply:os.getcwd []\n"
    with pytest.raises(BadCassette):
        file.parse(text, "it")


def test_each_interaction_stands_on_one_line() -> None:
    lines = [line for line in file.dump(cassette()).split("\n") if line.startswith('- {"request"')]
    assert [json.loads(line[2:])["acs"]["number"] for line in lines] == [1, 2, 3, 4]
