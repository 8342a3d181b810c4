"""A command in a process of its own, forked from one that has imported the suite: imports are paid for once.

A test that is about the start of the process (signals, what its pipes are, settings of the interpreter) starts
`python -m conformance` instead.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

LIMIT = 600  # seconds; a guard against hanging
PRELOADED = (
    "conformance.cli.compare", "conformance.cli.endpoint", "conformance.cli.record", "conformance.cli.replay",
    "conformance.cli.report", "conformance.cli.sdk", "conformance.endpoint.plugin", "tests.commands", "tests.warmed",
)  # fmt: skip


@cache
def _forkserver() -> multiprocessing.context.ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


def _become(
    module: str, words: Sequence[str], folder: str, environment: Mapping[str, str], outputs: tuple[str, str]
) -> None:
    """Run the module as the process that `python -m MODULE` would be."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, name in zip((1, 2), outputs, strict=True):
        opened = os.open(name, os.O_WRONLY)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115
    tempfile.tempdir = None
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def finished(
    words: Sequence[object], folder: Path, environment: Mapping[str, str], module: str = "conformance"
) -> subprocess.CompletedProcess[str]:
    """What `python -m MODULE WORDS`, run in the folder with that environment alone, printed, and its exit status."""
    told = [str(word) for word in words]
    with tempfile.NamedTemporaryFile() as output, tempfile.NamedTemporaryFile() as errors:
        process = _forkserver().Process(
            target=_become, args=(module, told, str(folder), dict(environment), (output.name, errors.name))
        )
        process.start()
        process.join(LIMIT)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(told, LIMIT)
        printed, said = (Path(one.name).read_text("utf-8") for one in (output, errors))
    return subprocess.CompletedProcess(told, process.exitcode, printed, said)
