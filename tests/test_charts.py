"""The charts: what they show, in which language, and that every letter of them can be drawn."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import altair as alt
import pytest
import uharfbuzz
import vl_convert

from analysis import (
    chart_power,
    charts,
    evaluation,
    limit_charts,
    power_results,
    robustness,
    robustness_charts,
)
from analysis.chart_style import (
    BLUE,
    HEADLINE,
    INK,
    MIST,
    NARROW,
    NAVY,
    OCHRE,
    SLATE,
    SMALL,
    SOFT,
    TEXT,
    WIDTH,
    ems,
    wrapped,
)
from analysis.display import LANGUAGES
from analysis.publish import fonts, notebook
from analysis.publish.lint import chart_texts
from analysis.publish.pictures import renumbered

NAMES = ("timeline", "caseload", "cuts", "mix", "satisfaction", "power")
LIMITS = ("tipping", "spread", "response", "permits")
TURNED = ("matrix", "tornado")
TEXTS = re.compile(r"<text[^>]*>([^<]+)<")
EVERY = [(name, lang) for name in (*NAMES, *LIMITS, *TURNED) for lang in LANGUAGES]
SETTINGS = [
    {"as_of": "2023-12-31"},
    {"assumptions": {"municipal_start": "2024-01-22"}},
    {"assumptions": {"provincial_scope": "all_items", "permits_within": "not_all", "cut_unit": "differs"}},
]


def spec_of(study: notebook.Study, name: str, lang: str, width: int = WIDTH) -> dict[str, Any]:
    draw: Callable[[notebook.Study, str], Any]
    if name in TURNED:
        draw = getattr(robustness_charts, name)(robustness.robustness(study.case))
    else:
        module = chart_power if name == "power" else limit_charts if name in LIMITS else charts
        draw = getattr(module, name)
    return draw(study, lang, width).to_dict()


def rows_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for data in spec["datasets"].values() for row in data]


def row(spec: dict[str, Any], **wanted: object) -> dict[str, Any]:
    """The only row with these values; a frame that several layers share counts once."""
    found = [row for row in rows_of(spec) if wanted.items() <= row.items()]
    assert len(found) == 1, (wanted, found)
    return found[0]


def day(text: str) -> dt.date:
    return dt.datetime.fromisoformat(text).date()


@pytest.fixture(scope="module")
def study() -> notebook.Study:
    return notebook.open_study({"case": "meizhou"})


@pytest.fixture(scope="module")
def font_folder(tmp_path_factory) -> Path:
    return fonts.copy_to(tmp_path_factory.mktemp("fonts"))


@pytest.fixture(scope="module")
def drawn(font_folder) -> Callable[..., str]:
    """Draws a chart as SVG."""
    vl_convert.register_font_directory(str(font_folder))
    version = alt.SCHEMA_VERSION.removeprefix("v").rsplit(".", 1)[0]

    def draw(study: notebook.Study, name: str, lang: str, width: int = WIDTH) -> str:
        spec = spec_of(study, name, lang, width)
        return vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=version)

    return draw


# What the charts show


def test_caseload_by_month_is_cases_over_the_longest_and_the_shortest_exposure(study):
    # 1 September 2023 to 31 March 2024 is 212 days, 15 November to 31 March is 137; a month is 30.4375 days:
    # 1458 / (212 / 30.4375) = 209.33 and 1458 / (137 / 30.4375) = 323.93
    shown = row(spec_of(study, "caseload", "en"), key="provincial.cases_per_month")
    assert shown["low"] == pytest.approx(209.33, abs=0.005)
    assert shown["high"] == pytest.approx(323.93, abs=0.005)
    assert shown["text"] == "209 to 324"


def test_municipal_caseload_by_month(study):
    # 30 November 2023 to 31 March 2024 is 122 days, 22 January to 31 March is 69:
    # 433 * 30.4375 / 122 = 108.03 and 433 * 30.4375 / 69 = 191.01
    shown = row(spec_of(study, "caseload", "zh"), key="municipal.cases_per_month")
    assert (shown["low"], shown["high"]) == pytest.approx((108.03, 191.01), abs=0.005)
    assert shown["text"] == "108至191"


def test_caseload_shows_the_permits_in_and_out(study):
    spec = spec_of(study, "caseload", "en")
    assert row(spec, key="provincial.cases")["value"] == 1458
    assert row(spec, key="provincial.cases_net")["value"] == 1458 - 982
    assert row(spec, key="municipal.cases")["value"] == 433


@pytest.mark.parametrize(
    ("name", "first", "last", "months"),
    [
        ("Provincial items", dt.date(2023, 9, 1), dt.date(2023, 11, 15), "4.50 to 6.97 months"),
        ("Municipal items", dt.date(2023, 11, 30), dt.date(2024, 1, 22), "2.27 to 4.01 months"),
    ],
)
def test_each_start_is_as_uncertain_as_its_assumption(study, name, first, last, months):
    spec = spec_of(study, "timeline", "en")
    uncertain, certain = (row(spec, row=name, kind=kind) for kind in ("uncertain", "certain"))
    assert (day(uncertain["start"]), day(uncertain["end"])) == (first, last)
    assert (day(certain["start"]), day(certain["end"])) == (last, dt.date(2024, 3, 31))
    assert row(spec, row=name, kind="months")["text"] == months


def test_pilot_comes_after_the_end_of_the_count(study):
    spec = spec_of(study, "timeline", "en")
    pilot, end = row(spec, row="Pilot items", kind="event"), row(spec, kind="end")
    assert (day(pilot["start"]) - day(end["start"])).days == 8
    assert row(spec, kind="none")["text"] == "0 days counted"
    assert not [
        mark for mark in rows_of(spec) if mark.get("row") == "Pilot items" and mark["kind"] == "certain"
    ]


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [
        ("provincial.time_cut", 77.535, 77.545),
        ("municipal.time_cut", 74.475, 74.485),
        ("provincial.trips_cut", 1.25, 1.35),
        ("municipal.trips_cut", 1.565, 1.575),
    ],
)
def test_cuts_show_what_rounding_allows(study, key, low, high):
    shown = row(spec_of(study, "cuts", "en"), key=key)
    assert (shown["low"], shown["high"]) == pytest.approx((low, high))


def test_time_and_trips_have_an_axis_each(study):
    panels = spec_of(study, "cuts", "en")["hconcat"]
    titles = [layer["encoding"]["x"]["title"] for panel in panels for layer in panel["layer"][-1:]]
    assert [" ".join([title] if isinstance(title, str) else title) for title in titles] == [
        "Cut in handling time (per cent of an unstated baseline)",
        "Cut in trips (average number)",
    ]


def test_power_is_that_of_the_simulations(study):
    kept = power_results.kept(evaluation.file_of("meizhou"))
    shown = [row for row in rows_of(spec_of(study, "power", "en")) if "power" in row and row["exemplar"] < 20]
    for after, towns, effect in ((5, 2, 1.0), (10, 10, 2.0), (20, 18, 4.0)):
        (share,) = {
            row["power"]
            for row in shown
            if (row["after"], row["exemplar"], row["effect"]) == (after, towns, effect)
        }
        (found,) = [
            each
            for each in evaluation.studies(study.ledger)
            if (each.panel.after, each.panel.exemplar, each.prior.effect) == (after, towns, effect)
        ]
        assert share == pytest.approx(100 * kept[power_results.key(found)] / 2000)


def test_power_has_one_scale_and_lines_that_need_no_colour(study):
    panels = spec_of(study, "power", "en")["hconcat"]
    scales = [layer["encoding"]["y"]["scale"] for panel in panels for layer in panel["layer"][:4]]
    assert all(scale == {"domain": [0, 100]} for scale in scales)
    dashes = [tuple(layer["mark"]["strokeDash"]) for layer in panels[0]["layer"][:3]]
    shapes = {row["shape"] for row in rows_of(spec_of(study, "power", "en")) if "shape" in row}
    assert (len(set(dashes)), len(shapes)) == (3, 3)


@pytest.mark.parametrize(
    ("lang", "names", "headings"),
    [
        (
            "en",
            {"1 working day", "2 working days", "4 working days"},
            {"5 months after", "10 months after", "20 months after"},
        ),
        ("zh", {"1个工作日", "2个工作日", "4个工作日"}, {"交接后5个月", "交接后10个月", "交接后20个月"}),
    ],
)
def test_power_names_its_lines_and_panels(study, lang, names, headings):
    rows = rows_of(spec_of(study, "power", lang))
    assert {row["name"] for row in rows if "name" in row} == names
    assert {row["text"] for row in rows if "text" in row} == headings


@pytest.mark.parametrize(
    ("of", "tier", "licences"),
    [
        ("all", "municipal", 25 / 36),
        ("all", "pilot", 21 / 50),
        ("powers", "municipal", 25 / 30),  # 6 public services left out
        ("powers", "pilot", 21 / 26),  # 24 public services left out
    ],
)
def test_mix_of_all_items_and_of_powers_proper(study, of, tier, licences):
    parts = [
        part
        for part in rows_of(spec_of(study, "mix", "en"))
        if (part.get("of"), part.get("tier")) == (of, tier)
    ]
    first, *_, last = sorted(parts, key=lambda part: part["start"])
    assert (first["kind"], first["start"]) == ("permit", 0)
    assert first["end"] == pytest.approx(100 * licences)
    assert last["end"] == pytest.approx(100)
    assert ("service" in {part["kind"] for part in parts}) == (of == "all")


@pytest.mark.parametrize("ratings", [30, 100, 300])
def test_dissatisfied_ceiling_is_where_a_spotless_sample_has_a_chance_of_one_in_twenty(study, ratings):
    points = [point for point in rows_of(spec_of(study, "satisfaction", "en")) if "text" in point]
    [share] = [point["ceiling"] / 100 for point in points if point["ratings"] == ratings]
    assert (1 - share) ** ratings == pytest.approx(0.05)
    assert share < -math.log(0.05) / ratings < 3 / ratings  # the rule of three (Hanley & Lippman-Hand, 1983)


# What they say


def test_headlines_take_their_numbers_from_the_ledger(study):
    said = {name: " ".join(spec_of(study, name, "en")["title"]["text"]) for name in NAMES}
    assert "8 days after the counts end: they cover 0 days" in said["timeline"]
    assert "3.4 times in all, 1.1 to 3.0 times by month, 0.36 to 0.98 times" in said["caseload"]
    assert "3.06 percentage points and 0.3 trips" in said["cuts"]
    assert "69.4% of the municipal items and 42.0% of the pilot" in said["mix"]
    assert "100 ratings drawn at random, none of them dissatisfied, leave room for 3%" in said["satisfaction"]


def test_headline_follows_another_reading():
    study = notebook.open_study({"case": "meizhou", "assumptions": {"ratings": "30"}})
    assert "30份评价全部满意，仍不能排除9.50%" in "".join(
        spec_of(study, "satisfaction", "zh")["title"]["text"]
    )


@pytest.mark.parametrize("name", [*NAMES, *LIMITS, *TURNED])
def test_english_charts_hold_no_chinese(study, drawn, name):
    texts = TEXTS.findall(drawn(study, name, "en"))
    assert texts
    assert not [text for text in texts if re.search(r"[\u2e80-\u9fff\uff00-\uffef]", text)]


@pytest.mark.parametrize("name", [*NAMES, *LIMITS, *TURNED])
def test_chinese_charts_hold_no_english(study, drawn, name):
    texts = TEXTS.findall(drawn(study, name, "zh"))
    assert texts
    assert not [text for text in texts if re.search(r"[A-Za-z]", text)]


# How they are drawn


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_every_letter_is_in_the_typeface(study, font_folder, drawn, name, lang):
    svg = drawn(study, name, lang)
    families = set(re.findall(r'font-family="([^"]+)"', svg))
    assert families == {{"en": fonts.LATIN_SANS, "zh": fonts.CHINESE_SANS}[lang]}
    file = {"en": "SourceSansPro-Bold.*", "zh": "NotoSansSC-Regular.*"}[lang]
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(next(font_folder.glob(file)))))
    assert {ord(letter) for text in TEXTS.findall(svg) for letter in text} <= set(face.unicodes)


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_charts_fit_the_page(study, drawn, name, lang):
    width = float(re.search(r'width="([\d.]+)"', drawn(study, name, lang))[1])
    assert WIDTH - 30 <= width <= WIDTH + 30


# On a phone


def words_in(svg: str, lang: str) -> set[str]:
    """What a chart says, without the ticks of its scales, whatever its lines and spaces."""
    return {"".join(text.split()) for text in chart_texts(svg.encode(), lang)}


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_a_chart_for_a_phone_fits_it_and_says_the_same(study, drawn, name, lang):
    wide, narrow = drawn(study, name, lang), drawn(study, name, lang, NARROW)
    assert float(re.search(r'width="([\d.]+)"', narrow)[1]) <= NARROW + 30
    assert words_in(narrow, lang) == words_in(wide, lang)
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)px"', narrow)) >= SMALL


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_the_longest_line_of_a_headline_fits_a_phone(study, name, lang):
    title = spec_of(study, name, lang, NARROW)["title"]
    assert max(map(ems, title["text"])) * HEADLINE <= NARROW
    assert max(map(ems, title["subtitle"])) * TEXT <= NARROW


def test_panels_stand_below_one_another_on_a_phone(study):
    for name in ("caseload", "cuts", "power"):
        assert "hconcat" in spec_of(study, name, "en")
        assert "vconcat" in spec_of(study, name, "en", NARROW)


# The tables of points


def points_of(study: notebook.Study, name: str, lang: str = "en") -> list[tuple[str, ...]]:
    found = robustness.robustness(study.case)
    tables = {
        "power": chart_power.points,
        "satisfaction": charts.satisfaction_points,
        "matrix": robustness_charts.matrix_points(found),
        "tornado": robustness_charts.tornado_points(found),
        **{each: limit_charts.points(each) for each in ("tipping", "response", "permits")},
    }
    return tables[name](study, lang).rows()


def marked(*texts: str) -> tuple[str, ...]:
    return tuple(f"[{text}]{{.drawn}}" for text in texts)


def test_the_points_of_a_curve_are_those_computed(study):
    # 1 - 0.05^(1/10) = 0.2589
    assert points_of(study, "satisfaction")[0] == marked("10", "26")
    # 1 - 0.05^(1/1000) = 0.0030, which may not read as nought
    assert points_of(study, "satisfaction")[-1] == marked("1,000", "0.3")
    # the gap of 3.06 points, [3.05, 3.07] with rounding, over a difference of 30 points: 10.2
    assert marked("30", "10", "10", "10") in points_of(study, "tipping")
    # nobody rated: anything; all rated: the printed 100%, [99.5, 100]
    assert points_of(study, "response") == [marked("0", "0", "100"), marked("100", "100", "100")]
    # the permits are counted by tenths
    assert [row[0] for row in points_of(study, "permits")] == list(marked(*map(str, range(0, 101, 10))))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("tipping", "gap.mix_needed"),
        ("satisfaction", "satisfaction.dissatisfied_ceiling"),
        ("response", "municipal.satisfied_of_all"),
        ("permits", "provincial.cases_other_per_month"),
    ],
)
def test_points_have_no_more_decimals_than_the_ledger_writes(study, name, key):
    written = study.ledger.text(key, "en", "bare")
    _, *numbers = zip(*points_of(study, name), strict=True)
    texts = [text.removeprefix("[").removesuffix("]{.drawn}") for column in numbers for text in column]
    assert {len(text.partition(".")[2]) for text in texts if not text.startswith("0.")} == {
        len(written.partition(".")[2])
    }


def test_each_point_of_the_power_chart_is_in_its_table(study):
    rows = points_of(study, "power")
    drawn = [row for row in rows_of(spec_of(study, "power", "en")) if "power" in row]
    assert len(rows) == len({(row["after"], row["exemplar"], row["effect"]) for row in drawn})
    assert {row[3] for row in rows} == {charts.drawn(row["power"], 0, "en") for row in drawn}


def test_tables_name_what_bears_on_which_claim(study):
    found = robustness.robustness(study.case)
    assert len(points_of(study, "matrix")) == found.matrix.height
    assert len(points_of(study, "tornado")) == len(
        [swing for swing in found.swings if swing.shares and swing.shares[0] < swing.shares[1]]
    )
    assert "[" not in "".join(cell for row in points_of(study, "matrix") for cell in row)


# In other readings


@pytest.fixture(scope="module", params=SETTINGS, ids=["earlier", "override", "other choices"])
def other_reading(request) -> notebook.Study:
    return notebook.open_study({"case": "meizhou", **request.param})


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_every_reading_can_be_drawn(drawn, other_reading, name, lang):
    texts = TEXTS.findall(drawn(other_reading, name, lang))
    assert texts
    assert not [text for text in texts if re.search(r"NaN|null|undefined|None", text)]


@pytest.mark.parametrize(("lang", "word"), [("en", "not identified"), ("zh", "无法识别")])
@pytest.mark.parametrize(
    ("name", "times"),
    [("timeline", 3), ("caseload", 6), ("cuts", 4), ("mix", 3), ("spread", 8)]
    + [(name, 1) for name in ("tipping", "response", "permits", "tornado")],
)
def test_what_is_not_identified_says_so(drawn, name, times, lang, word):
    # at the end of 2023 source A had not appeared; source B gave the municipal items by kind
    study = notebook.open_study({"case": "meizhou", "as_of": "2023-12-31"})
    assert TEXTS.findall(drawn(study, name, lang)).count(word) == times


def test_charts_load_nothing(study):
    for name, lang in EVERY:
        spec = spec_of(study, name, lang)
        spec.pop("$schema")
        assert "http" not in json.dumps(spec)
        assert '"url"' not in json.dumps(spec)


def luminance(tone: str) -> float:
    """Relative luminance as in WCAG 2."""
    parts = [int(tone[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("tone", "stated"), [(NAVY, 8.7), (SLATE, 5.4), (OCHRE, 3.5), (BLUE, 2.4), (MIST, 1.2)]
)
def test_tones_have_the_contrast_that_is_stated(tone, stated):
    assert contrast(tone, "#ffffff") == pytest.approx(stated, abs=0.06)


def test_text_and_neighbouring_tones_can_be_told_apart_in_grey():
    assert min(contrast(INK, "#ffffff"), contrast(SOFT, "#ffffff")) > 4.5
    assert min(contrast(INK, BLUE), contrast(INK, MIST), contrast("#ffffff", NAVY)) > 4.5
    assert min(contrast(NAVY, OCHRE), contrast(NAVY, BLUE), contrast(BLUE, MIST)) > 1.8


# Lines of text


@pytest.mark.parametrize(
    "text",
    [
        "The pilot was decided eight days after the counts end: they hold no days of its outcomes at all",
        "省级与市级办理量之比：总量为3.4倍，月均为1.1至3.0倍，扣除施工许可证后月均为0.358至0.979倍，合计如上所述",
    ],
)
def test_lines_fit_and_lose_nothing(text):
    lines = wrapped(text, HEADLINE)
    assert len(lines) > 1
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(ems, lines)) * HEADLINE <= WIDTH
    assert not [line for line in lines if line[0] in "，。；：、）”"]


def test_an_interval_is_not_broken():
    assert any(
        "0.358至0.979倍" in line
        for line in wrapped("扣除之后各月的平均办理数量之比区间为0.358至0.979倍" * 2, TEXT)
    )


def test_a_short_text_is_one_line():
    assert wrapped("Items by kind of power", HEADLINE) == ["Items by kind of power"]


def test_a_picture_is_the_same_wherever_in_a_process_it_is_drawn():
    svg = '<clipPath id="clip7"/><clipPath id="clip12"/><g clip-path="url(#clip12)"/><g id="clip7"/>'
    assert renumbered(svg) == svg.replace("clip12", "clip1").replace("clip7", "clip0")
