"""A run as one HTML file: no network, light and dark, for a phone, a keyboard and a screen reader alike."""

from __future__ import annotations

import base64
import re
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from conformance.ledger.verdicts import BAD, GLYPHS, VerdictName
from conformance.report.causes import MOST, start_here
from conformance.report.conclusion import conclude
from conformance.report.coverage import coverage, states
from conformance.report.dialect import chosen, distances
from conformance.report.missing import missing_data
from conformance.report.plots import latency_bars, outcome_bars, quantile
from conformance.report.results import Result, Standing, by_theme, groups, kinds, levels, of_an_sdk, results, tally
from conformance.report.stream import Run
from conformance.report.text import duration, first_lines, one_line, printable

WORDS = {
    "failed": "failed",
    "unexpectedly-passed": "unexpectedly passed",
    "errored": "the suite erred",
    "known-failing": "known failure",
    "inconclusive": "inconclusive",
    "warned": "recommended, not met",
    "passed": "passed",
    "not-applicable": "does not apply",
    "not-judged": "not judged",
}
# letters read as words where there is room for a sign
SIGNS = {**GLYPHS, "known-failing": "K", "warned": "△"}
# what stands below the failures
OTHERS: tuple[Standing, ...] = ("known-failing", "inconclusive", "not-judged", "warned")
TONES = {0: "good", 1: "bad", 3: "unsure"}


def html(run: Run, one_of_many: bool = False) -> str:
    """The whole page. Everything that a stranger wrote is escaped, and made printable first. What of the documentation
    a run exercised is not told of one of many, of which each exercises a part.
    """
    script = template("report.js")
    return page_template("report.html.jinja").render(
        run=run,
        script=script,
        script_digest=base64.b64encode(sha256(script.encode()).digest()).decode(),
        style=template("report.css"),
        **{**_view(run), **({"covered": ()} if one_of_many else {})},
    )


def _view(run: Run) -> dict[str, Any]:
    found, conclusion, covered = results(run), conclude(run), coverage(run)
    partly = conclusion.exit_status == 0 and conclusion.scope.word == "part"
    latency, failures = run.footer.latency, groups(found, BAD)
    return {
        "conclusion": conclusion,
        "missing": missing_data(run),
        "tone": "unsure" if partly else TONES[conclusion.exit_status],
        "found": found,
        "kinds": kinds(found),
        "failures": failures,
        "causes": start_here(found)[:MOST] if len(failures) > MOST else (),
        "others": kinds(r for group in groups(found, OTHERS) for r in group.results),
        "levels": [(level, tally(r for r in found if r.entry.level == level)) for level in levels(found)],
        "themes": [(theme, tally(members), len(members)) for theme, members in by_theme(found).items()],
        "standings": tally(found),
        "choices": chosen(run),
        "of_an_sdk": of_an_sdk(run),
        "distances": distances(run),
        "covered": covered,
        "coverage": states(covered),
        "latency": latency_bars(latency),
        "quantiles": [
            (name, quantile(latency, share)) for name, share in (("half", 0.5), ("95 %", 0.95), ("99 %", 0.99))
        ],
        "outcomes": outcome_bars(run.footer.outcomes),
    }


def page_template(name: str) -> Template:
    """What renders a page, compiled once: everything is escaped, and filters make what strangers wrote printable."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    files = FunctionLoader(template)
    environment = Environment(
        loader=files, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "line": one_line,
        "plain": printable,
        "lines": lambda text, count=40: "\n".join(first_lines(text or "", count, 2000)),
        "duration": duration,
        "thousands": lambda number: f"{number:,}",
        "slug": slug,
        "cases": _cases,
    }
    environment.globals |= {"WORDS": WORDS, "GLYPHS": SIGNS}
    return environment


def slug(id: str) -> str:
    """An anchor for a requirement's id, different for different ids."""
    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", id)
    return plain if plain == id else f"{plain}-{sha256(id.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _cases(result: Result) -> list[tuple[str, VerdictName]]:
    """The verdict of each named case, where they are not all the same."""
    cases: list[tuple[str, VerdictName]] = [(case, verdict) for case, verdict in result.cases.items() if case]
    return cases if len({verdict for _, verdict in cases}) > 1 or any(not case for case in result.cases) else []


def template(name: str) -> str:
    """The text of one of the files that a page is made of."""
    return resources.files("conformance.report").joinpath("templates").joinpath(name).read_text("utf-8")
