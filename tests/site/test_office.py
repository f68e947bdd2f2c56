"""The files that officials edit, as LibreOffice opens them."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from analysis.publish import formats

LOST = re.compile(r"[\s\x02\ufffe-]")
"""What breaking lines adds or takes away: spaces and hyphens."""


@pytest.fixture(scope="session")
def printed(project, tmp_path_factory):
    """The texts of a file's pages, as LibreOffice prints it; it needs a profile of its own to run."""
    if not shutil.which("soffice"):
        pytest.skip("no soffice on PATH")
    out = tmp_path_factory.mktemp("office")

    def pages(name: str) -> list[str]:
        profile = f"-env:UserInstallation={(out / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", out]
        subprocess.run([*command, project / "_site" / name], check=True, capture_output=True, timeout=300)
        pdf = out / Path(name).with_suffix(".pdf").name
        return [page.get_textpage().get_text_range() for page in PdfDocument(pdf)]

    return pages


def pictures(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return [name for name in archive.namelist() if "media/" in name]


@pytest.mark.parametrize("name", ["index.docx", "zh/index.docx", "evaluation.docx", "zh/evaluation.docx"])
class TestWord:
    def test_prints_what_it_says(self, project, printed, name):
        pages = printed(name)
        numbered = [re.fullmatch(rf"(.*?)\s{n}\s*", text, re.DOTALL) for n, text in enumerate(pages, 1)]
        assert all(numbered)
        said = LOST.sub("", "".join(page[1] for page in numbered))
        texts = [LOST.sub("", text) for text in formats.docx_texts(project / "_site" / name)]
        assert len(texts) > 50
        assert [text for text in texts if text not in said] == []

    def test_shows_no_picture_but_the_charts(self, project, name):
        page = (project / "_site" / name).with_suffix(".html").read_text(encoding="utf-8")
        charts = len(re.findall(r'<img [^>]*src="figures/', page))
        assert len(pictures(project / "_site" / name)) == charts > 0
