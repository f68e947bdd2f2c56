"""What a reader meets in a real browser besides the numbers: search, editions, weight, schemes."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

EDITIONS = ("index.html", "zh/index.html")
HEAVIEST = 400_000
"""Bytes of a first view, compressed as servers send it."""

SHOWN = """document.fonts.ready.then(() => Promise.all([...document.images]
    .filter(each => each.getBoundingClientRect().top < innerHeight).map(each => each.decode())))"""


def every_page(project):
    site = project / "_site"
    return [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]


def colours(page):
    return page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )


def until(page: object, script: str, given: object = None) -> None:
    """Ask a page again and again; its policy lets nothing in it do so by text."""
    for _ in range(200):
        if page.evaluate(script, given):
            return
        page.wait_for_timeout(50)
    raise AssertionError(script)


class TestSchemes:
    @pytest.mark.parametrize("name", EDITIONS)
    def test_dark_where_the_reader_asks_for_it_and_never_in_print(self, visit, name):
        light, dark = colours(visit(name)), colours(visit(name, color_scheme="dark"))
        assert light == ["rgb(255, 255, 255)", "rgb(29, 35, 43)"]
        assert dark == ["rgb(21, 25, 30)", "rgb(228, 232, 236)"]
        page = visit(name, color_scheme="dark")
        page.emulate_media(media="print")
        assert colours(page) == light

    def test_charts_stay_on_white(self, visit):
        page = visit("index.html", color_scheme="dark")
        said = page.locator("main img").first.evaluate("img => getComputedStyle(img).backgroundColor")
        assert said == "rgb(255, 255, 255)"

    @pytest.mark.parametrize("name", ["index.html", "whatif.html"])
    def test_nothing_moves_by_itself(self, visit, name):
        page = visit(name, reduced_motion="reduce")
        moving = """[...document.querySelectorAll("*")].map(each => getComputedStyle(each)).filter(
            style => style.scrollBehavior !== "auto" || style.animationName !== "none"
              || style.transitionDuration !== "0s").length"""
        assert page.evaluate(moving) == 0
        assert page.evaluate("document.getAnimations().length") == 0


class TestEditions:
    @pytest.mark.parametrize(
        ("name", "to", "section"),
        [
            ("index.html", "zh/index.html", "sec-limits"),
            ("zh/index.html", "index.html", "sec-limits"),
            ("robustness.html", "zh/robustness.html", "sec-spread"),
            ("evidence/meizhou.html", "zh/evidence/meizhou.html", "municipal.cases"),
        ],
    )
    def test_the_other_edition_opens_at_the_section_in_view(self, visit, name, to, section):
        page = visit(name)
        page.locator(f"section[id='{section}']").evaluate("each => each.scrollIntoView()")
        page.locator(".editions a:not([aria-current])").evaluate("each => each.click()")
        page.wait_for_url(f"**/{to}#{section}")
        top = page.locator(f"section[id='{section}']").evaluate("each => each.getBoundingClientRect().top")
        assert abs(top) < 100

    def test_at_the_top_it_opens_at_the_top(self, visit):
        page = visit("index.html")
        page.locator(".editions a:not([aria-current])").click()
        page.wait_for_url("**/zh/index.html")

    def test_from_a_notebook_it_opens_the_brief_at_its_top(self, visit):
        page = visit("notebooks/02-tiers.html")
        page.mouse.wheel(0, 3000)
        page.locator(".editions a[lang^=zh]").evaluate("each => each.click()")
        page.wait_for_url("**/zh/index.html")

    def test_without_script_it_opens_at_the_top(self, visit):
        page = visit("index.html", java_script_enabled=False)
        page.locator(".editions a:not([aria-current])").click()
        page.wait_for_url("**/zh/index.html")


LAST_LETTERS = """async title => {
  await document.fonts.ready;
  const found = [], range = document.createRange();
  const letters = document.createTreeWalker(title, NodeFilter.SHOW_TEXT);
  let top = null, last = "";
  while (letters.nextNode()) {
    const node = letters.currentNode;
    for (let at = 0; at < node.length; at += 1) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const box = range.getBoundingClientRect();
      if (top !== null && box.top > top + 5) found.push(last);
      if (box.height) [top, last] = [box.top, node.data[at]];
    }
  }
  return found;
}"""
"""The letters that end the lines of a title but the last."""


class TestTitles:
    @pytest.mark.parametrize("width", [360, 390, 800])
    def test_chinese_ones_break_between_clauses(self, visit, project, width):
        found = {}
        for name in every_page(project):
            if name.startswith("zh/"):
                page = visit(name, viewport={"width": width, "height": 800})
                found[name] = page.locator("h1").evaluate(LAST_LETTERS)
        assert {letter for letters in found.values() for letter in letters} <= set("：，、）")
        assert any(found.values()) or width == 800


class TestContents:
    @pytest.mark.parametrize("name", EDITIONS)
    def test_they_stay_in_view_or_the_way_to_them_does(self, visit, name):
        page = visit(name, viewport={"width": 1400, "height": 900})
        page.evaluate("scrollTo(0, 5000)")
        assert 0 <= page.locator("#toc-title").bounding_box()["y"] < 900
        assert not page.locator(".to-contents").is_visible()
        page.set_viewport_size({"width": 360, "height": 800})
        page.locator(".to-contents").click()
        until(page, "Math.abs(document.querySelector('#toc-title').getBoundingClientRect().top) < 400")


class TestSearch:
    @pytest.mark.parametrize(
        ("name", "query", "title", "place"),
        [
            ("index.html", "DECIDED has", "What has to be decided", "/index.html#sec-decisions"),
            (
                "notebooks/02-tiers.html",
                "what has to be",
                "What has to be decided",
                "/index.html#sec-decisions",
            ),
            ("zh/index.html", "观点 摘要", "摘要与核心观点", "zh/index.html#sec-messages"),
            ("zh/evidence/meizhou.html", "核心观点", "摘要与核心观点", "zh/index.html#sec-messages"),
        ],
    )
    def test_by_keyboard_alone(self, visit, name, query, title, place):
        page = visit(name)
        box = page.get_by_role("searchbox")
        assert not any("search-" in url for url in page.asked)
        box.focus()
        page.keyboard.type(query)
        found = page.locator(".results li a")
        first = "title => document.querySelector('.results li a')?.textContent === title"
        until(page, first, title)
        assert page.locator(".results [role=status]").inner_text() not in {"", "Nothing found", "没有找到"}
        page.keyboard.press("ArrowDown")
        assert found.first.evaluate("each => each === document.activeElement")
        page.keyboard.press("ArrowUp")
        assert box.evaluate("each => each === document.activeElement")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: place in url)
        target = unquote(urlsplit(page.url).fragment)
        assert page.locator(f"[id='{target}']").count() == 1

    @pytest.mark.parametrize(
        ("name", "said"), [("index.html", "Nothing found"), ("zh/index.html", "没有找到")]
    )
    def test_says_that_there_is_nothing_and_escape_puts_it_away(self, visit, name, said):
        page = visit(name)
        page.get_by_role("searchbox").focus()
        page.keyboard.type("qqq")
        page.get_by_text(said).wait_for()
        page.keyboard.press("Escape")
        assert page.locator(".results [role=status]").inner_text() == ""
        assert page.get_by_role("searchbox").evaluate("each => each === document.activeElement")

    def test_every_result_leads_somewhere(self, visit, project):
        for lang, name in (("en", "index.html"), ("zh", "zh/index.html")):
            page = visit(name)
            page.get_by_role("searchbox").focus()
            until(page, "!!window.briefSearch")
            places = page.evaluate("window.briefSearch.map(each => each.href)")
            texts = {path: (project / "_site" / path).read_text("utf-8") for path in every_page(project)}
            for place in places:
                path, _, target = place.partition("#")
                assert ("zh/" in path) == (lang == "zh")
                assert not target or f'id="{target}"' in texts[path]

    def test_without_script_there_is_no_box(self, visit):
        page = visit("index.html", java_script_enabled=False)
        assert page.get_by_role("searchbox").count() == 0


class TestWeight:
    def test_the_first_view_of_every_page_is_light(self, visit, project):
        heavy = {}
        for name in every_page(project):
            page = visit(name, viewport={"width": 1400, "height": 900})
            page.evaluate(SHOWN)
            files = {Path(unquote(urlsplit(url).path)) for url in page.asked if url.startswith("file:")}
            weight = sum(len(gzip.compress(path.read_bytes())) for path in files)
            assert any(path.suffix == ".otf" for path in files)
            if weight > HEAVIEST:
                heavy[name] = weight
        assert heavy == {}

    @pytest.mark.parametrize("name", EDITIONS)
    def test_pictures_keep_their_place_until_they_are_near(self, visit, name):
        page = visit(name)
        sizes = "[...document.images].map(each => [each.loading, each.width > 0 && each.height > 50])"
        assert page.evaluate(sizes) == [["lazy", True]] * page.locator("main img").count()


class TestLetters:
    @pytest.mark.parametrize(
        "name", ["index.html", "zh/index.html", "zh/whatif.html", "zh/evidence/meizhou.html"]
    )
    def test_all_are_set_in_the_faces_of_the_site(self, visit, name):
        page = visit(name)
        page.get_by_role("searchbox").fill("。" if name.startswith("zh") else "the")
        page.locator(".results li a").first.wait_for()
        page.wait_for_load_state("networkidle")
        devtools = page.context.new_cdp_session(page)
        devtools.send("DOM.enable")
        devtools.send("CSS.enable")
        root = devtools.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
        chosen = ":is(p, li, td, th, h1, h2, h3, h4, dt, dd, a, summary, label):not(:has(code), code *)"
        nodes = devtools.send("DOM.querySelectorAll", {"nodeId": root, "selector": chosen})["nodeIds"]
        other = set()
        for node in nodes:
            told = devtools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            other |= {each["familyName"] for each in told if not each["isCustomFont"]}
        assert other == set()


class TestDownloads:
    @pytest.mark.parametrize(
        "name", ["index.html", "zh/index.html", "robustness.html", "zh/evidence/meizhou.html"]
    )
    def test_the_data_are_among_them_and_are_there(self, visit, name):
        page = visit(name)
        hrefs = page.locator(".downloads a").evaluate_all("all => all.map(each => each.href)")
        files = [Path(unquote(urlsplit(href).path)) for href in hrefs]
        assert {"tables.xlsx", "evidence.zip"} <= {path.name for path in files}
        assert all(path.is_file() for path in files)
