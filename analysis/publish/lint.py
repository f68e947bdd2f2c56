"""The lint: no numeral reaches a reader that is neither a ledger value nor exempt by its role.

It reads the rendered pages.  What an element's role does not account for may still be a reference to a law
or a paragraph, or an allowed literal (``seeds/literals.csv``, each with its reason); any other numeral is
refused, with its page, line and sentence.  Where there is no markup, as in alternative text and charts, a
numeral is an end of a ledger text of the figure's keys, with or without its unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.claim_files import claim_files, read_claims
from analysis.keys import KEY
from analysis.numerals import HAN, folded, numerals
from analysis.publish import EDITIONS
from analysis.publish.errors import refuse
from analysis.publish.masks import EXEMPT, VALUE, Block, Known, Page, rows

LITERALS = Path("seeds") / "literals.csv"
CITED = re.compile(
    r"\b[A-Z](?: ¶|,第)\d+段?"
    r"|\bArticles? \d+(?:(?:, | and |, and | to |–)\d+)*"
    rf"|第[{HAN}\d]+条(?:第[{HAN}\d]+款)?(?:第[{HAN}\d]+项)?|〔\d{{4}}〕\d+号"
    r"|《[^》]*(?:法|条例|规定|办法|决定|意见|方案|通知)(?:\([^)》]*\))?》"
)
SCALED = re.compile(
    rf"(?<!\S)[-−]{VALUE}+"
    rf"|{VALUE}+(?: ?[百千万亿]|[%‰]|成(?![立为])|\s(?:hundred|thousand|million|billion|dozen)\b)"
)
"""A sign or a scale beside a ledger value, which makes another number of it."""

SENTENCE = re.compile(r"(?<=[。！？；])|(?<=[.!?;])\s+(?=[^\sa-z\d])|\n")
MARKUP = re.compile(
    r"`[^`]*`(?:\{[^}]*\})?|\[@[^\]]*\]|@(?:fig|tbl|sec)-[\w-]+|\]\([^)]*\)|\{[^}]*\}|<[^>]*>"
)
REGISTERS = frozenset({"facts", "assumptions", "quantities"})
"""Tables that list whatever there is, so that to stand in them is not to be used."""

FACT = re.compile(r"data-fact=\W?([\w.]+)")
UNMARKED = "is not marked as a ledger value, nor exempt"


@dataclass(frozen=True)
class Refusal:
    """A numeral that nothing accounts for: where it stands, in which sentence, and why it is refused."""

    page: str
    line: int
    sentence: str
    numeral: str
    why: str

    def __str__(self) -> str:
        """One line; a place without lines, such as a chart, has none."""
        place = f"{self.page}, line {self.line}" if self.line else self.page
        return f"{place}: ‘{self.numeral}’ {self.why}: {self.sentence}"


def lint(site: Path, root: Path) -> list[Refusal]:
    """Every numeral on the pages of a site, and in the charts of its cases, that nothing accounts for."""
    cases = _cases(root)
    allowed = read_literals(root / LITERALS)
    found = []
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site)
        source = _Source.of(root, name)
        known = cases.get(source.case) or next(iter(cases.values()))
        page = Page(known, notebook=name.parts[0] == "notebooks").read(path.read_text(encoding="utf-8"))
        for block in page.blocks:
            found += [source.place(block, *refused) for refused in refusals(block, known, allowed, page.lang)]
    return found + [refusal for known in cases.values() for refusal in _charts(known, allowed)]


def refuse_unmarked(site: Path, root: Path) -> None:
    """Raise BuildError for all that `lint` finds, a line each."""
    refuse(dict.fromkeys(map(str, lint(site, root))))


def _cases(root: Path) -> dict[str, Known]:
    names = sorted(path.parent.name for path in (root / ".brief").glob("*/ledger.json"))
    return {name: Known.of(root, name) for name in names}


def read_literals(path: Path) -> dict[str, re.Pattern[str]]:
    """The allowed literals of each language; raises BuildError for one without a reason."""
    listed = rows(path)
    refuse(f"{LITERALS}: '{row['literal']}' has no reason" for row in listed if not row["reason"].strip())
    return {
        lang: _any_of(row["literal"] for row in listed if row["language"] in {lang, "any"})
        for lang in EDITIONS
    }


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Any of some texts as a whole, the longest first: 1,458 is not found in 21,458."""
    whole = [_whole(folded(text)) for text in sorted(texts, key=len, reverse=True) if text]
    return re.compile("|".join(whole) or "(?!)", re.IGNORECASE)


def _parts(texts: Iterable[str]) -> set[str]:
    """Ledger texts, the ends of their intervals, and both without their units."""
    ends = {end for text in texts for end in (text, *re.split(" to |至", text))}
    spans = {end: [found.span() for found in numerals(folded(end))] for end in ends}
    return ends | {end[found[0][0] : found[-1][1]] for end, found in spans.items() if found}


def _whole(text: str) -> str:
    before = r"(?<!\d)(?<!\d[.,])" if text[0].isdigit() else r"(?<![a-zA-Z])" if text[0].isascii() else ""
    after = r"(?!\d|[.,]\d)" if text[-1].isdigit() else r"(?![a-zA-Z])" if text[-1].isascii() else ""
    return before + re.escape(text) + after


def refusals(
    block: Block, known: Known, allowed: Mapping[str, re.Pattern[str]], lang: str
) -> Iterator[tuple[int, str, str]]:
    """Offset, numeral and reason of what nothing accounts for in a block."""
    yield from block.wrong
    mask = _any_of(_parts(known.texts(block.keys, lang))).sub(lambda found: VALUE * len(found[0]), block.mask)
    for pattern in (CITED, allowed[lang]):
        mask = pattern.sub(lambda found: EXEMPT * len(found[0]), mask)
    for found in SCALED.finditer(mask):
        yield found.start(), block.text[slice(*found.span())], "gives a ledger value another scale or sign"
    for found in numerals(SCALED.sub(lambda found: EXEMPT * len(found[0]), mask)):
        yield found.start(), block.text[slice(*found.span())], UNMARKED


