"""Projects of many small cases: each as ``brief new`` lays it out, filled in from its number."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.publish.new import lay_out
from analysis.quotes import recorded

ROOT = Path(__file__).resolve().parents[1]
PROJECT = ("notebooks", "_extensions", "_quarto.yml", "references.bib", "requirements")
"""What every case is built with, beside the seeds."""

ABOUT = {
    "title": "Powers moved to the towns",
    "title_en": "Powers moved to the towns",
    "publisher": "Ashford Gazette",
    "publisher_zh": "阿什福德公报",
    "date": "2025-02-14",
    "language": "en",
    "found": "a copy of the page",
    "found_zh": "网页副本",
    "kind": "press",
    "outcomes_measured_by": "the city",
    "outcomes_measured_by_zh": "市政府",
}
START, END = "2023-11-30", "2024-01-22"
"""The declared range of ``municipal_start``."""

WHY = "It is not stated.,资料未写明。,A"
ASSUMPTIONS = f"""\
municipal_start,range,{START},{START},{END},,,,date,Start of the count,统计起点,{WHY}
municipal_scope,choice,,these_items,,these_items|all,these|all,这些|全部,choice,Items counted,统计范围,{WHY}
"""
"""With ``municipal_scope=all`` no rate is identified, and the prose says one."""

RATE = {
    "index.qmd": "A month, that is `municipal.cases_per_month`{.value as=interval}.",
    "zh/index.qmd": "每月为`municipal.cases_per_month`{.value as=interval}。",
}


def project(root: Path, names: Iterable[str]) -> Path:
    """A project with these cases and no other pages; returns its root."""
    unwritten = shutil.ignore_patterns("*.qmd", ".ipynb_checkpoints", "luohu")
    for name in ("seeds", *PROJECT):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=unwritten)
        else:
            shutil.copy(ROOT / name, root / name)
    for number, name in enumerate(names):
        add(root, name, number)
    return root


def add(root: Path, name: str, number: int) -> None:
    """Lay out a case and fill it in; ``number`` is the seed of its figures."""
    lay_out(root, name)
    draw = random.Random(number)  # noqa: S311 - no secret
    items, cases, cut = draw.randint(2, 80), draw.randint(100, 3000), draw.randint(100, 900) / 10
    fill(
        root,
        name,
        {
            "items": (str(items), "", f"{items} items of administrative power"),
            "cases": (str(cases), "municipal_start,municipal.counted_to", f"{cases} cases"),
            "counted_to": ("2024-03-31", "", "until 31 March 2024"),
            "time_cut": (f"{cut}", "municipal_start,municipal.counted_to", f"{cut} per cent less time"),
        },
    )
    with (root / "seeds" / name / "assumptions.csv").open("a", encoding="utf-8") as file:
        file.write(ASSUMPTIONS)
    for page, sentence in RATE.items():
        path = root / name / page
        head, mark, rest = path.read_text(encoding="utf-8").partition("{#sec-reported}\n")
        path.write_text(f"{head}{mark}\n{sentence}\n{rest}", encoding="utf-8")


def fill(root: Path, name: str, facts: Mapping[str, tuple[str, str, str]], name_zh: str = "") -> None:
    """Fill in the files that ``brief new`` laid out: value, period and phrase by indicator."""
    file = root / f"seeds/{name}/facts.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    for indicator, (value, period, phrase) in facts.items():
        key = f"municipal.{indicator}"
        place = next(at for at, line in enumerate(lines) if line.startswith(f"# {key},"))
        unit = lines[place].split(",")[4]
        cells = ("municipal", indicator, value, unit, period or ",", "A", "", phrase, "", "", phrase, "", "")
        lines[place] = ",".join((key, *cells))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    file = root / f"seeds/{name}/case.toml"
    text = file.read_text(encoding="utf-8")
    about = {**ABOUT, "name_en": name.capitalize(), "name_zh": name_zh or f"案例{name}"}
    for field, value in about.items():
        assert f'\n{field} = ""' in text
        text = text.replace(f'\n{field} = ""', f'\n{field} = "{value}"')
    hashes = [recorded({"prefix": "", "exact": phrase, "suffix": ""}) for *_, phrase in facts.values()]
    file.write_text(text.replace("phrases = []", f"phrases = {json.dumps(hashes)}"), encoding="utf-8")
