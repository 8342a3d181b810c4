"""Changes between two contracts as text, JSON or Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from conformance.contract.files import format_citation
from conformance.contract.model import Citation, Contract
from conformance.derive.diff import CLASSES, ContractChange


def as_text(old: Contract, new: Contract, changes: Sequence[ContractChange]) -> str:
    """Changes by class, each with the places that state the old and the new."""
    lines = [f"{_title(old, new)}: {summary(changes)}"]
    for kind, found in _by_class(changes):
        lines += ["", f"{kind} ({len(found)})"]
        for c in found:
            lines.append(f"  {c.where} {c.what}")
            lines += [f"      {word}: {_cited(cited)}" for word, cited in (("was", c.old), ("now", c.new)) if cited]
    return "\n".join(lines) + "\n"


def as_markdown(old: Contract, new: Contract, changes: Sequence[ContractChange]) -> str:
    """The same as a section with a table for each class."""
    lines = [f"## {_title(old, new)}", "", f"{summary(changes)}."]
    for kind, found in _by_class(changes):
        lines += ["", f"### {kind[0].upper()}{kind[1:]} ({len(found)})", "", "| Where | What | Was | Now |"]
        lines.append("|---|---|---|---|")
        for c in found:
            row = (f"`{c.where}`", c.what, _cited(c.old), _cited(c.new))
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
    return "\n".join(lines) + "\n"


def as_json(old: Contract, new: Contract, changes: Sequence[ContractChange]) -> str:
    """Plain data: operation, the revisions of both sides, whether anything breaks, counts and changes."""
    data = {
        "operation": new.operation,
        "old": [r.id for r in old.revisions],
        "new": [r.id for r in new.revisions],
        "breaking": any(c.breaking for c in changes),
        "counts": {kind: sum(c.kind == kind for c in changes) for kind in CLASSES},
        "changes": [
            {
                "class": c.kind,
                "where": c.where,
                "what": c.what,
                "old": [format_citation(x) for x in c.old],
                "new": [format_citation(x) for x in c.new],
            }
            for c in changes
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


FORMATS: Mapping[str, Callable[[Contract, Contract, Sequence[ContractChange]], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}


def summary(changes: Sequence[ContractChange]) -> str:
    """How many changes there are of each class."""
    counts = [f"{len(found)} {kind}" for kind, found in _by_class(changes)]
    return ", ".join(counts) or "no change"


def _by_class(changes: Sequence[ContractChange]) -> Iterator[tuple[str, list[ContractChange]]]:
    for kind in CLASSES:
        found = [c for c in changes if c.kind == kind]
        if found:
            yield kind, found


def _title(old: Contract, new: Contract) -> str:
    return f"{new.operation} {_revisions(old)} → {_revisions(new)}"


def _revisions(contract: Contract) -> str:
    return ", ".join(r.id for r in contract.revisions)


def _cited(citations: tuple[Citation, ...]) -> str:
    return "; ".join(format_citation(c) for c in citations)
