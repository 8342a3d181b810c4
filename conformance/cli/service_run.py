"""`acs-conformance endpoint --service`: what the command says of a run over a service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click
from attrs import evolve, frozen

from conformance.cli.output import document, say
from conformance.cli.report import as_json_text
from conformance.cli.run_options import RunOptions
from conformance.cli.showing import differences_shown
from conformance.contract.catalogue import service_of
from conformance.contract.files import ContractError
from conformance.endpoint.against import compare_services
from conformance.endpoint.service import ServicePlan, certify_service
from conformance.endpoint.settings import Settings
from conformance.errors import Refusal
from conformance.report.service_page import terminal_lines
from conformance.report.service_run import OperationJudged, ServiceRun, service_summary
from conformance.report.text import one_line
from conformance.sdk.service import SdkServicePlan, unjudged_service
from conformance.sdk.service import certify_service as certify_sdk_service

EXAMPLES = 1
# what is said of what was judged, beside its name
ABOUT = {"protocol-judged": "protocol on ", "sequences-judged": "sequences over "}


@frozen
class ServiceAsked:
    """What is asked of a run over a service beside what is asked of any run.

    `patterns` are globs over operations, `values` those of parameters, by parameter or by operation and parameter.
    `budget` is of requests to an operation, `creates` of things that may be created, `patience` in seconds. `against`
    is the URL of a second endpoint.
    """

    name: str
    patterns: tuple[str, ...]
    values: Mapping[str, Any]
    budget: int | None
    creates: int
    patience: float | None
    against: str | None


def judge_service(asked: ServiceAsked, given: RunOptions, base: Settings, as_json: bool, quiet: bool) -> int:
    """Judge a service, print the result, and return the exit status. Raises Refusal."""
    for value, written in ((given.contract_dir, "--contract"), (given.items_file, "--tasks")):
        if value is not None:
            raise Refusal(f"{written} is about one operation; leave it out, or leave out --service.")
    if base.url is not None and (given.faults or given.variants):
        raise Refusal("--fault and --variant change the embedded reference; leave them out, or leave out the URL.")
    if given.events_file is not None:
        raise Refusal("--events is about one operation: a service's stream is events.jsonl in --report-dir.")
    source = click.get_current_context().get_parameter_source("max_examples")
    if source is None or source.name == "DEFAULT":
        base = evolve(base, max_examples=EXAMPLES)
    planned = partial(say, err=as_json)
    try:
        plan = ServicePlan(
            service_of(asked.name), base, asked.patterns, asked.values, asked.budget, asked.creates, asked.patience,
            planned,
        )  # fmt: skip
        if asked.against is not None:
            folder, found = compare_services(plan, asked.against, planned)
            return differences_shown(folder, found, quiet, as_json)
        folder, run = certify_service(plan, _heard(quiet or as_json))
    except ContractError as e:
        raise Refusal(str(e)) from None
    if as_json:
        document(as_json_text(service_summary(run)))
        return run.exit_status
    return _said(folder, run, quiet)


def judge_sdk_service(plan: SdkServicePlan, quiet: bool) -> int:
    """Judge a release of an SDK for a service, print the result, and return the exit status. Raises Refusal."""
    try:
        folder, run = certify_sdk_service(plan, _heard(quiet))
    except ContractError as e:
        raise Refusal(str(e)) from None
    return _said(folder, run, quiet)


def not_established_service(plan: SdkServicePlan, why: str, quiet: bool) -> int:
    """Write and print that nothing could be established of a release, and return the exit status. Raises Refusal."""
    try:
        folder, run = unjudged_service(plan, why)
    except ContractError as e:
        raise Refusal(str(e)) from None
    return _said(folder, run, quiet)


def _said(folder: Path, run: ServiceRun, quiet: bool) -> int:
    for line in list(terminal_lines(run))[-2 if quiet else 0 :]:
        say(line)
    say(f"Evidence: {folder}")
    return run.exit_status


def _heard(silent: bool) -> Any:
    done = 0

    def heard(judged: OperationJudged, event: str) -> None:
        nonlocal done
        if silent or not judged.attempted:
            return
        done += 1
        about = f"{ABOUT.get(event, '')}{judged.name}"
        reason = f": {one_line(judged.reason, 90)}" if judged.reason else ""
        say(f"  {done:4d}  {about}  {judged.verdict}{reason}  ({judged.requests} requests)")

    return heard
