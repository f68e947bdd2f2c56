"""The lint: no numeral reaches a reader that is neither a ledger value nor exempt by its role.

It reads the rendered pages.  What an element's role does not account for may still be the title of a source
or a paragraph that a fact cites, or an allowed literal (``seeds/literals.csv``, each with its reason); any
other numeral is refused, with its page, line and sentence.  Where there is no markup, as in alternative text
and charts, a numeral is an end of a ledger text of the figure's keys, with or without its unit.  A unit
beside a value is the value's own, and nothing else there makes another number of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import yaml

from analysis.keys import KEY
from analysis.numerals import MONTHS, folded, numerals
from analysis.publish import EDITIONS, GENERATED, NARROW, folders, pages, stamp
from analysis.publish.beside import Beside
from analysis.publish.errors import BuildError, refuse
from analysis.publish.kept import Kept
from analysis.publish.known import Known, rows
from analysis.publish.masks import EXEMPT, Block, Page

LITERALS, UNITS = Path("seeds") / "literals.csv", Path("seeds") / "units.csv"
_MONTH = "|".join(month[:3] for month in MONTHS)
TICK = re.compile(rf"[-−]?\d[\d,.]*%?|(?:(?:{_MONTH})[a-z]*|\d{{1,2}}月)?(?: ?\d{{4}}年?)?")
SCALE = re.compile(r"[XY]-axis(?: titled '.*')? for an? (?!discrete)\w+ scale with values from [^']*$")
"""The label of an axis that has a scale, and what its ticks may say."""

SETTINGS = frozenset({"case", "date", "execute", "format", "lang", "metadata-files"})
"""Fields of front matter that set up a page; all others come into the properties of a Word file."""

SENTENCE = re.compile(r"(?<=[。！？；])|(?<=[.!?;])\s+(?=[^\sa-z\d])|\n")
MARKUP = re.compile(
    r"`[^`]*`(?:\{[^}]*\})?|\[@[^\]]*\]|@(?:fig|tbl|sec)-[\w-]+|\]\([^)]*\)|\{[^}]*\}|<[^>]*>"
)
UNMARKED = "is no ledger value; mark it as one, or allow it with a reason in seeds/literals.csv"
OTHER = "makes another number of a ledger value"
TEXTS = {f"{{http://www.w3.org/2000/svg}}{name}" for name in ("text", "title", "desc")}


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


@dataclass(frozen=True)
class Rules:
    """What accounts for numerals in every case: the allowed literals of each language, and the units."""

    allowed: Mapping[str, re.Pattern[str]]
    beside: Beside


def lint(site: Path, root: Path) -> list[Refusal]:
    """Every numeral on the pages of a site, and in its charts, that nothing accounts for."""
    cases, kept = Known.built(root), Kept(root)
    rules = Rules(read_literals(root / LITERALS), Beside.of(root / UNITS))
    known = stamp.digest(root, [*_files(root, cases), root / LITERALS, root / UNITS], sorted(cases))
    found = []
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site)
        read = [path, root / name.with_suffix(".qmd")]
        found += kept.found(
            f"lint/{name.as_posix()}", known, read, partial(_page, root, site, path, cases, rules)
        )
    for chart, find in _charts(root, site, cases, rules):
        found += kept.found(f"lint/{chart.relative_to(site).as_posix()}", known, [chart], find)
    return found


def _page(root: Path, site: Path, path: Path, cases: Mapping[str, Known], rules: Rules) -> Iterator[Refusal]:
    name = path.relative_to(site)
    source = _Source.of(root, name)
    if source.case not in cases:
        raise BuildError(f"{source.name}: its front matter names no case that was built: '{source.case}'")
    known = cases[source.case]
    page = Page(known, notebook=name.parent.name == "notebooks").read(path.read_text(encoding="utf-8"))
    for block in (*source.front, *page.blocks):
        yield from (source.place(block, *refused) for refused in refusals(block, known, rules, page.lang))


def refuse_unmarked(site: Path, root: Path) -> None:
    """Raise BuildError for all that `lint` finds, a line each."""
    refuse(dict.fromkeys(map(str, lint(site, root))))


def _files(root: Path, cases: Iterable[str]) -> Iterator[Path]:
    return (path for name in cases for path in Known.files(root, name))


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
    letters = [end.isascii() and end.isalpha() for end in (text[0], text[-1])]
    before = r"(?<!\d)(?<!\d[.,])" if text[0].isdigit() else r"(?<![a-zA-Z])" if letters[0] else ""
    after = r"(?!\d|[.,]\d)" if text[-1].isdigit() else r"(?![a-zA-Z])" if letters[1] else ""
    return before + re.escape(text) + after


def refusals(block: Block, known: Known, rules: Rules, lang: str) -> Iterator[tuple[int, str, str]]:
    """Offset, numeral and reason of what nothing accounts for in a block."""
    yield from block.wrong
    mask = block.mask
    if not block.values and not any(numerals(mask)):
        return
    values = {**block.values, **_unmarked(block, known, lang)}
    others = [*rules.beside.others(block.text, {span: known.sorts(keys) for span, keys in values.items()})]
    for start, end in (*values, *others):
        mask = mask[:start] + EXEMPT * (end - start) + mask[end:]
    for pattern in (_references(known.references), rules.allowed[lang]) if any(numerals(mask)) else ():
        mask = pattern.sub(lambda found: EXEMPT * len(found[0]), mask)
    for span in others:
        yield span[0], block.text[slice(*span)], OTHER
    for found in numerals(mask):
        yield found.start(), block.text[slice(*found.span())], UNMARKED


@cache
def _references(texts: frozenset[str]) -> re.Pattern[str]:
    return _any_of(text for text in texts if any(numerals(folded(text))))


def _unmarked(block: Block, known: Known, lang: str) -> dict[tuple[int, int], list[str]]:
    """Where texts of the block's own keys stand in it without markup, and which keys have them."""
    keys: dict[str, list[str]] = {}
    for key in block.keys:
        for part in _parts(known.texts([key], lang)):
            keys.setdefault(folded(part).lower(), []).append(key)
    found = _any_of(keys).finditer(block.mask) if keys else ()
    return {each.span(): keys[each[0].lower()] for each in found}


