"""What is kept from build to build: no more is made than what changed, and the same comes out."""

from __future__ import annotations

import base64
import json
import os
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from analysis.publish import formats, kept, lint, parity, render
from analysis.publish.errors import BuildError
from analysis.publish.kept import Kept

ROOT = Path(__file__).parents[2]
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = (
    """<svg xmlns="http://www.w3.org/2000/svg" width="300" height="60"><rect width="{}" height="20"/></svg>"""
)
BRIEF = (
    "---\ntitle: {title}\nlang: {lang}\ncase: meizhou\nformat: [{formats}]\ndate: 2024-06-03\n---\n\n{body}\n"
)
FIGURE = (
    "![Bars.](figures/load){#fig-load}\n\nText [@herd].\n\n# References {.unnumbered}\n\n::: {#refs}\n:::"
)
BIB = "@article{{herd, author={{Herd, Pamela}}, title={{{}}}, journal={{Policy}}, year={{2015}}}}\n"
PAGES = {
    "index.qmd": BRIEF.format(title="Brief", lang="en", formats="html, typst, docx", body=FIGURE),
    "zh/index.qmd": BRIEF.format(title="简报", lang="zh-Hans", formats="html", body="正文。"),
    "robustness.qmd": BRIEF.format(title="Robustness", lang="en", formats="html", body="`a`{.value}"),
    "evidence/meizhou.qmd": BRIEF.format(title="Evidence", lang="en", formats="html", body="# A {#a}"),
    "notebooks/02-tiers.qmd": BRIEF.format(
        title="Tiers", lang="en", formats="html", body="![](../figures/load)"
    ),
}
ENTRY = {"key": "a", "status": "reported", "label": {"en": "A", "zh": "甲"}, "inputs": [], "unit": "case"}
ENTRY |= {"kind": "fact", "value": 5, "text": {"en": {"value": "5 cases"}, "zh": {"value": "5件"}}}
FIGURES = {"load": {"notebook": "02-tiers", "keys": [], "alt": {"en": "Bars.", "zh": "条形图。"}}}
CASE = {
    "ledger": {"entries": {"a": ENTRY}},
    "published": {"figures": FIGURES, "tables": {}},
    "claims": {},
    "grades": {},
}
EVIDENCE = {"html/evidence/meizhou.qmd"}
HTML = {f"html/{name}" for name in PAGES}
ENGLISH = {"html/index.qmd", "pdf/index.qmd", "docx/index.qmd"}
EVERYTHING = HTML | ENGLISH


class TestKept:
    """One thing, made from two files and a setting."""

    @pytest.fixture
    def make(self, tmp_path):
        (tmp_path / "a.txt").write_text("a")

        def make(origin: object = "origin", names: tuple[str, ...] = ("a.txt", "none.txt")) -> bool:
            made = []

            def content() -> bytes:
                made.append(1)
                return str(origin).encode()

            paths = [tmp_path / name for name in names]
            assert Kept(tmp_path).made("what/it is", origin, paths, content) == str(origin).encode()
            return bool(made)

        return make

    def test_is_made_once(self, make):
        assert [make(), make(), make("other"), make("other"), make()] == [True, False, True, False, False]

    @pytest.mark.parametrize("change", ["content", "name", "one more"])
    def test_is_made_anew_after_a_change_of_files(self, tmp_path, make, change):
        make()
        names = ("a.txt", "none.txt")
        if change == "content":
            (tmp_path / "a.txt").write_text("b")
        elif change == "name":
            names = (str((tmp_path / "a.txt").rename(tmp_path / "b.txt")),)
        else:
            (tmp_path / "none.txt").write_text("")
        assert make(names=names)
        assert not make(names=names)

    def test_time_is_no_change(self, tmp_path, make):
        make()
        os.utime(tmp_path / "a.txt", (0, 0))
        assert not make()

    @pytest.mark.parametrize("package", kept.PACKAGES)
    def test_is_made_anew_with_another_version(self, make, monkeypatch, package):
        make()
        before = kept.version
        monkeypatch.setattr(kept, "version", lambda name: "0" if name == package else before(name))
        kept.machinery.cache_clear()
        assert make()
        kept.machinery.cache_clear()

    def test_what_was_cut_short_is_made_anew(self, tmp_path, make):
        make()
        (path,) = (tmp_path / kept.FOLDER / "what/it is").iterdir()
        path.rename(path.with_suffix(".part"))
        assert make()

    def test_what_was_edited_while_it_was_read_is_not_kept(self, tmp_path):
        source = tmp_path / "source"

        def make() -> bytes:
            source.write_text("edited", encoding="utf-8")
            return source.read_bytes()

        source.write_text("first", encoding="utf-8")
        assert Kept(tmp_path).made("page", 1, [source], make) == b"edited"
        source.write_text("first", encoding="utf-8")
        assert Kept(tmp_path).made("page", 1, [source], b"first".strip) == b"first"

    def test_only_that_nothing_was_found_is_kept(self, tmp_path):
        told = Kept(tmp_path)
        assert told.found("check", 1, [], lambda: ["wrong"]) == ["wrong"]
        assert told.found("check", 1, [], list) == []
        assert told.found("check", 1, [], lambda: ["not asked"]) == []
        assert told.found("check", 2, [], lambda: ["asked"]) == ["asked"]


