"""The charts of what claims turn on: a matrix of claims by assumptions, and a tornado of their margins."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

import altair as alt
import polars as pl

from analysis.chart_style import (
    BROKEN,
    INK,
    LINE,
    NAVY,
    OCHRE,
    SLATE,
    SMALL,
    SOFT,
    TEXT,
    WIDTH,
    centred,
    ems,
    finished,
    lines_of,
)
from analysis.charts import Study, drawn, words_of
from analysis.display import NOT_IDENTIFIED
from analysis.leaves import within_a_line
from analysis.robustness import NEVER, REVERSES, ROUNDING, TOGETHER, UNDECIDES, Robustness, Swing

BEARS = {REVERSES: ("circle", NAVY, NAVY), TOGETHER: ("triangle-up", OCHRE, OCHRE),
         UNDECIDES: ("circle", "white", NAVY), NEVER: ("stroke", SLATE, SLATE)}  # fmt: skip
"""Shape, filling and outline of each way to bear on a claim: a shape, not a tone, tells them apart."""

STEP, LINES = 34, 28
SHOWN = (-2.0, 3.0)
"""The shares of a margin that a tornado shows: where a central margin is near nought, they have no bounds."""

ACROSS, ABOVE = {"en": 20, "zh": 22}, 14
"""How wide a name is at most beside a row and over a column, in sizes of its type."""

Points = Callable[[Study, str], pl.DataFrame]
Draw = Callable[..., alt.LayerChart]
"""Draws a study in a language, as wide as is asked for."""

Line = tuple[str, float | None, float | None, str]
"""Name, ends and tone of a line of a tornado; one without ends is a heading."""


def broken(text: str, most: float, lang: str) -> str:
    """``text`` in lines no wider than ``most`` ems, broken between words, or in Chinese between signs."""
    lines = [""]
    for piece in text.split(" ") if lang == "en" else text:
        joined = f"{lines[-1]} {piece}".strip() if lang == "en" else lines[-1] + piece
        if ems(joined) > most and lines[-1]:
            lines.append(piece)
        else:
            lines[-1] = joined
    return "\n".join(lines)


def _nothing(lang: str, width: int) -> alt.LayerChart:
    note = alt.Chart(pl.DataFrame({"text": [NOT_IDENTIFIED[lang]]})).mark_text()
    return alt.LayerChart(layer=[note.encode(alt.Text("text:N"))], width=width - 40, height=60)


def matrix(found: Robustness) -> Draw:
    """How each assumption bears on each claim that rests on one: alone, with others only, or never."""

    def draw(study: Study, lang: str, width: int = WIDTH) -> alt.LayerChart:
        words = words_of(study, lang)
        counts = dict(found.matrix["bears"].value_counts().iter_rows())
        turned = counts.get(REVERSES, 0) + counts.get(TOGETHER, 0)
        title = words["matrix" if counts.get(UNDECIDES, 0) > turned else "matrix.open"]
        return finished(_dots(study, found, lang, width), title, words["matrix.about"], lang, width)

    return draw


def _dots(study: Study, found: Robustness, lang: str, width: int) -> alt.LayerChart:
    words, kinds, narrow = words_of(study, lang), list(BEARS), width < WIDTH
    most = width / TEXT if narrow else ACROSS[lang]
    rows = [broken(study.ledger[name].label[lang], most, lang) for name in found.assumptions]
    labels = {claim.id: claim.label[lang] for claim in found.claims}
    shown = list(dict.fromkeys(found.matrix["claim"]))
    if not shown:
        return _nothing(lang, width)
    names = _columns([labels[claim] for claim in shown], lang)
    frame = found.matrix.with_columns(
        pl.col("assumption").replace_strict(dict(zip(found.assumptions, rows, strict=True))).alias("row"),
        pl.col("claim").replace_strict(dict(zip(shown, names, strict=True))),
        pl.col("bears").replace_strict({kind: words[f"matrix.{kind}"] for kind in kinds}).alias("kind"),
    )
    scales = zip([words[f"matrix.{kind}"] for kind in kinds], *zip(*BEARS.values(), strict=True), strict=True)
    said, shapes, fills, lines = (list(each) for each in zip(*scales, strict=True))
    legend = alt.Legend(
        title=None, orient="bottom", columns=1, labelLimit=0, labelFontSize=SMALL, symbolSize=110
    )
    beside = _over(TEXT, 12, grid=True) if narrow else _beside(TEXT, grid=True)
    dots = alt.Chart(frame).mark_point(size=110, opacity=1, strokeWidth=2).encode(
        alt.X("claim:N", title=None, sort=None, axis=_above(names, lang)),
        alt.Y("row:N", title=None, sort=None, axis=beside),
        alt.Shape("kind:N", scale=alt.Scale(domain=said, range=shapes), legend=legend),
        alt.Fill("kind:N", scale=alt.Scale(domain=said, range=fills), legend=legend),
        alt.Stroke("kind:N", scale=alt.Scale(domain=said, range=lines), legend=legend),
    )  # fmt: skip
    left = max(ems(line) for row in rows for line in row.split("\n")) * TEXT + 20
    across = width if narrow else min(WIDTH - left, 46 * len(names))
    return alt.LayerChart(layer=[dots], width=across, height=(STEP + 24 * narrow) * len(rows))


def _columns(labels: list[str], lang: str) -> list[str]:
    """Names over columns: in lines that are turned, or in Chinese sign below sign, level at their foot."""
    if lang == "en":
        return [broken(label, ABOVE, lang) for label in labels]
    most = max(map(len, labels), default=0)
    return ["\n".join(["\u3000"] * (most - len(label)) + list(label)) for label in labels]


def _above(names: list[str], lang: str) -> alt.Axis:
    line = SMALL + 2
    turned = {
        "labelAngle": -90,
        "labelAlign": "left",
        "labelBaseline": "middle",
        "labelOffset": centred(line),
    }
    tall = line * max((name.count("\n") for name in names), default=0)
    upright = {"labelAngle": 0, "labelAlign": "center", "labelBaseline": "bottom", "labelPadding": 6 + tall}
    return alt.Axis(
        orient="top",
        labelExpr=BROKEN,
        labelLimit=0,
        labelFontSize=SMALL,
        labelLineHeight=line,
        grid=True,
        gridColor=LINE,
        **(turned if lang == "en" else upright),
    )


def _beside(size: int, *, grid: bool) -> alt.Axis:
    return alt.Axis(
        labelExpr=BROKEN,
        labelOffset=centred(size),
        labelLimit=0,
        labelPadding=8,
        labelFontSize=size,
        labelLineHeight=size + 2,
        grid=grid,
        gridColor=LINE,
    )


def _over(size: int, half: float, *, grid: bool) -> alt.Axis:
    """Names above their rows, the last line just over what is drawn, which reaches so far up."""
    lines = ["length(split(datum.value, '\\n')) == " + str(number) for number in (1, 2)]
    tests = [
        {"test": test, "value": -half - size / 2 - (size + 2) * number} for number, test in enumerate(lines)
    ]
    axis = _beside(size, grid=grid)
    axis.labelAlign, axis.labelPadding = "left", 0
    axis.labelOffset = {"condition": tests, "value": -half - size / 2 - (size + 2) * 2}
    return axis


def tornado(found: Robustness) -> Draw:
    """What is left of the margin of each claim while one assumption moves, or some that turn it together."""

    def draw(study: Study, lang: str, width: int = WIDTH) -> alt.LayerChart:
        words = words_of(study, lang)
        bars = [swing for swing in found.swings if _moves(swing)]
        labels = {claim.id: claim.label[lang] for claim in found.claims}
        crossed = dict.fromkeys(labels[swing.claim] for swing in bars if (swing.shares or (1,))[0] < 0)
        names = _joined(study, map(within_a_line, crossed), lang)
        title = words["tornado"].format(names) if crossed else words["tornado.open"]
        return finished(_bars(study, found, bars, lang, width), title, words["tornado.about"], lang, width)

    return draw


def matrix_points(found: Robustness) -> Points:
    """How each assumption bears on each claim, a row each pair that has to do with one another."""

    def told(study: Study, lang: str) -> pl.DataFrame:
        words, labels = words_of(study, lang), {claim.id: claim.label[lang] for claim in found.claims}
        cells = [
            (study.ledger[name].label[lang], labels[claim], words[f"matrix.{bears}"])
            for name, claim, bears in found.matrix.select("assumption", "claim", "bears").iter_rows()
        ]
        return pl.DataFrame(cells, schema=words.cells("data.matrix"), orient="row")

    return told


def tornado_points(found: Robustness) -> Points:
    """The ends of each bar, a row each, beyond the picture too."""

    def told(study: Study, lang: str) -> pl.DataFrame:
        words, labels = words_of(study, lang), {claim.id: claim.label[lang] for claim in found.claims}
        moved = [(swing, ends) for swing in found.swings if _moves(swing) and (ends := swing.shares)]
        cells = [
            (
                labels[swing.claim],
                words["tornado.rounding"] if swing.keys == ROUNDING else _moved(study, swing.keys, lang),
                *(drawn(100 * end, 1, lang) if math.isfinite(end) else words["data.open"] for end in ends),
            )
            for swing, ends in moved
        ]
        return pl.DataFrame(cells, schema=words.cells("data.tornado"), orient="row")

    return told


def _moves(swing: Swing) -> bool:
    return swing.shares is not None and swing.shares[0] < swing.shares[1]


def _bars(study: Study, found: Robustness, bars: list[Swing], lang: str, width: int) -> alt.LayerChart:
    words, narrow = words_of(study, lang), width < WIDTH
    lines = list(_lines(study, found, bars, lang))
    if not lines:
        return _nothing(lang, width)
    schema = {"row": str, "low": float, "high": float, "tone": str}
    frame = pl.DataFrame(lines, schema=schema, orient="row")
    head = "indexof(datum.value, '#') == 0"
    axis = _over(SMALL, 11, grid=False) if narrow else _beside(SMALL, grid=False)
    axis.labelExpr = "split(slice(datum.value, indexof(datum.value, '|') + 1), '\\n')"
    axis.labelColor = alt.condition(head, alt.value(INK), alt.value(SOFT))
    weight = "bold" if lang == "en" else "normal"
    axis.labelFontWeight = alt.condition(head, alt.value(weight), alt.value("normal"))
    y = alt.Y("row:N", title=None, sort=None, axis=axis, scale=alt.Scale(domain=list(frame["row"])))
    ticks = alt.Axis(format="%", tickCount=6, orient="top")
    scale = alt.Scale(domain=list(SHOWN), nice=False, padding=12)
    x = alt.X("low:Q", title=lines_of(words["tornado.x"], width), scale=scale, axis=ticks)
    drawn = frame.drop_nulls()
    layers = [*_marks(drawn, x, y)]
    if narrow:  # names stand above the bars, so that the lines are drawn bar by bar
        axis.labelOffset = {
            **axis.labelOffset,
            "condition": [{"test": head, "value": 6}, *axis.labelOffset["condition"]],
        }
        centre, level = (alt.Chart(drawn.with_columns(low=pl.lit(at))) for at in (1.0, 0.0))
        layers.insert(0, centre.mark_tick(color=SOFT, size=15, thickness=1).encode(x, y))
        layers.append(level.mark_tick(color=INK, size=15, thickness=2).encode(x, y))
    else:
        centre, level = (alt.Chart(pl.DataFrame({"low": [at]})) for at in (1.0, 0.0))
        layers.insert(0, centre.mark_rule(color=SOFT, strokeDash=[3, 3]).encode(x))
        layers.append(level.mark_rule(color=INK, strokeWidth=2).encode(x))
    left = max(ems(part) for name in frame["row"] for part in name.split("|")[1].split("\n")) * SMALL + 16
    size = (width, LINES + 22) if narrow else (WIDTH - left, LINES)
    return alt.LayerChart(layer=layers, width=size[0], height=size[1] * len(lines))


def _marks(bars: pl.DataFrame, x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    """The bars as far as they are shown, with an arrow where one goes on."""
    tone = alt.Color("tone:N", scale=None)
    shown = bars.with_columns(pl.col("low", "high").clip(*SHOWN))
    yield alt.Chart(shown).mark_bar(size=13).encode(x, y, alt.X2("high:Q"), tone)
    for side, end, at in zip(("left", "right"), ("low", "high"), SHOWN, strict=True):
        beyond = shown.filter(bars[end] != shown[end]).with_columns(low=at)
        if not beyond.is_empty():
            yield (
                alt.Chart(beyond)
                .mark_point(shape=f"triangle-{side}", size=240, filled=True, opacity=1)
                .encode(x, y, tone)
            )


def _lines(study: Study, found: Robustness, bars: list[Swing], lang: str) -> Iterator[Line]:
    """A line for each claim, below it one a bar, the widest first; at the end what rounding does to each."""
    words, rounded = words_of(study, lang), [swing for swing in bars if swing.keys == ROUNDING]
    labels = {claim.id: claim.label[lang] for claim in found.claims}
    for claim, label in labels.items():
        mine = [(swing.keys, ends) for swing in bars if swing.claim == claim and (ends := swing.shares)]
        mine = [(keys, ends) for keys, ends in mine if keys != ROUNDING]
        if mine:
            yield f"#{claim}|{label}", None, None, NAVY
        for keys, ends in sorted(mine, key=lambda one: one[1][0] - one[1][1]):
            yield _line(f"{claim}{keys}", _moved(study, keys, lang), ends, lang)
    if rounded:
        yield f"#|{words['tornado.rounding']}", None, None, NAVY
    for swing in rounded:
        if ends := swing.shares:
            yield _line(swing.claim, labels[swing.claim], ends, lang)


def _line(name: str, label: str, ends: tuple[float, float], lang: str) -> Line:
    return f"{name}|{broken(label, 27, lang)}", *ends, OCHRE if ends[0] < 0 else NAVY


def _moved(study: Study, keys: tuple[str, ...], lang: str) -> str:
    """What moves, by its labels."""
    first, *rest = (study.ledger[key].label[lang] for key in keys)
    return _joined(study, [first, *map(within_a_line, rest)], lang)


def _joined(study: Study, names: Iterable[str], lang: str) -> str:
    return words_of(study, lang)["tornado.and"].replace("{}", "").join(names)
