"""Figures as readers meet them: on a phone and at a desk, and with the data that they draw."""

from __future__ import annotations

import json
import re

import pytest

PAGES = tuple(
    folder + name
    for folder in ("", "zh/")
    for name in ("index.html", "robustness.html", "evaluation.html", "whatif.html", "slides.html")
)
SMALLEST = 11
"""CSS pixels of the smallest letters of a chart on a phone."""

LOADED = """async image => { image.loading = "eager"; await image.decode();
    return [image.currentSrc.split("/").pop(), image.getBoundingClientRect().width / image.naturalWidth] }"""


def pictures(page):
    return page.locator("main img[src*='figures/']").all()


def published(project):
    return json.loads((project / ".brief/meizhou/published.json").read_text(encoding="utf-8"))["figures"]


class TestPictures:
    @pytest.mark.parametrize("name", PAGES)
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_on_a_phone_the_narrow_one_is_loaded_and_can_be_read(self, visit, project, name, scheme):
        page = visit(name, viewport={"width": 390, "height": 800}, color_scheme=scheme)
        folder = (project / "_site" / name).parent / "figures"
        assert pictures(page)
        for image in pictures(page):
            file, scale = image.evaluate(LOADED)
            svg = (folder / file).read_text(encoding="utf-8")
            sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)px"', svg)]
            assert file.endswith("-narrow.svg")
            assert min(sizes) * scale >= SMALLEST, file

    @pytest.mark.parametrize("name", PAGES)
    def test_at_a_desk_and_in_print_the_wide_one(self, visit, name):
        page = visit(name, viewport={"width": 1250, "height": 900})
        assert not [image for image in pictures(page) if "narrow" in image.evaluate(LOADED)[0]]
        page.set_viewport_size({"width": 390, "height": 800})
        page.emulate_media(media="print")
        page.wait_for_timeout(100)
        assert not [image for image in pictures(page) if "narrow" in image.evaluate(LOADED)[0]]


class TestData:
    @pytest.mark.parametrize("name", PAGES)
    def test_each_figure_has_its_values_and_its_points_below_it(self, visit, project, name):
        page, figures = visit(name), published(project)
        folded = page.locator("details.evidence:has(table)")
        names = [image.get_attribute("src") for image in pictures(page)]
        names = [src.rpartition("/")[2].removesuffix(".svg") for src in names]
        assert folded.count() == len(names)
        for figure, details in zip(names, folded.all(), strict=True):
            values = details.locator("table").first.locator("tbody .value")
            keys = values.evaluate_all("all => [...new Set(all.map(each => each.dataset.key))]")
            assert keys == figures[figure]["keys"]
            lang = "zh" if name.startswith("zh/") else "en"
            points = figures[figure].get("points", {}).get(lang, "")
            said = details.locator(".drawn").evaluate_all("all => all.map(each => each.textContent)")
            assert said == re.findall(r"\[([^\]]*)\]\{\.drawn\}", points)

    def test_head_cells_say_of_what(self, visit):
        page = visit("robustness.html")
        table = "details.evidence table"
        assert page.locator(f"{table} thead th:not([scope=col])").count() == 0
        assert page.locator(f"{table} tbody tr > :first-child:not(th[scope=row])").count() == 0
