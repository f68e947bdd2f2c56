"""The chart of the evaluation's power: by number of exemplar towns, size of the effect, and months."""

from __future__ import annotations

import altair as alt
import polars as pl

from analysis import display, evaluation, power_results
from analysis.chart_panels import side_by_side
from analysis.chart_style import NAVY, OCHRE, SLATE, SMALL, WIDTH, Panels, finished
from analysis.charts import Study, drawn, headline, words_of
from analysis.display import Unit
from analysis.numerals import FIGURE

GAP, ROOM = 26, 96
"""Between the panels, and to the right of the last for the names of the lines."""

LOOKS = ((NAVY, [1, 0], "circle"), (OCHRE, [7, 3], "square"), (SLATE, [2, 3], "triangle-up"))
"""Tone, dashes and points of the lines, from the largest effect down."""

UNIT = "mean_workday"


def power(study: Study, lang: str, width: int = WIDTH) -> Panels:
    """Power by number of exemplar towns: a panel each number of months after, a line each effect.

    On a phone each panel is whole: its scale and its lines are named.
    """
    words = words_of(study, lang)
    frame = _frame(study, lang)
    months = frame["after"].unique().sort()
    narrow = width < WIDTH
    each = width - ROOM - 30 if narrow else (width - ROOM - GAP * (len(months) - 1) - 30) // len(months)
    panels: list[alt.LayerChart] = []
    for after in months:
        part = frame.filter(after=after)
        up = words["power.y"] if narrow or not panels else ""
        layers = _lines(part, words["power.x"], up)
        layers.append(_heading(words["power.panel"].format(display.number(after, 0, lang))))
        layers += [_names(part, up)] if narrow or after == months[-1] else []
        panels.append(alt.LayerChart(layer=layers, width=each, height=170 if narrow else 230))
    return finished(side_by_side(panels, width, GAP), *headline(study, "power", lang), lang, width)


def _frame(study: Study, lang: str) -> pl.DataFrame:
    """A row a simulated study: exemplar, after, power in per cent, name and look of its effect's line."""
    frame = power_results.table(evaluation.powers(study.ledger, study.case.name))
    unit = Unit.of(study.case.units.row(by_predicate=pl.col("unit") == UNIT, named=True))
    effects = frame["effect"].unique().sort(descending=True).to_list()
    looks = dict(zip(effects, LOOKS, strict=False))
    numbers = {effect: display.number(effect, int(effect % 1 > 0), lang) for effect in effects}
    names = {effect: display.with_unit(number, unit, lang) for effect, number in numbers.items()}
    effect = pl.col("effect")
    return frame.select(
        "exemplar",
        "after",
        effect,
        (100 * pl.col("power")).alias("power"),
        effect.replace_strict(names).alias("name"),
        effect.replace_strict({each: look[0] for each, look in looks.items()}).alias("tone"),
        effect.replace_strict({each: look[2] for each, look in looks.items()}).alias("shape"),
    )


def _lines(part: pl.DataFrame, across: str, up: str) -> list[alt.Chart]:
    """The lines of a panel with a point a simulated study; only the first panel names its upright scale."""
    x = alt.X("exemplar:Q").title(across).scale(domain=[0, max(part["exemplar"]) + 1], nice=False)
    base = alt.Chart(part).encode(x.axis(tickCount=4, grid=False), _upright(up))
    tone, shape = alt.Color("tone:N").scale(None), alt.Shape("shape:N").scale(None)
    dashes = [
        base.transform_filter(alt.datum.tone == look).mark_line(color=look, strokeDash=dash, strokeWidth=2)
        for look, dash, _ in LOOKS
    ]
    return [*dashes, base.encode(tone, shape).mark_point(filled=True, size=34, opacity=1)]


def _upright(up: str) -> alt.Y:
    """The upright scale, with its name and labels or without."""
    y = alt.Y("power:Q").title(up or None).scale(domain=[0, 100])
    return y.axis(
        values=[0, 20, 40, 60, 80, 100], labels=bool(up), labelFontSize=SMALL, labelOverlap=False,
        titleAngle=0, titleAnchor="end", titleAlign="left", titleX=-28, titleY=-14,
    )  # fmt: skip


def _heading(text: str) -> alt.Chart:
    """What a panel is of, over it: in one line with the others, whatever stands beside their scales."""
    place = {"x": alt.value(0), "y": alt.value(-40)}
    frame = pl.DataFrame({"text": [text]})
    chart: alt.Chart = alt.Chart(frame).encode(**place, text=alt.Text("text:N")).mark_text(align="left")
    return chart


def _names(part: pl.DataFrame, up: str) -> alt.Chart:
    """The effect that each line is of, beside its last point."""
    last = part.filter(pl.col("exemplar") == pl.col("exemplar").max())
    text = alt.Chart(last).encode(_upright(up), alt.X("exemplar:Q"), alt.Text("name:N"))
    chart: alt.Chart = text.mark_text(align="left", dx=10, fontSize=SMALL)
    return chart


def points(study: Study, lang: str) -> pl.DataFrame:
    """The points of the chart, a row each."""
    words = words_of(study, lang)
    months = [words["power.panel"].format(drawn(after, 0, lang)) for after in _frame(study, lang)["after"]]
    rows = _frame(study, lang).with_columns(months=pl.Series(months)).sort("after", "effect", "exemplar")
    columns = (words["data.panel"], words["data.line"], words["power.x"], words["power.y"])
    cells = [
        (months, FIGURE.sub(r"[\g<0>]{.drawn}", name), drawn(exemplar, 0, lang), drawn(power, 0, lang))
        for months, name, exemplar, power in rows.select("months", "name", "exemplar", "power").iter_rows()
    ]
    return pl.DataFrame(cells, schema=columns, orient="row")
