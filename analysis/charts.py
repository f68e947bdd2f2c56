"""The charts of the brief: one function a chart, in either language, from ledger values only."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Protocol

import altair as alt
import polars as pl

from analysis import compare, display, expr
from analysis.case import Case
from analysis.chart_panels import (
    ABOVE,
    BAR,
    PALE_TONE,
    TONE,
    Panel,
    bars,
    frame_of,
    plain,
    side_by_side,
    spans,
)
from analysis.chart_style import (
    BLUE,
    INK,
    MIST,
    NAVY,
    PALE,
    SMALL,
    SOFT,
    TONES,
    WIDTH,
    Panels,
    finished,
    lines_of,
    room,
    rows,
)
from analysis.display import NOT_IDENTIFIED
from analysis.entries import Ledger
from analysis.printed import FINEST
from analysis.words import PLACES, Wording, spelled

TIERS = ("provincial", "municipal")
"""The tiers whose results the charts of a case set side by side."""

KIND_TONES = {"permit": NAVY, "other": BLUE, "service": MIST}
EVENTS = ("provincial.requested_on", "provincial.granted_on", "municipal.decided_on", "pilot.decided_on")
Mark = tuple[str, str, Any, Any, str]
"""Tier, kind, start, end and text of a mark in the timeline."""


class Study(Protocol):
    """An open case and its ledger."""

    @property
    def case(self) -> Case:
        """The case."""

    @property
    def ledger(self) -> Ledger:
        """Its ledger."""


def headline(study: Study, chart: str, lang: str) -> tuple[str, str]:
    """The finding, or the question where a value of it is not identified; and what the chart shows."""
    words, ledger = words_of(study, lang), study.ledger
    found = words[chart]
    if any(ledger[key].value is None for key, _ in PLACES.findall(found)):
        found = words[f"{chart}.open"]
    return spelled(ledger, found, lang), spelled(ledger, words[f"{chart}.about"], lang)


def drawn(value: float, digits: int, lang: str) -> str:
    """A number of a point that a chart draws, marked as such: it is computed for the chart alone."""
    return f"[{display.number(value, digits, lang)}]{{.drawn}}"


def point(study: Study, key: str, value: float, lang: str) -> str:
    """A number of a point of a ledger quantity, with no more decimals than the ledger writes of it.

    It has more where it would read as nought without being so.
    """
    digits = len(study.ledger.text(key, "en", "bare").partition(".")[2])
    while digits < FINEST and value and not round(value, digits):
        digits += 1
    return drawn(value, digits, lang)


def words_of(study: Study, lang: str) -> Wording:
    """The words of the case's charts."""
    return study.case.wording[lang].part("chart")


def timeline(study: Study, lang: str, width: int = WIDTH) -> alt.LayerChart:
    """Decisions of the tiers and the pilot, and the period over which each tier was counted.

    On a phone the last of what is written stands to the left of its place.
    """
    marks, words, narrow = _marks(study, lang), words_of(study, lang), width < WIDTH
    names = [words[tier] for tier in (*TIERS, "pilot")]
    scale = alt.Scale(domain=_domain(marks, 12 if narrow else 105), nice=False)
    x = alt.X("start:T").title(None).axis(_months(lang, 3 if narrow else 2)).scale(scale)
    base = alt.Chart(marks).encode(x, rows(names, above=62 if narrow else 0, lang=lang))
    after = alt.datum.row == words["pilot"]

    def of(kind: str) -> alt.Chart:
        return base.transform_filter(alt.datum.kind == kind)

    def note(kind: str) -> alt.Chart:
        return of(kind).encode(alt.Text("text:N"))

    above: dict[str, Any] = {"dy": -34, "lineBreak": "\n", "lineHeight": 16}
    last: dict[str, Any] = {"align": "right", "dx": -12} if narrow else {"align": "left", "dx": -5}
    layers = [
        of("earlier").encode(TONE, alt.X2("end:T")).mark_rule(strokeDash=[2, 4], strokeWidth=2),
        note("earlier").mark_text(align="left", dx=-5, dy=39 if narrow else 21, color=SOFT),
        of("uncertain").encode(PALE_TONE, alt.X2("end:T")).mark_bar(size=20),
        of("certain").encode(TONE, alt.X2("end:T")).mark_bar(size=20),
        note("cases").mark_text(align="right", dx=-2 if narrow else -6, color="white"),
        note("months").mark_text(align="right", dx=-5, dy=21),
        alt.Chart(marks).transform_filter(alt.datum.kind == "end").encode(x).mark_rule(color=INK),
        note("end")
        .encode(y=alt.value(-14 if narrow else -8))
        .mark_text(align="right" if narrow else "center", dx=8 if narrow else 0),
        of("event").encode(TONE).mark_point(filled=True, size=90, opacity=1, shape="diamond"),
        note("event").transform_filter(~after).mark_text(align="left", dx=-5, **above),
        note("event").transform_filter(after).mark_text(**last, **above),
        note("none").mark_text(align="right", dx=-8),
        note("nothing").encode(x=alt.value(0)).mark_text(align="left", dx=8),
    ]
    height = 128 * len(names) if narrow else 270
    chart = alt.LayerChart(layer=layers, width=room(names, width), height=height)
    return finished(chart, *headline(study, "timeline", lang), lang, width)


