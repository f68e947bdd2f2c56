"""Many editions built by the command: each in its place, going on after an interruption, here and on Dask."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote

import psutil
import pytest

from analysis.publish import many, pools, task, worker
from analysis.publish.errors import BuildError, OtherVersionError
from tests.dask_cluster import dask_cluster
from tests.small_cases import END, START
from tests.small_cases import project as small_project

BRIEF = Path(sys.executable).with_name("brief")
TOWNS = ("towna", "townb", "townc", "townd", "towne")
HTML = ("--format", "html")
ALL = ("build", "--all", *HTML)
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="sends signals as POSIX systems do")
BUILT = re.compile(r"^built (\S+) \((\d+) of (\d+)\)$", re.MULTILINE)


def brief(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BRIEF, *args], cwd=root, check=False, capture_output=True, text=True, timeout=600)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def coded(*towns: str) -> list[str]:
    return [f"{town}/as-coded" for town in towns]


def table(root: Path) -> list[dict[str, str]]:
    with (root / "_sites/editions.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A project of small cases, all of them built."""
    root = small_project(tmp_path_factory.mktemp("many") / "project", TOWNS)
    done = brief(root, *ALL)
    assert (done.returncode, done.stderr.count("\nbuilt ")) == (0, len(TOWNS) - 1), done.stderr
    return root


@pytest.fixture
def unbuilt(built, tmp_path):
    """The same project as it was before."""
    root = tmp_path / "project"
    shutil.copytree(built, root, ignore=shutil.ignore_patterns("_sites", ".brief"))
    return root


class TestEditions:
    def test_each_is_what_a_build_of_the_case_alone_gives(self, built, unbuilt):
        for town in TOWNS[1:]:
            shutil.rmtree(unbuilt / town)
        done = brief(unbuilt, "build", "--renderer", "embedded", *HTML)
        assert done.returncode == 0, done.stderr
        assert files(unbuilt / "_site") == files(built / "_sites/towna/as-coded")

    def test_nothing_is_written_into_the_project_but_sites(self, built, unbuilt):
        before = files(unbuilt)
        after = {
            name: text for name, text in files(built).items() if not name.startswith(("_sites", ".brief"))
        }
        assert after == before

    def test_page_leads_to_all_of_them_in_both_languages(self, built):
        page = (built / "_sites/index.html").read_text(encoding="utf-8")
        links = re.findall(r'href="([^"]+)"', page)
        for town in TOWNS:
            assert f"{town}/as-coded/{town}/index.html" in links
            assert f"{town}/as-coded/{town}/zh/index.html" in links
        assert [link for link in links if not (built / "_sites" / link).is_file()] == []
        assert "<script" not in page
        assert ">as coded<" in page
        assert ">按编码<" in page

    def test_table_has_every_value_of_every_ledger(self, built):
        expected = [
            (f"{town}/as-coded", key, str(entry["value"]), entry["status"])
            for town in TOWNS
            for path in [built / f"_sites/{town}/as-coded/data/{town}/ledger.json"]
            for key, entry in json.loads(path.read_text(encoding="utf-8"))["entries"].items()
        ]
        assert [(row["edition"], row["key"], row["value"], row["status"]) for row in table(built)] == expected
        assert len({row["value"] for row in table(built) if row["key"] == "municipal.cases"}) == len(TOWNS)


