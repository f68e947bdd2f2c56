"""Numbers of a row in both languages."""

from __future__ import annotations

import pytest

from analysis.bilingual import mistranslated


@pytest.mark.parametrize(
    "row",
    [
        {"exact": "业务办理量为1458件", "translation": "a caseload of 1,458 cases"},
        {"exact": "2.65万个行政村", "translation": "26,500 administrative villages"},
        {"exact": "教育", "translation": ""},
        {"why_en": "Within 30 working days.", "why_zh": "30个工作日内。"},
        {"why_en": "Three months, from 8 April 2024.", "why_zh": "自2024年4月8日起3个月。"},
        {"label_en": "Both tiers", "label_zh": "两级"},  # only digits bind, and a word may stand for them
        {"choices": "same|differs", "choices_en": "as in 2023|other", "choices_zh": "与2023年相同|不同"},
        {"title": "百千万工程", "title_en": "The project"},
        {"found": "item 12", "found_zh": "第12条"},
        {"note_zh": "", "note": ""},
        {"note_en": "1"},
    ],
)
def test_that_agree(row):
    assert list(mistranslated(row)) == []


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"exact": "1458件", "translation": "1,459 cases"}, "translation"),
        ({"exact": "36项", "translation": "thirty-seven items"}, "translation"),
        ({"exact": "12项，其中12项", "translation": "12 items"}, "translation"),
        ({"why_en": "Within 30 days.", "why_zh": "31天内。"}, "why_zh"),
        ({"why_en": "In time.", "why_zh": "31天内。"}, "why_zh"),
        ({"why_en": "Within 31 days.", "why_zh": "按期。"}, "why_zh"),
        ({"title": "100%", "title_en": "10%"}, "title_en"),
        ({"found": "item 12", "found_zh": "第13条"}, "found_zh"),
        ({"note": "Undated.", "note_zh": ""}, "note_zh"),
        ({"note": "", "note_zh": "无日期。"}, "note"),
    ],
)
def test_that_differ(row, column):
    ((found, _),) = mistranslated(row)
    assert found == column
