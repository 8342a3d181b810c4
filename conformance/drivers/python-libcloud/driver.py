"""Drives Apache Libcloud's ECS connection: any action, answered by a parsed XML tree (all values are text)."""

import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
import conversation

PACKAGE = "apache-libcloud"
OWN = ("libcloud.", "requests.", "urllib3.")


def driver_for(call, kept):
    from libcloud.compute.drivers.ecs import ECSDriver

    key = json.dumps([call[k] for k in ("endpoint", "region", "credentials", "timeout")])
    if key not in kept:
        kept.clear()
        protocol, _, authority = call["endpoint"].partition("://")
        host, _, port = authority.partition(":")
        secrets = call["credentials"]
        kept[key] = ECSDriver(
            secrets["access_key_id"],
            secrets["access_key_secret"],
            secure=protocol == "https",
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
    if "raw" in call:  # the body of a response of Libcloud is text
        return conversation.parses_all()
    if "security_token" in call["credentials"]:
        return {"ok": False, "unsupported": "security token"}
    listed = [name for name, value in call["parameters"].items() if isinstance(value, list)]
    if listed:
        return {"ok": False, "unsupported": ", ".join(listed), "by": "driver", "because": "it has no lists"}
    driver = driver_for(call, kept)
    parameters = {"Action": call["operation"]["action"], **call["parameters"]}

    def result():
        body = driver.connection.request("/", parameters).object
        return tree(body) if hasattr(body, "tag") else body

    return conversation.made(call, result)


def error(exception):
    status = getattr(exception, "code", None)
    return conversation.described(exception, OWN, http_status=status if isinstance(status, int) else None)


def start():
    from libcloud.compute.drivers.ecs import ECSDriver  # noqa: F401

    kept = {}
    ready = conversation.about(PACKAGE, view="xml", can=[*conversation.ABILITIES, "tls"])
    return ready, lambda call: answer(call, kept)


conversation.converse(start, error)
