"""A cassette of long answers is read in little more memory than its text takes, and says the same."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path
from random import Random

import pytest
import yaml
from attrs import evolve
from vcr.serialize import deserialize, serialize
from vcr.serializers import yamlserializer

from conformance.cassettes import endpoint_file, file, layout, relaid, writing
from conformance.cassettes import text as texts
from conformance.cassettes.cassette import Example, Interaction
from conformance.cassettes.file import BadCassette
from conformance.cassettes.spool import Spool
from conformance.cassettes.text import CassetteText
from conformance.wire.exchange import HttpResponse
from tests.cassettes.test_file import cassette, interaction
from tests.cassettes.test_spool import begun, sent

MB = 1 << 20
# one rare character makes four bytes of each in the text that it stands in
MEASURED = """
import resource, sys
from conformance.cli import main
try:
    main(sys.argv[1:])
finally:
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""
RARE = "\U0001f600"


def answers(count: int, size: int) -> tuple[Interaction, ...]:
    random = Random(1)
    return tuple(
        interaction(n, f'{{"A":"{RARE}{random.randbytes(size // 2).hex()}"}}'.encode()) for n in range(1, count)
    )


def test_a_long_answer_is_kept_as_it_stands_until_it_is_asked_for() -> None:
    whole = evolve(cassette(), interactions=(interaction(1), *answers(5, 20_000)))
    text = file.dump(whole)
    kept = layout.data_of(CassetteText.of((text.encode(),)), "it")[layout.INTERACTIONS]
    assert all(isinstance(one, layout.InteractionLine) for one in kept)
    assert set(kept[1]) == {"request", "response", "acs"} == set(kept[0])
    assert len(kept[1]) == 3
    loaded = file.parse(text, "it")
    assert loaded.cassette == whole
    assert not loaded.changes


@pytest.mark.parametrize("place", [1, 3])
def test_what_was_changed_in_a_long_answer_is_named(place: int) -> None:
    lines = file.dump(evolve(cassette(), interactions=answers(5, 20_000))).split("\n")
    start = lines.index("interactions:")
    lines[start + place] = lines[start + place].replace('"code": 200', '"code": 201')
    assert file.parse("\n".join(lines), "it").changes == [f"interaction {place} was changed"]


