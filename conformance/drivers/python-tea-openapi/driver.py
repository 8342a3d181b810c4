"""Drives alibabacloud-tea-openapi, on which the packages of single APIs stand: any operation by name."""

import concurrent.futures
import importlib
import importlib.metadata
import json
import logging
import os
import platform
import sys
import traceback

PACKAGE = "alibabacloud-tea-openapi"
OWN = ("Tea.", "darabonba.", "alibabacloud_", "requests.", "urllib3.", "aiohttp.")


class Engine:
    """The client with the models and functions beside it, which have moved between packages over the releases."""

    def __init__(self):
        self.client = importlib.import_module("alibabacloud_tea_openapi.client").Client
        self.models = first("alibabacloud_tea_openapi.utils_models", "alibabacloud_tea_openapi.models")
        try:
            self.flattened = importlib.import_module("alibabacloud_tea_openapi.utils").Utils.query
            self.options = importlib.import_module("darabonba.runtime").RuntimeOptions
        except (ImportError, AttributeError):
            self.flattened = importlib.import_module("alibabacloud_openapi_util.client").Client.query
            self.options = importlib.import_module("alibabacloud_tea_util.models").RuntimeOptions


def first(*names):
    for name in names:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        if hasattr(module, "OpenApiRequest"):
            return module
    raise ImportError("this release has no OpenApiRequest")


def ready():
    here = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}
    return {
        "ready": True,
        "protocol": 2,
        "name": PACKAGE,
        "version": importlib.metadata.version(PACKAGE),
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "dependencies": {n: v for n, v in here.items() if n.replace("_", "-") != PACKAGE},
        "view": "json",
        "methods": ["POST", "GET"],
        "signatures": ["v3", "v1"],
        "structures": True,
        "can": ["nulls", "threads", "tls"] + ["processes"] * hasattr(os, "fork"),
    }


def client_for(call, engine, kept):
    """One client as long as its settings stay the same, as a program would have it."""
    key = json.dumps([call[k] for k in ("endpoint", "region", "credentials")] + [call.get("signature")])
    if key not in kept:
        kept.clear()
        protocol, _, host = call["endpoint"].partition("://")
        config = engine.models.Config(endpoint=host, protocol=protocol, region_id=call["region"], **call["credentials"])
        if call.get("signature") == "v1":
            config.signature_algorithm = "v2"  # the SDK's word for the signature that the documentation numbers 1.0
        kept[key] = engine.client(config)
    return kept[key]


def answer(call, engine, kept):
    operation = call["operation"]
    params = engine.models.Params(
        action=operation["action"],
        version=operation["version"],
        protocol=call["endpoint"].partition("://")[0].upper(),
        pathname="/",
        method=call.get("method", "POST"),
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    milliseconds = int(call["timeout"] * 1000)
    client = client_for(call, engine, kept)

    def result():
        request = engine.models.OpenApiRequest(query=engine.flattened(call["parameters"]))
        options = engine.options(read_timeout=milliseconds, connect_timeout=milliseconds)
        return client.call_api(params, request, options).get("body")

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
        engine = Engine()
    except Exception as exception:
        say({"ready": False, "reason": f"{type(exception).__name__}: {exception}"})
        return
    say(ready())
    kept = {}
    for line in sys.stdin:
        call = json.loads(line)
        try:
            reply = answer(call, engine, kept)
        except Exception as exception:
            reply = {"ok": False, "error": error(exception)}
        say({"id": call["id"], **reply})


main()
