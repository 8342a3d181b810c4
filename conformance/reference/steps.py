"""The pipeline as a table of steps, so that a fault or a variant can change one small thing and nothing else.

A hook is a function `hook(inner, context, *args)` that takes the place of a step: it gets the step that it replaces and
the step's own arguments, and may change either or the result. Hooks on one step nest, the last named outermost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

from conformance.reference import arguments, listing, pipeline, refusals, rendering, signatures

Hook = Callable[..., Any]

STEPS: Mapping[str, Callable[..., Any]] = {
    # the whole
    "answer": pipeline.answer,
    "read": pipeline.read,
    "format": pipeline.answer_format,
    "signature_version": pipeline.signature_version,
    "method": pipeline.method,
    "names": pipeline.names,
    "operate": pipeline.operate,
    "succeed": pipeline.succeed,
    "fail": pipeline.fail,
    "respond": pipeline.respond,
    "request_id": pipeline.request_id,
    "send": pipeline.send,
    # choices and refusals
    "take": pipeline.take,
    "refuse": refusals.refuse,
    "missing": refusals.missing,
    "invalid": refusals.invalid,
    "unknown_region": refusals.invalid,
    # signatures
    "authenticate": signatures.authenticate,
    "decode": signatures.decode,
    "percent": signatures.percent,
    "canonical_query": signatures.canonical_query,
    "signed_v1": signatures.signed_v1,
    "signed_v3": signatures.signed_v3,
    "payload_hash": signatures.payload_hash,
    "signature_names": signatures.signature_names,
    "timestamp": signatures.timestamp,
    "verify": signatures.verify,
    "same_signature": signatures.same_signature,
    "payload": signatures.payload,
    "coverage": signatures.coverage,
    "token": signatures.token,
    "nonce": signatures.nonce,
    "nonce_name": signatures.nonce_name,
    # parameters
    "argument": arguments.argument,
    "arguments": arguments.arguments,
    "unknown_parameters": arguments.unknown_parameters,
    "required": arguments.required,
    "is_required": arguments.is_required,
    "region": arguments.region,
    "integer": arguments.integer,
    "number": arguments.number,
    "bounded": arguments.bounded,
    "filter_value": arguments.filter_value,
    "id_text": arguments.id_text,
    "split_ids": arguments.split_ids,
    "limit_ids": arguments.limit_ids,
    "time": arguments.time,
    "inverted": arguments.inverted,
    # the listing
    "stored": listing.stored,
    "select": listing.select,
    "keeps": listing.keeps,
    "matches": listing.matches,
    "named": listing.named,
    "check_unknown_ids": listing.check_unknown_ids,
    "within": listing.within,
    "from_start": listing.from_start,
    "to_end": listing.to_end,
    "order": listing.order,
    "page": listing.page,
    "beyond_the_end": listing.beyond_the_end,
    "total": listing.total,
    # the body
    "result": rendering.result,
    "known_members": rendering.known_members,
    "item": rendering.item,
    "missing_value": rendering.missing_value,
    "converter": rendering.converter,
    "error": rendering.error,
    "as_json": rendering.as_json,
    "as_xml": rendering.as_xml,
    "escape": rendering.escape,
    "encoded": rendering.encoded,
}


def woven(hooks: Iterable[Mapping[str, Hook]] = ()) -> SimpleNamespace:
    """The steps with hooks in place. Raises ValueError for a hook on a step that does not exist."""
    steps = dict(STEPS)
    for table in hooks:
        for name, hook in table.items():
            if name not in steps:
                raise ValueError(f"no such step: {name}; steps: {', '.join(STEPS)}")
            steps[name] = partial(hook, steps[name])
    return SimpleNamespace(**steps)
