"""Word's own numbers, references and contents, in place of the text that Pandoc writes for them.

A caption's number becomes a ``SEQ`` field with a bookmark round label and number, a reference to it a ``REF``
field to that bookmark, and the headings make a contents field, so that Word renumbers all of them when
someone edits the file.  Each field holds its present result: it is right before Word brings it up to date.
What no layout is needed for is there; page numbers come with the first update of the contents.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Sequence
from xml.etree import ElementTree as ET

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CAPTIONS = {"ImageCaption", "TableCaption"}
LABEL = re.compile(r"(Figure|Table|图|表)([ \u00a0]?)(\d+)")
ANCHOR = re.compile(r"(?:fig|tbl)-")
LEVELS = {"Heading1": "TOC1", "Heading2": "TOC2"}
CONTENTS = {"en": "Contents", "zh": "目录"}


def number_captions(document: ET.Element) -> set[str]:
    """Make the numbers of captions fields; returns the anchors of what they are the captions of."""
    ids = _free_ids(document)
    anchor, numbered = "", set()
    for element in document.iter():
        name = element.get(_w("name"), "")
        if element.tag == _w("bookmarkStart") and ANCHOR.match(name):
            anchor = name
        elif anchor and _style(element) in CAPTIONS and _number(element, _bookmark(anchor), next(ids)):
            numbered.add(anchor)
            anchor = ""
    return numbered


def refer(part: ET.Element, anchors: Collection[str]) -> None:
    """Make fields of the links to captions, in the text or in its notes."""
    for parent in part.iter():
        for link in parent.findall(_w("hyperlink")):
            if (anchor := link.get(_w("anchor"), "")) in anchors:
                _replace(parent, link, _field(f"REF {_bookmark(anchor)} \\h", list(link)))


def add_contents(document: ET.Element, language: str) -> None:
    """Put a contents field before the first heading, if there is one."""
    body = document[0]
    headings = [paragraph for paragraph in body if _style(paragraph) in LEVELS]
    if not headings:
        return
    ids = _free_ids(document)
    entries = [_entry(heading, next(ids)) for heading in headings]
    begin, end = _ends('TOC \\o "1-2" \\h \\z \\u')
    entries[0][1:1] = begin
    content = _new("sdtContent", [_paragraph("TOCHeading", [_run(_text(CONTENTS[language]))]), *entries])
    content.append(_paragraph("TOC1", end))
    gallery = _new("docPartObj", [_new("docPartGallery", val="Table of Contents"), _new("docPartUnique")])
    at = list(body).index(headings[0])
    while body[at - 1].tag == _w("bookmarkStart"):
        at -= 1
    body.insert(at, _new("sdt", [_new("sdtPr", [gallery]), content]))


def _entry(heading: ET.Element, number: int) -> ET.Element:
    """The entry of a heading in the contents, which leads to a bookmark round its text."""
    name = f"_Toc{number}"
    _mark(heading, 1, len(heading), name, number)
    said = "".join(text.text or "" for text in heading.iter(_w("t")))
    return _paragraph(LEVELS[_style(heading)], [_new("hyperlink", [_run(_text(said))], anchor=name)])


def _number(caption: ET.Element, name: str, bookmark: int) -> bool:
    """Take label and number off a caption's text and put them back as text, field and bookmark."""
    runs = caption.findall(_w("r"))
    found = LABEL.match("".join(_said(run) for run in runs))
    if not found:
        return False
    at, left, properties = list(caption).index(runs[0]), found.end(), runs[0].find(_w("rPr"))
    for run in runs:
        said = _said(run)
        if len(said) > left:
            _replace(run, next(run.iter(_w("t"))), [_text(said[left:])])
            break
        caption.remove(run)
        left -= len(said)
    label, space, digits = found.groups()
    number = _field(f"SEQ {label} \\* ARABIC", [_run(_text(digits), properties)])
    caption[at:at] = [_run(_text(label + space), properties), *number]
    _mark(caption, at, at + 1 + len(number), name, bookmark)
    return True


def _mark(paragraph: ET.Element, start: int, end: int, name: str, number: int) -> None:
    paragraph.insert(end, _new("bookmarkEnd", id=str(number)))
    paragraph.insert(start, _new("bookmarkStart", id=str(number), name=name))


def _field(instruction: str, result: Sequence[ET.Element]) -> list[ET.Element]:
    begin, end = _ends(instruction)
    return [*begin, *result, *end]


def _ends(instruction: str) -> tuple[list[ET.Element], list[ET.Element]]:
    """The runs before and after the result of a field."""
    code = _text(f" {instruction} ", "instrText")
    begin, separate, end = (_run(_new("fldChar", fldCharType=kind)) for kind in ("begin", "separate", "end"))
    return [begin, _run(code), separate], [end]


def _bookmark(anchor: str) -> str:
    """A name that Word takes in a field; what starts with a line is not in its list of bookmarks."""
    return "_Ref_" + anchor.replace("-", "_")


def _free_ids(document: ET.Element) -> Iterator[int]:
    used = [int(mark.get(_w("id"), "0")) for mark in document.iter(_w("bookmarkStart"))]
    yield from range(max(used, default=0) + 1, 10**9)


def _style(paragraph: ET.Element) -> str:
    found = paragraph.find(f"{_w('pPr')}/{_w('pStyle')}") if paragraph.tag == _w("p") else None
    return "" if found is None else found.get(_w("val"), "")


def _said(run: ET.Element) -> str:
    return "".join(text.text or "" for text in run.iter(_w("t")))


def _replace(parent: ET.Element, child: ET.Element, others: Sequence[ET.Element]) -> None:
    at = list(parent).index(child)
    parent[at : at + 1] = others


def _paragraph(style: str, content: Sequence[ET.Element]) -> ET.Element:
    return _new("p", [_new("pPr", [_new("pStyle", val=style)]), *content])


def _run(content: ET.Element, properties: ET.Element | None = None) -> ET.Element:
    return _new("r", [*([] if properties is None else [copy.deepcopy(properties)]), content])


def _text(said: str, name: str = "t") -> ET.Element:
    element = _new(name)
    element.text = said
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element


def _new(name: str, children: Sequence[ET.Element] = (), /, **attributes: str) -> ET.Element:
    element = ET.Element(_w(name), {_w(key): value for key, value in attributes.items()})
    element.extend(children)
    return element


def _w(name: str) -> str:
    return f"{{{W}}}{name}"
