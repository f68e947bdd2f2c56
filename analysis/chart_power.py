"""The chart of the evaluation's power: by number of exemplar towns, size of the effect, and months."""

from __future__ import annotations

import altair as alt
import polars as pl

from analysis import display, evaluation, power_results
from analysis.chart_style import NAVY, OCHRE, SLATE, SMALL, WIDTH, finished
from analysis.charts import Study, headline, words_of
from analysis.display import Unit

GAP, ROOM = 26, 96
"""Between the panels, and to the right of the last for the names of the lines."""

LOOKS = ((NAVY, [1, 0], "circle"), (OCHRE, [7, 3], "square"), (SLATE, [2, 3], "triangle-up"))
"""Tone, dashes and points of the lines, from the largest effect down."""

UNIT = "mean_workday"


def power(study: Study, lang: str) -> alt.HConcatChart:
    """Power by number of exemplar towns: a panel each number of months after, a line each effect."""
    words = words_of(study, lang)
    frame = _frame(study, lang)
    months = frame["after"].unique().sort()
    width = (WIDTH - ROOM - GAP * (len(months) - 1) - 30) // len(months)
    panels: list[alt.LayerChart] = []
    for after in months:
        part = frame.filter(after=after)
        layers = _lines(part, words["power.x"], "" if panels else words["power.y"])
        layers.append(_heading(words["power.panel"].format(display.number(after, 0, lang))))
        layers += [] if after < months[-1] else [_names(part)]
        panels.append(alt.LayerChart(layer=layers, width=width, height=230))
    return finished(alt.hconcat(*panels, spacing=GAP), *headline(study, "power", lang), lang)


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
    y = alt.Y("power:Q").title(up or None).scale(domain=[0, 100])
    y = y.axis(
        values=[0, 20, 40, 60, 80, 100], labels=bool(up), labelFontSize=SMALL,
        titleAngle=0, titleAnchor="end", titleAlign="left", titleX=-28, titleY=-14,
    )  # fmt: skip
    base = alt.Chart(part).encode(x.axis(tickCount=4, grid=False), y)
    tone, shape = alt.Color("tone:N").scale(None), alt.Shape("shape:N").scale(None)
    dashes = [
        base.transform_filter(alt.datum.tone == look).mark_line(color=look, strokeDash=dash, strokeWidth=2)
        for look, dash, _ in LOOKS
    ]
    return [*dashes, base.encode(tone, shape).mark_point(filled=True, size=34, opacity=1)]


def _heading(text: str) -> alt.Chart:
    """What a panel is of, over it: in one line with the others, whatever stands beside their scales."""
    place = {"x": alt.value(0), "y": alt.value(-40)}
    frame = pl.DataFrame({"text": [text]})
    chart: alt.Chart = alt.Chart(frame).encode(**place, text="text:N").mark_text(align="left")
    return chart


def _names(part: pl.DataFrame) -> alt.Chart:
    """The effect that each line is of, beside its last point."""
    last = part.filter(pl.col("exemplar") == pl.col("exemplar").max())
    text = alt.Chart(last).encode(x="exemplar:Q", y="power:Q", text="name:N")
    chart: alt.Chart = text.mark_text(align="left", dx=10, fontSize=SMALL)
    return chart
