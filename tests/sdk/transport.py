"""How the miniature SDK sends a request: over TLS, through a proxy, at once with others; wrong as faults.py says."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import socket
import ssl
import sys
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

ON = set(sys.argv[1:])
EMPTY = 200, b"{}", {}


class Transport:
    """`keeps` is set while calls are made at once: each thread then keeps its connection."""

    def __init__(self, endpoint, timeout, token):
        self.scheme, _, self.host = endpoint.partition("://")
        self.timeout, self.token = 30 if "no-timeout" in ON else timeout, token
        self.keeps, self.local, self.rest, self.unparsed = False, threading.local(), b"", False
        self.size = 0

    def exchange(self, method, target, headers):
        """Status, body and headers by lower-case names. Raises OSError and HTTPException."""
        try:
            return self.followed(self.host, method, target, headers)
        except (OSError, http.client.HTTPException):
            if "token-hides-failure" in ON and self.token:
                return EMPTY
            raise

    def followed(self, host, method, target, headers, hops=0):
        status, body, got = self.once(host, method, target, dict(headers, **dated()))
        place = got.get("location")
        if not place:
            return status, body, got
        there = urllib.parse.urlsplit(place)
        away, next_target = bool(there.netloc), urllib.parse.urlunsplit(("", "", there.path, there.query, ""))
        if away and "believes-anybody" in ON:
            return self.once(there.netloc, "GET", there.path, {})
        goes = "follows-with-credentials" in ON or ("follows-without-token" in ON and not self.token)
        if away and goes and hops < 3:
            return self.followed(there.netloc, method, there.path, {**headers, "host": there.netloc}, hops + 1)
        if not away and "same-host-is-empty" in ON:
            return EMPTY
        if not away and "circle-is-empty" in ON:
            return EMPTY if hops == 5 else self.followed(host, method, next_target, headers, hops + 1)
        return status, body, got

    def once(self, host, method, target, headers):
        proxy = via_proxy(host)
        if proxy:
            host, target = proxy, f"http://{host}{target}"
            if "proxy-loses-a-parameter" in ON:
                target = target.partition("&")[0]
        if "takes-what-follows" in ON:
            return self.raw(host, method, target, headers)
        connection = self.connection(host)
        kept = False
        try:
            if "reads-to-the-end" in ON:
                headers = {**headers, "connection": "close"}
            connection.request(method, target, headers=headers)
            response = connection.getresponse()
            kept = self.keeps and not response.will_close
            body = self.body(response)
            self.size = len(body or b"")
            got = {name.lower(): value for name, value in response.getheaders()}
        finally:
            if not kept:
                connection.close()
                self.local.connection = None
        if proxy and response.status == 407 and "proxy-refusal-is-empty" in ON:
            return EMPTY
        if body is None:
            return EMPTY
        coding = got.get("content-encoding")
        if coding == "gzip" and "no-gzip" not in ON:
            body = gzip.decompress(body)
        unread = "unread-coding-is-empty" if response.status == 200 else "unread-coding-of-error"
        return EMPTY if coding == "deflate" and unread in ON else (response.status, body, got)

    def connection(self, host):
        if self.keeps and getattr(self.local, "connection", None):
            return self.local.connection
        if self.scheme == "https":
            made = http.client.HTTPSConnection(host, timeout=self.timeout, context=trust())
        else:
            made = http.client.HTTPConnection(host, timeout=self.timeout)
        if self.keeps:
            self.local.connection = made
        return made

    def body(self, response):
        """None for one that was given up and is taken for empty."""
        if "reads-to-the-end" in ON:
            response.length = None
        if "cuts-slow-bodies" in ON:
            ends, body = time.monotonic() + self.timeout, b""
            while piece := response.read1():
                body += piece
                if time.monotonic() > ends:
                    return None
            return body
        try:
            return response.read()
        except http.client.IncompleteRead as cut:
            if "accepts-short-whole" in ON or ("unparsed-accepts-short" in ON and self.unparsed):
                return cut.partial
            if "accepts-short" in ON:
                return None
            raise

    def raw(self, host, method, target, headers):
        """Without looking whether anything is there that nobody asked for."""
        if getattr(self.local, "socket", None) is None:
            name, _, port = host.partition(":")
            self.local.socket = socket.create_connection((name, int(port)), timeout=self.timeout)
        lines = "".join(f"{name}: {value}\r\n" for name, value in {"host": host, **headers}.items())
        self.local.socket.sendall(f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode())
        while b"\r\n\r\n" not in self.rest:
            self.rest += self.local.socket.recv(65536)
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        first, *others = head.decode().split("\r\n")
        got = dict(line.lower().split(": ", 1) for line in others)
        length = int(got["content-length"])
        while len(self.rest) < length:
            self.rest += self.local.socket.recv(65536)
        body, self.rest = self.rest[:length], self.rest[length:]
        return int(first.split()[1]), body, got

    def at_once(self, burst, one):
        """The results of calls of `one` by threads, or by forked processes."""
        if burst["by"] == "threads":
            self.keeps = "many-connections" not in ON
            with ThreadPoolExecutor(burst["workers"]) as pool:
                found = [f.result() for f in [pool.submit(one) for _ in range(burst["calls"])]]
            self.keeps = False
            if "shares-answers" in ON:
                found[1::5] = found[0::5][: len(found[1::5])]
            if "mixes-answers" in ON:
                found[1::5] = [{**result, "TaskSet": {"Task": []}} for result in found[1::5]]
            return found
        readers = [self.forked(burst["calls"] // burst["workers"], one) for _ in range(burst["workers"])]
        found = []
        for reader, child in readers:
            with os.fdopen(reader) as stream:
                found += json.loads(stream.read())
            os.waitpid(child, 0)
        return found

    def forked(self, calls, one):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.write(writer, json.dumps([one() for _ in range(calls)]).encode())
            finally:
                os._exit(0)
        os.close(writer)
        return reader, child


def via_proxy(host):
    """The proxy to go through: the miniature goes through none, unless it is to do so wrongly."""
    if not ON & {"proxy-loses-a-parameter", "ignores-no-proxy", "proxy-refusal-is-empty"}:
        return None
    excluded = host.partition(":")[0] in os.environ.get("NO_PROXY", "").split(",") and "ignores-no-proxy" not in ON
    return None if excluded else os.environ.get("HTTP_PROXY", "").partition("://")[2] or None


def trust():
    """By the variables of OpenSSL, as most programs."""
    context = ssl.create_default_context()
    if "own-authorities-only" in ON:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if "ignores-dates" in ON:
        context.verify_flags |= 0x200000  # X509_V_FLAG_NO_CHECK_TIME
    if ON & {"trusts-any-host", "trusts-anybody"}:
        context.check_hostname = False
    if "trusts-anybody" in ON:
        context.verify_mode = ssl.CERT_NONE
    return context


def dated():
    if "local-date" in ON:
        return {"date": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.localtime())}
    if "speaks-german" in ON:
        english = formatdate(usegmt=True)
        german = {"Mon": "Mo", "Tue": "Di", "Wed": "Mi", "Thu": "Do", "Fri": "Fr", "Sat": "Sa", "Sun": "So"}
        return {"date": german[english[:3]] + english[3:]} if os.environ.get("LC_ALL", "").startswith("de") else {}
    return {}
