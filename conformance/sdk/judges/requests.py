"""What the caller gave, and what arrived."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.contract.model import Parameter
from conformance.drivers.protocol import DriverAnswer
from conformance.ledger.findings import Inconclusive
from conformance.ledger.roles import CLIENT_TOKEN
from conformance.sdk import causes
from conformance.sdk.endpoint import Recorded
from conformance.sdk.giving import as_json, flat, has_open_type, is_list, is_member, says_nothing, sdk_name
from conformance.sdk.judges.finding import PASSED, SdkFinding, failed, skipped
from conformance.sdk.leaks import SECRET
from conformance.sdk.observation import Observation, ObservedCall
from conformance.sdk.view import shown, text

_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


def arrives_unchanged(seen: Observation) -> SdkFinding:
    """Each parameter of each call arrived in its first request as it was given, and no other was carried over."""
    for call in seen.calls:
        problem = _unjudged(call, seen) or _difference(call, call.requests[0], seen)
        if problem:
            return problem
    return PASSED


def each_arrives_unchanged(seen: Observation) -> SdkFinding:
    """Each request of calls that are made with the same objects asks what the caller gave, nothing less and no more."""
    if seen.last.answer.unsupported is not None:
        return not_given(seen.last.answer)
    if len(seen.requests) < seen.case.burst:
        return Inconclusive(f"{len(seen.requests)} of {seen.case.burst} calls arrived")
    found = (_difference(call, request, seen) for call in seen.calls for request in call.requests)
    return next((one for one in found if one), PASSED)


def nothing_documented_added(seen: Observation) -> SdkFinding:
    """No documented parameter arrived that the caller did not give, over all of them."""
    problem = _unjudged(seen.last, seen)
    return problem or adds_no_documented_parameter(seen, seen.last, seen.last.requests[0]) or PASSED


def carries_the_token(seen: Observation) -> SdkFinding:
    """The request arrives unchanged, with a security token that its signature covers."""
    problem = arrives_unchanged(seen)
    if problem is not PASSED:
        return problem
    first = seen.last.requests[0]
    for found in first.problems:
        if found.id in ("token", "signature", "uncovered"):
            return failed(found.message, "the token, covered by a valid signature", found.id, first)
    return PASSED


def signed_as_asked(seen: Observation) -> SdkFinding:
    """The request is validly signed by the version that the options of the case ask for."""
    problem = _unjudged(seen.last, seen)
    if problem:
        return problem
    first, wanted = seen.last.requests[0], seen.case.options["signature"]
    if first.arrival.signature != wanted:
        return failed(f"The request is signed {first.arrival.signature}", wanted, first.arrival.signature, first)
    if first.problems:
        return failed(first.problems[0].message, "a valid signature", first.problems[0].id, first)
    return _difference(seen.last, first, seen) or PASSED


def arrives_directly(seen: Observation) -> SdkFinding:
    """The request passes by a proxy that NO_PROXY rules out."""
    if seen.elsewhere:
        return failed(
            "The request went to the proxy, which NO_PROXY rules out",
            "at the endpoint",
            "at the proxy",
            seen.elsewhere[0],
        )
    return arrives_unchanged(seen)


def arrives_validly_somewhere(seen: Observation) -> SdkFinding:
    """Under HTTP_PROXY the request arrives whole, at the endpoint or at the proxy."""
    arrived = (*seen.last.requests, *seen.elsewhere)
    if not arrived:
        return skipped("under HTTP_PROXY nothing arrived, neither at the endpoint nor at the proxy")
    signing = [p for p in arrived[0].problems if p.id in ("signature", "digest", "unsigned", "uncovered")]
    if signing:
        return failed(signing[0].message, "a valid signature", signing[0].id, arrived[0])
    return _difference(seen.last, arrived[0], seen) or PASSED


def null_arrives_as_nothing(seen: Observation) -> SdkFinding:
    """A parameter that was given as null arrives as nothing: not at all, or empty. It may also be refused."""
    call = seen.last
    problem = _unjudged(call, seen)
    if problem:
        return problem
    arrived = dict(call.requests[0].arrival.parameters)
    for name in (n for n, value in call.parameters.items() if value is None):
        if arrived.get(name):
            return failed(
                f"{name} was given as null, and arrived with a value",
                "no such parameter, or an empty one",
                f"{name}={shown(arrived[name])}",
                call.requests[0],
                "null arrives as a value",
            )
    return PASSED


def bytes_arrive_as_their_text(seen: Observation) -> SdkFinding:
    """A parameter that was given as bytes arrives as the text that they are, or in base64; it may also be refused."""
    call = seen.last
    problem = _unjudged(call, seen)
    if problem:
        return problem
    arrived = dict(call.requests[0].arrival.parameters)
    for name, value in seen.roles.given(seen.case.calls[-1].parameters).items():
        if arrived.get(name) not in (value, b64encode(value.encode()).decode()):
            return failed(
                f"{name} was given as bytes, and arrived as something else",
                f"{name}={shown(value)}, or that in base64",
                f"{name}={shown(arrived[name])}" if name in arrived else "no such parameter",
                call.requests[0],
                "bytes arrive as something else",
            )
    return PASSED


def list_arrives_in_a_documented_form(seen: Observation) -> SdkFinding:
    """A list that was given for a text arrives whole in a form that the documentation has for lists, or is refused."""
    call = seen.last
    problem = _unjudged(call, seen)
    if problem:
        return problem
    arrived = call.requests[0].arrival.parameters
    for name, value in ((n, v) for n, v in call.parameters.items() if isinstance(v, list)):
        texts = [text(one) for one in value]
        whole, numbered = dict(arrived).get(name), [v for n, v in arrived if n.startswith(f"{name}.")]
        if numbered == texts or (whole is not None and (whole.split(",") == texts or as_json(whole) == texts)):
            continue
        got = f"{name}={shown(whole)}" if whole is not None else f"{len(numbered)} of {len(texts)} items"
        return failed(
            f"A list that was given for {name} arrived in no documented form",
            ",".join(texts),
            got,
            call.requests[0],
            "a list for a text arrives in no documented form",
        )
    return PASSED


# --- judges of a whole run


def makes_up_fresh_tokens(seen: Sequence[Observation]) -> SdkFinding:
    """A client token that the SDK makes up is another one for each call; attempts at one call may share it. Of calls
    that are made at once nobody can say which request is whose.
    """
    found: set[str] = set()
    for call in (call for one in seen if not one.case.burst for call in one.calls):
        if CLIENT_TOKEN in call.parameters:
            continue
        own = {dict(r.arrival.parameters).get(CLIENT_TOKEN, ""): r for r in call.requests}
        if (again := next((t for t in own if t in found), "")) != "":
            what = "A client token that the SDK made up serves for several calls"
            return failed(what, "another one for each call", shown(again), own[again], what)
        found |= {token for token in own if token}
    return PASSED if found else skipped("this SDK makes up no client token")


# --- judges of single requests: None where the request is in order


def adds_no_documented_parameter(seen: Observation, call: ObservedCall, request: Recorded) -> SdkFinding | None:
    """Of the documented parameters only those arrived that the caller gave, and those that change nothing of what is
    asked: the region, which a client has, a documented default, and a token, which the pages let a client make up.
    """
    given, documented = _names(call.parameters), {_plain(p.name) for p in seen.roles.own_parameters}
    for name, value in request.arrival.parameters:
        if name in (seen.roles.region, CLIENT_TOKEN) or _is_default(value, seen.roles.documented(name)):
            continue
        if _plain(name) in documented and _plain(name) not in given:
            return failed(
                f"{name} arrived, which the caller did not give",
                "no such parameter",
                f"{name}={shown(value)}",
                request,
                "a documented parameter arrives that the caller did not give",
            )
    return None


def _is_default(value: str, parameter: Parameter | None) -> bool:
    default = None if parameter is None else parameter.value("default")
    return default is not None and value == text(default)


def adds_no_unknown_parameter(seen: Observation, call: ObservedCall, request: Recorded) -> SdkFinding | None:
    """No parameter arrived that neither caller nor documentation knows."""
    known = _names(call.parameters) | {_plain(p.name) for p in seen.roles.own_parameters} | {seen.roles.region}
    for name, value in request.arrival.parameters:
        if _plain(name) not in known:
            return failed(
                f"{name} arrived, which neither caller nor documentation knows",
                "no such parameter",
                f"{name}={shown(value)}",
                request,
                "a parameter arrives that neither caller nor documentation knows",
            )
    return None


def repeats_no_parameter(seen: Observation, call: ObservedCall, request: Recorded) -> SdkFinding | None:
    """No parameter travels twice, common ones included."""
    names = Counter(name for name, _ in (*request.arrival.query, *request.arrival.form))
    for name, times in names.items():
        if times > 1:
            cause = "a parameter arrives more than once"
            return failed(f"{name} arrived {times} times", "once", f"{times} times", request, cause)
    return None


def names_the_operation(seen: Observation, call: ObservedCall, request: Recorded) -> SdkFinding | None:
    """Action and version are those of the contract."""
    contract = seen.roles.contract
    wanted, got = (contract.operation, contract.version), (request.arrival.action, request.arrival.version)
    if wanted != got:
        return failed(
            "The request names another operation or version",
            " ".join(wanted),
            " ".join(map(str, got)),
            request,
        )
    return None


def documented_method(seen: Observation, call: ObservedCall, request: Recorded) -> SdkFinding | None:
    """The method is one that the documentation knows."""
    if request.request.method in ("GET", "POST"):
        return None
    return failed("The HTTP method is not documented", "GET or POST", request.request.method, request)


def keeps_the_secret(seen: Observation, call: ObservedCall, request: Recorded) -> SdkFinding | None:
    """The request does not hold the secret."""
    if any(c.name == SECRET for c in request.carries):
        return failed("The secret of the access key is in the request", "nowhere", "in the request", request)
    return None


def _unjudged(call: ObservedCall, seen: Observation) -> SdkFinding | None:
    if call.answer.unsupported is not None:
        return not_given(call.answer)
    if call.requests:
        return None
    if call.answer.error is None:
        return failed(causes.NO_REQUEST, "a request", f"none; the caller got {shown(call.answer.result)}")
    said = call.answer.error.message
    if seen.case.may_refuse:
        return skipped(f"the SDK refuses this before sending: {said}")
    if unsure := of_unknown_type(call, seen):
        return unsure
    return failed("Nothing arrived at the endpoint", "a request", f"none; the caller got {shown(said)}")


def not_given(answer: DriverAnswer) -> SdkFinding:
    """What follows where the driver says that its SDK has none of these parameters, or not this call; or that it has no
    way to give them itself, or nobody has in its language, which says nothing of the SDK.
    """
    names = answer.unsupported or ""
    if answer.by != "sdk":
        return Inconclusive(answer.lack)
    if missing := [name for name in names.split(", ") if is_member(name)]:
        return Inconclusive(f"the driver has no way to give {missing[0]}, a member of a structure, to this SDK")
    return skipped(answer.lack)


def of_unknown_type(call: ObservedCall, seen: Observation) -> SdkFinding | None:
    """What follows where the SDK sends nothing, and a given parameter is one of which the documentation does not say
    what its values are: the items of a list, an object, or a text without an example, which may be that of an object.
    """
    if call.answer.error is None:
        return None
    given = (p for p in seen.roles.own_parameters if sdk_name(p.name) in call.parameters)
    name = next((p.name for p in given if has_open_type(p) or is_list(p) or says_nothing(p)), None)
    said = call.answer.error.message
    return (
        Inconclusive(f"the documentation has no type for the values of {name}; the SDK takes no text: {said}")
        if name
        else None
    )


def _difference(call: ObservedCall, request: Recorded, seen: Observation) -> SdkFinding | None:
    wanted, got = flat(call.parameters), dict(request.arrival.parameters)
    unsure: SdkFinding | None = None
    for name, value in wanted.items():
        words = shown(text(value))
        if name not in got:
            cause = causes.not_arrived(name, value, set(got))
            return failed(f"{name} did not arrive", f"{name}={words}", "no such parameter", request, cause)
        parameter = seen.roles.documented(name)
        if _says(got[name], value, parameter):
            continue
        if parameter is not None and parameter.type != "array" and says_nothing(parameter):
            unsure = Inconclusive(f"the documentation shows no value of {name}, and the SDK changes {words}")
        else:
            beside = [v for n, v in wanted.items() if n.rpartition(".")[0] == name.rpartition(".")[0]]
            cause = causes.changed(name, value, got[name], set(got), beside)
            received = f"{name}={shown(got[name])}"
            return failed(f"{name} arrived changed", f"{name}={words}", received, request, cause)
    return adds_no_documented_parameter(seen, call, request) or unsure


def _says(got: str, given: Any, parameter: Parameter | None) -> bool:
    """Whether what arrived is what was given, in any writing that the documentation leaves open."""
    if isinstance(given, dict):
        return bool(as_json(got) == given)
    if got == text(given):
        return True
    if isinstance(given, bool):
        return got.lower() == text(given) and not (parameter and _shows_truth_values(parameter))
    # a whole number is a number all the same: a language that has it as a floating one writes 2 as 2.0; so it may where
    # numbers are items of a list, whose type is not documented
    open_type = parameter is not None and parameter.type in ("number", "array")
    if isinstance(given, float) or (isinstance(given, int) and open_type):
        return bool(_NUMBER.fullmatch(got)) and float(got) == given
    return False


def _shows_truth_values(parameter: Parameter) -> bool:
    """Whether the documentation shows how a truth value of it is written: in small letters."""
    shown_values = (*parameter.examples, *(parameter.value("enum") or ()), parameter.value("default"))
    return any(isinstance(v, bool) or v in ("true", "false") for v in shown_values)


def _names(parameters: Mapping[str, Any]) -> set[str]:
    return {_plain(name) for name in parameters}


def _plain(name: str) -> str:
    """The name without the numbers and members of a repetition."""
    return sdk_name(name).partition(".")[0]
