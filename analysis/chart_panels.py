"""Panels of bars and of intervals, a row a value, with the value written beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import altair as alt
import polars as pl

from analysis import compare, display
from analysis.case import Case
from analysis.chart_style import PALE, TONES, WIDTH, Panels, lines_of, rows
from analysis.display import Unit
from analysis.entries import Ledger
from analysis.intervals import Range

TONE, PALE_TONE = alt.Color("tone:N").scale(None), alt.Color("pale:N").scale(None)
BAR, ABOVE = 26, 24
"""How thick a bar is, and on a phone how far above its middle its name stands."""


def plain(case: Case, ledger: Ledger, key: str, lang: str) -> str:
    """An interval without its unit, which the axis gives."""
    entry = ledger[key]
    if entry.value is None:
        return ledger.text(key, lang, "interval")
    row = case.units.row(by_predicate=pl.col("unit") == entry.unit, named=True)
    digits = dict(case.quantities.select("key", "digits").iter_rows()).get(key, "")
    unit = Unit.of(row | {"form_en": "{}", "form_zh": "{}"}, digits)
    return display.interval(Range(entry.low, entry.value, entry.high), unit, lang)


def frame_of(
    ledger: Ledger, found: Iterable[tuple[str, str, str]], of_tiers: Mapping[str, str] = TONES
) -> pl.DataFrame:
    """Name, key and text of each row, with its ends, its tones, and where its text goes."""
    names, keys, texts = zip(*found, strict=True)
    tones = [of_tiers[key.split(".")[0]] for key in keys]
    return compare.values(ledger, keys).with_columns(
        pl.Series("row", names),
        pl.Series("text", texts),
        pl.Series("tone", tones),
        pl.Series("pale", [PALE[tone] for tone in tones]),
        pl.coalesce("high", pl.lit(0.0)).alias("at"),
    )


@dataclass(frozen=True)
class Panel:
    """How a panel of bars is set: title of its axis, width, room for text beyond the bars, its names.

    Names stand beside the bars, or with ``above``, the language, over each.
    """

    title: str
    width: float
    reach: float
    names: bool = True
    above: str = ""

    def of(self, frame: pl.DataFrame, marks: Iterable[alt.Chart]) -> alt.LayerChart:
        """The panel of some marks, with the text of each row."""
        most = self.reach * max((high for high in frame["high"] if high), default=0.0)
        quarters = alt.Axis(values=[0, 25, 50, 75, 100] if most else [0])
        ticks = alt.Axis(tickCount=4) if most and "percent" not in frame["unit"] else quarters
        x = (
            alt.X("at:Q")
            .title(lines_of(self.title, self.width))
            .scale(domain=[0, most or 1], nice=False)
            .axis(ticks)
        )
        lines = 1 + max(text.count("\n") for text in frame["text"])
        text = alt.Chart(frame).encode(x, alt.Text("text:N"))
        text = text.mark_text(align="left", dx=8, dy=-8 * (lines - 1), lineBreak="\n", lineHeight=16)
        over = ABOVE if self.above else 0
        y = rows(frame["row"], shown=self.names, above=over, lang=self.above or "en")
        layers = [mark.encode(y) for mark in (*marks, text)]
        return alt.LayerChart(layer=layers, width=self.width, height=frame.height * 66)


def bars(frame: pl.DataFrame) -> list[alt.Chart]:
    """Bars from zero; where rounding leaves an interval, the bar is pale and the interval dark."""
    base = alt.Chart(frame)
    inexact = base.transform_filter("datum.low < datum.high")
    return [
        base.encode(TONE, alt.X("value:Q")).mark_bar(size=BAR),
        inexact.encode(PALE_TONE, alt.X("high:Q")).mark_bar(size=BAR),
        inexact.encode(TONE, alt.X("low:Q"), alt.X2("high:Q")).mark_bar(size=BAR),
    ]


def spans(frame: pl.DataFrame, least: float = 0) -> list[alt.Chart]:
    """Intervals with a white line at the central value; a thick line where no wider than ``least``."""
    base = alt.Chart(frame)
    wide, exact = (base.transform_filter(f"datum.high - datum.low {sign} {least}") for sign in (">", "<="))
    return [
        wide.encode(TONE, alt.X("low:Q"), alt.X2("high:Q")).mark_bar(size=BAR),
        wide.encode(alt.X("value:Q")).mark_tick(color="white", size=BAR, thickness=2, opacity=1),
        exact.encode(TONE, alt.X("value:Q")).mark_tick(size=BAR, thickness=4, opacity=1),
    ]


def side_by_side(panels: list[alt.LayerChart], width: int, spacing: int = 24) -> Panels:
    """Panels beside one another, or on a phone below one another."""
    if width < WIDTH:
        return alt.vconcat(*panels, spacing=spacing)
    return alt.hconcat(*panels, spacing=spacing)
