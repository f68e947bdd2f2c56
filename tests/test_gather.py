"""What several cases report, gathered into one: made from theirs, held against theirs, and computed from."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest

from analysis import CaseError, UnusableError, load_case
from analysis import ledger as compute
from analysis.claims import verdicts
from analysis.gather import EXAMPLE, called, gathered, gathers, origin, stale
from analysis.publish import verifier
from analysis.publish.bundle import bundle_files
from analysis.quotes import recorded

LISTED = 'meizhou = "M"\nluohu = "L"\n'
CORRECTION = "municipal.cases,433,435,Miscounted.,误计。,2024-09-01,the city,市政府,A,A\n"


def gather(project, name: str = "across") -> dict[str, str]:
    """What ``brief gather`` writes."""
    files = gathered(name, project.root)
    for file, text in files.items():
        (project.root / file).write_text(text, encoding="utf-8")
    return files


def findings(project, name: str = "across") -> list[str]:
    with pytest.raises(CaseError) as caught:
        load_case(name, root=project.root)
    return [str(finding) for finding in caught.value.findings]


def refused(project, name: str = "across") -> list[str]:
    with pytest.raises(UnusableError) as caught:
        gathered(name, project.root)
    return [str(finding) for finding in caught.value.findings]


def table(files: dict[str, str], name: str) -> dict[str, dict[str, str]]:
    """The rows of a file by their first cell."""
    rows = csv.DictReader(io.StringIO(files[f"seeds/across/{name}.csv"]))
    return {next(iter(row.values())): row for row in rows}


@pytest.fixture
def across(project):
    return load_case("across", root=project.root)


class TestGathered:
    def test_is_what_the_repository_holds(self, project):
        for file, text in gathered("across", project.root).items():
            assert (project.root / file).read_text(encoding="utf-8") == text, file

    def test_again_is_the_same(self, project):
        assert gather(project) == gather(project)

    def test_takes_what_the_codebook_calls_comparable_and_all_of_it(self, across, project):
        comparable = set(across.indicators.filter(comparable="yes")["indicator"])
        for name in ("meizhou", "luohu"):
            case = load_case(name, root=project.root)
            theirs = case.facts.filter(pl.col("indicator").is_in(list(comparable)))
            assert 0 < theirs.height < case.facts.height
            mine = across.facts.filter(pl.col("tier").str.starts_with(f"{name}_"))
            assert mine["value"].to_list() == theirs["value"].to_list()
            assert mine["exact"].to_list() == theirs["exact"].to_list()

    def test_names_tell_the_cases_apart(self, across):
        cut = across.facts.row(by_predicate=pl.col("id") == "luohu_municipal.time_cut", named=True)
        assert (cut["tier"], cut["source"], cut["value"]) == ("luohu_municipal", "LA", "nearly 2/3")
        assert origin(across, "luohu_municipal") == "luohu"
        assert [called(across, "luohu_municipal", lang) for lang in ("en", "zh")] == [
            "Municipal powers in Luohu",
            "罗湖区承接的市级事权",
        ]

    def test_periods_are_dates_of_the_case_and_stay_there(self, across, project):
        meizhou = load_case("meizhou", root=project.root)
        assert meizhou.facts.filter(id="municipal.time_cut")["period_start"].to_list() == ["municipal_start"]
        assert set(across.facts["period_start"]) == set(across.facts["period_end"]) == {""}

    def test_sources_carry_their_own_phrases_and_kin(self, across):
        for source in across.sources.iter_rows(named=True):
            facts = across.facts.filter(source=source["id"]).iter_rows(named=True)
            if not source["sha256"]:
                assert set(source["phrases"]) == {recorded(row) for row in facts}
            assert {other[0] for other in source["not_independent_of"]} <= {source["id"][0]}

    def test_name_that_another_begins_with(self, project):
        # the tier municipal of luohu_city against the tier city of luohu: told apart by what is recorded
        luohu = project.path("luohu")
        other = project.path("luohu_city")
        other.mkdir()
        for path in luohu.iterdir():
            (other / path.name).write_bytes(path.read_bytes())
        project.replace("across/case.toml", LISTED, LISTED + 'luohu_city = "C"\n')
        gather(project)
        case = load_case("across", root=project.root)
        assert {origin(case, tier) for tier in case.about["tiers"]} == {"meizhou", "luohu", "luohu_city"}
        assert origin(case, "luohu_city") == "luohu"
        assert origin(case, "luohu_city_municipal") == "luohu_city"

    def test_what_concerns_every_tier_comes_too(self, project):
        project.edit("indicators.csv", "two_100", "comparable", "yes")
        facts = table(gather(project), "facts")
        assert facts["meizhou_all.two_100"]["tier"] == "meizhou_all"
        assert (
            load_case("across", root=project.root).about["tiers"]["meizhou_all"]["en"] == "Meizhou: All tiers"
        )

    def test_case_that_reports_nothing_comparable(self, project):
        codebook = project.rows("indicators.csv")
        luohu = {row[2] for row in project.rows("luohu/facts.csv")[1:]}
        for row in codebook[1:]:
            if row[0] in luohu:
                project.edit("indicators.csv", row[0], "comparable", "no")
        files = gather(project)
        assert {key.partition("_")[0] for key in table(files, "facts")} == {"meizhou"}
        assert 'luohu = { en = "Luohu", zh = "罗湖" }' in files["seeds/across/case.toml"]
        assert list(stale(load_case_of_files(project), project.root)) == []

    def test_gathers(self, project):
        assert [gathers(name, project.root) for name in ("across", "meizhou")] == [True, False]


def load_case_of_files(project):
    """The gathered case without the checks across its files, which its claims no longer pass."""
    from analysis.reading import read_case  # noqa: PLC0415

    return read_case("across", project.root)[0]


class TestCorrections:
    @pytest.fixture
    def corrected(self, project):
        path = project.path("meizhou/corrections.csv")
        path.write_text(path.read_text(encoding="utf-8") + CORRECTION, encoding="utf-8")
        return project

    def test_come_with_their_facts(self, corrected):
        (row,) = table(gather(corrected), "corrections").values()
        assert (row["fact"], row["expect"], row["value"]) == ("meizhou_municipal.cases", "433", "435")
        assert row["basis_en"] == row["basis_zh"] == "MA"
        entry = compute(load_case("across", root=corrected.root))["meizhou_municipal.cases"]
        assert (entry.value, entry.corrected["expect"]) == (435, "433")

    def test_go_with_them(self, corrected, project):
        gather(corrected)
        path = project.path("meizhou/corrections.csv")
        path.write_text(path.read_text(encoding="utf-8").removesuffix(CORRECTION), encoding="utf-8")
        assert [found.partition(":")[0] for found in findings(project)] == ["seeds/across/corrections.csv"]
        assert table(gather(project), "corrections") == {}
        assert compute(load_case("across", root=project.root))["meizhou_municipal.cases"].value == 433

    def test_source_of_a_correction_comes_too(self, corrected):
        # source H of Luohu carries no fact of a comparable indicator
        row = "municipal.items,22,23,Miscounted.,误计。,2018-09-01,the city,市政府,H,H\n"
        header = corrected.path("meizhou/corrections.csv").read_text(encoding="utf-8").splitlines()[0]
        corrected.path("luohu/corrections.csv").write_text(f"{header}\n{row}", encoding="utf-8")
        gather(corrected)
        case = load_case("across", root=corrected.root)
        assert "LH" in case.sources["id"]
        assert compute(case)["luohu_municipal.items"].value == 23

    def test_of_other_facts_stay(self, project):
        header = project.path("meizhou/corrections.csv").read_text(encoding="utf-8")
        row = "pilot.decided_on,XXXX-04-08,2024-04-09,Misprinted.,误印。,2024-10-01,the press,报社,A,A\n"
        project.path("meizhou/corrections.csv").write_text(header + row, encoding="utf-8")
        assert table(gather(project), "corrections") == {}


class TestStale:
    @pytest.mark.parametrize(
        ("file", "cell", "changed"),
        [
            ("luohu/facts.csv", ("municipal.items", "translation", "22 powers"), ["facts.csv"]),
            ("indicators.csv", ("posts", "comparable", "no"), ["case.toml", "facts.csv"]),
        ],
    )
    def test_is_found_and_names_the_command(self, project, file, cell, changed):
        project.edit(file, *cell)
        message = "is not what the cases in it report now; 'brief gather across' writes it anew"
        assert findings(project) == [f"seeds/across/{name}: {message}" for name in changed]
        gather(project)
        assert list(stale(load_case("across", root=project.root), project.root)) == []

    def test_what_is_not_gathered_may_change(self, project):
        project.edit("meizhou/facts.csv", "municipal.decided_on", "note", "A Thursday.")
        project.edit("meizhou/facts.csv", "municipal.decided_on", "note_zh", "星期四。")
        assert load_case("across", root=project.root).facts.height

    def test_file_that_is_missing(self, project):
        project.path("across/corrections.csv").unlink()
        assert findings(project)[0].startswith("seeds/across/corrections.csv: is not what the cases in it")

    def test_name_of_a_case(self, project):
        project.replace("luohu/case.toml", 'name_en = "Luohu"', 'name_en = "Luohu District"')
        assert [found.partition(":")[0] for found in findings(project)] == ["seeds/across/case.toml"]

    def test_line_ends_of_another_system_are_no_change(self, project):
        project.rewrite("across/case.toml", lambda text: text.replace("\n", "\r\n").encode())
        project.rewrite("across/facts.csv", lambda text: text.replace("\n", "\r\n").encode())
        assert list(stale(load_case("across", root=project.root), project.root)) == []

    def test_case_of_its_own_is_never(self, project):
        assert list(stale(load_case("meizhou", root=project.root), project.root)) == []

    def test_findings_of_a_case_in_it_come_instead(self, project):
        project.edit("meizhou/facts.csv", "municipal.cases", "paragraph", "x")
        row = project.row("meizhou/facts.csv", "municipal.cases")
        assert findings(project)[0].startswith(f"seeds/meizhou/facts.csv, row {row}, column paragraph: ")


class TestRefusals:
    def test_case_that_is_not_there(self, project):
        assert refused(project, "acros") == [
            "seeds/acros/case.toml: there is no case 'acros'; there are: across, luohu, meizhou"
        ]

    def test_case_of_its_own(self, project):
        (found,) = refused(project, "meizhou")
        assert found == f"seeds/meizhou/case.toml: names no cases to gather; {EXAMPLE}"

    @pytest.mark.parametrize(
        ("lines", "message"),
        [
            ("", "names no cases to gather; expected [cases]"),
            (
                'jiangmen = "J"\n',
                "names the case 'jiangmen', which is not there; there are: across, luohu",
            ),
            ('across = "A"\n', "names the case 'across', which is gathered itself; expected the cases in it"),
            ('meizhou = "m"\n', "gives a case no capital letters; expected [cases]"),
            ("meizhou = 1\n", "gives a case no capital letters; expected [cases]"),
            ('meizhou = "M"\nluohu = "M"\n', "gives letters to more than a single case; expected [cases]"),
        ],
    )
    def test_cases_that_cannot_be_gathered(self, project, lines, message):
        project.replace("across/case.toml", LISTED, lines)
        before = project.path("across/facts.csv").read_bytes()
        (found,) = refused(project)
        assert found.startswith(f"seeds/across/case.toml: {message}")
        assert project.path("across/facts.csv").read_bytes() == before

    def test_what_is_not_toml(self, project):
        project.replace("across/case.toml", LISTED, "meizhou\n")
        (found,) = refused(project)
        assert found.startswith("seeds/across/case.toml, line 10: is not TOML: ")

    def test_nothing_comparable_at_all(self, project):
        for row in project.rows("indicators.csv")[1:]:
            project.edit("indicators.csv", row[0], "comparable", "no")
        assert refused(project) == [
            "seeds/across/case.toml: gathers nothing: no comparable indicator is reported by meizhou, luohu"
        ]

    def test_case_not_yet_gathered_says_what_to_do(self, project):
        text = project.path("across/case.toml").read_text(encoding="utf-8")
        project.path("across/case.toml").write_text(text.partition("# From here on")[0], encoding="utf-8")
        (found,) = findings(project)
        assert found == "seeds/across/case.toml: lacks tiers, source; 'brief gather' writes tiers and sources"
        gather(project)
        assert project.path("across/case.toml").read_text(encoding="utf-8") == text

    def test_row_with_a_finding_is_not_left_out(self, project):
        project.edit("luohu/facts.csv", "municipal.items", "paragraph", "x")
        with pytest.raises(CaseError, match=r"seeds/luohu/facts\.csv, row \d+, column paragraph"):
            gathered("across", project.root)


class TestAcrossCases:
    """The gathered case of the repository: what it says and how far."""

    def test_gap_is_that_of_the_intervals(self, across):
        gap = compute(across)["across.time_cut_gap"]
        # from 74.475 less two thirds to 74.485 less 60
        assert (gap.low, gap.high) == pytest.approx((74.475 - 200 / 3, 14.485))
        assert gap.status == "bounded"

    def test_only_the_order_of_the_printed_figures_holds(self, across):
        found = verdicts(across)
        assert {name: verdict.kind for name, verdict in found.items()} == {
            "across_time_cut_as_printed": "holds",
            "across_time_cut_gap": "depends",
        }
        assert [flip.keys for flip in found["across_time_cut_gap"].flips] == [("same_time_cut",)]

    def test_without_the_same_measure_there_is_no_gap(self, project):
        case = load_case("across", root=project.root, assumptions={"same_time_cut": "differs"})
        assert compute(case)["across.time_cut_gap"].status == "not identified"
        assert verdicts(case)["across_time_cut_gap"].kind == "not_identified"

    def test_sources_of_a_day_leave_out_later_ones(self, project):
        case = load_case("across", root=project.root, as_of="2018-12-31")
        assert {origin(case, tier) for tier in case.reported["tier"]} == {"luohu"}
        assert verdicts(case)["across_time_cut_as_printed"].kind == "not_identified"

    def test_figures_are_those_of_their_cases(self, across, project):
        mine = compute(across)
        for name in ("meizhou", "luohu"):
            theirs = compute(load_case(name, root=project.root))
            for row in across.facts.filter(pl.col("tier").str.starts_with(f"{name}_")).iter_rows(named=True):
                here, there = mine[row["id"]], theirs[row["id"].removeprefix(f"{name}_")]
                assert (here.low, here.value, here.high) == (there.low, there.value, there.high)

    def test_bundle_of_facts_without_periods_verifies(self, across, project):
        files = bundle_files(project.root, across, compute(across))
        assert verifier.check(files, {}).problems == []
        forged = {**files, "facts.csv": files["facts.csv"].replace(b",nearly 2/3,", b",about 2/3,")}
        assert any("nearly" in found or "about 2/3" in found for found in verifier.check(forged, {}).problems)
