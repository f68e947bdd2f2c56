"""The mutation test of the case: its operators, what it notices, and the score that is published."""

from __future__ import annotations

import ast
import json
import os
import pickle
from pathlib import Path

import pytest

from analysis.publish import lock
from tests import mutants as operators
from tests import mutation
from tests.conftest import ROOT
from tests.mutants import Mutant, Names

ARCHIVE = Path(os.environ.get("BRIEF_SOURCES", ROOT.parent / "shared" / "sources"))


@pytest.fixture(scope="session")
def found(tmp_path_factory, worker_id, testrun_uid):
    """Every mutant and what notices it, with the archived texts where they are; the processes share it."""
    own = tmp_path_factory.getbasetemp()
    folder = own if worker_id == "master" else own.parent
    shared = folder / f"mutants-{testrun_uid}.pickle"
    with lock.alone(folder, waiting=lambda: None):
        if not shared.exists():
            shared.write_bytes(pickle.dumps(mutation.run(ARCHIVE if ARCHIVE.is_dir() else None)))
    return pickle.loads(shared.read_bytes())  # noqa: S301 - our own file


@pytest.fixture(scope="session")
def told(found):
    return mutation.report(found, archived=ARCHIVE.is_dir())


@pytest.fixture(scope="module")
def base():
    return mutation.Base.of(ROOT, None)


class TestScore:
    def test_nothing_survives(self, told):
        assert told["survivors"] == []
        assert told["noticed"] == told["mutants"]

    def test_committed_file_says_what_was_found(self, told):
        assert json.loads(mutation.RESULT.read_text(encoding="utf-8")) == told

    def test_readme_says_what_was_found(self, told):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        assert mutation.marked(readme, told) == readme
        assert mutation.sentence(told) in readme

    def test_phrases_are_held_against_the_archive(self, found, told):
        if not ARCHIVE.is_dir():
            pytest.skip(f"{told['by_archived_texts_only']} changed phrases need the archived texts")
        needing = {mutant.kind for mutant, how in found if how == mutation.ARCHIVE}
        assert needing == {"phrase"}

    def test_every_row_of_the_case_is_changed(self, found, case):
        rows = {(mutant.table, mutant.row) for mutant, _ in found}
        for table, key in (
            ("facts", "id"),
            ("measures", "id"),
            ("assumptions", "name"),
            ("quantities", "key"),
            ("checks", "id"),
        ):
            assert {(table, name) for name in getattr(case, table)[key]} <= rows

    def test_registers_of_a_copy_are_changed(self, found):
        rows = {
            table: {mutant.row for mutant, _ in found if mutant.table == table}
            for table in mutation.REGISTERED
        }
        assert rows == {
            "corrections": {"municipal.cases", "provincial.trips_cut", "pilot.decided_on"},
            "revisions": {"2026-11-01", "2026-11-02"},
        }

    def test_every_mutant_differs_and_is_made_once(self, found, base):
        made = [(mutant.table, mutant.row, mutant.column, str(mutant.new)) for mutant, _ in found]
        here = {
            (table, next(iter(row.values())), column, text)
            for table, rows in base.rows.items()
            for row in rows
            for column, text in row.items()
        }
        assert not here & set(made)
        assert len(made) == len(set(made))


class TestBase:
    @pytest.mark.parametrize(
        ("mutant", "how"),
        [
            (Mutant("value", "facts", "provincial.cases", "value", "1459"), mutation.CHECK),
            (Mutant("assumption", "assumptions", "ratings", "central", "101"), mutation.OUTPUT),
            (Mutant("value", "facts", "provincial.cases", "note", "Another note."), ""),
            (Mutant("phrase", "facts", "provincial.cases", "suffix", ",办理日长"), ""),
            (Mutant("date", "case.toml", "2", "date", "2023-12-11"), mutation.OUTPUT),
        ],
    )
    def test_judges(self, base, mutant, how):
        assert base.judge(mutant) == how


class TestReport:
    FOUND = (
        (Mutant("value", "facts", "a.b", "value", "2"), "check"),
        (Mutant("phrase", "facts", "a.b", "exact", "甲"), ""),
    )

    def test_names_survivors(self):
        told = mutation.report(list(self.FOUND))
        assert told["survivors"] == ["facts, a.b, exact: 甲"]
        assert (told["mutants"], told["noticed"]) == (2, 1)
        assert "Of 2 single changes" in mutation.sentence(told)
        assert " 1 (50%) make " in mutation.sentence(told)

    def test_without_the_archive_phrases_need_it(self):
        told = mutation.report(list(self.FOUND), archived=False)
        assert told["by_archived_texts_only"] == 1

    def test_99_995_per_cent_is_not_100(self):
        told = {"mutants": 20000, "noticed": 19999, "by_archived_texts_only": 0}
        assert "(99.9%)" in mutation.sentence(told)

    def test_the_rest_of_the_readme_stays(self):
        told = mutation.report(list(self.FOUND))
        readme = f"before {mutation.MARKS[0]}old{mutation.MARKS[1]} after"
        assert mutation.marked(readme, told) == (
            f"before {mutation.MARKS[0]}{mutation.sentence(told)}{mutation.MARKS[1]} after"
        )


class TestOperators:
    @pytest.mark.parametrize(
        ("text", "new"),
        [
            ("1458", ["1459", "14580"]),
            ("1.3", ["1.4", "1.30"]),
            ("2.65万", ["2.66万", "2.650万"]),
            ("9", ["0", "90"]),
            ("0", ["1"]),
        ],
    )
    def test_number(self, text, new):
        assert operators.number(text) == new

    @pytest.mark.parametrize(
        ("text", "new"),
        [
            ("2023-11-30", ["2023-12-30", "2024-11-30", "2023-12-01"]),
            ("2023-09", ["2023-10", "2024-09"]),
            ("XXXX-03-31", ["XXXX-04-31", "XXXX-04-01"]),
        ],
    )
    def test_day(self, text, new):
        assert operators.day(text) == new

    def test_quoted_context_is_cut_where_it_joins_the_phrase(self):
        assert operators.quoted("prefix", "提请将") == ["", "提请", "甲请将"]
        assert operators.quoted("suffix", "由梅州") == ["", "梅州", "由梅甲"]
        assert operators.quoted("prefix", "") == ["甲"]
        assert operators.quoted("exact", "87项") == ["8甲项", "7项", "87"]

    def test_expressions(self, ledger):
        units = {"municipal.cases": "case", "provincial.cases": "case", "trip_kind": "choice"}
        names = Names({}, units, ledger, {"trip_kind": ["same", "differs"]})
        assert set(
            operators.expressions("2 * municipal.cases if trip_kind == 'same' else unknown", names)
        ) == {
            "2 / municipal.cases if trip_kind == 'same' else unknown",
            "2 if trip_kind == 'same' else unknown",
            "municipal.cases if trip_kind == 'same' else unknown",
            "3 * municipal.cases if trip_kind == 'same' else unknown",
            "2 * provincial.cases if trip_kind == 'same' else unknown",
            "2 * municipal.cases if trip_kind == 'differs' else unknown",
            "unknown if trip_kind == 'same' else 2 * municipal.cases",
            "2 * municipal.cases",
        }

    def test_expressions_leave_the_original_alone(self, ledger):
        text = "max(0, (pilot.items - municipal.items) ** 2)"
        units = {"pilot.items": "item", "municipal.items": "item"}
        new = operators.expressions(text, Names({}, units, ledger))
        assert text not in new
        assert all(ast.parse(found, mode="eval") for found in new)
        assert "min(0, (pilot.items - municipal.items) ** 2)" in new
