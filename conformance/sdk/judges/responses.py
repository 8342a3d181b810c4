"""What the service sent, and what the caller got of it."""

from __future__ import annotations

from base64 import b64decode

from attrs import evolve

from conformance.contract.model import Field
from conformance.ledger.choices import kinds
from conformance.ledger.findings import Inconclusive, Violation
from conformance.sdk.causes import NO_REQUEST
from conformance.sdk.causes import lost as cause_of_loss
from conformance.sdk.endpoint import Recorded
from conformance.sdk.judges.finding import PASSED, SdkFinding, failed, skipped
from conformance.sdk.judges.requests import not_given, of_unknown_type
from conformance.sdk.listing import Tree
from conformance.sdk.observation import Observation, ObservedCall
from conformance.sdk.view import (
    ValueDifference,
    differences,
    member,
    plain,
    reached,
    received_items,
    received_keys,
    renamed,
    same_keys,
    shown,
    text,
)

_DOTTED = "{} is documented with a dot in its name, which may stand for a member of an object; it was sent as one name"
_NAMED = {"integer": (int,), "number": (int, float), "boolean": (bool,)}


def receives_everything(seen: Observation) -> SdkFinding:
    """The last call succeeded, and each documented value that was sent is in the caller's hands."""
    return _judged(seen, seen.last, failing=True)


last_receives_everything = receives_everything


def each_receives_its_own_answer(seen: Observation) -> SdkFinding:
    """Each of the calls that were made at once has a whole answer, which no other has. The answers differ by their
    request ids, which tell whose is whose.
    """
    id = seen.roles.contract.semantics.request_id or ""
    left = {text(reached(one.tree, id)): one for call in seen.calls for one in call.served}
    for call in seen.calls:
        own = text(reached(call.answer.result, id))
        if own and own not in left:
            return failed(
                "A call that was made beside others got the answer of another one",
                "an answer for each call",
                f"the answer {own} once more",
                _request(call),
            )
        call = evolve(call, served=(left.pop(own),)) if own else call
        if (found := _judged(seen, call, failing=True)) is not PASSED:
            return found
    return PASSED


def fails_or_receives_everything(seen: Observation) -> SdkFinding:
    """Like receives_everything, but an error will do."""
    return _judged(seen, seen.last, failing=False)


def receives_the_bytes(seen: Observation) -> SdkFinding:
    """A body that was asked for unparsed is, byte for byte, what was sent."""
    answer = seen.last.answer
    if answer.unsupported is not None:
        return not_given(answer)
    if answer.error is not None or not seen.last.requests:
        said = answer.error.message if answer.error else "no request"
        return failed(
            "The call fails, though the body was asked for unparsed", "its bytes", shown(said), _request(seen.last)
        )
    result, sent = answer.result, seen.last.requests[-1].reply.body
    try:
        got = b64decode(result["bytes"], validate=True)
    except (TypeError, KeyError, ValueError):
        return Inconclusive("the driver announced that it hands over bodies unparsed, and gave no bytes")
    if got == sent:
        return PASSED
    at = next(
        (n for n, (one, other) in enumerate(zip(sent, got, strict=False)) if one != other), min(len(sent), len(got))
    )
    return failed(
        "The body that was asked for unparsed is not the one that was sent",
        f"{len(sent)} bytes",
        f"{len(got)} bytes, other ones from byte {at + 1} on",
        seen.last.requests[-1],
    )


def fails_or_has_a_result(seen: Observation) -> SdkFinding:
    """An answer that the SDK cannot read is an exception, which says so, and not a success that holds nothing."""
    skip = _unjudged(seen, seen.last)
    if skip:
        return skip
    return _without_result(seen.last) or PASSED


def receives_field(seen: Observation) -> SdkFinding:
    """The value of the field that the case is about reached the caller."""
    open_problem = _unjudged(seen, seen.last) or _error(seen.last)
    if open_problem:
        return open_problem
    path = seen.case.subject
    if not _holds(_tree(seen.last), path.split(".")):
        return Inconclusive(f"the answer that was served has no {path}")
    documented = seen.roles.contract.at(path)
    if documented is not None and documented.type == "object" and not documented.members:
        return skipped(f"no member of {path} is documented, so that there is nothing to receive")
    for one in differences(_tree(seen.last) or {}, seen.last.answer.result, seen.roles.contract):
        if plain(one.path) == path or path.startswith(plain(one.path) + "."):
            if plain(one.path) == seen.roles.contract.semantics.items and (loss := silent_loss(seen, seen.last)):
                return loss
            return _lost(one, seen.last) if _is_one_name(path, seen) else Inconclusive(_DOTTED.format(path))
    return PASSED


