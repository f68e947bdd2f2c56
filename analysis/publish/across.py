"""What a gathered case shows: the indicators that several cases report, and those that no second one does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import cycle

import altair as alt
import polars as pl

from analysis.about import CASES
from analysis.chart_panels import Panel, frame_of, spans
from analysis.chart_style import NAVY, OCHRE, SLATE, WIDTH, finished, room
from analysis.charts import headline, words_of
from analysis.compare import cell
from analysis.display import STATUS
from analysis.gather import called, origin
from analysis.publish.appendix import Frames, shown, taken
from analysis.publish.notebook import Study
from analysis.words import Wording

TONES = (NAVY, OCHRE, SLATE)
"""The tones of the cases in turn; names stand beside them, so that a tone may come again."""

THIN = 1.0
"""Up to how many percentage points an interval is too narrow to be seen as a bar."""


def by_case(study: Study) -> pl.DataFrame:
    """How many facts of each comparable indicator each case has, in the order of the codebook.

    Columns are ``indicator`` and the cases; an indicator that none of them reports has no row.
    """
    facts = study.case.reported
    cases = pl.Series("case", [origin(study.case, tier) for tier in facts["tier"]], pl.String)
    found = (
        facts.with_columns(cases)
        .group_by("indicator")
        .agg((pl.col("case") == name).sum().alias(name) for name in study.case.about[CASES])
    )
    return study.case.indicators.select("indicator").join(found, on="indicator", maintain_order="left")


def shared(study: Study) -> Frames:
    """What the cases report of the indicators that several of them have, and what comparing would need."""
    return _table(study, "shared", several=True)


def apart(study: Study) -> Frames:
    """What a case reports of the indicators that no other has, and what comparing would need."""
    return _table(study, "apart", several=False)


def _table(study: Study, name: str, *, several: bool) -> Frames:
    counted = by_case(study)
    having = pl.sum_horizontal(pl.exclude("indicator") > 0)
    indicators = counted.filter((having > 1) == several)["indicator"].to_list()
    return {
        lang: pl.DataFrame(
            [list(_row(study, indicator, words, lang)) for indicator in indicators],
            schema=dict.fromkeys(_heads(study, words.cells(f"table.{name}"), lang), pl.String),
            orient="row",
        )
        for lang, words in study.case.wording.items()
    }


def _heads(study: Study, heads: list[str], lang: str) -> list[str]:
    """The heads of the columns: the indicator, a case each, and the condition of comparing."""
    first, last = heads
    return [first, *(study.case.about["names"][name][lang] for name in study.case.about[CASES]), last]


def _row(study: Study, indicator: str, words: Wording, lang: str) -> Iterator[str]:
    told = study.case.indicators.row(by_predicate=pl.col("indicator") == indicator, named=True)
    yield told[f"label_{lang}"]
    facts = study.case.reported.filter(indicator=indicator)
    for case in study.case.about[CASES]:
        tiers = [tier for tier in study.case.about["tiers"] if origin(study.case, tier) == case]
        own = (fact for tier in tiers for fact in facts.filter(tier=tier).iter_rows(named=True))
        cells = (_cell(study, fact, words, lang) for fact in own)
        yield words.join("across.parts", cells) or words["across.none"]
    yield told[f"comparable_{lang}"]


def _cell(study: Study, fact: Mapping[str, str], words: Wording, lang: str) -> str:
    """A figure: its tier, the value with its interval, how far it is known, and its source.

    Where it was corrected it says too what the source prints.
    """
    tier, status = called(study.case, fact["tier"], lang), STATUS[study.ledger[fact["id"]].status][lang]
    text = taken(study.ledger, fact["id"], words, shown(study, fact["id"], lang))
    return words["across.cell"].format(tier, text, status, fact["source"])


def cuts(study: Study) -> pl.DataFrame:
    """The facts that are cuts in handling time."""
    return study.case.facts.filter(indicator="time_cut").select("id", "tier")


def time_cut(study: Study, lang: str, width: int = WIDTH) -> alt.LayerChart:
    """The cuts in handling time of all cases, each as the interval that its printed figure leaves open."""
    keys, tiers = cuts(study)
    tones = dict(zip(study.case.about[CASES], cycle(TONES), strict=False))
    names = [study.case.about["tiers"][tier][lang] for tier in tiers]
    texts = [study.ledger.text(key, lang, "interval") for key in keys]
    of_tiers = {tier: tones[origin(study.case, tier)] for tier in tiers}
    frame = frame_of(study.ledger, zip(names, keys, texts, strict=True), of_tiers)
    above = lang if width < WIDTH else ""
    panel = Panel(words_of(study, lang)["across.axis"], room(names, width), 1.35, above=above)
    return finished(panel.of(frame, spans(frame, THIN)), *headline(study, "across", lang), lang, width)


def alternative(study: Study) -> dict[str, str]:
    """The chart of the cuts in words: what it shows, then a tier each with its interval."""
    texts = {}
    for lang, words in study.case.wording.items():
        tiers = study.case.about["tiers"]
        rows = ((tiers[tier][lang], cell(key, "interval")) for key, tier in cuts(study).rows())
        told = words.join("across.parts", (words["across.bar"].format(*row) for row in rows))
        texts[lang] = words["across.bars"].format(told)
    return texts
