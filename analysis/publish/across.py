"""What a gathered case shows: the indicators that several cases report, and those that only one does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import altair as alt
import polars as pl

from analysis import compare
from analysis.about import CASES
from analysis.chart_panels import ABOVE, Panel, spans
from analysis.chart_style import NAVY, OCHRE, PALE, SLATE, WIDTH, finished, room
from analysis.charts import headline, words_of
from analysis.display import STATUS
from analysis.gather import names, origin
from analysis.publish.appendix import Frames, shown
from analysis.publish.notebook import Study
from analysis.words import Wording

TONES = (NAVY, OCHRE, SLATE)
"""The tones of the cases in turn; names stand beside them, so that a tone may come again."""


def by_case(study: Study) -> pl.DataFrame:
    """Each comparable indicator that a case reports: how many facts of it each case has."""
    cases = [origin(study.case, tier) for tier in study.case.reported["tier"]]
    facts = study.case.reported.with_columns(pl.Series("case", cases))
    found = facts.pivot("case", index="indicator", values="id", aggregate_function="len", maintain_order=True)
    return found.select("indicator", *(pl.col(name) for name in study.case.about[CASES] if name in found.columns))


def shared(study: Study) -> Frames:
    """What the cases report of the indicators that several of them have, and what comparing would need."""
    return _table(study, "shared", several=True)


def apart(study: Study) -> Frames:
    """What a case reports of the indicators that no other has."""
    return _table(study, "apart", several=False)


def _table(study: Study, name: str, *, several: bool) -> Frames:
    counted = by_case(study)
    there = counted.select(pl.all_horizontal(pl.exclude("indicator") > 0)).to_series()
    indicators = counted.filter(there if several else ~there)["indicator"].to_list()
    return {
        lang: pl.DataFrame(
            [list(_row(study, indicator, words, lang, needs=several)) for indicator in indicators],
            schema=_columns(study, words.cells(f"table.{name}"), lang),
            orient="row",
        )
        for lang, words in study.case.wording.items()
    }


def _columns(study: Study, heads: list[str], lang: str) -> dict[str, Any]:
    """The columns: the indicator, one a case, and what else the headings name."""
    first = {origin(study.case, tier): tier for tier in reversed(study.case.about["tiers"])}
    cases = [names(study.case, first[name], lang)[0] for name in study.case.about[CASES]]
    return dict.fromkeys((heads[0], *cases, *heads[1:]), pl.String)


def _row(study: Study, indicator: str, words: Wording, lang: str, *, needs: bool) -> Iterator[str]:
    told = study.case.indicators.row(by_predicate=pl.col("indicator") == indicator, named=True)
    yield told[f"label_{lang}"]
    facts = study.case.reported.filter(indicator=indicator).select("id", "tier").rows()
    for case in study.case.about[CASES]:
        own = [(key, tier) for key, tier in facts if origin(study.case, tier) == case]
        yield words.join("across.parts", (_cell(study, *each, words, lang) for each in own)) or words["across.none"]
    if needs:
        yield told[f"comparable_{lang}"]


def _cell(study: Study, key: str, tier: str, words: Wording, lang: str) -> str:
    status = STATUS[study.ledger[key].status][lang]
    return words["across.cell"].format(names(study.case, tier, lang)[1], shown(study, key, lang), status)


def time_cut(study: Study, lang: str, width: int = WIDTH) -> alt.LayerChart:
    """The cuts in handling time of all cases, each as the interval that its printed figure leaves open."""
    facts = study.case.reported.filter(indicator="time_cut")
    tones = dict(zip(study.case.about[CASES], TONES * len(facts), strict=False))
    tone = [tones[origin(study.case, tier)] for tier in facts["tier"]]
    rows = [study.case.about["tiers"][tier][lang] for tier in facts["tier"]]
    frame = compare.values(study.ledger, facts["id"]).with_columns(
        pl.Series("row", rows),
        pl.Series("text", [study.ledger.text(key, lang, "interval") for key in facts["id"]]),
        pl.Series("tone", tone),
        pl.Series("pale", [PALE[each] for each in tone]),
        pl.coalesce("high", pl.lit(0.0)).alias("at"),
    )
    narrow = width < WIDTH
    each = width if narrow else room(rows)
    panel = Panel(words_of(study, lang)["across.axis"], each, 1.35, above=lang if narrow else "")
    return finished(panel.of(frame, spans(frame)), *headline(study, "across", lang), lang, width)
