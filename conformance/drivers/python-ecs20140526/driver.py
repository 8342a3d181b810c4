"""Drives the package that its argument names (alibabacloud_ecs20140526), any release: typed requests and responses."""

import importlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
import conversation
import tea

PACKAGE = sys.argv[1]


def load():
    client = importlib.import_module(PACKAGE + ".client")
    models = importlib.import_module(PACKAGE + ".models")
    for name in (
        "alibabacloud_tea_openapi.utils_models",
        "alibabacloud_tea_openapi.models",
        "alibabacloud_tea_rpc.models",
    ):
        try:
            return client, models, importlib.import_module(name).Config
        except (ImportError, AttributeError):
            continue
    raise ImportError("no Config class is installed with this release")


def signatures(client):
    """Releases whose operations go through call_api sign V3, and V1 on demand; all before them sign V1 only."""
    with open(client.__file__, encoding="utf-8") as source:
        return ["v3", "v1"] if "self.call_api(" in source.read() else ["v1"]


def answer(call, module, models, config_class, kept):
    if "raw" in call:
        return conversation.parses_all()
    action = call["operation"]["action"]
    if not hasattr(models, action + "Request"):
        return {"ok": False, "unsupported": action}
    request = getattr(models, action + "Request")().from_map(call["parameters"])
    lost = list(missing(call["parameters"], request.to_map()))
    if lost:
        return {"ok": False, "unsupported": ", ".join(lost)}
    options = getattr(module, "RuntimeOptions", None) or module.util_models.RuntimeOptions
    milliseconds = int(call["timeout"] * 1000)
    client = tea.client_for(call, module.Client, config_class, kept)
    method = getattr(client, method_name(client, action))

    def result():
        response = method(request, options(read_timeout=milliseconds, connect_timeout=milliseconds))
        body = getattr(response, "body", response)  # the oldest releases have no body between
        return None if body is None else body.to_map()

    return conversation.made(call, result)


def missing(given, kept, path=""):
    """The dotted names of what the request does not hold, though it was given."""
    if isinstance(given, dict) and isinstance(kept, dict):
        for name, value in given.items():
            yield from missing(value, kept.get(name), f"{path}.{name}" if path else name)
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        for number, one in enumerate(given, start=1):
            yield from missing(one, kept[number - 1], f"{path}.{number}")
    elif given is None:
        return
    elif kept is None or (isinstance(given, (dict, list)) and given != kept):
        yield path


def method_name(client, action):
    """Where the generator put its underscores is its own affair: assign_ipv_6addresses, create_vswitch."""
    wanted = action.lower() + "withoptions"
    return next((n for n in dir(client) if n.replace("_", "") == wanted), wanted)


def start():
    module, models, config_class = load()
    kept = {}
    ready = conversation.about(
        PACKAGE,
        view="typed",
        signatures=signatures(module),
        structures=True,
        can=[*conversation.ABILITIES, "tls"],
    )
    return ready, lambda call: answer(call, module, models, config_class, kept)


conversation.converse(start, tea.error)