def _charts(known: Known, allowed: Mapping[str, re.Pattern[str]]) -> Iterator[Refusal]:
    for name, figure in known.published["figures"].items():
        for lang, texts in figure.get("texts", {}).items():
            place = f"notebooks/{figure['notebook']}.ipynb, figure {name} ({lang})"
            blocks = [Block(text, folded(text), keys=figure["keys"]) for text in texts]
            for block in blocks:
                for _, numeral, why in refusals(block, known, allowed, lang):
                    yield Refusal(place, 0, block.text, numeral, why)


def chart_texts(spec: Mapping[str, Any], lang: str) -> list[str]:
    """The words of a chart: titles, text marks and the names of its categories, without its ticks.

    A text mark that shows a number by a format gives the bare number, which no ledger text is.
    """
    found: list[str] = []
    shown: dict[str, None] = {}

    def visit(part: Any) -> None:  # noqa: ANN401 - whatever a specification holds
        if isinstance(part, list):
            for each in part:
                visit(each)
        elif isinstance(part, Mapping):
            for name in ("title", "text", "subtitle"):
                found.extend(_lines(part.get(name), lang))
            channels = part.get("encoding", {})
            for name in ("text", "tooltip", "x", "y", "row", "column", "facet"):
                channel = channels.get(name, {})
                if name == "text" or channel.get("type") in {"nominal", "ordinal"}:
                    shown[channel.get("field", "")] = None
            for name, each in part.items():
                if name != "datasets":
                    visit(each)

    visit(spec)
    cells = (row.get(name) for each in spec.get("datasets", {}).values() for row in each for name in shown)
    found.extend(line for cell in cells if cell is not None for line in _lines(str(cell), lang))
    return list(dict.fromkeys(found))


def _lines(title: object, lang: str) -> list[str]:
    """A title as one text, however it is broken into lines."""
    lines = title.split("\n") if isinstance(title, str) else title if isinstance(title, list) else []
    joined = (" " if lang == "en" else "").join(line for line in lines if isinstance(line, str))
    return [joined] if joined else []


@dataclass(frozen=True)
class _Source:
    """The source of a page, in which a sentence is found again; without one, the page itself is named."""

    page: str
    name: str
    case: str
    lines: Sequence[str]

    @classmethod
    def of(cls, root: Path, page: Path) -> _Source:
        path = page.with_suffix(".qmd")
        text = (root / path).read_text(encoding="utf-8-sig") if (root / path).is_file() else ""
        case = re.search(r"^case: *(\S+)", text, re.MULTILINE)
        lines = (
            []
            if path.parts[0] == "notebooks"
            else [_letters(MARKUP.sub("", line)) for line in text.splitlines()]
        )
        return cls(page.as_posix(), path.as_posix(), case[1] if case else "", lines)

    def place(self, block: Block, offset: int, numeral: str, why: str) -> Refusal:
        """The refusal of a numeral, with the sentence around it and the line that holds it."""
        breaks = [0, *(found.end() for found in SENTENCE.finditer(block.text)), len(block.text)]
        start = max(end for end in breaks[:-1] if end <= offset)
        end = min(end for end in breaks[1:] if end > offset)
        letters = _letters(block.mask[start:end])
        line = next((n for n, text in enumerate(self.lines, 1) if letters and letters in text), 0)
        page = self.name if line else self.page
        sentence = " ".join(block.text[start:end].split())
        return Refusal(page, line or block.line(offset), sentence, numeral, why)


def _letters(text: str) -> str:
    return re.sub(r"[\W_\ue000\ue001]", "", folded(text))


def refuse_unused(root: Path) -> None:
    """Raise BuildError for keys that nothing shows or needs; a fact or measure may say why in its note."""
    refuse(message for case, known in _cases(root).items() for message in _unused(root, case, known))


def _unused(root: Path, case: str, known: Known) -> Iterator[str]:
    used = _shown(root, known) | _claimed(root, case) & set(known.entries)
    for key in list(used):
        _need(known, key, used)
    for key, entry in known.entries.items():
        note = known.phrases.get(key, {}).get("note", "")
        if key not in used and not note:
            yield f"seeds/{case}: no page, figure, table, claim or quantity uses the {entry['kind']} '{key}'"


def _shown(root: Path, known: Known) -> set[str]:
    """The keys in prose, and those of figures and tables other than the registers."""
    pages = [path for folder in ("", "zh", "notebooks") for path in (root / folder).glob("*.qmd")]
    lines = (line for path in pages for line in path.read_text(encoding="utf-8").splitlines())
    prose = {key for line in lines if not line.startswith("| ") for key, _ in KEY.findall(line)}
    tables = [table for name, table in known.published["tables"].items() if name not in REGISTERS]
    handed = [shown["keys"] for shown in (*tables, *known.published["figures"].values())]
    quoted = [FACT.findall(markdown) for table in tables for markdown in table["markdown"].values()]
    return prose.union(*handed, *quoted) & set(known.entries)


def _claimed(root: Path, case: str) -> set[str]:
    """The keys in claims."""
    files = (read_claims(root / file, file)[0] for file in claim_files(case))
    return {key for claims in files for claim in claims for key in claim.names}


def _need(known: Known, key: str, used: set[str]) -> None:
    for name in known.entries[key]["inputs"]:
        if name in known.entries and name not in used:
            used.add(name)
            _need(known, name, used)
