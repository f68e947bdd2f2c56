"""An edition of the case at the root, with all its charts and files, beside the site of all cases."""

from __future__ import annotations

import shutil
import subprocess

from .conftest import BRIEF, FURTHER


def test_has_the_charts_files_and_data_of_the_whole_site(project, tmp_path):
    root = tmp_path / "project"
    shutil.copytree(project, root, ignore=shutil.ignore_patterns("_site", ".brief", *FURTHER))
    for case in FURTHER:
        shutil.copytree(project / "seeds" / case, root / "seeds" / case)
    done = subprocess.run([BRIEF, "build", "--all"], cwd=root, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    edition, site = root / "_sites/meizhou/as-coded", project / "_site"
    made = {path.relative_to(edition) for path in edition.rglob("*") if path.is_file()}
    expected = {path.relative_to(site) for path in site.rglob("*") if path.is_file()}
    further = {path for path in expected if set(path.with_suffix("").parts) & {*FURTHER}}
    of_all = {path for path in expected if path.match("assets/search-*.js") or path.match("assets/fonts/*")}
    assert made - of_all <= expected - further
    alike = sorted(path for path in expected - further - of_all if path.suffix != ".html")
    assert {path.suffix for path in alike} >= {".svg", ".pdf", ".docx", ".pptx", ".xlsx", ".zip", ".json"}
    assert [path for path in alike if (edition / path).read_bytes() != (site / path).read_bytes()] == []
