"""Both back-ends agree: the whole site, built by each, says the same and does the same for readers."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from analysis.publish import evidence, quarto, runtime, twins

pytestmark = pytest.mark.skipif(not shutil.which("quarto"), reason="no quarto on PATH")
PAGES = (
    *(
        "index.html",
        "zh/index.html",
        "robustness.html",
        "zh/evaluation.html",
        "zh/whatif.html",
        "slides.html",
    ),
    *("notebooks/02-tiers.html", "revisions/meizhou.html"),
)
PHONE = {"width": 390, "height": 800}


@pytest.fixture(scope="session")
def by_quarto(project, tmp_path_factory):
    """The site as Quarto renders it, from what the embedded build prepared."""
    out = tmp_path_factory.mktemp("quarto") / "site"
    quarto.render(project, out)
    evidence.write_records(project, out)
    runtime.write(project, out)
    return out


@pytest.fixture
def opened(visit, by_quarto):
    """Open a page of that site."""
    return lambda name, **options: visit(name, by_quarto.as_uri() + "/", **options)


def test_both_renderers_say_the_same(project, by_quarto):
    assert [str(found) for found in twins.differences(project / "_site", by_quarto)] == []
    assert {"index.pdf", "zh/index.docx", "slides.pptx", "zh/evidence/meizhou.html"} <= {
        *twins.pages(by_quarto)
    }


class TestLooks:
    @pytest.mark.parametrize("name", PAGES)
    def test_axe_finds_nothing_in_light_and_dark(self, opened, violations, name):
        page = opened(name)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        looks = [(width, scheme) for scheme in ("light", "dark") for width in (360, 1400)]
        assert [each for look in looks for each in violations(page, *look)] == []

    @pytest.mark.parametrize("name", PAGES)
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_the_colours_and_faces_are_those_of_the_other(self, opened, visit, name, scheme):
        looks = """["body", "main", "h1", "h2", ".bar a", "figcaption", ".callout", "td", "pre"].map(
            name => document.querySelector(name)).filter(Boolean).map(each => getComputedStyle(each)).map(
            style => [style.color, style.backgroundColor, style.fontFamily, style.fontSize].join(" "))"""
        ours, theirs = (open_(name, color_scheme=scheme).evaluate(looks) for open_ in (visit, opened))
        assert theirs == ours

    @pytest.mark.parametrize("name", PAGES)
    def test_no_page_scrolls_sideways(self, opened, name):
        page = opened(name, viewport=PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    def test_a_phone_loads_the_narrow_pictures(self, opened):
        image = opened("zh/robustness.html", viewport=PHONE).locator("main img").first
        image.evaluate("image => { image.loading = 'eager'; return image.decode(); }")
        assert image.evaluate("image => image.currentSrc").endswith("-narrow.svg")


class TestUses:
    @pytest.mark.parametrize("name", ["index.html", "zh/evaluation.html", "zh/evidence/meizhou.html"])
    def test_the_downloads_are_those_of_the_other_and_are_there(self, opened, visit, by_quarto, name):
        href = "all => all.map(each => each.getAttribute('href'))"
        ours, theirs = (open_(name).locator(".downloads a").evaluate_all(href) for open_ in (visit, opened))
        assert theirs == ours
        assert all((by_quarto / name).parent.joinpath(each).is_file() for each in theirs)
        assert {"tables.xlsx", "evidence.zip"} <= {Path(each).name for each in theirs}

    @pytest.mark.parametrize(
        ("name", "to", "section"),
        [
            ("index.html", "zh/index.html", "sec-limits"),
            ("zh/robustness.html", "robustness.html", "sec-spread"),
            ("evidence/meizhou.html", "zh/evidence/meizhou.html", "municipal.cases"),
        ],
    )
    def test_the_other_edition_opens_at_the_section_in_view(self, opened, name, to, section):
        page = opened(name)
        page.locator(f"section[id='{section}']").evaluate("each => each.scrollIntoView()")
        page.locator(".editions a:not([aria-current])").evaluate("each => each.click()")
        page.wait_for_url(f"**/{to}#{section}")
        top = page.locator(f"section[id='{section}']").evaluate("each => each.getBoundingClientRect().top")
        assert abs(top) < 100

    def test_the_search_finds_sections_without_a_server(self, opened):
        page = opened("zh/evidence/meizhou.html")
        page.get_by_role("searchbox").fill("核心观点")
        page.locator(".results li a").first.wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: unquote(urlsplit(url).path).endswith("zh/index.html"))

    def test_a_number_opens_its_record_and_a_moved_assumption_its_chart(self, opened):
        page = opened("whatif.html")
        page.locator("a.value[data-key]").first.click()
        page.locator(".panel:popover-open").wait_for()
        page.keyboard.press("Escape")
        page.locator(".whatif select").first.select_option(index=1)
        page.locator(".whatif-chart svg").first.wait_for()
