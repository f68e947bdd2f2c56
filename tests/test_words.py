"""The words of tables, charts and registers, as a translator edits them."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis import CaseError, UnusableError, load_case
from analysis.publish import stamp
from analysis.words import Wording, shared_words, spelled

ROOT = Path(__file__).parents[1]
SHARED, OWN = "words.csv", "meizhou/words.csv"


def findings(project) -> list[str]:
    with pytest.raises(CaseError) as caught:
        load_case("meizhou", root=project.root)
    return [str(finding) for finding in caught.value.findings]


class TestTexts:
    def test_both_files_by_language(self, case):
        assert case.wording["zh"]["paragraph"] == "{}，第{}段"
        assert case.wording["en"]["chart.pilot"] == "Pilot items"
        assert case.wording["en"].part("chart")["pilot"] == "Pilot items"
        assert "chart.pilot" not in shared_words(ROOT)["en"]

    def test_slash_between_spaces_starts_a_line(self, case):
        assert case.wording["en"]["chart.other"] == "Other\npowers"

    def test_cells_and_what_stands_between(self):
        words = Wording({"table.a": "One|Two", "or": "{}; or: {}"})
        assert words.cells("table.a") == ["One", "Two"]
        assert words.join("or", ["x", "y", "z"]) == "x; or: y; or: z"

    def test_values_are_put_in(self, ledger):
        assert spelled(ledger, "{municipal.items} of {pilot.items:bare}", "en") == "36 items of 50"
        assert spelled(ledger, "{pilot.powers:label}", "zh") == "试点事项中的行政权力"

    def test_missing_row_is_named(self, case):
        with pytest.raises(
            UnusableError, match=r"there is no row 'chart\.mixx', here or in the case's own file"
        ):
            case.wording["en"].part("chart")["mixx"]


class TestChecked:
    @pytest.mark.parametrize("file", [SHARED, OWN])
    def test_one_language_is_empty(self, project, file):
        key = project.rows(file)[5][0]
        project.edit(file, key, "zh", "")
        assert f"seeds/{file}, row 6, column zh: is empty; expected a value" in findings(project)

    @pytest.mark.parametrize(
        ("file", "key", "text"),
        [
            (SHARED, "brackets", "（{}）"),
            (OWN, "chart.mix", "行政许可占{municipal.permit_share}"),
            (OWN, "chart.earlier", "{gap.time_cut}"),
        ],
    )
    def test_places_differ(self, project, file, key, text):
        project.edit(file, key, "zh", text)
        (found, *_) = findings(project)
        row = project.row(file, key)
        assert found == (
            f"seeds/{file}, row {row}, column key: "
            f"'{key}' expected the same {{}} and {{key}} in 'en' as in 'zh'"
        )

    @pytest.mark.parametrize(
        ("place", "message"),
        [
            ("{gap.time_cutt}", "there is no 'gap.time_cutt'; nearest: gap.time_cut"),
            ("{gap.time_cut:range}", "'range' is not a form of gap.time_cut; expected value, interval, bare"),
            ("{pilot.county:names}", "there is no 'pilot.county'; nearest: pilot.county."),
        ],
    )
    def test_place_that_is_not_there(self, project, place, message):
        for lang in ("en", "zh"):
            project.edit(OWN, "chart.earlier", lang, place)
        found = findings(project)
        assert len(found) == 2
        assert found[0].startswith(
            f"seeds/{OWN}, row {project.row(OWN, 'chart.earlier')}, column en: {message}"
        )

    def test_key_in_both_files(self, project):
        project.edit(OWN, "chart.earlier", "key", "brackets")
        (found, *_) = findings(project)
        assert "'brackets' stands in seeds/words.csv too" in found

    def test_file_by_itself(self, project):
        project.edit(SHARED, "brackets", "en", "({})")
        with pytest.raises(
            CaseError, match=r"seeds/words\.csv, row \d+, column key: 'brackets' expected the same"
        ):
            shared_words(project.root)

    def test_changed_word_is_made_anew(self, project):
        before = stamp.fingerprint(project.root, stamp.ANALYSIS, {})
        project.edit(SHARED, "archived", "zh", "已存档")
        assert stamp.fingerprint(project.root, stamp.ANALYSIS, {}) != before
