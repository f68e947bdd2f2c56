"""A site with a further case: one tier, three facts of an English source, neither pilot nor satisfaction."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.small_cases import fill

from .conftest import BRIEF

FACTS = {
    "items": ("17", "", "17 items of administrative power"),
    "cases": ("905", "2024-01-01,2024-12-31", "905 cases"),
    "time_cut": ("38.2", "2024-01-01,2024-12-31", "38.2 per cent less time"),
}
CASES = re.compile(r'<nav class="cases".*?</nav>\n', re.DOTALL)
LINK = re.compile(r'(?:href|src)="([^"#:]+)["#]')
PAGES = ("ashford/index", "ashford/zh/index")


def brief(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BRIEF, *args], cwd=root, check=False, capture_output=True, text=True)


def build(root: Path) -> subprocess.CompletedProcess[str]:
    return brief(root, "build", "--renderer", "embedded")


@pytest.fixture(scope="module")
def several(project, tmp_path_factory):
    """The project with the further case, built."""
    root = tmp_path_factory.mktemp("several") / "project"
    shutil.copytree(project, root)
    assert brief(root, "new", "ashford").returncode == 0
    fill(root, "ashford", FACTS, "阿什福德")
    checked = brief(root, "check", "ashford")
    assert (checked.returncode, checked.stderr) == (0, "")
    done = build(root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture(scope="module")
def site(several):
    return several / "_site"


def text_of(html: str) -> str:
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


class TestFirstCase:
    def test_stays_as_it_is_but_for_the_list_of_cases(self, site, project):
        before = project / "_site"
        for old in (path for path in before.rglob("*") if path.is_file()):
            new, name = site / old.relative_to(before), old.relative_to(before)
            if name.match("assets/search-*.js") or name.match("assets/fonts/*"):
                continue  # they hold what all pages say
            content, before_it = new.read_bytes(), old.read_bytes()
            if name.suffix == ".html":
                assert len(CASES.findall(content.decode())) == 1, name
                content, before_it = (CASES.sub("", page.decode()).encode() for page in (content, before_it))
            assert content == before_it, name


class TestFurtherCase:
    @pytest.mark.parametrize("page", PAGES)
    def test_has_a_brief_in_every_format(self, site, page):
        assert {path.suffix for path in (site / page).parent.glob("index.*")} == {".html", ".pdf", ".docx"}

    def test_has_only_the_notebook_that_it_can_run_and_no_figure(self, several, site):
        assert [path.name for path in (site / "ashford/notebooks").iterdir()] == ["01-evidence.html"]
        assert not list(several.glob("ashford/**/figures")) + list(site.glob("ashford/**/figures"))

    def test_has_evidence_revisions_and_data(self, site):
        for folder in ("evidence", "zh/evidence", "revisions", "zh/revisions"):
            assert (site / folder / "ashford.html").is_file()
        ledger = json.loads((site / "data/ashford/ledger.json").read_text(encoding="utf-8"))
        assert set(ledger["entries"]) == {*(f"municipal.{name}" for name in FACTS), "municipal.time_left"}
        assert ledger["entries"]["municipal.time_left"]["value"] == pytest.approx(61.8)  # 100 - 38.2
        assert (site / "data/ashford/evidence.zip").is_file()

    @pytest.mark.parametrize("page", PAGES)
    def test_links_lead_to_what_is_there(self, site, page):
        for path in (site / page).parent.rglob("*.html"):
            for target in LINK.findall(path.read_text(encoding="utf-8")):
                assert (path.parent / target).is_file(), (path, target)

    @pytest.mark.parametrize(
        ("page", "other", "names"),
        [
            (PAGES[0], "../index.html", ["Meizhou", "Ashford"]),
            (PAGES[1], "../../zh/index.html", ["梅州", "阿什福德"]),
        ],
    )
    def test_leads_to_the_other_case_and_back(self, site, page, other, names):
        (listed,) = CASES.findall((site / f"{page}.html").read_text(encoding="utf-8"))
        links = re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', listed)
        assert links[0] == (other, names[0])
        assert ("index.html", names[1]) in links
        (listed,) = CASES.findall((site / "zh/index.html").read_text(encoding="utf-8"))
        assert 'href="../ashford/zh/index.html"' in listed

    def test_is_found_by_search(self, site):
        assert '"ashford/index.html' in (site / "assets/search-en.js").read_text(encoding="utf-8")
        assert '"ashford/zh/index.html' in (site / "assets/search-zh.js").read_text(encoding="utf-8")


class TestAcrossCases:
    @pytest.mark.parametrize(
        ("folder", "names"),
        [("", ["Meizhou", "Luohu", "Across cases"]), ("zh/", ["梅州", "罗湖", "跨案例对照"])],
    )
    def test_each_case_leads_to_it_and_it_to_each(self, project, folder, names):
        site = project / "_site"
        briefs = [site / f"{case}{folder}index.html" for case in ("", "luohu/", "across/")]
        for page in briefs:
            (listed,) = CASES.findall(page.read_text(encoding="utf-8"))
            links = re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', listed)
            assert [(page.parent / href).resolve() for href, _ in links] == briefs
            assert [name for _, name in links] == names

    @pytest.mark.parametrize(
        ("page", "label", "none"),
        [("across/index", "Cut in trips", "not reported"), ("across/zh/index", "跑动次数减少", "未报告")],
    )
    def test_what_is_missing_is_shown_as_missing(self, project, page, label, none):
        html = (project / f"_site/{page}.html").read_text(encoding="utf-8")
        table = html[html.index('id="tbl-apart"') :]
        row = table[table.index(f">{label}<") :].partition("</tr>")[0]
        assert [text_of(f"<main>{cell}</main>") for cell in row.split("</td>")][2] == none

    @pytest.mark.parametrize(
        ("page", "said"),
        [
            ("across/index", "this orders printed figures, not reforms"),
            ("across/zh/index", "不能据以评判改革"),
        ],
    )
    def test_order_is_said_of_printed_figures_only(self, project, page, said):
        assert said in text_of((project / f"_site/{page}.html").read_text(encoding="utf-8"))


class TestWhatItSays:
    @pytest.mark.parametrize(
        ("page", "words"),
        [
            (PAGES[0], ("17 items", "905 cases", "38.2%", "A pilot.", "Satisfaction with municipal items.")),
            (PAGES[1], ("17 项", "905 件", "38.2%", "试点。", "市级事项的满意度。")),
        ],
    )
    def test_what_is_reported_and_what_is_not(self, site, page, words):
        said = text_of((site / f"{page}.html").read_text(encoding="utf-8"))
        pdf = " ".join(each.extract_text() for each in PdfReader(site / f"{page}.pdf").pages)
        plain, printed = (re.sub(r"\s", "", text) for text in (said, pdf))
        for word in words:
            assert word.replace(" ", "") in plain, word
            assert word.replace(" ", "") in printed, word
        for word in words[3:]:
            assert plain.count(word.replace(" ", "")) == 1, word

    @pytest.mark.parametrize("page", PAGES)
    def test_tables_of_what_there_is(self, site, page):
        html = (site / f"{page}.html").read_text(encoding="utf-8")
        tables = re.findall(r'id="tbl-([\w-]+)"', html)
        assert tables == ["sources", "facts", "quantities"]
        assert "verdict" not in text_of(html)
        assert 'class="claim"' not in html

    def test_nothing_of_the_other_case(self, site):
        for path in (site / "ashford").rglob("*.html"):
            said = text_of(path.read_text(encoding="utf-8"))
            assert not re.search(r"1,458|Meizhou|梅州|Guangdong", said), path


class TestRefusals:
    """What stops the build of one case stops it for the site."""

    @pytest.fixture
    def changed(self, several):
        """Change pages of the case, build, and put them back."""
        before = {}

        def change(old: str, new: str, *pages: str) -> str:
            for page in pages:
                path = several / f"{page}.qmd"
                before[path] = path.read_text(encoding="utf-8")
                assert old in before[path]
                path.write_text(before[path].replace(old, new, 1), encoding="utf-8")
            done = build(several)
            assert done.returncode == 1
            return done.stderr

        yield change
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")

    def test_a_typed_number(self, changed):
        said = changed("# What is not", "There are 99 towns.\n\n# What is not", PAGES[0])
        assert re.search(r"ashford/index\.qmd, line \d+: ‘99’ is no ledger value", said)

    def test_an_edition_that_lacks_something(self, changed):
        said = changed("`municipal.cases`{.value}", "若干", PAGES[1])
        assert "the edition 'zh' lacks quantity municipal.cases" in said
        assert "ashford/index.html" in said

    def test_a_fact_that_no_page_uses(self, changed):
        said = changed('keys="municipal.items"', 'keys="pilot.items"', *PAGES)
        assert said.endswith(
            "seeds/ashford: no page, figure, table, claim or quantity uses the fact 'municipal.items'\n"
        )


def test_a_case_that_is_taken_away_leaves_nothing(several):
    shutil.rmtree(several / "seeds/ashford")
    for page in several.glob("ashford/**/index.qmd"):
        page.unlink()
    done = build(several)
    assert done.returncode == 0, done.stderr
    left = [path for path in several.rglob("*ashford*") if ".brief/kept" not in path.as_posix()]
    assert left == [several / "ashford"]
    assert [path.name for path in left[0].rglob("*") if path.is_file()] == ["_formats.yml"]
