"""Files of claims: what is wrong in them is one message with file and claim, when the case is read."""

from __future__ import annotations

import re

import pytest

from analysis import load_case, predicates
from analysis.claims import verdicts
from analysis.expr import ExpressionError

SHARED, OWN = "claims.toml", "meizhou/claims.toml"
PLAIN = 'holds = { en = "Yes.", zh = "是。" }\n'
SENTENCES = 'holds = { en = "Yes: KEYS.", zh = "是：KEYS。" }\n'
CASES = "`municipal.cases`{.value}"
LABEL = 'label = { en = "New", zh = "新" }\n'
OTHERS = "".join(
    f'{name} = {{ en = "So: KEYS.", zh = "如此：KEYS。" }}\n'
    for name in ("depends", "fails", "not_identified")
)


@pytest.fixture(autouse=True)
def without_whatifs(project):
    """They name claims that these tests take away."""
    project.path("meizhou/whatif.csv").unlink()


PLACE = re.compile(r"(\S+claims\.toml)(?:, line [1-9]\d*)?(?:, entry \w+)?")


def claim(predicate: str, sentences: str = SENTENCES, name: str = "new") -> str:
    """A claim of which KEYS in its sentences stand for the values that its predicate compares."""
    try:
        keys = predicates.parse(predicate).names
    except ExpressionError:
        keys = ()
    said = sentences.replace("KEYS", " ".join(f"`{key}`{{.value}}" for key in keys))
    return f"[[claim]]\nid = \"{name}\"\n{LABEL}predicate = '''{predicate}'''\n{said}"


def problem(project, text: str, file: str = OWN) -> str:
    """The one message that a file of claims gives."""
    project.path(file).write_text(text, encoding="utf-8")
    status, found = project.problems()
    assert (status, len(found)) in {(1, 1), (2, 1)}, found
    place, _, said = found[0].partition(": ")
    assert PLACE.fullmatch(place)[1] == f"seeds/{file}"
    return said


IN_PREDICATE = [
    ("municipal.case > 0", "there is no key 'municipal.case'; nearest: municipal.cases"),
    ("municipal.cases", "'municipal.cases' is not a comparison; expected one such as a < b"),
    (
        "municipal.cases and pilot.items > 1",
        "'municipal.cases' is not a comparison; expected one such as a < b",
    ),
    ("municipal.cases == 433", "'municipal.cases == 433' does not compare by <, <=, > or >="),
    ("municipal.cases > ", "'municipal.cases > ' is not a comparison"),
    ("municipal.cases > sum(1)", "'sum(1)' is not part of the expression language"),
    ("municipal.cases > unknown", "'unknown' stands only as what a choice leads to"),
    ("cut_unit > 1", "'cut_unit' is a choice, not a number; expected cut_unit == \"same\" or the like"),
    (
        '(1 if cut_unit == "alike" else 0) > 0',
        "'alike' is not one of the choices of cut_unit; expected same, differs",
    ),
    (
        "municipal.cases > municipal.items",
        "compares 'municipal.cases' in case with 'municipal.items' in item",
    ),
    (
        "municipal.cases / municipal.items > municipal.months",
        "compares 'municipal.cases / municipal.items' in case per item with 'municipal.months' in month",
    ),
    ("municipal.cases + municipal.items > 1", "'municipal.cases + municipal.items' joins case with item"),
    (
        "gap.time_cut < municipal.time_cut",
        "compares 'gap.time_cut' in point with 'municipal.time_cut' in percent",
    ),
    (
        "pilot.decided_on > municipal.cases",
        "'pilot.decided_on' is a date and 'municipal.cases' is none, so that they cannot be compared",
    ),
    ("pilot.decided_on > 45000", "'pilot.decided_on' is a date and '45000' is none"),
    ("2 * pilot.decided_on > pilot.decided_on", "'2 * pilot.decided_on' computes with a date"),
    (
        "municipal.cases / municipal_rated_share > 0",
        "divides by 'municipal_rated_share', which may be zero",
    ),
    (
        "municipal.cases > provincial.cases",
        "comes to 'fails', for which it has no sentence; there are: holds",
    ),
    ("gap.time_cut > 0", "comes to 'depends', for which it has no sentence; there are: holds"),
    ("provincial_items > 6", "comes to 'not_identified', for which it has no sentence; there are: holds"),
]


