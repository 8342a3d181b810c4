"""`acs-conformance endpoint [URL]`: certify an endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from attrs import evolve
from click.core import ParameterSource

from conformance.cli.access_options import AccessOptions
from conformance.cli.resuming import refuse_settings
from conformance.cli.run_options import (
    KNOWN,
    VALUES,
    WORKERS,
    RunOptions,
    creates_in,
    folder_of,
    options_of_a_run,
    settings_of,
)
from conformance.cli.service_run import ServiceAsked, judge_service
from conformance.cli.showing import differences_shown, live, shown
from conformance.contract.files import ContractError, load_contract
from conformance.endpoint.against import compare_operation
from conformance.endpoint.certify import certify
from conformance.endpoint.lifecycle.creations import DEFAULT_CREATES
from conformance.endpoint.resumption import KEPT, resumed
from conformance.errors import Refusal
from conformance.generate.required import given_values
from conformance.report.folder import clear

# parameters that decide what a run does, and so what it is gone on with
DECIDING = frozenset({*KEPT, "report_dir", "operation", "contract_dir", "as_of", "rate", "max_requests"})


@click.command()
@options_of_a_run
@WORKERS
@KNOWN
@click.option(
    "--resume",
    metavar="RUN",
    type=click.Path(path_type=Path),
    help="Go on with a run that did not come to its end: the folder of its evidence.",
)
@click.option("--service", "service_name", help="A shipped service, or a folder that `derive` wrote of one.")
@VALUES
@click.option("--allow-changes", is_flag=True, help="Send to a URL what may change something, too.")
@click.option(
    "--operation-budget",
    type=click.IntRange(0),
    help="Requests to an operation of a service  [default: 150 to one that reads, 250 to another; 0: any number]",
)
@click.option(
    "--budget",
    "creates",
    metavar="creates=N",
    default=f"creates={DEFAULT_CREATES}",
    show_default=True,
    callback=creates_in,
    help="How many things a run over a service may create at a URL, in all.",
)
@click.option(
    "--patience",
    type=click.FloatRange(min=0, max=3600),
    help="Seconds that an endpoint may take to show what it did  [default: 30; 1 for the embedded reference]",
)
@click.option("--against", metavar="URL2", help="Ask a second endpoint the same, and say in what the two differ.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON, and nothing else.")
@click.option("--quiet", is_flag=True, help="Print failures and the verdict only.")
@click.pass_context
def endpoint(
    ctx: click.Context,
    given: RunOptions,
    reached: AccessOptions,
    /,
    workers: int,
    known_file: Path | None,
    resume: Path | None,
    service_name: str | None,
    values: Mapping[str, Any],
    allow_changes: bool,
    operation_budget: int | None,
    creates: int,
    patience: float | None,
    against: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Certify an endpoint; without URL the embedded reference endpoint on a loopback port.

    With --service every operation of a service, or those that --operation names (globs, repeatable). Nothing but reads
    goes to a URL unless --allow-changes is given; what is created with it is written to the evidence first, and taken
    away at the end, or after a kill by `acs-conformance clean`.

    With --against a second endpoint is asked the same, and each difference is judged by the contract: one is wrong
    (exit status 1), both are allowed, or the documentation is silent.

    Credentials come from ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN.
    """
    if service_name is not None:
        if resume is not None:
            raise Refusal("--resume goes on with a run on one operation; leave out --service.")
        if given.as_of is not None:
            raise Refusal("--as-of is about one operation, whose pages have dates; the metadata of a service has none.")
        if known_file is not None:
            raise Refusal("--known-failing is about one operation; leave it out, or leave out --service.")
        clear(given.report_dir)
        base = settings_of(given, reached, Path())
        base = evolve(base, workers=workers, allow_changes=allow_changes)
        asked = ServiceAsked(service_name, given.operation, values, operation_budget, creates, patience, against)
        raise SystemExit(judge_service(asked, given, base, as_json, quiet))
    for name, written in (("creates", "--budget"), ("patience", "--patience")):
        if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise Refusal(f"{written} is about what a run over a service creates; give --service too.")
    if against is not None and resume is not None:
        raise Refusal("--resume goes on with a run on one endpoint; leave out --against.")
    earlier = None
    if resume is None:
        clear(given.report_dir)
    else:
        refuse_settings(ctx, DECIDING.__contains__, "the URL")
    try:
        folder = folder_of(given)
        settings = evolve(
            settings_of(given, reached, folder), workers=workers, known_file=known_file,
            values=given_values(load_contract(folder), values) if values else {}, allow_changes=allow_changes,
        )  # fmt: skip
        if against is not None:
            folder, found = compare_operation(settings, against, lambda: live(quiet, as_json))
            raise SystemExit(differences_shown(folder, found, quiet, as_json))
        if resume is not None:
            settings, earlier = resumed(resume, settings)
        evidence = certify(settings, live(quiet, as_json), earlier=earlier)
    except ContractError as e:
        raise Refusal(str(e)) from None
    raise SystemExit(shown(evidence, quiet, as_json))