class TestAgain:
    def test_with_nothing_changed_nothing_is_done(self, built):
        before = {path: path.stat().st_mtime_ns for path in (built / "_sites").rglob("*")}
        done = brief(built, *ALL)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "_sites/index.html is up to date (5 editions)\n"
        assert {path: path.stat().st_mtime_ns for path in (built / "_sites").rglob("*")} == before

    def test_only_what_changed_is_built(self, built, tmp_path):
        root = tmp_path / "project"
        shutil.copytree(built, root)
        page = root / "townb/index.qmd"
        page.write_text(page.read_text(encoding="utf-8") + "\nA sentence is added.\n", encoding="utf-8")
        (root / "_sites/townc/as-coded/townc/index.html").unlink()
        done = json.loads(brief(root, *ALL, "--json").stdout)
        assert (done["built"], done["kept"], done["failed"]) == (
            coded("townb", "townc"),
            coded("towna", "townd", "towne"),
            {},
        )
        assert files(root / "_sites/townc") == files(built / "_sites/townc")

    def test_a_case_that_is_taken_away_goes(self, built, tmp_path):
        root = tmp_path / "project"
        shutil.copytree(built, root)
        (root / "_sites/mine").mkdir()
        shutil.rmtree(root / "towne")
        done = brief(root, *ALL)
        assert done.stdout == "_sites/index.html is up to date (4 editions)\n"
        assert sorted(path.name for path in (root / "_sites").iterdir() if path.is_dir()) == [
            "assets",
            "mine",
            *TOWNS[:-1],
        ]
        assert {row["case"] for row in table(root)} == set(TOWNS[:-1])


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    """A grid over a project of one case, with values out of range and prose that is not identified."""
    root = tmp_path_factory.mktemp("grid") / "project"
    small_project(root, ["towna"])
    command = ("-p", f"municipal_start={START},{END},2030-01-01", "-p", "municipal_scope=these_items,all")
    return root, brief(root, "build", *HTML, *command)


class TestGrid:
    def name(self, start: str, scope: str = "these_items") -> str:
        return f"towna/municipal_start={start},municipal_scope={scope}"

    def test_what_fails_is_told_in_the_words_of_the_build_and_the_rest_is_there(self, grid):
        root, done = grid
        assert (done.returncode, done.stdout[:45]) == (1, "_sites/index.html is ready (2 editions built,")
        *failures, last = done.stderr.splitlines()[6:]
        lost = "this reading leaves 'municipal.cases_per_month' not identified: it is for notebooks"
        beyond = f"assumptions: municipal_start: 2030-01-01 lies outside {START} to {END}, the range"
        assert [line.partition(": ")[0] for line in failures] == [
            self.name(START, "all"),
            self.name(END, "all"),
            self.name("2030-01-01"),
            self.name("2030-01-01", "all"),
        ]
        assert [lost in line and ": towna/index.qmd, line " in line for line in failures] == [1, 1, 0, 0]
        assert [beyond in line for line in failures] == [0, 0, 1, 1]
        assert last == "4 of 6 editions failed; the others are in _sites/"
        assert sorted(path.name for path in (root / "_sites/towna").iterdir()) == sorted(
            self.name(start).removeprefix("towna/") for start in (START, END)
        )

    def test_what_moves_can_be_read_off_the_table(self, grid):
        root, _ = grid
        rows = [row for row in table(root) if row["key"] == "municipal.cases_per_month"]
        assert [row["assumption municipal_start"] for row in rows] == [START, END]
        # from 30 November and from 22 January to 31 March: 122 and 69 days
        early, late = (float(row["value"]) for row in rows)
        assert late / early == pytest.approx(122 / 69)
        assert {row["unit"] for row in rows} == {"case_per_month"}

    def test_page_says_how_the_case_is_read(self, grid):
        root, _ = grid
        page = (root / "_sites/index.html").read_text(encoding="utf-8")
        assert f">Start of the count: {END}; Items counted: these</a>" in page
        assert f">统计起点：{END}；统计范围：这些</a>" in page
        links = re.findall(r'href="([^"]+)"', page)
        assert [link for link in links if not (root / "_sites" / unquote(link)).is_file()] == []

    def test_an_edition_is_what_a_build_in_that_reading_gives(self, grid, tmp_path):
        root, _ = grid
        alone = small_project(tmp_path / "project", ["towna"])
        settings = ("-p", f"municipal_start={END}", "-p", "municipal_scope=these_items")
        done = brief(alone, "build", "--renderer", "embedded", *HTML, *settings)
        assert done.returncode == 0, done.stderr
        assert files(alone / "_site") == files(root / "_sites" / self.name(END))

    def test_what_failed_is_tried_again_and_what_is_there_is_not(self, grid):
        root, _ = grid
        done = brief(root, "build", "--json", *HTML, "-p", f"municipal_start={START},2030-01-01")
        assert done.returncode == 1
        told = json.loads(done.stdout)
        assert told["built"] == [f"towna/municipal_start={START}"]
        assert list(told["failed"]) == ["towna/municipal_start=2030-01-01"]
        done = brief(root, "build", "--json", *HTML, "-p", f"municipal_start={START},2030-01-01")
        told = json.loads(done.stdout)
        assert (told["built"], told["kept"]) == ([], [f"towna/municipal_start={START}"])
        assert list(told["failed"]) == ["towna/municipal_start=2030-01-01"]