class TestPredicate:
    @pytest.mark.parametrize(("predicate", "message"), IN_PREDICATE)
    def test_that_is_wrong(self, project, predicate, message):
        found = problem(project, claim(predicate, PLAIN))
        assert found.startswith("claim 'new': ")
        assert message in found

    @pytest.mark.parametrize(
        "predicate",
        [
            "municipal.time_cut - provincial.time_cut < mix.permit_gap",  # percent less percent: points
            "municipal.time_cut + gap.time_cut <= 100",
            "pilot.decided_on - municipal.decided_on > municipal.counted_to - municipal.decided_on",
            "provincial.granted_on < municipal_start",
            "municipal.cases / provincial.cases < gap.caseload_ratio",
            "max(municipal.cases, provincial.cases) > 1",
            "municipal.decided_on + pilot.days_after_count < pilot.decided_on",
        ],
    )
    def test_units_that_match(self, project, predicate):
        project.path(OWN).write_text(claim(predicate, SENTENCES + OTHERS), encoding="utf-8")
        assert project.problems() == (0, [])


class TestShape:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("[[claim]\n", "is not TOML: "),
            ("[claim]\nid = 'a'\n", "expected [[claim]] above each claim, and nothing else"),
            (
                "x = 1\n" + claim("municipal.cases > 1"),
                "expected [[claim]] above each claim, and nothing else",
            ),
            ("", "the file is empty"),
            (
                "[[claim]]\nid = 'a'\n" + LABEL,
                "claim 'a': lacks 'predicate', or it is not text in quotation marks",
            ),
            (
                "[[claim]]\npredicate = '1 < 2'\n" + LABEL,
                "claim 1: lacks 'id', or it is not text in quotation marks",
            ),
            (claim("1 < 2", name="A b"), "claim 'A b': expected an id of lower-case letters, digits and _"),
            (
                claim("1 < 2", "hold = 1\n"),
                "claim 'new': has unknown entries: hold; expected id, label, predicate, holds",
            ),
            (claim("1 < 2", "holds = 'Yes.'\n"), "claim 'new': holds is not a text in each language"),
            (claim("1 < 2", "holds = { en = 'Yes.' }\n"), "claim 'new': holds lacks its text in 'zh'"),
            (
                claim("1 < 2", PLAIN.replace("是。", " ")),
                "claim 'new': holds lacks its text in 'zh'",
            ),
            (
                claim("1 < 2", "holds = { en = 'Yes.', zh = '是。', fr = 'Oui.' }\n"),
                "claim 'new': holds is in unknown languages: fr; expected en, zh",
            ),
            (claim("1 < 2").replace(LABEL, ""), "claim 'new': lacks 'label'"),
            (claim("1 < 2").replace(LABEL, "label = 'New'\n"), "claim 'new': label is not a text in each"),
            (
                claim("1 < 2") * 2,
                "claim 'new': stands in seeds/meizhou/claims.toml already; each claim needs an id of its own",
            ),
            (
                claim("1 < 2", name="time_cut_gap"),
                "claim 'time_cut_gap': stands in seeds/claims.toml already; each claim needs an id",
            ),
        ],
    )
    def test_that_is_wrong(self, project, text, message):
        assert message in problem(project, text)

    def test_bytes_that_are_not_utf8(self, project):
        project.rewrite(OWN, lambda text: text.encode("gbk"))
        status, (found,) = project.problems()
        assert status == 2
        assert found.startswith(f"seeds/{OWN}: line ")

    def test_files_may_be_absent(self, project):
        for file in (SHARED, OWN):
            project.path(file).unlink()
        assert load_case("meizhou", root=project.root).claims == ()


