"""What-ifs in a real browser: under every setting they say what the build says."""

from __future__ import annotations

import functools
import gzip
import http.server
import itertools
import random
import re
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from analysis import ledger as compute
from analysis.claim_texts import said
from analysis.claims import space_of, verdict
from analysis.display import day
from analysis.intervals import Range
from analysis.publish.live import told
from analysis.whatif import whatifs

PAGES = {"en": "whatif.html", "zh": "zh/whatif.html"}
GRID = {
    "caseload": {
        "provincial_scope": ("", "september_batch", "all_items"),
        "provincial_start": ("", "2023-09-01", "2023-10-20", "2023-11-15"),
        "permits_counted": ("", "0", "500", "982"),
        "municipal_scope": ("", "these_items", "all_items"),
        "municipal_start": ("", "2023-11-30", "2024-01-01"),
    },
    "rated": {
        "provincial_rated_share": ("", "0", "0.37", "1"),
        "municipal_rated_share": ("", "0.05", "0.5", "0.51", "1"),
        "unrated_satisfied": ("", "0", "45", "100"),
    },
    "mix": {
        "mix_difference": ("", "0", "5.5", "10", "15.5"),
        "speed_difference": ("", "20", "30.5", "60"),
        "cut_baseline": ("", "same", "differs"),
        "cut_endpoint": ("", "same"),
        "cut_unit": ("", "same"),
        "cut_aggregation": ("", "same"),
        "time_mean": ("", "cases", "other"),
    },
}
SAMPLE = 24


def settings(name, count):
    """Some of all combinations: with everything open, everything set, and others by chance."""
    options = list(GRID[name].values())
    found = list(itertools.product(*options))
    ends = [found[0], *(tuple(each[place % len(each)] for each in options) for place in (1, 2, -1))]
    chosen = [*ends, *random.Random(4).sample(found, count - len(ends))]  # noqa: S311 - no secret
    return [dict(zip(GRID[name], each, strict=True)) for each in chosen]


def expected(case, name, moved, lang):
    """What the build says under some settings, a line a quantity and a line a claim."""
    fixed = {key: value for key, value in moved.items() if value}
    found = replace(case, settings=fixed)
    ledger, space = compute(found), space_of(found)
    whatif = whatifs(case)[name]
    words = told(case, compute(case), whatif, lang)
    rows = [each["label"] for each in words["quantities"] if "label" in each]
    lines = [
        words["words"]["row"].format(label, ledger.text(key, lang, "interval"))
        for label, key in zip(rows, whatif.shown, strict=True)
    ]
    for claim, each in zip(whatif.claims, words["claims"], strict=True):
        kind = verdict(claim.id, claim.predicate, space, flips=False).kind
        sentence = each["between"]
        if kind != "depends" or not fixed:
            sentence = said(ledger, claim.sentences[kind][lang], lang)
        lines.append(f"{sentence} {each['verdicts'][kind]['badge']}")
    return lines


def block(page, name):
    return page.locator(f'.whatif[data-whatif="whatif-{name}"]')


def control(page, name, key):
    """The input of an assumption, found by its label as a reader finds it."""
    place = list(GRID[name]).index(key)
    return block(page, name).locator(".control").nth(place)


def move(page, name, moved):
    """Put every control at its setting."""
    for key, value in moved.items():
        found = control(page, name, key)
        if found.locator("select").count():
            found.locator("select").select_option(value)
        elif value:
            number = date.fromisoformat(value).toordinal() if "-" in value else value
            found.locator("input[type=range]").fill(str(number))
        else:
            found.locator("input[type=checkbox]").set_checked(checked=False)
            found.locator("input[type=checkbox]").set_checked(checked=True)


def lines(page, name):
    return [re.sub(r"\s+", " ", text) for text in block(page, name).locator("li").all_inner_texts()]


