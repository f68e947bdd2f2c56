"""What each seed file must hold, as dataframely schemas.

dataframely rather than pandera: it is written for polars alone, its rules are
polars expressions, and failures come back as rows and counts per rule instead
of as one exception.
"""

from __future__ import annotations

from typing import Any

import dataframely as dy
import polars as pl

from analysis.findings import Problem

KEY = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"
NAME = r"^[a-z][a-z0-9_]*$"
SOURCE = r"^[A-Z][A-Z0-9]*$"
NAMES = r"^[a-z][a-z0-9_]*(\|[a-z][a-z0-9_]*)*$"
MAYBE_NAMES = r"^([a-z][a-z0-9_]*(\|[a-z][a-z0-9_]*)*)?$"
KEYS = r"^[a-z][a-z0-9_.]*(\|[a-z][a-z0-9_.]*)*$"
WHOLE = r"^\d*$"
BOUND = r"^(-?\d+(\.\d+)?)?$"
PLACE = r"\{([a-z][a-z0-9_.]*)(?::(\w+))?\}"
FORM = r"^[^{}]*\{\}[^{}|]*(\|[^{}]*\{\}[^{}|]*)?$"
DIGIT = r"^\d$"
MAYBE_DIGIT = r"^\d?$"
DATE = r"^\d{4}-\d{2}-\d{2}$"
SHA256 = r"^([0-9a-f]{64})?$"


def text() -> Any:  # noqa: ANN401 - dataframely's columns have no common public type
    """A cell that must not be empty."""
    return dy.String(min_length=1)


class Rows(dy.Schema):
    """A row keeps its place in the file, counted as a spreadsheet does."""

    row = dy.Integer()


class Units(Rows):
    """Units, what a value of them can be, and how it is written in each language (singular|plural)."""

    unit = dy.String(primary_key=True, regex=NAME)
    kind = dy.Enum(["count", "measured", "year", "date", "choice"])
    digits = dy.String(regex=DIGIT)
    lower = dy.String(regex=BOUND)
    upper = dy.String(regex=BOUND)
    form_en = dy.String(regex=FORM)
    form_zh = dy.String(regex=FORM)


class Indicators(Rows):
    """The codebook: what an indicator means, and whether values of two cases may be compared.

    Where they may, ``comparable_en`` and ``comparable_zh`` say what has to be the same; otherwise why not.
    """

    indicator = dy.String(primary_key=True, regex=NAME)
    label_en = text()
    label_zh = text()
    unit = text()
    direction = dy.Enum(["higher", "lower", "none"])
    lower = dy.String(regex=BOUND)
    upper = dy.String(regex=BOUND)
    definition_en = text()
    definition_zh = text()
    comparable = dy.Enum(["yes", "no"])
    comparable_en = text()
    comparable_zh = text()


class DataRequest(Rows):
    """What to ask a data office for: a field, at which level and for when, and what it would settle."""

    field = dy.String(primary_key=True, regex=NAME)
    type = dy.Enum(["identifier", "date", "duration", "count", "category", "amount", "text"])
    priority = dy.Enum(["core", "supporting"])
    label_en = text()
    label_zh = text()
    form_en = text()
    form_zh = text()
    level_en = text()
    level_zh = text()
    period_en = text()
    period_zh = text()
    holder_en = text()
    holder_zh = text()
    why_en = text()
    why_zh = text()
    settles = dy.String(regex=KEYS)


class Quantities(Rows):
    """Quantities derived from facts and assumptions, an expression each."""

    key = dy.String(primary_key=True, regex=KEY)
    expression = text()
    unit = text()
    digits = dy.String(regex=MAYBE_DIGIT)
    label_en = text()
    label_zh = text()


class Words(Rows):
    """The words of tables, charts and registers in both languages."""

    key = dy.String(primary_key=True, min_length=1)
    en = text()
    zh = text()

    @dy.rule()
    def same_places(cls) -> pl.Expr:  # noqa: N805
        """Both languages name the same values, each as often."""
        places = (pl.col(lang).str.extract_all(r"\{[^{}]*\}").list.sort() for lang in ("en", "zh"))
        en, zh = (found.list.join("") for found in places)
        return en == zh


