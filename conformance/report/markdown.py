"""A run as a Markdown comment on a change: the verdict, the numbers, the failures folded away."""

from __future__ import annotations

import re

from conformance.ledger.verdicts import BAD
from conformance.report.conclusion import conclude
from conformance.report.missing import missing_data
from conformance.report.results import Result, ResultGroup, counts, dialect, groups, levels, results, tally
from conformance.report.stream import Run
from conformance.report.text import duration, first_lines, one_line

SYMBOLS = {0: "✅", 1: "❌", 2: "⚠️", 3: "⚠️"}
PART = "🟡"
SPECIAL = re.compile(r"[&<>`*_\[\]()|~\\#!$:]")
# code hosts refuse comments of more than 65,536 characters
LIMIT = 60_000
SHOWN = 20


def markdown(run: Run) -> str:
    """At most LIMIT characters. What strangers wrote is escaped, and mentions nobody."""
    for shown in (SHOWN, 5, 1, 0):
        text = _render(run, shown)
        if len(text) <= LIMIT:
            return text
    return text[: LIMIT - 1].rsplit("\n", 1)[0] + "\n"


def inline(text: str, limit: int = 300) -> str:
    """`text` as plain words in Markdown: nothing in it is markup, a link, or a mention."""
    escaped = SPECIAL.sub(lambda match: f"&#{ord(match.group())};", one_line(text, limit))
    return escaped.replace("@", "@\u2060")


def fenced(text: str, language: str = "", lines: int = 15) -> str:
    """A block of code that its content cannot end."""
    body = "\n".join(first_lines(text, lines, 500))
    longest = max((len(run) for run in re.findall("`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{body}\n{fence}"


def code(text: str) -> str:
    """An id in code style, whatever is in it."""
    return f"<code>{SPECIAL.sub(lambda match: f'&#{ord(match.group())};', one_line(text, 200))}</code>"


def _render(run: Run, shown: int) -> str:
    conclusion, found = conclude(run), results(run)
    partly = conclusion.exit_status == 0 and conclusion.scope.word == "part"
    symbol = PART if partly else SYMBOLS[conclusion.exit_status]
    title = f"{symbol} {conclusion.headline}: {inline(run.header.operation)}"
    missing = missing_data(run)
    told = [inline(missing.sentence, 1000)] if missing else []
    blocks = [f"### {title}", inline(conclusion.sentence, 1000), *told, _table(found)]
    failures = groups(found, BAD)
    blocks += [_failure(group) for group in failures[:shown]]
    if len(failures) > shown:
        blocks.append(f"… and {len(failures) - shown} more causes of failure: see the HTML report.")
    for summary, standing in (
        ("could not be judged", ("inconclusive", "not-judged")),
        ("not met, as was known", ("known-failing",)),
        ("recommended, and not met", ("warned",)),
    ):
        blocks += _fold(summary, [result for result in found if result.standing in standing])
    if taken := dialect(run):
        rows = [f"| {code(choice)} | {code(alternative)} |" for choice, alternative in taken.items()]
        table = "\n".join(["| choice | alternative |", "|---|---|", *rows[:60]])
        blocks.append(f"<details><summary>Dialect: {len(taken)} choices</summary>\n\n{table}\n\n</details>")
    blocks.append(_facts(run))
    return "\n\n".join(blocks) + "\n"


def _table(found: tuple[Result, ...]) -> str:
    order = [standing for standing, _ in tally(found)]
    rows = ["| level | " + " | ".join(order) + " |", "|---|" + "---:|" * len(order)]
    for level in levels(found):
        number = counts(result for result in found if result.entry.level == level)
        rows.append(f"| {level} | " + " | ".join(str(number[name] or "") for name in order) + " |")
    return "\n".join(rows)


def _failure(group: ResultGroup) -> str:
    result = group.results[0]
    decisive = result.decisive
    assert decisive is not None
    case = f" ({inline(decisive.case)})" if decisive.case else ""
    lines = [
        f"<details><summary>{result.standing}: {code(result.entry.id)}{case}</summary>",
        f"{inline(result.entry.statement)}",
    ]
    if result.entry.citations:
        lines.append("Source: " + "; ".join(inline(citation) for citation in result.entry.citations[:3]))
    if result.message:
        lines.append(f"Found: {inline(result.message)}")
    for label, text in (("Expected", decisive.expected), ("Received", decisive.received)):
        lines += [f"{label}:", fenced(text)] if text is not None else []
    if decisive.exchange:
        lines += [fenced(decisive.exchange.reproduce, "sh"), fenced(decisive.exchange.response)]
    if others := [other.entry.id for other in group.results[1:]]:
        lines.append(f"{len(others)} more for the same cause: {', '.join(map(code, others[:10]))}")
    return "\n\n".join([*lines, "</details>"])


def _fold(summary: str, members: list[Result]) -> list[str]:
    if not members:
        return []
    items = [f"- {code(result.entry.id)}: {inline(result.message)}" for result in members[:40]]
    items += [f"- … and {len(members) - 40} more"] if len(members) > 40 else []
    return [f"<details><summary>{len(members)} {summary}</summary>", "\n".join(items), "</details>"]


def _facts(run: Run) -> str:
    header, footer = run.header, run.footer
    facts = [
        f"{header.suite.name} {header.suite.version}",
        f"{footer.requests:,} requests",
        duration(footer.seconds),
        f"seed {header.seed}",
    ]
    if header.profile.name or header.profile.pins:
        facts.append(f"profile {header.profile.name or 'none'}, {len(header.profile.pins)} choices pinned")
    if header.deselected:
        facts.append(f"{len(header.deselected)} requirements left out")
    facts += [f"not judged: {one}" for one in conclude(run).scope.left_out]
    return f"<sub>{inline(' · '.join(facts))}</sub>"
