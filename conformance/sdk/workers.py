"""Processes that share the operations of a service, each with a bench of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, ForkProcess

from attrs import define

from conformance.drivers.process import DriverFault, SdkUnusable
from conformance.interrupts import held_back, interrupted_once
from conformance.report.service_run import OperationJudged
from conformance.sdk.bench import Bench
from conformance.sdk.certify import Subject
from conformance.sdk.operation import OperationTask, judge_operation


@define
class _Worker:
    process: ForkProcess
    line: Connection
    task: OperationTask | None = None


def judge_all(tasks: Sequence[OperationTask], subject: Subject, workers: int) -> Iterator[OperationJudged]:
    """What comes of each operation, as it is judged. A worker that breaks down costs the operation that it had."""
    context, waiting = multiprocessing.get_context("fork"), list(tasks)
    running: list[_Worker] = []
    try:
        while waiting or any(w.task for w in running):
            while waiting and len(running) < max(1, workers):
                running.append(_begun(context, subject))
            for worker in running:
                if worker.task is None and waiting:
                    worker.task = waiting.pop(0)
                    worker.line.send(worker.task)
            ready = wait([w.line for w in running if w.task])
            for worker in [w for w in running if w.line in ready]:
                task = worker.task
                assert task is not None, "only those that have one are waited for"
                worker.task = None
                try:
                    yield worker.line.recv()
                except (EOFError, OSError):
                    running.remove(worker)
                    worker.process.join()
                    why = f"the suite itself broke down (exit status {worker.process.exitcode})"
                    yield OperationJudged(task.name, task.kind, "not-established", why)
    finally:
        for worker in running:
            worker.line.close()
        for worker in running:
            worker.process.join(timeout=5)
            worker.process.kill()


def _begun(context: ForkContext, subject: Subject) -> _Worker:
    mine, theirs = context.Pipe()
    process = context.Process(target=_work, args=(subject, theirs, mine), daemon=True)
    with held_back():
        process.start()
    theirs.close()
    return _Worker(process, mine)


def _work(subject: Subject, line: Connection, other_end: Connection) -> None:
    """Judge what comes down the line until it is closed."""
    other_end.close()
    try:
        interrupted_once()
        with Bench(subject.command, subject.release) as bench:
            broken = False
            while True:
                task: OperationTask = line.recv()
                try:
                    if broken:
                        bench.renew()
                    broken = False
                    line.send(judge_operation(task, bench))
                except (DriverFault, SdkUnusable) as e:
                    broken = True
                    said = e.sentence if isinstance(e, DriverFault) else str(e)
                    line.send(OperationJudged(task.name, task.kind, "not-established", said))
    except (EOFError, KeyboardInterrupt, ConnectionError):  # whoever asks is no more, too
        return
