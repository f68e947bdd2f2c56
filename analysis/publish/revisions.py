"""What was corrected and revised: the register of revisions, and the page that tells readers of both."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analysis import Case, Ledger
from analysis.case import REGISTERS, file_of
from analysis.display import LANGUAGES
from analysis.findings import UnusableError
from analysis.publish.appendix import entered, reason
from analysis.publish.editions import Change, Difference, Edition
from analysis.publish.known import CHANGED
from analysis.tables import read_register
from analysis.words import Wording

COLUMNS = [name for name in REGISTERS["revisions"].column_names() if name != "row"]


def record(root: Path, found: Difference, edition: str = "") -> list[str]:
    """Add a row for each number that changed or vanished to the register of its case; say what was added.

    What stands there already, for the same day with the same texts, is not added again.
    """
    day = edition or datetime.now().astimezone().date().isoformat()
    try:
        date.fromisoformat(day)
    except ValueError:
        raise UnusableError("--edition", f"'{day}' is not a date such as 2024-08-06") from None
    said = []
    for name, changes in found.changes.items():
        if not (root / "seeds" / name).is_dir():
            raise UnusableError(f"seeds/{name}", "there is no such case here to record revisions of")
        file = file_of(name, "revisions")
        rows = [_row(day, change) for change in changes if change.what != "appeared"]
        added = _append(root / file, file, rows)
        said.append(f"{file}: {added} {'row' if added == 1 else 'rows'} added")
    return said


def refuse_readings(*editions: Edition) -> None:
    """Raise UnusableError for an edition of one reading, whose numbers revise nothing that was published."""
    for edition in editions:
        for name, built in edition.cases.items():
            if built.ledger["settings"] or built.ledger["as_of"]:
                message = f"an edition of {name} is one reading (-p or --as-of), which revises nothing"
                raise UnusableError("--record", message)


def _row(day: str, change: Change) -> dict[str, str]:
    ends = {"before": change.old, "after": change.new, "why": {lang: change.why(lang) for lang in LANGUAGES}}
    texts = {f"{end}_{lang}": text[lang] for end, text in ends.items() for lang in LANGUAGES}
    return {"edition": day, "key": change.key, **texts}


def _append(path: Path, file: str, rows: Sequence[Mapping[str, str]]) -> int:
    known = read_register(path, file, REGISTERS["revisions"])[0].rows(named=True)
    told = [name for name in COLUMNS if not name.startswith("why")]
    there = [[row[name] for name in told] for row in known]
    new = [row for row in rows if [row[name] for name in told] not in there]
    text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    header = next(csv.reader(text.splitlines()), COLUMNS)
    with path.open("a", encoding="utf-8", newline="") as out:
        out.write("\n" if text and not text.endswith("\n") else "")
        writer = csv.DictWriter(out, [name.strip() for name in header], lineterminator="\n")
        if not text:
            writer.writeheader()
        writer.writerows(new)
    return len(new)


def revisions_page(case: Case, ledger: Ledger, lang: str) -> str:
    """The page of a case in a language: corrections in force, and revisions by edition, the latest first."""
    words = case.wording[lang].part("revisions")
    title = json.dumps(words["title"].format(case.about[f"name_{lang}"]), ensure_ascii=False)
    tag = "zh-Hans" if lang == "zh" else lang
    front = f"---\ntitle: {title}\nlang: {tag}\ncase: {case.name}\nformat: html\n---"
    if case.in_force.is_empty() and case.revisions.is_empty():
        return f"{front}\n\n{words['none']}\n"
    parts = {"corrections": _corrections(case, ledger, lang), "revisions": _revisions(case, ledger, lang)}
    sections = [
        f"# {words[name]} {{#sec-{name}}}\n\n" + ("\n\n".join(lines) or words[f"no {name}"])
        for name, lines in ((name, list(part)) for name, part in parts.items())
    ]
    return "\n\n".join([front, *sections]) + "\n"


def _corrections(case: Case, ledger: Ledger, lang: str) -> Iterator[str]:
    words = case.wording[lang].part("revisions")
    facts = {row["id"]: row for row in case.facts.iter_rows(named=True)}
    for row in case.in_force.iter_rows(named=True):
        key = row["fact"]
        told = {name: text for name, text in row.items() if isinstance(text, str)}
        marked = {name: (reason if name.startswith("why") else entered)(text) for name, text in told.items()}
        phrase = f"[{facts[key]['exact']}]{{.phrase data-fact={key}}}"
        lines = (
            words["prints"].format(marked["expect"], phrase),
            words["takes"].format(f"`{key}`{{.value}}", marked["value"]),
            words["why"].format(marked[f"why_{lang}"]),
            words["since"].format(marked["since"], marked[f"reported_to_{lang}"], marked[f"basis_{lang}"]),
        )
        yield f"## {ledger[key].label[lang]} {{#correction-{key}}}\n\n" + "\n".join(
            f"- {line}" for line in lines
        )


def _revisions(case: Case, ledger: Ledger, lang: str) -> Iterator[str]:
    for (edition,), rows in case.revisions.sort("edition", descending=True, maintain_order=True).group_by(
        "edition", maintain_order=True
    ):
        lines = [
            _revised(row, ledger, case.wording[lang].part("revisions"), lang)
            for row in rows.iter_rows(named=True)
        ]
        yield f"## {entered(str(edition))} {{#edition-{edition}}}\n\n" + "\n".join(lines)


def _revised(row: Mapping[str, Any], ledger: Ledger, words: Wording, lang: str) -> str:
    key = row["key"]
    label = ledger[key].label[lang] if key in ledger.entries else entered(key)
    ends = [entered(row[f"{end}_{lang}"]) or words["nothing"] for end in ("before", "after")]
    why = row[f"why_{lang}"]
    return "- " + words["revised"].format(label, *ends, (entered if CHANGED in why else reason)(why))
