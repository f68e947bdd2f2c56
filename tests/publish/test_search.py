"""What the search of the site looks through."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePosixPath

from analysis.publish.kept import Kept
from analysis.publish.search import Section, sections, write

PAGE = """<html><body><nav>Contents</nav><main><header><h1>A page</h1><p class="date">Today</p></header>
<section id="sec-one"><h2><span class="section-number">1</span> One <em>thing</em></h2>
<p>Some&amp;more.</p><p>Text.</p>
<section id="sec-inner"><h3>Inner</h3><p>Deep.</p><script>no()</script></section></section>
<section id="sec-none"></section></main></body></html>"""


@dataclass
class Page:
    language: str
    path: str

    def output(self, extension):
        return PurePosixPath(self.path).with_suffix(f".{extension}")


class TestSections:
    def test_each_text_is_of_the_innermost_section(self):
        assert sections("index.html", PAGE) == [
            Section("index.html", listed=False, page="A page", text="Today"),
            Section(
                "index.html#sec-one", listed=False, page="A page", title="One thing", text="Some&more. Text."
            ),
            Section("index.html#sec-inner", listed=False, page="A page", title="Inner", text="Deep."),
        ]

    def test_what_is_said_elsewhere_is_left_out(self):
        html = "<main><h1>T</h1><p>Own.</p><details class='evidence'>Value</details></main>"
        assert [each.text for each in sections("index.html", html)] == ["Own."]

    def test_a_page_that_the_build_lists_is_marked(self):
        listed = {name: sections(name, PAGE)[0].listed for name in ("zh/evidence/a.html", "zh/index.html")}
        assert listed == {"zh/evidence/a.html": True, "zh/index.html": False}


def test_each_edition_has_its_own_index_in_the_order_of_the_pages(tmp_path):
    pages = [Page("en", "b.qmd"), Page("zh", "zh/a.qmd"), Page("en", "a.qmd")]
    for page in pages:
        path = tmp_path / page.output("html")
        path.parent.mkdir(exist_ok=True)
        path.write_text("<main><h1>标题</h1></main>", encoding="utf-8")
    write(tmp_path, pages, Kept(tmp_path))
    told = {
        lang: (tmp_path / f"assets/search-{lang}.js").read_text(encoding="utf-8") for lang in ("en", "zh")
    }
    start, end = "window.briefSearch = ", ";\n"
    places = {
        lang: [each["href"] for each in json.loads(text.removeprefix(start).removesuffix(end))]
        for lang, text in told.items()
    }
    assert places == {"en": ["b.html", "a.html"], "zh": ["zh/a.html"]}
    assert "标题" in told["zh"]
