"""Drives the package that its argument names (alibabacloud_ecs20140526), any release: typed requests and responses."""

import concurrent.futures
import importlib
import importlib.metadata
import json
import logging
import os
import platform
import sys
import traceback

PACKAGE = sys.argv[1]
OWN = ("Tea.", "darabonba.", "alibabacloud_", "requests.", "urllib3.")


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


def ready(client):
    here = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}
    return {
        "ready": True,
        "protocol": 2,
        "name": PACKAGE,
        "version": importlib.metadata.version(PACKAGE),
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "dependencies": {
            name: version for name, version in here.items() if name.replace("-", "_") != PACKAGE.replace("-", "_")
        },
        "view": "typed",
        "signatures": signatures(client),
        "structures": True,
        "can": ["nulls", "threads", "tls"] + ["processes"] * hasattr(os, "fork"),
    }


def client_for(call, module, config_class, kept):
    """One client as long as its settings stay the same, as a program would have it."""
    key = json.dumps([call[k] for k in ("endpoint", "region", "credentials")] + [call.get("signature")])
    if key not in kept:
        kept.clear()
        config = config_class(
            endpoint=call["endpoint"].partition("//")[2],
            protocol=call["endpoint"].partition(":")[0],
            region_id=call["region"],
            **call["credentials"],
        )
        if call.get("signature") == "v1" and hasattr(config, "signature_algorithm"):
            config.signature_algorithm = "v2"  # the SDK's word for the signature that the documentation numbers 1.0
        kept[key] = module.Client(config)
    return kept[key]


def answer(call, module, models, config_class, kept):
    action = call["operation"]["action"]
    if not hasattr(models, action + "Request"):
        return {"ok": False, "unsupported": action}
    request = getattr(models, action + "Request")().from_map(call["parameters"])
    lost = list(missing(call["parameters"], request.to_map()))
    if lost:
        return {"ok": False, "unsupported": ", ".join(lost)}
    options = getattr(module, "RuntimeOptions", None) or module.util_models.RuntimeOptions
    milliseconds = int(call["timeout"] * 1000)
    client = client_for(call, module, config_class, kept)
    method = getattr(client, method_name(client, action))

    def result():
        response = method(request, options(read_timeout=milliseconds, connect_timeout=milliseconds))
        body = getattr(response, "body", response)  # the oldest releases have no body between
        return None if body is None else body.to_map()

    return {"ok": True, "result": at_once(call["burst"], result) if "burst" in call else result()}


def at_once(burst, result):
    """The results of calls that are made by threads, or by forked processes, which share the client."""
    if burst["by"] == "threads":
        with concurrent.futures.ThreadPoolExecutor(burst["workers"]) as pool:
            return [future.result() for future in [pool.submit(result) for _ in range(burst["calls"])]]
    readers = []
    for _ in range(burst["workers"]):
        reader, writer = os.pipe()
        if os.fork() == 0:
            try:
                with os.fdopen(writer, "w") as stream:
                    json.dump([result() for _ in range(burst["calls"] // burst["workers"])], stream, default=str)
            finally:
                os._exit(0)
        os.close(writer)
        readers.append(reader)
    texts = [os.fdopen(reader).read() for reader in readers]
    for _ in readers:
        os.wait()
    return [one for text in texts for one in json.loads(text)]


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


def error(exception):
    data = getattr(exception, "data", None) or {}
    status = getattr(exception, "status_code", None) or getattr(exception, "statusCode", None) or data.get("statusCode")
    request_id = getattr(exception, "request_id", None) or data.get("RequestId")
    return {
        "code": text(getattr(exception, "code", None)),
        "message": text(getattr(exception, "message", None) or str(exception)),
        "http_status": status if isinstance(status, int) else None,
        "request_id": text(request_id),
        "type": f"{type(exception).__module__}.{type(exception).__qualname__}",
        "declared": any((c.__module__ + ".").startswith(OWN) for c in type(exception).__mro__),
        "text": "".join(traceback.format_exception(type(exception), exception, exception.__traceback__)),
    }


def text(value):
    return None if value is None else str(value)


def main():
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what the SDK prints must not get between the answers
    logging.basicConfig(level=logging.DEBUG)

    def say(message):
        out.write(json.dumps(message, default=str) + "\n")
        out.flush()

    json.loads(sys.stdin.readline())
    try:
        module, models, config_class = load()
    except Exception as exception:
        say({"ready": False, "reason": f"{type(exception).__name__}: {exception}"})
        return
    say(ready(module))
    kept = {}
    for line in sys.stdin:
        call = json.loads(line)
        try:
            reply = answer(call, module, models, config_class, kept)
        except Exception as exception:
            reply = {"ok": False, "error": error(exception)}
        say({"id": call["id"], **reply})


main()
