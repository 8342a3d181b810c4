"""`acs-conformance endpoint --service`: what the command says of a run over a service."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from conformance.cli.output import document, say
from conformance.cli.report import as_json_text
from conformance.cli.run_options import common_settings
from conformance.cli.showing import differences_shown
from conformance.contract.catalogue import service_of
from conformance.contract.files import ContractError
from conformance.endpoint.against import compare_services
from conformance.endpoint.service import ServicePlan, certify_service
from conformance.errors import Refusal
from conformance.report.service_page import terminal_lines
from conformance.report.service_run import OperationJudged, ServiceRun, service_summary
from conformance.report.text import one_line
from conformance.sdk.service import SdkServicePlan, unjudged_service
from conformance.sdk.service import certify_service as certify_sdk_service

# what is about one operation, and so says nothing of a service
OF_ONE_OPERATION = {"contract_dir": "--contract", "items_file": "--tasks", "known_file": "--known-failing"}
EXAMPLES = 1
# what is said of what was judged, beside its name
ABOUT = {"protocol-judged": "protocol on ", "sequences-judged": "sequences over "}


def judge_service(
    url: str | None, name: str, budget: int | None, against: str | None, as_json: bool, quiet: bool, **options: Any
) -> int:
    """Judge a service, print the result, and return the exit status. Raises Refusal."""
    for option, written in OF_ONE_OPERATION.items():
        if options.pop(option, None):
            raise Refusal(f"{written} is about one operation; leave it out, or leave out --service.")
    for written in ("faults", "variants"):
        if options.get(written) and url is not None:
            raise Refusal("--fault and --variant change the embedded reference; leave them out, or leave out the URL.")
    patterns, values, events = options.pop("operation"), options.pop("values"), options.pop("events_file")
    creates, patience = options.pop("creates"), options.pop("patience")
    if events is not None:
        raise Refusal("--events is about one operation: a service's stream is events.jsonl in --report-dir.")
    given = click.get_current_context().get_parameter_source("max_examples")
    if given is None or given.name == "DEFAULT":
        options["max_examples"] = EXAMPLES
    try:
        service = service_of(name)
        base = common_settings(Path(), url, **options)
        planned = partial(say, err=as_json)
        plan = ServicePlan(service, base, patterns, values, budget, creates, patience, planned)
        if against is not None:
            folder, found = compare_services(plan, against, planned)
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
