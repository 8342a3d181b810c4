"""`make generate` writes every generated file; `make check-generated` (`--check`) says which is not as it would be."""

from __future__ import annotations

import sys

from artefacts.generated import ROOT, generated, stale
from conformance.contract.files import ContractError
from conformance.derive.page import PageError
from conformance.errors import Refusal


def main(words: list[str]) -> int:
    """0: every file is as generated. 1: one is not, and was to be checked only."""
    try:
        files = generated()
    except (ContractError, PageError, Refusal) as error:
        print(f"Nothing was generated: {error}", file=sys.stderr)
        return 2
    wrong = stale(files)
    names = ", ".join(str(path.relative_to(ROOT)) for path in wrong)
    if words == ["--check"]:
        if wrong:
            verb = "is" if len(wrong) == 1 else "are"
            print(f"{names} {verb} not what would be generated: run `make generate`.", file=sys.stderr)
        return 1 if wrong else 0
    for path in wrong:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[path].encode())
    print(f"{len(files)} generated files, written anew: {names or 'none'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
