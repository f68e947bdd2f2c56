"""What axe-core finds on the pages in a real browser, in light and dark, on a phone, a tablet and a desk."""

from __future__ import annotations

import pytest

WIDTHS = (360, 800, 1400)
SCHEMES = ("light", "dark")
PAGES = (
    *(
        f"{name}.html"
        for name in ("index", "robustness", "evaluation", "whatif", "slides", "summary", "revisions/meizhou")
    ),
    *(
        f"zh/{name}.html"
        for name in ("index", "robustness", "evaluation", "whatif", "slides", "summary", "revisions/meizhou")
    ),
    *(f"notebooks/{name}.html" for name in ("01-evidence", "02-tiers", "03-pilot", "04-robustness")),
    *("luohu/index.html", "luohu/zh/index.html", "luohu/notebooks/01-evidence.html"),
    *("across/index.html", "across/zh/index.html"),
    *("across/notebooks/01-evidence.html", "across/notebooks/05-across.html"),
    *(f"{folder}revisions/{case}.html" for folder in ("", "zh/") for case in ("luohu", "across")),
)
LISTS = tuple(
    f"{folder}evidence/{case}.html" for folder in ("", "zh/") for case in ("meizhou", "luohu", "across")
)
FEW = ("main section section:nth-of-type(n + 7)",)
"""Records all but the first of each kind: they are set alike, and to look at all of them takes long."""


def test_the_pages_are_all_of_the_site(project):
    site = project / "_site"
    assert {path.relative_to(site).as_posix() for path in site.rglob("*.html")} == {*PAGES, *LISTS}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit, violations, name):
    page = visit(name)
    assert [each for scheme in SCHEMES for width in WIDTHS for each in violations(page, width, scheme)] == []


@pytest.mark.parametrize("name", ["robustness.html", "zh/robustness.html", "whatif.html"])
def test_axe_finds_nothing_in_the_data_of_charts(visit, violations, name):
    page = visit(name)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert [each for scheme in SCHEMES for width in WIDTHS for each in violations(page, width, scheme)] == []
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[-1]


@pytest.mark.parametrize("name", LISTS)
def test_axe_finds_nothing_on_a_page_of_records(visit, violations, name):
    page = visit(name)
    found = violations(page, 1400, "light")
    found += [each for scheme in SCHEMES for width in WIDTHS for each in violations(page, width, scheme, FEW)]
    assert found == []


def test_axe_is_asked(visit, violations):
    page = visit("revisions/meizhou.html")
    page.evaluate("document.querySelector('.skip').insertAdjacentHTML('afterend', '<img src=\"data:,\">')")
    assert "image-alt" in str(violations(page, 1400, "light"))


@pytest.mark.parametrize("name", [*PAGES, *LISTS])
def test_no_page_scrolls_sideways(visit, name):
    page = visit(name)
    wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(width)
    assert wide == []


SETTLED = """new Promise((done) => (function look() {
  const right = document.fonts.status === "loaded" && [...document.querySelectorAll(".table-wrap")].every(
    (box) => !box.checkVisibility() || (box.scrollWidth > box.clientWidth) === (box.tabIndex === 0));
  if (right || performance.now() > 30000) done(right); else requestAnimationFrame(look);
})())"""
"""Whether tables come to take the focus where they scroll: typefaces that arrive change what is wide.

Pages see that some frames later, and see nothing of tables in a list that is closed.
"""


@pytest.mark.parametrize("name", ["index.html", "zh/index.html"])
def test_a_table_takes_the_focus_where_it_scrolls_and_has_a_name(visit, name):
    page = visit(name)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
        assert page.evaluate(SETTLED)
        wide = page.locator(".table-wrap[tabindex='0']").all()
        inside = [box.evaluate("box => Boolean(box.closest('details'))") for box in wide]
        assert [box.get_attribute("role") for box in wide] == [("region", "group")[each] for each in inside]
        captions = [" ".join(box.evaluate(NAMED).split()) for box in wide]
        assert [" ".join(box.get_attribute("aria-label").split()) for box in wide] == captions
        assert wide or width > 360


NAMED = """box => (box.querySelector("caption") ?? box.closest("figure").querySelector("figcaption"))
  .textContent"""
"""The caption of a table, or of the chart whose data it holds."""


def test_a_table_shades_the_side_on_which_it_goes_on(visit):
    page = visit("index.html", viewport={"width": 360, "height": 800})
    box = page.locator(".table-wrap[tabindex]").first
    box.wait_for()
    shade = "box => getComputedStyle(box).boxShadow.match(/-?[0-9.]+px/g).map(parseFloat)[0]"
    assert box.evaluate(shade) < 0
    box.focus()
    box.evaluate("box => box.scrollTo(box.scrollWidth, 0)")
    page.locator(".table-wrap[tabindex].end").first.wait_for()
    assert box.evaluate(shade) > 0
