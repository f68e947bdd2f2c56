"""Figures that a source prints inexactly, in one notation for both languages, and what they can mean.

==============  ==========================================  ==============================================
value           the source prints, for instance             it can be
==============  ==========================================  ==============================================
``over 400``    超过400, 逾400, 过半; more than 400         anything above it, without end
``at least 60`` 不少于60, 60以上; at least 60               it or anything above, without end
``140-odd``     140余, 140多; 140-odd                       above it, below the next figure as round
``nearly 2/3``  近三分之二; nearly two thirds               below it, by a tenth of it at most
``under 10``    不到10, 不足10; fewer than 10               anything below it
``at most 10``  不超过10, 10以内; up to 10                  it or anything below
``about 3``     约3, 3左右; about 3                         a tenth either way, and what rounds to it
``20 to 30``    20至30, 20—30; between 20 and 30            from the one to the other
``1/3``         三分之一; a third                           nearer to it than to a fraction with no larger
                                                            a divisor
==============  ==========================================  ==============================================

No source says how near "nearly" and "about" are.  A tenth is a convention of the house: wide enough that a
reader would call the figure near, and declared here rather than typed into rows.  A case that knows better
puts an assumption in its place.  A fraction of something counted in per cent is of a hundred.
What has no end (but where the codebook gives one) can be compared in a claim; what is computed from it has no
value.

This module needs the standard library only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from analysis.intervals import Range
from analysis.numerals import CARDINALS, PARTS, folded, numerals, values
from analysis.printed import NUMBER, parse_number, readings, rounding

NEAR = Fraction(1, 10)
"""How far, as a share of the figure, what is printed as nearly or about it may lie from it."""

BEFORE = {
    "over": "超过|超|逾|突破|高于|多于|大于|over|more than|above|exceeding|upwards of",
    "at least": "至少|不少于|不低于|at least|no fewer than|no less than|not less than",
    "nearly": "将近|接近|(?<![最附])近|nearly|almost|close to|approaching",
    "under": "不到|不足|低于|少于|未满|under|less than|fewer than|below",
    "at most": "不超过|不多于|不高于|至多|最多|at most|up to|no more than|not more than|within",
    "about": "大约|约|about|around|approximately|roughly|circa|some",
}
"""What stands before a figure that is marked so."""

AFTER = {
    "at least": "及?以上| or more| and above",
    "at most": "[以之]内|及?以下| or less| or fewer",
    "about": "左右|上下(?!级)| or so",
    "-odd": "[余多]|[- ]odd\\b",
}
"""What stands after it, with its unit between, as in 3年左右."""

HAN_NUMBERS = "零一二三四五六七八九十"
SIGNS = {
    "over": "超过",
    "at least": "至少",
    "nearly": "近",
    "under": "不足",
    "at most": "至多",
    "about": "约",
}
"""The marks in Chinese; in English they are written as in a row."""

DURATIONS = ("年", "月", "周", "日", "天")
"""How the Chinese form of a unit of time ends."""

ODD, TO = "-odd", " to "
_PLAIN = r"\d+/[1-9]\d*|(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[万亿成]?"
VALUE = re.compile(rf"(?:({'|'.join(BEFORE)}) )?({_PLAIN})(?:({ODD})|{TO}({_PLAIN}))?")
DIGITS_OR_FRACTION = re.compile(rf"(?<![\d/.])\d+/[1-9]\d*(?![\d/])|(?<!/){NUMBER.pattern}(?!/)")
THING = r"(?:[^\W\d_a-z]{0,4}?|(?: [a-z]+){0,2}?)"
BETWEEN_ENDS = re.compile(r"\s*%?\s*(?:[-–—~至到]+|to\b|and\b)\s*")

Printed = Decimal | Fraction


@dataclass(frozen=True)
class Figure:
    """A figure as printed: its mark (none where it is printed plainly), and the other end of a range."""

    mark: str
    number: Printed
    end: Printed | None = None

    @property
    def plain(self) -> bool:
        """Whether it is digits alone."""
        return not self.mark and self.end is None and isinstance(self.number, Decimal)


def parse_figure(text: str) -> Figure:
    """Read a value with its mark; raises ValueError where it is none."""
    found = VALUE.fullmatch(folded(text.strip()))
    if not found or (found[1] and (found[3] or found[4])):
        message = (
            f"'{text}' is not a figure such as 1458, 77.54, 2.65万, over 400, 140-odd, nearly 2/3 or 20 to 30"
        )
        raise ValueError(message)
    end = _read(found[4]) if found[4] else None
    figure = Figure(found[1] or found[3] or "", _read(found[2]), end)
    if end is not None and not figure.number < end:
        message = f"'{text}' does not rise"
        raise ValueError(message)
    return figure


def _read(text: str) -> Printed:
    return Fraction(text) if "/" in text else parse_number(text)


def _roundness(number: Printed) -> Fraction:
    """The place of the last digit that is not nought: 10 for 140, 100 for 100; 0 for a fraction."""
    if isinstance(number, Fraction) or not number:
        return Fraction(0)
    return Fraction(10) ** int(number.normalize().as_tuple().exponent)


def meant(figure: Figure, *, count: bool, hundred: bool) -> Range:
    """What a figure can mean; ``hundred`` where a fraction is of a hundred; None is without an end.

    The central value is the middle where the figure itself is an end, or is none.  The numbers of a
    ``count`` are whole.  Raises ValueError where nothing can be meant.
    """
    scale = 100 if hundred else 1
    first, last = (
        Fraction(number) * (scale if isinstance(number, Fraction) else 1)
        for number in (figure.number, figure.number if figure.end is None else figure.end)
    )
    low, high = _ends(figure, first, last, count=count, scale=scale)
    if low is not None and high is not None and low > high:
        message = f"nothing is {as_marked(figure, 'en', hundred=hundred)}: no whole number lies there"
        raise ValueError(message)
    if figure.end is not None or figure.mark in {ODD, "nearly"}:
        middle = ((low or Fraction(0)) + (high or Fraction(0))) / 2
        central = Fraction(math.floor(middle)) if count else middle
    else:
        central = first if low is None else max(low, first)
        central = central if high is None else min(high, central)
    return Range(*(None if end is None else float(end) for end in (low, central, high)))


def _ends(
    figure: Figure, first: Fraction, last: Fraction, *, count: bool, scale: int
) -> tuple[Fraction | None, Fraction | None]:
    """The least and the greatest that a figure can mean."""
    step = Fraction(count)  # what is above a count is the next one
    match figure.mark:
        case "over":
            return first + step, None
        case "at least":
            return first, None
        case "under":
            return None, first - step
        case "at most":
            return None, first
        case "-odd":
            return first + step, first + _roundness(figure.number) - step
        case "nearly":
            return _towards(first * (1 - NEAR), math.floor, count), first - step
    low, high = (first, last) if figure.end is not None else _rounded(figure.number, count=count, scale=scale)
    if figure.mark == "about":
        low = min(low, _towards(first * (1 - NEAR), math.floor, count))
        high = max(high, _towards(first * (1 + NEAR), math.ceil, count))
    return low, high


def _towards(end: Fraction, towards: Callable[[Fraction], int], count: bool) -> Fraction:  # noqa: FBT001
    return Fraction(towards(end)) if count else end


def _rounded(number: Printed, *, count: bool, scale: int) -> tuple[Fraction, Fraction]:
    """What rounds to a number; to a fraction, among those with no larger a divisor."""
    if isinstance(number, Decimal):
        known = rounding(number, exact=count)
        return Fraction(str(known.low)), Fraction(str(known.high))
    near = {
        Fraction(part, divisor)
        for divisor in range(1, number.denominator + 1)
        for part in range(math.floor(number * divisor) - 1, math.ceil(number * divisor) + 2)
    }
    below, above = max(n for n in near if n < number), min(n for n in near if n > number)
    return (number + below) / 2 * scale, (number + above) / 2 * scale


def numbers(figure: Figure, *, hundred: bool) -> list[float]:
    """The numbers that a figure is printed with, a fraction of a hundred as such."""
    printed = [number for number in (figure.number, figure.end) if number is not None]
    return [float(number) * (100 if hundred and isinstance(number, Fraction) else 1) for number in printed]


def as_marked(figure: Figure, lang: str, *, hundred: bool) -> str:
    """The figure in a language, without its unit: nearly 66.7, 140-odd; 近66.7, 140多."""
    first = _shown(figure.number, lang, hundred=hundred)
    if figure.end is not None:
        return f"{first}{TO if lang == 'en' else '至'}{_shown(figure.end, lang, hundred=hundred)}"
    if figure.mark == ODD:
        return f"{first}{ODD if lang == 'en' else '多'}"
    if not figure.mark:
        return first
    if lang == "zh" and figure.mark == "over" and hundred and figure.number == Fraction(1, 2):
        return "过半"
    return f"{figure.mark} {first}" if lang == "en" else f"{SIGNS[figure.mark]}{first}"


def in_unit(figure: Figure, form: str, lang: str, *, hundred: bool) -> str:
    """The figure in a unit's ``form``, as in 20多项.

    A single digit has the mark after the unit, as in 2年多, and so has the most that a time may be, as in
    1个月内; a fraction of a hundred has no unit: nearly two thirds.
    """
    bare = as_marked(figure, lang, hundred=hundred)
    if hundred and isinstance(figure.number, Fraction):
        return bare
    if lang == "zh" and figure.mark == ODD and _roundness(figure.number) == 1:
        return form.format(bare.removesuffix("多")) + "多"
    if lang == "zh" and figure.mark == "at most" and form.endswith(DURATIONS):
        return form.format(bare.removeprefix(SIGNS["at most"])) + "内"
    return form.format(bare)


def _shown(number: Printed, lang: str, *, hundred: bool) -> str:
    """A number with the digits that it is printed with; a fraction of a hundred in words."""
    if isinstance(number, Fraction):
        return _in_words(number, lang) if hundred else f"{float(number):.2f}".rstrip("0").removesuffix(".")
    exponent = int(number.as_tuple().exponent)
    return f"{number:{',' if lang == 'en' else ''}.{max(0, -exponent)}f}"


def _in_words(number: Fraction, lang: str) -> str:
    """Half, two thirds, 三分之二; digits where one of both numbers is above ten."""
    part, divisor = number.numerator, number.denominator
    if max(part, divisor) > 10:
        return str(number) if lang == "en" else f"{divisor}分之{part}"
    if lang == "zh":
        return "一半" if number == Fraction(1, 2) else f"{HAN_NUMBERS[divisor]}分之{HAN_NUMBERS[part]}"
    word = {place: name for name, place in PARTS.items() if name != "halve"}[divisor]
    count = {value: name for name, value in CARDINALS.items()}[part]
    return ("half" if divisor == 2 else f"a {word}") if part == 1 else f"{count} {word}s"


def holds_figure(phrase: str, figure: Figure) -> bool:
    """Whether ``phrase`` prints the figure with just these digits, marked as it is marked."""
    return any(_prints(reading, figure) for reading in readings(phrase))


def _prints(reading: str, figure: Figure) -> bool:
    found = list(_found(reading))
    for start, end, number in found:
        if not _alike(figure.number, number):
            continue
        if figure.end is not None:
            rest = BETWEEN_ENDS.match(reading, end)
            others = [other for begin, _, other in found if rest and begin == rest.end()]
            if any(_alike(figure.end, other) for other in others):
                return True
        elif figure.mark in _marks(reading, start, end, limit=figure.mark == "at most"):
            return True
    return False


def _found(reading: str) -> Iterator[tuple[int, int, Printed]]:
    """Where the numbers of a text stand, those in words among them."""
    for found in DIGITS_OR_FRACTION.finditer(reading):
        yield found.start(), found.start() + len(found[0].rstrip()), _read(found[0].strip())
    for found in numerals(reading):
        if re.search(r"\d", found[0]) is None and re.search("[a-z半]|(?<!百)分之", found[0], re.IGNORECASE):
            start = found.start() + found[0].find("半") if "半" in found[0] else found.start()
            (number,) = values(found[0])
            yield start, found.end(), number


def _alike(number: Printed, printed: Printed) -> bool:
    """Whether these are one number; of two in digits, with the same digits."""
    if isinstance(number, Decimal) and isinstance(printed, Decimal):
        return number.as_tuple() == printed.as_tuple()
    return Fraction(number) == Fraction(printed)


def _marks(reading: str, start: int, end: int, *, limit: bool) -> set[str]:
    """How a number is marked; nothing, as a mark, where it stands plainly.

    Among 30个工作日内 the 30 stands plainly, unless its row says that it is a ``limit``; in 近三年 the 3 may.
    """
    half = "|过|大|一(?<=过一)" if reading[start : start + 1] == "半" else ""
    before, after = reading[:start].rstrip(), reading[end:]
    found = {
        mark
        for mark, words in BEFORE.items()
        if re.search(rf"(?:{words}{half if mark == 'over' else ''})$", before, re.IGNORECASE)
    }
    found |= {mark for mark, words in AFTER.items() if re.match(rf"{THING}(?:{words})", after)}
    if limit and re.match(f"{THING}内", after):
        found.add("at most")
    past = found == {"nearly"} and re.match("[个年月天日周]", after)
    return {*found, ""} if past or not found else found