class TestSweep:
    """A page that changed, one that did not, one that is gone."""

    @pytest.fixture
    def names(self, tmp_path):
        told = Kept(tmp_path)

        def build(*pages: str, whole: bool = True) -> set[str]:
            for path in (tmp_path / kept.FOLDER).rglob("*"):
                os.utime(path, (0, 0))
            with told.building(whole=whole):
                for page in pages:
                    told.made(page[0], page, [], page.encode)
            files = (path for path in (tmp_path / kept.FOLDER).glob("?/*") if path.is_file())
            return {path.read_text() for path in files}

        assert build("a1", "b1", "c1") == {"a1", "b1", "c1"}
        return build

    def test_what_the_last_build_asked_for_stays(self, names):
        assert names("a2", "b1") == {"a2", "b1"}

    def test_of_less_than_a_whole_build_the_rest_stays_as_it_was(self, names):
        assert names("a2", whole=False) == {"a2", "b1", "c1"}

    def test_what_was_made_before_a_build_failed_stays_until_the_next(self, tmp_path, names):
        with suppress(BuildError), Kept(tmp_path).building():
            Kept(tmp_path).made("a", "a2", [], b"a2".strip)
            raise BuildError("the rest")
        assert {path.name for path in (tmp_path / kept.FOLDER).iterdir()} == {"a", "b", "c"}
        assert names("a2", "b1") == {"a2", "b1"}

    def test_nothing_stays_where_the_sources_changed_meanwhile(self, tmp_path):
        with Kept(tmp_path).building():
            Kept(tmp_path).made("a", "a1", [], b"of old code".strip)
            (tmp_path / "references.bib").write_text("new", encoding="utf-8")
        assert not (tmp_path / kept.FOLDER).exists()

    def test_nothing_stays_of_a_build_that_was_killed(self, tmp_path, names):
        (tmp_path / kept.FOLDER / kept.STARTED).touch()
        assert names("b1", whole=False) == {"b1"}


@pytest.fixture
def project(tmp_path):
    """A small project as a build has prepared it, with the seeds of the real one."""
    root = tmp_path / "project"
    for name in ("_extensions", "seeds"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "_quarto.yml", root)
    texts = {**PAGES, "references.bib": BIB.format("Burden"), "figures/load.svg": SVG.format(200)}
    texts |= {f".brief/meizhou/{name}.json": json.dumps(content) for name, content in CASE.items()}
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "figures/load.png").write_bytes(PIXEL)
    return root


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def things(root: Path) -> dict[str, set[str]]:
    """What is kept of each thing."""
    folder = root / kept.FOLDER
    found: dict[str, set[str]] = {}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        found.setdefault(path.parent.relative_to(folder).as_posix(), set()).add(path.name)
    return found


def made_since(before: dict[str, set[str]], root: Path, *kinds: str) -> set[str]:
    """The things of some kinds that were made anew."""
    new = {what for what, names in things(root).items() if names - before.get(what, set())}
    return {what for what in new if what.split("/")[0] in kinds}


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


CHANGES = {
    "prose": ("zh/index.qmd", "正文", "另文", {"html/zh/index.qmd"}),
    "prose of a page in several formats": ("index.qmd", "Text", "Words", ENGLISH),
    "a title, which stands around other pages": (
        "robustness.qmd",
        "title: Robustness",
        "title: Turns",
        HTML - {"html/zh/index.qmd"},
    ),
    "a page of records": ("evidence/meizhou.qmd", "# A {#a}", "# A {#a}\n\nMore.", EVIDENCE),
    "a filter": ("_extensions/brief/page.lua", "local page", "local  page", EVERYTHING),
    "a template of the web": ("_extensions/brief/page.html", "<body>", '<body class="x">', HTML),
    "a template of PDFs": (
        "_extensions/brief/typst-template.typ",
        "size: 10.5pt",
        "size: 11.5pt",
        {"pdf/index.qmd"},
    ),
    "styles of Word": ("_extensions/brief/styles.xml", "</", " </", {"docx/index.qmd"}),
    "a style sheet, which pages only name": ("_extensions/brief/brief.css", "{", " {", set()),
    "the list of works": ("references.bib", "Burden", "Load", EVERYTHING),
    "a value": (".brief/meizhou/ledger.json", "5 cases", "6 cases", EVERYTHING),
    "a figure": (
        "figures/load.svg",
        'width="200"',
        'width="100"',
        {"html/index.qmd", "pdf/index.qmd", "html/notebooks/02-tiers.qmd"},
    ),
}