class TestFailure:
    def test_leaves_the_edition_that_was_there(self, built, tmp_path):
        root = tmp_path / "project"
        shutil.copytree(built, root)
        page = root / "townb/index.qmd"
        page.write_text(page.read_text(encoding="utf-8") + "\nThere are 99 towns.\n", encoding="utf-8")
        done = brief(root, *ALL)
        assert done.returncode == 1
        assert re.search(
            r"^townb/as-coded: townb/index\.qmd, line \d+: ‘99’ is no", done.stderr, re.MULTILINE
        )
        assert files(root / "_sites/townb") == files(built / "_sites/townb")
        assert "(from earlier sources:" in (root / "_sites/index.html").read_text(encoding="utf-8")

    def test_of_a_notebook_is_kept_for_reading(self, unbuilt):
        path = unbuilt / "notebooks/01-evidence.ipynb"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("notebook.open_study(", "notebook.open_studies(", 1), encoding="utf-8")
        for town in TOWNS[1:]:
            shutil.rmtree(unbuilt / town)
        done = brief(unbuilt, *ALL)
        (kept,) = re.findall(r"what ran until then is in (\S+)", done.stderr)
        assert "open_studies" in Path(kept).read_text(encoding="utf-8")
        assert Path(kept).is_relative_to(unbuilt)
        assert not (unbuilt / "_sites/towna").exists()

    def test_of_the_pages_stops_all(self, unbuilt):
        shutil.rmtree(unbuilt / "seeds/townc")
        done = brief(unbuilt, *ALL)
        assert (done.returncode, done.stderr) == (1, "seeds/townc: there is no such case, which pages name\n")
        assert not (unbuilt / "_sites").exists()


