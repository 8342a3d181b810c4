"""`acs-conformance endpoint [URL]`: certify an endpoint."""

from __future__ import annotations

from typing import Any

import click

from conformance.cli.run_options import KNOWN, WORKERS, options_of_a_run, settings_of
from conformance.cli.showing import live, shown
from conformance.contract.files import ContractError
from conformance.endpoint.certify import certify
from conformance.errors import Refusal
from conformance.report.folder import clear


@click.command()
@options_of_a_run
@WORKERS
@KNOWN
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON, and nothing else.")
@click.option("--quiet", is_flag=True, help="Print failures and the verdict only.")
def endpoint(url: str | None, as_json: bool, quiet: bool, **options: Any) -> None:
    """Certify an endpoint; without URL the embedded reference endpoint on a loopback port.

    Credentials come from ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN.
    """
    clear(options["report_dir"])
    try:
        evidence = certify(settings_of(url, **options), live(quiet, as_json))
    except ContractError as e:
        raise Refusal(str(e)) from None
    raise SystemExit(shown(evidence, quiet, as_json))
