"""Numerals in English and Chinese text: where they stand, and what they come to.

What counts as one is a rule of the house.  Digits of any width always do, and so do signs, and Roman
numerals from three capitals on.  English number words do from ``two`` upwards, and fractions and multiples;
``one`` and ``a single`` only before something that a codebook counts (``one case``), because ``one`` is
otherwise a pronoun.  The ``last quarter`` is one of the year, unless it is one ``of`` something else.

Chinese numerals do before a measure word or unit, after 第 and 百分之, where something grows or shrinks to
them, wherever there is a ten in them, and in a row of digits.  A bare 一 is an article (一个, 一项), but not
before a unit, before 户, 人 and 家, or after what limits or sums up (仅一项, 只有一个县, 新增一个).

What a text counts of itself is no number of the house: two to ten reasons, questions or figures, 三点理由 or
三个方面; but 问题 are also problems that somebody found.  第一 to 第十 at the head of a clause and before a
comma enumerate.  Ordinal words (``first``, 首) and ``both`` order and name: they do not count, but for those
from ``twentieth`` upwards and those of a distribution (``fifth percentile``).
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import prod

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
TRADITIONAL = str.maketrans(
    "兩萬億點貳陸幾雙倆餘減個項級層類種歲條節頁處間縣區鎮鄉國屆輪號筆張單畝噸環時戶過對數約將於滿內",
    "两万亿点贰陆几双俩余减个项级层类种岁条节页处间县区镇乡国届轮号笔张单亩吨环时户过对数约将于满内",
)
"""Traditional signs of numerals, of what they count and of what stands by them, as simplified ones."""

FOLDED = {**FULL_WIDTH, **TRADITIONAL}
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_PARTS = "third quarter fifth sixth seventh eighth ninth tenth eleventh twelfth"
CARDINALS = {word: value for value, word in enumerate(_SMALL.split())}
CARDINALS |= {word: 20 + 10 * place for place, word in enumerate(_TENS.split())} | {"nil": 0}
LARGE = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
    "myriad": 10**4,
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
    "sextupl": 6,
    "septupl": 7,
    "octupl": 8,
    "nonupl": 9,
    "decupl": 10,
    "couple": 2,
    "fortnight": 2,
    "decade": 10,
    "single": 1,
    "once": 1,
}
LARGE_ORDINALS = {f"{word[:-1]}ieth": CARDINALS[word] for word in _TENS.split()}
LARGE_ORDINALS |= {"hundredth": 100, "thousandth": 1000, "millionth": 10**6}
_RANKS = f"first second {_PARTS.replace('quarter', 'fourth')}"
ORDINALS = {word: place for place, word in enumerate(_RANKS.split(), 1)} | LARGE_ORDINALS
MONTHS = {month: number for number, month in enumerate(calendar.month_name) if month}

FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
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
COUNTED = {
    "case": "cases?",
    "item": "items?|licen[cs]es?|permits?|powers?|services?",
    "project": "projects?",
    "place": "places?|count(?:y|ies)|cit(?:y|ies)|districts?|townships?|towns?|villages?|provinces?",
    "department": "departments?|bureaus?|agenc(?:y|ies)",
    "level": "levels?",
    "rating": "ratings?",
    "workday": "working days?",
    "instrument": "instruments?",
    "day": "days?",
    "month": "months?",
    "year": "years?",
    "trip": "trips?",
    "": "households?|famil(?:y|ies)|persons?|people|residents?|villagers?|citizens?|officials?|officers?"
    "|offices?|employees?|posts?|applicants?|applications?|recipients?|users?|compan(?:y|ies)|firms?"
    "|enterprises?|committees?|schools?|hospitals?|documents?|certificates?|approvals?|complaints?|errors?|visits?"
    "|steps?|windows?|counters?|hours?|minutes?|weeks?",
}
"""English nouns that a codebook counts, by the unit of ``seeds/units.csv`` that stands for them, if any."""

KIND_OF = (
    "(?: (?:more|other|new|poor|small|large|further|different|rural|urban|local|public"
    "|[a-z]+(?:ive|al|ary|ic)))?"
)
THINGS = rf"{KIND_OF} (?:{'|'.join(COUNTED.values())})\b"
"""What may stand between a number and such a noun, and both."""

_ONE_PART = _PARTS.replace(" ", "|")
_WORD = "|".join([*(word for word in CARDINALS if word != "one"), *(f"{word}s?" for word in LARGE)])
_PART = "|".join(f"{part}s?" for part in _PARTS.split())
_OWN = (
    "(?:two|three|four|five|six|seven|eight|nine|ten)(?: (?:main|other|further|open|good))? "
    "(?:reasons|ways|questions|arguments|respects|aspects|senses|caveats|objections|recommendations|lessons"
    r"|things|numbers|figures)\b"
)
_NO_PART = r"(?! (?:part(?:y|ies)|countr(?:y|ies)|person|reading|time)\b)"
_PERIOD = r"(?:the|this|that|last|next|each|every|any|a) (?:(?:calendar|fiscal) )?year|[\d\ue000]"
_RATE = "per ?(?:cent|mille)|percentage points?|times?|in (?:[a-z]+ty|ten|five|four|three|two)"
_ROMAN = "M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_TIMES = "|".join(stem for stem in MULTIPLES if stem.endswith("l"))
ENGLISH = "|".join(
    (
        rf"(?:one|{_WORD})[ -](?:hal(?:f|ves)|{_PART})\b",
        rf"an? (?:{_PART})\b{_NO_PART}",
        rf"(?:remaining|other|bottom|top|upper|lower) (?:{_ONE_PART})\b{_NO_PART}",
        rf"(?:first|last|final) (?:{_ONE_PART})(?= of (?!{_PERIOD}))",
        rf"one[ -](?:{'|'.join(LARGE)})(?:[ -](?:and )?(?:one|{_WORD}))*\b",
        rf"(?!{_OWN})(?:{_WORD})(?:[ -](?:one|{_WORD})|(?<=hundred) and (?:one|{_WORD}))*(?:-?fold)?\b",
        rf"one(?={THINGS}| (?:{_RATE})\b)",
        r"one(?= (?:in|of|to|out of) (?:the )?[\d\ue000]|-[\d\ue000])",
        rf"(?:(?<=\ba )|(?<=\bone ))single(?={THINGS})",
        r"(?:half|halves|halv(?:e|ed|es|ing)|twice|thrice|(?:couple|scores?|pairs?) of)\b",
        r"(?:decades?|fortnight(?:s|ly)?)\b",
        r"(?:(?<=only )|(?<=just )|(?<=exactly ))once\b",
        r"once(?= (?:an?|per|every|each) (?:hour|day|week|month|quarter|year|decade)\b)",
        r"(?:thirds|fifths|sixths|sevenths|eighths|ninths|tenths)\b",
        rf"(?:{'|'.join(LARGE_ORDINALS)})s?\b",
        rf"(?:{'|'.join(ORDINALS)})(?= (?:percentile|decile|quintile|quartile|quantile)\b)",
        rf"(?:{_TIMES})(?:e|es|ed|ing|y)\b",
        rf"(?-i:(?=[IVXL]{{3,}}\b|[IVXLCDM]{{5,}}\b){_ROMAN}(?<=[A-Z]))\b",
    )
)
_OWN_HAN = "[两二三四五六七八九十][点个条大层]?(?:主要)?(?:理由|原因|方面|角度|层面|含义|疑问|建议|启示)"
_ONE_TO_NINE = "[一二三四五六七八九]"
_ANY = "每哪某何同这那任逐另统唯单万前后上下"
_LIMITS = (
    "仅 仅有 仅剩 仅为 只 只有 只剩 至少 至少有 至多 最多 最少 不止 不到 不足 一共 共有 共计 合计 总计"
    " 剩下 各 各有 减少 减少了 增加 增加了 新增 新增了"
)
_LIMITED = "|".join(f"(?<={word})" for word in _LIMITS.split())
CHINESE = "|".join(
    (
        rf"百分(?:之 ?[几数{HAN}\d][{HAN}点\d.]*|百)|(?<!个)百分点[{HAN}](?![般些致定样直旦者])[{HAN}]*",
        rf"[{HAN}\d]+分之[几数{HAN}\d]+",
        rf"(?!(?:^|(?<=[。,;:!?\s(“]))第[一二三四五六七八九十][,、])第[{HAN}\d]+",
        rf"[{HAN}]+点[{HAN}]+",
        rf"(?!{_OWN_HAN})(?!一(?![{HAN}])|零部?件)[几数]?[{HAN}]+[多余来几]? ?(?:{MEASURE})",
        rf"(?<![{_ANY}])一 ?(?:(?:{UNIT}|例|趟|季度)(?!性)|[户人家](?![之一多人亲]))",
        rf"(?:{_LIMITED})一 ?(?:{MEASURE})(?!之)",
        "[俩仨]|零(?![件售散星碎食钱头工用部])",
        rf"(?<=[增减升降缩涨跌变][至为到])(?!一(?![{HAN}\W]|$))[{HAN}]+",
        rf"(?<=[由从])[{HAN}]+(?=[增减升降缩涨跌变])",
        "[几数上近][十百千万亿]|[十百千万][几余]",
        rf"[一二三四五六七八九两][{HAN}]*[十百千万亿][{HAN}]*|十{_ONE_TO_NINE}|[廿卅]{_ONE_TO_NINE}?|一个亿",
        "(?<!百)(?:[十百千]万(?![不要别勿分])|[十百千万]亿)",
        rf"[{DIGITS}]*〇[{DIGITS}〇]*|[{DIGITS}]{{3,}}|{_ONE_TO_NINE}{{2}}(?:开(?![始展放发办通设工会局启])|分[成账])",
        "(?<!多)(?:[一过减大小对近超]半|半(?:[数年天日月成价]|个月|个?(?:小时|钟头|工作日|世纪)))|对折(?!叠)",
        f"翻了?[一二两三四五六七八九十几]?[番倍]|[双加成数几]倍|若干倍|倍增|腰斩|[逾破]半|[过破逾超][百千万亿](?!分)|十[有之]{_ONE_TO_NINE}+",
    )
)
SYMBOLS = "[²³¹¼-¾⅐-ↈ⁰⁴-⁹₀-₉①-⓿❶-➓〡-〩〸-〺㈠-㈩㉈-㉟㊀-㊉㊱-㊿㋀-㋋㍘-㍰㏠-㏾🄀-🄌🔟]+"
BEGINS = f"{HAN}几数俩仨第上近过减大小对超半翻双加成若倍腰逾破"
"""What a Chinese numeral begins with.  To look for it first makes reading a page four times as fast."""

NUMERAL = re.compile(
    rf"\d+(?:[.,:/]\d+)*(?: ?[百千万亿]+)?|{SYMBOLS}|\b(?=[a-z])(?:{ENGLISH})|(?=[{BEGINS}])(?:{CHINESE})",
    re.IGNORECASE,
)


def folded(text: str) -> str:
    """``text`` with full-width signs as plain ones and traditional numerals as simplified ones.

    It stays of the same length.
    """
    return text if text.isascii() else text.translate(FOLDED)


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
    if "半" in numeral or numeral == "对折":
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
    if set(words) <= ROMAN.keys() and words not in CARDINALS:
        return Fraction(_roman(words))
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


def _roman(letters: str) -> int:
    """A letter before a larger one is taken from it."""
    signs = [ROMAN[letter] for letter in letters]
    return sum(-sign if sign < after else sign for sign, after in zip(signs, [*signs[1:], 0], strict=True))


def _han(numeral: str) -> Fraction:
    """The number at the head of a numeral, with its scale; 两成 is twenty, as in per cent."""
    plain = re.sub("[ 个]", "", numeral.replace("廿", "二十").replace("卅", "三十").translate(PLAIN))
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
