"""`acs-conformance report`: everything that can be made of event streams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from conformance.cli.output import document
from conformance.errors import Refusal
from conformance.foreign import BadText, decoded
from conformance.report import terminal
from conformance.report.badge import badge, badge_svg
from conformance.report.conclusion import conclude
from conformance.report.folder import EVENTS
from conformance.report.html import html
from conformance.report.json_text import json_text
from conformance.report.junit import junit
from conformance.report.markdown import markdown
from conformance.report.merge import Unmergeable, merge
from conformance.report.service_page import service_html, terminal_lines
from conformance.report.service_run import (
    ServiceRun,
    ServiceStreamError,
    event_lines,
    is_of_service,
    recovered_service,
    service_summary,
)
from conformance.report.stream import Run, StreamError, bytes_in, read, recovered, text_of
from conformance.report.summary import summarise

RENDERINGS: Mapping[str, Callable[[Run], str]] = {
    "html": html,
    "markdown": markdown,
    "junit": lambda run: junit(run).decode(),
    "summary": lambda run: as_json_text(summarise(run)),
    "badge": lambda run: as_json_text(badge(run)),
    "badge-svg": badge_svg,
    "events": text_of,
}

# what a run over a service can be made into
OF_SERVICES: Mapping[str, Callable[[ServiceRun], str]] = {
    "terminal": lambda run: "\n".join(terminal_lines(run)) + "\n",
    "html": service_html,
    "summary": lambda run: as_json_text(service_summary(run)),
}


def as_json_text(value: object) -> str:
    """A JSON document, ended by a newline."""
    return json_text(value, 2) + "\n"


def runs_of(streams: tuple[Path, ...]) -> list[Run]:
    """The runs in event streams; a folder stands for its `events.jsonl`."""
    try:
        return [read(_stream(path)) for path in streams]
    except StreamError as e:
        raise Refusal(str(e)) from None


def _stream(path: Path) -> Path:
    return path / EVENTS if path.is_dir() else path


@click.command()
@click.argument("streams", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format", "rendering", type=click.Choice(["terminal", *RENDERINGS]), default="terminal", show_default=True
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of standard output.")
def report(streams: tuple[Path, ...], rendering: str, output: Path | None) -> None:
    """Render event streams (files, or folders that a run wrote). Several are merged, and nothing is counted twice.

    The exit status is that of the run. A stream without its end shows what was judged, and establishes nothing.
    """
    if any(_is_of_a_service(path) for path in streams):
        raise SystemExit(_report_service(streams, rendering, output))
    try:
        run = merge(runs_of(streams)) if len(streams) > 1 else recovered(_stream(streams[0]))
    except (Unmergeable, StreamError) as e:
        raise Refusal(str(e)) from None
    if rendering == "terminal":
        terminal.show(run, terminal.console())
    else:
        _put(RENDERINGS[rendering](run), output)
    raise SystemExit(conclude(run).exit_status)


def _is_of_a_service(path: Path) -> bool:
    try:
        return is_of_service(bytes_in(_stream(path)))
    except BadText:
        return False  # the reader of streams says what is wrong


def _report_service(streams: tuple[Path, ...], rendering: str, output: Path | None) -> int:
    """Render a run over a service, and return its exit status. Raises Refusal."""
    if len(streams) > 1:
        raise Refusal("A run over a service is rendered by itself; give one stream.")
    if rendering not in OF_SERVICES:
        raise Refusal(
            f"A run over a service is rendered as {', '.join(OF_SERVICES)}; --format {rendering} is for a run on one"
            " operation: give a folder under operations/."
        )
    path = _stream(streams[0])
    try:
        run = recovered_service(event_lines(decoded(bytes_in(path))))
    except (BadText, ServiceStreamError) as e:
        raise Refusal(f"{path}: {e}.") from None
    _put(OF_SERVICES[rendering](run), output)
    return run.exit_status


def _put(text: str, output: Path | None) -> None:
    if output is None:
        document(text)
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as e:
        raise Refusal(f"Cannot write {output}: {e.strerror}.") from None
