"""The evidence page of a case: every record, and the places that use it."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

from analysis.publish import EDITIONS
from analysis.publish.pages import Source
from analysis.publish.record_parts import KINDS, code, filled, link, plain, row
from analysis.publish.unused import FACT, REGISTERS

PLACED = re.compile(r"`([^`]+)`\{\.(?:value|verdict)[^}]*\}")
"""What can be come back to: a value, the verdict on a claim."""

HEADING = re.compile(r"#+ +(.+?)(?: +\{[^}]*\})? *$")
FIGURE = re.compile(r"!\[(.*)\]\(figures/[\w-]+\)\{#(fig-[\w-]+)")
TABLE = re.compile(r":::+ *\{#(tbl-[\w-]+)")
Published = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Use:
    """A place that uses keys: what it is called, where it is, and the keys."""

    text: str
    target: str
    keys: Sequence[str]


def write_pages(root: Path, case: str, written: Iterable[Source]) -> None:
    """Write the evidence pages of a prepared case, with the ways back to the written pages."""
    records, ledger, published, claims = _prepared(root, case, "records", "ledger", "published", "claims")
    pages = list(written)
    for lang, edition in EDITIONS.items():
        folder = edition / "evidence"
        mine = [page.expanded(claims) for page in pages if page.language == lang]
        words = records[lang]["words"]
        uses = [use for page in mine for use in _uses(page, published, folder, words)]
        uses += _inputs(ledger["entries"], lang)
        path = root / folder / f"{case}.qmd"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = page_text(case, lang, records[lang], uses)
        path.write_text(filled(text, ledger["entries"], lang), encoding="utf-8")


def write_records(root: Path, site: Path) -> None:
    """Write the records of each evidence page of a rendered site beside it, for the panels of other pages."""
    for lang, edition in EDITIONS.items():
        for path in (site / edition).glob("evidence/*.html"):
            records, ledger = _prepared(root, path.stem, "records", "ledger")
            told = {
                each["key"]: {
                    "label": plain(each["label"]),
                    "text": filled(_list(each["text"]), ledger["entries"], lang),
                }
                for each in records[lang]["records"]
            }
            content = f"window.briefRecords = {json.dumps(told, ensure_ascii=False)};\n"
            path.with_suffix(".js").write_text(content, encoding="utf-8")


def _prepared(root: Path, case: str, *names: str) -> list[Any]:
    work = root / ".brief" / case
    return [json.loads((work / f"{name}.json").read_text(encoding="utf-8")) for name in names]


def page_text(case: str, lang: str, told: Mapping[str, Any], uses: Iterable[Use]) -> str:
    """The page: a section a record, in the order of the kinds, and the sources; its values are keys yet.

    Records are HTML as they stand: Pandoc takes over a second to read them all as anything else.
    """
    words, places = told["words"], _places(uses, told["words"])
    front = {"title": words["title"].format(told["name"]), "lang": {"zh": "zh-Hans"}.get(lang, lang)}
    head = [f"{name}: {json.dumps(text, ensure_ascii=False)}" for name, text in front.items()]
    lines = ["---", *head, f"case: {case}", "format: html", "execute:", "  enabled: false", "---", ""]
    lines += [words["intro"], ""]
    for kind in (*KINDS, "sources"):
        lines += [f"# {words[kind]} {{#all-{kind} .unnumbered}}", ""]
        for record in (each for each in chain(told["records"], told["sources"]) if each["kind"] == kind):
            lines += [f"## {record['label']} {{#{record['key']} .unnumbered}}", "", "```{=html}"]
            lines += ['<div class="record">', _list(record["text"]), "</div>"]
            if kind != "sources":
                used = _use_rows(record["key"], places, words)
                lines += ['<div class="record used">', _list(used), "</div>"]
            lines += ["```", ""]
    return "\n".join(lines)


def _list(rows: str) -> str:
    return f"<dl>\n{rows}</dl>"


def _use_rows(key: str, places: Mapping[str, Sequence[str]], words: Mapping[str, str]) -> str:
    used = row(words["used"], *places.get(key, (words["unused"],)))
    return used + row(words["key"], code(key, "key"))


def _places(uses: Iterable[Use], words: Mapping[str, str]) -> dict[str, list[str]]:
    """The links to the uses of each key; a place named before is named as that."""
    found: dict[str, list[str]] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for use in uses:
        for key in use.keys:
            form = words["again"] if seen[key, use.text] else "{}"
            seen[key, use.text] += 1
            found.setdefault(key, []).append(link(form.format(use.text), use.target))
    return found


def _uses(page: Source, published: Published, folder: Path, words: Mapping[str, str]) -> Iterator[Use]:
    target = os.path.relpath(PurePosixPath(page.name).with_suffix(".html"), folder).replace(os.sep, "/")
    for key, number, section in occurrences(page.text, words["front"]):
        yield Use(section, f"{target}#v-{key}-{number}", (key,))
    for name, caption in captions(page.text):
        kind = "figures" if name.startswith("fig-") else "tables"
        shown = published[kind].get(name[4:], {})
        if name[4:] not in REGISTERS:
            head = re.split(r"(?<=\.) (?=[A-Z])|(?<=。)", caption)[0]
            text = words[kind].format(head.rstrip(".。"))
            yield Use(text, f"{target}#{name}", _held(shown))


def _held(shown: Mapping[str, Any]) -> list[str]:
    """The keys of a figure or table, and the facts and measures that it quotes."""
    quoted = (key for markdown in shown.get("markdown", {}).values() for key in FACT.findall(markdown))
    return list(dict.fromkeys((*shown.get("keys", ()), *quoted)))


def _inputs(entries: Mapping[str, Any], lang: str) -> Iterator[Use]:
    for key, entry in entries.items():
        yield Use(entry["label"][lang], f"#{key}", entry["inputs"])


def occurrences(text: str, front: str) -> Iterator[tuple[str, int, str]]:
    """Each value and verdict on a page: key, number and heading above it, counted as the filter counts.

    ``front`` stands for the title and what goes with it.
    """
    seen: Counter[str] = Counter()
    section = front
    for line in text.splitlines():
        if heading := HEADING.match(line):
            section = heading[1]
        for key in PLACED.findall(line):
            seen[key] += 1
            yield key, seen[key], section


def captions(text: str) -> Iterator[tuple[str, str]]:
    """The figures and tables of a page by id, with their captions."""
    name, caption = "", ""
    for line in text.splitlines():
        if found := FIGURE.match(line):
            yield found[2], found[1]
        elif found := TABLE.match(line):
            name, caption = found[1], ""
        elif name and line.startswith(":::"):
            yield name, caption
            name = ""
        elif name and not line.startswith("|"):
            caption = f"{caption} {line}".strip()
