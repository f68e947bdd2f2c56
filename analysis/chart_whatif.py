"""The chart of a what-if: parameters that a reader moves, and the intervals that follow from them.

It is one Vega-Lite chart for the picture and for the browser, which sets its parameters; the picture shows it
with everything left open.  It is written as Vega-Lite itself: Altair would look at every expression again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from altair.vegalite import SCHEMA_URL

from analysis.chart_panels import plain
from analysis.chart_style import (
    BROKEN,
    HEADLINE,
    JOINED,
    NAVY,
    PALE,
    TEXT,
    TONES,
    WIDTH,
    lines_of,
    look,
    room,
    wrapped,
)
from analysis.charts import Study, words_of
from analysis.whatif import WhatIf, signal
from analysis.words import spelled

Spec = dict[str, Any]
THICK, THIN = 30, 14
REACH = 1.4
"""How far the axis goes beyond the greatest value: what is written beside the bars needs the room."""


def chart(study: Study, whatif: WhatIf, lang: str, width: int = WIDTH) -> Spec:
    """A row a quantity: pale what everything open leaves of it, dark what the parameters leave."""
    words = words_of(study, lang)
    names = words[f"{whatif.figure}.rows"].split("|")
    headline, about = (spelled(study.ledger, words[key], lang) for key in (whatif.figure, "whatif.about"))
    return {
        "$schema": SCHEMA_URL,
        "config": look(lang),
        "title": {"text": wrapped(headline, HEADLINE, width), "subtitle": wrapped(about, TEXT, width)},
        "width": room(names, width),
        "height": (56 if width == WIDTH else 70) * len(names),
        "params": [*_params(study, whatif, lang)],
        "data": {"name": "rows"},
        "datasets": {"rows": [*_rows(study, whatif, names)]},
        "transform": [*_transforms(whatif)],
        "encoding": {"y": _y(names, width, lang)},
        "layer": _layers(
            lines_of(words[f"{whatif.figure}.x"], room(names, width)),
            whatif,
            study.ledger[whatif.shown[0]].unit,
        ),
    }


def _rows(study: Study, whatif: WhatIf, names: list[str]) -> Iterator[Mapping[str, object]]:
    """The rows: their names, tones, and what everything open leaves."""
    for place, (name, key) in enumerate(zip(names, whatif.shown, strict=True)):
        entry, tone = study.ledger[key], TONES.get(key.split(".")[0], NAVY)
        yield {
            "place": place,
            "row": name,
            "tone": tone,
            "pale": PALE[tone],
            "from": entry.low,
            "until": entry.high,
        }


def _params(study: Study, whatif: WhatIf, lang: str) -> Iterator[Mapping[str, object]]:
    """What moves, what follows from it, and what is written beside each row."""
    yield from ({"name": name, "value": value} for name, value in whatif.defaults.items())
    yield from ({"name": name, "expr": text} for name, text in whatif.signals.items())
    for key in whatif.shown:
        yield {"name": f"{signal(key)}__text", "value": plain(study.case, study.ledger, key, lang)}


def _transforms(whatif: WhatIf) -> Iterator[Mapping[str, str]]:
    """The ends and the text of each row, from the parameters."""
    for part in ("low", "high", "text"):
        names = ", ".join(f"{signal(key)}__{part}" for key in whatif.shown)
        yield {"calculate": f"[{names}][datum.place]", "as": part}
    yield {"calculate": "max(datum.until, datum.high)", "as": "at"}


def _y(names: list[str], width: int, lang: str) -> Spec:
    axis = {"labelExpr": BROKEN, "labelPadding": 8, "grid": False}
    if width < WIDTH:
        axis |= {"labelExpr": JOINED[lang], "labelPadding": 0, "labelAlign": "left", "labelOffset": -26}
    elif any("\n" in name for name in names):
        axis["labelOffset"] = -TEXT / 2
    return {
        "field": "row",
        "type": "nominal",
        "title": None,
        "sort": None,
        "scale": {"domain": names},
        "axis": axis,
    }


def _layers(title: str | list[str], whatif: WhatIf, unit: str) -> list[Spec]:
    """Bars of all that is open and of what is left, a thick line where that is one value, and texts."""
    domain = _domain(whatif)
    scale = {"domain": domain, "nice": False}
    whole = unit == "percent" and domain[1] > 100
    axis = {"values": [0, 25, 50, 75, 100]} if whole else {"tickCount": 5}

    def x(field: str) -> Spec:
        return {"field": field, "type": "quantitative", "title": title, "scale": scale, "axis": axis}

    def tone(field: str) -> Spec:
        return {"field": field, "type": "nominal", "scale": None}

    dark = {"x": x("low"), "x2": {"field": "high"}, "color": tone("tone"), "stroke": tone("tone")}
    one, several = (
        [{"filter": f"datum.low !== null && datum.low {sign} datum.high"}] for sign in ("===", "<")
    )
    return [
        {
            "mark": {"type": "bar", "size": THICK},
            "encoding": {"x": x("from"), "x2": {"field": "until"}, "color": tone("pale")},
        },
        {"transform": several, "mark": {"type": "bar", "size": THIN, "strokeWidth": 1}, "encoding": dark},
        {
            "transform": one,
            "mark": {"type": "tick", "size": THIN + 8, "thickness": 4, "opacity": 1},
            "encoding": {"x": x("low"), "color": tone("tone")},
        },
        {
            "mark": {"type": "text", "align": "left", "dx": 8},
            "encoding": {"x": x("at"), "text": {"field": "text", "type": "nominal"}},
        },
    ]


def _domain(whatif: WhatIf) -> list[float]:
    """From nought, or the least value, to beyond the greatest that any setting gives."""
    ends = [end for key in whatif.shown for pair in whatif.reach(key) for end in pair]
    return [min([0.0, *ends]), REACH * max([0.0, *ends]) or 1.0]
