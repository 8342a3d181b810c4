"""Tasks of a run over a service, each in a process of its own that is forked for it, several at a time."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.context import ForkContext, ForkProcess
from pathlib import Path

from attrs import define, frozen

from conformance.endpoint.lifecycle.running import SequencesAsked
from conformance.endpoint.settings import Settings
from conformance.interrupts import held_back, interrupted_once
from conformance.report.events import CONVERTER
from conformance.report.service_evidence import Told
from conformance.report.service_run import OperationJudged

# seconds between two looks of a task's process for the run that began it
ORPHAN_CHECK = 0.5


@frozen
class Task:
    """One operation to judge, or the protocol on it, or sequences over a resource."""

    name: str
    kind: str
    settings: Settings
    protocol: bool = False
    sequences: SequencesAsked | None = None

    @property
    def event(self) -> str:
        """The event that says what came of it."""
        return "sequences-judged" if self.sequences else "protocol-judged" if self.protocol else "operation-judged"


Judge = Callable[[Task], OperationJudged]


@define
class _Worker:
    task: Task
    process: ForkProcess
    outcome: Path


def judge_all(tasks: Sequence[Task], judge: Judge, workers: int, told: Told) -> None:
    """Judge each task in a process of its own, several at a time. Raises KeyboardInterrupt once those under way ended,
    where a person ended it before it was done.
    """
    context, waiting, running = multiprocessing.get_context("fork"), list(tasks), list[_Worker]()
    try:
        while waiting or running:
            while waiting and len(running) < max(1, workers):
                running.append(_begin(context, judge, waiting.pop(0)))
            wait([w.process.sentinel for w in running])
            for worker in [w for w in running if w.process.exitcode is not None]:
                running.remove(worker)
                told(worker.task.event, _outcome_of(worker))
    except KeyboardInterrupt:
        for worker in running:
            if worker.process.pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(worker.process.pid, signal.SIGINT)
        for worker in running:
            worker.process.join()
        raise


def _begin(context: ForkContext, judge: Judge, task: Task) -> _Worker:
    assert task.settings.report_dir is not None, "set by the plan"
    task.settings.report_dir.mkdir(parents=True, exist_ok=True)
    outcome = task.settings.report_dir / "outcome.json"
    outcome.unlink(missing_ok=True)
    process = context.Process(target=_in_a_process, args=(judge, task, outcome, os.getpid()))
    with held_back():
        process.start()
    return _Worker(task, process, outcome)


def _in_a_process(judge: Judge, task: Task, outcome: Path, parent: int) -> None:
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    try:
        interrupted_once()
        judged = judge(task)
    except KeyboardInterrupt:
        judged = OperationJudged(task.name, task.kind, "not-established", "it was interrupted")
    outcome.write_text(json.dumps(CONVERTER.unstructure(judged)), "utf-8")


def _end_with(parent: int) -> None:
    """End this process when the run that began it is no more: nobody would hear of what it finds."""
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK)
    os._exit(1)


def _outcome_of(worker: _Worker) -> OperationJudged:
    worker.process.join()
    try:
        data = json.loads(worker.outcome.read_text("utf-8"))
        return CONVERTER.structure(data, OperationJudged)
    except (OSError, ValueError):
        task = worker.task
        why = f"the suite itself broke down (exit status {worker.process.exitcode})"
        return OperationJudged(task.name, task.kind, "not-established", why)
    finally:
        worker.outcome.unlink(missing_ok=True)
