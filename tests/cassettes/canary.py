"""What the canary test is made of: secrets, an endpoint that repeats what it is sent, a driver that leaks what it is
given, and the search.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit
from xml.sax.saxutils import escape, quoteattr

# the token shares no word with the name of its header, which stays where the token goes
KEY, SECRET, TOKEN = "canary-key-4711", "canary+secret/with=odd&zones", "canary-ticket~%25 4711"
ACCOUNT = "1234567890123456"
COOKIE = "canary-cookie-value"
PASSWORD = "canary-password-of-nobody"
OTHER_KEY = "LTAI5tCanaryCanaryCanary"
ENVIRONMENT = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": KEY,
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET,
    "ALIBABA_CLOUD_SECURITY_TOKEN": TOKEN,
}


class Echo(BaseHTTPRequestHandler):
    """Answers with a result or an error that repeats everything that it was sent, under its name and without."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    signatures: set[str]
    count = 0

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""

    def _answer(self, body: bytes) -> None:
        type(self).count += 1
        sent = dict(parse_qsl(urlsplit(self.path).query) + parse_qsl(body.decode()))
        authorization = self.headers.get("Authorization", "")
        signature = sent.get("Signature") or authorization.partition("Signature=")[2]
        if signature:
            self.signatures.add(signature)
        to_sign = f"{self.command}&%2F&{quote(self.path, safe='')}&{quote(quote(self.path, safe=''), safe='')}"
        message = f"The server string to sign is: {to_sign} and the signature {signature} does not match"
        echo = {
            "url": self.path, "body": body.decode(), "headers": [f"{k}: {v}" for k, v in self.headers.items()],
            "authorization": authorization, "plain": [signature, KEY, SECRET, TOKEN], "form": quote(SECRET, safe=""),
            "AccessKeyId": OTHER_KEY, "OwnerId": int(ACCOUNT), "AccountId": ACCOUNT,
            "arn": f"acs:ram::{ACCOUNT}:role/x", "cookie": f"Cookie: {COOKIE}",
            "sent": {"Cookie": f"session={COOKIE}", "Proxy-Authorization": f"Basic {PASSWORD}"},
            "inner": json.dumps(json.dumps({"Password": f'"{PASSWORD}', "OwnerId": ACCOUNT})),
            "lower": quote(SECRET, safe="").replace("%2F", "%2f"), "spaced": quote_plus(TOKEN),
            "address": f"http://someone:{PASSWORD}@127.0.0.1/",
            "escaped": [escaped_in_part(text) for text in (SECRET, TOKEN, signature or KEY)],
        }  # fmt: skip
        refused = type(self).count % 3 != 1  # a run begins with a result, and soon gets none where one is due
        if refused:
            root, answer = "Error", {"RequestId": "r", "HostId": "h", "Code": "SignatureDoesNotMatch"}
            answer |= {"Message": message, "Echo": echo}
        else:
            root, task = "DescribeTasksResponse", {"TaskId": f"t-{KEY}", "TaskStatus": message, "OwnerId": ACCOUNT}
            answer = {"RequestId": SECRET, "TotalCount": 1, "PageNumber": 1, "PageSize": 10, "RegionId": "cn-hangzhou"}
            answer |= {"TaskSet": {"Task": [task]}, "Echo": echo}
        as_xml = "xml" in (sent.get("Format", "") + self.headers.get("Accept", "")).lower()
        self._send(400 if refused else 200, xml(root, answer) if as_xml else json.dumps(answer).encode(), as_xml)

    def _send(self, status: int, data: bytes, as_xml: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml" if as_xml else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Set-Cookie", f"session={COOKIE}")
        self.send_header("X-Echo", self.headers.get("Authorization", "none"))
        self.send_header("X-Owner", f"acs:ecs:cn:{ACCOUNT}:task/1")
        self.send_header("Link", f"<http://someone:{PASSWORD}@127.0.0.1/{quote(SECRET, safe='')}>")
        self.end_headers()
        self.wfile.write(data)


