"""Checking the certificate of a run over a service, offline: it is valid where its stream gives it."""

from __future__ import annotations

from pathlib import Path

from conformance.foreign import BadText, decoded, json_value
from conformance.report.service_run import ServiceStreamError, event_lines, service_certificate, service_run_of
from conformance.report.service_streams import StreamsChecked, check_streams
from conformance.report.signature import Verification
from conformance.report.text import one_line

NOT_CHECKED = (
    "That the streams of single operations, which the certificate names by their digests, were judged rightly."
)
NAMED = 5


def verify_service(
    certificate: bytes,
    events: bytes,
    subject: str | None = None,
    folder: Path | None = None,
    contracts: Path | None = None,
) -> Verification:
    """What checking comes to; such a certificate is not signed, so that nobody vouches for its stream.

    The streams of operations are checked too where they lie in the `folder` of the run; `contracts` is the folder of a
    service that is not shipped.
    """
    try:
        statement, run = json_value(decoded(certificate)), service_run_of(event_lines(decoded(events)))
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
    checked = ["The certificate is what the event stream gives, and names its digest."]
    streams = check_streams(run, folder, contracts) if folder is not None else StreamsChecked()
    if streams.problems:
        return Verification(tuple(streams.problems[:NAMED]))
    if streams.right:
        checked.append(
            f"{streams.right} streams of operations are those that it names, their verdicts are counted rightly, and "
            "what they were judged by follows from their contracts."
        )
    not_checked = (_unchecked(streams),) if streams.right or streams.unchecked else (NOT_CHECKED,)
    certified = (one_line(f"{run.headline}. {run.sentence}"),)
    return Verification((), None, tuple(checked), certified, tuple(text for text in not_checked if text))


def _unchecked(streams: StreamsChecked) -> str:
    """What is said of the streams that could not be checked; nothing where there are none."""
    if not streams.unchecked:
        return ""
    names = ", ".join(streams.unchecked[:NAMED])
    more = f" and {len(streams.unchecked) - NAMED} more" if len(streams.unchecked) > NAMED else ""
    return f"The streams of {one_line(names, 300)}{more}, which are not there, or whose contracts are not known here."
