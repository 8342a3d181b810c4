"""Drives Apache Libcloud's ECS connection: any action, answered by a parsed XML tree (all values are text)."""

import importlib.metadata
import json
import logging
import os
import platform
import re
import sys
import traceback

PACKAGE = "apache-libcloud"
OWN = ("libcloud.", "requests.", "urllib3.")


def ready():
    from libcloud.compute.drivers.ecs import ECSDriver  # noqa: F401

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
        "view": "xml",
    }


def driver_for(call, kept):
    from libcloud.compute.drivers.ecs import ECSDriver

    key = json.dumps([call[k] for k in ("endpoint", "region", "credentials", "timeout")])
    if key not in kept:
        kept.clear()
        host, _, port = call["endpoint"].partition("//")[2].partition(":")
        secrets = call["credentials"]
        kept[key] = ECSDriver(
            secrets["access_key_id"],
            secrets["access_key_secret"],
            secure=False,
            host=host,
            port=int(port),
            region=call["region"],
            timeout=call["timeout"],
        )
    return kept[key]


def tree(element):
    """Repeated elements as a list, elements with children as objects, all others as text."""
    if len(element) == 0:
        return element.text or ""
    members = {}
    for child in element:
        members.setdefault(re.sub(r"^\{.*\}", "", child.tag), []).append(tree(child))
    return {name: values[0] if len(values) == 1 else values for name, values in members.items()}


def answer(call, kept):
    if "security_token" in call["credentials"]:
        return {"ok": False, "unsupported": "security token"}
    listed = [name for name, value in call["parameters"].items() if isinstance(value, list)]
    if listed:
        return {"ok": False, "unsupported": ", ".join(listed)}
    driver = driver_for(call, kept)
    response = driver.connection.request("/", {"Action": call["operation"]["action"], **call["parameters"]})
    body = response.object
    return {"ok": True, "result": tree(body) if hasattr(body, "tag") else body}


def error(exception):
    status = getattr(exception, "code", None)
    return {
        "message": str(exception),
        "http_status": status if isinstance(status, int) else None,
        "type": f"{type(exception).__module__}.{type(exception).__qualname__}",
        "declared": any((c.__module__ + ".").startswith(OWN) for c in type(exception).__mro__),
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
