"""The command line: what it prints, where, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.publish import cli
from analysis.publish.errors import BuildError
from analysis.rules import rules

FACTS, QUANTITIES = "meizhou/facts.csv", "quantities.csv"
MISQUOTED = "the phrase '业务办理量为1458件' does not hold the figure 1459"


@pytest.fixture
def brief(project, monkeypatch, capsys):
    """Run a command as a user of a copied project would; gives status, output and errors."""
    assert Path.cwd() == project.root
    monkeypatch.setenv("COLUMNS", "200")

    def run(*args: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["brief", *args])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        printed = capsys.readouterr()
        return int(caught.value.code or 0), printed.out, printed.err

    return run


class TestHelp:
    def test_of_the_group_names_every_command(self, brief):
        status, out, _ = brief("--help")
        assert status == 0
        assert [name for name in cli.cli.commands if f"\n  {name} " not in out] == []
        assert "Exit status: 0 good, 1 the case" in out

    def test_short_option(self, brief):
        assert brief("-h") == brief("--help")

    @pytest.mark.parametrize("name", cli.cli.commands)
    def test_of_a_command_explains_every_option(self, brief, name):
        status, out, _ = brief(name, "--help")
        assert status == 0
        assert out.startswith(f"Usage: brief {name} ")
        options = [option for option in cli.cli.commands[name].params if option.param_type_name == "option"]
        assert [option.name for option in options if not option.help or option.opts[0] not in out] == []

    def test_version(self, brief):
        assert brief("--version")[:2] == (0, "brief, version 0.1.0\n")


class TestUsage:
    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (["chekc"], "No such command 'chekc'."),
            (["build", "now"], "Got unexpected extra argument (now)"),
            (["--rendrer", "quarto"], "--rendrer"),
            (["build", "--renderer", "word"], "'word' is not one of 'auto', 'quarto', 'embedded'."),
            (["build", "--format", "odt"], "'odt' is not one of 'html', 'pdf', 'docx', 'pptx'."),
            (["build", "--cluster", "tcp://h:1"], "--cluster is for editions: give --all, or values of an"),
            (["build", "--all", "--renderer", "quarto"], "editions are rendered by the embedded renderer"),
            (["build", "-p", "ratings=1,"], "'ratings=1,' has an empty value"),
            (["explain"], "Missing argument 'KEY'."),
            (
                ["explain", "municipal.cases", "-p", "ratings"],
                "'ratings' is not NAME=VALUE, such as municipal_start=",
            ),
            (["explain", "municipal.cases", "-p", "=5"], "'=5' is not NAME=VALUE"),
            (["check", "--sources", "nowhere"], "Directory 'nowhere' does not exist."),
        ],
    )
    def test_is_refused_with_status_2(self, brief, args, message):
        status, out, err = brief(*args)
        assert (status, out) == (2, "")
        assert message in err


class TestCheck:
    def test_good_case(self, brief):
        status, out, err = brief("check")
        assert (status, err) == (0, "")
        assert "meizhou: source B is not archived, so its 11 phrases are not re-verifiable\n" in out
        assert "meizhou: phrases were not held against archived texts; --sources DIR does\n" in out
        assert "meizhou: GRIM: provincial.time_cut against provincial.cases: inconsistent\n" in out
        assert "subtotals" not in out
        assert out.endswith("no findings\n")

    def test_a_sum_that_is_not_its_parts_is_told(self, brief, project):
        # 25 licences, 6 public services and 5 other powers are the 36 items; without the services, 30
        parts = "municipal.item_permits + municipal.item_other"
        project.edit("meizhou/checks.csv", "municipal_items_sum", "against", parts)
        status, out, _ = brief("check")
        assert f"meizhou: subtotals: municipal.items against {parts}: inconsistent\n" in out
        assert status == 0

    def test_findings(self, brief, project):
        project.edit(FACTS, "provincial.cases", "value", "1459")
        project.edit(FACTS, "municipal.decided_on", "value", "2023-02-30")
        status, out, err = brief("check", "meizhou")
        assert status == 1
        assert out.splitlines() == [
            "2 findings",
            "  rules: figure-in-phrase 1, value-of-unit 1",
            f"  files: seeds/{FACTS} 2",
        ]
        *found, _, why, right, _, _ = err.splitlines()
        assert found == [
            f"seeds/{FACTS}",
            f"  row 7, exact: {MISQUOTED} [figure-in-phrase]",
            "  row 14, value: '2023-02-30' is not a date of the calendar [value-of-unit]",
        ]
        assert why == f"figure-in-phrase (1): {rules()['figure-in-phrase'].why}"
        assert right == "  right, for example: 业务办理量为1458件"

    def test_reason_of_a_rule_is_said_once(self, brief, project):
        for key in ("provincial.cases", "municipal.cases", "pilot.items"):
            project.edit(FACTS, key, "unit", "cases")
        _, out, err = brief("check", "meizhou")
        assert err.count(rules()["unknown-unit"].why) == 1
        assert "unknown-unit (3): " in err
        assert "  rules: unknown-unit 3\n" in out

    def test_register_of_fields_to_ask_for(self, brief, project):
        project.edit("data_request.csv", "trips", "type", "number")
        project.edit(FACTS, "provincial.cases", "value", "1459")
        status, _, err = brief("check", "meizhou")
        file, request, _, *facts = err.splitlines()
        row = project.row("data_request.csv", "trips")
        assert (status, file) == (1, "seeds/data_request.csv")
        assert request.startswith(f"  row {row}, type: 'number' expected one of")
        assert facts[:2] == [f"seeds/{FACTS}", f"  row 7, exact: {MISQUOTED} [figure-in-phrase]"]
        project.path("data_request.csv").unlink()
        assert brief("check")[0] == 2

    def test_slips_of_pages_come_at_once(self, brief, project):
        page = project.root / "index.qmd"
        text = page.read_text(encoding="utf-8")
        slips = [
            "`municipal.casez`{.value}",
            "`time_cut_gab`{.claim}",
            "`effekt`{.grade}",
            "Much faster.",
            "<b>@nobody",
            "[x](nosuch.qmd) [y](#sec-nosuch) It led to it.",
        ]
        page.write_text("\n".join([text, *slips, ""]), encoding="utf-8")
        status, _, err = brief("check")
        line = text.count("\n") + 2
        found = err.partition("\n\n")[0].splitlines()
        assert [said.partition(";")[0].partition(" [")[0] for said in found] == [
            "index.qmd",
            f"  line {line}: there is no key 'municipal.casez'",
            f"  line {line + 1}: there is no claim 'time_cut_gab'",
            f"  line {line + 2}: there is no grade 'effekt'",
            f"  line {line + 3}: ‘faster’ compares outside a claim",
            f"  line {line + 4}: the HTML '<b>' would not be in every format",
            f"  line {line + 4}: there is no '@nobody'",
            f"  line {line + 5}: there is nothing at '#sec-nosuch'",
            f"  line {line + 5}: there is nothing at 'nosuch.qmd'",
            f"  line {line + 5}: ‘led to’ names a cause, which no figure here shows",
        ]
        assert status == 1

    def test_unusable(self, brief, project):
        project.rewrite(FACTS, lambda text: text.encode("gb18030"))
        status, out, err = brief("check", "meizhou")
        assert (status, out.splitlines()[0]) == (2, "1 finding")
        file, said, *_ = err.splitlines()
        message = "line 2 is not UTF-8 (GBK, perhaps); save the file as UTF-8"
        assert (file, said) == (f"seeds/{FACTS}", f"  {message} [not-utf8]")

    def test_unknown_case(self, brief):
        status, _, err = brief("check", "meizhuo")
        assert status == 2
        message = "there is no case 'meizhuo'; there are: across, luohu, meizhou [unknown-case]"
        assert err.startswith(f"seeds/meizhuo/case.toml\n  {message}\n")

    def test_one_bad_case_does_not_hide_another(self, brief, project):
        project.edit(FACTS, "provincial.cases", "value", "1459")
        status, out, _ = brief("check", "meizhou", "meizhuo")
        assert (status, out.splitlines()[0]) == (2, "2 findings")

    def test_json(self, brief, project):
        project.edit(FACTS, "provincial.cases", "value", "1459")
        status, out, err = brief("check", "meizhou", "--json")
        assert (status, err) == (1, "")
        rule = "figure-in-phrase"
        finding = {"file": f"seeds/{FACTS}", "row": 7, "column": "exact", "value": "业务办理量为1458件"}
        told = {"rule": rule, "message": MISQUOTED, "why": rules()[rule].why, "example": rules()[rule].right}
        counts = {"rules": {rule: 1}, "files": {f"seeds/{FACTS}": 1}}
        assert json.loads(out) == {"findings": [finding | told], "counts": counts, "notes": []}

    def test_against_the_archive(self, brief, project, archive):
        assert brief("check", "--sources", str(archive))[0] == 0
        project.edit(FACTS, "provincial.cases", "paragraph", "8")
        status, _, err = brief("check", "meizhou", "--sources", str(archive))
        assert status == 1
        assert err.startswith(f"seeds/{FACTS}\n  row 7, exact: ")

    def test_against_a_folder_without_the_text(self, brief):
        status, _, err = brief("check", "meizhou", "--sources", "zh")
        assert status == 1
        message = "source A: zh/meizhou-a.txt is not there"
        assert err.startswith(f"seeds/meizhou/case.toml\n  line 16: {message} [no-archive]\n")


class TestGather:
    def test_writes_what_the_cases_report_and_says_where(self, brief, project):
        project.edit(FACTS, "municipal.items", "translation", "36 items")
        status, _, err = brief("check")
        assert status == 1
        message = "is not what the cases in it report now; 'brief gather across' writes it anew"
        assert err.startswith(f"seeds/across/facts.csv\n  {message} [stale-file]\n")
        files = "".join(f"seeds/across/{name}\n" for name in ("case.toml", "facts.csv", "corrections.csv"))
        assert brief("gather", "across") == (0, files, "")
        assert brief("check")[::2] == (0, "")

    def test_findings_of_a_case_are_told_once(self, brief, project):
        project.edit(FACTS, "municipal.cases", "paragraph", "x")
        status, _, err = brief("check")
        assert status == 1
        assert err.count("paragraph: 'x'") == 1

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("meizhou", "seeds/meizhou/case.toml: names no cases to gather; expected [cases]"),
            ("acros", "seeds/acros/case.toml: there is no case 'acros'; there are: across, luohu, meizhou"),
        ],
    )
    def test_of_a_case_that_gathers_none_is_refused(self, brief, name, message):
        status, out, err = brief("gather", name)
        assert (status, out) == (2, "")
        assert err.startswith(message)


class TestExplain:
    def test_tree(self, brief):
        status, out, err = brief("explain", "municipal.cases_per_month")
        assert (status, err) == (0, "")
        first, *_ = out.splitlines()
        assert first == "municipal.cases_per_month  170 cases a month, 108 to 191 cases a month  (bounded)"
        assert "formula with numbers: 433 cases / [2.27 to 4.01 months] = [108 to 191 cases a month]" in out
        assert "phrase: 业务办理量为433件" in out
        assert "municipal_start  12 January 2024, 30 November 2023 to 22 January 2024  (bounded)" in out

    @pytest.mark.parametrize("printed", ["77.54", "1,458"])
    def test_printed_number_leads_to_its_key(self, brief, printed):
        key = {"77.54": "provincial.time_cut", "1,458": "provincial.cases"}[printed]
        status, _, err = brief("explain", printed)
        assert (status, err) == (2, f"{printed}: there is no such key or claim; it is the value of {key}\n")

    def test_json(self, brief):
        status, out, _ = brief("explain", "municipal.cases", "--json")
        assert status == 0
        found = json.loads(out)
        assert (found["key"], found["value"], found["inputs"]) == ("municipal.cases", "433 cases", [])

    def test_setting(self, brief):
        _, out, _ = brief("explain", "municipal.cases_per_month", "-p", "municipal_start=2023-11-30")
        # exact now: 433 cases over 122 days
        assert out.startswith("municipal.cases_per_month  108 cases a month  (bounded)")

    def test_claim(self, brief):
        status, out, _ = brief("explain", "caseload_rate_other")
        lines = " ".join(out.replace("│", " ").split())
        assert status == 0
        assert lines.startswith("caseload_rate_other depends (exact) ├── Whether the provincial items other")
        assert "predicate: provincial.cases_other_per_month > municipal.cases_per_month" in lines
        # 433 cases in 2.5955 months are 166.83 a month; 1458 - 635 in 4.9281 months 167.00, - 636 166.80
        assert (
            "flips: Construction permits among the provincial cases, one case each: 635 cases → true" in lines
        )
        assert "phrase: 业务办理量为433件" in lines

    def test_claim_as_json(self, brief):
        found = json.loads(brief("explain", "no_tier_leads", "--json")[1])
        assert (found["kind"], found["value"], found["flips"]) == ("claim", "holds", [])
        assert "77.54% against 74.48%" in found["label"]

    def test_as_of(self, brief):
        _, out, _ = brief("explain", "municipal.cases", "--as-of", "2024-04-12")
        assert out.startswith("municipal.cases  not identified  (not identified)")
        assert "open: its source is dated after 2024-04-12 and left out" in out

    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (["municipal.case"], "municipal.case: there is no such key or claim; nearest: municipal.cases, "),
            (
                ["municipal.cases", "--case", "x"],
                "seeds/x/case.toml: there is no case 'x'; there are: across, luohu, meizhou\n",
            ),
            (["municipal.cases", "--as-of", "March"], "as_of: 'March' is not a date such as 2024-08-06\n"),
            (
                ["municipal.cases", "-p", "ratngs=5"],
                "assumptions: there is no assumption 'ratngs'; there are: ",
            ),
            (
                ["municipal.cases", "-p", "ratings=0"],
                "assumptions: ratings: 0 lies outside 30 to 300, the range that the case declares",
            ),
        ],
    )
    def test_unusable(self, brief, args, message):
        status, out, err = brief("explain", *args)
        assert (status, out) == (2, "")
        assert err.startswith(message)
        assert err.count("\n") == 1

    def test_case_with_findings(self, brief, project):
        project.edit(QUANTITIES, "municipal.months", "expression", "1 +")
        status, out, err = brief("explain", "municipal.cases")
        assert (status, out) == (1, "")
        assert err == f"seeds/{QUANTITIES}, row 3, column expression: '1 +' is not an expression\n"


class TestBuild:
    def test_is_the_default_and_takes_options(self, brief, monkeypatch):
        asked = []
        monkeypatch.setattr("analysis.publish.build.build", lambda *args, **_: asked.append(args[1]) or True)
        assert brief("--renderer", "embedded", "-p", "ratings=50")[0] == 0
        assert (asked[0].renderer, asked[0].assumptions) == ("embedded", {"ratings": "50"})
        assert asked[0].formats == ()

    def test_takes_formats(self, brief, monkeypatch):
        asked = []
        monkeypatch.setattr("analysis.publish.build.build", lambda *args, **_: asked.append(args[1]) or True)
        assert brief("build", "--format", "pptx", "--format", "docx")[0] == 0
        assert asked[0].formats == ("pptx", "docx")

    @pytest.mark.parametrize("told", [True, False])
    def test_waits_for_another_build_where_it_is_told_to(self, brief, monkeypatch, told):
        asked = []
        monkeypatch.setattr("analysis.publish.build.build", lambda *_, wait: asked.append(wait) or True)
        assert brief("build", *["--wait"] * told)[0] == 0
        assert asked == [told]

    def test_json(self, brief, monkeypatch):
        monkeypatch.setattr("analysis.publish.build.build", lambda *_, **__: False)
        status, out, err = brief("build", "--renderer", "embedded", "--json")
        assert (status, err) == (0, "")
        assert json.loads(out).items() >= {"renderer": "embedded", "worked": False}.items()

    def test_failure_is_one_message(self, brief, monkeypatch):
        def fail(*_: object, **__: object) -> bool:
            raise BuildError("index.qmd, line 3: there is no key 'x'")

        monkeypatch.setattr("analysis.publish.build.build", fail)
        assert brief("build") == (1, "", "index.qmd, line 3: there is no key 'x'\n")

    @pytest.mark.usefixtures("project")
    def test_fault_of_the_program_is_not_hidden(self, monkeypatch):
        def fail(*_: object, **__: object) -> bool:
            raise RuntimeError

        monkeypatch.setattr("analysis.publish.build.build", fail)
        monkeypatch.setattr(sys, "argv", ["brief", "build"])
        with pytest.raises(RuntimeError):
            cli.main()


class TestCompare:
    @pytest.fixture
    def sites(self, tmp_path):
        """Two built sites; the second says what it is given."""

        def sites(cases: str) -> tuple[str, str]:
            for name, said in (("here", "1,458 cases"), ("there", cases)):
                (tmp_path / name).mkdir()
                page = f"<main><p>There were {said}.</p></main>"
                (tmp_path / name / "index.html").write_text(page, encoding="utf-8")
            return str(tmp_path / "here"), str(tmp_path / "there")

        return sites

    def test_sites_that_say_the_same(self, brief, sites):
        assert brief("compare", *sites("1,458 cases")) == (0, "", "no differences\n")

    def test_sites_that_differ(self, brief, sites):
        line = "index.html, paragraph: 'There were 1,458 cases.' here, 'There were 1,485 cases.' there\n"
        assert brief("compare", *sites("1,485 cases")) == (1, line, "1 difference\n")

    def test_what_is_no_site(self, brief, tmp_path):
        status, out, err = brief("compare", str(tmp_path), str(tmp_path))
        assert (status, out) == (2, "")
        assert "there is no built site here, no index.html" in err


def test_installed_command_from_a_folder_within(project):
    project.edit(FACTS, "provincial.cases", "value", "1459")
    command = [str(Path(sys.executable).parent / "brief"), "check", "--json"]
    done = subprocess.run(command, cwd=project.root / "zh", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    found = [(finding["file"], finding["row"]) for finding in json.loads(done.stdout)["findings"]]
    assert found == [("seeds/across/facts.csv", 0), (f"seeds/{FACTS}", 7)]  # what is gathered is stale too
