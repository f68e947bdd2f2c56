"""Numerals in English and Chinese text: where they stand, and what they come to.

What counts as one is a rule of the house.  Digits of any width always do.  English number words do from
``two`` upwards, and fractions and multiples; ``one`` only before something that a codebook counts (``one
case``), because it is otherwise a pronoun.  Chinese numerals do before a measure word or unit, after 第 and
百分之, where something grows or shrinks to them, and wherever there is a ten in them; a bare 一 only before a
unit, because 一个 and 一项 are an article.  Ordinal words (``first``, 首) and ``both`` order and name: they
do not count, but for those from ``twentieth`` upwards and those of a distribution (``fifth percentile``).
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import prod

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_PARTS = "third quarter fifth sixth seventh eighth ninth tenth eleventh twelfth"
CARDINALS = {word: value for value, word in enumerate(_SMALL.split())}
CARDINALS |= {word: 20 + 10 * place for place, word in enumerate(_TENS.split())}
LARGE = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
PARTS = {part: place for place, part in enumerate(_PARTS.split(), 3)} | {"half": 2, "halve": 2}
MULTIPLES = {
    "twice": 2,
    "doubl": 2,
    "thrice": 3,
    "tripl": 3,
    "trebl": 3,
    "quadrupl": 4,
    "quintupl": 5,
    "couple": 2,
    "once": 1,
}
LARGE_ORDINALS = {f"{word[:-1]}ieth": CARDINALS[word] for word in _TENS.split()}
LARGE_ORDINALS |= {"hundredth": 100, "thousandth": 1000, "millionth": 10**6}
_RANKS = f"first second {_PARTS.replace('quarter', 'fourth')}"
ORDINALS = {word: place for place, word in enumerate(_RANKS.split(), 1)} | LARGE_ORDINALS
MONTHS = {month: number for number, month in enumerate(calendar.month_name) if month}

FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
DIGITS = "零一二三四五六七八九"
HAN = f"{DIGITS}〇两十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟廿卅"
PLAIN = str.maketrans("〇两俩仨壹贰叁肆伍陆柒捌玖拾佰仟", "零二二三一二三四五六七八九十百千")
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
UNIT = (
    "件|天(?![然气津])|日(?![期程常报志])|月(?!均)|年|周|次|倍|成(?![不立为员功果本效就长熟绩])"
    "|个(?:月|工作日|百分点|小时)|小时|分钟|公里|元"
)
MEASURE = (
    f"{UNIT}|个|项|级|层|类|种|批|份|人|户|家|名|位|岁|条|款|章|节|段|页|篇|处|所|间|座|县|市|区|镇|乡|村|省|国"
    "|部(?!分|署)|只|台|套|组|轮|届|期|点|道|趟|宗|起|笔|例|张|本(?![市省县区地级人次身])|单(?![位一独])|步|季|趟|比|米|亩|吨|秒|折|番|大|号|方面|环节|时"
)
COUNTED = (
    "(?:cases?|items?|projects?|count(?:y|ies)|cit(?:y|ies)|districts?|towns?|villages?|departments?|levels?"
    r"|ratings?|(?:working )?days?|weeks?|months?|years?|trips?|licen[cs]es?|permits?|powers?|instruments?"
    r"|hours?|minutes?|steps?|visits?|complaints?|applications?|applicants?|windows?|counters?"
    r"|per ?cent|percentage points?|times?|in (?:\d|[a-z]+ty|ten|five|four|three|two))"
)

_WORD = "|".join([*(word for word in CARDINALS if word != "one"), *(f"{word}s?" for word in LARGE)])
_PART = "|".join(f"{part}s?" for part in _PARTS.split())
ENGLISH = "|".join(
    (
        rf"(?:one|{_WORD})[ -](?:hal(?:f|ves)|{_PART})\b",
        rf"an? (?:{_PART})\b(?! (?:part(?:y|ies)|countr(?:y|ies)|person|reading|time)\b)",
        rf"one[ -](?:{'|'.join(LARGE)})(?:[ -](?:and )?(?:one|{_WORD}))*\b",
        rf"(?:{_WORD})(?:[ -](?:one|{_WORD})|(?<=hundred) and (?:one|{_WORD}))*(?:-?fold)?\b",
        rf"one(?= {COUNTED}\b| (?:in|of|to|out of) (?:the )?[\d\ue000]|-[\d\ue000])",
        r"(?:half|halves|halv(?:e|ed|es|ing)|twice|thrice|(?:couple|scores?|pairs?) of)\b",
        r"(?:(?<=only )|(?<=just )|(?<=exactly ))once\b",
        r"once(?= (?:an?|per|every|each) (?:hour|day|week|month|quarter|year|decade)\b)",
        r"(?:thirds|fifths|sixths|sevenths|eighths|ninths|tenths)\b",
        rf"(?:{'|'.join(LARGE_ORDINALS)})s?\b",
        rf"(?:{'|'.join(ORDINALS)})(?= (?:percentile|decile|quintile|quartile|quantile)\b)",
        r"(?:doubl|tripl|trebl|quadrupl|quintupl)(?:e|es|ed|ing|y)\b",
    )
)
CHINESE = "|".join(
    (
        rf"百分(?:之[{HAN}\d][{HAN}点\d.]*|百)",
        rf"[{HAN}\d]+分之[{HAN}\d]+",
        rf"第[{HAN}\d]+",
        rf"[{HAN}]+点[{HAN}]+",
        rf"(?!一(?![{HAN}])|零部?件)[几数]?[{HAN}]+[多余来几]? ?(?:{MEASURE})",
        rf"(?<![每哪某同这那任逐另统唯单万前后上下])一 ?(?:{UNIT}|例|趟|季度)(?!性)",
        "[俩仨]|零(?![件售散星碎食钱头工用部])",
        rf"(?<=[增减升降缩涨跌变][至为到])(?!一(?![{HAN}\W]|$))[{HAN}]+",
        rf"(?<=[由从])[{HAN}]+(?=[增减升降缩涨跌变])",
        "[几数上近][十百千万亿]|[十百千万][几余]",
        rf"[一二三四五六七八九两][{HAN}]*[十百千万亿][{HAN}]*|十[一二三四五六七八九]",
        "(?<!多)(?:[一过减大小对近超]半|半(?:[数年天日月成价]|个月))",
        "翻了?[一二两三四五六七八九十几]?[番倍]|[双加成数几]倍|若干倍|倍增|腰斩|[逾破]半|[过破逾超][百千万亿](?!分)|十有[一二三四五六七八九]+",
    )
)
SYMBOLS = "[²³¹¼-¾⅐-ↈ⁰⁴-⁹₀-₉①-⓿❶-➓㈠-㈩㊀-㊉]+"
NUMERAL = re.compile(
    rf"\d+(?:[.,:/]\d+)*(?: ?[百千万亿]+)?|{SYMBOLS}|\b(?:{ENGLISH})|{CHINESE}", re.IGNORECASE
)


def folded(text: str) -> str:
    """``text`` with full-width signs as plain ones, of the same length."""
    return text.translate(FULL_WIDTH)


def numerals(text: str) -> Iterator[re.Match[str]]:
    """Each numeral of a folded text."""
    return NUMERAL.finditer(text)


def values(text: str) -> Counter[Fraction]:
    """The numbers that a phrase holds, each as often as it does; months count by their number."""
    months = rf"\b({'|'.join(MONTHS)})\b"
    plain = re.sub(months, lambda found: str(MONTHS[found[0]]), folded(text))
    return Counter(_value(found[0].lower()) for found in numerals(plain))


def _value(numeral: str) -> Fraction:
    if numeral[0].isascii() and numeral[0].isalpha():
        return _english(numeral)
    if "半" in numeral:
        return Fraction(1, 2)
    if numeral[0] in "翻双加成":
        return Fraction(2 ** int(_han(numeral.lstrip("翻双加成")) or 1))
    whole, divided, part = numeral.partition("分之")
    if divided:
        return _han(part) if whole == "百" else _han(part) / _han(whole)
    return _han(numeral.lstrip("第几数"))


def _english(words: str) -> Fraction:
    if ordinal := ORDINALS.get(words) or LARGE_ORDINALS.get(words.removesuffix("s")):
        return Fraction(ordinal)
    for stem, multiple in MULTIPLES.items():
        if words.startswith(stem):
            return Fraction(multiple)
    total = group = 0
    for word in re.findall(
        "[a-z]+", words.replace("halves", "half").replace("halv", "halve ").removesuffix("fold")
    ):
        stem = word if word in CARDINALS else word.removesuffix("s")
        if stem in PARTS:
            return Fraction(total + group or 1, PARTS[stem])
        group = max(group, 1) * LARGE[stem] if stem in LARGE else group + CARDINALS.get(stem, 0)
        if LARGE.get(stem, 0) >= 1000:
            total, group = total + group, 0
    return Fraction(total + group)


def _han(numeral: str) -> Fraction:
    """The number at the head of a numeral, with its scale; 两成 is twenty, as in per cent."""
    plain = numeral.translate(PLAIN).replace(" ", "")
    tenths = 10 if "成" in numeral else 1
    if found := re.match(r"(\d[\d.,]*)([百千万亿]*)", plain):
        return Fraction(found[1].replace(",", "")) * prod(SCALES[sign] for sign in found[2]) * tenths
    found = re.match(rf"([{DIGITS}十百千万亿]*)(?:点([{DIGITS}]+))?", plain)
    whole, decimals = found.groups("") if found else ("", "")
    return (_whole(whole) + Fraction(_positional(decimals), 10 ** len(decimals))) * tenths


def _positional(digits: str) -> int:
    return int("".join(str(DIGITS.index(digit)) for digit in digits) or 0)


def _whole(numeral: str) -> int:
    """万 and 亿 multiply all before them, the smaller scales the digit before."""
    for scale in "亿万千百十":
        above, found, below = numeral.rpartition(scale)
        if found:
            return (_whole(above) or 1) * SCALES[scale] + _whole(below)
    return _positional(numeral)
