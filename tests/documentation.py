"""The documentation that derivation is tried on: small pages of our own, always, and real ones where they are at hand.

Our own pages are about a made-up market town. They have every layout that the reader knows: English and Chinese,
Markdown with anchors and without, flattened text, tables on types of their own, revisions that contradict each other,
metadata in JSON. Real pages are not ours to pass on; a checkout may have them beside it, in `shared`.
"""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from conformance.contract.files import schemas_root

TESTS = Path(__file__).parent
OWN = TESTS / "derive" / "pages"
SHARED = TESTS.parents[1] / "shared"


@frozen
class Library:
    """Pages (`<product>__<Operation>/*.md`), metadata (`…/openapi-meta*.json`, `…/*.json`), and whose they are."""

    name: str
    pages: Path
    metadata: Path

    @property
    def is_real(self) -> bool:
        return self.pages != OWN

    def pages_of(self, operation: str) -> list[Path]:
        """The revisions of `ecs__DescribeThings`, at least one. Raises FileNotFoundError."""
        found = sorted((self.pages / operation).glob("*.md"))
        if not found:
            raise FileNotFoundError(self.pages / operation)
        return found


@frozen
class Documented:
    """Two revisions of one operation, newest first, and the folder that keeps the contract derived from them.

    The operations are alike: `ids` is a list of ids of which one revision shows a JSON array, `kind` an enumeration
    whose values the newest lost, `state` one of which the server ignores some.
    """

    name: str
    pages: list[Path]
    folder: Path
    ids: str
    kind: str
    state: str


def libraries() -> list[Library]:
    """What there is to derive from on this machine."""
    found = [Library("own", OWN, OWN)]
    if (SHARED / "pages").is_dir():
        found.append(Library("real", SHARED / "pages", SHARED / "metadata"))
    return found


def operations(**names: tuple[str, ...]) -> list[tuple[str, list[Path]]]:
    """Operations with their pages, given by the name of the library: those whose library is here."""
    return [(name, lib.pages_of(name)) for lib in libraries() for name in names.get(lib.name, ())]


def documented() -> list[Documented]:
    """The operations whose derived contract is kept."""
    errands = sorted((OWN / "ecs__DescribeErrands").glob("*.md"))
    kept = TESTS / "derive" / "contracts" / "DescribeErrands"
    found = [Documented("DescribeErrands", errands, kept, "ErrandIds", "ErrandKind", "Phase")]
    if seeds := sorted((SHARED / "seeds").glob("*.txt")):
        kept = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
        found.append(Documented("DescribeTasks", seeds, kept, "TaskIds", "TaskAction", "TaskStatus"))
    return found
