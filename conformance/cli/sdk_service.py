"""`acs-conformance sdk --service`: what the command says of a release over a service."""

from __future__ import annotations

from conformance.cli.service_showing import heard, said
from conformance.contract.files import ContractError
from conformance.errors import Refusal
from conformance.sdk.service import SdkServicePlan, certify_service, unjudged_service


def judge_sdk_service(plan: SdkServicePlan, quiet: bool) -> int:
    """Judge a release of an SDK for a service, print the result, and return the exit status. Raises Refusal."""
    try:
        folder, run = certify_service(plan, heard(quiet))
    except ContractError as e:
        raise Refusal(str(e)) from None
    return said(folder, run, quiet)


def not_established_service(plan: SdkServicePlan, why: str, quiet: bool) -> int:
    """Write and print that nothing could be established of a release, and return the exit status. Raises Refusal."""
    try:
        folder, run = unjudged_service(plan, why)
    except ContractError as e:
        raise Refusal(str(e)) from None
    return said(folder, run, quiet)