def _marks(study: Study, lang: str) -> pl.DataFrame:
    words, ledger = words_of(study, lang), study.ledger
    marks = [mark for tier in TIERS for mark in _window(study, lang, tier)]
    end = ledger["municipal.counted_to"].value
    dated = [(key, "event", ledger[key].value) for key in EVENTS]
    dated += [("municipal.counted_to", "end", end), ("pilot.outcome_days", "none", end)]
    marks += [
        (key.split(".")[0], kind, day, None, spelled(ledger, words[key], lang))
        for key, kind, day in dated
        if ledger[key].value is not None
    ]
    drawn = {tier for tier, *_ in marks}
    marks += [(tier, "nothing", None, None, NOT_IDENTIFIED[lang]) for tier in TONES if tier not in drawn]
    return pl.DataFrame(
        [(words[tier], TONES[tier], kind, _day(start), _day(end), text)
         for tier, kind, start, end, text in marks],
        schema={"row": str, "tone": str, "kind": str, "start": pl.Date, "end": pl.Date, "text": str},
        orient="row",
    ).with_columns(pl.col("tone").replace(PALE).alias("pale"))  # fmt: skip


def _window(study: Study, lang: str, tier: str) -> list[Mark]:
    """The period over which a tier was counted, as far as it is identified."""
    words, ledger = words_of(study, lang), study.ledger
    if ledger[f"{tier}.months"].value is None:
        return []
    start, end = ledger[f"{tier}_start"], ledger[f"{tier}.counted_to"].value
    asked = ledger["provincial.requested_on"].value
    marks: list[Mark] = [
        (tier, "uncertain", start.low, start.high, ""),
        (tier, "certain", start.high, end, ""),
        (tier, "cases", end, None, ledger.text(f"{tier}.cases", lang)),
        (tier, "months", end, None, ledger.text(f"{tier}.months", lang, "interval")),
    ]
    if tier == "provincial" and asked is not None:
        marks.append((tier, "earlier", asked, start.low, words["earlier"]))
    return marks


def _day(ordinal: float | None) -> date | None:
    return None if ordinal is None else date.fromordinal(int(ordinal))


def _domain(marks: pl.DataFrame, days_after: int) -> Any:  # noqa: ANN401 - dates, or Altair's word for nothing
    """The dates shown, with room for what is written to the right of the last event."""
    days = [day for day in (*marks["start"], *marks["end"]) if day]
    if not days:
        return alt.Undefined
    return [
        day.isoformat() for day in (min(days) - timedelta(days=12), max(days) + timedelta(days=days_after))
    ]


def _months(lang: str, step: int) -> alt.Axis:
    """Every other or third month, with the year under the first label and under January."""
    month, year = ("%b", "%Y") if lang == "en" else ("%-m月", "%Y年")
    both = f"[timeFormat(datum.value, '{month}'), timeFormat(datum.value, '{year}')]"
    label = f"datum.index == 0 || month(datum.value) == 0 ? {both} : timeFormat(datum.value, '{month}')"
    return alt.Axis(tickCount=alt.TimeIntervalStep(interval="month", step=step), labelExpr=label)


def caseload(study: Study, lang: str, width: int = WIDTH) -> Panels:
    """Cases as reported beside cases a month of exposure, with the construction permits in and out."""
    words, ledger = words_of(study, lang), study.ledger
    names = spelled(ledger, words["caseload.rows"], lang).split("|")
    stems = ("provincial.cases", "provincial.cases_net", "municipal.cases")
    raw = [(name, key, ledger.text(key, lang, "bare")) for name, key in zip(names, stems, strict=True)]
    rate = [
        (name, f"{key}_per_month", plain(study.case, ledger, f"{key}_per_month", lang))
        for name, key, _ in raw
    ]
    left, right = frame_of(ledger, raw), frame_of(ledger, rate)
    each, narrow, above = _halves(names, width, lang)
    panels = [
        Panel(words["caseload.raw"], each, 1.25, above=above).of(left, bars(left)),
        Panel(words["caseload.rate"], each, 1.3, names=narrow, above=above).of(right, spans(right)),
    ]
    return finished(side_by_side(panels, width), *headline(study, "caseload", lang), lang, width)


