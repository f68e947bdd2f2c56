"""``case.toml``: its shape and its sources."""

from __future__ import annotations

import re

import pytest

from analysis import load_case

ABOUT = "meizhou/case.toml"
PLACE = re.compile(r"seeds/meizhou/case\.toml(, line \d+)?(, entry \w+)?: ")


class TestAbout:
    """``case.toml``."""

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (
                "[tiers]",
                "[tiers",
                "is not TOML: Expected ']' at the end of a table declaration (at line 8, column 7)",
            ),
            ('name_zh = "梅州"\n', "", "lacks name_zh"),
            ("[tiers]", "[tears]", "lacks tiers"),
            (
                'pilot = { en = "Pilot", zh = "试点" }',
                'pilot = "Pilot"',
                "tier pilot: expected a name in both languages",
            ),
            (
                'pilot = { en = "Pilot", zh = "试点" }',
                'pilot = { en = "Pilot" }',
                "tier pilot: expected a name in both",
            ),
            ('publisher_zh = "广州日报"\n', "", "source 3 lacks publisher_zh"),
            (
                'publisher_zh = "广州日报"\n',
                'publisher_zh = ""\npaper = "x"\n',
                "source 3 has unknown entries: paper; expected id",
            ),
            (
                'not_independent_of = ["C"]',
                'not_independent_of = "C"',
                "source 1 has a 'not_independent_of' that is not a list",
            ),
            ('id = "B"', "id = 2", "source 2 has a 'id' that is not text in quotation marks"),
        ],
    )
    def test_shape(self, project, old, new, message):
        project.replace(ABOUT, old, new)
        status, found = project.problems()
        assert status == (2 if "TOML" in message or message == "lacks tiers" else 1)
        assert len(found) == 1
        assert PLACE.sub("", found[0]).startswith(message)

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (
                'kind = "repost"',
                'kind = "rumour"',
                "kind: source 1: 'rumour' expected one of decision, official release, press, repost",
            ),
            ("6cdef828", "6cdef8", "sha256: source 1: "),
            (
                'date = "2024-04-12"',
                'date = "12 April"',
                "date: source 3: '12 April' expected a date such as 2024-08-06",
            ),
            (
                'date = "2024-04-12"',
                'date = "2024-02-30"',
                "date: source C: '2024-02-30' is not a date of the calendar",
            ),
            (
                'not_independent_of = ["C"]',
                'not_independent_of = ["C", "Q"]',
                "not_independent_of: source A: there is no source 'Q'",
            ),
            (
                'file = "meizhou-a.txt"\n',
                "",
                "sha256: source A: an archived text (sha256) needs 'file' and 'paragraphs'",
            ),
        ],
    )
    def test_values(self, project, old, new, message):
        project.replace(ABOUT, old, new)
        status, found = project.problems()
        assert status == 1
        assert len(found) == 1
        entry, _, said = message.partition(": ")
        assert found[0].startswith(f"seeds/{ABOUT}, line ")
        assert f", entry {entry}: {said}" in found[0]

    def test_dates_need_no_quotation_marks(self, project, case):
        project.replace(ABOUT, 'date = "2024-04-12"', "date = 2024-04-12")
        assert load_case("meizhou", root=project.root).sources.equals(case.sources)

    def test_source_named_twice(self, project):
        lines = project.path(ABOUT).read_text(encoding="utf-8").splitlines()
        second = lines.index('id = "B"') + 1
        project.replace(ABOUT, 'id = "B"', 'id = "A"')
        status, found = project.problems()
        assert status == 1
        assert [message.split(" stands twice")[0] for message in found] == [
            f"seeds/{ABOUT}, line 17, entry id: source 1: 'A'",
            f"seeds/{ABOUT}, line {second}, entry id: source 2: 'A'",
        ]
