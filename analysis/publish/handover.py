"""From executed notebooks to what the pages need: figures, tables, notebook pages, data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis import Case, Ledger, grade
from analysis.claim_texts import told
from analysis.explain import as_shown
from analysis.publish import EDITIONS, home, live
from analysis.publish.bundle import write_bundle
from analysis.publish.errors import BuildError, refuse
from analysis.publish.notebook import MIME
from analysis.publish.open_formats import write_formats
from analysis.publish.pages import CODE, Source, markup
from analysis.publish.records import case_records
from analysis.publish.revisions import revisions_page

Record = Mapping[str, Any]

PAGES = {"revisions": revisions_page}
"""What writes the page of a case in a language, by the folder of each edition that it lies in."""


def records(notebook: Any, name: str) -> list[Record]:  # noqa: ANN401 - a NotebookNode
    """What an executed notebook hands over, in order; ``name`` is kept with each."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    handed = (output["data"][MIME] for output in outputs if MIME in output.get("data", {}))
    return [{**record, "notebook": name} for record in handed]


def refuse_disagreement(ledger: Ledger, handed: Iterable[Record]) -> None:
    """Raise BuildError where a notebook published a value that the ledger does not give."""
    for record in handed:
        for key, seen in record["values"].items():
            entry = ledger.entries.get(key)
            if entry is None or [entry.low, entry.value, entry.high] != list(seen):
                expected = "no such key" if entry is None else [entry.low, entry.value, entry.high]
                place = f"notebooks/{record['notebook']}.ipynb, {record['kind']} {record['name']}"
                raise BuildError(f"{place}: {key} is {seen}, the ledger has {expected}")


def refuse_twins(handed: Sequence[Record]) -> None:
    """Raise BuildError where two notebooks publish under one name."""
    homes: dict[tuple[str, str], str] = {}
    for record in handed:
        other = homes.setdefault((record["kind"], record["name"]), record["notebook"])
        if other != record["notebook"]:
            raise BuildError(
                f"{record['kind']} {record['name']} is published by {other} and {record['notebook']}"
            )


def published(handed: Iterable[Record]) -> dict[str, dict[str, Any]]:
    """What the filters and the lint look up: words of figures, markdown of tables, keys of both."""
    found: dict[str, dict[str, Any]] = {"figures": {}, "tables": {}}
    for record in handed:
        entry = {"notebook": record["notebook"], "keys": list(record["values"])}
        parts = ("alt",) if record["kind"] == "figure" else ("markdown", "widths")
        entry |= {part: record[part] for part in (*parts, "points") if part in record}
        entry |= {"live": True} if "live" in record else {}
        found[f"{record['kind']}s"][record["name"]] = entry
    return found


def write_pages(root: Path, case: Case, ledger: Ledger) -> None:
    """Write the pages of a case that are generated from its registers, in both editions."""
    for folder, page in PAGES.items():
        for lang, edition in EDITIONS.items():
            path = root / edition / folder / f"{case.name}.qmd"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page(case, ledger, lang), encoding="utf-8")


def write_all(
    root: Path, case: Case, ledger: Ledger, executed: Mapping[str, Any], handed: Sequence[Record]
) -> None:
    """Write everything but figures that the pages of a case refer to, where the renderers look."""
    notebooks = root / home(root, case.name) / "notebooks"
    notebooks.mkdir(exist_ok=True)
    for page in notebooks.glob("*.qmd"):
        page.unlink()
    for name, notebook in executed.items():
        page = notebooks / f"{name}.qmd"
        page.write_text(notebook_page(notebook, name, case.name), encoding="utf-8")
    write_pages(root, case, ledger)
    work = root / ".brief" / case.name
    work.mkdir(parents=True, exist_ok=True)
    (work / "ledger.json").write_text(as_shown(case, ledger).to_json(), encoding="utf-8")
    (work / "published.json").write_text(json.dumps(published(handed), ensure_ascii=False), encoding="utf-8")
    claims = told(case, ledger)
    made = {
        "claims": claims,
        "records": case_records(case, ledger, claims),
        "grades": grade.told(case),
        "whatif": live.data_of(handed),
    }
    for name, content in made.items():
        (work / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    folder = root / "data" / case.name
    write_formats(case, ledger, folder)
    write_bundle(root, case, ledger, folder / "evidence.zip")


def notebook_page(notebook: Any, name: str, case: str) -> str:  # noqa: ANN401
    """An executed notebook as a page: its prose, its code, and what each cell gave.

    Raises BuildError for mark-up that pages may not have either; prose may name code.
    """
    cells = list(notebook.cells)
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    refuse(found for text in prose for found in markup(Source(f"notebooks/{name}.ipynb", case, text), CODE))
    title = cells[0].source.splitlines()[0].lstrip("# ") if cells else name
    head = json.dumps(title, ensure_ascii=False)
    front = f"---\ntitle: {head}\nlang: en\ncase: {case}\nformat: html\nexecute:\n  enabled: false\n---\n"
    cells[0].source = "\n".join(cells[0].source.splitlines()[1:])
    return front + "\n" + "\n\n".join(part for cell in cells for part in _cell(cell)) + "\n"


def _cell(cell: Any) -> list[str]:  # noqa: ANN401
    if cell.cell_type == "markdown":
        return [cell.source]
    code = _fenced(cell.source, "python")
    return [code, *(text for output in cell.outputs if (text := _output(output)))]


def _output(output: Any) -> str:  # noqa: ANN401
    data = output.get("data", {})
    if MIME in data:
        return _reference(data[MIME])
    if "dataframe" in (html := data.get("text/html", "")):
        if "<tbody></tbody>" in html:
            return ""
        table = html[html.index("<table") : html.index("</table>")].replace("&quot;", "")
        return _fenced(table + "</table>", "{=html}")
    text = output.get("text") or data.get("text/plain") or ""
    return _fenced(text.rstrip("\n"), "{.output}") if text else ""


def _reference(record: Record) -> str:
    if record["kind"] == "figure":
        return f"![](../figures/{record['name']})"
    return str(record["markdown"]["en"])


def _fenced(text: str, info: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in text.split() if set(run) == {"`"}), default=0))
    return f"{fence}{info}\n{text}\n{fence}"
