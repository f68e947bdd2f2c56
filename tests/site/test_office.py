"""The files that officials edit and show, the Word files as LibreOffice opens them."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from analysis.publish import formats

ALT = re.compile(r'<p:pic><p:nvPicPr><p:cNvPr descr="([^"]*)"')
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


@pytest.mark.parametrize("name", ["slides.pptx", "zh/slides.pptx"])
class TestSlides:
    CHARTS = ("timeline", "caseload", "cuts", "satisfaction", "mix")

    def slides(self, project: Path, name: str) -> list[str]:
        with zipfile.ZipFile(project / "_site" / name) as archive:
            slides = (each for each in archive.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", each))
            return [archive.read(each).decode() for each in slides]

    def test_are_ten_at_most_and_each_has_a_title(self, project, name):
        slides = self.slides(project, name)
        assert 8 <= len(slides) <= 10
        assert [slide for slide in slides if not re.search('type="(?:ctrT|t)itle"', slide)] == []

    def test_show_the_charts_and_say_what_they_show(self, project, name):
        said = [html.unescape(alt) for slide in self.slides(project, name) for alt in ALT.findall(slide)]
        published = json.loads((project / ".brief/meizhou/published.json").read_text("utf-8"))["figures"]
        lang = "zh" if name.startswith("zh") else "en"
        assert said == [published[chart]["alt"][lang] for chart in self.CHARTS]
        assert len(pictures(project / "_site" / name)) == len(self.CHARTS)

    def test_say_nothing_that_would_not_fit(self, project, name):
        """A slide holds about 16 lines of 80 letters in this type; half as many Chinese ones."""
        for slide in self.slides(project, name):
            paragraphs = ("".join(re.findall("<a:t>([^<]*)", each)) for each in slide.split("</a:p>"))
            assert sum(1 + len(text.encode("gb18030")) // 80 for text in paragraphs if text) <= 16