def fails_or_receives_field(seen: Observation) -> SdkFinding:
    """Like receives_field, but an error will do."""
    return PASSED if seen.last.answer.error is not None and seen.last.requests else receives_field(seen)


def receives_named_list(seen: Observation) -> SdkFinding:
    """The list of the choice reached the caller whole, under the name in which it was sent."""
    open_problem = _unjudged(seen, seen.last) or _error(seen.last)
    if open_problem:
        return open_problem
    contract, names = seen.roles.contract, list(seen.roles.renamed_lists[seen.case.subject])
    # the innermost comes first, and is found by the documented names of those around it
    for id, name in seen.last.served[-1].spec.alternative.items():
        path = seen.roles.renamed_lists[id]
        contract = renamed(contract, path, name)
        names[len(path) - 1] = name
    sent = _tree(seen.last) or {}
    if not _holds(sent, names):
        return Inconclusive(f"the answer that was served has no {'.'.join(names)}")
    for one in differences(sent, seen.last.answer.result, contract):
        if _is_below(plain(one.path), names):
            return _lost(one, seen.last)
    return PASSED


def _is_below(path: str, names: list[str]) -> bool:
    """Whether a path is that of a list, is below it, or is that of one around it, without which there is none."""
    found = path.split(".")
    return all(one == other for one, other in zip(found, names, strict=False))


def _is_one_name(path: str, seen: Observation) -> bool:
    """Whether no documented name in the path has a dot: `SystemDisk.Size` may also be a member `Size` of an object."""
    return seen.roles.contract.at(path) is not None


def _holds(node: object, names: list[str]) -> bool:
    """Whether there is anything at a path of a served tree. A recorded one may be of an older contract."""
    if isinstance(node, list):
        return any(_holds(one, names) for one in node)
    if not names:
        return True
    # a documented name may itself have a dot (SystemDisk.Size)
    heads = (".".join(names[:n]) for n in range(1, len(names) + 1))
    return isinstance(node, dict) and any(h in node and _holds(node[h], names[h.count(".") + 1 :]) for h in heads)


def receives_in_order(seen: Observation) -> SdkFinding:
    """The items reached the caller in the order in which they were sent; others tell what else is wrong with them."""
    problem = _judged(seen, seen.last, failing=True)
    if problem is not PASSED and not (isinstance(problem, Violation) and seen.last.answer.ok):
        return problem
    key = seen.roles.contract.semantics.key or ""
    sent = [text(item[key]) for item in received_items(_tree(seen.last), seen.roles.contract)]
    got = received_keys(seen.last.answer.result, seen.roles.contract)
    return (
        failed("Items reached the caller in another order", sent, got, _request(seen.last)) if sent != got else PASSED
    )


def receives_types(seen: Observation) -> SdkFinding:
    """Numbers and booleans reached the caller as such."""
    if seen.ready.view == "xml":
        return skipped("the caller of this SDK gets an XML tree, whose values are all text")
    open_problem = _unjudged(seen, seen.last) or _error(seen.last)
    if open_problem:
        return open_problem
    for f in seen.roles.contract.response:
        wrong = _wrong_type(f, member(seen.last.answer.result, f.name))
        if wrong is not None:
            return failed(
                f"{f.name} is documented as {f.type}, and reached the caller as {type(wrong).__name__}",
                f.type,
                shown(wrong),
                _request(seen.last),
                f"what is documented as {f.type} reaches the caller as {type(wrong).__name__}",
            )
    return PASSED


def loses_nothing_silently(seen: Observation) -> SdkFinding:
    """Every call of the case that succeeded has the items that were sent for it."""
    if seen.roles.contract.semantics.items is None:
        return skipped("the operation returns no list")
    skip = _unjudged(seen, seen.last)
    if skip:
        return skip
    for call in seen.calls:
        found = silent_loss(seen, call)
        if found:
            return found
    return PASSED


