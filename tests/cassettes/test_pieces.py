"""An endpoint that puts a token into its ids leaves no piece of it anywhere, though the suite cuts and varies ids.

The endpoint is the reference: it has every reason to be asked on, so that checks come to draw those ids.
"""

from __future__ import annotations

import gzip
import json
from contextlib import chdir
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from attrs import evolve
from click.testing import CliRunner

from conformance.cassettes import file
from conformance.cassettes.linting import problems_of
from conformance.cli import main
from conformance.contract.catalogue import operation_folder
from conformance.ledger.specification import Specification
from conformance.reference import seeding
from conformance.reference.server import ReferenceEndpoint
from conformance.reference.store import Store
from conformance.wire.exchange import Credentials
from tests.cassettes.canary import pieces

KEY = Credentials("canaryidofnobody", "canary/secret+of=nobody", "Canary0Token1Of2Nobody3At4All")
ENVIRONMENT = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": KEY.access_key_id,
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": KEY.access_key_secret,
    "ALIBABA_CLOUD_SECURITY_TOKEN": KEY.security_token,
}
SECRETS = (KEY.access_key_id, KEY.access_key_secret, KEY.security_token)
CHECKS = ("ids.*", "filters.intersect", "errors.leave-no-trace", "paging.total-counts*", "parameters.TaskIds.*")
RUN = [word for check in CHECKS for word in ("-k", check)]
RUN += ["--max-examples", "1", "--seed", "1", "--method", "GET", "--signature", "v1", "--quiet"]


def with_the_token(item: dict[str, object], number: int) -> dict[str, object]:
    """Every second item with the token in its id: whole, cut, and in other letters."""
    token = KEY.security_token
    ways = (token, "", token[:13], "", token[5:].upper(), "", token.swapcase(), "")
    return {**item, "TaskId": f"t-{number:03}{ways[number % len(ways)]}"}


class Overheard:
    """An application, and what operations were asked with: each query without what signs it."""

    def __init__(self, application, asked: list[str]) -> None:
        self.application, self.asked = application, asked

    def respond(self, request):
        sent = parse_qsl(request.query)
        self.asked.append(urlencode([(n, v) for n, v in sent if n not in ("AccessKeyId", "SecurityToken")]))
        return self.application.respond(request)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("echo")
    subject = Specification.load(operation_folder("DescribeTasks", None))
    made = seeding.generated(subject.contract, subject.protocol, sizes=(12, 3))
    store = Store({r: tuple(with_the_token(dict(i), n) for n, i in enumerate(made.regions[r])) for r in made.regions})
    said: dict[str, str] = {}

    def acs(*words: str) -> int:
        with chdir(folder):
            done = CliRunner().invoke(main, words, env=ENVIRONMENT)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        said[" ".join(words)] = done.output
        return done.exit_code

    asked: list[str] = []
    with ReferenceEndpoint(subject.contract, subject.protocol, store, [KEY]) as endpoint:
        endpoint.application = Overheard(endpoint.application, asked)
        assert acs("endpoint", endpoint.url, *RUN, "--report-dir", "live", "--events", "copy.jsonl") in (0, 1, 3), said
        assert acs("record", endpoint.url, *RUN, "-o", "c.yaml.gz", "--report-dir", "recorded") in (0, 1, 3), said
    said["the requests"] = "\n".join(asked)
    acs("replay", "c.yaml.gz", "--report-dir", "replayed")
    assert acs("cassettes", "lint", "c.yaml.gz") == 0, said
    for rendering in ("html", "markdown", "junit", "summary", "events"):
        acs("report", "live", "--format", rendering, "-o", f"out.{rendering}")
    acs("compare", "live", "recorded")
    return folder, said


def test_no_eight_characters_in_a_row_of_a_secret(written: tuple[Path, dict[str, str]]) -> None:
    folder, said = written
    assert not pieces(folder, SECRETS, said)
    text = gzip.decompress((folder / "c.yaml.gz").read_bytes()).decode()
    assert text.count("REDACTED") > 100, "nothing was echoed"
    assert "zz0zz" in text, "no id was varied"


def test_nothing_is_asked_with_a_secret_that_an_answer_held(written: tuple[Path, dict[str, str]]) -> None:
    folder, said = written
    assert said["the requests"].count("TaskIds=t-") > 20
    assert not pieces(folder / "nothing", SECRETS, {"requests": said["the requests"]})


def test_lint_finds_a_piece(written: tuple[Path, dict[str, str]]) -> None:
    folder, _ = written
    loaded = file.load(folder / "c.yaml.gz")
    assert not problems_of(loaded, SECRETS)
    example = evolve(loaded.cassette.examples[0], draws=(("ids", ["t-1" + KEY.security_token[9:17].upper()]),))
    cassette = evolve(loaded.cassette, examples=(example, *loaded.cassette.examples[1:]))
    assert problems_of(evolve(loaded, cassette=cassette), SECRETS) == ["a secret in the drawn values"]


def test_the_search_finds_a_piece(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps({"id": f"t-{KEY.security_token[7:15].swapcase()}"}))
    assert pieces(tmp_path, SECRETS, {})
    assert not pieces(tmp_path, ["something else entirely"], {})
