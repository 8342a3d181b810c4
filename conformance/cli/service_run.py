"""`acs-conformance endpoint --service`: what the command says of a run over a service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import click
from attrs import evolve, frozen

from conformance.cli.output import document, say
from conformance.cli.report import as_json_text
from conformance.cli.run_options import RunOptions
from conformance.cli.service_showing import heard, said
from conformance.cli.showing import differences_shown
from conformance.contract.catalogue import service_of
from conformance.contract.files import ContractError
from conformance.endpoint.against import compare_services
from conformance.endpoint.preflight import refuse_address
from conformance.endpoint.service import ServicePlan, certify_service
from conformance.endpoint.settings import Settings
from conformance.errors import Refusal
from conformance.report.service_run import service_summary

EXAMPLES = 1


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
    refuse_address(base)
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
        folder, run = certify_service(plan, heard(quiet or as_json))
    except ContractError as e:
        raise Refusal(str(e)) from None
    if as_json:
        document(as_json_text(service_summary(run)))
        return run.exit_status
    return said(folder, run, quiet)
