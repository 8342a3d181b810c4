"""Which name in the table of requirements stands for which judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from conformance.sdk.endpoint import Recorded
from conformance.sdk.judges import behaviour, errors, requests, responses, signing
from conformance.sdk.judges.finding import SdkFinding
from conformance.sdk.observation import Observation, ObservedCall

RunJudge = Callable[[Sequence[Observation]], SdkFinding]
CaseJudge = Callable[[Observation], SdkFinding]
RequestJudge = Callable[[Observation, ObservedCall, Recorded], SdkFinding | None]
AnswerJudge = Callable[[Observation, ObservedCall], SdkFinding | None]

CASES: Mapping[str, CaseJudge] = {
    "arrives-unchanged": requests.arrives_unchanged,
    "nothing-documented-added": requests.nothing_documented_added,
    "each-arrives-unchanged": requests.each_arrives_unchanged,
    "carries-the-token": requests.carries_the_token,
    "signed-as-asked": requests.signed_as_asked,
    "null-arrives-as-nothing": requests.null_arrives_as_nothing,
    "bytes-arrive-as-their-text": requests.bytes_arrive_as_their_text,
    "list-arrives-in-a-documented-form": requests.list_arrives_in_a_documented_form,
    "arrives-directly": requests.arrives_directly,
    "arrives-validly-somewhere": requests.arrives_validly_somewhere,
    "retries-are-signed-anew": signing.retries_are_signed_anew,
    "retries-ask-the-same": signing.retries_ask_the_same,
    "sent-once": signing.sent_once,
    "sent-once-or-by-one-token": signing.sent_once_or_by_one_token,
    "few-attempts": signing.few_attempts,
    "attempts-wait-as-told": signing.attempts_wait_as_told,
    "signed-in-utc": signing.signed_in_utc,
    "nonces-differ": signing.nonces_differ,
    "receives-the-bytes": responses.receives_the_bytes,
    "receives-everything": responses.receives_everything,
    "last-receives-everything": responses.last_receives_everything,
    "fails-or-receives-everything": responses.fails_or_receives_everything,
    "fails-or-has-a-result": responses.fails_or_has_a_result,
    "each-receives-its-own-answer": responses.each_receives_its_own_answer,
    "receives-field": responses.receives_field,
    "fails-or-receives-field": responses.fails_or_receives_field,
    "receives-named-list": responses.receives_named_list,
    "receives-in-order": responses.receives_in_order,
    "receives-types": responses.receives_types,
    "loses-nothing-silently": responses.loses_nothing_silently,
    "walks-every-page": responses.walks_every_page,
    "is-an-error": errors.is_an_error,
    "declared-error": errors.declared_error,
    "receives-error-code": errors.receives_error_code,
    "receives-error-message": errors.receives_error_message,
    "receives-error-request-id": errors.receives_error_request_id,
    "receives-error-status": errors.receives_error_status,
    "gives-up-in-time": behaviour.gives_up_in_time,
    "keeps-credentials-home": behaviour.keeps_credentials_home,
    "keeps-the-secret-everywhere": behaviour.keeps_the_secret_everywhere,
    "reuses-the-connection": behaviour.reuses_the_connection,
    "opens-few-connections": behaviour.opens_few_connections,
    "refusal-of-a-proxy-is-an-error": behaviour.refusal_of_a_proxy_is_an_error,
    "refuses-the-certificate": behaviour.refuses_the_certificate,
    "accepts-the-certificate": behaviour.accepts_the_certificate,
}
RUNS: Mapping[str, RunJudge] = {
    "nonces-are-not-guessable": signing.nonces_are_not_guessable,
    "makes-up-fresh-tokens": requests.makes_up_fresh_tokens,
}
REQUESTS: Mapping[str, RequestJudge] = {
    "adds-no-documented-parameter": requests.adds_no_documented_parameter,
    "adds-no-unknown-parameter": requests.adds_no_unknown_parameter,
    "repeats-no-parameter": requests.repeats_no_parameter,
    "names-the-operation": requests.names_the_operation,
    "documented-method": requests.documented_method,
    "keeps-the-secret": requests.keeps_the_secret,
}
ANSWERS: Mapping[str, AnswerJudge] = {
    "loses-nothing-silently": responses.silent_loss,
    "hides-the-secret": behaviour.hides_the_secret,
    "hides-the-token": behaviour.hides_the_token,
}
# what holds of a request wherever a redirect led it; nothing says how such a request looks otherwise
FOLLOWING = frozenset({"keeps-the-secret"})