@pytest.mark.parametrize("lang", PAGES)
@pytest.mark.parametrize("name", GRID)
def test_intervals_and_verdicts_are_those_of_the_build(visit, case, name, lang):
    """On a grid of settings; the words are the ledger's too."""
    from playwright.sync_api import expect  # noqa: PLC0415

    page = visit(PAGES[lang])
    seen = set()
    for moved in settings(name, SAMPLE if lang == "en" else SAMPLE // 3):
        move(page, name, moved)
        wanted = expected(case, name, moved, lang)
        expect(block(page, name).locator("li"), str(moved)).to_have_text(wanted)
        seen |= set(
            block(page, name)
            .locator("li[data-verdict]")
            .evaluate_all("all => all.map(li => li.dataset.verdict)")
        )
    assert len(seen) > 1


def test_no_reader_comes_to_a_verdict_without_a_sentence(case):
    """At every combination of ends and settings, and of what is left open."""
    for whatif in whatifs(case).values():
        space = whatif.space
        for each in itertools.product(*(_options(space, name) for name in whatif.moved)):
            fixed = {name: value for name, value in zip(whatif.moved, each, strict=True) if value is not None}
            ranges = space.ranges | {name: Range(value, value, value) for name, value in fixed.items()}
            choices = {name: among for name, among in space.choices.items() if name not in fixed}
            for claim in whatif.claims:
                put = replace(space, ranges=ranges, choices=choices)
                kind = verdict(claim.id, claim.predicate, put, flips=False).kind
                assert kind in claim.sentences, (claim.id, kind, fixed)


def _options(space, name) -> tuple[object, ...]:
    known = space.ranges[name]
    return None, *space.choices.get(name, (known.low, known.high))


@pytest.mark.parametrize("lang", PAGES)
def test_by_keyboard_alone(visit, ledger, lang):
    page = visit(PAGES[lang])
    here, start = block(page, "caseload"), control(page, "caseload", "provincial_start")
    slider, centre = start.locator("input[type=range]"), ledger["provincial_start"].value
    assert not here.locator(".whatif-results").is_visible()
    slider.focus()
    for key, moved in (
        ("ArrowRight", centre + 1),
        ("ArrowLeft", centre),
        ("End", ledger["provincial_start"].high),
    ):
        page.keyboard.press(key)
        here.locator(".whatif-results").wait_for()
        assert float(slider.input_value()) == moved
        assert (
            start.locator("output").inner_text() == slider.get_attribute("aria-valuetext") == day(moved, lang)
        )
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert start.locator("input[type=checkbox]").is_checked()
    assert start.locator("output").inner_text() == ledger.text("provincial_start", lang, "interval")


@pytest.mark.parametrize("by", ["key", "click"])
def test_an_end_at_which_the_slider_stands_can_be_taken(visit, by):
    page = visit("whatif.html")
    permits = control(page, "caseload", "permits_counted")
    slider = permits.locator("input[type=range]")
    assert slider.input_value() == "982"
    if by == "key":
        slider.press("End")
    else:
        box = slider.bounding_box()
        slider.click(position={"x": box["width"] - 3, "y": box["height"] / 2})
    assert not permits.locator("input[type=checkbox]").is_checked()
    assert permits.locator("output").inner_text() == "982 cases"


def test_all_is_left_open_again(visit, case):
    from playwright.sync_api import expect  # noqa: PLC0415

    page = visit("whatif.html")
    move(page, "mix", {"speed_difference": "40"} | {"cut_unit": "differs"})
    expect(block(page, "mix").locator("[role=status]")).to_contain_text("not identified")
    block(page, "mix").locator("button").click()
    expect(block(page, "mix").locator("li")).to_have_text(expected(case, "mix", {}, "en"))


@pytest.mark.parametrize("lang", PAGES)
def test_the_picture_stays_until_something_moves_and_in_print(visit, lang):
    page = visit(PAGES[lang])
    picture = page.locator('img[src$="whatif-rated.svg"]')
    assert picture.is_visible()
    assert not [url for url in page.asked if "vega" in url]
    move(page, "rated", {"unrated_satisfied": "45"})
    page.locator(".whatif-chart svg").wait_for()
    assert not picture.is_visible()
    page.emulate_media(media="print")
    assert picture.is_visible()
    assert not block(page, "rated").is_visible()
    assert not page.locator(".whatif-chart").is_visible()


@pytest.mark.parametrize("lang", PAGES)
def test_without_script_there_is_the_picture(visit, lang):
    page = visit(PAGES[lang], java_script_enabled=False)
    assert page.locator("figure img").count() == len(GRID)
    assert page.locator("main input, main select, main button").count() == 0


@pytest.mark.parametrize("name", [*PAGES.values(), "index.html", "zh/index.html"])
def test_the_runtime_is_no_part_of_the_first_view(visit, name):
    page = visit(name)
    page.wait_for_load_state("networkidle")
    paths = {Path(unquote(urlsplit(url).path)) for url in page.asked if url.startswith("file:")}
    assert "vega.js" not in {path.name for path in paths}
    if name in PAGES.values():
        assert sum(len(gzip.compress(path.read_bytes())) for path in paths) < 500_000
    else:
        assert not {path.name for path in paths} & {"whatif.js", "whatif.css"}


@pytest.fixture
def served(project):
    """The site on a server of this machine."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(project / "_site"))
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("where", ["file", "server"])
def test_a_chart_moves_under_a_strict_policy_and_asks_for_nothing_outside(visit, project, served, where):
    base = served if where == "server" else (project / "_site").as_uri() + "/"
    page = visit("whatif.html", base)
    for name, moved in (
        ("caseload", {"permits_counted": "500"}),
        ("rated", {"municipal_rated_share": "0.5"}),
    ):
        move(page, name, moved)
        block(page, name).locator("li").first.wait_for()
    assert page.locator(".whatif-chart svg").count() == 2
    assert [url for url in page.asked if not url.startswith((base, "data:"))] == []
    assert sum("vega.js" in url for url in page.asked) == 1


def test_the_policy_lets_no_text_be_run(chromium, project):
    """In a task of the page's own: what a debugger evaluates is exempt."""
    page = chromium.new_page()
    page.goto((project / "_site/whatif.html").as_uri())
    tried = "try { new Function('1')(); done('ran'); } catch { done('refused'); }"
    assert page.evaluate(f"new Promise((done) => setTimeout(() => {{ {tried} }}))") == "refused"
    page.close()


def test_every_page_has_a_strict_policy(project):
    for path in (project / "_site").rglob("*.html"):
        (policy,) = re.findall(
            r'Content-Security-Policy" content="([^"]*)"', path.read_text(encoding="utf-8")
        )
        parts = {name: rest for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}
        assert (parts["default-src"], parts["script-src"]) == ("'none'", "'self' file:")
        assert "unsafe-eval" not in policy
        assert [name for name, rest in parts.items() if "unsafe-inline" in rest] == ["style-src-attr"]


def test_the_script_makes_no_markup_and_runs_no_text(project):
    script = (project / "_site/assets/whatif.js").read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|eval\(|Function\(|fetch\(|^(import|export) ", script, re.MULTILINE)


def test_without_the_runtime_the_picture_stays_and_the_page_says_why(chromium, project):
    page = chromium.new_page()
    page.route("**/vega.js", lambda route: route.abort())
    page.goto((project / "_site/whatif.html").as_uri())
    move(page, "rated", {"unrated_satisfied": "45"})
    block(page, "rated").get_by_text("The runtime could not be loaded").wait_for()
    assert page.locator('img[src$="whatif-rated.svg"]').is_visible()
    page.close()
