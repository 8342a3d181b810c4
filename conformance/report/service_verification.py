"""Checking the certificate of a run over a service, offline: it is valid where its stream gives it."""

from __future__ import annotations

from conformance.foreign import BadText, decoded, json_value
from conformance.report.service_run import ServiceStreamError, service_certificate, service_run_of
from conformance.report.signature import Verification
from conformance.report.text import one_line

NOT_CHECKED = (
    "That the streams of single operations, which the certificate names by their digests, were judged rightly."
)


def verify_service(certificate: bytes, events: bytes, subject: str | None = None) -> Verification:
    """What checking comes to; such a certificate is not signed, so that nobody vouches for its stream."""
    try:
        statement, run = json_value(decoded(certificate)), service_run_of(decoded(events).splitlines())
    except BadText as e:
        return Verification((f"The certificate {e}.",))
    except ServiceStreamError as e:
        return Verification((f"The event stream: {e}.",))
    right = service_certificate(run, events)
    if right is None:
        return Verification((f"The run earns no certificate: {one_line(run.headline)}. {one_line(run.sentence)}",))
    if statement != right:
        return Verification(("The certificate is not what the event stream gives.",))
    if subject is not None and subject != run.started.target:
        return Verification((f"The certificate is about {one_line(run.started.target, 200)}, not {subject}.",))
    checked = ("The certificate is what the event stream gives, and names its digest.",)
    return Verification((), None, checked, (one_line(f"{run.headline}. {run.sentence}"),), (NOT_CHECKED,))
