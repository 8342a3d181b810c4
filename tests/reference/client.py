"""A client written for these tests alone: it signs by the documentation, independently of the product's own signers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
import uuid
import xml.etree.ElementTree as ET
from urllib.parse import quote, urlencode, urlsplit

from attrs import frozen

from conformance.reference.credentials import AccessKey
from conformance.reference.message import Request

KEY = AccessKey("testid", "testsecret")
TEMPORARY = AccessKey("STS.id", "sts secret", "the token+/=")
FORM = "application/x-www-form-urlencoded"


def pe(text):
    return quote(text, safe="~")


def now(offset=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset))


def nonce():
    return str(uuid.uuid4())


def canonical(parameters):
    return "&".join(f"{pe(k)}={pe(v)}" for k, v in sorted(parameters.items()))


def v1_signature(method, parameters, secret):
    text = f"{method}&%2F&{pe(canonical(parameters))}"
    return base64.b64encode(hmac.new((secret + "&").encode(), text.encode(), hashlib.sha1).digest()).decode()


def v3_signature(method, parameters, headers, body, secret):
    """The names of the signed headers, and the signature."""
    lines = "".join(f"{k}:{headers[k].strip()}\n" for k in sorted(headers))
    names = ";".join(sorted(headers))
    text = "\n".join((method, "/", canonical(parameters), lines, names, hashlib.sha256(body).hexdigest()))
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(text.encode()).hexdigest()
    return names, hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


@frozen
class Names:
    """Which operation is called."""

    action: str = "DescribeTasks"
    version: str = "2014-05-26"


DESCRIBE_TASKS = Names()


def v1_request(
    parameters, method="GET", form=False, format="JSON", names=DESCRIBE_TASKS, key=KEY,
    common=None, tamper=None, encode=urlencode,
):  # fmt: skip
    """A V1 request. `common` replaces common parameters before signing (None leaves one out), `tamper` pairs after."""
    pairs = {
        "Action": names.action, "Version": names.version, "AccessKeyId": key.access_key_id, "Format": format,
        "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": nonce(), "Timestamp": now(),
        "SecurityToken": key.security_token, **parameters, **(common or {}),
    }  # fmt: skip
    pairs = {k: v for k, v in pairs.items() if v is not None}
    pairs["Signature"] = v1_signature(method, pairs, key.access_key_secret)
    pairs = {k: v for k, v in {**pairs, **(tamper or {})}.items() if v is not None}
    if not form:
        return Request(method, "/", encode(pairs))
    own = {k: v for k, v in pairs.items() if k in parameters}
    rest = {k: v for k, v in pairs.items() if k not in parameters}
    return Request(method, "/", encode(rest), (("content-type", FORM),), encode(own).encode())


def v3_request(
    parameters, method="POST", form=False, format="json", names=DESCRIBE_TASKS, key=KEY, host="localhost",
    common=None, tamper=None, body=None, query=None,
):  # fmt: skip
    """A V3 request. `common` replaces signed headers (None leaves one out); after signing, `tamper` replaces headers,
    `body` the body and `query` the query."""
    payload = urlencode(parameters).encode() if form else b""
    headers = {
        "host": host, "x-acs-action": names.action, "x-acs-version": names.version, "x-acs-date": now(),
        "x-acs-signature-nonce": nonce(), "x-acs-content-sha256": hashlib.sha256(payload).hexdigest(),
        "x-acs-security-token": key.security_token, **(common or {}),
    }  # fmt: skip
    headers = {k: v for k, v in headers.items() if v is not None}
    if form:
        headers["content-type"] = FORM
    sent = {} if form else dict(parameters)
    signed, signature = v3_signature(method, sent, headers, payload, key.access_key_secret)
    headers["authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={key.access_key_id},SignedHeaders={signed},Signature={signature}"
    )
    headers["accept"] = f"application/{format}"
    headers = {k: v for k, v in {**headers, **(tamper or {})}.items() if v is not None}
    text = urlencode(sent if query is None else query)
    return Request(method, "/", text, tuple(headers.items()), payload if body is None else body)


@frozen
class Answer:
    """A response as a test looks at it."""

    status: int
    headers: dict
    body: bytes

    @property
    def is_json(self):
        return self.body.lstrip().startswith(b"{")

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def xml(self):
        return ET.fromstring(self.body)

    @property
    def code(self):
        return self.text("Code")

    def text(self, name):
        """A top-level scalar as text, or None."""
        if not self.is_json:
            return self.xml.findtext(name)
        value = self.json.get(name)
        return None if value is None else str(value)

    @property
    def tasks(self):
        """The items as text by member; absent and empty members are left out."""
        if self.is_json:
            wrapper = self.json.get("TaskSet", {})
            wrapper = wrapper[0] if isinstance(wrapper, list) else wrapper
            return [{k: _text(v) for k, v in task.items() if v != ""} for task in wrapper.get("Task", [])]
        return [{c.tag: c.text for c in task if c.text} for task in self.xml.iter("Task")]

    @property
    def ids(self):
        return [task["TaskId"] for task in self.tasks]


def _text(value):
    return str(value).lower() if isinstance(value, bool) else value


class Client:
    """One keep-alive connection."""

    def __init__(self, url):
        self.host = urlsplit(url).netloc
        self.connection = http.client.HTTPConnection(self.host, timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def send(self, request):
        target = request.path + ("?" + request.query if request.query else "")
        headers = {"host": self.host, **dict(request.headers)}
        self.connection.request(request.method, target, request.body or None, headers)
        response = self.connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())

    def v1(self, parameters=None, **how):
        return self.send(v1_request(parameters or {}, **how))

    def v3(self, parameters=None, **how):
        return self.send(v3_request(parameters or {}, host=self.host, **how))
