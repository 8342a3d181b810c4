"""`acs-conformance derive PAGE... -o DIR`: what documentation says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click
from attrs import evolve

from conformance.cli.dates import checked_date
from conformance.cli.output import document, say
from conformance.contract.catalogue import common_folder
from conformance.contract.files import ContractError, load_contract, load_protocol
from conformance.contract.service import SERVICE_FILE
from conformance.derive import survey as surveys
from conformance.derive.derivation import contract_of, published, read_pages, understand
from conformance.derive.file_kind import ADVICE
from conformance.derive.overlay import OVERLAY_FILE, load_overlay, load_service_overlay
from conformance.derive.page import PageError
from conformance.derive.sentences import sentences
from conformance.derive.service import (
    DerivedService,
    ServiceDocument,
    derive_service,
    published_of_service,
    service_in,
)
from conformance.emit import write
from conformance.emit.service import fact_files, service_files
from conformance.emit.writing import write_files
from conformance.errors import Refusal
from conformance.ledger.files import ledger_of
from conformance.ledger.requirement import Ledger
from conformance.ledger.sentences import PageSentence


@click.command()
@click.argument("pages", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The folder to write.")
@click.option("--overlay", "overlay_file", type=click.Path(path_type=Path), help="Corrections by hand (YAML).")
@click.option("--operation", "patterns", multiple=True, metavar="GLOB", help="Of a service, these (repeatable).")
@click.option(
    "--facts",
    is_flag=True,
    help="Of a service, keep facts alone, no word of the documentation's; operations with an overlay.yaml stay.",
)
@click.option("--as-of", "as_of", metavar="DATE", help="Pages that were published later do not count (2021-01-07).")
@click.option("--report", "reporting", is_flag=True, help="Say how much of each page was understood; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def derive(
    pages: tuple[Path, ...],
    output: Path | None,
    overlay_file: Path | None,
    patterns: tuple[str, ...],
    facts: bool,
    as_of: str | None,
    reporting: bool,
    as_json: bool,
) -> None:
    """Derive contracts, JSON Schemas, XSD and OpenAPI descriptions from documentation.

    PAGES are revisions of one operation's page; or the metadata of a whole service (JSON, also packed with gzip), and
    pages of its operations. With --report the pages may be of several operations, and a folder stands for all files in
    it.
    """
    if not reporting and output is None:
        raise Refusal("Where is the contract to be written? Give a folder with -o DIR, or --report to write nothing.")
    if as_of is not None and reporting:
        raise Refusal("--as-of is about what is written, and --report looks at every page; give one of them.")
    as_of = checked_date(as_of)
    try:
        service = None if reporting else service_in(pages)
        if (patterns or facts) and service is None:
            raise Refusal("--operation and --facts are about a service; give its metadata, without --report.")
        if reporting:
            _report(pages, overlay_file, as_json)
        elif service is not None and output is not None:
            rest = tuple(p for p in pages if str(p) != service.path)
            _write_service(service, rest, output, overlay_file, patterns, facts, as_of)
        elif output is not None:
            _write(pages, output, overlay_file, as_of)
    except (PageError, ContractError) as e:
        raise Refusal(str(e)) from None
    except BrokenPipeError:
        raise
    except OSError as e:
        raise Refusal(f"Cannot write to {output}: {e.strerror}.") from None


def _report(pages: tuple[Path, ...], overlay_file: Path | None, as_json: bool) -> None:
    """Every file is looked at; where none is a page, that is a refusal, after the list of what they are."""
    found = surveys.survey(pages, load_overlay(overlay_file), load_protocol(common_folder(Path("."))))
    if not found.coverages and len(found.others) == 1:
        (only,) = found.others
        raise Refusal(str(PageError(only.path, only.line, only.problem)))
    if as_json:
        document(json.dumps(surveys.as_data(found), indent=2, ensure_ascii=False) + "\n")
    else:
        say(surveys.as_text(found).rstrip("\n"))
    if not found.coverages:
        raise Refusal(
            f"None of {len(found.others)} files is a page of an operation; {ADVICE}."
            if found.others
            else f"There is no file in {', '.join(map(str, pages))}; {ADVICE}."
        )


def _write(pages: tuple[Path, ...], output: Path, overlay_file: Path | None, as_of: str | None) -> None:
    overlay = load_overlay(overlay_file)
    read, notes = published(read_pages(surveys.files_in(pages), overlay), as_of)
    overlay = evolve(overlay, notes=(*overlay.notes, *notes))
    contract = contract_of(understand(read), overlay)
    found = [PageSentence(citation, digest, overlay.reasons.get(digest)) for citation, digest, _ in sentences(read)]
    protocol = load_protocol(common_folder(output))
    ledger = ledger_of(contract, protocol, found)
    written = write(contract, found, output, protocol)
    say(f"{contract.operation}: {_understood(ledger, {r.id for r in contract.revisions})}")
    for path in written:
        say(f"  {path}")
    for note in notes:
        say(f"note: {note}")


def _understood(ledger: Ledger, pages: set[str]) -> str:
    """How much of the pages' own sentences is required; what the common pages say is not theirs."""
    open_ones = [s for s in ledger.sentences if not s.requirements and not s.excluded and s.citation.revision in pages]
    rest = (
        f", {len(open_ones)} covered by no requirement yet (derive --report lists them)"
        if open_ones
        else ", every one placed"
    )
    number = sum(r.side == "endpoint" for r in ledger.requirements)
    return f"{number} requirements of an endpoint, {len(ledger.sentences)} sentences{rest}"


def _write_service(
    document: ServiceDocument,
    pages: tuple[Path, ...],
    output: Path,
    overlay_file: Path | None,
    patterns: tuple[str, ...],
    facts: bool,
    as_of: str | None,
) -> None:
    revisions, overlay = published_of_service(read_pages(pages), load_service_overlay(overlay_file), as_of)
    kept = {p.parent.name: load_contract(p.parent) for p in output.glob(f"*/{OVERLAY_FILE}")} if facts else {}
    found = derive_service(document, patterns, revisions, overlay, kept, facts)
    if facts:
        files = fact_files(found.service, {n: c for n, c in found.contracts.items() if n not in kept})
    else:
        files = service_files(found.service, found.contracts, load_protocol(common_folder(output / "operation")))
    for folder, texts in files:
        write_files(texts, output / folder)
    say(_summary(found))
    say(f"  {output / SERVICE_FILE}")


def _summary(derived: DerivedService) -> str:
    operations = derived.service.operations.values()
    reading = sum(o.reads for o in operations)
    kinds = ", ".join(f"{n} {kind}" for kind, n in Counter(o.kind for o in operations).most_common())
    service = f"{derived.service.product} {derived.service.version}"
    return f"{service}: {len(operations)} operations ({kinds}), {reading} of them only read"
