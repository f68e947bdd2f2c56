"""The Word reference document, Pandoc's own with the brief's page and styles; and the files made on it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from string import Template
from xml.etree import ElementTree as ET

from analysis.publish import docx_fields
from analysis.publish.docx_fields import W

PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FOOTER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
FOOTER = (
    f'<w:ftr xmlns:w="{W}"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>'
    '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p></w:ftr>'
)
SECTION = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rId90"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar '
    'w:top="1531" w:right="1474" w:bottom="1418" w:left="1474" w:header="851" w:footer="851" w:gutter="0"/>'
    "</w:sectPr>"
)
"""A4, with the margins of a Chinese official document, and the footer: a page number in the middle."""

SETTING = {
    "en": {"bold": 1, "line": 276, "after": 120, "indent": 0, "twips": 0, "side": "left"},
    "zh": {"bold": 0, "line": 336, "after": 0, "indent": 200, "twips": 420, "side": "center"},
}
"""What the names in the file of styles stand for in each edition."""

LANGUAGES = 'w:val="en-GB" w:eastAsia="zh-CN" w:bidi="ar-SA"'
"""What proofing takes Latin and Chinese letters for, in either edition."""


def build(default: bytes, styles: str, language: str) -> bytes:
    """Pandoc's default reference document with the brief's page, and its ``styles`` in a language."""
    relation = f'<Relationship Id="rId90" Type="{R}/footer" Target="footer1.xml"/></Relationships>'
    override = f'<Override PartName="/word/footer1.xml" ContentType="{FOOTER_TYPE}"/></Types>'
    ours = Template(styles).substitute(SETTING[language])
    edits: dict[str, Callable[[str], str]] = {
        "word/styles.xml": lambda xml: _merged(xml, ours),
        "word/document.xml": lambda xml: re.sub(r"<w:sectPr>.*?</w:sectPr>", SECTION, xml, flags=re.DOTALL),
        "word/_rels/document.xml.rels": lambda xml: xml.replace("</Relationships>", relation),
        "[Content_Types].xml": lambda xml: xml.replace("</Types>", override),
    }
    return edited(default, edits, {"word/footer1.xml": FOOTER})


def finished(document: bytes, language: str) -> bytes:
    """A Word file as an editor needs it, from what either back-end wrote.

    Captions, references and contents are Word's own fields, no table row is on two pages (LibreOffice does
    not take that from a style), proofing knows the languages, and no settings of its making are kept.
    """
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        main, notes = (_parsed(archive.read(f"word/{name}.xml")) for name in ("document", "footnotes"))
    for part in (main, notes):
        _tidy(part)
    anchors = docx_fields.number_captions(main)
    for part in (main, notes):
        docx_fields.refer(part, anchors)
    docx_fields.add_contents(main, language)
    edits: dict[str, Callable[[str], str]] = {
        "word/document.xml": lambda _: _written(main),
        "word/footnotes.xml": lambda _: _written(notes),
        "word/styles.xml": lambda xml: re.sub("<w:lang [^>]*>", f"<w:lang {LANGUAGES}/>", xml),
        "word/settings.xml": lambda xml: re.sub(
            "<w:themeFontLang [^>]*>", f"<w:themeFontLang {LANGUAGES}/>", xml
        ),
        "docProps/custom.xml": lambda xml: re.sub("<property .*</property>", "", xml, flags=re.DOTALL),
    }
    return edited(document, edits, {})


def _tidy(part: ET.Element) -> None:
    """Keep table rows whole, and merge what Quarto states twice of a paragraph or row.

    What a picture shows comes from Quarto as its title; its description is what is read out.
    A phrase marked as Chinese is so by Word's default for East Asian letters, under the tag that it knows.
    """
    for row in part.iter(f"{{{W}}}tr"):
        row.insert(0, ET.Element(f"{{{W}}}trPr"))
        ET.SubElement(row[0], f"{{{W}}}cantSplit")
    for picture in part.iter(f"{{{PICTURE}}}docPr"):
        if not picture.get("descr"):
            picture.attrib.update(descr=picture.get("title", ""), title="")
    for element in part.iter():
        for name in ("pPr", "trPr"):
            _merge(element, f"{{{W}}}{name}")
        for language in element.findall(f"{{{W}}}lang"):
            element.remove(language)


def _merge(element: ET.Element, name: str) -> None:
    """Leave one set of properties, in which later ones stand in the place of earlier, the style first."""
    stated = element.findall(name)
    if len(stated) > 1:
        told = {each.tag: each for properties in stated for each in properties}
        stated[0][:] = sorted(told.values(), key=lambda each: each.tag != f"{{{W}}}pStyle")
        for other in stated[1:]:
            element.remove(other)


def _parsed(content: bytes) -> ET.Element:
    """A part of a Word file, which is written again under the prefixes that it came with."""
    for _, (prefix, uri) in ET.iterparse(io.BytesIO(content), events=["start-ns"]):  # noqa: S314 - our own file
        ET.register_namespace(prefix, uri)
    return ET.fromstring(content)  # noqa: S314 - our own file


def _written(part: ET.Element) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>' + ET.tostring(part, encoding="unicode")


def _merged(default: str, styles: str) -> str:
    """Some styles with others added, or put in the place of those of the same id."""
    ET.register_namespace("w", W)
    root, ours = ET.fromstring(default), ET.fromstring(styles)  # noqa: S314 - our own files
    root[:] = {part.get(f"{{{W}}}styleId", part.tag): part for part in (*root, *ours)}.values()
    return ET.tostring(root, encoding="unicode")


def edited(archive: bytes, edits: Mapping[str, Callable[[str], str]], added: Mapping[str, str]) -> bytes:
    """An Office file with some of its parts edited, and some added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            content, edit = old.read(info), edits.get(info.filename)
            new.writestr(info, edit(content.decode()) if edit else content)
        for name, text in added.items():
            new.writestr(zipfile.ZipInfo(name), text)
    return target.getvalue()