def silent_loss(seen: Observation, call: ObservedCall) -> SdkFinding | None:
    """A success with fewer items, or others, than were sent; None where there is no such thing.

    A success without any result is none: its caller cannot take it for a shorter listing.
    """
    tree = _tree(call)
    if not call.answer.ok or call.answer.result is None or tree is None or seen.roles.contract.semantics.items is None:
        return None
    contract = seen.roles.contract
    key = contract.semantics.key or ""
    sent = [text(member(item, key)) for item in received_items(tree, contract)]
    got = received_keys(call.answer.result, contract)
    if same_keys(sent, got) or (len(sent) == len(got) and seen.roles.fields.get("key") in seen.unknown):
        return None
    if len(got) < len(sent):
        what = f"SILENT LOSS: the call succeeds, and {len(sent) - len(got)} of {len(sent)} items are gone"
    else:
        what = "SILENT LOSS: the call succeeds, and its items are not those that were sent"
    wanted, found = (f"{len(keys)} items {shown(keys[:3])}" for keys in (sent, got))
    return failed(what, wanted, found, _request(call), "items of a listing are lost in silence")


def walks_every_page(seen: Observation) -> SdkFinding:
    """A caller who walks the pages has seen each item once."""
    wanted, got = [], []
    for call in seen.calls:
        problem = _unjudged(seen, call) or _error(call)
        if problem:
            return problem
        got += received_keys(call.answer.result, seen.roles.contract)
    key = seen.roles.contract.semantics.key or ""
    for call in seen.calls:
        wanted += [text(member(item, key)) for item in received_items(_tree(call), seen.roles.contract)]
    total = seen.case.walk.total if seen.case.walk else len(wanted)
    if len(got) != total or sorted(got) != sorted(wanted) or len(set(got)) != len(got):
        return failed(
            "Walking the pages does not show each item once",
            f"{total} items, each once",
            f"{len(got)} items, {len(set(got))} different",
            _request(seen.last),
        )
    return PASSED


def _judged(seen: Observation, call: ObservedCall, *, failing: bool) -> SdkFinding:
    if not failing and call.answer.error is not None:
        return PASSED
    skip = _unjudged(seen, call)
    if skip:
        return skip
    wrong = _error(call)
    if wrong:
        return wrong
    lost = _without_result(call) or silent_loss(seen, call)
    if lost:
        return lost
    for one in differences(_tree(call) or {}, call.answer.result, seen.roles.contract):
        if plain(one.path) not in seen.unknown:
            return _lost(one, call)
    return PASSED


def _unjudged(seen: Observation, call: ObservedCall) -> SdkFinding | None:
    if call.answer.unsupported is not None:
        return not_given(call.answer)
    if not call.requests:
        if unsure := of_unknown_type(call, seen):
            return unsure
        if call.answer.ok:
            return failed(NO_REQUEST, "a request", f"none; the caller got {shown(call.answer.result)}")
        said = call.answer.error.message if call.answer.error else ""
        return failed(
            "The call did not get through to the endpoint", "a request", f"none; the caller got {shown(said)}"
        )
    served = call.served[-1]
    reply = call.requests[-1].reply
    if served.spec.gzip and not reply.gzip:
        return skipped("this SDK does not ask for gzip")
    choices = (seen.roles.contract.choice(id) for id in served.spec.alternative)
    formats = {kinds()[c.kind].format for c in choices if c is not None}
    if served.format == "xml" and "json" in formats:
        return skipped("this SDK asks for XML, where there is no such alternative")
    if _tree(call) is None and call.answer.ok:
        return failed("The last answer was no result, and the call succeeds", "an error", "a success", _request(call))
    return None


def _error(call: ObservedCall) -> SdkFinding | None:
    error = call.answer.error
    if error is None:
        return None
    said = f"{error.type}: {error.code or ''} {error.message or ''}"
    return failed(
        "The call fails, though the answer is a documented success",
        "a result",
        shown(" ".join(said.split())),
        _request(call),
    )


def _without_result(call: ObservedCall) -> SdkFinding | None:
    if not call.answer.ok or call.answer.result is not None:
        return None
    return failed(
        "The call succeeds, and the caller gets no result at all",
        "a result or an error",
        "nothing",
        _request(call),
    )


def _lost(one: ValueDifference, call: ObservedCall) -> SdkFinding:
    return failed(
        f"{one.path} did not reach the caller as it was sent",
        shown(one.sent),
        shown(one.received),
        _request(call),
        cause_of_loss(one.sent, one.received),
    )


def _wrong_type(f: Field, value: object) -> object | None:
    kinds = _NAMED.get(f.type)
    if kinds is None or value is None:
        return None
    right = isinstance(value, kinds) and (f.type == "boolean" or not isinstance(value, bool))
    return None if right else value


def _tree(call: ObservedCall) -> Tree | None:
    return call.served[-1].tree if call.served else None


def _request(call: ObservedCall) -> Recorded | None:
    return call.requests[-1] if call.requests else None
