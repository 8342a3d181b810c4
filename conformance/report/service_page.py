"""A run over a service for people: on a terminal, and as one HTML page with a matrix that can be searched."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from hashlib import sha256

from conformance.report.html import TONES, WORDS, page_template, template
from conformance.report.service_run import VERDICTS, OperationJudged, ServiceRun
from conformance.report.text import printable

SIGNS = {
    "passed": "✓", "failed": "✗", "unexpectedly-passed": "!", "errored": "!", "known-failing": "K", "warned": "△",
    "inconclusive": "?", "not-applicable": "–",
}  # fmt: skip
SHOWN_CAUSES = 12
SHOWN_NAMES = 3
SHOWN_STEPS = 20


def terminal_lines(run: ServiceRun) -> Iterator[str]:
    """The result: causes first, then what was not met or not judged, one line an operation, then the verdict."""
    if run.causes:
        yield "Start here:"
        for cause in run.causes[:SHOWN_CAUSES]:
            yield printable(f"  {cause.text}: {cause.extent} ({_few(cause.operations)})")
    for verdict in VERDICTS:
        found = [o for o in run.operations if o.verdict == verdict]
        if verdict == "conformant" or not found:
            continue
        yield f"{verdict} ({len(found)}):"
        reasons: dict[str, list[OperationJudged]] = {}
        for one in found:
            reasons.setdefault(_of_any(one), []).append(one)
        for reason, those in sorted(reasons.items(), key=lambda r: -len(r[1]))[:SHOWN_CAUSES]:
            yield printable(f"  {_few([o.name for o in those])}: {those[0].reason if len(those) == 1 else reason}")
        if len(reasons) > SHOWN_CAUSES:
            yield f"  and {len(reasons) - SHOWN_CAUSES} more reasons, in the report"
    yield from _sequences(run)
    yield printable(f"{run.headline}. {run.sentence}")
    yield f"{run.requests} requests in {run.finished.seconds:.0f} s."


def _held_to(run: ServiceRun) -> str:
    """What a release was held to beyond the documentation, in words; nothing where that is all."""
    settings, said = run.started.settings, []
    if profiles := settings.get("profiles"):
        said.append(f"held to {', '.join(map(str, profiles))}")
    if (fail_on := settings.get("fail_on", "must")) != "must":
        said.append("every SHOULD fails it" if fail_on == "should" else "what must stay secret fails it, a SHOULD too")
    if run.started.known:
        said.append(f"{len(run.started.known)} known failures: {'; '.join(run.started.known)}")
    return ". ".join(said)


def _sequences(run: ServiceRun) -> Iterator[str]:
    """What sequences of requests came to, with the requests that show what is not met, and what is left of them."""
    found = [o for o in run.sequences if o.verdict != "conformant"]
    if found:
        yield f"sequences ({len(found)} of {len(run.sequences)} resources):"
    for o in found:
        if not o.failed:
            yield printable(f"  {o.name}  {o.verdict}: {o.reason}")
        for failed in o.failed[:SHOWN_CAUSES]:
            yield printable(f"  {failed.requirement}: {failed.message}")
            for number, step in enumerate(failed.steps[:SHOWN_STEPS], 1):
                yield printable(f"    {number:2d}. {step}")
            if len(failed.steps) > SHOWN_STEPS:
                yield f"    and {len(failed.steps) - SHOWN_STEPS} more requests, in the report"
    for line in run.finished.left[:SHOWN_CAUSES]:
        yield printable(f"not taken away: {line}")


def _of_any(judged: OperationJudged) -> str:
    """Why an operation has its verdict, without its name: the same for all that have it for the same reason."""
    reason = judged.reason.replace(f"{judged.name}.", "").replace(f"no {judged.name}", "no such operation")
    return reason.replace(judged.name, "each")


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return ", ".join(names[:SHOWN_NAMES]) + more


def service_html(run: ServiceRun) -> str:
    """One page: the verdict, causes first, and operations × themes. Everything that a stranger wrote is escaped."""
    script = template("service.js")
    partly = run.exit_status == 0 and run.is_partial
    return page_template("service.html.jinja").render(
        run=run,
        operations=sorted(run.operations, key=lambda o: VERDICTS.index(o.verdict)),
        tone="unsure" if partly else TONES[run.exit_status],
        causes=run.causes[:SHOWN_CAUSES],
        themes=sorted({theme for o in run.all for theme in o.themes}),
        counts=[(verdict, count) for verdict, count in run.counts.items() if count],
        held_to=_held_to(run),
        signs=SIGNS,
        words=WORDS,
        script=script,
        script_digest=base64.b64encode(sha256(script.encode()).digest()).decode(),
        style=template("report.css") + template("service.css"),
    )