class TestPages:
    """By list: what a change renders anew, and that the site is the one rendered from nothing."""

    @pytest.mark.parametrize(("file", "old", "new", "expected"), CHANGES.values(), ids=CHANGES)
    def test_rendered_anew(self, project, file, old, new, expected):
        render.render(project, project / "first")
        before = things(project)
        assert {what for what in before if what.split("/")[0] in {"html", "pdf", "docx"}} == EVERYTHING
        edit(project / file, old, new)
        render.render(project, project / "second")
        assert made_since(before, project, "html", "pdf", "docx") == expected
        shutil.rmtree(project / kept.FOLDER)
        render.render(project, project / "third")
        assert files(project / "second") == files(project / "third")

    def test_a_picture_for_word(self, project):
        render.render(project, project / "first")
        before = things(project)
        (project / "figures/load.png").write_bytes(PIXEL + b" ")
        render.render(project, project / "second")
        assert made_since(before, project, "html", "pdf", "docx") == {"docx/index.qmd"}


WEB = "<html lang='{}'><body><main><p>{}</p></main></body></html>"
WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
CHECKED = ("index.html", "zh/index.html", "robustness.html", "zh/robustness.html")
LINTED = {f"lint/{name}" for name in (*CHECKED, "figures/load.svg")}
CHECKS = {
    "nothing": ("seeds/readme.txt", "\n", set()),
    "a page": (
        "_site/robustness.html",
        "\n",
        {"lint/robustness.html", "parity/robustness.html", "formats/robustness.html"},
    ),
    "a page in another format": ("_site/index.docx", " ", {"formats/index.html"}),
    "the source of a page": ("zh/robustness.qmd", "\n", {"lint/zh/robustness.html"}),
    "a chart": ("_site/figures/load.svg", "\n", {"lint/figures/load.svg"}),
    "an allowed literal": ("seeds/literals.csv", "first,en,a test\n", LINTED),
    "the units": ("seeds/units.csv", "\n", LINTED),
    "a value": (".brief/meizhou/ledger.json", "\n", LINTED),
    "a fact": ("seeds/meizhou/facts.csv", "\n", LINTED),
    "the list of works": ("references.bib", "\n", LINTED),
}


class TestChecks:
    """By list: which pages a change checks anew."""

    @pytest.fixture
    def site(self, project):
        for name in CHECKED:
            edition = "zh" if name.startswith("zh") else "en"
            source = project / Path(name).with_suffix(".qmd")
            source.write_text("---\ncase: meizhou\n---\n", encoding="utf-8")
            path = project / "_site" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(WEB.format(edition, "正文。"), encoding="utf-8")
        shutil.copytree(project / "figures", project / "_site/figures")
        (project / "seeds/readme.txt").write_text("")
        with zipfile.ZipFile(project / "_site/index.docx", "w") as archive:
            archive.writestr("word/document.xml", WORD)
        return project / "_site"

    @staticmethod
    def check(site: Path) -> None:
        lint.refuse_unmarked(site, site.parent)
        parity.refuse_differences(site, site.parent)
        formats.refuse_differences(site, site.parent)

    @pytest.mark.parametrize(("file", "added", "expected"), CHECKS.values(), ids=CHECKS)
    def test_checked_anew(self, site, file, added, expected):
        self.check(site)
        before = things(site.parent)
        with (site.parent / file).open("a", encoding="utf-8") as changed:
            changed.write(added)
        self.check(site)
        assert made_since(before, site.parent, "lint", "parity", "formats") == expected

    @pytest.mark.parametrize(
        ("said", "told"),
        [
            ("7", "‘7’ is no ledger value"),
            ('<span class="value" data-key="a">5 cases</span>', "the edition 'zh' lacks quantity a"),
        ],
    )
    def test_what_was_found_is_found_again(self, site, said, told):
        self.check(site)
        (site / "robustness.html").write_text(WEB.format("en", said), encoding="utf-8")
        for _ in range(2):
            with pytest.raises(BuildError, match=told):
                self.check(site)

    def test_what_formats_do_not_agree_on_is_found_again(self, site):
        (site / "index.html").write_text(WEB.format("en", "Four."), encoding="utf-8")
        for _ in range(2):
            with pytest.raises(BuildError, match=r"index\.docx: after the start"):
                formats.refuse_differences(site, site.parent)
