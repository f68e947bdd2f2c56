"""All editions that were built: a page that leads to them, and a table of what they say."""

from __future__ import annotations

import csv
import json
import shutil
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from analysis.publish import EDITIONS, home, stamp
from analysis.publish.conditions import readable
from analysis.publish.grid import Edition
from analysis.publish.origins import EXTENSION

if TYPE_CHECKING:
    from analysis.publish.task import Sources

SITES = Path("_sites")
WORK = Path(".brief") / "_sites"
"""Stamps of editions, and what is not yet in its place; no case has such a name."""

TABLE = "editions.csv"
COLUMNS = ("key", "low", "value", "high", "status", "unit")
"""What the table has of each entry of a ledger."""

STYLE = "brief.css"
WORDS = {
    "en": {
        "title": "Editions",
        "about": "Each is a site of its own; the table has every value of all of them:",
        "case": "Case",
        "reading": "Reading",
        "coded": "as coded",
        "as_of": "sources up to",
        "earlier": "from earlier sources: not built since they changed",
        "between": ": ",
        "and": "; ",
    },
    "zh": {
        "title": "各版本",
        "about": "每个版本自成一个网站；下表列出各版本的全部数值：",
        "case": "案例",
        "reading": "读法",
        "coded": "按编码",
        "as_of": "资料截至",
        "earlier": "据早先的资料生成：资料改动后尚未重新生成",
        "between": "：",
        "and": "；",
    },
}


@dataclass(frozen=True)
class Built:
    """An edition that is there, and whether its sources are still what it was made from."""

    edition: Edition
    current: bool


def clear(root: Path, cases: Collection[str]) -> bool:
    """Delete the editions of all other ``cases``; whether there were any."""
    gone = [folder for folder in (root / WORK).glob("*") if folder.name not in cases]
    for folder in gone:
        shutil.rmtree(root / SITES / folder.name, ignore_errors=True)
        shutil.rmtree(folder)
    return bool(gone)


def is_current(root: Path) -> bool:
    """Whether page and table were written after each edition."""
    try:
        since = min((root / SITES / name).stat().st_mtime_ns for name in ("index.html", TABLE))
    except OSError:
        return False
    return all(stamped.stat().st_mtime_ns <= since for stamped in _stamps(root))


def write(root: Path, sources: Sources) -> None:
    """Write the page and the table."""
    found = list(_built(root, sources))
    (root / SITES / "assets").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / EXTENSION / STYLE, root / SITES / "assets" / STYLE)
    with _whole(root / SITES / TABLE) as path, path.open("w", encoding="utf-8-sig", newline="") as file:
        write_table(root, [each.edition for each in found], file)
    with _whole(root / SITES / "index.html") as path:
        path.write_text(page(root, found), encoding="utf-8")


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A place beside ``path`` to write to, which takes its place at a good end."""
    part = path.with_suffix(".part")
    yield part
    part.replace(path)


def _stamps(root: Path) -> list[Path]:
    return sorted((root / WORK).glob("*/*.json"))


def _built(root: Path, sources: Sources) -> Iterator[Built]:
    for stamped in _stamps(root):
        told = json.loads(stamped.read_text(encoding="utf-8"))
        edition = Edition(**told["edition"])
        yield Built(edition, stamp.is_current(root, stamped, sources.digest(edition, told["settings"])))


def write_table(root: Path, editions: Sequence[Edition], file: IO[str]) -> None:
    """Write a row for each edition and key: how the edition reads its case, and what its ledger has."""
    fixed = sorted({name for edition in editions for name in edition.assumptions})
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["edition", "case", "as_of", *(f"assumption {name}" for name in fixed), *COLUMNS])
    for edition in editions:
        path = root / SITES / edition.name / "data" / edition.case / "ledger.json"
        entries = json.loads(path.read_text(encoding="utf-8"))["entries"]
        read = [edition.name, edition.case, edition.as_of, *(edition.assumptions.get(name) for name in fixed)]
        writer.writerows(
            [*read, key, *(entry[name] for name in COLUMNS[1:])] for key, entry in entries.items()
        )


def page(root: Path, found: Sequence[Built]) -> str:
    """The page that leads to the editions, in both languages, without a script."""
    parts = "\n".join(_section(root, found, lang) for lang in EDITIONS)
    title = " · ".join(words["title"] for words in WORDS.values())
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'">
<title>{title}</title>
<link rel="stylesheet" href="assets/{STYLE}">
</head>
<body>
<main>
<h1>{title}</h1>
{parts}
</main>
</body>
</html>
"""


def _section(root: Path, found: Sequence[Built], lang: str) -> str:
    words = WORDS[lang]
    rows = "\n".join(_row(root, each, lang) for each in found)
    return f"""<section lang="{"zh-Hans" if lang == "zh" else lang}">
<h2>{words["title"]}</h2>
<p>{words["about"]} <a href="{TABLE}">{TABLE}</a></p>
<table>
<thead><tr><th scope="col">{words["case"]}</th><th scope="col">{words["reading"]}</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</section>"""


def _row(root: Path, built: Built, lang: str) -> str:
    edition, words = built.edition, WORDS[lang]
    about = tomllib.loads((root / "seeds" / edition.case / "case.toml").read_text(encoding="utf-8-sig"))
    target = Path(edition.name) / home(root, edition.case) / EDITIONS[lang] / "index.html"
    said = escape(words["and"].join(_reading(root, edition, lang)) or words["coded"])
    earlier = "" if built.current else f" <em>({words['earlier']})</em>"
    link = f'<a href="{quote(target.as_posix())}">{said}</a>'
    return f"<tr><td>{escape(str(about[f'name_{lang}']))}</td><td>{link}{earlier}</td></tr>"


def _reading(root: Path, edition: Edition, lang: str) -> Iterator[str]:
    """How an edition reads its case, an assumption each."""
    words = WORDS[lang]
    if edition.as_of:
        yield f"{words['as_of']} {edition.as_of}"
    known = {row["name"]: row for row in readable(root / "seeds" / edition.case / "assumptions.csv")}
    for name, value in edition.assumptions.items():
        row = known.get(name, {})
        yield f"{row.get(f'label_{lang}', name)}{words['between']}{_setting(row, value, lang)}"


def _setting(row: Mapping[str, Any], value: str, lang: str) -> str:
    """A setting as readers read it."""
    choices = str(row.get("choices", "")).split("|")
    return str(row[f"choices_{lang}"]).split("|")[choices.index(value)] if value in choices else value
