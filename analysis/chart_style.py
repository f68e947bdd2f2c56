"""The common look of the charts: tones, type, lines of text, and room for what is written.

Tones stay apart in grey print and for colour-blind readers: their contrast with white is 8.7 (navy), 5.5
(slate), 3.5 (ochre), 2.4 (blue) and 1.3 (mist, outlined); words stand beside whatever a tone stands for.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Any, TypeVar

import altair as alt

WIDTH, TEXT, SMALL, HEADLINE = 640, 13, 12, 17
NARROW = 322
"""The width of a chart on a phone: every chart is drawn for either, its letters as large."""

INK, SOFT, LINE = "#1d232b", "#56606c", "#e4e8ec"
NAVY, SLATE, OCHRE, BLUE, MIST = "#1f4e79", "#5f6b76", "#c07a12", "#8fabc6", "#e3e9ef"
TONES = {"provincial": NAVY, "municipal": OCHRE, "pilot": SLATE}
PALE = {NAVY: "#a9bdd1", OCHRE: "#e8cb9e", SLATE: "#c3c9ce"}
FONTS = {"en": "Source Sans Pro", "zh": "Noto Sans SC"}
PIECE = re.compile(r"[^，；：]{1,14}[，；：]|[（“]*(?:[0-9.%]+至[0-9.%]+倍?|[!-~‘’–]+ ?|[^!-~])[。、）”]*")
"""What a line is not broken within: a Latin word, a short clause, an interval, a character."""

SHORT = re.compile(r"[（“]*(?:[0-9.%]+至[0-9.%]+倍?|[!-~‘’–]+ ?|[^!-~])[，；：。、）”]*")
"""The same where lines are too short to keep clauses whole."""

BROKEN = "split(datum.value, '\\n')"
"""A label with the lines of its value."""

JOINED = {"en": "replace(datum.value, /\\n/g, ' ')", "zh": "replace(datum.value, /\\n/g, '')"}
"""A label with the lines of its value in one."""

Panels = alt.HConcatChart | alt.VConcatChart
Drawn = TypeVar("Drawn", alt.LayerChart, alt.HConcatChart, alt.VConcatChart, Panels)


def ems(text: str) -> float:
    """About how wide a text is set, in sizes of its type; the Chinese face has the wider digits."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return wide + (len(text) - wide) * (0.57 if wide else 0.47)


def wrapped(text: str, size: int, width: float = WIDTH) -> list[str]:
    """``text`` in lines that fit a width at a size of type, as even as they come."""
    most = width / size
    number = math.ceil(ems(text) / most)
    lines = [""]
    for piece in (SHORT if width < WIDTH else PIECE).findall(text):
        full = ems(lines[-1]) + ems(piece) / 2 > ems(text) / number
        if (full and len(lines) < number) or ems(lines[-1] + piece.rstrip()) > most:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines if line]


def lines_of(text: str, width: float) -> str | list[str]:
    """The name of a scale, in as many lines as a width needs."""
    found = wrapped(text, SMALL, width)
    return found if len(found) > 1 else text


def room(names: Iterable[str], width: int = WIDTH) -> int:
    """What the names of the rows leave of a width: on a phone all of it, where they stand above the rows."""
    if width < WIDTH:
        return width
    return int(WIDTH - 10 - TEXT * max(ems(line) for name in names for line in name.split("\n")))


def centred(size: int) -> Any:  # noqa: ANN401 - Altair's own
    """How far a label goes back for its lines to be centred on its place, by how many lines it has."""
    lines = ["length(split(datum.value, '\\n')) == " + str(number) for number in (1, 2)]
    return {
        "condition": [{"test": test, "value": -size / 2 * number} for number, test in enumerate(lines)],
        "value": -size,
    }


def rows(names: Iterable[str], *, shown: bool = True, above: float = 0, lang: str = "en") -> alt.Y:
    """Rows in the order given; a line break in a name breaks its label.

    Where names stand ``above`` the middle of their rows, by so much, they are in one line.
    """
    names = list(names)
    beside = {"labelExpr": BROKEN, "labelOffset": centred(TEXT), "labelPadding": 8}
    over = {"labelExpr": JOINED[lang], "labelOffset": -above, "labelPadding": 0, "labelAlign": "left"}
    axis = alt.Axis(labels=shown, grid=False, **(over if above else beside))
    return alt.Y("row:N").title(None).sort(None).scale(domain=names).axis(axis)


def finished(chart: Drawn, headline: str, about: str, lang: str, width: int = WIDTH) -> Drawn:
    """A chart with its headline, what it shows, and the common look."""
    lines = wrapped(headline, HEADLINE, width)
    title = alt.TitleParams(lines, subtitle=wrapped(about, TEXT, width))
    chart = chart.properties(title=title)
    chart.config = alt.Config(**look(lang))
    return chart


def look(lang: str) -> dict[str, Any]:
    """The configuration of a chart.

    Chinese has one weight, so its headline stands out by size and tone alone.
    """
    axis = {"labelFontSize": SMALL, "titleFontSize": SMALL, "titleFontWeight": "normal", "titlePadding": 8}
    plain = {"domain": False, "ticks": False, "labelFlush": False, "labelPadding": 5, "gridColor": LINE}
    title = {
        "anchor": "start",
        "frame": "bounds",
        "offset": 16,
        "color": INK,
        "fontSize": HEADLINE,
        "fontWeight": "bold" if lang == "en" else "normal",
        "lineHeight": HEADLINE + 5,
        "subtitleColor": SOFT,
        "subtitleFontSize": TEXT,
        "subtitleLineHeight": TEXT + 4,
        "subtitlePadding": 6,
    }
    return {
        "font": FONTS[lang],
        "background": "white",
        "numberFormat": ",~f" if lang == "en" else "~f",
        "padding": 4,
        "view": {"stroke": None},
        "axis": {**axis, **plain, "labelColor": INK, "titleColor": SOFT},
        "axisY": {"labelFontSize": TEXT, "labelLimit": 0},
        "text": {"fontSize": TEXT, "color": INK},
        "title": title,
    }
