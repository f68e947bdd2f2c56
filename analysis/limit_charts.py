"""The charts of limits: how far something may go before a result can no longer be told, or turns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from analysis import expr, intervals
from analysis.chart_panels import plain
from analysis.chart_style import (
    LINE,
    NAVY,
    OCHRE,
    PALE,
    SLATE,
    SMALL,
    SOFT,
    TEXT,
    TONES,
    WIDTH,
    finished,
    lines_of,
    room,
    rows,
    wrapped,
)
from analysis.charts import Study, drawn, headline, point, words_of
from analysis.claims import space_of
from analysis.compare import values
from analysis.display import NOT_IDENTIFIED
from analysis.expr import NotIdentifiedError
from analysis.intervals import Range
from analysis.words import spelled

TALL, ROW = 250, 40
SPEEDS = (10.0, 70.0)
"""From where to where the curve of the tipping point is drawn."""

DASHED: Mapping[str, Any] = {"strokeDash": [6, 4], "strokeWidth": 2}
TONE = alt.Color("tone:N").scale(None)


def swept(study: Study, key: str, over: str, places: Iterable[float]) -> pl.DataFrame:
    """The range of a quantity with ``over`` at each place and everything else open: at, low, central, high.

    Without rows where the quantity is not identified.
    """
    space = space_of(study.case)
    formula = expr.substitute(expr.parse(study.ledger[key].formula), space.definitions)
    schema = dict.fromkeys(("at", "low", "central", "high"), pl.Float64)
    try:
        found = [
            (at, intervals.interval(formula, {**space.ranges, over: Range(at, at, at)})) for at in places
        ]
    except NotIdentifiedError:
        found = []
    points = [(at, known.low, known.central, known.high) for at, known in found]
    return pl.DataFrame(points, schema=schema, orient="row")


@dataclass(frozen=True)
class Plot:
    """Two scales, each from end to end, and what is drawn on them, on so wide a chart."""

    across: tuple[str, float, float]
    up: tuple[str, float]
    ticks: Mapping[str, Any]
    width: int = WIDTH

    @property
    def x(self) -> alt.X:
        """From left to right."""
        title, low, high = self.across
        scale = alt.Scale(domain=[low, high], nice=False)
        named = lines_of(title, self.width - 40)
        return alt.X("at:Q", title=named, scale=scale, axis=alt.Axis(grid=False, **self.ticks))

    @property
    def y(self) -> alt.Y:
        """From nought upwards, named above the scale."""
        title, most = self.up
        axis = alt.Axis(
            labelFontSize=SMALL,
            tickCount=5,
            titleAngle=0,
            titleAnchor="end",
            titleAlign="left",
            titleX=-28,
            titleY=-16,
        )
        return alt.Y("central:Q", title=title, scale=alt.Scale(domain=[0, most], nice=False), axis=axis)

    def lines(self, points: pl.DataFrame, tone: str, **how: Any) -> alt.Chart:  # noqa: ANN401 - Altair's own
        """A line through points."""
        how = {"strokeWidth": 2.5, "clip": True, **how}
        line: alt.Chart = alt.Chart(points).mark_line(color=tone, **how)
        return line.encode(self.x, self.y)

    def band(self, points: pl.DataFrame, tone: str) -> alt.Chart:
        """What lies between the lower and the upper ends of points."""
        ends = points.with_columns(central="low")
        area: alt.Chart = alt.Chart(ends).mark_area(color=PALE[tone], opacity=0.6)
        return area.encode(self.x, self.y, y2=alt.Y2("high:Q"))

    def text(self, said: str, at: float, height: float, **how: Any) -> alt.Chart:  # noqa: ANN401 - Altair's own
        """A text at a place of the scales."""
        data = pl.DataFrame({"at": [float(at)], "central": [float(height)], "text": [said]})
        mark: alt.Chart = alt.Chart(data).mark_text(
            **{"align": "left", "lineBreak": "\n", "lineHeight": 16, **how}
        )
        return mark.encode(self.x, self.y, alt.Text("text:N"))


def framed(study: Study, name: str, layers: Sequence[alt.Chart], lang: str, width: int) -> alt.LayerChart:
    """Layers under their headline; where there are none, the words for what is not identified."""
    if not layers:
        nothing = pl.DataFrame({"text": [NOT_IDENTIFIED[lang]]})
        layers = [alt.Chart(nothing).mark_text().encode(alt.Text("text:N"))]
    chart = alt.LayerChart(layer=list(layers), width=width - 40, height=TALL)
    return finished(chart, *headline(study, name, lang), lang, width)


def number(value: float | str | None) -> float:
    """A ledger value that is known to be a number."""
    if not isinstance(value, float):
        raise TypeError(f"{value!r} is no number")
    return value


def _speeds() -> list[float]:
    """The places at which the curve of the tipping point is computed: whole numbers."""
    low, high = SPEEDS
    return sorted({float(round(low * (high / low) ** (step / 30))) for step in range(31)})


def _shares_counted(study: Study) -> tuple[float, pl.DataFrame]:
    """Of the construction permits, the most that can be counted; cases a month by how many are."""
    most = study.ledger["permits_counted"].high
    places = [most * step / 10 for step in range(11)] if isinstance(most, float) else []
    most = most if isinstance(most, float) else 0.0
    return most, swept(study, "provincial.cases_other_per_month", "permits_counted", places)


def points(name: str) -> Callable[[Study, str], pl.DataFrame]:
    """What a table of the points of a chart holds, by the chart's name."""

    def told(study: Study, lang: str) -> pl.DataFrame:
        words = words_of(study, lang)
        found, key, quantity = {
            "tipping": (_tipping_points, "gap.mix_needed", "tipping.y"),
            "response": (_response_points, "municipal.satisfied_of_all", "response.y"),
            "permits": (_permits_points, "provincial.cases_other_per_month", "caseload.rate"),
        }[name]
        frame = found(study)
        ends = [words["data.of"].format(words[quantity], words[f"data.{end}"]) for end in frame.columns[1:]]
        cells = [
            (drawn(at, 0, lang), *(point(study, key, value, lang) for value in row))
            for at, *row in frame.iter_rows()
        ]
        return pl.DataFrame(cells, schema=[words[f"{name}.x"], *ends], orient="row")

    return told


