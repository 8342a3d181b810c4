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

from conformance.reference.message import Request

KEY, SECRET = "testid", "testsecret"


def pe(text):
    return quote(text, safe="~")


def now(offset=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset))


def nonce():
    return str(uuid.uuid4())


def v1_signature(method, parameters, secret=SECRET):
    query = "&".join(f"{pe(k)}={pe(v)}" for k, v in sorted(parameters.items()))
    digest = hmac.new((secret + "&").encode(), f"{method}&%2F&{pe(query)}".encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def v3_signature(method, parameters, headers, body=b"", secret=SECRET):
    query = "&".join(f"{pe(k)}={pe(v)}" for k, v in sorted(parameters.items()))
    lines = "".join(f"{k}:{headers[k].strip()}\n" for k in sorted(headers))
    names = ";".join(sorted(headers))
    canonical = "\n".join((method, "/", query, lines, names, hashlib.sha256(body).hexdigest()))
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    return names, hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


@frozen
class Signing:
    """How a request is signed; `common` overrides common parameters before signing (None leaves one out), `tamper`
    replaces pairs of the query or form after it."""

    action: str = "DescribeTasks"
    version: str = "2014-05-26"
    key: str = KEY
    secret: str = SECRET
    token: str | None = None


def v1_request(parameters, method="GET", form=False, format="JSON", signing=Signing(), common=(), tamper=()):
    pairs = {
        "Action": signing.action, "Version": signing.version, "AccessKeyId": signing.key, "Format": format,
        "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": nonce(), "Timestamp": now(),
        "SecurityToken": signing.token, **parameters, **dict(common),
    }
    pairs = {k: v for k, v in pairs.items() if v is not None}
    pairs["Signature"] = v1_signature(method, pairs, signing.secret)
    pairs = {k: v for k, v in {**pairs, **dict(tamper)}.items() if v is not None}
    if form:
        own = {k: v for k, v in pairs.items() if k in parameters}
        rest = {k: v for k, v in pairs.items() if k not in parameters}
        headers = (("content-type", "application/x-www-form-urlencoded"),)
        return Request(method, "/", urlencode(rest), headers, urlencode(own).encode())
    return Request(method, "/", urlencode(pairs))


def v3_request(
    parameters, method="POST", form=False, format="json", signing=Signing(), host="localhost", common=(), tamper=(), body=None
):
    payload = urlencode(parameters).encode() if form else b""
    headers = {
        "host": host, "x-acs-action": signing.action, "x-acs-version": signing.version, "x-acs-date": now(),
        "x-acs-signature-nonce": nonce(), "x-acs-content-sha256": hashlib.sha256(payload).hexdigest(),
        "x-acs-security-token": signing.token, **dict(common),
    }
    headers = {k: v for k, v in headers.items() if v is not None}
    if form:
        headers["content-type"] = "application/x-www-form-urlencoded"
    query = {} if form else dict(parameters)
    names, signature = v3_signature(method, query, headers, payload, signing.secret)
    headers["authorization"] = f"ACS3-HMAC-SHA256 Credential={signing.key},SignedHeaders={names},Signature={signature}"
    headers["accept"] = f"application/{format}"
    headers = {k: v for k, v in {**headers, **dict(tamper)}.items() if v is not None}
    return Request(method, "/", urlencode(query), tuple(headers.items()), payload if body is None else body)


def read_xml(element):
    """An element as text, or as a mapping of lists by tag."""
    if not len(element):
        return element.text or ""
    found = {}
    for child in element:
        found.setdefault(child.tag, []).append(read_xml(child))
    return found


@frozen
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def xml(self):
        return ET.fromstring(self.body)

    @property
    def code(self):
        return self.json["Code"] if self.body.lstrip().startswith(b"{") else self.xml.findtext("Code")

    @property
    def tasks(self):
        if self.body.lstrip().startswith(b"{"):
            return self.json["TaskSet"]["Task"]
        return [{c.tag: c.text or "" for c in task} for task in self.xml.iter("Task")]

    @property
    def ids(self):
        return [task["TaskId"] for task in self.tasks]


class Client:
    """One keep-alive connection."""

    def __init__(self, url):
        self.host = urlsplit(url).netloc
        self.connection = http.client.HTTPConnection(self.host, timeout=10)

    def send(self, request):
        target = request.path + ("?" + request.query if request.query else "")
        headers = {"host": self.host, **dict(request.headers)}
        self.connection.request(request.method, target, request.body or None, headers)
        response = self.connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())

    def v1(self, parameters=(), **how):
        return self.send(v1_request(dict(parameters), **how))

    def v3(self, parameters=(), **how):
        return self.send(v3_request(dict(parameters), host=self.host, **how))

    def close(self):
        self.connection.close()