class TestSentences:
    def sentence(self, en: str, zh: str) -> str:
        return claim("municipal.cases > 1", f"holds = {{ en = '{en}', zh = '{zh}' }}\n")

    def test_unknown_key(self, project):
        text = self.sentence("`municipal.case`{.value}", "`municipal.case`{.value}")
        project.path(OWN).write_text(text, encoding="utf-8")
        status, found = project.problems()
        assert status == 1
        assert [line.partition(" there is")[0] for line in found] == [
            f"seeds/{OWN}, line 5, entry holds: claim 'new': holds, {lang}:" for lang in ("en", "zh")
        ]
        assert "there is no key 'municipal.case'; nearest: municipal.cases, " in found[0]

    def test_unknown_form(self, project):
        text = self.sentence("`municipal.cases`{.value as=digits}", "`municipal.cases`{.value}")
        message = (
            "holds, en: 'digits' is not a form of municipal.cases; expected value, interval, bare, words"
        )
        assert message in problem(project, text)

    def test_value_in_one_language_only(self, project):
        text = self.sentence("`municipal.cases`{.value}", "很多。")
        assert "holds: municipal.cases stands in one language only" in problem(project, text)

    @pytest.mark.parametrize(
        ("en", "zh", "message"),
        [
            ("Yes.", "是。", "holds: compares municipal.cases without saying its value"),
            (
                f"{CASES}, `municipal.items`{{.value}}",
                f"{CASES}，`municipal.items`{{.value}}",
                "holds: municipal.items is no part of what its predicate compares",
            ),
            (f"It led to {CASES}.", CASES, "holds, en: ‘led to’ names a cause"),
            (CASES, f"改革带来{CASES}。", "holds, zh: ‘带来’ names a cause"),
            (f"It was faster, at {CASES}.", CASES, "holds, en: ‘faster’ ranks; its predicate tests"),
            (CASES, f"更好：{CASES}。", "holds, zh: ‘更好’ ranks; its predicate tests"),
            (f"That is 14 items of {CASES}.", CASES, "holds, en: 14 is typed; expected a value"),
        ],
    )
    def test_that_say_something_else_than_what_is_tested(self, project, en, zh, message):
        assert message in problem(project, self.sentence(en, zh))

    @pytest.mark.parametrize(
        ("en", "zh", "wrong"),
        [
            ("AA is larger than BB.", "AA大于BB。", []),
            ("BB is smaller than AA.", "BB低于AA。", []),
            ("AA is smaller than BB.", "AA大于BB。", ["en"]),
            ("BB is larger than AA.", "BB高于AA。", ["en", "zh"]),
            ("AA and BB, larger or smaller.", "AA和BB。", []),
        ],
    )
    def test_that_say_the_reverse(self, project, en, zh, wrong):
        marks = {"AA": "`provincial.cases`{.value}", "BB": "`municipal.cases`{.value}"}
        for short, mark in marks.items():
            en, zh = (text.replace(short, mark) for text in (en, zh))
        text = claim("provincial.cases > municipal.cases", f'holds = {{ en = "{en}", zh = "{zh}" }}\n')
        project.path(OWN).write_text(text, encoding="utf-8")
        said = "says the reverse of provincial.cases > municipal.cases"
        expected = [f"seeds/{OWN}, line 5, entry holds: claim 'new': holds, {lang}: {said}" for lang in wrong]
        assert project.problems() == (int(bool(wrong)), expected)

    def test_a_choice_is_part_of_what_is_compared(self, project):
        said = 'depends = { en = "`cut_unit`{.value}: KEYS.", zh = "`cut_unit`{.value}：KEYS。" }\n'
        text = claim("gap.time_cut > 0", said)
        project.path(OWN).write_text(text, encoding="utf-8")
        assert project.problems() == (0, [])

    def test_label_that_names_a_cause(self, project):
        text = claim("municipal.cases > 1").replace('"New"', '"Why it improved"')
        assert "label, en: ‘improved’ names a cause" in problem(project, text)


class TestSettings:
    def test_reading_for_which_there_is_no_sentence(self, project):
        one = 'depends = { en = "It depends: KEYS.", zh = "取决于口径：KEYS。" }\n'
        project.path(OWN).write_text(claim("gap.time_cut > 0", one), encoding="utf-8")
        assert project.problems() == (0, [])
        status, found = project.problems(assumptions={"cut_unit": "differs"})
        assert status == 2
        assert found[0].startswith(
            "assumptions: with these, claim 'new': comes to 'not_identified', for which it"
        )
        status, found = project.problems(as_of="2023-12-31")
        assert (status, found[0].partition(":")[0]) == (2, "as_of")


class TestCases:
    def test_shared_claim_whose_keys_only_another_case_has_is_left_out(self, project):
        here = load_case("meizhou", root=project.root)
        project.path("small").mkdir()
        for name in ("case.toml", "facts.csv", "assumptions.csv", "measures.csv"):
            text = project.path(f"meizhou/{name}").read_text(encoding="utf-8")
            project.path(f"small/{name}").write_text(text, encoding="utf-8")
        small = load_case("small", root=project.root)
        assert {each.id for each in small.claims} == {
            each.id for each in here.claims if each.file == f"seeds/{SHARED}"
        }
        shared = project.path(SHARED).read_text(encoding="utf-8")
        added = claim("provincial.cases_net > 0", SENTENCES + OTHERS, "net")
        project.path(SHARED).write_text(shared + added, encoding="utf-8")
        assert "net" not in {each.id for each in load_case("small", root=project.root).claims}
        assert "net" in {each.id for each in load_case("meizhou", root=project.root).claims}

    def test_shared_claim_whose_keys_no_case_has_is_wrong(self, project):
        shared = project.path(SHARED).read_text(encoding="utf-8")
        found = problem(project, shared + claim("provincial.cases_nett > 0", PLAIN), SHARED)
        assert "claim 'new': there is no key 'provincial.cases_nett'" in found

    def test_every_claim_of_the_case_has_its_sentence(self, case):
        for each, found in zip(case.claims, verdicts(case).values(), strict=True):
            assert set(each.sentences[found.kind]) == {"en", "zh"}
