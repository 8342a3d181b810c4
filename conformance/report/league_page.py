"""The league table as a small static site: an index, and a page for each package. Pure: from lines to HTML."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from attrs import frozen

from conformance import __version__
from conformance.report.folder import safe_name
from conformance.report.html import SIGNS, TONES, WORDS, page_template, template
from conformance.report.league import LeagueChange, LeagueRelease, SdkLine, checks
from conformance.report.results import STANDINGS
from conformance.report.service_run import IN_PART
from conformance.report.text import printable

# in the order in which people look for them; one letter each in the pages' data
SHOWN = tuple(s for s in STANDINGS if s != "not-judged")
# the rows that a reader is shown first
NOT_MET = ("failed", "unexpectedly-passed", "errored", "known-failing", "warned")


@frozen
class _Column:
    """A release in a table: what stands over it, and the page that it leads to."""

    release: LeagueRelease
    title: tuple[str, ...]
    page: str = ""


def site(lines: Sequence[SdkLine]) -> dict[str, str]:
    """The pages, by file name."""
    pages = {line.package: safe_name(line.package) for line in lines}
    found = {"index.html": _index(lines, pages)}
    for line in lines:
        found[f"{pages[line.package]}.html"] = _page(line)
    return found


def _index(lines: Sequence[SdkLine], pages: Mapping[str, str]) -> str:
    newest = [line.newest for line in lines]
    columns = [
        _Column(r, (line.language, _short(line.package), r.name), pages[line.package])
        for line, r in zip(lines, newest, strict=True)
    ]
    return _rendered(
        "league.html.jinja",
        columns,
        failures=False,
        pressed=NOT_MET,
        lines=[(line, pages[line.package], _tally(line.newest)) for line in lines],
        tone=_tone(newest),
        met=sum(r.scope.exit_status == 0 and r.scope.headline != IN_PART for r in newest),
        partly=sum(r.scope.headline == IN_PART for r in newest),
        total=len(lines),
        releases=sum(len(line.releases) for line in lines),
        requests=sum(scope.requests for line in lines for r in line.releases for scope in r.scopes),
        version=__version__,
    )


def _tone(newest: Sequence[LeagueRelease]) -> str:
    """That of the best and the worst at once."""
    good = [release.scope.exit_status == 0 for release in newest]
    return "good" if all(good) else "unsure" if any(good) else "bad"


def _page(line: SdkLine) -> str:
    judged = [release for release in line.releases if release.verdicts]
    return _rendered(
        "league_line.html.jinja",
        [_Column(release, (release.name,)) for release in judged],
        failures=True,
        pressed=NOT_MET,
        line=line,
        releases=[(release, _tally(release)) for release in line.releases],
        causes=line.causes(),
        changes=_grouped(line.changes()),
    )


def _rendered(name: str, columns: Sequence[_Column], failures: bool, pressed: Iterable[str], **members: Any) -> str:
    script = template("league.js")
    there = _standings(column.release for column in columns)
    return page_template(name).render(
        data=_data(columns, failures, [name for name in pressed if name in there]),
        shown_standings=there,
        script=script,
        script_digest=base64.b64encode(sha256(script.encode()).digest()).decode(),
        style=template("report.css") + template("league.css"),
        TONES=TONES,
        **members,
    )


def _data(columns: Sequence[_Column], failures: bool, pressed: Iterable[str]) -> str:
    """What the script makes a table of, as JSON that ends no script."""
    operations = tuple(dict.fromkeys(name for column in columns for name in column.release.verdicts))
    table = checks()
    known = tuple(check for check in table if any(check in v for c in columns for v in c.release.verdicts.values()))
    place = {name: number for number, name in enumerate(operations)}
    number_of = {check: number for number, check in enumerate(known)}
    rows: dict[str, int] = {}  # most operations have the verdicts of others, so that each such row is written once
    cells = [
        {place[o]: rows.setdefault(_letters(v, known), len(rows)) for o, v in column.release.verdicts.items()}
        for column in columns
    ]
    data = {
        "standings": SHOWN,
        "words": {name: WORDS[name] for name in SHOWN},
        "glyphs": {name: SIGNS[name] for name in SHOWN},
        "pressed": list(pressed),
        "operations": operations,
        "checks": [(check, *table[check]) for check in known],
        "rows": tuple(rows),
        "columns": [
            {"title": [printable(word) for word in column.title], "page": column.page, "cells": numbers}
            for column, numbers in zip(columns, cells, strict=True)
        ],
        "failures": [
            {
                "col": number,
                "o": place[f.operation],
                "c": number_of[f.check],
                "message": printable(f.failed.message),
                "subjects": [printable(subject) for subject in f.failed.subjects],
                "expected": printable(f.failed.expected or ""),
                "received": printable(f.failed.received or ""),
                "command": printable(f.failed.evidence.command or "") if f.failed.evidence else "",
            }
            for number, column in enumerate(columns)
            for f in column.release.failures
            if failures and f.operation in place and f.check in number_of
        ],
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c").replace("\u2028", "")


def _standings(releases: Iterable[LeagueRelease]) -> tuple[str, ...]:
    """The verdicts that there are, in order."""
    found = {standing for r in releases for verdicts in r.verdicts.values() for standing in verdicts.values()}
    return tuple(name for name in SHOWN if name in found)


def _letters(verdicts: Mapping[str, str], known: Sequence[str]) -> str:
    """A letter for each requirement, by its verdict; a blank where it is not required."""
    letters: dict[str, str] = {name: chr(ord("a") + number) for number, name in enumerate(SHOWN)}
    return "".join(letters.get(verdicts.get(check, ""), " ") for check in known).rstrip()


def _tally(release: LeagueRelease) -> list[tuple[str, int]]:
    counts = release.counts()
    order = sorted(counts, key=lambda name: (name != "passed", [str(s) for s in STANDINGS].index(name)))
    return [(name, counts[name]) for name in order]


def _grouped(changes: Sequence[LeagueChange]) -> list[tuple[LeagueChange, str]]:
    """Changes that are alike in several operations, once, the newest first, with where they show."""
    found: dict[tuple[str, ...], list[LeagueChange]] = {}
    for one in changes:
        found.setdefault((one.release, one.check, one.before, one.after), []).append(one)
    alike = [(those[0], [one.operation for one in those]) for those in found.values()]
    return [
        (one, names[0] if len(names) == 1 else f"{len(names)} operations, such as {names[0]}")
        for one, names in reversed(alike)
    ]


def _short(package: str) -> str:
    """The end of a package's name, for the head of a column."""
    return package.rpartition("/")[2].rpartition(":")[2] or package