def _charts(
    root: Path, site: Path, cases: Mapping[str, Known], rules: Rules
) -> Iterator[tuple[Path, Callable[[], Iterator[Refusal]]]]:
    """The charts of a site, and what finds the numerals that are refused in each."""
    for case, known in cases.items():
        for name in known.published["figures"]:
            for (lang, edition), form in product(folders(root, case).items(), ("", NARROW)):
                path = site / edition / "figures" / f"{name}{form}.svg"
                if path.is_file():
                    yield path, partial(_chart, path, name, lang, known, rules)


def _chart(path: Path, name: str, lang: str, known: Known, rules: Rules) -> Iterator[Refusal]:
    figure = known.published["figures"][name]
    place = f"notebooks/{figure['notebook']}.ipynb, figure {name} ({lang})"
    for text in chart_texts(path.read_bytes(), lang):
        block = Block(text, folded(text), keys=figure["keys"])
        for _, numeral, why in refusals(block, known, rules, lang):
            yield Refusal(place, 0, text, numeral, why)


def chart_texts(svg: bytes, lang: str) -> list[str]:
    """What a chart says, each text as one however it is broken into lines, without the ticks of its scales.

    What a picture in a page says to a screen reader is the page's alternative text, not its own labels.
    """
    found: list[str] = []

    def visit(part: ET.Element, *, scaled: bool, ticks: bool) -> None:
        names = part.get("class", "").split()
        if "role-axis" in names:
            scaled = bool(SCALE.match(part.get("aria-label", "")))
        ticks = ticks or (scaled and "role-axis-label" in names)
        if part.tag in TEXTS:
            said = (" " if lang == "en" else "").join(part.itertext())
            found.extend([] if ticks and TICK.fullmatch(said) else [said])
        for each in part:
            visit(each, scaled=scaled, ticks=ticks)

    visit(ET.fromstring(svg), scaled=False, ticks=False)  # noqa: S314 - our own file
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class _Source:
    """The source of a page, in which a sentence is found again; without one, the page itself is named."""

    page: str
    name: str
    case: str
    lines: Sequence[str]
    front: Sequence[Block]

    @classmethod
    def of(cls, root: Path, page: Path) -> _Source:
        path = page.with_suffix(".qmd")
        text = (root / path).read_text(encoding="utf-8-sig") if (root / path).is_file() else ""
        front = yaml.safe_load(text.split("\n---", 1)[0]) or {}
        case = front.get("case", "")
        lines = [] if path.parent.name == "notebooks" else text.splitlines()
        letters = [_letters(MARKUP.sub("", line)) for line in lines]
        said = [
            Block(each, KEY.sub(lambda found: EXEMPT * len(found[0]), folded(each)), [(0, 1)])
            for each in _front(path, case, front)
        ]
        return cls(page.as_posix(), path.as_posix(), case, letters, said)

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


def _front(path: Path, case: str, front: Mapping[str, Any]) -> list[str]:
    """What front matter says to readers, in properties of files too; raises BuildError for mark-up in it."""
    texts = [text for name, value in front.items() if name not in SETTINGS for text in _texts(value)]
    if path.parent.name not in GENERATED:
        told = (pages.Source(f"{path}, front matter", case, text) for text in texts)
        refuse(found for each in told for found in pages.markup(each))
    return texts


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever YAML holds
    if isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
    else:
        yield str(value)


def _letters(text: str) -> str:
    return re.sub(r"[\W_\ue000\ue001]", "", folded(text))
