"""The wording of the charts in both languages; numbers come from the ledger.

``{key}`` stands for a ledger value, ``{key:form}`` for another of its forms, ``{key:label}`` for its label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from analysis.entries import Ledger

PLACE = re.compile(r"\{([a-z][a-z0-9_.]*)(?::(\w+))?\}")

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "provincial": "Provincial items",
        "municipal": "Municipal items",
        "pilot": "Pilot items",
        "permit": "Licences",
        "other": "Other\npowers",
        "service": "Public\nservices",
        "timeline": "The pilot was decided {pilot.days_after_count} after the counts end: "
        "they hold {pilot.outcome_days} of its outcomes",
        "timeline.open": "What was decided when, and over which period results were counted",
        "timeline.about": "Decisions and counting periods; pale bars show the range of each uncertain start",
        "provincial.requested_on": "{provincial.items_requested} asked for\n{provincial.requested_on}",
        "provincial.granted_on": "batch granted\n{provincial.granted_on}",
        "municipal.decided_on": "{municipal.items} moved\n{municipal.decided_on}",
        "pilot.decided_on": "{pilot.items} entrusted\n{pilot.decided_on}",
        "municipal.counted_to": "counts end {municipal.counted_to}",
        "pilot.outcome_days": "{pilot.outcome_days} counted",
        "earlier": "earlier, if all items ever taken over are counted",
        "caseload": "Provincial over municipal caseload: {gap.caseload_ratio} in all, "
        "{gap.rate_ratio:interval} by month, {gap.rate_ratio_net:interval} by month without construction "
        "permits",
        "caseload.open": "Caseload as reported and by month of exposure",
        "caseload.about": "Bars on the right span the uncertain start of each count, white ticks mark the "
        "central case; permits ({provincial.construction_permits}) are taken out as if all were counted, one "
        "for one",
        "caseload.rows": "Provincial items,\nas reported|Provincial items, less\n"
        "construction permits|Municipal items,\nas reported",
        "caseload.raw": "Cases over the whole count",
        "caseload.rate": "Cases a month of exposure",
        "cuts": "The gaps between the tiers, {gap.time_cut} and {gap.trips_cut}, stand only if both "
        "measured alike",
        "cuts.open": "The cuts of the two tiers cannot be compared as they are reported",
        "cuts.about": "Dark ends show what rounding allows, in time too little to see; "
        "baseline, end point, unit, averaging and what a "
        "trip is are stated for neither tier",
        "cuts.time_cut": "Cut in handling time (per cent of an unstated baseline)",
        "cuts.trips_cut": "Cut in trips (average number)",
        "mix": "Licences are {municipal.permit_share} of the municipal items and {pilot.permit_share} of the "
        "pilot’s; among powers proper, {municipal.permit_share_of_powers} and "
        "{pilot.permit_share_of_powers}",
        "mix.open": "Items by kind of power",
        "mix.about": "Number and share of items by kind of power; items, not cases: use by item is not "
        "published",
        "mix.all": "Share of all items (per cent)",
        "mix.powers": "Share of powers proper, without public services (per cent)",
        "satisfaction": "A spotless result from {ratings} leaves room for {satisfaction.dissatisfied_ceiling}"
        " dissatisfied; how many rated is not published",
        "satisfaction.open": "What a satisfaction rate can mean by number of ratings",
        "satisfaction.about": "{satisfaction.dissatisfied_ceiling:label}; if raters were a random draw",
        "satisfaction.x": "Number of ratings (logarithmic scale)",
        "satisfaction.y": "Dissatisfied at most (per cent)",
        "ratings": "{} ratings: {}%",
        "municipal.ratings": "{} ratings, as many as\nmunicipal cases: {}%",
        "provincial.ratings": "{} ratings, as many as\nprovincial cases: {}%",
    },
    "zh": {
        "provincial": "省级事项",
        "municipal": "市级事项",
        "pilot": "试点事项",
        "permit": "行政许可",
        "other": "其他行\n政权力",
        "service": "公共\n服务",
        "timeline": "试点决定晚于统计截止日{pilot.days_after_count}，"
        "已公布数据中试点成效的观测期为{pilot.outcome_days}",
        "timeline.open": "各项决定的时间与结果的统计期",
        "timeline.about": "各层级的决定与统计期；浅色条为统计起点的不确定范围",
        "provincial.requested_on": "提请下放{provincial.items_requested}\n{provincial.requested_on}",
        "provincial.granted_on": "省级调整一批事项\n{provincial.granted_on}",
        "municipal.decided_on": "下移{municipal.items}\n{municipal.decided_on}",
        "pilot.decided_on": "委托{pilot.items}\n{pilot.decided_on}",
        "municipal.counted_to": "统计截止{municipal.counted_to}",
        "pilot.outcome_days": "计入统计{pilot.outcome_days}",
        "earlier": "若含历次承接的全部事项，起点可更早",
        "caseload": "省级与市级办理量之比：总量为{gap.caseload_ratio}，月均为{gap.rate_ratio:interval}，"
        "扣除施工许可证后月均为{gap.rate_ratio_net:interval}",
        "caseload.open": "原文所载办理量与月均办理量",
        "caseload.about": "右图横条为统计起点不确定造成的区间，白线为居中情形；"
        "扣除时假定施工许可证（{provincial.construction_permits}）全部计入，一证一件",
        "caseload.rows": "省级事项\n原文所载|省级事项扣除\n施工许可证|市级事项\n原文所载",
        "caseload.raw": "统计期内办理量（件）",
        "caseload.rate": "月均办理量（件/月）",
        "cuts": "两级时长压缩相差{gap.time_cut}、跑动减少相差{gap.trips_cut}，仅在口径相同时成立",
        "cuts.open": "两级的压缩幅度口径未明，无法直接比较",
        "cuts.about": "深色端为四舍五入允许的范围，时长一项窄至不可见；"
        "两级均未说明基准、终点、单位、汇总方式和跑动的含义",
        "cuts.time_cut": "办理时长压缩（占基准的百分比，基准未说明）",
        "cuts.trips_cut": "平均跑动次数减少（次）",
        "mix": "行政许可占市级事项的{municipal.permit_share}、试点事项的{pilot.permit_share}；"
        "不计公共服务，则为{municipal.permit_share_of_powers}和{pilot.permit_share_of_powers}",
        "mix.open": "按职权类型划分的事项构成",
        "mix.about": "按职权类型划分的事项数及占比；所计为事项而非办件，各事项的办理量未公布",
        "mix.all": "占全部事项的比例（%）",
        "mix.powers": "占行政权力的比例（不含公共服务，%）",
        "satisfaction": "即使{ratings}全部满意，仍不能排除{satisfaction.dissatisfied_ceiling}的不满意；"
        "评价数未公布",
        "satisfaction.open": "满意度的含义取决于评价数",
        "satisfaction.about": "{satisfaction.dissatisfied_ceiling:label}；假定评价人为随机抽取",
        "satisfaction.x": "评价数（份，对数刻度）",
        "satisfaction.y": "不满意比例上限（%）",
        "ratings": "{}份评价：{}%",
        "municipal.ratings": "{}份评价，与市级\n办件数相同：{}%",
        "provincial.ratings": "{}份评价，与省级\n办件数相同：{}%",
    },
}


def spelled(ledger: Ledger, text: str, lang: str) -> str:
    """``text`` with each ledger value written out."""

    def put(found: re.Match[str]) -> str:
        key, form = found[1], found[2] or "value"
        return ledger[key].label[lang] if form == "label" else ledger.text(key, lang, form)

    return PLACE.sub(put, text)


def headline(ledger: Ledger, chart: str, lang: str) -> tuple[str, str]:
    """The finding, or the question where a value of it is not identified; and what the chart shows."""
    finding = WORDS[lang][chart]
    keys = [found[1] for found in PLACE.finditer(finding)]
    if any(ledger[key].value is None for key in keys):
        finding = WORDS[lang][f"{chart}.open"]
    return spelled(ledger, finding, lang), spelled(ledger, WORDS[lang][f"{chart}.about"], lang)
