"""The build around the renderers: the swap, what counts as unchanged, and keys in pages."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import nbformat
import pytest

from analysis import CaseError, load_case
from analysis import ledger as compute
from analysis.findings import Finding
from analysis.publish import build as building
from analysis.publish import leftovers, lock, pages, stamp
from analysis.publish.build import Options, repair, swap
from analysis.publish.drawing import Drawing, for_word
from analysis.publish.errors import BuildError
from analysis.publish.handover import notebook_page
from analysis.publish.pages import Source
from analysis.publish.processes import Workers

ROOT = Path(__file__).parents[2]
EMBEDDED = Options(renderer="embedded")


class Killed(BaseException):
    """What a kill looks like from within: nothing catches it."""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def site(root: Path) -> str:
    return (root / "_site" / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def two_sites(tmp_path):
    """A published site, and the next one waiting."""
    write(tmp_path / "_site/index.html", "old")
    write(tmp_path / ".brief/site/index.html", "new")
    return tmp_path


def kill_at(monkeypatch, call: int) -> None:
    """Die at the ``call``-th rename."""
    rename, calls = Path.rename, []

    def renaming(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == call:
            raise Killed
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", renaming)


class TestSwap:
    def test_puts_the_new_site_in_place(self, two_sites):
        swap(two_sites / "_site", two_sites / ".brief/site")
        assert site(two_sites) == "new"
        assert sorted(path.name for path in (two_sites / ".brief").iterdir()) == []

    def test_first_site(self, tmp_path):
        write(tmp_path / ".brief/site/index.html", "new")
        swap(tmp_path / "_site", tmp_path / ".brief/site")
        assert site(tmp_path) == "new"

    def test_killed_before_the_first_rename_leaves_the_old_site(self, two_sites, monkeypatch):
        kill_at(monkeypatch, 1)
        with pytest.raises(Killed):
            swap(two_sites / "_site", two_sites / ".brief/site")
        assert site(two_sites) == "old"

    def test_killed_between_the_renames_is_repaired(self, two_sites, monkeypatch):
        kill_at(monkeypatch, 2)
        with pytest.raises(Killed):
            swap(two_sites / "_site", two_sites / ".brief/site")
        assert not (two_sites / "_site").exists()
        monkeypatch.undo()
        repair(two_sites / "_site", two_sites / ".brief/site")
        assert site(two_sites) == "old"
        assert not (two_sites / ".brief/site.old").exists()

    def test_killed_after_the_renames_keeps_the_new_site(self, two_sites, monkeypatch):
        def die(*_: object, **__: object) -> None:
            raise Killed

        monkeypatch.setattr(building.shutil, "rmtree", die)
        with pytest.raises(Killed):
            swap(two_sites / "_site", two_sites / ".brief/site")
        monkeypatch.undo()
        repair(two_sites / "_site", two_sites / ".brief/site")
        assert site(two_sites) == "new"
        assert not (two_sites / ".brief/site.old").exists()

    def test_nothing_to_repair(self, two_sites):
        repair(two_sites / "_site", two_sites / ".brief/site")
        assert site(two_sites) == "old"


class TestLock:
    def test_a_second_build_is_refused_and_a_third_after_the_first_is_not(self, tmp_path):
        with lock.alone(tmp_path), pytest.raises(BuildError, match="another build is at work in"):
            lock.alone(tmp_path).__enter__()
        with lock.alone(tmp_path):
            assert (tmp_path / lock.FILE).exists()

    def test_one_that_waits_begins_when_the_other_ends(self, tmp_path):
        first, told = ExitStack(), []
        first.enter_context(lock.alone(tmp_path))

        def waiting() -> None:
            told.append("waits")
            first.close()

        with lock.alone(tmp_path, waiting):
            told.append("works")
            with pytest.raises(BuildError):
                lock.alone(tmp_path).__enter__()
        assert told == ["waits", "works"]

    def test_nothing_is_waited_for_where_no_build_is_at_work(self, tmp_path):
        with lock.alone(tmp_path, pytest.fail):
            assert (tmp_path / lock.FILE).exists()


class TestStamp:
    @pytest.fixture
    def made(self, tmp_path):
        write(tmp_path / "seeds/a.csv", "1")
        write(tmp_path / "out/b.html", "b")
        path = tmp_path / ".brief/made.json"
        inputs = stamp.fingerprint(tmp_path, ["seeds/*.csv"], {})
        stamp.write(path, inputs, stamp.sizes(tmp_path, [tmp_path / "out"]))
        return path

    def is_current(self, made: Path, settings=None, globs=("seeds/*.csv",)) -> bool:
        root = made.parents[1]
        return stamp.is_current(root, made, stamp.fingerprint(root, globs, settings or {}))

    def test_nothing_changed(self, made):
        assert self.is_current(made)

    def test_file_touched_but_the_same(self, made):
        write(made.parents[1] / "seeds/a.csv", "1")
        assert self.is_current(made)

    @pytest.mark.parametrize(
        ("file", "text"),
        [("seeds/a.csv", "2"), ("seeds/new.csv", ""), ("out/b.html", "longer")],
        ids=["input changed", "input added", "output changed"],
    )
    def test_file_changed(self, made, file, text):
        write(made.parents[1] / file, text)
        assert not self.is_current(made)

    @pytest.mark.parametrize("file", ["seeds/a.csv", "out/b.html", ".brief/made.json"])
    def test_file_deleted(self, made, file):
        (made.parents[1] / file).unlink()
        assert not self.is_current(made)

    def test_input_renamed(self, made):
        (made.parents[1] / "seeds/a.csv").rename(made.parents[1] / "seeds/b.csv")
        assert not self.is_current(made)

    def test_setting_changed(self, made):
        assert not self.is_current(made, {"as_of": "2024-03-31"})

    @pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"inputs": 1}', "null"])
    def test_stamp_that_cannot_be_read(self, made, text):
        made.write_text(text)
        assert not self.is_current(made)

    def test_sizes_of_files_and_folders(self, tmp_path):
        write(tmp_path / "a/b/c.txt", "123")
        write(tmp_path / "d.txt", "1")
        found = stamp.sizes(tmp_path, [tmp_path / "a", tmp_path / "d.txt", tmp_path / "none"])
        assert found == {"a/b/c.txt": 3, "d.txt": 1}


class TestLeftovers:
    """A case of which no page speaks any more, beside one that is still there."""

    GONE = ("evidence/old.qmd", "zh/evidence/old.qmd", "revisions/old.qmd", "zh/revisions/old.qmd")
    DATA = ("data/old/facts.csv", "data/old/ledger.json")

    @pytest.fixture
    def built(self, tmp_path):
        """What builds of both cases have written."""
        for name in (*self.GONE, *self.DATA, ".brief/old/ledger.json", ".brief/old/01-evidence.ipynb"):
            write(tmp_path / name, name)
            write(tmp_path / name.replace("old", "kept"), name)
        made = tmp_path / ".brief/prepared.json"
        stamp.write(made, "", stamp.sizes(tmp_path, [tmp_path / "data"]))
        return made

    def files(self, root: Path) -> set[str]:
        return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}

    def test_go_with_their_folders(self, tmp_path, built):
        leftovers.clear(tmp_path, ["kept"], built)
        assert not [name for name in self.files(tmp_path) if "old" in name]
        assert not (tmp_path / "data/old").exists()
        assert not (tmp_path / ".brief/old").exists()

    def test_go_after_a_stamp_was_made_void(self, tmp_path, built):
        stamp.write(built, "inputs", stamp.outputs(built))
        assert stamp.is_current(tmp_path, built, "inputs")
        stamp.void(built)
        assert not stamp.is_current(tmp_path, built, "inputs")
        leftovers.clear(tmp_path, ["kept"], built)
        assert not (tmp_path / "data/old").exists()

    def test_go_from_among_the_pages_of_a_further_case(self, tmp_path, built):
        made = ("old/notebooks/01-evidence.qmd", "old/zh/figures/cuts.svg")
        for name in (*made, "old/index.qmd"):
            write(tmp_path / name, "x")
        stamp.write(built, "", stamp.sizes(tmp_path, [tmp_path / name for name in made]))
        leftovers.clear(tmp_path, ["kept"], built)
        assert [name for name in self.files(tmp_path) if name.startswith("old/")] == ["old/index.qmd"]

    def test_nothing_else_goes(self, tmp_path, built):
        mine = ("data/old/mine.csv", "evidence/older.qmd", "old.qmd", "seeds/old/facts.csv")
        for name in mine:
            write(tmp_path / name, "x")
        before = self.files(tmp_path)
        leftovers.clear(tmp_path, ["kept"], built)
        gone = {*self.GONE, *self.DATA, ".brief/old/ledger.json", ".brief/old/01-evidence.ipynb"}
        assert self.files(tmp_path) == before - gone

    def test_none(self, tmp_path, built):
        before = self.files(tmp_path)
        leftovers.clear(tmp_path, ["kept", "old"], built)
        assert self.files(tmp_path) == before

    def test_before_the_first_build(self, tmp_path):
        leftovers.clear(tmp_path, ["kept"], tmp_path / ".brief/prepared.json")
        assert self.files(tmp_path) == set()

    def test_without_a_list_the_data_stays(self, tmp_path, built):
        built.write_text("{")
        leftovers.clear(tmp_path, ["kept"], built)
        assert {name for name in self.files(tmp_path) if "old" in name} == {*self.DATA}


class TestBuild:
    """With a renderer of our own: what is done, and what is left alone."""

    @pytest.fixture
    def steps(self, monkeypatch):
        """The steps taken; the renderer writes one page."""
        taken = []

        def prepare(root: Path, *_: object) -> bool:
            taken.append("prepare")
            write(root / "data/meizhou/ledger.json", "{}")
            return True

        def render(_: Path, out: Path) -> None:
            taken.append("render")
            write(out / "index.html", "new")

        monkeypatch.setattr(building, "prepare", prepare)
        monkeypatch.setattr(building, "_renderer", lambda _: render)
        monkeypatch.setattr(building, "refuse_pages", lambda *_: taken.append("refuse"))
        return taken

    @pytest.fixture
    def build(self, project, steps):
        assert steps == []
        return lambda options=EMBEDDED: building.build(project.root, options, lambda _: None)

    def test_twice_does_no_work(self, project, steps, build):
        assert build()
        assert not build()
        assert steps == ["prepare", "render", "refuse"]
        assert site(project.root) == "new"
        assert (project.root / "_site/data/meizhou/ledger.json").read_text() == "{}"

    def test_what_a_killed_build_had_rendered_is_not_published(self, project, build):
        write(project.root / ".brief/site/gone.html", "of a page that is no more")
        assert build()
        assert not (project.root / "_site/gone.html").exists()

    def test_refused_page_leaves_the_site(self, project, steps, build, monkeypatch):
        def refuse(*_: object) -> None:
            raise BuildError("index.qmd, line 3: ‘two’")

        assert steps == []
        write(project.root / "_site/index.html", "old")
        monkeypatch.setattr(building, "refuse_pages", refuse)
        with pytest.raises(BuildError, match="line 3"):
            build()
        assert site(project.root) == "old"

    @pytest.mark.parametrize("file", ["_site/index.html", "_site/data/meizhou/ledger.json"])
    def test_deleted_output_is_made_again(self, project, build, file):
        build()
        (project.root / file).unlink()
        assert build()
        assert (project.root / file).is_file()

    @pytest.mark.parametrize(
        "file",
        ["seeds/units.csv", "index.qmd", "zh/index.qmd", "evaluation.qmd", "_quarto.yml", "references.bib"],
    )
    def test_changed_input_is_built(self, project, build, file):
        build()
        path = project.root / file
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        assert build()

    def test_other_settings_are_built(self, build):
        build()
        assert build(Options(renderer="embedded", assumptions={"ratings": "50"}))
        assert build(Options(renderer="embedded", as_of="2024-08-06"))

    def test_killed_between_the_renames_is_repaired_by_the_next(self, project, build):
        build()
        (project.root / "_site").rename(project.root / ".brief/site.old")
        assert not build()
        assert site(project.root) == "new"

    def test_failure_leaves_the_site_as_it_was(self, project, build, monkeypatch):
        write(project.root / "_site/index.html", "old")

        def fail(_: Path, out: Path) -> None:
            write(out / "index.html", "half")
            raise BuildError("no")

        monkeypatch.setattr(building, "_renderer", lambda _: fail)
        with pytest.raises(BuildError, match="no"):
            build()
        assert site(project.root) == "old"

    @pytest.mark.parametrize(
        ("there", "asked", "chosen"),
        [
            (True, "auto", "quarto"),
            (False, "auto", "embedded"),
            (True, "embedded", "embedded"),
        ],
    )
    def test_choice_of_the_renderer(self, monkeypatch, there, asked, chosen):
        monkeypatch.setattr(building.shutil, "which", lambda _: "/usr/bin/quarto" if there else None)
        assert building.choose(asked) == chosen

    def test_quarto_that_is_missing_is_said_at_once(self, steps, build, monkeypatch):
        monkeypatch.setattr(building.shutil, "which", lambda _: None)
        with pytest.raises(BuildError, match="quarto is not on PATH; '--renderer embedded' needs"):
            build(Options(renderer="quarto"))
        assert steps == []


class TestPrepareRefuses:
    """Before anything is written."""

    @staticmethod
    def files(project) -> set[Path]:
        return {path for path in project.root.rglob("*") if path.is_file()}

    def refuse(self, project, error: type[Exception]) -> str:
        before = self.files(project)
        with pytest.raises(error) as caught:
            building.prepare(project.root, EMBEDDED, lambda _: None, None)
        assert self.files(project) == before
        return str(caught.value)

    def test_unknown_keys_in_pages(self, project):
        lines = {}
        for name in ("index.qmd", "zh/index.qmd"):
            text = (project.root / name).read_text(encoding="utf-8") + "\n`municipal.casez`{.value}\n"
            write(project.root / name, text)
            lines[name] = text.count("\n")
        found = self.refuse(project, BuildError).splitlines()
        assert [line.split("; nearest: municipal.cases, ")[0] for line in found] == [
            f"{name}, line {line}: there is no key 'municipal.casez'" for name, line in lines.items()
        ]

    def test_case_with_findings(self, project):
        project.edit("meizhou/facts.csv", "provincial.cases", "value", "1459")
        assert "row 7, column exact" in self.refuse(project, CaseError)

    def test_page_without_a_case(self, project):
        text = (project.root / "index.qmd").read_text(encoding="utf-8")
        write(project.root / "index.qmd", text.replace("case: meizhou\n", ""))
        assert self.refuse(project, BuildError) == (
            "index.qmd: the front matter names no case; expected a line such as 'case: meizhou'"
        )

    def test_page_of_an_unknown_case(self, project):
        text = (project.root / "index.qmd").read_text(encoding="utf-8")
        write(project.root / "index.qmd", text.replace("case: meizhou\n", "case: meizhuo\n"))
        assert "there is no case 'meizhuo'" in self.refuse(project, CaseError)


def page(*lines: str) -> Source:
    return Source("index.qmd", "meizhou", "\n".join(lines))


def said(found: Iterable[Finding]) -> list[str]:
    return [str(each) for each in found]


class TestKeysInPages:
    KEYS = ("municipal.cases", "municipal.months")

    @pytest.mark.parametrize(
        "text",
        [
            "`municipal.cases`{.value}",
            "`municipal.cases`{.value as=interval}, `municipal.months`{.value as=bare}",
            "`municipal.casez` is code, `x`{.python} too",
            "# Of `municipal.cases`{.value as=words}",
        ],
    )
    def test_known(self, text):
        assert said(pages.unknown_keys(page("---", "---", text), self.KEYS)) == []

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("`municipal.case`{.value}", "there is no key 'municipal.case'; nearest: municipal.cases"),
            ("`zzz`{.value}", "there is no key 'zzz'; there are: municipal.cases, municipal.months"),
            (
                "`municipal.cases`{.value as=word}",
                "'word' is not a form of municipal.cases; expected as= value, ",
            ),
            ("`municipal.cases`{.value form=bare}", "'form=bare' is not a form of municipal.cases"),
        ],
    )
    def test_unknown(self, text, message):
        (found,) = said(pages.unknown_keys(page("---", "---", "", text), self.KEYS))
        assert found.startswith(f"index.qmd, line 4: {message}")

    def test_all_come_at_once(self):
        found = pages.unknown_keys(page("`a`{.value} `b`{.value}", "", "`c`{.value}"), self.KEYS)
        assert [each.row for each in found] == [1, 1, 3]


PUBLISHED = {"figures": {"timeline": {}}, "tables": {"tiers": {}}}


class TestFiguresInPages:
    def test_known(self):
        told = page("![Cases.](figures/timeline){#fig-timeline}", "::: {#tbl-tiers .published}")
        assert said(pages.unpublished(told, PUBLISHED)) == []

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                "![](figures/timelin){#fig-a}",
                "no notebook publishes 'timelin' among the figures; nearest: timeline",
            ),
            ("::: {#tbl-tears .published}", "no notebook publishes 'tears' among the tables; nearest: tiers"),
        ],
    )
    def test_unknown(self, text, message):
        assert said(pages.unpublished(page("", text), PUBLISHED)) == [f"index.qmd, line 2: {message}"]


class TestReferencesInPages:
    WORKS = ("li2016", "who-zh")

    def test_works_are_the_keys_of_the_bibliography(self, tmp_path):
        write(tmp_path / "references.bib", "@article{li2016,\n title = {A}\n}\n@online{who-zh,\n}\n")
        assert pages.works(tmp_path) == [*self.WORKS]

    @pytest.mark.parametrize(
        "text",
        ["As shown [@li2016; @who-zh].", "见@sec-two和[@who-zh]。", "a.person@example.org", "@tbl-tiers"],
    )
    def test_known(self, text):
        told = page("# Two {#sec-two}", "::: {#tbl-tiers .published}", text)
        assert said(pages.unknown_references(told, self.WORKS)) == []

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("See [@li2017].", "there is no '@li2017'; nearest: li2016"),
            ("见@sec-tow。", "there is no '@sec-tow'; nearest: sec-two"),
            ("[@li2016; @who]", "there is no '@who'; nearest: who-zh"),
        ],
    )
    def test_unknown(self, text, message):
        (found,) = said(pages.unknown_references(page("# Two {#sec-two}", text), self.WORKS))
        assert found.startswith(f"index.qmd, line 2: {message}")


class TestDrawing:
    @pytest.fixture
    def workers(self):
        with Workers() as workers:
            yield workers

    def test_draws_what_was_drawn_from_the_same_before_no_more(self, tmp_path, workers):
        spec = {"$schema": "https://vega.github.io/schema/vega-lite/v6.1.json", "mark": "bar"}
        both = {"en": spec, "zh": spec | {"mark": "point"}}
        figure = {"kind": "figure", "name": "bars", "specs": both, "narrow": both}
        drawing = Drawing(tmp_path, "meizhou", workers, {"bars"})
        drawing.add([figure])
        drawing.write()
        files = [*tmp_path.glob("figures/*"), *tmp_path.glob("zh/figures/*")]
        before = [path.read_bytes() for path in files]
        assert len(files) == 6
        files[0].unlink()
        drawing = Drawing(tmp_path, "meizhou", None, {"bars"})
        drawing.add([figure])
        drawing.write()
        assert [path.read_bytes() for path in files] == before
        with pytest.raises(AttributeError):
            drawing.add([figure | {"specs": {lang: spec | {"title": "new"} for lang in both}}])

    def test_only_figures_for_word_files_are_made_of_dots(self, tmp_path, workers):
        spec = {"$schema": "https://vega.github.io/schema/vega-lite/v6.1.json", "mark": "bar"}
        both = {"en": spec, "zh": spec}
        drawing = Drawing(tmp_path, "meizhou", workers, {"bars"})
        drawing.add(
            [{"kind": "figure", "name": name, "specs": both, "narrow": both} for name in ("bars", "web")]
        )
        drawing.write()
        assert [path.name for path in sorted(tmp_path.glob("zh/figures/*.png"))] == ["bars.png"]

    def test_which_figures_are_for_word_files(self, project):
        assert "timeline" in for_word(project.root)["meizhou"]
        assert "tornado" not in for_word(project.root)["meizhou"]
        text = (project.root / "evaluation.qmd").read_text(encoding="utf-8")
        write(project.root / "evaluation.qmd", f"{text}\n![Also here.](figures/tornado){{#fig-tornado}}\n")
        assert "tornado" in for_word(project.root)["meizhou"]
        assert "tornado" not in for_word(project.root)["luohu"]

    def test_a_chart_that_cannot_be_drawn_is_named(self, tmp_path, workers):
        spec = {"$schema": "https://vega.github.io/schema/vega-lite/v6.1.0.json", "mark": "nothing"}
        both = {"en": spec, "zh": spec}
        drawing = Drawing(tmp_path, "meizhou", workers)
        drawing.add([{"kind": "figure", "name": "bad", "specs": both, "narrow": both}])
        with pytest.raises(BuildError, match=r"^figures/bad: Vega-Lite .+TypeError: .+$"):
            drawing.write()
        assert not (tmp_path / "figures").exists()

    def test_what_is_no_figure_any_more_goes(self, tmp_path):
        old = write(tmp_path / "zh/figures/old.svg", "<svg/>")
        Drawing(tmp_path, "meizhou", None).write()
        assert not old.exists()


class TestNotebookPages:
    @pytest.mark.parametrize("text", ["[99 cases]{.dataframe}", "<pre>99 cases</pre>", "![x](data:,99)"])
    def test_prose_may_not_hide_a_number(self, text):
        cells = [nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_markdown_cell(text)]
        with pytest.raises(BuildError, match=r"^notebooks/05-new\.ipynb, line 1: the "):
            notebook_page(nbformat.v4.new_notebook(cells=cells), "05-new", "meizhou")

    def test_prose_may_name_code(self):
        cells = [nbformat.v4.new_markdown_cell("# Title\nSee `seeds/`.")]
        page = notebook_page(nbformat.v4.new_notebook(cells=cells), "05-new", "meizhou")
        assert page.endswith("See `seeds/`.\n")


class TestReadings:
    def test_prose_that_says_what_a_reading_loses(self):
        assert said(pages.lost(page("`a`{.value}"), frozenset())) == []
        first, *_ = said(pages.lost(page("", "`a`{.value as=interval} `b`{.value}"), {"a", "b"}))
        assert first.startswith("index.qmd, line 2: this reading leaves 'a' not identified: it")

    @pytest.mark.parametrize(
        ("setting", "lost"),
        [
            ({"assumptions": {"provincial_scope": "all_items"}}, "provincial.cases_per_month"),
            ({"assumptions": {"permits_within": "not_all"}}, "provincial.permit_case_share"),
            ({"as_of": "2024-04-12"}, "provincial.cases"),
        ],
        ids=["scope", "permits", "date"],
    )
    def test_what_a_reading_loses(self, ledger, setting, lost):
        found = compute(load_case("meizhou", root=ROOT, **setting)).lost(ledger)
        assert lost in found
        assert "provincial.cases_per_item" not in found

    def test_a_reading_that_loses_nothing(self, ledger):
        settings = {"municipal_start": "2023-11-30"}
        assert not compute(load_case("meizhou", root=ROOT, assumptions=settings)).lost(ledger)


class TestMarkup:
    @pytest.mark.parametrize(
        "text",
        [
            "`a.b`{.value} and `a.b`{.value as=interval}, for $5 and so on",
            "# Two {#sec-two .unnumbered}",
            "![Cases.](figures/timeline){#fig-timeline}",
            "::: {#tbl-tiers .published}",
            "::: {.callout-important}",
            "12. The twelfth point, below 5 and above 3.",
            "   continued under a list item [@li2016; @who], pages too [@li2016, pp. 3-5].",
            "A note.[^1]",
            "[^1]: The note.",
        ],
    )
    def test_of_pages(self, text):
        assert said(pages.markup(page(text))) == []

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("In [99 cases]{.dataframe} all.", "the mark-up '{.dataframe}' is not for pages"),
            ("On [77.54]{.date}.", "the mark-up '{.date}'"),
            ("`99 cases`{.foo}", "the mark-up '{.foo}'"),
            ("`two thirds`{=typst}", "the mark-up '{=typst}'"),
            ("```{=openxml}", "the mark-up '{=openxml}'"),
            ("`99 cases`", "the code `99 cases` is no ledger value"),
            ("<svg><text>99</text></svg>", "the HTML '<svg>' would not be in every format"),
            ('<ol start="99">', "the HTML '<ol start=\"99\">'"),
            ("It is $77.54$.", r"the formula '$77.54$' could hold numbers"),
            ("![x](docs/brief.png)", "the picture '![x](docs/brief.png)' is none"),
            ("    99 cases", "'    99 cases' would be set as code"),
            ("1458. cases", "'1458. cases' would start a list"),
            ("[p]: data:image/svg+xml;99", "the definition '[p]: data:image/svg+xml;99' could bring in"),
            ("[1850 cases were handled, @wwg2016]", "the citation '[1850 cases were handled, @wwg2016]' has"),
            ("sev\u200benteen", "the invisible letter"),
        ],
    )
    def test_that_could_hide_a_number(self, text, message):
        found = said(pages.markup(page("Text.", text)))
        assert any(line.startswith(f"index.qmd, line 2: {message}") for line in found)

    def test_front_matter_is_left_alone(self):
        front = ("---", "title: x", "abstract: |", "    Four spaces.", "---", "<b>")
        first, *_ = said(pages.markup(page(*front)))
        assert first.startswith("index.qmd, line 6: the HTML '<b>'")
