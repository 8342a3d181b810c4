"""Drives aliyun-python-sdk-core: request classes with setters; the caller gets the response's bytes and
parses them.
"""

import importlib
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
import conversation

PACKAGE = "aliyun-python-sdk-core"
OWN = ("aliyunsdkcore.", "requests.", "urllib3.")


def client_for(call, kept):
    from aliyunsdkcore.client import AcsClient

    key = json.dumps([call[k] for k in ("endpoint", "region", "credentials", "timeout")])
    if key not in kept:
        kept.clear()
        secrets, settings = (
            call["credentials"],
            {"connect_timeout": call["timeout"], "timeout": call["timeout"]},
        )
        if "security_token" in secrets:
            from aliyunsdkcore.auth.credentials import StsTokenCredential

            settings["credential"] = StsTokenCredential(
                *(secrets[k] for k in ("access_key_id", "access_key_secret", "security_token"))
            )
        else:
            settings.update(ak=secrets["access_key_id"], secret=secrets["access_key_secret"])
        kept[key] = AcsClient(region_id=call["region"], **settings)
    return kept[key]


def request_for(call):
    """A new request, and the names of what it has no setter for; None where there is no such operation."""
    operation = call["operation"]
    package = f"aliyunsdk{operation['product'].lower()}.request.v{operation['version'].replace('-', '')}"
    name = operation["action"] + "Request"
    try:
        request = getattr(importlib.import_module(f"{package}.{name}"), name)()
    except ModuleNotFoundError:
        return None, [operation["action"]]
    lost = []
    for name, value in call["parameters"].items():
        setter = getattr(request, "set_" + name, None) or getattr(request, f"set_{name}s", None)
        if name == "RegionId":  # every request has one: the client's, unless the caller puts another in
            request.add_query_param(name, value)
        elif setter is None:
            lost.append(name)
        else:
            setter(value)
    protocol, _, host = call["endpoint"].partition("://")
    request.set_endpoint(host)
    request.set_protocol_type(protocol)
    if "method" in call:
        request.set_method(call["method"])
    return request, lost


def answer(call, kept):
    _, lost = request_for(call)
    if lost:
        return {"ok": False, "unsupported": ", ".join(lost)}
    client = client_for(call, kept)

    def result():
        body = client.do_action_with_exception(request_for(call)[0])
        return conversation.unparsed(body) if "raw" in call else json.loads(body)

    return conversation.made(call, result)


def error(exception):
    def said(name):
        value = getattr(exception, name, None)
        value = value() if callable(value) else value
        return value if value is None or isinstance(value, int) else str(value)

    status = said("get_http_status")
    told = conversation.described(
        exception,
        OWN,
        code=said("get_error_code"),
        message=said("get_error_msg") or str(exception),
        http_status=status if isinstance(status, int) else None,
        request_id=said("get_request_id"),
    )
    # the caller parses the body that it was given, so a body that is no JSON is the caller's to notice
    return {**told, "declared": told["declared"] or type(exception) is json.JSONDecodeError}


def start():
    importlib.import_module("aliyunsdkcore.client")
    kept = {}
    can = [*conversation.ABILITIES, "tls"]
    ready = conversation.about(PACKAGE, view="json", methods=["GET", "POST"], can=can)
    return ready, lambda call: answer(call, kept)


conversation.converse(start, error)
