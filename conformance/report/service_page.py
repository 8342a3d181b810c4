"""A run over a service for people: on a terminal, and as one HTML page with a matrix that can be searched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from conformance.report.service_run import VERDICTS, OperationJudged, ServiceRun
from conformance.report.text import printable

SIGNS = {"passed": "✓", "failed": "✗", "errored": "!", "warned": "△", "inconclusive": "?", "not-applicable": "–"}
SHOWN_CAUSES = 12
SHOWN_NAMES = 3


def terminal_lines(run: ServiceRun) -> Iterator[str]:
    """The result: causes first, then what was not met or not judged, one line an operation, then the verdict."""
    if run.causes:
        yield "Start here:"
        for cause, names in run.causes[:SHOWN_CAUSES]:
            yield printable(f"  {len(names):4d} ×  {cause}  ({_few(names)})")
    for verdict in VERDICTS:
        found = [o for o in run.operations if o.verdict == verdict]
        if verdict == "conformant" or not found:
            continue
        yield f"{verdict} ({len(found)}):"
        reasons = Counter(o.reason for o in found)
        for reason, _ in reasons.most_common(SHOWN_CAUSES):
            yield printable(f"  {_few([o.name for o in found if o.reason == reason])}: {reason}")
        if len(reasons) > SHOWN_CAUSES:
            yield f"  and {len(reasons) - SHOWN_CAUSES} more reasons, in the report"
    yield f"{run.headline}. {run.sentence}"
    yield f"{run.requests} requests in {run.finished.seconds:.0f} s."


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return ", ".join(names[:SHOWN_NAMES]) + more


def service_html(run: ServiceRun) -> str:
    """One page: the verdict, causes first, and operations × themes. Everything that a stranger wrote is escaped."""
    themes = sorted({theme for o in (*run.operations, *run.protocol) for theme in o.themes})
    head = "".join(f"<th>{escape(theme)}</th>" for theme in themes)
    rows = "".join(_row(o, themes) for o in run.operations)
    protocol = "".join(_row(o, themes) for o in run.protocol)
    causes = "".join(f"<li>{_text(c)} <small>{_text(', '.join(names))}</small></li>" for c, names in run.causes)
    start = f"<h2>Start here</h2><ol>{causes}</ol>" if causes else ""
    table = f"<table><thead><tr><th>operation<th>kind<th>verdict<th>requests{head}</tr></thead><tbody>"
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{_text(run.headline)}</title><style>{_STYLE}</style>"
        f"<h1>{_text(run.headline)}</h1><p>{_text(run.sentence)}</p><p>{_text(run.started.target)}, "
        f"{run.requests} requests in {run.finished.seconds:.0f} s</p>{start}"
        f"<h2>Protocol</h2>{table}{protocol}</tbody></table><h2>Operations</h2>"
        f"<input id=q type=search placeholder='Search' aria-label='Search operations'>{table}"
        f"<!-- rows -->{rows}</tbody></table><script>{_SCRIPT}</script>"
    )


def _row(o: OperationJudged, themes: list[str]) -> str:
    cells = "".join(f"<td title='{escape(t)}'>{SIGNS.get(o.themes.get(t, ''), '')}</td>" for t in themes)
    name = _text(o.name)
    where = f"operations/{name}/report.html" if o.digest else ""
    link = f"<a href='{where}'>{name}</a>" if where else name
    unknown = _text(", ".join(o.unknown_causes))
    codes = f"<details><summary>errors of unknown cause</summary>{unknown}</details>" if unknown else ""
    return (
        f"<tr class={o.verdict}><td>{link}<td>{_text(o.kind)}<td>{o.verdict}<br><small>{_text(o.reason)}</small>{codes}"
        f"<td>{o.requests}{cells}</tr>"
    )


def _text(text: str) -> str:
    return escape(printable(text))


_STYLE = (
    "body{font:15px/1.4 system-ui;margin:2em;color-scheme:light dark}table{border-collapse:collapse}"
    "td,th{padding:.2em .5em;border-bottom:1px solid #8884;text-align:left;vertical-align:top}"
    ".not-conformant td:nth-child(3){color:#c33}.conformant td:nth-child(3){color:#282}"
)
_SCRIPT = (
    "q.oninput=()=>{for(const r of document.querySelectorAll('table:last-of-type tbody tr'))"
    "r.hidden=!r.textContent.toLowerCase().includes(q.value.toLowerCase())}"
)
