"""Before a run: is there an endpoint of this kind at all, and does it take the credentials?"""

from __future__ import annotations

from collections.abc import Collection

from attrs import evolve

from conformance.contract.protocol import Protocol
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import shown
from conformance.endpoint.settings import Settings
from conformance.endpoint.target import Target
from conformance.errors import NotEstablished, Refusal
from conformance.generate.required import required_names
from conformance.wire.access import known_secrets
from conformance.wire.client import BadEndpoint, Client
from conformance.wire.connection import BadRoute
from conformance.wire.environment import KEY_ID, KEY_SECRET, credentials_from
from conformance.wire.redaction import redact_text
from conformance.wire.transport import NotHttp, TransportError

LOCATION = 200
PROXY_AUTHENTICATION = 407
GATEWAY = (502, 503, 504)
# what no service calls an action
NO_ACTION = "DescribeWhatIsNotThere"
CREDENTIAL_SITUATIONS = ("unknown-access-key", "wrong-signature")


def require_access_key(signed: bool, otherwise: str) -> None:
    """Raises Refusal where requests are to be signed and there is no key; `otherwise` is how to go without one."""
    if signed and credentials_from() is None:
        raise Refusal(f"Signed requests need an access key: set {KEY_ID} and {KEY_SECRET}, or give {otherwise}.")


def refuse_address(settings: Settings) -> None:
    """Raises Refusal for an endpoint that could not be asked, whatever is asked of it: its URL, credentials in plain
    text, or none at all.
    """
    if settings.url is None:
        return
    signed = any(signature != "none" for signature in settings.signatures)
    require_access_key(signed, "--signature none")
    try:
        Client(
            settings.url,
            credentials_from() if signed else None,
            allow_plaintext=settings.allow_plaintext,
            route=settings.access.route(settings.secrets),
            headers=settings.secrets.headers,
            signed_host=settings.access.signed_host,
        ).close()
    except (BadEndpoint, BadRoute) as e:
        raise Refusal(str(e)) from None


def preflight(target: Target, protocol: Protocol, looked_up: Collection[str] = (), made: Collection[str] = ()) -> float:
    """Send the barest request over each channel until one is understood. Refuses a target that cannot be judged.

    `looked_up` are the parameters whose values a list of the target showed, `made` those that name things of the run.
    What is merely wrong about an answer is for the run to say. Returns the seconds that the last answer took.
    """
    answers, seconds = [], 0.0
    for channel in target.channels:
        call = target.call((), channel)
        target.sender.spare_strangers(call)
        intended = target.guard.before(call) if target.guard else 0
        target.allowance.take()
        try:
            response = target.client.send(request := target.client.prepare(call))
        except TransportError as e:
            advice = (
                "Is it the URL of the endpoint?" if isinstance(e, NotHttp) else "Is it running, and is the URL right?"
            )
            raise NotEstablished(f"{e} {advice}") from None
        answer = Answer(target.contract, target.exchange_of(call, request, response))
        seconds = response.seconds
        if target.guard:
            target.guard.after(intended, answer)
        if answer.accepted:
            return seconds
        answers.append(answer)
    _explain(target, answers, protocol, looked_up, made)
    return seconds


def _explain(
    target: Target, answers: list[Answer], protocol: Protocol, looked_up: Collection[str], made: Collection[str]
) -> None:
    url, last = target.client.base_url, answers[0]
    secrets = known_secrets(target.client.credentials)
    codes = {a.code for name in CREDENTIAL_SITUATIONS for a in protocol.situation(name).answers}
    if all(a.code in codes for a in answers):
        sentence = f"{url} does not accept the credentials ({last.code}); check the access key in the environment."
        raise Refusal(redact_text(sentence, secrets))
    if target.contract.path is None and all(a.kind == "refusal" for a in answers) and _as_of_no_action(target, last):
        what = f"status {last.status}, error {last.code}"
        sentence = f"{url} answers {target.contract.operation} as it does an action that does not exist ({what})."
        raise NotEstablished(redact_text(sentence, secrets))
    if all(a.wants_more for a in answers):
        sentence = (
            f"{url} wants more than {target.contract.operation} requires by its page ({last.code}: {last.message}); "
            "give that with --values FILE, under the name of the operation."
        )
        raise NotEstablished(redact_text(sentence, secrets))
    made = [*made, *(sorted(target.fresh.names) if target.fresh else ())]
    made_up = [n for n in required_names(target.contract) if n not in target.values and n not in made]
    if (made_up or looked_up or made) and all(a.refused for a in answers):
        said = f"{last.code}: {last.message}" if last.message else str(last.code)
        about = [f"what is made up for {', '.join(made_up)}"] if made_up else []
        about += [f"what its lists show first for {', '.join(looked_up)}"] if looked_up else []
        about += [f"what this run has made for {', '.join(made)}"] if made else []
        sentence = (
            f"{url} refuses {target.contract.operation} with {' and '.join(about)} ({said}); "
            f"give values that {'are there' if made_up else 'it takes'} with --values FILE."
        )
        raise NotEstablished(redact_text(sentence, secrets))
    if not any(a.code for a in answers) and not any(a.has_result for a in answers):
        wanted = f"expected the API of {target.contract.product} there"
        sentence = f"{url} answers, but with {_what(last)}; {wanted}."
        raise NotEstablished(redact_text(sentence, secrets))


def _as_of_no_action(target: Target, refusal: Answer) -> bool:
    """Whether an action that does not exist gets the same error."""
    call = evolve(refusal.exchange.call, action=NO_ACTION)
    target.allowance.take()
    try:
        response = target.client.send(request := target.client.prepare(call))
    except TransportError:
        return False
    other = Answer(target.contract, target.exchange_of(call, request, response))
    said = (refusal.message or "").replace(target.contract.operation, NO_ACTION)
    return (other.status, other.code, other.message) == (refusal.status, refusal.code, said)


def _what(answer: Answer) -> str:
    """An answer of something else, in a few words: what it is, and where that points."""
    response, what = answer.exchange.response, answer.reading.unreadable or "no answer of this API"
    location = response.header("location")
    if 300 <= answer.status < 400 and location is not None:
        return f"status {answer.status}, a redirect to {shown(location, LOCATION)!r}, which is not followed"
    if answer.status == PROXY_AUTHENTICATION:
        return f"status {answer.status}: a proxy on the way wants a user and a password, which --proxy takes"
    if answer.status in GATEWAY:
        return f"status {answer.status} and a body that is {what}: a gateway does not reach what is behind it"
    if answer.status in (401, 403) and answer.body is None:
        return f"status {answer.status} and a body that is {what}: does something before it want a --header?"
    return f"status {answer.status} and a body that is {what}"
