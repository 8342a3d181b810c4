"""Every reader of what others wrote: valid inputs, and the errors that it may raise for anything else."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from attrs import frozen

from conformance.cassettes import layout
from conformance.cassettes.file import BadCassette, parse
from conformance.cassettes.linting import problems_of
from conformance.contract.files import ContractError, load_protocol, schemas_root
from conformance.derive.derivation import derive
from conformance.derive.overlay import load_overlay
from conformance.derive.page import PageError
from conformance.drivers import protocol
from conformance.drivers.recipe import BadRecipe, packaged
from conformance.endpoint import inventory_file
from conformance.endpoint.in_passing import InPassing
from conformance.endpoint.progress import CheckDone, as_data, line_of, read_progress
from conformance.endpoint.watch.dialect import ChoiceObservation
from conformance.errors import Refusal
from conformance.foreign import SAFE
from conformance.ledger import known_failing
from conformance.ledger.specification import Specification
from conformance.reference import items as reference_items
from conformance.reference.items import ItemsError
from conformance.report import signature, stream
from conformance.report.events import Verdict, to_line
from conformance.wire.exchange import Call, Exchange, HttpRequest, HttpResponse
from tests.fuzzing.foreign_readers import foreign_readers
from tests.fuzzing.kept_readers import kept_readers
from tests.fuzzing.mutation import mutants, tree_mutants
from tests.fuzzing.outside_readers import outside_readers

ROOT = Path(__file__).parents[2]
OPERATION = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
SENT, GOT = HttpRequest("GET", "http://127.0.0.1/", (("A", "b"),)), HttpResponse(200, (("A", "b"),), b"{}")
KNOWN = {
    "format_version": 1,
    "known_failures": [
        {"requirement": "DescribeTasks.paging.*", "reason": "r", "owner": "o", "expires": "2999-01-01", "case": "xml"},
        {"requirement": "DescribeTasks.ids.blank-id", "reason": "r", "owner": "o", "expires": "2999-01-01",
         "flaky": {"failures": 1, "of": 5}, "link": "l"},
    ],
}  # fmt: skip
ITEM = {
    "TaskId": "t-1", "TaskAction": "ImportImage", "TaskStatus": "Finished", "SupportCancel": True,
    "CreationTime": "2015-11-24T12:50:31Z", "FinishedTime": "2015-11-24T12:51Z",
}  # fmt: skip
ITEMS = {"regions": {"cn-hangzhou": [ITEM, {**ITEM, "TaskId": "t-2"}], "cn-beijing": []}}
READY = {
    "ready": True, "protocol": 1, "name": "sdk", "version": "1", "runtime": "X 1", "dependencies": {"a": "1"},
    "view": "json", "methods": ["GET"], "signatures": ["v1"], "formats": ["json"],
}  # fmt: skip
ANSWERS = (
    {"id": 1, "ok": True, "result": {"RequestId": "x", "TaskSet": {"Task": [ITEM]}}},
    {"id": 1, "ok": False, "error": {"type": "a", "declared": True, "code": "c", "message": "m", "http_status": 400}},
    {"id": 1, "ok": False, "unsupported": "TaskIds"},
)
# a run on an endpoint, which no site shows
NOT_WHOLE = ("stream of a site",)
ENVELOPE = {"payload": "eA==", "payloadType": "x", "signatures": [{"keyid": "0", "sig": "eA=="}]}


PROGRESS = line_of(
    as_data(
        CheckDone(
            ("DescribeTasks.ids.selects", "json", "test_selects"),
            Verdict("DescribeTasks.ids.selects", "json", "passed"),
            InPassing(choices=(ChoiceObservation("a", "b", None, 2, Exchange(1, Call("A", "1"), SENT, GOT)),)),
        ),
        (),
    )
).encode()


@frozen
class Reader:
    """`read` takes bytes; whatever it raises is one of `errors`, whose text is one sentence.

    `whole`: its seeds are valid as they are.
    """

    name: str
    seeds: Sequence[bytes]
    read: Callable[[Path, bytes], object]
    errors: tuple[type[Exception], ...]
    trees: Sequence[Any] = ()
    whole: bool = True

    def inputs(self, random: Random) -> Iterator[bytes]:
        """Mutants without end: of the bytes, and of the trees that they hold."""
        plain = mutants(self.seeds, random)
        grafted = tree_mutants(self.trees, random) if self.trees else None
        while True:
            yield next(plain)
            if grafted is not None:
                yield json.dumps(next(grafted), ensure_ascii=random.random() < 0.9).encode("utf-8", "surrogatepass")


def _written(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def _specification(folder: Path, data: bytes) -> object:
    _written(folder / "op", "contract.yaml", data)
    found = Specification.load(folder / "op")
    found.ledger.chosen(("*",))
    return found


def _sentences(folder: Path, data: bytes) -> object:
    if not (folder / "op" / "contract.yaml").is_file():
        (folder / "op").mkdir(exist_ok=True)
        shutil.copy(OPERATION / "contract.yaml", folder / "op" / "contract.yaml")
    _written(folder / "op", "sentences.yaml", data)
    return Specification.load(folder / "op")


@cache
def _subject() -> Specification:
    return Specification.load(OPERATION)


def _known(folder: Path, data: bytes) -> object:
    choices = {c.id: [a.id for a in c.alternatives] for c in _subject().contract.choices}
    ids = [r.id for r in _subject().ledger.requirements]
    return known_failing.load(_written(folder, "known.yaml", data), ids, choices, date(2026, 1, 1))


def _items(folder: Path, data: bytes) -> object:
    return inventory_file.load_items(_written(folder, "items.json" if data[:1] == b"{" else "items.yaml", data))


def _store(folder: Path, data: bytes) -> object:
    path = _written(folder, "items.yaml", data)
    return reference_items.load_items(path, _subject().contract)


def _cassette(folder: Path, data: bytes) -> object:
    loaded = parse(layout.read(_written(folder, "a.yaml", data)), "a cassette")
    return problems_of(loaded, ["secret"])


def _compressed(folder: Path, data: bytes) -> object:
    return parse(layout.read(_written(folder, "a.yaml.gz", data)), "a cassette")


def _page(folder: Path, data: bytes) -> object:
    return derive([_written(folder, "page.en.2020-01-01.md", data)])


def _certificate(folder: Path, data: bytes) -> object:
    return signature.verify(data, _stream())


def _progress(folder: Path, data: bytes) -> object:
    return read_progress(_written(folder, "progress.jsonl", data))


def _recipe(folder: Path, data: bytes) -> object:
    _written(folder / "sdk", "driver.yaml", data)
    return packaged(folder)


@cache
def _stream() -> bytes:
    from tests.report.streams import Maker

    run = Maker(Random(3), ["x", "y", "DescribeTasks.a.b"]).run()
    return stream.text_of(run).encode()


def _typed(text: str) -> Any:
    return json.loads(json.dumps(yaml.load(text, Loader=SAFE), default=str))


@cache
def readers() -> tuple[Reader, ...]:
    """All of them, with their seeds read."""
    contract = (OPERATION / "contract.yaml").read_bytes()
    protocol_file = (OPERATION.parent / "common" / "protocol.yaml").read_bytes()
    sentences = (OPERATION / "sentences.yaml").read_bytes()
    overlay = (OPERATION / "overlay.yaml").read_bytes()
    recipes = [p.read_bytes() for p in sorted((ROOT / "conformance" / "drivers").glob("*/driver.yaml"))]
    samples = [p.read_bytes() for p in sorted((ROOT / "cassettes" / "samples").glob("*.yaml"))][:2]
    sdk = gzip.decompress((ROOT / "cassettes" / "sdk" / "python-libcloud-3.9.1.yaml.gz").read_bytes())
    kept = [*samples, _shortened(sdk)]
    pages = [p.read_bytes() for p in sorted((ROOT / "tests" / "derive" / "pages").rglob("*.md"))]
    metadata = [p.read_bytes() for p in sorted((ROOT / "tests" / "derive" / "pages").rglob("*.json"))]
    known, items = (yaml.safe_dump(v).encode().replace(b"'2999-01-01'", b"2999-01-01") for v in (KNOWN, ITEMS))
    lines = [to_line(event) for event in stream.parse(_stream()).events()]
    answers = tuple(json.dumps(a).encode() for a in ANSWERS)
    return (
        Reader("contract", [contract], _specification, (ContractError,), [_typed(contract.decode())]),
        Reader("protocol", [protocol_file], lambda f, d: load_protocol(_written(f, "protocol.yaml", d)),
               (ContractError,), [_typed(protocol_file.decode())]),
        Reader("sentences", [sentences], _sentences, (ContractError,), [_typed(sentences.decode())]),
        Reader("overlay", [overlay], lambda f, d: load_overlay(_written(f, "overlay.yaml", d)), (ContractError,),
               [_typed(overlay.decode())]),
        Reader("known failures", [known], _known, (known_failing.BadKnownFailures,), [KNOWN]),
        Reader("items", [items, json.dumps(ITEMS).encode()], _items, (ContractError,), [ITEMS]),
        Reader("items of the reference", [items], _store, (ItemsError,), [ITEMS]),
        Reader("cassette", kept, _cassette, (BadCassette,), [_typed(c.decode()) for c in kept]),
        Reader("compressed cassette", [gzip.compress(c, mtime=0) for c in kept], _compressed, (BadCassette,)),
        Reader("driver.yaml", recipes, _recipe, (BadRecipe,), [_typed(r.decode()) for r in recipes]),
        Reader("driver, ready", [json.dumps(READY).encode()], lambda f, d: protocol.decode_ready(d),
               (protocol.ProtocolError,), [READY]),
        Reader("driver, answer", answers, lambda f, d: protocol.decode_answer(d, 1),
               (protocol.ProtocolError,), ANSWERS),
        Reader("event stream", [_stream()], lambda f, d: stream.parse(d), (stream.StreamError,)),
        Reader("event", [line.encode() for line in lines], lambda f, d: stream.parse(d), (stream.StreamError,),
               [json.loads(line) for line in lines], whole=False),
        Reader("certificate", [json.dumps(ENVELOPE).encode(), b'{"_type": "x", "subject": [], "predicate": {}}'],
               _certificate, (), [ENVELOPE]),
        Reader("progress", [PROGRESS], _progress, (Refusal,), [json.loads(PROGRESS)]),
        Reader("page", pages, _page, (PageError,)),
        Reader("metadata", metadata, _page, (PageError,), [json.loads(m) for m in metadata]),
        *(Reader(*one, whole=one[0] not in NOT_WHOLE) for one in
          (*kept_readers(), *foreign_readers(), *outside_readers())),
    )  # fmt: skip


def _shortened(cassette: bytes) -> bytes:
    """A recording with its first interactions alone: the fuzzer changes what is read often, not much."""
    head, _, tail = cassette.partition(b"\ninteractions:\n")
    return head + b"\ninteractions:\n" + b"\n".join(tail.split(b"\n")[:4]) + b"\n"
