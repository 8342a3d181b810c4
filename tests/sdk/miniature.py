"""A tiny SDK with its driver in one file, right by default; `miniature.py FAULT...` makes it wrong in the named ways.

The faults are listed in FAULTS with the requirement that is meant to catch each, and what is wrong.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import http.client
import json
import os
import re
import sys
import time
import urllib.parse
import uuid
from datetime import UTC, datetime

FAULTS = {
    # requests
    "raw-plus": ("requests.plus", "a plus sign is left as it is, so that it is read as a space"),
    "drops-empty": ("requests.empty-value", "empty values are left out"),
    "swaps-times": ("requests.times-as-given", "start and end change places"),
    "trims": ("requests.space", "values are stripped"),
    "latin-1": ("requests.non-ascii", "text is sent as Latin-1"),
    "encodes-twice": ("requests.percent", "values are escaped twice"),
    "truncates": ("requests.long-value", "values end after 1000 characters"),
    "normalises": ("requests.combining", "text is normalised to composed letters"),
    "adds-page-size": ("requests.absent-stays-absent", "a page size is made up where none was given"),
    "adds-unknown": ("requests.nothing-unknown-added", "a parameter that nobody knows travels along"),
    "region-of-client": ("requests.region-of-the-parameter", "the client's region wins over the parameter"),
    "sorts-ids": ("requests.repeated-ids", "ids are sorted and each is sent once"),
    "hundred-ids": ("requests.more-ids-than-allowed", "ids beyond the hundredth are dropped"),
    "remembers": ("requests.calls-are-independent", "parameters of one call stay for the next"),
    "clamps": ("requests.number-beyond-the-limits", "numbers are clamped to the documented limits"),
    "old-version": ("requests.action-and-version", "another API version is named"),
    # signing
    "bad-signature": ("signing.valid", "the signature covers another text"),
    "same-nonce": ("signing.fresh-nonce", "one nonce serves for the whole life of the client"),
    "local-time": ("signing.timestamp-window", "the timestamp is an hour ahead, yet marked as UTC"),
    "token-lost": ("signing.security-token", "the security token is not sent"),
    "token-unsigned": ("signing.security-token", "the security token is not covered by the signature"),
    "sends-secret": ("signing.secret-stays-home", "the secret travels in a header"),
    # responses
    "loses-last": ("responses.no-silent-loss", "the last item of every list is lost"),
    "object-form-only": ("responses.list-form-loses-nothing", "a list in the other form is read as empty"),
    "reads-no-list": ("responses.list-form", "a list in either form is an error"),
    "no-result": ("responses.unread-answer", "a list in the other form leaves the caller without any result"),
    "forgets-a-field": ("responses.each-field", "one documented member is not known"),
    "strict-members": ("responses.unknown-member", "an unknown member is an error"),
    "numbers-as-text": ("responses.types", "numbers reach the caller as text"),
    "wraps-numbers": ("responses.number-not-altered", "numbers wrap at 2^31"),
    "ascii-only": ("responses.unicode", "characters outside ASCII become question marks"),
    "no-gzip": ("responses.gzip", "gzip is asked for and not decoded"),
    "total-of-page": ("paging.total-is-not-the-page", "the total is the number of items on the page"),
    "reverses": ("responses.item-order", "items are reversed"),
    "one-item": ("responses.one-item", "a list of one is not returned as such but dropped"),
    # errors
    "empty-success-on-503": ("errors.server-error", "status 503 is an empty success"),
    "ignores-status": ("errors.body-without-code", "only a Code makes an error, whatever the status"),
    "code-lost": ("errors.code", "the code of an error is replaced by the SDK's own"),
    "request-id-lost": ("errors.request-id", "the request id of an error is dropped"),
    "crashes-on-html": ("errors.no-crash", "an error that is no JSON breaks the error path"),
    "accepts-short": ("errors.short-transfer", "a body that ends early is taken for an empty listing"),
    # behaviour
    "retry-same-nonce": ("behaviour.retry-is-signed-anew", "a retry repeats the request byte by byte"),
    "retry-refused": ("behaviour.refusal-is-not-repeated", "a refused request is sent again"),
    "no-timeout": ("behaviour.read-timeout", "the timeout is not passed on"),
    "follows-with-credentials": (
        "behaviour.redirect-keeps-credentials",
        "redirects are followed with all headers",
    ),
    "secret-in-exception": (
        "behaviour.secret-not-in-exceptions",
        "exceptions print the settings with the secret",
    ),
    "secret-in-log": ("behaviour.secret-not-in-logs", "the key to sign with is logged"),
    "stuck-page": ("paging.walk", "the first page is asked for again and again"),
}
# What only other operations than DescribeTasks can show, over a service.
OF_OPERATIONS = {
    "capital-booleans": ("requests.each-parameter", "truth values are written True and False"),
    "lists-from-zero": ("requests.repeated-parameter", "lists are numbered from 0"),
    "last-structure-only": ("requests.each-parameter", "of a list of structures the first one's members are lost"),
}
# Ways to break the protocol rather than the service's: the driver's fault, and the kind of it.
BROKEN = {
    "crashes": "crash",
    "hangs": "hang",
    "prints-garbage": "garbage",
    "lies-about-version": "version",
    "never-ready": "hang",
    "wrong-id": "garbage",
    "calls-nobody": "smoke",
}
VERSION = "1.2.3"
ON = set(sys.argv[1:])


class ApiError(Exception):
    def __init__(self, code, message, status=None, request_id=None):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status, self.request_id = code, message, status, request_id


def escape(text):
    out = urllib.parse.quote(text, safe="~", encoding="latin-1" if "latin-1" in ON else "utf-8", errors="replace")
    out = urllib.parse.quote(out, safe="") if "encodes-twice" in ON and text == "100%" else out
    return out.replace("%2B", "+") if "raw-plus" in ON else out


def flat(given, path=""):
    """Members of structures under dotted names."""
    for name, value in given.items():
        if isinstance(value, dict):
            yield from flat(value, f"{path}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            lost = "last-structure-only" in ON
            for n, one in enumerate(value, 1):
                yield from flat({} if lost and n == 1 else one, f"{path}{name}.{n}.")
        else:
            yield f"{path}{name}", value


class Client:
    def __init__(self, endpoint, credentials, region, timeout):
        self.host, self.credentials, self.region = endpoint.partition("//")[2], credentials, region
        self.timeout = 30 if "no-timeout" in ON else timeout
        self.nonce, self.kept = uuid.uuid4().hex, {}

    def call(self, operation, parameters, method, version):
        query = self.adjusted(parameters)
        attempts, refused = 3, "retry-refused" in ON
        for attempt in range(attempts):
            if attempt == 0 or "retry-same-nonce" not in ON:
                target, headers = self.signed(operation, query, method, version)
            try:
                status, body, kind = self.exchange(self.host, method, target, headers)
            except (OSError, http.client.HTTPException) as problem:
                if attempt + 1 < attempts and not isinstance(problem, TimeoutError):
                    continue
                raise ApiError("Unreachable", f"{type(problem).__name__} {problem}") from problem
            if attempt + 1 < attempts and (status >= 500 or (refused and status >= 400)):
                continue
            return self.read(status, body, kind)
        raise AssertionError("the last attempt returns or raises")

    def adjusted(self, given):
        query = {}
        for name, value in flat(given):
            if isinstance(value, list):
                first = 0 if "lists-from-zero" in ON else 1
                query |= {f"{name}.{n}": str(one) for n, one in enumerate(value, first)}
            elif isinstance(value, int) and "clamps" in ON:
                query[name] = str(max(1, min(100, value)))
            else:
                query[name] = str(value).lower() if type(value) is bool and "capital-booleans" not in ON else str(value)
        if "drops-empty" in ON:
            query = {n: v for n, v in query.items() if v}
        if "trims" in ON:
            query = {n: v.strip() for n, v in query.items()}
        if "truncates" in ON:
            query = {n: v[:1000] for n, v in query.items()}
        if "normalises" in ON:
            import unicodedata

            query = {n: unicodedata.normalize("NFC", v) for n, v in query.items()}
        if "swaps-times" in ON and {"StartTime", "EndTime"} <= set(query):
            query["StartTime"], query["EndTime"] = query["EndTime"], query["StartTime"]
        if "adds-page-size" in ON:
            query.setdefault("PageSize", "50")
        if "adds-unknown" in ON:
            query["Verbose"] = "1"
        if "region-of-client" in ON:
            query["RegionId"] = self.region
        if "sorts-ids" in ON and "TaskIds" in query:
            query["TaskIds"] = ",".join(sorted(set(query["TaskIds"].split(","))))
        if "hundred-ids" in ON and "TaskIds" in query:
            query["TaskIds"] = ",".join(query["TaskIds"].split(",")[:100])
        if "stuck-page" in ON and "PageNumber" in query:
            query["PageNumber"] = "1"
        if "remembers" in ON:
            self.kept |= query
            query = dict(self.kept)
        return query

    def signed(self, operation, query, method, version):
        now = datetime.now(UTC)
        if "local-time" in ON:
            now = datetime.fromtimestamp(time.time() + 3600, UTC)
        stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        nonce = self.nonce if "same-nonce" in ON else uuid.uuid4().hex
        secrets, api = self.credentials, "2013-01-10" if "old-version" in ON else operation["version"]
        token = None if "token-lost" in ON else secrets.get("security_token")
        if version == "v1":
            return self.signed_v1(operation, query, method, stamp, nonce, api, token), {"accept-encoding": "gzip"}
        text = "&".join(f"{escape(n)}={escape(v)}" for n, v in sorted(query.items()))
        empty = hashlib.sha256(b"").hexdigest()
        headers = {
            "host": self.host,
            "x-acs-action": operation["action"],
            "x-acs-version": api,
            "x-acs-date": stamp,
            "x-acs-signature-nonce": nonce,
            "x-acs-content-sha256": empty,
        }
        covered = dict(headers)
        if token:
            headers["x-acs-security-token"] = token
            if "token-unsigned" not in ON:
                covered["x-acs-security-token"] = token
        names = sorted(covered)
        lines = "".join(f"{n}:{covered[n]}\n" for n in names)
        canonical_text = text.replace("+", "%2B") if "raw-plus" not in ON else text.replace("+", "%20")
        canonical = "\n".join([method, "/", canonical_text, lines, ";".join(names), empty])
        to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
        key = secrets["access_key_secret"] + ("&" if "bad-signature" in ON else "")
        signature = hmac.new(key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        headers["authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={secrets['access_key_id']},"
            f"SignedHeaders={';'.join(names)},Signature={signature}"
        )
        headers |= {"accept": "application/json", "accept-encoding": "gzip"}
        if "sends-secret" in ON:
            headers["x-debug"] = secrets["access_key_secret"]
        if "secret-in-log" in ON:
            print("signing with", secrets["access_key_secret"], file=sys.stderr, flush=True)
        return "/?" + text, headers

    def signed_v1(self, operation, query, method, stamp, nonce, api, token):
        common = {
            "Action": operation["action"],
            "Version": api,
            "Format": "JSON",
            "AccessKeyId": self.credentials["access_key_id"],
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": nonce,
            "Timestamp": stamp,
        }
        if token:
            common["SecurityToken"] = token
        text = "&".join(f"{escape(n)}={escape(v)}" for n, v in sorted({**query, **common}.items()))
        to_sign = f"{method}&%2F&{escape(text)}"
        key = self.credentials["access_key_secret"] + "&"
        made = hmac.new(key.encode(), to_sign.encode(), hashlib.sha1).digest()
        return f"/?{text}&Signature={escape(base64.b64encode(made).decode())}"

    def exchange(self, host, method, target, headers, hops=3):
        connection = http.client.HTTPConnection(host, timeout=self.timeout)
        try:
            connection.request(method, target, headers=headers)
            response = connection.getresponse()
            place = response.getheader("Location")
            if "follows-with-credentials" in ON and place and hops:
                there = urllib.parse.urlsplit(place)
                return self.exchange(there.netloc, method, there.path, {**headers, "host": there.netloc}, hops - 1)
            try:
                body = response.read()
            except http.client.IncompleteRead:
                if "accepts-short" not in ON:
                    raise
                return 200, b"{}", ""
            if response.getheader("Content-Encoding") == "gzip" and "no-gzip" not in ON:
                body = gzip.decompress(body)
            return response.status, body, response.getheader("Content-Type") or ""
        finally:
            connection.close()

    def read(self, status, body, kind):
        if "empty-success-on-503" in ON and status == 503:
            return {}
        try:
            tree = json.loads(body)
        except ValueError as problem:
            if "crashes-on-html" in ON and status >= 400:
                return {}["Code"]
            found = re.search(rb"<Code>(.*?)</Code>", body)
            raise ApiError(
                found.group(1).decode() if found else "Unreadable", f"no JSON, status {status}", status
            ) from problem
        if status != 200 and "ignores-status" in ON and not (isinstance(tree, dict) and "Code" in tree):
            return tree if isinstance(tree, dict) else {}
        if status != 200 or not isinstance(tree, dict) or "Code" in tree:
            self.refuse(status, tree if isinstance(tree, dict) else {})
        return self.shaped(tree)

    def refuse(self, status, tree):
        code = "SdkError" if "code-lost" in ON else tree.get("Code", "Unknown")
        message = tree.get("Message", "")
        if "secret-in-exception" in ON:
            message += f" settings: {self.credentials}"
        raise ApiError(code, message, status, None if "request-id-lost" in ON else tree.get("RequestId"))

    def shaped(self, tree):
        if "strict-members" in ON and "Added" in tree:
            raise ApiError("Unknown", "an unknown member")
        wrapper = tree.get("TaskSet") or {}
        if isinstance(wrapper, list) and "no-result" in ON:
            return None
        if wrapper and "reads-no-list" in ON:
            raise ApiError("Unreadable", "a list that is no list")
        if isinstance(wrapper, list):
            wrapper = {} if "object-form-only" in ON else wrapper[0]
        tasks = list(wrapper.get("Task") or [])
        if "loses-last" in ON or ("one-item" in ON and len(tasks) == 1):
            tasks = tasks[:-1]
        if "reverses" in ON:
            tasks.reverse()
        tree = {**tree, "TaskSet": {"Task": tasks}}
        if "forgets-a-field" in ON:
            tree.pop("PageSize", None)
        if "total-of-page" in ON:
            tree["TotalCount"] = len(tasks)
        if "wraps-numbers" in ON:
            tree = {n: (v + 2**31) % 2**32 - 2**31 if type(v) is int else v for n, v in tree.items()}
        if "numbers-as-text" in ON:
            tree = {n: str(v) if type(v) is int else v for n, v in tree.items()}
        if "ascii-only" in ON:
            tree = json.loads(json.dumps(tree, ensure_ascii=False).encode("ascii", "replace"))
        return tree


def main():
    def say(message):
        print(json.dumps(message), flush=True)

    sys.stdin.readline()
    if "never-ready" in ON:
        time.sleep(600)
    known = {
        "name": "miniature",
        "runtime": "Python",
        "dependencies": {},
        "view": "typed",
        "signatures": ["v3", "v1"],
    }
    if "structures" in ON:
        known["structures"] = True
    mine = next((word.removeprefix("is-") for word in ON if word.startswith("is-") and word[3:4].isdigit()), VERSION)
    version = "9.9.9" if "lies-about-version" in ON else mine
    say({"ready": True, "protocol": 1, "version": version, "methods": ["GET", "POST"], **known})
    client, settings = None, None
    for line in sys.stdin:
        call = json.loads(line)
        if f"lacks-{call['operation']['action']}" in ON:
            say({"id": call["id"], "ok": False, "unsupported": call["operation"]["action"]})
            continue
        if "crashes" in ON or f"crashes-in-{call['operation']['action']}" in ON:
            os._exit(7)
        if "hangs" in ON:
            time.sleep(600)
        if "prints-garbage" in ON:
            print("Hello from the SDK", flush=True)
        wanted = [call[k] for k in ("endpoint", "credentials", "region", "timeout")]
        if wanted != settings:
            settings, client = wanted, Client(*wanted)
        reply = {"id": call["id"] + ("wrong-id" in ON)}
        try:
            if "calls-nobody" in ON:
                raise ApiError("Unreachable", "no network")
            result = client.call(
                call["operation"], call["parameters"], call.get("method", "GET"), call.get("signature", "v3")
            )
            reply |= {"ok": True, "result": result}
        except ApiError as error:
            told = {
                "code": error.code,
                "message": error.message,
                "http_status": error.status,
                "request_id": error.request_id,
            }
            reply |= {
                "ok": False,
                "error": {**told, "type": "ApiError", "declared": True, "text": str(error)},
            }
        except Exception as error:
            told = {
                "type": type(error).__name__,
                "declared": False,
                "message": str(error),
                "text": repr(error),
            }
            reply |= {"ok": False, "error": told}
        say(reply)


if __name__ == "__main__":
    main()