class Comparisons(Rows):
    """Words that compare or name a cause, and passages that may hold them, each with the reason."""

    words = dy.String(primary_key=True, min_length=1)
    language = dy.Enum(["en", "zh"])
    kind = dy.Enum(["more", "less", "compares", "causes", "allowed"])
    reason = dy.String()

    @dy.rule()
    def reason_where_allowed(cls) -> pl.Expr:  # noqa: N805
        """A passage that may stand says why; a word needs no reason."""
        return (cls.kind.col == "allowed") == (cls.reason.col != "")


class Facts(Rows):
    """Reported figures and dates, a row each, with the phrase that carries them."""

    id = dy.String(primary_key=True, regex=KEY)
    tier = text()
    indicator = text()
    value = text()
    unit = text()
    period_start = dy.String()
    period_end = dy.String()
    source = text()
    paragraph = dy.String(regex=WHOLE)
    exact = text()
    prefix = dy.String()
    suffix = dy.String()
    translation = text()
    note = dy.String()
    note_zh = dy.String()


class Assumptions(Rows):
    """What the sources leave open: a range, a choice between named settings, or bounds of what is unknown.

    Bounds are a range in which no value is an example or an estimate: of what rests on them the
    interval is shown alone, as of Manski's (1989) worst case.
    """

    name = dy.String(primary_key=True, regex=NAME)
    kind = dy.Enum(["range", "choice", "bounds"])
    low = dy.String()
    central = dy.String()
    high = dy.String()
    choices = dy.String()
    choices_en = dy.String()
    choices_zh = dy.String()
    unit = text()
    label_en = text()
    label_zh = text()
    why_en = text()
    why_zh = text()
    source = dy.String()

    @dy.rule()
    def central_among_choices(cls) -> pl.Expr:  # noqa: N805
        """A choice names its central setting among its settings."""
        named = pl.col("choices").str.split("|").list.contains(pl.col("central"))
        return (pl.col("kind") != "choice") | named

    @dy.rule()
    def choices_in_both_languages(cls) -> pl.Expr:  # noqa: N805
        """Each choice has a name in either language."""
        names = ("choices", "choices_en", "choices_zh")
        own, *others = (pl.col(name).str.count_matches("|", literal=True) for name in names)
        return pl.all_horizontal(own == other for other in others)


class Design(Rows):
    """Facts of the design behind some conclusions: whether they are met, where that stands, and why."""

    design = dy.Enum(
        [
            *(
                "effect",
                "measured",
                "values",
                "independent",
                "comparison",
                "before_after",
                "controls",
                "assigned",
                "as_assigned",
            ),
            *("alone", "unselected", "coverage", "denominators", "confirmed"),
        ],
        primary_key=True,
    )
    answer = dy.Enum(["yes", "no", "unknown"], primary_key=True)
    bears_on = text()
    basis = text()
    why_en = text()
    why_zh = text()


class Checks(Rows):
    """What the printed figures are held against: a figure, and the expression or key that it should meet."""

    id = dy.String(primary_key=True, regex=NAME)
    check = dy.Enum(["subtotals", "count against named list", "two sources agree", "order of dates", "GRIM"])
    about = text()
    against = text()


class Corrections(Rows):
    """What a source prints wrongly, with the right value as it would be printed, and why."""

    fact = dy.String(primary_key=True, regex=KEY)
    expect = text()
    value = text()
    why_en = text()
    why_zh = text()
    since = dy.String(regex=DATE)
    reported_to_en = text()
    reported_to_zh = text()
    basis_en = text()
    basis_zh = text()


class Revisions(Rows):
    """Published numbers that changed from one edition to the next, and why."""

    edition = dy.String(regex=DATE)
    key = text()
    before_en = dy.String()
    before_zh = dy.String()
    after_en = dy.String()
    after_zh = dy.String()
    why_en = text()
    why_zh = text()


