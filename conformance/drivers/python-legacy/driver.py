"""Drives aliyun-python-sdk-core: request classes with setters; the caller gets the response's bytes and
parses them.
"""

import importlib
import inspect
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
        if name == "RegionId":  # every request has one: the client's, unless the caller puts another in
            request.add_query_param(name, value)
        else:
            lost += given(request, name, value)
    protocol, _, host = call["endpoint"].partition("://")
    request.set_endpoint(host)
    request.set_protocol_type(protocol)
    if "method" in call:
        request.set_method(call["method"])
    return request, lost


def given(request, name, value):
    """Give a parameter by its setter; the names of what there is none for.

    Members of a structure may have setters of their own: SystemDisk.Size is set_SystemDiskSize. A setter that takes
    structures looks for members by their names, and passes over all others.
    """
    plain = name.replace(".", "")
    names = (f"set_{plain}s", f"set_{plain}") if isinstance(value, list) else (f"set_{plain}", f"set_{plain}s")
    setter = next((found for found in (getattr(request, one, None) for one in names) if found), None)
    if isinstance(value, dict):
        text = inspect.getsource(setter) if setter else ""
        own = {member: inner for member, inner in value.items() if takes(text, member)}
        if own:
            setter(own)
        lost = list(untaken(own, text, name))
        for member in value.keys() - own.keys():
            lost += given(request, f"{name}.{member}", value[member])
        return lost
    structured = isinstance(value, list) and any(isinstance(one, dict) for one in value)
    if setter is None and structured:  # what is in a list of structures may have setters of its own, too (Filter.1.Key)
        places = ((f"{name}.{n}.{member}", inner) for n, one in enumerate(value, 1) for member, inner in one.items())
        return [lost for place, inner in places for lost in given(request, place, inner)]
    if setter is None:
        return [name]
    if structured:
        lost = list(untaken(value, inspect.getsource(setter), name))
        if lost:
            return lost
    setter(value)
    return []


def takes(text, member):
    return f"'{member}'" in text


def untaken(value, text, path):
    """The names of the members, at any depth, that a setter of that text does not look for."""
    if isinstance(value, list):
        for number, one in enumerate(value, start=1):
            yield from untaken(one, text, f"{path}.{number}")
    elif isinstance(value, dict):
        for member, inner in value.items():
            if takes(text, member):
                yield from untaken(inner, text, f"{path}.{member}")
            else:
                yield from leaves(inner, f"{path}.{member}")


def leaves(value, path):
    """The names by which what is in a structure travels; a list of plain values is one."""
    if isinstance(value, dict):
        for member, inner in value.items():
            yield from leaves(inner, f"{path}.{member}")
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, one in enumerate(value, start=1):
            yield from leaves(one, f"{path}.{number}")
    else:
        yield path


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
    ready = conversation.about(PACKAGE, view="json", methods=["GET", "POST"], structures=True, can=can)
    return ready, lambda call: answer(call, kept)


conversation.converse(start, error)
