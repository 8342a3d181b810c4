"""The HTML report: any stream renders, nothing of a stranger becomes markup, and the page works in a browser."""

import re
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given, settings
from lxml import html as reader

from conformance.report import events as e
from conformance.report.html import html
from conformance.report.results import results

from .streams import entry, run, runs, showcase

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]


def page(made):
    return reader.document_fromstring(html(made))


@settings(deadline=None, max_examples=25)
@given(runs())
def test_any_stream_renders_into_one_whole_page(made):
    text = html(made)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202e]", text)
    root = reader.document_fromstring(text)
    assert len(root.findall(".//script")) == 1
    rows = root.findall(".//tbody[@id='matrix-body']/tr")
    assert sum(int(row.get("data-n")) for row in rows) == len(made.header.catalogue)
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in root.xpath("//a/@href")} <= set(ids)


def test_structure_for_people_who_do_not_see_it():
    root = page(showcase())
    assert root.get("lang") == "en"
    assert len(root.findall(".//h1")) == 1
    assert len(root.findall(".//main")) == 1
    levels = [int(heading.tag[1]) for heading in root.iter("h1", "h2", "h3", "h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    labelled = set(root.xpath("//label/@for"))
    assert {control.get("id") for control in root.iter("input", "select")} <= labelled
    for table in root.iter("table"):
        assert table.findall(".//th[@scope]")
    assert all(button.text_content().strip() for button in root.iter("button"))


def test_nothing_is_fetched():
    text = html(showcase())
    root = reader.document_fromstring(text)
    assert [link for link in root.xpath("//@src | //link/@href") if not link.startswith("data:")] == []
    assert "default-src 'none'" in text
    assert not re.search(r"@import|url\(", text)


def test_a_stranger_cannot_add_markup():
    evil = "</pre></script><script>alert(1)</script><img src=x onerror=alert(1)>"
    verdict = e.Verdict(
        "DescribeTasks.a.b", evil, "failed", evil, evil, evil, exchange=e.Evidence(evil, 200, evil), cause=evil
    )
    made = run([entry("a.b", statement=evil, citations=(evil,))], [verdict], [e.ChoiceObserved(evil, evil, evil)])
    root = page(evolve(made, header=evolve(made.header, operation=evil, deselected=(evil,))))
    assert len(root.findall(".//script")) == 1
    assert root.findall(".//img") == []
    assert evil in root.find(".//article").text_content()


def test_what_failed_is_shown_whole():
    root = page(showcase())
    article = root.get_element_by_id("f-DescribeTasks.paging.pages-are-full")
    text = " ".join(article.text_content().split())
    for part in (
        "Every page but the last holds as many items as asked for.",
        "ecs-2021, Request parameters, PageSize",
        "Expected10 items",
        "Received9 items",
        "curl -sS -i",
        "HTTP 200",
        '"TotalCount": 23',
        "1 more for the same cause",
        "DescribeTasks.paging.last-page-holds-the-rest",
    ):
        assert part.replace(" ", "") in text.replace(" ", "")


def test_the_verdict_and_its_scope_are_on_top():
    first = page(showcase()).find(".//main/section").text_content()
    assert "Not conformant" in first
    assert "2,431 requests" in first
    assert "12 requirements selected" in first


def test_profiles_say_what_would_have_to_change():
    made = showcase()
    profiles = (
        e.ProfileEntry("strict", "Strict.", {"TaskSet.list-form": "array-of-one", "SupportCancel.json-type": "string"}),
        e.ProfileEntry("lax", "Lax.", {"TaskSet.list-form": "object", "unseen": "x"}),
    )
    text = " ".join(page(evolve(made, header=evolve(made.header, profiles=profiles))).text_content().split())
    assert "change 2 of 2: TaskSet.list-form: from object to array-of-one" in text
    assert "from string and boolean to string" in text
    assert "Nothing seen in this run speaks against it (1 of 2 choices as pinned)" in text


def test_coverage_of_sentences():
    made = showcase()
    sentences = (
        e.SentenceEntry("page, A", "d1", ("DescribeTasks.paging.pages-are-full", "DescribeTasks.envelope.request-id")),
        e.SentenceEntry("page, B", "d2", (), "about a console"),
        e.SentenceEntry("page, C", "d3", ("DescribeTasks.regions.do-not-leak", "DescribeTasks.never.selected")),
    )
    text = page(evolve(made, header=evolve(made.header, sentences=sentences))).text_content()
    assert "3 normative sentences: 1 exercised, 1 not exercised in this run, 1 excluded" in text
    assert "1,080" in text


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A function that loads a page of the folder in Chromium and gives its DOM as text, and the paths it
    asked for.
    """
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; apt-get install chromium runs these tests")
    folder = tmp_path_factory.mktemp("pages")
    asked = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            asked.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def load(name, *flags):
        profile = tmp_path_factory.mktemp("profile")
        address = f"http://127.0.0.1:{server.server_port}/{name}"
        command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "--virtual-time-budget=5000", *flags, address]
        done = subprocess.run(command, capture_output=True, timeout=60, check=True)
        return done.stdout.decode()

    yield folder, load, asked
    server.shutdown()
    thread.join()
    server.server_close()


HARNESS = """<!doctype html><link rel="icon" href="data:,"><body>
<iframe id="f" src="report.html" style="border:0;width:%dpx;height:800px"></iframe>
<pre id="out"></pre><script>
document.getElementById("f").onload = async () => {
  const w = document.getElementById("f").contentWindow, d = w.document, out = [];
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const count = () => [...d.getElementById("matrix-body").rows].filter((row) => !row.hidden).length;
  const say = (name, value) => out.push(name + "=" + value);
  say("overflow", d.documentElement.scrollWidth - d.documentElement.clientWidth);
  say("scheme", w.getComputedStyle(d.body).backgroundColor);
  say("all", count());
  const search = d.getElementById("search");
  search.value = "paging FULL"; search.dispatchEvent(new w.Event("input")); await wait(300); say("search",
  count()); say("status", d.getElementById("shown").textContent);
  search.value = ""; search.dispatchEvent(new w.Event("input")); await wait(300);
  const level = d.getElementById("level");
  level.value = "SHOULD"; level.dispatchEvent(new w.Event("change")); say("should", count());
  level.value = ""; level.dispatchEvent(new w.Event("change"));
  const failed = d.querySelector("button[data-standing=failed]"), passed =
  d.querySelector("button[data-standing=passed]"); failed.click(); say("failed", count()); passed.click();
  say("both", count()); say("pressed", failed.ariaPressed); document.getElementById("out").textContent =
  out.join("|"); };
</script>"""


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser(browser, width, scheme):
    folder, load, asked = browser
    (folder / "report.html").write_text(html(showcase()), "utf-8")
    (folder / "harness.html").write_text(HARNESS % width, "utf-8")
    asked.clear()
    flag = f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}"
    dom = load("harness.html", "--dump-dom", flag)
    said = dict(part.split("=", 1) for part in re.search(r'<pre id="out">(.*?)</pre>', dom).group(1).split("|"))
    assert said == {
        "overflow": "0",
        "scheme": "rgb(22, 24, 27)" if scheme == "dark" else "rgb(251, 251, 249)",
        "all": "12",
        "search": "1",
        "status": "1 of 12 requirements shown",
        "should": "2",
        "failed": "2",
        "both": "5",
        "pressed": "true",
    }
    assert sorted(set(asked)) == ["/harness.html", "/report.html"]


def test_a_screenshot_is_not_blank(browser):
    folder, load, _ = browser
    (folder / "report.html").write_text(html(showcase()), "utf-8")
    picture = folder / "shot.png"
    load("report.html", f"--screenshot={picture}", "--window-size=900,900")
    assert len(picture.read_bytes()) > 20_000


def test_the_matrix_names_every_requirement():
    made = showcase()
    text = page(made).get_element_by_id("matrix-body").text_content()
    for result in results(made):
        assert result.entry.id in text
        assert result.entry.statement in text


def test_many_failures_begin_with_where_to_start():
    shown = e.Evidence("curl", 200, "", ("TaskIds",))
    found = [e.Verdict(f"DescribeTasks.ids.r{n}", "", "failed", f"message {n}", exchange=shown) for n in range(6)]
    made = page(run(catalogue=[entry(f"ids.r{n}") for n in range(6)], verdicts=found))
    said = " ".join(made.xpath("//ol[contains(@class, 'causes')]")[0].text_content().split())
    assert said == "TaskIds: 6 requirements fail where it is sent. DescribeTasks.ids.r0: message 0"
    [link] = made.xpath("//ol[contains(@class, 'causes')]//a/@href")
    assert made.get_element_by_id(link[1:]) is not None
    assert not page(showcase()).xpath("//ol[contains(@class, 'causes')]")


def many(standing="passed"):
    """Five requirements of one kind, one of them not met, and one of another kind."""
    said = "P{} of another type is refused."
    alike = [entry(f"types.P{n}.wrong-type", statement=said.format(n), subject=f"P{n}") for n in range(5)]
    found = [e.Verdict(one.id, "", "failed" if one.subject == "P3" else standing) for one in alike]
    other = entry("types.other")
    return run([*alike, other], [*found, e.Verdict(other.id, "", "passed")])


def test_requirements_of_a_kind_that_stand_alike_share_a_row():
    rows = page(many()).findall(".//tbody[@id='matrix-body']/tr")
    assert [row.get("data-n") for row in rows] == ["4", "1", "1"]
    assert rows[0].find(".//span[@class='id soft']").text == "DescribeTasks.types.*.wrong-type"
    named = [item.find("span").text for item in rows[0].findall(".//details/ul/li")]
    assert named == [f"DescribeTasks.types.P{n}.wrong-type" for n in (0, 1, 2, 4)]
    assert "P4 of another type is refused." in rows[0].text_content()
    assert rows[1].get("data-s") == "failed"


def test_few_of_a_kind_stand_one_by_one():
    alike = [entry(f"types.P{n}.wrong-type", subject=f"P{n}") for n in range(3)]
    made = run(alike, [e.Verdict(one.id, "", "passed") for one in alike])
    assert [row.get("data-n") for row in page(made).findall(".//tbody[@id='matrix-body']/tr")] == ["1", "1", "1"]


@pytest.mark.parametrize("standing", ["warned", "inconclusive", "known-failing"])
def test_what_is_not_met_or_not_judged_of_a_kind_shares_a_card(standing):
    made = many(standing)
    shown = e.Evidence("curl -sS http://127.0.0.1/", 200, "an answer")
    said = [evolve(v, message=f"found {n % 2}", exchange=shown) for n, v in enumerate(made.verdicts)]
    root = page(run(made.header.catalogue, said))
    cards = [card for card in root.findall(".//article") if "failure" not in card.get("class")]
    assert len(cards) == 1
    assert cards[0].find(".//h3/span").text == "DescribeTasks.types.*.wrong-type"
    items = cards[0].findall("./details/ul/li")
    assert [item.get("id") for item in items] == [f"f-DescribeTasks.types.P{n}.wrong-type" for n in (0, 1, 2, 4)]
    for n, item in zip((0, 1, 2, 4), items, strict=True):
        text = item.text_content()
        assert f"P{n} of another type is refused." in text
        assert f"found {n % 2}" in text
        # what is behind each can still be opened
        assert "curl -sS http://127.0.0.1/" in text
        assert "an answer" in text


def test_what_all_of_a_kind_say_is_said_once():
    made = many("warned")
    root = page(run(made.header.catalogue, [evolve(v, message="it was accepted") for v in made.verdicts]))
    [card] = [card for card in root.findall(".//article") if "failure" not in card.get("class")]
    assert card.text_content().count("it was accepted") == 1


def test_few_that_are_not_met_have_a_card_each():
    alike = [entry(f"types.P{n}.wrong-type", subject=f"P{n}") for n in range(3)]
    made = page(run(alike, [e.Verdict(one.id, "", "warned", "accepted") for one in alike]))
    assert [card.get("id") for card in made.findall(".//article")] == [f"f-{one.id}" for one in alike]


SEARCH = """<!doctype html><link rel="icon" href="data:,"><body>
<iframe id="f" src="kinds.html" style="border:0;width:900px;height:800px"></iframe>
<pre id="out"></pre><script>
document.getElementById("f").onload = async () => {
  const w = document.getElementById("f").contentWindow, d = w.document, out = [];
  const say = (name) => out.push(name + "=" + [
    [...d.getElementById("matrix-body").rows].filter((row) => !row.hidden).length,
    [...d.querySelectorAll("details.kind li")].filter((item) => item.checkVisibility()).length,
    d.getElementById("shown").textContent].join(","));
  say("all");
  const search = d.getElementById("search");
  search.value = "p4"; search.dispatchEvent(new w.Event("input"));
  await new Promise((done) => setTimeout(done, 300)); say("one");
  search.value = ""; search.dispatchEvent(new w.Event("input"));
  await new Promise((done) => setTimeout(done, 300)); say("again");
  document.getElementById("out").textContent = out.join("|"); };
</script>"""


def test_what_is_searched_for_is_found_among_those_of_a_kind(browser):
    folder, load, _ = browser
    (folder / "kinds.html").write_text(html(many()), "utf-8")
    (folder / "search.html").write_text(SEARCH, "utf-8")
    dom = load("search.html", "--dump-dom")
    said = dict(part.split("=", 1) for part in re.search(r'<pre id="out">(.*?)</pre>', dom).group(1).split("|"))
    assert said == {
        "all": "3,0,6 of 6 requirements shown",
        "one": "1,1,1 of 6 requirements shown",
        "again": "3,0,6 of 6 requirements shown",
    }


REVEAL = """<!doctype html><link rel="icon" href="data:,"><body>
<iframe id="f" src="cards.html" style="border:0;width:900px;height:800px"></iframe>
<pre id="out"></pre><script>
document.getElementById("f").onload = async () => {
  const w = document.getElementById("f").contentWindow, d = w.document, out = [];
  const item = d.getElementById("f-DescribeTasks.types.P4.wrong-type");
  out.push(item.checkVisibility());
  const moved = new Promise((done) => w.addEventListener("hashchange", done));
  [...d.querySelectorAll("#matrix-body a")].find((link) => link.hash === "#" + item.id).click();
  await moved;
  out.push(item.checkVisibility());
  document.getElementById("out").textContent = out.join("|"); };
</script>"""


def test_a_link_opens_the_card_that_it_leads_into(browser):
    folder, load, _ = browser
    (folder / "cards.html").write_text(html(many("warned")), "utf-8")
    (folder / "reveal.html").write_text(REVEAL, "utf-8")
    dom = load("reveal.html", "--dump-dom")
    assert re.search(r'<pre id="out">(.*?)</pre>', dom).group(1) == "false|true"
