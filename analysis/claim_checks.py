"""Check the claims of a case: predicates, values in sentences, and a sentence for what each comes to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis import expr, predicates
from analysis.case import Case
from analysis.claim_files import DEPENDS, FAILS, HOLDS, NOT_IDENTIFIED, Claim
from analysis.claims import space_of, verdict
from analysis.comparing import Words
from analysis.dates import is_date
from analysis.dimensions import dimension, named, unlike
from analysis.display import LANGUAGES
from analysis.expr import Expression, ExpressionError
from analysis.findings import Finding, Problem, unknown_key
from analysis.formulas import misasked
from analysis.keys import FORMS, KEY, nearest
from analysis.predicates import Comparison

NUMBER = re.compile(r"\d[\d.,]*")
BEYOND = {
    "causes": "names a cause; its predicate tests a comparison",
    "compares": "ranks; its predicate tests which of two values is the larger",
}
"""Why a sentence may not hold a word of a kind."""


@dataclass(frozen=True)
class _Known:
    """What claims may name: keys with their units, those that are dates, choices with their settings.

    The unit of a fact is its indicator's, so that one that is not is told once, where it stands.
    """

    units: dict[str, str]
    dates: frozenset[str]
    choices: dict[str, list[str]]

    @classmethod
    def of(cls, case: Case) -> _Known:
        codebook = dict(case.indicators.select("indicator", "unit").iter_rows())
        facts = case.facts.select("id", "indicator", "unit").iter_rows()
        units = {key: codebook.get(indicator, unit) for key, indicator, unit in facts}
        for table, name in (("assumptions", "name"), ("quantities", "key")):
            units |= dict(getattr(case, table).select(name, "unit").iter_rows())
        kinds = dict(case.units.select("unit", "kind").iter_rows())
        dates = frozenset(key for key, unit in units.items() if kinds.get(unit) == "date")
        choices = case.assumptions.filter(kind="choice").select("name", "choices").iter_rows()
        measures = dict.fromkeys(case.measures["id"], "share")
        return cls({**measures, **units}, dates, {name: text.split("|") for name, text in choices})


def misclaimed(case: Case) -> Iterator[Finding]:
    """Claims that are no comparison, name what is not there, or compare what is unlike."""
    known = _Known.of(case)
    for claim in case.claims:
        yield from (claim.finding(problem, "predicate") for problem in _in_predicate(claim, known))
        yield from (claim.finding(problem, said) for said, problem in _in_sentences(claim, known))


def beside_the_point(case: Case) -> Iterator[Finding]:
    """Claims whose sentences say something other than what their predicates test."""
    made = {key: expr.parse(text) for key, text in case.quantities.select("key", "expression").iter_rows()}
    listed = case.comparisons.select("words", "language", "kind").rows()
    words = {lang: Words.of(listed, lang) for lang in LANGUAGES}
    for claim in case.claims:
        problems = [*_missaid(claim, made), *_overstated(claim, words), *_reversed(claim, words)]
        yield from (claim.finding(problem, said) for said, problem in problems)


def unsaid(case: Case) -> Iterator[Finding]:
    """Claims that cannot be computed, or that lack the sentence for what they come to."""
    space = space_of(case)
    for claim in case.claims:
        try:
            found = verdict(claim.id, claim.predicate, space, flips=False)
        except ExpressionError as error:
            yield claim.finding(Problem("not-computable", str(error), claim.predicate), "predicate")
            continue
        if found.kind == DEPENDS and not found.central and FAILS not in claim.sentences:
            message = "depends, and is false at the central setting; expected a predicate true there"
            message += f", or a sentence for '{FAILS}' too"
            yield claim.finding(Problem("missing-sentence", message))
        elif found.kind not in claim.sentences:
            given = ", ".join(claim.sentences) or "none"
            message = f"comes to '{found.kind}', for which it has no sentence; there are: {given}"
            yield claim.finding(Problem("missing-sentence", message, found.kind))


def _in_predicate(claim: Claim, known: _Known) -> list[Problem]:
    try:
        found = predicates.parse(claim.predicate)
    except ExpressionError as error:
        return [Problem("predicate-form", str(error), claim.predicate)]
    missing = [name for name in found.names if name not in known.units]
    if missing:
        return [unknown_key(name, known.units) for name in missing]
    problems = [problem for each in found.comparisons for problem in misasked(each.difference, known.choices)]
    unlike = (message for each in found.comparisons if (message := _unlike(each, known)))
    return problems or [Problem("unlike-units", message, claim.predicate) for message in unlike]


def _unlike(comparison: Comparison, known: _Known) -> str:
    """What is wrong between the two sides, or nothing."""
    sides = (comparison.left, comparison.right)
    try:
        dated = [is_date(side, known.dates) for side in sides]
        found = [dimension(side, known.units) for side in sides]
    except ExpressionError as error:
        return str(error)
    if dated[0] != dated[1]:
        date, other = sides if dated[0] else sides[::-1]
        return f"'{date.text}' is a date and '{other.text}' is none, so that they cannot be compared"
    if unlike(*found):
        left, right = (
            f"'{side.text}' in {named(of or Counter())}" for side, of in zip(sides, found, strict=True)
        )
        return f"compares {left} with {right}"
    return ""


def _in_sentences(claim: Claim, known: _Known) -> Iterator[tuple[str, Problem]]:
    """The entry and what is wrong there."""
    for said, lang, key, form in claim.spoken:
        if key not in known.units:
            message = f"{said}, {lang}: there is no key '{key}'{nearest(key, known.units)}"
            yield said, Problem("unknown-key", message, key)
        elif form and form not in FORMS:
            message = f"{said}, {lang}: '{form}' is not a form of {key}; expected {', '.join(FORMS)}"
            yield said, Problem("unknown-form", message, form)
    for said in claim.sentences:
        by_lang = [
            {key for one, of, key, _ in claim.spoken if (one, of) == (said, lang)} for lang in LANGUAGES
        ]
        if apart := set.symmetric_difference(*by_lang):
            names = ", ".join(sorted(apart))
            yield said, Problem("same-places", f"{said}: {names} stands in one language only", names)


def _missaid(claim: Claim, made: Mapping[str, Expression]) -> Iterator[tuple[str, Problem]]:
    """Sentences that leave out what their predicate compares, or name what it does not rest on."""
    compared = predicates.parse(claim.predicate).names
    rests_on = frozenset().union(*(_leaves(key, made) for key in compared))
    for said in claim.sentences:
        spoken = dict.fromkeys(key for one, _, key, _ in claim.spoken if one == said)
        if said != NOT_IDENTIFIED and (unsaid := [key for key in compared if key not in spoken]):
            names = ", ".join(unsaid)
            yield said, Problem("claim-values", f"{said}: compares {names} without saying its value", names)
        for key in spoken:
            if not _leaves(key, made) <= rests_on:
                message = f"{said}: {key} is no part of what its predicate compares"
                yield said, Problem("claim-values", message, key)


def _leaves(key: str, made: Mapping[str, Expression]) -> frozenset[str]:
    """What a key comes down to: itself, or the leaves and choices of its formula."""
    if key not in made:
        return frozenset({key})
    formula = expr.substitute(made[key], made)
    return frozenset({*formula.names, *(name for name, _ in formula.settings)})


def _overstated(claim: Claim, words: Mapping[str, Words]) -> Iterator[tuple[str, Problem]]:
    """Sentences that name a cause, rank by something other than size, or hold a number that is typed."""
    for said, texts in {"label": claim.label, **claim.sentences}.items():
        for lang, text in texts.items():
            for _, word in words[lang].found(text):
                if why := BEYOND.get(words[lang].kind(word)):
                    yield said, Problem("claim-words", f"{said}, {lang}: ‘{word}’ {why}", word)
            for number in NUMBER.findall(KEY.sub("", text)):
                message = f"{said}, {lang}: {number} is typed; expected a value by its `key`{{.value}}"
                yield said, Problem("typed-number", message, number)


def _reversed(claim: Claim, words: Mapping[str, Words]) -> Iterator[tuple[str, Problem]]:
    """Sentences that put two keys the other way round than the predicate does."""
    compared = predicates.parse(claim.predicate).comparisons
    for said in claim.sentences.keys() & {HOLDS, DEPENDS}:
        for lang, text in claim.sentences[said].items():
            spoken, direction = [key for key, _ in KEY.findall(text)], _direction(words[lang], text)
            for each in compared:
                if _backwards(each, spoken, direction):
                    message = f"{said}, {lang}: says the reverse of {each.text}"
                    yield said, Problem("reversed", message)


def _direction(words: Words, text: str) -> int:
    """1 where a text says more and never less, -1 the other way, 0 where it says neither or both."""
    kinds = {words.kind(word) for _, word in words.found(text)}
    return ("more" in kinds) - ("less" in kinds)


def _backwards(comparison: Comparison, spoken: Sequence[str], direction: int) -> bool:
    """Whether a sentence that says more (1) or less (-1) names the two keys in the wrong order."""
    left, right = comparison.left.text, comparison.right.text
    if not {left, right} <= set(spoken):
        return False
    order = 1 if spoken.index(left) < spoken.index(right) else -1
    return direction * order == (-1 if comparison.holds(1, 0) else 1)
