"""Evidence grades: how far a conclusion can be trusted, computed from declared facts of its design.

The level is that of the Maryland Scientific Methods Scale in the version of the What Works Centre for Local
Economic Growth (2016, *Guide to Scoring Evidence Using the Maryland Scientific Methods Scale*); certainty,
and the reasons for rating it down, follow GRADE (Guyatt et al., 2011, *Journal of Clinical Epidemiology* 64).
Whatever is not declared counts against the conclusion.  What is declared as unknown does too, but for the
level at best, which takes it as met.  Inconsistency between studies is not among the reasons: there is one
body of figures.  The strength of a recommendation is another question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from analysis.case import Case
from analysis.display import LANGUAGES
from analysis.findings import Finding
from analysis.keys import nearest
from analysis.words import Wording, words_of

YES, NO, UNKNOWN = ANSWERS = ("yes", "no", "unknown")
DOMAINS = {
    "independent": "bias",
    "comparison": "bias",
    "alone": "bias",
    "unselected": "bias",
    "values": "indirectness",
    "coverage": "indirectness",
    "denominators": "imprecision",
    "confirmed": "publication",
}
"""Why certainty is rated down where a fact of the design is missing, in GRADE's terms."""

TRIAL = 5
CERTAINTY = ("very low", "low", "moderate", "high")
OF_EFFECTS = frozenset({"comparison", "alone", "unselected", "values"})
"""What is asked of a conclusion about an effect only."""

Answers = Mapping[str, str]


@dataclass(frozen=True)
class Grade:
    """How far a conclusion can be trusted.

    ``level`` and ``at_best`` are on the scale from 1 to 5, 0 below it, and None for what is no effect;
    ``reasons`` are the domains in which certainty is rated down.  Where it is not declared that anything was
    measured there is only ``measured``, the answer to that.
    """

    measured: str
    level: int | None = None
    at_best: int | None = None
    certainty: str = ""
    reasons: tuple[str, ...] = ()


def grades(case: Case) -> dict[str, Grade]:
    """The grade of each conclusion that facts of the design bear on; a source left out declares nothing."""
    found: dict[str, dict[str, str]] = {}
    for row in case.design.iter_rows(named=True):
        for name in row["bears_on"].split("|"):
            answers = found.setdefault(name, {})
            if row["basis"] not in case.late:
                answers[row["design"]] = row["answer"]
    return {name: grade(answers) for name, answers in found.items()}


def grade(answers: Answers) -> Grade:
    """The grade of a conclusion of which the facts ``answers`` are declared."""
    measured = answers.get("measured", UNKNOWN)
    if measured != YES:
        return Grade(measured)
    about_effect = answers.get("effect", YES) != NO
    asked = [fact for fact in DOMAINS if about_effect or fact not in OF_EFFECTS]
    reasons = tuple(dict.fromkeys(DOMAINS[fact] for fact in asked if answers.get(fact) != YES))
    if not about_effect:
        return Grade(YES, None, None, _rated("high", reasons), reasons)
    worst = level({fact for fact, answer in answers.items() if answer == YES})
    best = level({fact for fact, answer in answers.items() if answer != NO})
    return Grade(YES, worst, best, _rated("high" if worst == TRIAL else "low", reasons), reasons)


def level(met: Collection[str]) -> int:
    """The level of a design that meets some conditions: 5 for a trial, 0 where the scale does not reach."""
    if "comparison" in met and "assigned" in met:
        return TRIAL
    if "comparison" in met and "as_assigned" in met:
        return 4
    if "comparison" in met and "before_after" in met:
        return 3
    if "comparison" in met or "before_after" in met:
        return 2 if "controls" in met else 1
    return 0


def _rated(start: str, reasons: tuple[str, ...]) -> str:
    return CERTAINTY[max(0, CERTAINTY.index(start) - len(reasons))]


def told(case: Case) -> dict[str, dict[str, str]]:
    """What is said of each grade beside its conclusion, by language."""
    return {
        name: {lang: _line(found, words_of(lang, "grade")) for lang in LANGUAGES}
        for name, found in grades(case).items()
    }


def _line(found: Grade, words: Wording) -> str:
    if found.measured != YES:
        return words["nothing" if found.measured == NO else "unknown"]
    reasons = words.join("and", (words[reason] for reason in found.reasons)) or words["full"]
    kind = "count" if found.at_best is None else "effect"
    return words[f"line.{kind}"].format(_standing(found, words), words[found.certainty], reasons)


def _standing(found: Grade, words: Wording) -> str:
    if found.at_best is None:
        return words["count"]
    if found.at_best == 0:
        return words["below"]
    return words["level" if found.level == found.at_best else "at best"].format(found.at_best)


def misgraded(case: Case) -> Iterator[Finding]:
    """Facts of the design whose basis is no key or source, or that bear on what has no name in the words."""
    keys = {*case.facts["id"], *case.measures["id"], *case.quantities["key"], *case.sources["id"]}
    named = {key.removeprefix("grade.of.") for key in case.words["key"] if key.startswith("grade.of.")}
    for row in case.design.iter_rows(named=True):
        file = case.file("design")
        if row["basis"] not in keys:
            message = f"there is no key or source '{row['basis']}'{nearest(row['basis'], keys)}"
            yield Finding(file, row["row"], "basis", message, rule="unknown-basis", value=row["basis"])
        for name in set(row["bears_on"].split("|")) - named:
            message = f"no conclusion is called '{name}'; seeds/words.csv names {', '.join(sorted(named))}"
            yield Finding(file, row["row"], "bears_on", message, rule="unknown-conclusion", value=name)
