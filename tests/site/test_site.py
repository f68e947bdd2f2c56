"""The brief as it is, built as a reader gets it and read back.

``seen_en.txt`` and ``seen_zh.txt`` hold the words and numbers of every published table and chart, as they
were last read through by a person.  After reading a change, ``make accept`` writes them anew.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pypdf
import pytest

from analysis.publish import handover
from analysis.publish.notebook import spelled
from tests.site.conftest import BRIEF

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def text(project):
    """The text of a page of the site, as a reader gets it, in one line."""

    def read(name: str) -> str:
        path = project / "_site" / name
        if path.suffix == ".pdf":
            return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(path).pages).split())
        return " ".join(html.unescape(re.sub(r"<[^>]*>", "", path.read_text(encoding="utf-8"))).split())

    return read


@pytest.fixture(scope="session")
def seen(project, ledger):
    """All published tables and charts of a language, a line a row."""

    def lines(lang: str) -> list[str]:
        found = []
        for path in sorted((project / ".brief/meizhou").glob("*.ipynb")):
            for record in handover.records(nbformat.read(path, as_version=4), path.stem):
                found += ["", f"# {record['kind']} {record['name']}"]
                if record["kind"] == "table":
                    rows = spelled(ledger, record["markdown"][lang], lang).splitlines()
                    found += [
                        " | ".join(cell.strip() for cell in row.strip("|").split("|"))
                        for row in rows
                        if "---" not in row
                    ]
                else:
                    found += [record["alt"][lang], *_drawn(record["specs"][lang])]
        return [*found[1:], ""]

    return lines


def _drawn(spec: dict) -> list[str]:
    """The headline of a chart and the rows of its data, numbers in four digits."""
    title = spec["title"]
    data = [row for rows in spec["datasets"].values() for row in rows if len(rows) < 60]
    rows = [
        ", ".join(f"{name}: {_short(value)}" for name, value in sorted(row.items()) if value is not None)
        for row in data
    ]
    return [" ".join(title["text"]), " ".join(title.get("subtitle", ())), *sorted(set(rows))]


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value).replace("\n", " ")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tables_and_charts_are_as_last_read(seen, lang):
    path = HERE / f"seen_{lang}.txt"
    found = seen(lang)
    if os.environ.get("BRIEF_ACCEPT"):
        path.write_text("\n".join(found), encoding="utf-8")
    assert found == path.read_text(encoding="utf-8").split("\n")


TIERS = {
    "en": [
        ("Cases", "1,458 cases", "433 cases"),
        ("Cases a month", "209 to 324 cases a month", "108 to 191 cases a month"),
        ("Cases an item", "not identified", "12.0 cases an item"),
        ("Cut in trips", "1.3 trips (1.25 to 1.35 trips)", "1.57 trips (1.565 to 1.575 trips)"),
    ],
    "zh": [
        ("业务办理量", "1458件", "433件"),
        ("月均办理量", "每月209至324件", "每月108至191件"),
        ("项均办理量", "无法识别", "每项12.0件"),
        ("平均跑动次数减少", "1.3次（1.25至1.35次）", "1.57次（1.565至1.575次）"),
    ],
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tiers_by_hand(project, lang):
    page = (project / "_site" / ("index.html" if lang == "en" else "zh/index.html")).read_text(
        encoding="utf-8"
    )
    table = page[page.index('id="tbl-tiers"') :]
    rows = [
        tuple(
            html.unescape(re.sub(r"<[^>]*>", "", cell)).strip()
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        )
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table[: table.index("</table>")], re.DOTALL)
    ]
    assert [row for row in TIERS[lang] if row not in rows] == []


SENTENCES = {
    "index": [
        "the caseload up to 31 March 2024 was 1,458 cases under provincial items",
        "reassign the implementation of 87 items of administrative power to it",
        "larger for provincial items (77.54%) than for municipal items (74.48%)",
        "leave 22.46% and 25.52% of baselines that are stated for neither tier",
        "a larger share of the municipal items (69.4%) than of the pilot items (42.0%)",
        "no whole number out of 1,458 cases rounds to 77.54%, and none out of 433 cases to 74.48%",
        "(68 to 106 cases a month) than the municipal items (108 to 191 cases a month)",
    ],
    "zh/index": [
        "提请省政府将87项省级行政职权事项调整由梅州实施",
        "（77.54%）大于市级事项（74.48%）",
        "剩余时长分别为各自基准的22.46%和25.52%",
        "行政许可占市级事项的69.4%，高于其占试点事项的比例（42.0%）",
        "以1458件为分母，没有一个整数件数四舍五入后得77.54%；以433件为分母，也得不出74.48%",
        "其余省级事项的月均办理量（每月68至106件）低于市级事项（每月108至191件）",
    ],
}


@pytest.mark.parametrize("page", SENTENCES)
@pytest.mark.parametrize("format", ["html", "pdf"])
def test_sentences_by_hand(text, page, format):  # noqa: A002 - the name of what it is
    said = re.sub(r"[\s\u200b\u00ad-]", "", text(f"{page}.{format}"))
    assert [each for each in SENTENCES[page] if re.sub(r"[\s-]", "", each) not in said] == []


@pytest.mark.parametrize("name", ["timeline", "caseload", "cuts", "mix", "satisfaction"])
def test_figures_speak_the_language_of_their_pages(project, name):
    words = {
        folder: "".join(
            re.findall(
                r">([^<]*)</text>",
                (project / "_site" / folder / f"figures/{name}.svg").read_text(encoding="utf-8"),
            )
        )
        for folder in (".", "zh")
    }
    assert not re.search("[\u4e00-\u9fff]", words["."])
    assert not re.search("[A-Za-z]{3}", words["zh"])
    assert all(words.values())


def test_no_page_asks_for_anything_beyond_the_site(project):
    asked = re.compile(
        r'(?:src|poster|srcset)="([^"]*)"|<link[^>]*href="([^"]*)"|url\(([^)]*)\)|@import +(\S+)'
    )
    for path in (project / "_site").rglob("*"):
        if path.suffix in {".html", ".css", ".svg"}:
            found = ["".join(each) for each in asked.findall(path.read_text(encoding="utf-8"))]
            assert [each for each in found if re.match(r"['\"]?(?:[a-z]+:)?//", each)] == [], path


@pytest.mark.parametrize("name", ["summary.pdf", "zh/summary.pdf"])
def test_the_summary_is_one_page(project, name):
    assert len(pypdf.PdfReader(project / "_site" / name).pages) == 1


@pytest.mark.parametrize("name", ["index.pdf", "zh/index.pdf", "summary.pdf", "zh/summary.pdf"])
def test_pdfs_are_for_every_reader_and_the_archive(project, name):
    root = pypdf.PdfReader(project / "_site" / name).trailer["/Root"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert dict(re.findall(r"<(pdfu?aid:\w+)>(\w+)<", metadata)) == {
        "pdfuaid:part": "1",
        "pdfaid:part": "2",
        "pdfaid:conformance": "A",
    }


def test_a_changed_sentence_gives_the_site_that_is_built_from_nothing(project, tmp_path):
    root = tmp_path / "project"
    shutil.copytree(project, root)
    with (root / "zh/robustness.qmd").open("a", encoding="utf-8") as page:
        page.write("\n资料如此。\n")
    notebooks = files(root / ".brief/meizhou")
    kept = {path for path in (root / ".brief/kept").rglob("*") if path.is_file()}
    command = [BRIEF, "build", "--renderer", "embedded"]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    site = files(root / "_site")
    assert files(root / ".brief/meizhou") == notebooks
    anew = {path for path in (root / ".brief/kept").rglob("*") if path.is_file()} - kept
    assert {path.parent.relative_to(root / ".brief/kept").as_posix() for path in anew} == {
        "html/zh/robustness.qmd",
        "search/zh/robustness.html",
        "letters/zh/robustness.html",
        "lint/zh/robustness.html",
        "parity/robustness.html",
        "formats/zh/robustness.html",
    }
    shutil.rmtree(root / ".brief/kept")
    (root / "_site/index.html").unlink()
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    assert files(root / "_site") == site != files(project / "_site")


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
