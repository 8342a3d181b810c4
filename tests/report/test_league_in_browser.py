"""The table of the league in a browser, from a file: what is shown first, and what a link to a requirement shows."""

from __future__ import annotations

import subprocess

import pytest
from lxml import html as reader

from conformance.report.league import lines_of
from conformance.report.league_page import site
from tests.report.test_html import CHROMIUM, FLAGS
from tests.report.test_league import released


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """The page of that name as it stands once its script is through."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; apt-get install chromium runs these tests")
    folder = tmp_path_factory.mktemp("site")
    lines = lines_of([released("1.0", "passed"), released("1.1", "failed"), released("2.0", "passed", "other-sdk")])
    for name, text in site(lines).items():
        (folder / name).write_text(text, "utf-8")

    def opened(address):
        profile = tmp_path_factory.mktemp("profile")
        flags = (*FLAGS, f"--user-data-dir={profile}", "--virtual-time-budget=2000", "--dump-dom")
        done = subprocess.run(
            [CHROMIUM, *flags, f"file://{folder}/{address}"], capture_output=True, timeout=60, check=True
        )
        return reader.document_fromstring(done.stdout.decode())

    return opened


def _rows(page):
    return [
        (" ".join(row.xpath("./th//span[@class='id']/text()")), [td.get("class") for td in row.xpath("./td")])
        for row in page.xpath("//table[@id='sheet']/tbody/tr")
    ]


def test_the_index_shows_what_is_not_met_and_leads_to_it(opened):
    page = opened("index.html")
    assert _rows(page) == [("requests.plus", ["c s-passed", "c s-failed"])]
    assert page.xpath("//table[@id='sheet']//td//a/@href") == ["some-sdk.html#q=requests.plus"]
    assert page.get_element_by_id("shown").text == "1 of 2 rows"


def test_a_link_shows_a_requirement_in_every_operation_and_release(opened):
    page = opened("some-sdk.html#q=requests.plus")
    assert _rows(page) == [
        ("A requests.plus", ["c s-failed", "c s-passed"]),
        ("B requests.plus", ["c s-passed", "c s-passed"]),
    ]
    assert len(page.xpath("//table[@id='sheet']//td//button")) == 1
