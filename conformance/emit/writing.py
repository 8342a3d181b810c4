"""The files of a contract, all or none: they are written to a folder of their own and then moved."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.contract.files import CONTRACT_FILE, dump_contract
from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.emit.json_schema import error_schema, request_schema, response_schema
from conformance.emit.openapi import openapi
from conformance.emit.xsd import error_xsd, portable_error_xsd, portable_xsd, response_xsd
from conformance.ledger.sentences import SENTENCES_FILE, PageSentence, dump_sentences


def contents(
    contract: Contract, sentences: Sequence[PageSentence] | None = None, protocol: Protocol | None = None
) -> dict[str, str]:
    """The files that belong to an operation: name to text. The sentences of its pages are one where they are known.

    `protocol` gives the OpenAPI description its common parameters and regions.
    """
    files = {CONTRACT_FILE: dump_contract(contract)}
    if sentences is not None:
        files[SENTENCES_FILE] = dump_sentences(sentences)
    return {
        **files,
        "request.schema.json": _json(request_schema(contract)),
        "response.schema.json": _json(response_schema(contract)),
        "response.xsd": portable_xsd(contract),
        "response.1.1.xsd": response_xsd(contract),
        "openapi.json": _json(openapi(contract, protocol)),
    }


def common_contents() -> dict[str, str]:
    """The files that all operations share: name to text."""
    return {
        "error.schema.json": _json(error_schema()),
        "error.xsd": portable_error_xsd(),
        "error.1.1.xsd": error_xsd(),
    }


def write(
    contract: Contract,
    sentences: Sequence[PageSentence] | None,
    directory: Path | str,
    protocol: Protocol | None = None,
) -> tuple[Path, ...]:
    """Writes the contract's files into `directory`, which is made if need be; files of other names stay.

    Raises OSError, in which case nothing in `directory` has changed.
    """
    return write_files(contents(contract, sentences, protocol), directory)


def write_files(files: Mapping[str, str], directory: Path | str) -> tuple[Path, ...]:
    """Writes files, name to text, into `directory`, all or none. Raises OSError."""
    directory = Path(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        for name, text in files.items():
            (staging / name).write_text(text, encoding="utf-8", newline="\n")
        if not directory.exists():
            staging.chmod(0o755)
            staging.rename(directory)
        else:
            for name in files:
                os.replace(staging / name, directory / name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return tuple(directory / name for name in files)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
