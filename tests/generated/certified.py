"""A made-up operation, its reference, and the suite on it, in this process."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection
from pathlib import Path

import pytest
from attrs import frozen
from hypothesis import strategies as st

from conformance.contract.files import CONTRACT_FILE, dump_contract, load_protocol, schemas_root
from conformance.contract.model import Contract
from conformance.derive.derivation import derive
from conformance.endpoint import run as runs
from conformance.endpoint.settings import RunSettings
from conformance.ledger.files import ledger_of
from conformance.reference import seeding
from conformance.reference.server import ReferenceEndpoint
from conformance.report.events import Verdict
from conformance.wire.environment import KEY_ID, KEY_SECRET
from conformance.wire.exchange import Credentials
from tests.generated.operations import Operation

KEY = Credentials("generated-key-id", "the-secret-of-the-generated-key")
COMMON = schemas_root() / "ecs" / "2014-05-26" / "common"
PROTOCOL = load_protocol(COMMON)


@frozen
class Asked:
    """How a run asks: every subset of formats, signatures and methods, and how many items each region holds."""

    formats: tuple[str, ...]
    signatures: tuple[str, ...]
    methods: tuple[str, ...]
    sizes: tuple[int, ...]
    known: bool
    seed: int


def subsets(*words: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Any of the words, at least one, in their order."""
    return st.sets(st.sampled_from(words), min_size=1).map(lambda chosen: tuple(w for w in words if w in chosen))


def asked() -> st.SearchStrategy[Asked]:
    """Any settings that a person may give."""
    counts = st.sampled_from([0, 1, 2, 3, 7, 30, 110, 250])
    return st.builds(
        Asked,
        formats=subsets("json", "xml"),
        signatures=st.one_of(subsets("v1", "v3"), st.just(("none",))),
        methods=subsets("POST", "GET"),
        sizes=st.lists(counts, min_size=1, max_size=3).map(tuple),
        known=st.booleans(),
        seed=st.integers(0, 2**16),
    )


def contract_of(operation: Operation, folder: Path) -> Contract:
    """What derivation makes of the operation's pages."""
    paths = []
    for year, text in enumerate(operation.pages(), 2019):
        paths.append(folder / f"{year}-01-01.md")
        paths[-1].write_text(text, "utf-8")
    return derive(paths)


def certified(
    operation: Operation, how: Asked, left_out: Collection[str] = (), examples: int = 2
) -> tuple[list[Verdict], dict[str, str], list[str]]:
    """The verdicts of a run on the operation's own reference, the level of each requirement, and what broke.

    Checks that are left out are not run.
    """
    with tempfile.TemporaryDirectory(prefix="acs-generated-") as name, pytest.MonkeyPatch.context() as patch:
        scratch = Path(name)
        contract = contract_of(operation, scratch)
        folder = scratch / contract.operation
        ledger = ledger_of(contract, PROTOCOL)
        folder.mkdir()
        (folder / CONTRACT_FILE).write_text(dump_contract(contract), "utf-8")
        store = seeding.generated(contract, PROTOCOL, sizes=how.sizes)
        data, items = store.as_data(), scratch / "items.json"
        items.write_text(json.dumps(data), "utf-8")
        signed = how.signatures != ("none",)
        for variable, value in ((KEY_ID, KEY.access_key_id), (KEY_SECRET, KEY.access_key_secret)):
            patch.setenv(variable, value)
        kept = tuple(r.id for r in ledger.requirements if r.side == "endpoint" and r.check not in left_out)
        with ReferenceEndpoint(contract, PROTOCOL, store, [KEY] if signed else []) as endpoint:
            settings = RunSettings(
                endpoint.url,
                str(folder),
                tuple(data["regions"]),
                formats=how.formats,
                signatures=how.signatures,
                methods=how.methods,
                seed=how.seed,
                max_examples=examples,
                select=kept if left_out else (),
                traffic=kept if left_out else ("*",),
                shrinks=0,
                items_file=str(items) if how.known else None,
            )
            results, _ = runs.run(settings, lambda verdict: None, scratch / "settings.json")
    return results.verdicts, {r.id: r.level for r in ledger.requirements}, results.breakdowns
