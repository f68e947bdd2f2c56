"""The PowerPoint reference document: Pandoc's own, wide, with the brief's colours and type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from analysis.publish.docx_reference import edited

INK, ACCENT, SOFT, OCHRE = "1D232B", "1F4E79", "56606C", "C17D11"
FACES = {"en": ("Calibri", "SimHei"), "zh": ("Calibri", "Microsoft YaHei")}
"""Latin and East Asian faces that come with Office: officials' machines have no others."""

Box = tuple[int, int, int, int]
TITLE, BODY = (457200, 230000, 8229600, 640000), (457200, 980000, 8229600, 3760000)
COVER = {(685800, 1597819, 7772400, 1102519): (685800, 1250000, 7772400, 1150000)}
COVER |= {(1371600, 2914650, 6400800, 1314450): (685800, 2480000, 7772400, 800000)}
"""Boxes of a slide and, as they were and as they become, of the first: left, top, width, height."""

SIZES = {"3300": "2400", "2400": "1500", "2100": "1300", "1800": "1300"}
"""Type of titles, text and what is within text, in hundredths of a point, as it was and as it becomes."""


def build(default: bytes, language: str) -> bytes:
    """Pandoc's default reference document as the brief's, in a language."""
    tag = {"en": "en-GB", "zh": "zh-CN"}[language]
    edits: dict[str, Callable[[str], str]] = {
        "ppt/theme/theme1.xml": lambda xml: _themed(xml, *FACES[language]),
        "ppt/slideMasters/slideMaster1.xml": lambda xml: _placed(_sized(xml)).replace("en-US", tag),
        "ppt/slideLayouts/slideLayout1.xml": _covered,
        "ppt/presentation.xml": lambda xml: xml.replace("en-US", tag),
    }
    return edited(default, edits, {})


def finished(slides: bytes) -> bytes:
    """Slides whose pictures say what they show, not where they came from, and without settings.

    Pandoc adds a picture's path to its description, and keeps the rest as properties.
    """

    def described(xml: str) -> str:
        return re.sub(r'(descr="[^"]*?)\s*[^\s"]*figures/[^\s"]+"', r'\1"', xml)

    edits = {f"ppt/slides/slide{number}.xml": described for number in range(1, 100)}
    edits["docProps/custom.xml"] = lambda xml: re.sub("<property .*</property>", "", xml, flags=re.DOTALL)
    return edited(slides, edits, {})


def _themed(xml: str, latin: str, chinese: str) -> str:
    colours = {"dk1": INK, "dk2": SOFT, "accent1": ACCENT, "accent2": OCHRE, "hlink": ACCENT}
    for name, colour in colours.items():
        xml = re.sub(rf"<a:{name}>.*?</a:{name}>", f'<a:{name}><a:srgbClr val="{colour}"/></a:{name}>', xml)
    faces = f'Font><a:latin typeface="{latin}"/><a:ea typeface="{chinese}"/>'
    return re.sub(r'Font><a:latin typeface="[^"]*"/><a:ea typeface=""/>', faces, xml)


def _sized(xml: str) -> str:
    """Titles on the left, bold and in the brief's blue; text in sizes that ten slides can be read in."""
    xml = re.sub(r'(?<=defRPr sz=")\d+(?=" kern)', lambda found: SIZES.get(found[0], found[0]), xml)
    head, style, rest = re.split(r"(<p:titleStyle>.*?</p:titleStyle>)", xml, flags=re.DOTALL)
    style = style.replace('algn="ctr"', 'algn="l"').replace('sz="2400"', 'sz="2400" b="1"')
    return (
        head + style.replace('"tx1"', '"accent1"') + rest.replace('spcPct val="20000"', 'spcPct val="40000"')
    )


def _placed(xml: str) -> str:
    old = {(457200, 205979, 8229600, 857250): TITLE, (457200, 1200151, 8229600, 3394472): BODY}
    return _moved(xml, old)


def _covered(xml: str) -> str:
    return _moved(xml, COVER).replace('algn="ctr"', 'algn="l"').replace("<a:defRPr>", '<a:defRPr sz="1600">')


def _moved(xml: str, boxes: Mapping[Box, Box]) -> str:
    place = '<a:off x="{}" y="{}"/><a:ext cx="{}" cy="{}"/>'
    for old, new in boxes.items():
        xml = xml.replace(place.format(*old), place.format(*new))
    return xml
