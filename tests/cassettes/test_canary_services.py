"""The same canaries, in commands over whole services and in those that ask nobody: no secret is in what they write."""

from __future__ import annotations

import base64
import gzip
import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import chdir
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from attrs import define, evolve, field
from click.testing import CliRunner

from conformance.cli import main
from tests.cassettes.canary import (
    ENVIRONMENT,
    KEY,
    LEAKING_DRIVER,
    SECRET,
    TOKEN,
    echoing,
    escaped_in_part,
    given,
    leaks,
    pieces,
)
from tests.cli.conftest import NO_KEY
from tests.fair import fair_in, served

MINIATURE = Path(__file__).parents[1] / "sdk" / "miniature.py"
PAGES = Path(__file__).parents[1] / "derive" / "pages"
PASSWORD = "kW7zq5rTy-of-no-user"
# nothing in it is a part of another secret, or of what anybody says
HEADER = "zq7/gate+XW3vT9=kettle91"
SECRETS = (KEY, SECRET, TOKEN, HEADER, PASSWORD)
FORMS = (
    lambda text: text,
    str.upper,
    lambda text: text[::-1],
    lambda text: text[3:14],
    lambda text: quote(text, safe=""),
    lambda text: "".join(f"%{ord(sign):02X}" for sign in text),
    lambda text: text.encode().hex(),
    lambda text: text.encode().hex(" ").upper(),
    lambda text: base64.b64encode(b"user:" + text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(b"u:" + text.encode()).decode(),
    lambda text: json.dumps(json.dumps(text)),
    lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
    lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    lambda text: ", ".join(str(sign) for sign in text.encode()),
    escaped_in_part,
    lambda text: text[:9] + f"\\x{ord(text[9]):02x}" + text[10:],
)


def spelt() -> list[str]:
    """Every secret in every form."""
    return [form(secret) for form in FORMS for secret in SECRETS]


@define
class Parrot:
    """An application that says secrets in good answers and in errors: in ids, names, codes, messages and headers."""

    application: object
    said: count = field(factory=count)

    def respond(self, request):
        response, words = self.application.respond(request), spelt()

        def word(found: re.Match[bytes]) -> bytes:
            return found[1] + json.dumps(words[next(self.said) % len(words)])[1:-1].encode() + found[3]

        body = re.sub(rb'("(?:RequestId|StallName|Code|Message|HostId)": ?")([^"]*)(")', word, response.body)
        body = re.sub(rb"(<(?:RequestId|StallName|Code|Message|HostId)>)([^<]*)(<)", word, body)
        header = ("X-Echo", words[next(self.said) % len(words)].replace("\n", ""))
        return evolve(response, body=body, headers=(*response.headers, header))

    def __getattr__(self, name):
        return getattr(self.application, name)


@define
class Written:
    """A folder in which commands have run, and what each said."""

    folder: Path
    said: dict[str, str] = field(factory=dict)

    def acs(self, *words: object, env: dict[str, str] | None = None) -> int:
        told = [*map(str, words)]
        with chdir(self.folder):
            done = CliRunner().invoke(main, told, env={**ENVIRONMENT, **(env or {})})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        # what a person typed is theirs; what was said of it is ours
        self.said[f"{told[0]} {len(self.said)}"] = done.output
        return done.exit_code

    def leaks(self, but=frozenset()) -> set[tuple[str, str]]:
        return pieces(self.folder, set(SECRETS) - but, self.said)


@pytest.fixture(scope="module")
def fair(tmp_path_factory):
    return fair_in(tmp_path_factory.mktemp("fair"))


@pytest.fixture
def written(tmp_path) -> Written:
    (tmp_path / "work").mkdir()
    return Written(tmp_path / "work")


def chosen(*names: str) -> list[str]:
    return [word for name in names for word in ("--operation", name)]


FEW = (*chosen("DescribeStalls"), "-k", "envelope.*", "--operation-budget", "15")
MORE = chosen("CreateStall", "DescribeStalls", "DeleteStall")


@pytest.mark.parametrize("few", [FEW, pytest.param(MORE, marks=pytest.mark.gate)], ids=["one operation", "a life"])
def test_no_secret_in_a_run_over_a_service_that_says_them(fair, written, few):
    header = tmp_header(written)
    words = (*few, "--max-examples", "1", "--seed", "1", *header)
    consent = ("--allow-changes", "--patience", "0.5", "--format", "json")
    with served(fair) as endpoint:
        endpoint.application = Parrot(endpoint.application)
        run = ("endpoint", endpoint.url, "--service", fair.folder, *words)
        if few is MORE:
            assert written.acs(*run, *consent, "--report-dir", "live") in (1, 3)
            assert written.acs("clean", "live", "--patience", "1", *header) in (0, 2, 3)
        with echoing() as (echo, _):
            assert written.acs(*run, "--against", echo, "--format", "json", "--report-dir", "compared") in (1, 3)
    assert "REDACTED" in "".join(text_of(p) for p in written.folder.rglob("*.json*"))
    assert not written.leaks(but={PASSWORD}), "it was in nothing that the run was given"


def text_of(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()


def tmp_header(written: Written) -> tuple[str, ...]:
    """The option of a header whose value is a secret, out of a file beside the folder of what is written."""
    file = written.folder.parent / "headers"
    file.write_text(f"X-Gate: {HEADER}\n")
    return ("--header-file", str(file))


def test_no_secret_in_a_run_of_an_sdk_over_a_service(fair, written, tmp_path):
    driver, notes = tmp_path / "driver.py", tmp_path / "notes.jsonl"
    driver.write_text(LEAKING_DRIVER)
    faults = ("secret-in-log", "secret-in-exception", "sends-secret", "token-unsigned", "structures")
    few = (*chosen("DescribeStalls", "ModifyStallAttribute"), "-k", "behaviour.*secret*", "-k", "errors.code")
    command = ("--", sys.executable, driver, notes, MINIATURE, *faults)
    assert written.acs("sdk", "--service", fair.folder, *few, "--report-dir", "live", *command) in (1, 3)
    assert written.acs("report", "live") in (1, 2, 3)
    assert written.acs("compare", "live", "live") in (0, 1, 2, 3)
    made = {secret for secret in given(notes) if secret}
    assert made
    assert not leaks(written.folder, made, written.said)
    assert not written.leaks()


ADDRESS = f"http://someone:{PASSWORD}@127.0.0.1:1"
REFUSED = (
    ("endpoint", ADDRESS),
    ("endpoint", ADDRESS, "--service", "ecs"),
    ("endpoint", "http://127.0.0.1:1", "--against", ADDRESS),
    ("endpoint", "http://127.0.0.1:1", "--service", "ecs", "--against", ADDRESS),
    ("endpoint", "http://127.0.0.1:1", "--proxy", ADDRESS),
    ("endpoint", "http://127.0.0.1:1", "--proxy", f"ftp://someone:{PASSWORD}@127.0.0.1:1"),
    ("endpoint", "http://127.0.0.1:1", "--header", HEADER),
    ("endpoint", "http://127.0.0.1:1", "--header", f"X Y: {HEADER}"),
    ("endpoint", "http://127.0.0.1:1", "--header", f"X-Gate: {HEADER}\n{HEADER}"),
    ("endpoint", "http://127.0.0.1:1", "--header", f"Authorization: {HEADER}"),
    ("endpoint", "http://127.0.0.1:1", "--signed-host", f"someone:{PASSWORD}@there"),
    ("record", ADDRESS),
    ("record", "http://127.0.0.1:1", "--proxy", ADDRESS, "--header", f"X-Gate: {HEADER}"),
    ("serve", "--port", "0", "--contract", ADDRESS),
    ("derive", ADDRESS, "-o", "made"),
    ("diff", ADDRESS, ADDRESS),
    ("report", ADDRESS),
    ("replay", ADDRESS),
    ("verify", ADDRESS),
    ("league", ADDRESS),
    ("clean", ADDRESS),
)


@pytest.mark.parametrize("words", REFUSED, ids=range(len(REFUSED)))
def test_no_secret_of_what_is_refused(written, words):
    """In a URL, a proxy, a header; an address that is taken for a file is a file's name, without its password."""
    status = written.acs(*words)
    assert status == 2 or (status == 3 and "--proxy" in words), written.said
    assert not written.leaks(), written.said


@pytest.mark.gate
def test_no_secret_of_a_registry(written):
    """A package manager that cannot reach its registry tells where it was looked for."""
    where = f"http://someone:{PASSWORD}@127.0.0.1:1/simple"
    registries = {"PIP_INDEX_URL": where, "PIP_RETRIES": "0", "PIP_CONFIG_FILE": "/dev/null", "PIP_EXTRA_INDEX_URL": ""}
    registries["XDG_CACHE_HOME"] = str(written.folder / "cache")
    assert written.acs("sdk", "python-legacy", "--release", "4.24.83", env=registries) in (2, 3)
    matrix = ("matrix", "--driver", "python-legacy", "--releases", "4.24.83", "--output", "site")
    assert written.acs(*matrix, env=registries) in (1, 2, 3)
    assert written.acs("sdk", "python-legacy", "--list", env=registries) in (0, 2, 3)
    assert not written.leaks(), written.said


def test_no_secret_in_what_asks_nobody(written):
    page = PAGES / "ecs__DescribeLanterns"
    assert written.acs("derive", *sorted(page.glob("*.md")), "-o", "made") == 0, written.said
    assert written.acs("derive", *sorted(page.glob("*.md")), "--report") == 0
    assert written.acs("diff", "made", "made") == 0
    assert written.acs("requirements", "--operation", "DescribeTasks", "signatures.*") in (0, 2)
    assert written.acs("league", "site") in (0, 2, 3)
    assert written.acs("explain", "signatures.v3-awkward-values") == 0
    assert not written.leaks(), written.said


def test_no_secret_in_what_a_mock_of_a_service_says(fair, written):
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "conformance", "serve", "--service", fair.folder], cwd=written.folder, text=True,
        env={**NO_KEY, **ENVIRONMENT}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    first = process.stdout.readline()
    url = next(word for word in first.split() if word.startswith("http")).rstrip(".,")
    for number, word in enumerate(spelt()):
        query = (
            f"Action={quote(word) if number % 2 else 'DescribeStalls'}&AccessKeyId={KEY}&SecurityToken={quote(word)}"
        )
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(urllib.request.Request(f"{url}/?{query}", quote(word).encode()), timeout=60)
    process.send_signal(signal.SIGINT)
    written.said["serve"] = first + process.communicate(timeout=60)[0]
    assert process.returncode == 0
    assert not written.leaks(), written.said