class WhatIfs(Rows):
    """Charts whose assumptions a reader may move, each with what it shows and tests (names joined by |)."""

    id = dy.String(primary_key=True, regex=NAME)
    quantities = dy.String(regex=KEYS)
    claims = dy.String(regex=MAYBE_NAMES)
    assumptions = dy.String(regex=NAMES)


class Sources(Rows):
    """Who says it, where it was found, and what it is not independent of (from ``case.toml``)."""

    id = dy.String(primary_key=True, regex=SOURCE)
    title = text()
    title_en = text()
    publisher = text()
    publisher_zh = text()
    byline = dy.String()
    date = dy.String(regex=DATE)
    language = dy.Enum(["zh", "en"])
    found = text()
    found_zh = text()
    kind = dy.Enum(["decision", "official release", "press", "repost"])
    outcomes_measured_by = dy.String()
    outcomes_measured_by_zh = dy.String()
    not_independent_of = dy.List(dy.String())
    file = dy.String()
    sha256 = dy.String(regex=SHA256)
    paragraphs = dy.List(dy.String(regex=SHA256))
    phrases = dy.List(dy.String(regex=SHA256))


class Measures(Rows):
    """Qualitative content, present or absent, with its phrase."""

    id = dy.String(primary_key=True, regex=KEY)
    tier = text()
    measure = dy.String(regex=NAME)
    value = dy.Enum(["present", "absent"])
    source = text()
    paragraph = dy.String(regex=WHOLE)
    exact = text()
    prefix = dy.String()
    suffix = dy.String()
    translation = text()
    label_en = text()
    label_zh = text()
    note = dy.String()
    note_zh = dy.String()


PATTERNS = {
    KEY: "a key in lower case with dots, such as municipal.cases",
    NAME: "a name of lower-case letters, digits and _",
    NAMES: "names of lower-case letters, digits and _, joined by |",
    MAYBE_NAMES: "names of lower-case letters, digits and _, joined by |, or nothing",
    KEYS: "keys in lower case with dots, joined by |",
    WHOLE: "a whole number, or nothing",
    BOUND: "a number, or nothing",
    FORM: "text with {} where the number stands, singular|plural where they differ",
    DIGIT: "one digit",
    MAYBE_DIGIT: "one digit, or nothing",
    DATE: "a date such as 2024-08-06",
    SHA256: "64 hexadecimal digits, or nothing",
    SOURCE: "capital letters and digits, such as A",
}


RULES = {
    KEY: "key-form",
    NAME: "name-form",
    NAMES: "list-form",
    MAYBE_NAMES: "list-form",
    KEYS: "list-form",
    WHOLE: "number-form",
    BOUND: "number-form",
    DIGIT: "number-form",
    MAYBE_DIGIT: "number-form",
    FORM: "unit-form",
    DATE: "date-form",
    SHA256: "hash-form",
    SOURCE: "source-form",
    "primary_key": "twice",
    "central_among_choices": "choices",
    "choices_in_both_languages": "choices",
    "same_places": "same-places",
    "reason_where_allowed": "reason",
}
"""The rule that a cell breaks which does not match a pattern, or a row which does not hold what is asked."""


WHOLE_ROWS = {
    "primary_key": "stands twice in the file; each row needs one of its own",
    "central_among_choices": "the central setting is not one of those in 'choices'",
    "same_places": "expected the same {} and {key} in 'en' as in 'zh'",
    "reason_where_allowed": "expected a reason where 'kind' is allowed, and only there",
    "choices_in_both_languages": "expected as many names in 'choices_en' and 'choices_zh' as in 'choices'",
}


def expected(schema: type[dy.Schema], rule: str) -> Problem:
    """What the failed ``rule`` (``column|kind``) asks of a cell, in words for whoever edits the file."""
    name, _, kind = rule.rpartition("|")
    if rule in WHOLE_ROWS:
        return Problem(RULES[rule], WHOLE_ROWS[rule])
    column: Any = schema.columns()[name]
    if kind == "regex":
        return Problem(RULES[column.regex], f"expected {PATTERNS[column.regex]}")
    if isinstance(column, dy.Enum):
        return Problem("not-listed", f"expected one of {', '.join(column.categories)}")
    return Problem("empty-cell", "is empty; expected a value")
