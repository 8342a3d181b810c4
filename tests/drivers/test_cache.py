from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from conformance.drivers.cache import built, cache_folder, digest


def test_a_folder_is_built_once(tmp_path):
    built_in = []

    def build(folder: Path):
        built_in.append(folder)
        (folder / "file").write_text("x")
        return {"dependencies": {"a": "1"}}

    first = built(tmp_path / "release", build)
    again = built(tmp_path / "release", build)
    assert first == again == {"dependencies": {"a": "1"}}
    assert len(built_in) == 1
    assert (tmp_path / "release" / "file").read_text() == "x"


def test_a_build_that_fails_leaves_nothing_and_can_be_repeated(tmp_path):
    def fails(folder: Path):
        (folder / "half").write_text("x")
        raise RuntimeError("no network")

    with pytest.raises(RuntimeError):
        built(tmp_path / "release", fails)
    assert [p.name for p in tmp_path.iterdir()] == ["release.lock"]
    assert built(tmp_path / "release", lambda folder: {"ok": 1}) == {"ok": 1}


def test_what_a_killed_build_left_is_removed(tmp_path):
    left = tmp_path / ".release.abc"
    left.mkdir()
    built(tmp_path / "release", lambda folder: {})
    assert not left.exists()


def _build_slowly(folder: str, queue) -> None:
    def build(aside: Path):
        (aside / "who").write_text(str(multiprocessing.current_process().pid))
        queue.put("built")
        return {}

    built(Path(folder) / "release", build)


def test_two_processes_build_one_folder_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    both = [context.Process(target=_build_slowly, args=(str(tmp_path), queue)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
        assert one.exitcode == 0
    assert queue.get(timeout=60) == "built"
    assert queue.empty()


def test_the_folder_is_the_chosen_one_or_that_of_the_desktop_convention():
    assert cache_folder({"ACS_CONFORMANCE_CACHE": "/a/b"}) == Path("/a/b")
    assert cache_folder({"XDG_CACHE_HOME": "/c"}) == Path("/c/acs-conformance")
    assert cache_folder({}).name == "acs-conformance"


def test_a_digest_keeps_its_parts_apart():
    assert digest("ab", "c") != digest("a", "bc")