def _tipping_points(study: Study) -> pl.DataFrame:
    known = study.ledger["speed_difference"]
    named = [end for end in (known.low, known.value, known.high) if isinstance(end, float)]
    return swept(study, "gap.mix_needed", known.key, sorted({*_speeds(), *named}))


def _response_points(study: Study) -> pl.DataFrame:
    band = swept(study, "municipal.satisfied_of_all", "municipal_rated_share", (0.0, 1.0))
    return band.select(pl.col("at") * 100, "low", "high")


def _permits_points(study: Study) -> pl.DataFrame:
    most, band = _shares_counted(study)
    return band.with_columns(pl.col("at") / most * 100)


def tipping(study: Study, lang: str, width: int = WIDTH) -> alt.LayerChart:
    """The difference in mix that alone explains the gap in time, by how far kinds of item differ."""
    words, ledger = words_of(study, lang), study.ledger
    low, high = SPEEDS
    curve = swept(study, "gap.mix_needed", "speed_difference", _speeds())
    if curve.is_empty():
        return framed(study, "tipping", [], lang, width)
    known = ledger["speed_difference"]
    ends = (number(known.low), number(known.value), number(known.high))
    dots = swept(study, "gap.mix_needed", known.key, sorted(set(ends)))
    plot = Plot((words["tipping.x"], low, high), (words["tipping.y"], 32), {}, width)
    within = alt.Chart(pl.DataFrame({"at": [ends[0]], "to": [ends[2]]})).mark_rect(color=LINE, opacity=0.7)
    layers = [within.encode(plot.x, alt.X2("to:Q"))]
    height = 1.2 if width == WIDTH else 24
    layers.append(plot.text(spelled(ledger, words["tipping.range"], lang), ends[0], height, dx=6, color=SOFT))
    for key, name, dy in (("permit_gap", "items", -10), ("permit_gap_of_powers", "powers", 11)):
        if isinstance(across := ledger[f"mix.{key}"].value, float):
            line = pl.DataFrame({"at": [low, high], "central": [across] * 2})
            said = wrapped(spelled(ledger, words[f"tipping.{name}"], lang), TEXT, width - 50)
            lift = 16 * (len(said) - 1)
            layers += [
                plot.lines(line, OCHRE, **DASHED),
                plot.text("\n".join(said), high - 1, across, dy=dy - lift, align="right"),
            ]
    layers.append(plot.lines(curve, NAVY))
    layers.append(
        alt.Chart(dots).mark_point(filled=True, size=70, opacity=1, color=NAVY).encode(plot.x, plot.y)
    )
    return framed(study, "tipping", layers, lang, width)


def spread(study: Study, lang: str, width: int = WIDTH) -> alt.VConcatChart:
    """The spread of single cases above which each gap cannot be told from none, by how alike cases are."""
    panels = [_limits(study, measure, lang, width) for measure in ("time", "trips")]
    return finished(alt.vconcat(*panels, spacing=22), *headline(study, "spread", lang), lang, width)