def _halves(names: list[str], width: int, lang: str) -> tuple[int, bool, str]:
    """How wide each of two panels is, whether they stand on a phone, and if so in which language."""
    narrow = width < WIDTH
    return (width, True, lang) if narrow else ((room(names) - 24) // 2, False, "")


def cuts(study: Study, lang: str, width: int = WIDTH) -> Panels:
    """The cuts in time and in trips, a panel each, with what rounding allows."""
    words, ledger = words_of(study, lang), study.ledger
    names = [words[tier] for tier in TIERS]
    each, narrow, above = _halves(names, width, lang)
    panels: list[alt.LayerChart] = []
    for stem in ("time_cut", "trips_cut"):
        keys = [f"{tier}.{stem}" for tier in TIERS]
        texts = [
            dict.fromkeys(ledger.text(key, lang, form) for form in ("value", "interval")) for key in keys
        ]
        frame = frame_of(ledger, zip(names, keys, ("\n".join(text) for text in texts), strict=True))
        panel = Panel(words[f"cuts.{stem}"], each, 1.85, names=narrow or not panels, above=above)
        panels.append(panel.of(frame, bars(frame)))
    return finished(side_by_side(panels, width), *headline(study, "cuts", lang), lang, width)


def mix(study: Study, lang: str, width: int = WIDTH) -> alt.VConcatChart:
    """Items by kind of power, municipal items and pilot: of all items, and of powers proper."""
    shares, words = _shares(study, lang), words_of(study, lang)
    panels = [_stack(shares.filter(of=of), f"mix.{of}", words, lang, width) for of in ("all", "powers")]
    return finished(alt.vconcat(*panels, spacing=20), *headline(study, "mix", lang), lang, width)


def _shares(study: Study, lang: str) -> pl.DataFrame:
    """A part a tier, kind and panel, with its ends in per cent of the whole."""
    kinds, words = list(KIND_TONES), words_of(study, lang)
    kind, share = pl.col("kind"), pl.col("percent")
    frame = compare.item_mix(study.case, study.ledger).rename({"share": "all", "share_of_powers": "powers"})
    parts = frame.unpivot(
        ["all", "powers"], index=frame.columns[:3], variable_name="of", value_name="percent"
    )
    return (
        parts.filter(share.is_not_null())
        .sort(kind.replace_strict(kinds, range(len(kinds))), maintain_order=True)
        .with_columns(share.cum_sum().over("of", "tier").alias("end"))
        .with_columns(
            (pl.col("end") - share).alias("start"),
            (pl.col("end") - share / 2).alias("middle"),
            kind.replace_strict(KIND_TONES).alias("tone"),
            kind.replace_strict({name: words[name] for name in kinds}).alias("name"),
            pl.when(kind == "permit").then(pl.lit("white")).otherwise(pl.lit(INK)).alias("ink"),
            pl.col("tier").replace_strict({tier: words[tier] for tier in TONES}).alias("row"),
            pl.col("items").cast(pl.Int64).cast(pl.String).alias("text"),
        )
    )


def _stack(parts: pl.DataFrame, title: str, words: Wording, lang: str, width: int) -> alt.LayerChart:
    """Bars of a whole, the number of items in each part, and the kinds named over the first bar.

    On a phone, where the names of the bars stand over them, the kinds are named below the first.
    """
    narrow = width < WIDTH
    names = [words[tier] for tier in ("municipal", "pilot")]
    missing = pl.DataFrame({"row": [name for name in names if name not in parts["row"]]}, schema={"row": str})
    across = lines_of(words[title], room(names, width))
    x = alt.X("start:Q").title(across).scale(domain=[0, 100], nice=False).axis(tickCount=5)
    y = rows(names, above=ABOVE if narrow else 0, lang=lang)
    base, empty = alt.Chart(parts).encode(y), alt.Chart(missing).encode(y)
    first = base.transform_filter(alt.FieldOneOfPredicate("row", parts["row"].head(1).to_list()))
    layers = [
        base.encode(x, TONE, alt.X2("end:Q")).mark_bar(size=BAR, stroke=SOFT, strokeWidth=0.6),
        base.encode(alt.X("middle:Q"), alt.Color("ink:N").scale(None), alt.Text("text:N")).mark_text(),
        first.encode(alt.X("middle:Q"), alt.Text("name:N")).mark_text(
            dy=18 if narrow else -34,
            baseline="line-top" if narrow else "line-bottom",
            lineBreak="\n",
            lineHeight=14,
            fontSize=SMALL,
        ),
        empty.encode(x=alt.value(0)).mark_text(text=NOT_IDENTIFIED[lang], align="left", dx=8),
    ]
    return alt.LayerChart(
        layer=layers, width=width if narrow else room(names) - 14, height=172 if narrow else 96
    )


def satisfaction(study: Study, lang: str, width: int = WIDTH) -> alt.LayerChart:
    """The largest dissatisfied share that a spotless sample leaves open, by number of ratings."""
    ledger, words = study.ledger, words_of(study, lang)
    points = _ratings(study, lang)
    most = max([1000.0, *points["ratings"]])
    curve = _curve(ledger, most)
    x = (
        alt.X("ratings:Q")
        .title(words["satisfaction.x"])
        .scale(type="log", domain=[10, most * (1.4 if width == WIDTH else 3)], nice=False)
    )
    x = x.axis(values=[10, 30, 100, 300, 1000, 3000, 10000], grid=False)
    y = alt.Y("ceiling:Q").title(words["satisfaction.y"]).scale(domain=[0, 30])
    y = y.axis(
        labelFontSize=SMALL, titleAngle=0, titleAnchor="end", titleAlign="left", titleX=-28, titleY=-16
    )
    dots = alt.Chart(points).encode(x, y)
    layers = [
        alt.Chart(curve).encode(x, y).mark_line(color=NAVY, strokeWidth=2.5, clip=True),
        dots.mark_point(filled=True, size=70, opacity=1, color=NAVY),
        dots.encode(alt.Text("text:N")).mark_text(align="left", dx=9, dy=-9),
    ]
    chart = alt.LayerChart(layer=layers, width=width - 40, height=270)
    return finished(chart, *headline(study, "satisfaction", lang), lang, width)


def _curve(ledger: Ledger, most: float) -> pl.DataFrame:
    """The points of the curve, as evenly on its logarithmic scale as whole numbers lie."""
    sizes = sorted({float(round(10 * (most / 10) ** (step / 40))) for step in range(41)})
    return pl.DataFrame({"ratings": sizes, "ceiling": [_ceiling(ledger, size) for size in sizes]})


def satisfaction_points(study: Study, lang: str) -> pl.DataFrame:
    """The points of the satisfaction curve, a row each."""
    words, named = words_of(study, lang), _ratings(study, lang)
    curve = _curve(study.ledger, max([1000.0, *named["ratings"]]))
    both = pl.concat([curve, named.select("ratings", "ceiling")]).unique().sort("ratings")
    key = "satisfaction.dissatisfied_ceiling"
    cells = [(drawn(size, 0, lang), point(study, key, most, lang)) for size, most in both.iter_rows()]
    return pl.DataFrame(cells, schema=[words["satisfaction.x"], words["satisfaction.y"]], orient="row")


def _ceiling(ledger: Ledger, ratings: float) -> float:
    """The ledger's own formula: the one-sided Clopper-Pearson limit with no dissatisfied rating."""
    formula = expr.parse(ledger["satisfaction.dissatisfied_ceiling"].formula)
    return float(expr.evaluate(formula, {"ratings": ratings}))


def _ratings(study: Study, lang: str) -> pl.DataFrame:
    """The numbers of ratings that are named in the chart: the ends of the range and its centre."""
    ledger, form = study.ledger, words_of(study, lang)["ratings"]
    known, share = ledger["ratings"], ledger["satisfaction.dissatisfied_ceiling"]
    written = {known.value: ledger.text(share.key, lang, "bare")}
    if isinstance(share.low, float) and isinstance(share.high, float):
        written[known.low] = display.number(share.high, 2, lang)
        written[known.high] = display.number(share.low, 2, lang)
    points = {
        m: (m, most, form.format(display.number(m, 0, lang), written[m]))
        for m, most in ((known.low, share.high), (known.high, share.low), (known.value, share.value))
        if isinstance(m, float) and isinstance(most, float)
    }
    schema = {"ratings": float, "ceiling": float, "text": str}
    return pl.DataFrame(list(points.values()), schema=schema, orient="row")