@POSIX
class TestInterrupted:
    @pytest.mark.parametrize(
        ("stop", "ended"),
        [((os.kill, signal.SIGKILL), (-9, "")), ((os.killpg, signal.SIGINT), (130, "stopped\n"))],
        ids=["killed", "Ctrl-C"],
    )
    def test_goes_on_where_it_was(self, built, unbuilt, stop, ended):
        send, number = stop
        build = subprocess.Popen(
            [BRIEF, *ALL], cwd=unbuilt, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        (first, *_) = BUILT.findall(build.stderr.readline())[0]
        processes = psutil.Process(build.pid).children(recursive=True)
        assert "analysis.publish.worker" in {part for each in processes for part in each.cmdline()}
        send(build.pid, number)
        _, rest = build.communicate(timeout=60)
        assert (build.returncode, BUILT.sub("", rest).lstrip()) == ended
        assert not _left(processes)
        there = coded(*(path.parent.name for path in (unbuilt / "_sites").glob("*/as-coded")))
        assert first in there
        told = json.loads(brief(unbuilt, *ALL, "--json").stdout)
        assert sorted(told["built"] + told["kept"]) == coded(*TOWNS)
        assert first in told["kept"]
        assert len(told["built"]) >= 1
        assert files(unbuilt / "_sites") == files(built / "_sites")


def _left(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run some seconds later; one that nobody has waited for does not."""
    for _ in range(400):
        running = [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
        if not running:
            break
        time.sleep(0.05)
    return running


class TestRefusals:
    def test_another_version_ends_the_build(self, unbuilt, monkeypatch):
        monkeypatch.setattr(task, "version", lambda: ["another version"])
        told = []
        with pytest.raises(OtherVersionError, match="for another version"):
            many.build_many(unbuilt, many.Request(every=True), pools.local, lambda _: told.append)
        assert told == []
        assert not worker._children  # noqa: SLF001

    @pytest.mark.parametrize("jobs", ["0", "many", "-1"])
    def test_no_number_of_jobs(self, unbuilt, monkeypatch, jobs):
        monkeypatch.setenv("BRIEF_JOBS", jobs)
        done = brief(unbuilt, *ALL)
        assert (done.returncode, done.stderr.partition(";")[0]) == (1, f"BRIEF_JOBS is '{jobs}'")

    def test_another_build_at_work(self, built):
        from analysis.publish import lock  # noqa: PLC0415

        with lock.alone(built):
            done = brief(built, *ALL)
        assert (done.returncode, done.stderr) == (1, f"another build is at work in {built}\n")


@pytest.fixture(scope="module")
def cluster():
    """The address of a scheduler, and the processes of its workers."""
    _dask()
    with dask_cluster() as (address, workers):
        processes = [*workers, *(child for each in workers for child in each.children(recursive=True))]
        yield address, workers
    assert not _left(processes)


class TestCluster:
    def test_nothing_is_lost_or_doubled_where_a_worker_is_killed(self, built, unbuilt, cluster):
        address, workers = cluster
        build = subprocess.Popen(
            [BRIEF, *ALL, "--cluster", address], cwd=unbuilt, stderr=subprocess.PIPE, text=True
        )
        first = build.stderr.readline()
        victim = workers[0]
        children = victim.children(recursive=True)
        assert "analysis.publish.worker" in {part for each in children for part in each.cmdline()}
        victim.kill()
        _, rest = build.communicate(timeout=600)
        assert build.returncode == 0, first + rest
        names, numbers, totals = zip(*BUILT.findall(first + rest), strict=True)
        assert sorted(names) == coded(*TOWNS)
        assert numbers == tuple(str(number) for number in range(1, len(TOWNS) + 1))
        assert set(totals) == {str(len(TOWNS))}
        assert files(unbuilt / "_sites") == files(built / "_sites")
        assert not _left(children)

    def test_a_failure_comes_back(self, unbuilt, cluster):
        command = ("--cluster", cluster[0], "-p", "municipal_scope=all", *HTML)
        done = brief(unbuilt, "build", *command)
        assert done.returncode == 1
        assert done.stderr.count("not identified: it is for notebooks") == len(TOWNS)
        assert done.stderr.endswith("5 of 5 editions failed; the others are in _sites/\n")

    def test_another_version_ends_the_build(self, unbuilt, monkeypatch, cluster):
        monkeypatch.setattr(task, "version", lambda: ["another version"])
        program = (
            "import sys\nfrom pathlib import Path\nfrom analysis.publish import many, pools, task\n"
            "task.version = lambda: ['another version']\n"
            "pool = lambda: pools.cluster(sys.argv[1])\n"
            "many.build_many(Path.cwd(), many.Request(every=True), pool, lambda _: print)\n"
        )
        command = [sys.executable, "-c", program, cluster[0]]
        done = subprocess.run(command, cwd=unbuilt, check=False, capture_output=True, text=True, timeout=120)
        assert (done.returncode, done.stdout) == (1, "")
        assert re.search(r"OtherVersionError: the worker on \S+ has another version: ", done.stderr)

    def test_no_scheduler_answers(self, unbuilt):
        _dask()
        address = "tcp://127.0.0.1:9"
        done = brief(unbuilt, *ALL, "--cluster", address)
        message = (
            f"no Dask scheduler answers at {address}; 'dask scheduler' starts one, and says its address\n"
        )
        assert (done.returncode, done.stderr) == (1, message)

    def test_without_dask(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "distributed", None)
        message = r"^Dask is not installed; pip install 'evidence-brief\[cluster\]'$"
        with pytest.raises(BuildError, match=message), pools.cluster("tcp://127.0.0.1:9"):
            pass


def _dask() -> None:
    """Skip where Dask is not installed; where BRIEF_CLUSTER is set, it has to be there."""
    if os.environ.get("BRIEF_CLUSTER"):
        assert importlib.util.find_spec("distributed")
    elif not importlib.util.find_spec("distributed"):
        pytest.skip("Dask is not installed; 'make cluster' installs it")
