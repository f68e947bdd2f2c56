"""What a task carries, and that it is enough."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterator

import pytest

from analysis import ledger, load_case
from analysis.publish import build, task, worker
from analysis.publish.errors import BuildError, OtherVersionError
from analysis.publish.grid import Edition
from tests.small_cases import project as small_project


@pytest.fixture
def town(tmp_path, monkeypatch):
    root = small_project(tmp_path / "project", ["towna", "townb"])
    monkeypatch.chdir(root)
    return root


class TestCarried:
    @pytest.mark.parametrize("case", ["meizhou", "luohu"])
    def test_is_enough_to_read_a_case_as_among_the_others(self, project, tmp_path, case):
        sources = task.Sources(project.root)
        task.write(tmp_path / "apart", {**sources.shared, **sources.own(case)})
        apart, among = (ledger(load_case(case, root=root)) for root in (tmp_path / "apart", project.root))
        assert apart.to_json() == among.to_json()

    def test_has_the_pages_of_the_case_and_no_others(self, project):
        sources = task.Sources(project.root)
        pages = {
            case: {name for name in sources.own(case) if name.endswith(".qmd")} for case in sources.cases
        }
        assert pages["luohu"] == {"luohu/index.qmd", "luohu/zh/index.qmd"}
        assert {"index.qmd", "zh/index.qmd", "slides.qmd"} < pages["meizhou"]
        assert not any("luohu" in name for name in pages["meizhou"])
        assert not [name for name in sources.shared if name.endswith((".qmd", ".py"))]
        assert "luohu/zh/_formats.yml" in sources.own("luohu")

    def test_of_other_cases_only_their_keys(self, project):
        shared = task.Sources(project.root).shared
        assert b"municipal.cases" in shared[f"{task.ELSEWHERE}/facts.csv"]
        assert b"433" not in shared[f"{task.ELSEWHERE}/facts.csv"]
        assert not [name for name in shared if name.startswith(("seeds/meizhou/", "seeds/luohu/"))]

    def test_pages_of_a_case_without_seeds(self, project):
        (project.path("luohu") / "case.toml").unlink()
        with pytest.raises(BuildError, match=r"^seeds/luohu: there is no such case, which pages name$"):
            task.Sources(project.root)

    def test_pages_among_those_of_another_case(self, project):
        page = project.root / "slides.qmd"
        page.write_text(page.read_text(encoding="utf-8").replace("case: meizhou", "case: luohu"))
        with pytest.raises(BuildError, match="the pages at the root of the site are about one case"):
            task.Sources(project.root)


class TestDigest:
    @pytest.fixture
    def digest(self, project):
        """The hash of an edition as the project is now."""

        def of(case: str = "meizhou", edition: Edition | None = None, **options: object) -> str:
            return task.Sources(project.root).digest(edition or Edition(case), options)

        return of

    @pytest.mark.parametrize(
        ("edit", "changed"),
        [
            (("meizhou/facts.csv", "municipal.cases", "value", "434"), {"meizhou"}),
            (("luohu/assumptions.csv", "reported_to", "why_en", "Another."), {"luohu"}),
            (("luohu/assumptions.csv", "reported_to", "name", "reported_till"), {"meizhou", "luohu"}),
            (("quantities.csv", "municipal.months", "label_en", "Months"), {"meizhou", "luohu"}),
        ],
    )
    def test_is_of_the_case_and_what_cases_share(self, project, digest, edit, changed):
        before = {case: digest(case) for case in ("meizhou", "luohu")}
        project.edit(*edit)
        assert {case for case in before if digest(case) != before[case]} == changed

    def test_is_of_the_pages_of_the_case(self, project, digest):
        before = {case: digest(case) for case in ("meizhou", "luohu")}
        with (project.root / "luohu/zh/index.qmd").open("a", encoding="utf-8") as page:
            page.write("又一句。\n")
        assert {case for case in before if digest(case) != before[case]} == {"luohu"}

    def test_is_of_the_reading_and_the_options(self, digest):
        readings = [
            Edition("meizhou"),
            Edition("meizhou", "2024-04-12"),
            Edition("meizhou", "", {"cut_unit": "same"}),
        ]
        found = {digest(edition=each) for each in readings} | {digest(formats=["pdf"])}
        assert len(found) == 4

    def test_is_of_the_versions(self, digest, monkeypatch):
        before = digest()
        monkeypatch.setattr(task, "version", lambda: ["another"])
        assert digest() != before


class TestWorker:
    @pytest.fixture(autouse=True)
    def _ended(self) -> Iterator[None]:
        yield
        worker.end_all()

    def run(self, root, edition: Edition, version: list[str]) -> object:
        sources = task.Sources(root)
        options = build.Options("embedded", formats=("html",), assumptions=edition.assumptions)
        own = task.packed(edition, options, sources.own(edition.case))
        shared = zlib.compress(pickle.dumps(sources.shared))
        return pickle.loads(worker.run(version, sources.key, shared, own))  # noqa: S301

    def test_refuses_a_task_of_another_version(self, town):
        asked = [*task.version()[:-1], "Python 3.0.0"]
        refused = self.run(town, Edition("towna"), asked)
        assert isinstance(refused, OtherVersionError)
        assert "has another version: Python 3." in str(refused)
        assert str(refused).endswith(" for Python 3.0.0")

    def test_gives_a_fault_of_the_sources_in_the_words_of_the_build(self, town):
        result = self.run(town, Edition("towna", "", {"municipal_scope": "some"}), task.version())
        with pytest.raises(Exception, match="municipal_scope") as caught:
            load_case("towna", root=town, assumptions={"municipal_scope": "some"})
        assert (result.failure, dict(result.files)) == (str(caught.value), {})

    def test_gives_the_notebooks_of_one_that_failed(self, town):
        path = town / "notebooks/01-evidence.ipynb"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("study = notebook.open_study(", "study = notebook.open_studies(", 1))
        result = self.run(town, Edition("towna"), task.version())
        assert result.failure.startswith("notebooks/01-evidence.ipynb, cell ")
        assert list(result.files) == ["01-evidence.ipynb"]
        assert result.place in result.failure

    def test_goes_on_after_a_fault(self, town):
        self.run(town, Edition("towna", "", {"municipal_scope": "some"}), task.version())
        result = self.run(town, Edition("townb"), task.version())
        assert result.failure == ""
        assert "townb/index.html" in result.files
        assert not [name for name in result.files if "towna" in name]
