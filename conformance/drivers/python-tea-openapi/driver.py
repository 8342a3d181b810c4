"""Drives alibabacloud-tea-openapi, on which the packages of single APIs stand: any operation by name."""

import importlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
import conversation
import tea

PACKAGE = "alibabacloud-tea-openapi"


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
        body_type="byte" if "raw" in call else "json",
    )
    milliseconds = int(call["timeout"] * 1000)
    client = tea.client_for(call, engine.client, engine.models.Config, kept)

    def result():
        request = engine.models.OpenApiRequest(query=engine.flattened(call["parameters"]))
        options = engine.options(read_timeout=milliseconds, connect_timeout=milliseconds)
        body = client.call_api(params, request, options).get("body")
        return conversation.unparsed(body) if "raw" in call else body

    return conversation.made(call, result)


def start():
    engine = Engine()
    kept = {}
    ready = conversation.about(
        PACKAGE,
        view="json",
        methods=["POST", "GET"],
        signatures=["v3", "v1"],
        structures=True,
        can=[*conversation.ABILITIES, "tls"],
    )
    return ready, lambda call: answer(call, engine, kept)


conversation.converse(start, tea.error)
