"""A tiny SDK with its driver in one file, right by default; `miniature.py FAULT...` makes it wrong in the named ways.

The faults are listed in faults.py with the requirement that is meant to catch each, and what is wrong.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import itertools
import json
import os
import random
import re
import sys
import time
import urllib.parse
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from faults import VERSION
from transport import Transport

SOWN, COUNTED = random.Random(), itertools.count(100000)
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
            for n, one in enumerate(value, 1):
                lost = "last-structure-only" in ON if n == 1 else "first-structure-only" in ON
                yield from flat({} if lost else one, f"{path}{name}.{n}.")
        else:
            yield f"{path}{name}", value


class Client:
    def __init__(self, endpoint, credentials, region, timeout):
        self.host, self.credentials, self.region = endpoint.partition("//")[2], credentials, region
        self.transport = Transport(endpoint, timeout, credentials.get("security_token"))
        self.nonce, self.kept, self.answers, self.repeated = uuid.uuid4().hex, {}, {}, False
        self.failed = {}

    def call(self, operation, parameters, method, version):
        query = self.adjusted(parameters | self.failed if self.failed else parameters)
        self.failed = {}
        if ON & {"makes-up-tokens", "one-token"} and not operation["action"].startswith(("Describe", "List")):
            query.setdefault("ClientToken", str(uuid.uuid4()) if "makes-up-tokens" in ON else "token-of-the-sdk")
        if "asks-once" in ON and self.answers:
            return next(iter(self.answers.values()))
        if "keeps-answers" in ON and (known := self.answers.get(json.dumps(query))) is not None:
            return known
        attempts, refused = 12 if "throttled-for-ever" in ON else 3, "retry-refused" in ON
        reads = operation["action"].startswith(("Describe", "List")) or bool(
            ON & {"repeats-what-changes", "repeats-the-bytes"}
        )
        unanswered = False
        for attempt in range(attempts):
            if attempt == 0 or not ("retry-same-nonce" in ON or (unanswered and "repeats-the-bytes" in ON)):
                self.repeated = unanswered and "retry-old-nonce" in ON
                target, headers = self.signed(operation, query, method, version)
            unanswered = False
            try:
                status, body, got = self.transport.exchange(method, target, headers)
            except (OSError, http.client.HTTPException) as problem:
                if reads and attempt + 1 < attempts and not isinstance(problem, TimeoutError):
                    unanswered = isinstance(problem, ConnectionError)
                    continue
                raise ApiError("Unreachable", f"{type(problem).__name__} {problem}") from problem
            throttled = "throttled-for-ever" in ON and b"Throttling" in body
            if status == 400 and "keeps-what-failed" in ON:
                self.failed = parameters
            if attempt + 1 < attempts and (status >= 500 or throttled or (refused and status >= 400)):
                waits = random.uniform(0.01, 0.05) if "waits-with-jitter" in ON else 0
                time.sleep(0 if "in-haste" in ON else max(waits, int(got.get("retry-after", 0))))
                continue
            found = self.answers[json.dumps(query)] = self.read(status, body, got)
            return found
        raise AssertionError("the last attempt returns or raises")

    def adjusted(self, given):
        query = {}
        if "uses-up-parameters" in ON:
            callers, given = given, dict(given)
            callers.pop("TaskStatus", None)
        for name, value in flat(given):
            if f"loses-{name}" in ON or (value is None and "null-as-none" not in ON):
                continue
            if ("drops-false" in ON and value is False) or ("drops-zero" in ON and value == 0 and value is not False):
                continue
            if type(value) is int:
                value = narrow(value, "parameters")
            if isinstance(value, bytes) and "refuses-bytes" in ON:
                raise ApiError("Mistyped", f"{name} is text")
            if isinstance(value, bytes) and "prints-bytes" not in ON:
                value = base64.b64encode(value).decode() if "bytes-in-base64" in ON else value.decode()
            if isinstance(value, list) and "sorts-lists" in ON:
                value = sorted(value)
            if isinstance(value, list) and "nine-of-a-list" in ON:
                value = value[:9]
            if isinstance(value, list) and "prints-lists" not in ON:
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
        if "sends-defaults" in ON:
            query = {"PageNumber": "1", "PageSize": "10", **query}
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
        if "local-clock" in ON:
            now = now.astimezone()
        if self.repeated:
            now += timedelta(seconds=1)  # as of a moment later
        if "buddhist-year" in ON and os.environ.get("LC_ALL", "").startswith("th"):
            now = now.replace(year=now.year + 543)
        stamp, nonce = now.strftime("%Y-%m-%dT%H:%M:%SZ"), self.fresh()
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
        if "sends-secret-in-base64" in ON:
            headers["x-debug"] = base64.b64encode(f"id:{secrets['access_key_secret']}:".encode()).decode()
        if "secret-logged-in-base64" in ON:
            print(base64.b64encode(f"k:{secrets['access_key_secret']}".encode()).decode(), file=sys.stderr, flush=True)
        if "secret-in-log" in ON:
            print("signing with", secrets["access_key_secret"], file=sys.stderr, flush=True)
        return "/?" + text, headers

    def fresh(self):
        if "same-nonce" in ON or self.repeated:
            return self.nonce
        self.nonce = self.drawn()
        return self.nonce

    def drawn(self):
        if "clock-nonces" in ON:
            return uuid.uuid1().hex
        if "counting-nonces" in ON:
            return f"{os.getpid()}-{next(COUNTED)}"
        if "nonces-of-the-second" in ON:
            return f"{random.Random(int(time.time())).getrandbits(128):x}"
        return f"{SOWN.getrandbits(128):032x}" if "forked-nonces" in ON else uuid.uuid4().hex

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

    def read(self, status, body, got):
        if "empty-success-on-503" in ON and status == 503:
            return {}
        if self.transport.unparsed and status == 200:
            if "unparsed-as-text" in ON:
                body = body.decode("utf-8", "replace").encode()
            if "unparsed-without-layout" in ON:
                body = b" ".join(body.split())
            return {"bytes": base64.b64encode(body).decode()}
        kind = got.get("content-type", "")
        if "problem-is-success" in ON and "problem" in kind:
            return {}
        charset = kind.partition("charset=")[2].strip('"') or "utf-8"
        try:
            text = body.decode("utf-8" if "strict-utf-8" in ON else charset)
        except UnicodeDecodeError:
            if "undecoded-is-empty" in ON:
                return {}
            text = "" if "strict-utf-8" in ON else body.decode(charset, "replace")
        if "undecoded-is-empty" in ON and charset != "utf-8" and kind.lower() != "application/json;charset=utf-8":
            return {}
        try:
            tree = json.loads(text)
        except ValueError as problem:
            if "crashes-on-html" in ON and status >= 400:
                return {}["Code"]
            found = re.search("<Code>(.*?)</Code>", text)
            told = None if "status-of-pages-lost" in ON else status
            raise ApiError(found.group(1) if found else "Unreadable", "no JSON", told) from problem
        if status != 200 and "ignores-status" in ON and not (isinstance(tree, dict) and "Code" in tree):
            return tree if isinstance(tree, dict) else {}
        if status != 200 or not isinstance(tree, dict) or "Code" in tree:
            return self.refuse(status, tree if isinstance(tree, dict) else {}, got)
        return self.shaped(tree)

    def refuse(self, status, tree, got):
        if "odd-error-is-success" in ON and not all(isinstance(tree.get(n, ""), str) for n in ("Code", "Message")):
            return {}
        lost = "code-lost" in ON or ("throttled-403-lost" in ON and status == 403)
        lost |= "retry-after-hides-code" in ON and "retry-after" in got
        lost |= "token-hides-code" in ON and "security_token" in self.credentials
        lost |= "one-media-type" in ON and not got.get("content-type", "").startswith("application/json")
        code = "SdkError" if lost else str(tree.get("Code", "Unknown"))
        message = str(tree.get("Message", "")) + "".join(self.told())
        said = None if "status-lost" in ON or ("status-of-pages-lost" in ON and "Code" not in tree) else status
        raise ApiError(code, message, said, None if "request-id-lost" in ON else tree.get("RequestId"))

    def told(self):
        secret, token = self.credentials["access_key_secret"], self.credentials.get("security_token", "")
        if "secret-in-exception" in ON:
            yield f" settings: {self.credentials}"
        if "token-in-exception" in ON:
            yield f" settings: {token}"
        if "token-in-escapes" in ON:
            yield "".join(c if c.isalnum() else f"\\u{ord(c):04x}" for c in token)
        if "secret-in-base64" in ON:
            yield " Basic " + base64.b64encode(f"{self.credentials['access_key_id']}:{secret}".encode()).decode()
        if "secret-in-hex" in ON:
            yield secret.encode().hex()

    def shaped(self, tree):
        if "trims-answers" in ON:
            tree = texts(tree, str.strip)
        if "null-text-is-none" in ON:
            tree = texts(tree, lambda text: None if text == "null" else text)
        if "typed-times" in ON:
            times(tree)
        if "guesses-types" in ON:
            tree = texts(tree, lambda text: int(text) if text.isdigit() else text)
        lost = {word.removeprefix("knows-no-") for word in ON if word.startswith("knows-no-")}
        if lost:
            tree = without(tree, lost)
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
        if "drops-odd-items" in ON:
            tasks = [task for task in tasks if "\ufffd" not in json.dumps(task, ensure_ascii=False)]
        if "drops-items-with-lists" in ON:
            tasks = [task for task in tasks if not any(isinstance(value, list) for value in task.values())]
        if "pages-of-64-kb" in ON and self.transport.size > 1 << 16:
            tasks = tasks[:50]
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
        if ON & {"wraps-long-answers", "answers-are-doubles", "refuses-odd-answers"}:
            tree = integers(tree)
        if "numbers-as-text" in ON:
            tree = {n: str(v) if type(v) is int else v for n, v in tree.items()}
        if "loses-duplicates" in ON:
            tree["TaskSet"] = {"Task": list({t.get("TaskAction"): t for t in tasks}.values())}
        if "ascii-only" in ON:
            tree = json.loads(json.dumps(tree, ensure_ascii=False).encode("ascii", "replace"))
        if "without-wrappers" in ON:
            tree["TaskSet"] = tree["TaskSet"]["Task"]
        if "leaves-out-nothing" in ON:
            tree = {n: v for n, v in tree.items() if v not in (None, "")}
        return camel(tree) if "camel-case" in ON else tree


def narrow(value, where):
    """A number as a language has it whose integers are of 32 bits, or are floating numbers."""
    if f"refuses-odd-{where}" in ON and int(float(value)) != value:
        raise ApiError("OutOfRange", f"{value} has no place here")
    if f"{where}-are-doubles" in ON:
        return int(float(value))
    return (value + 2**31) % 2**32 - 2**31 if f"wraps-long-{where}" in ON else value


def integers(tree):
    """The tree with each integer of it narrowed."""
    if isinstance(tree, list):
        return [integers(one) for one in tree]
    if isinstance(tree, dict):
        return {n: integers(v) for n, v in tree.items()}
    return narrow(tree, "answers") if type(tree) is int else tree


def camel(tree):
    """The members as a language with other customs names them: taskSet, taskId."""
    if isinstance(tree, list):
        return [camel(one) for one in tree]
    return {n[:1].lower() + n[1:]: camel(v) for n, v in tree.items()} if isinstance(tree, dict) else tree


def times(tree):
    """What a language does that has a type for times: what is none is an error."""
    for name, value in tree.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                times(one)
            elif name.endswith("Time") and one:
                try:
                    datetime.fromisoformat(one)
                except (TypeError, ValueError) as problem:
                    raise ApiError("Unreadable", f"{name} is no time") from problem


def texts(tree, change):
    """The tree with each text of it changed."""
    if isinstance(tree, list):
        return [texts(one, change) for one in tree]
    if isinstance(tree, dict):
        return {n: texts(v, change) for n, v in tree.items()}
    return change(tree) if isinstance(tree, str) else tree


def without(tree, names):
    """What a typed model hands out that has no members of these names."""
    if isinstance(tree, list):
        return [without(one, names) for one in tree]
    return {n: without(v, names) for n, v in tree.items() if n not in names} if isinstance(tree, dict) else tree


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
    if "of-the-first" not in ON:
        known |= {"protocol": 2, "can": ["nulls", "bytes", "raw", "threads", "processes", "tls"]}
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
        if "bytes" in call and "takes-no-bytes" in ON:
            why = {"by": "language", "because": "it is a String, which takes no byte[]"}
            say({"id": call["id"], "ok": False, "unsupported": ", ".join(call["bytes"]), **why})
            continue
        call["parameters"] |= {name: call["parameters"][name].encode() for name in call.get("bytes", ())}
        unknown = [name for name, _ in flat(call["parameters"]) if f"cannot-give-{name}" in ON]
        if unknown:
            say({"id": call["id"], "ok": False, "unsupported": ", ".join(unknown)})
            continue
        inexact = [name for name, _ in flat(call["parameters"]) if f"cannot-express-{name}" in ON]
        if inexact:
            say({"id": call["id"], "ok": False, "unsupported": ", ".join(inexact), "by": "driver"})
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
        client.transport.unparsed = call.get("raw", False)
        reply = {"id": call["id"] + ("wrong-id" in ON)}
        try:
            if "calls-nobody" in ON:
                raise ApiError("Unreachable", "no network")
            words = call["operation"], call["parameters"], call.get("method", "GET"), call.get("signature", "v3")
            if "burst" in call:
                result = client.transport.at_once(call["burst"], partial(client.call, *words))
            else:
                result = client.call(*words)
            reply |= {"ok": True, "result": result}
        except ApiError as error:
            if "swallows-errors" in ON:
                say(reply | {"ok": True, "result": {}})
                continue
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