def escaped_in_part(text: str) -> str:
    """A text of which every second character has an escape: one of five by turns, some of them within another."""
    ways = ("\\u{:04x}", "%{:02x}", "&#{};", "&amp;#x{:x};", "%5Cx{:02x}")
    return "".join(sign if n % 2 else ways[n // 2 % len(ways)].format(ord(sign)) for n, sign in enumerate(text))


def xml(name: str, value: Any) -> bytes:
    """The value as elements; some texts stand in an attribute as well, and accounts in a CDATA section."""
    return f'<?xml version="1.0" encoding="UTF-8"?>{_element(name, value)}'.encode()


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if isinstance(value, dict):
        return f"<{name}>{''.join(_element(n, v) for n, v in value.items())}</{name}>"
    if name in ("AccountId", "OwnerId"):
        return f'<{name} OwnerId="{value}" Password="{PASSWORD}"><![CDATA[{value}]]></{name}>'
    told = f" told={quoteattr(value)}" if name in ("authorization", "plain") else ""
    return f"<{name}{told}>{escape(str(value))}</{name}>"


@contextmanager
def echoing() -> Iterator[tuple[str, set[str]]]:
    """The address of the echoing endpoint while it runs, and the signatures that reach it."""
    Echo.signatures = set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", Echo.signatures
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# a driver that notes what it is given in a file (its first word), and says it in place of an answer; as what is shown
# of an answer is cut, the cut goes through the secret
BABBLING_DRIVER = """
import json, sys
sys.stdin.readline()
about = {"name": "babbler", "version": "1", "runtime": "Python", "dependencies": {}, "view": "typed"}
print(json.dumps({"ready": True, "protocol": 1, **about}), flush=True)
for line in sys.stdin:
    with open(sys.argv[1], "a") as notes:
        notes.write(line)
    secret = json.loads(line)["credentials"]["access_key_secret"]
    print(secret.ljust(100), secret, flush=True)
"""
# a driver that notes what it is given in a file (its first word), and hands the secret on in results and errors
LEAKING_DRIVER = """
import json, runpy, sys
notes, miniature, *faults = sys.argv[1:]
given, stdin, stdout = open(notes, "a"), sys.stdin, sys.stdout
class Told:
    secret = "none"
    def readline(self):
        return stdin.readline()
    def __iter__(self):
        for line in stdin:
            given.write(line)
            given.flush()
            Told.secret = json.loads(line)["credentials"]["access_key_secret"]
            yield line
class Telling:
    def write(self, text):
        stdout.write(text.replace('"ExportImage"', json.dumps(Told.secret)))
    def flush(self):
        stdout.flush()
sys.stdin, sys.stdout, sys.argv = Told(), Telling(), [miniature, *faults]
runpy.run_path(miniature, run_name="__main__")
"""


def given(notes: Path) -> set[str]:
    """The credentials that the driver was given."""
    calls = (json.loads(line) for line in notes.read_text("utf-8").splitlines())
    return {value for call in calls for value in call["credentials"].values()}


def forms(secret: str) -> set[bytes]:
    """A secret as it may be written: plain, in JSON, in XML, percent-encoded once and twice, in base 64."""
    once = quote(secret, safe="~")
    texts = {secret, once, quote(once, safe="~"), json.dumps(secret)[1:-1], quote(secret), quote(secret, safe="")}
    texts |= {escape(secret), secret.replace("/", "\\/"), escape(secret, {'"': "&quot;", "'": "&#39;"})}
    return {t.encode() for t in texts} | {base64.b64encode(secret.encode())}


SPELLINGS = (
    "{:02x}", "{:02x} ", "{:02x}:", "{}, ", "{},", "\\x{:02x}", "\\u{:04x}", "\\\\u{:04x}", "%{:02x}", "%25{:02x}",
    "&#{};", "&#x{:x};", "&amp;#{};",
)  # fmt: skip


def pieces(folder: Path, secrets: Iterable[str], said: Mapping[str, str], length: int = 8) -> set[tuple[str, str]]:
    """Where any so many characters in a row of a secret stand, in whatever capitals, in any form of `forms`, backwards,
    or each spelt as a number or an escape.
    """
    known = {secret for secret in secrets if len(secret) >= length}
    written = {form.lower() for s in known for form in forms(s)} | {s[::-1].lower().encode() for s in known}
    cut = {form[n : n + length] for form in written for n in range(len(form) - length + 1)}
    for secret in known | {secret.upper() for secret in known} | {secret[::-1] for secret in known}:
        data = secret.encode()
        runs = [data[n : n + length] for n in range(len(data) - length + 1)]
        cut |= {"".join(way.format(byte) for byte in run).rstrip(" ,:").encode() for run in runs for way in SPELLINGS}
    begins: dict[bytes, list[bytes]] = {}
    for piece in cut:
        begins.setdefault(piece[:length], []).append(piece)
    found = set()
    texts = texts_of(folder, said)
    for name, text in (*texts.items(), *((f"{n} (without escapes)", without_escapes(t)) for n, t in texts.items())):
        data = text.lower()
        windows = {data[n : n + length] for n in range(len(data) - length + 1)}
        found |= {
            (name, piece.decode()) for begin in begins.keys() & windows for piece in begins[begin] if piece in data
        }
    return found


def without_escapes(data: bytes) -> bytes:
    """What is left when whoever reads it takes each escape for its character, in whatever order they were made."""
    text = data.decode("utf-8", "surrogateescape")
    for _ in range(4):
        text = unquote(html.unescape(text), errors="surrogateescape")
        text = re.sub(r"(?i)\\+(?:u([0-9a-f]{4})|x([0-9a-f]{2}))", lambda sign: chr(int(sign[1] or sign[2], 16)), text)
    return text.encode("utf-8", "surrogatepass")


def leaks(folder: Path, secrets: Iterable[str], said: Mapping[str, str]) -> set[tuple[str, str]]:
    """Where any of the secrets stands, and how it is written there: in the files of a folder and their names, also
    inside of those that are compressed, and in what was said on a terminal.
    """
    texts = texts_of(folder, said)
    anything = re.compile(b"|".join(re.escape(form) for secret in secrets for form in forms(secret)))
    return {(name, found[0].decode()) for name, data in texts.items() if (found := anything.search(data))}


def texts_of(folder: Path, said: Mapping[str, str]) -> dict[str, bytes]:
    """What a folder holds, also inside of files that are compressed and in names, and what was said."""
    texts = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    texts |= {f"{n} (decompressed)": gzip.decompress(d) for n, d in texts.items() if n.endswith(".gz")}
    texts["the names of files"] = "\n".join(str(p.relative_to(folder)) for p in folder.rglob("*")).encode()
    return texts | {f"the output of {name}": text.encode() for name, text in said.items()}
