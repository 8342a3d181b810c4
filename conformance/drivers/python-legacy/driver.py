"""Drives aliyun-python-sdk-core: request classes with setters; the caller gets the response's bytes and
parses them.
"""

import importlib
import importlib.metadata
import json
import logging
import os
import platform
import sys
import traceback

PACKAGE = "aliyun-python-sdk-core"
OWN = ("aliyunsdkcore.", "requests.", "urllib3.")


def ready():
    importlib.import_module("aliyunsdkcore.client")
    here = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}
    return {
        "ready": True,
        "protocol": 1,
        "name": PACKAGE,
        "version": importlib.metadata.version(PACKAGE),
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "dependencies": {
            name: version for name, version in here.items() if name.replace("-", "_") != PACKAGE.replace("-", "_")
        },
        "view": "json",
        "methods": ["GET", "POST"],
    }


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


def answer(call, kept):
    operation = call["operation"]
    package = f"aliyunsdk{operation['product'].lower()}.request.v{operation['version'].replace('-', '')}"
    name = operation["action"] + "Request"
    request = getattr(importlib.import_module(f"{package}.{name}"), name)()
    for name, value in call["parameters"].items():
        setter = getattr(request, "set_" + name, None) or getattr(request, f"set_{name}s", None)
        if name == "RegionId":  # every request has one: the client's, unless the caller puts another in
            request.add_query_param(name, value)
            continue
        if setter is None:
            return {"ok": False, "unsupported": name}
        setter(value)
    request.set_endpoint(call["endpoint"].partition("//")[2])
    request.set_protocol_type("http")
    if "method" in call:
        request.set_method(call["method"])
    body = client_for(call, kept).do_action_with_exception(request)
    return {"ok": True, "result": json.loads(body)}


def error(exception):
    def said(name):
        value = getattr(exception, name, None)
        value = value() if callable(value) else value
        return value if value is None or isinstance(value, int) else str(value)

    status = said("get_http_status")
    return {
        "code": said("get_error_code"),
        "message": said("get_error_msg") or str(exception),
        "http_status": status if isinstance(status, int) else None,
        "request_id": said("get_request_id"),
        "type": f"{type(exception).__module__}.{type(exception).__qualname__}",
        "declared": any((c.__module__ + ".").startswith(OWN) for c in type(exception).__mro__)
        # the caller parses the body that it was given, so a body that is no JSON is the caller's to notice
        or type(exception) is json.JSONDecodeError,
        "text": "".join(traceback.format_exception(type(exception), exception, exception.__traceback__)),
    }


def main():
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    logging.basicConfig(level=logging.DEBUG)

    def say(message):
        out.write(json.dumps(message, default=str) + "\n")
        out.flush()

    json.loads(sys.stdin.readline())
    try:
        say(ready())
    except Exception as exception:
        say({"ready": False, "reason": f"{type(exception).__name__}: {exception}"})
        return
    kept = {}
    for line in sys.stdin:
        call = json.loads(line)
        try:
            reply = answer(call, kept)
        except Exception as exception:
            reply = {"ok": False, "error": error(exception)}
        say({"id": call["id"], **reply})


main()
