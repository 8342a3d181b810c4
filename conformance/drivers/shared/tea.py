"""What drivers of SDKs on the Tea runtime share: how a client is set up, and what their exceptions tell."""

import json

from conversation import described

OWN = ("Tea.", "darabonba.", "alibabacloud_", "requests.", "urllib3.", "aiohttp.")


def client_for(call, client, config, kept):
    """One client as long as its settings stay the same, as a program would have it."""
    key = json.dumps([call[k] for k in ("endpoint", "region", "credentials")] + [call.get("signature")])
    if key not in kept:
        kept.clear()
        protocol, _, host = call["endpoint"].partition("://")
        settings = config(endpoint=host, protocol=protocol, region_id=call["region"], **call["credentials"])
        if call.get("signature") == "v1" and hasattr(settings, "signature_algorithm"):
            settings.signature_algorithm = "v2"  # the SDK's word for the signature that the documentation numbers 1.0
        kept[key] = client(settings)
    return kept[key]


def error(exception):
    """What a caller sees of an exception. Where code, status and id are has moved over the releases."""
    data = getattr(exception, "data", None) or {}
    status = getattr(exception, "status_code", None) or getattr(exception, "statusCode", None) or data.get("statusCode")
    return described(
        exception,
        OWN,
        code=text(getattr(exception, "code", None)),
        message=text(getattr(exception, "message", None) or str(exception)),
        http_status=status if isinstance(status, int) else None,
        request_id=text(getattr(exception, "request_id", None) or data.get("RequestId")),
    )


def text(value):
    """A value as text; None stays."""
    return None if value is None else str(value)
