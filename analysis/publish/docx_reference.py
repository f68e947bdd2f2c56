"""The Word reference document: Pandoc's own, with the brief's page and styles; and rows kept whole."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from string import Template
from xml.etree import ElementTree as ET

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
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
    return _edited(default, edits, {"word/footer1.xml": FOOTER})


def finished(document: bytes) -> bytes:
    """A Word file with no table row across two pages, and without the settings it was made with.

    LibreOffice does not take the first from a style; Pandoc keeps the second as properties, paths included.
    """

    def kept(found: re.Match[str]) -> str:
        return "<w:tr><w:trPr><w:cantSplit/>" + ("" if found[1] else "</w:trPr>")

    edits: dict[str, Callable[[str], str]] = {
        "word/document.xml": lambda xml: re.sub("<w:tr>(<w:trPr>)?", kept, xml),
        "docProps/custom.xml": lambda xml: re.sub("<property .*</property>", "", xml, flags=re.DOTALL),
    }
    return _edited(document, edits, {})


def _merged(default: str, styles: str) -> str:
    """Some styles with others added, or put in the place of those of the same id."""
    ET.register_namespace("w", W)
    root, ours = ET.fromstring(default), ET.fromstring(styles)  # noqa: S314 - our own files
    root[:] = {part.get(f"{{{W}}}styleId", part.tag): part for part in (*root, *ours)}.values()
    return ET.tostring(root, encoding="unicode")


def _edited(archive: bytes, edits: Mapping[str, Callable[[str], str]], added: Mapping[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            content, edit = old.read(info), edits.get(info.filename)
            new.writestr(info, edit(content.decode()) if edit else content)
        for name, text in added.items():
            new.writestr(zipfile.ZipInfo(name), text)
    return target.getvalue()