def measured(path: Path):
    """What is read of a file, and the most bytes of memory that it took."""
    tracemalloc.start()
    try:
        return file.load(path), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_reading_takes_a_few_times_what_it_reads(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml.gz"
    file.save(path, evolve(cassette(), interactions=answers(65, MB // 4)))
    loaded, most = measured(path)
    assert len(loaded.cassette.interactions) == 64
    assert most < 10 * MB
    assert [i.length for i in loaded.cassette.interactions[:2]] == [MB // 4 + 12] * 2


def test_reading_another_layout_takes_no_more(tmp_path: Path) -> None:
    path, whole = tmp_path / "large.yaml", evolve(cassette(), interactions=answers(17, MB // 4))
    path.write_text(yaml.dump(yaml.safe_load(file.dump(whole)), Dumper=yaml.CSafeDumper), "utf-8")
    loaded, most = measured(path)
    assert len(loaded.cassette.interactions) == 16
    assert not loaded.changes
    assert most < 10 * MB


@pytest.mark.parametrize(
    ("bound", "most", "words"),
    [
        ("MOST_INTERACTIONS", 3, "it holds more than 3 interactions, more than a recording has"),
        ("MOST_VALUES", 9, "it holds more than 9 values or 24 MiB beside its interactions"),
        ("MOST_KEPT", 100, "beside its interactions"),
    ],
)
def test_what_would_stand_in_memory_is_bounded(bound: str, most: int, words: str, monkeypatch) -> None:
    text = file.dump(cassette())
    monkeypatch.setattr(layout, bound, most)
    with pytest.raises(BadCassette, match=words):
        file.parse(text, "it")


def test_a_line_that_is_too_long_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(texts, "MOST_IN_A_LINE", MB)
    with pytest.raises(BadCassette, match="has a line of more than 1 MiB"):
        file.parse(file.dump(evolve(cassette(), interactions=answers(2, 4 * MB))), "it")


LAYOUTS = {
    "blocks": {},
    "wide, in quotes": {"width": 10**6, "default_style": "'"},
    "narrow, in other quotes": {"width": 20, "default_style": '"', "allow_unicode": True},
    "flow": {"default_flow_style": True, "sort_keys": False},
    "indented, with marks": {"indent": 8, "explicit_start": True, "explicit_end": True, "version": (1, 1)},
}


@pytest.mark.parametrize("way", LAYOUTS)
def test_another_layout_is_read_entry_by_entry(way: str, monkeypatch) -> None:
    whole = evolve(cassette(), interactions=answers(5, 2_000))
    text = yaml.safe_dump(yaml.safe_load(file.dump(whole)), **LAYOUTS[way])
    loaded = file.parse(text, "it")
    assert not loaded.changes
    assert loaded.cassette == whole
    monkeypatch.setattr(layout, "MOST_OF_A_HEAD", 1_000)
    assert file.parse(text, "it").cassette == whole
    monkeypatch.setattr(relaid, "MOST_IN_AN_ENTRY", 20)
    with pytest.raises(BadCassette, match="has an entry of more than 20 values"):
        file.parse(text, "it")


def test_what_vcrpy_reads_and_writes_again_is_read() -> None:
    whole = evolve(cassette(), interactions=(*answers(3, 2_000), interaction(3, b"\xff\x00")))
    loaded = file.parse(yamlserializer.serialize(yamlserializer.deserialize(file.dump(whole))), "it")
    assert not loaded.changes
    assert loaded.cassette == whole
    without = serialize(
        dict(zip(("requests", "responses"), deserialize(file.dump(whole), yamlserializer), strict=True)), yamlserializer
    )
    with pytest.raises(BadCassette, match=r"carries no provenance .* another tool recorded or rewrote it"):
        file.parse(without, "it")


def test_a_change_in_another_layout_is_named() -> None:
    data = yaml.safe_load(file.dump(evolve(cassette(), interactions=answers(5, 2_000))))
    data["interactions"][2]["response"]["status"]["code"] = 201
    assert file.parse(yaml.safe_dump(data), "it").changes == ["interaction 3 was changed"]


HEAD = "version: 1\nacs-conformance: {format_version: 1}\n"
LONG = f"{HEAD}interactions:\n- &a '{'x' * MB}'\n" + "- *a\n" * 40


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "expected YAML with `version` and `interactions`"),
        ("a\n", "expected YAML with"),
        ("- a\n- b\n", "expected YAML with"),
        ("interactions:\n", "expected YAML with"),
        ("a: 1\n---\nb: 2\n", "expected YAML with"),
        (f"{HEAD}interactions:\n - {{<<: {{a: 1}}}}\n", "a kind that no recording has: tag:yaml.org,2002:merge"),
        (f"{HEAD}interactions:\n - 2020-01-01\n", "a kind that no recording has: tag:yaml.org,2002:timestamp"),
        (f"{HEAD}interactions:\n - !!set {{a}}\n", "a kind that no recording has: tag:yaml.org,2002:set"),
        (f"{HEAD}interactions:\n - !!python/name:os.system\n", "a kind that no recording has"),
        (f"{HEAD}interactions: !!python/object/apply:os.system ['exit 1']\n", "a kind that no recording has"),
        (f"{HEAD}interactions:\n - {{1: 2}}\n", "whose name is no text: 1"),
        (f"{HEAD}interactions:\n - {{[a]: 2}}\n", "whose name is no text"),
        (f"{HEAD}interactions:\n - *b\n", "alias"),
        (f"{HEAD}interactions:\n - {{a: [}}\n", "is not YAML"),
        (f"{HEAD}interactions: {{a: 1}}\n", "expected YAML with"),
        (LONG, "aliases that stand for more than 16 MiB"),
    ],
    ids=range(16),
)
def test_another_layout_that_is_none_of_a_recording_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadCassette, match=why):
        file.parse(text, "it")


def test_a_value_that_is_too_long_is_refused_before_it_is_there(monkeypatch) -> None:
    monkeypatch.setattr(relaid, "MOST_IN_A_LINE", MB)
    text = yaml.safe_dump(yaml.safe_load(file.dump(evolve(cassette(), interactions=answers(2, 4 * MB)))))
    with pytest.raises(BadCassette, match="has a value of more than 1 MiB"):
        file.parse(text, "it")


def test_aliases_of_little_are_written_out() -> None:
    whole = evolve(cassette(), interactions=answers(5, 2_000))
    data = yaml.safe_load(file.dump(whole))
    for one in data["interactions"]:
        one["request"]["headers"] = data["interactions"][0]["request"]["headers"]
    text = yaml.safe_dump(data)
    assert "*id001" in text
    assert file.parse(text, "it").cassette == whole


def test_what_is_recorded_can_be_read(tmp_path: Path, monkeypatch) -> None:
    """A run that draws more than a reader keeps is recorded as far as it is kept, and says so."""
    monkeypatch.setattr(layout, "MOST_VALUES", 120)
    recorder = begun(Spool(tmp_path))
    for n in range(20):
        recorder.begin(Example("Describe.a", "json", f"test_{n}", (), False))
        recorder.keep(sent(), HttpResponse(200, (), b"{}", 0.1))
        recorder.end((("size", n),), True)
    recorder.save(tmp_path / "c.yaml")
    monkeypatch.setattr(layout, "MOST_VALUES", 240)  # verdicts and the head stand there, too
    loaded = file.load(tmp_path / "c.yaml")
    assert 1 < len(loaded.cassette.examples) < 20
    assert loaded.cassette.provenance.reason.startswith("the run brought more than a cassette may hold")


@pytest.mark.gate
def test_a_replay_of_all_that_is_allowed_stays_under_300_mb(tmp_path: Path) -> None:
    """256 MiB of long bodies, with a rare character in each, in a hundredth of that."""
    random, path = Random(1), tmp_path / "c.yaml.gz"
    bodies = (f'{{"A":"{RARE}{random.randbytes(50_000).hex()}{"a" * 4 * MB}"}}'.encode() for _ in range(60))
    head = cassette()
    spool = Spool(tmp_path, most=256 * MB)
    assert all(spool.add(interaction(n, body, example=None)) for n, body in enumerate(bodies, 1))
    writing.save(path, lambda: endpoint_file.pieces(head, spool))
    assert path.stat().st_size < 256 * MB / 20
    words = [sys.executable, "-c", MEASURED, "replay", str(path), "--edited", "--report-dir", str(tmp_path / "r")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "the suite itself failed" not in done.stdout + done.stderr
    assert int(done.stderr.rsplit("peak ", 1)[1]) < 300 * 1024