def _limits(study: Study, measure: str, lang: str, width: int) -> alt.LayerChart:
    """A row a limit: the bar from its lower to its upper end, a dot at its central value."""
    words, ledger = words_of(study, lang), study.ledger
    keys = [f"gap.{measure}_sd{kind}" for kind in ("", "_items", "_permits")]
    keys += [f"{tier}.time_sd_most" for tier in ("provincial", "municipal")] if measure == "time" else []
    names = words["spread.rows"].split("|")
    tones = [SLATE if key.endswith("most") else NAVY for key in keys]
    frame = values(ledger, keys).with_columns(
        pl.Series("row", names[: len(keys)]),
        pl.Series("text", [_written(study, key, lang) for key in keys]),
        pl.Series("tone", tones),
        pl.Series("pale", [PALE[tone] for tone in tones]),
        pl.coalesce("high", pl.lit(0.0)).alias("at"),
    )
    most = 1.35 * max((high for high in frame["high"] if high), default=1.0)
    scale = alt.Scale(domain=[0, most], nice=False)
    over = 19 if width < WIDTH else 0
    y, axis = rows(names[: len(keys)], above=over, lang=lang), alt.Axis(tickCount=5)
    title = lines_of(words[f"spread.{measure}"], room(names, width))
    low = alt.X("low:Q", title=title, scale=scale, axis=axis)
    base = alt.Chart(frame)
    layers = [
        base.mark_bar(size=12).encode(low, y, alt.X2("high:Q"), alt.Color("pale:N").scale(None)),
        base.mark_point(filled=True, size=80, opacity=1).encode(alt.X("value:Q"), y, TONE),
        base.mark_text(align="left", dx=10).encode(alt.X("at:Q"), y, alt.Text("text:N")),
    ]
    height = (ROW + over // 2) * len(keys)
    return alt.LayerChart(layer=layers, width=room(names, width), height=height)


def _written(study: Study, key: str, lang: str) -> str:
    """A limit as an interval; of what is possible the end alone, which rounding hardly moves."""
    if key.endswith("_most"):
        return study.ledger.text(key, lang, "bare")
    return plain(study.case, study.ledger, key, lang)


def response(study: Study, lang: str, width: int = WIDTH) -> alt.LayerChart:
    """Between what bounds the satisfied share of all cases lies, by the share of cases that were rated."""
    words, ledger = words_of(study, lang), study.ledger
    band = swept(study, "municipal.satisfied_of_all", "municipal_rated_share", (0.0, 1.0))
    if band.is_empty():
        return framed(study, "response", [], lang, width)
    needed = number(ledger["municipal.rated_needed"].value) / 100
    ticks = {"format": "%", "tickCount": 5}
    plot = Plot((words["response.x"], 0, 1), (words["response.y"], 100), ticks, width)
    worst = words["response.worst"]
    worst = worst if width == WIDTH else re.sub("(：|: )", r"\1\n", worst)
    half = pl.DataFrame({"at": [needed] * 2, "central": [0.0, 50.0]})
    layers = [
        plot.band(band, NAVY),
        plot.lines(band.with_columns(central="low"), NAVY),
        plot.lines(half, OCHRE, **DASHED),
        plot.text(words["response.half"], needed, 14, dx=10),
        plot.text(words["response.band"], 0.04, 80),
        plot.text(worst, *((0.68, 60) if width == WIDTH else (0.5, 38)), dx=10),
    ]
    return framed(study, "response", layers, lang, width)


def permits(study: Study, lang: str, width: int = WIDTH) -> alt.LayerChart:
    """Cases a month of either tier, by how many of the construction permits the provincial count holds."""
    words, ledger = words_of(study, lang), study.ledger
    municipal = ledger["municipal.cases_per_month"]
    most, band = _shares_counted(study)
    if band.is_empty() or municipal.value is None:
        return framed(study, "permits", [], lang, width)
    band = band.with_columns(pl.col("at") / most)
    ends = {"low": municipal.low, "central": municipal.value, "high": municipal.high}
    other = pl.DataFrame({"at": [0.0, 1.0], **{end: [value] * 2 for end, value in ends.items()}})
    ticks = {"format": "%", "tickCount": 5}
    top = 1.08 * number(band["high"].max())  # type: ignore[arg-type]
    plot = Plot((words["permits.x"], 0, 1), (words["caseload.rate"], top), ticks, width)
    layers = [
        plot.band(band, TONES["provincial"]),
        plot.band(other, TONES["municipal"]),
        plot.lines(band, TONES["provincial"]),
        plot.lines(other, TONES["municipal"], strokeDash=[8, 3]),
        plot.text(words["permits.provincial"], 0.2, number(band["high"][1]), dx=10, dy=-6),
        plot.text(words["municipal"], 0.02, number(municipal.low), dy=14),
    ]
    return framed(study, "permits", layers, lang, width)
