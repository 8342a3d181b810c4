"""Checking the certificate of a run over a service, offline: it is valid where its stream gives it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conformance.foreign import BadText, decoded, json_value
from conformance.report.service_run import (
    ServiceRun,
    ServiceStreamError,
    event_lines,
    service_certificate,
    service_objections,
    service_run_of,
)
from conformance.report.service_streams import StreamsChecked, check_streams
from conformance.report.signature import Verification, names_one_of, opened, public_key_in
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
    public_key: bytes | None = None,
) -> Verification:
    """What checking comes to: of the signature, where the certificate has one, of the subject, and of the stream.

    The streams of operations are checked too where they lie in the `folder` of the run; `contracts` is the folder of a
    service that is not shipped. Raises BadKey.
    """
    key = public_key_in(public_key) if public_key is not None else None
    try:
        statement, run = json_value(decoded(certificate)), service_run_of(event_lines(decoded(events)))
    except BadText as e:
        return Verification((f"The certificate {e}.",))
    except ServiceStreamError as e:
        return Verification((f"The event stream: {e}.",))
    key_id, problems = None, ["The certificate is not signed, although a key was given to check it with."] * bool(key)
    if isinstance(statement, dict) and ("payload" in statement or "signatures" in statement):
        payload, key_id, problems = opened(certificate, key)
        try:
            statement = json_value(decoded(payload))
        except BadText:
            statement = None
    problems += [*service_objections(run)] or list(_disagreements(statement, run, events, subject))
    if problems:
        return Verification(tuple(map(one_line, problems)), key_id)
    checked = ["The certificate is what the event stream gives, and names its digest."]
    streams = check_streams(run, folder, contracts) if folder is not None else StreamsChecked()
    if streams.problems:
        return Verification(tuple(streams.problems[:NAMED]), key_id)
    if streams.right:
        checked.append(
            f"{streams.right} streams of operations are those that it names, their verdicts are counted rightly, and "
            "what they were judged by follows from their contracts."
        )
    if subject is not None:
        checked.append(f"It is about {subject}.")
    if key_id is not None:
        checked.append(f"It is signed with key {key_id}.")
    not_checked = [NOT_CHECKED if not streams.right and not streams.unchecked else _unchecked(streams)]
    if unjudged := run.not_established:
        not_checked.append(f"What is recommended and could not be judged somewhere: {', '.join(unjudged)}.")
    stated = (one_line(f"{run.headline}. {run.sentence}"),)
    return Verification((), key_id, tuple(checked), stated, tuple(one_line(text) for text in not_checked if text))


def _disagreements(statement: object, run: ServiceRun, events: bytes, subject: str | None) -> Iterator[str]:
    """Why a statement is not the one that a stream gives, or is about something else."""
    if statement != service_certificate(run, events):
        yield "The certificate is not what the event stream gives."
        return
    names, sdk = [run.started.target], run.started.subject
    if sdk is not None:
        names += [sdk.name, *(f"{algorithm}:{value}" for algorithm, value in sdk.digest.items())]
    if subject is not None and not names_one_of(subject, names):
        yield f"The certificate is about {one_line(' or '.join(names), 200)}, not {subject}."


def _unchecked(streams: StreamsChecked) -> str:
    """What is said of the streams that could not be checked; nothing where there are none."""
    if not streams.unchecked:
        return ""
    names = ", ".join(streams.unchecked[:NAMED])
    more = f" and {len(streams.unchecked) - NAMED} more" if len(streams.unchecked) > NAMED else ""
    return f"The streams of {one_line(names, 300)}{more}, which are not there, or whose contracts are not known here."
