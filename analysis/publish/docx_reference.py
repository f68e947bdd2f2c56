"""The Word reference document: Pandoc's own, with the brief's page, styles and typefaces."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_INK, _ACCENT, _SOFT, _WASH, _LINE = "1D232B", "1F4E79", "56606C", "F5F7F9", "C9D0D8"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FOOTER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"

# Faces that come with Word; officials' machines have no others.
_SERIF, _SANS, _KAI = ("Cambria", "SimSun"), ("Calibri", "SimHei"), ("Cambria", "KaiTi")
_FLAT = '<w:ind w:firstLineChars="0" w:firstLine="0"/>'
_ADDED = {"TableText": "Table Text", "Callout": "Callout", "CalloutTitle": "Callout Title"}
_ADDED |= {"CalloutList": "Callout List"}


@dataclass(frozen=True)
class _Style:
    """One style's properties; an empty face, or no size, is inherited."""

    before: int = 0
    after: int = 0
    line: int = 264
    keep: str = ""
    bar: int = 0
    rest: str = ""
    face: tuple[str, str] | None = None
    points: float = 0
    bold: bool | None = None
    colour: str = ""

    def paragraph(self) -> str:
        """Paragraph properties, in the schema's order."""
        edge = f'<w:left w:val="single" w:sz="24" w:space="{self.bar}" w:color="{_ACCENT}"/>'
        box = f'<w:pBdr>{edge}</w:pBdr><w:shd w:val="clear" w:color="auto" w:fill="{_WASH}"/>'
        spacing = f'w:before="{self.before}" w:after="{self.after}" w:line="{self.line}" w:lineRule="auto"'
        return f"<w:pPr>{self.keep}{box * bool(self.bar)}<w:spacing {spacing}/>{self.rest}</w:pPr>"

    def run(self) -> str:
        """Run properties, in the schema's order; nothing is slanted, in any language."""
        parts = []
        if self.face:
            latin, chinese = self.face
            parts.append(
                f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{chinese}" w:cs="{latin}"/>'
            )
        if self.bold is not None:
            parts.append(f'<w:b w:val="{self.bold:d}"/><w:bCs w:val="{self.bold:d}"/><w:i w:val="0"/>')
        if self.colour:
            parts.append(f'<w:color w:val="{self.colour}"/>')
        if self.points:
            parts.append(f'<w:sz w:val="{self.points * 2:.0f}"/><w:szCs w:val="{self.points * 2:.0f}"/>')
        return f"<w:rPr>{''.join(parts)}</w:rPr>" if parts else ""


def _styles(*, chinese: bool) -> dict[str, _Style]:
    """Styles by id; Chinese headings are a heavier face, never a face made bold."""
    bold, line = not chinese, 336 if chinese else 276
    indent = '<w:ind w:firstLineChars="200" w:firstLine="420"/>' if chinese else ""
    side = f'<w:jc w:val="{"center" if chinese else "left"}"/>'
    inset = '<w:ind w:left="240" w:right="240" w:firstLineChars="0" w:firstLine="0"/>'
    kept = "<w:keepNext/><w:keepLines/>"

    def heading(level: int, points: float, before: int) -> _Style:
        outline, colour = f'<w:outlineLvl w:val="{level - 1}"/>', _ACCENT if level == 1 else _INK
        return _Style(before, 40, 264, kept, 0, outline, _SANS, points, bold, colour)

    small = {"face": _SANS, "points": 9.5, "bold": False, "colour": _SOFT}
    titled = {"face": _SANS, "points": 10.5, "bold": bold, "colour": _ACCENT}
    return {
        "Normal": _Style(face=_SERIF, points=10.5, colour=_INK),
        "BodyText": _Style(after=0 if chinese else 120, line=line, rest=indent + '<w:jc w:val="both"/>'),
        "FirstParagraph": _Style(120, 0 if chinese else 120, line=line),
        "Compact": _Style(20, 20, line=line, rest=_FLAT + '<w:jc w:val="left"/>'),
        "Title": _Style(after=120, rest=side, face=_SANS, points=22, bold=bold),
        "Subtitle": _Style(after=120, rest=side, face=_SANS, points=13, bold=False, colour=_SOFT),
        "Author": _Style(after=60, rest=side, **small),  # type: ignore[arg-type]
        "Date": _Style(after=240, rest=side, **small),  # type: ignore[arg-type]
        "AbstractTitle": _Style(120, 60, keep=kept, **titled),  # type: ignore[arg-type]
        "Abstract": _Style(after=240, line=line, rest=indent),
        "Heading1": heading(1, 15, 360),
        "Heading2": heading(2, 12, 240),
        "Heading3": heading(3, 10.5, 200),
        "Caption": _Style(60, 120, rest=side, face=_SANS, points=9, bold=False),
        "TableCaption": _Style(200, 80, keep=kept, rest=side),
        "ImageCaption": _Style(60, 240, rest=side),
        "CaptionedFigure": _Style(200, keep=kept, line=240, rest='<w:jc w:val="center"/>'),
        "TableText": _Style(line=250, keep="<w:keepLines/>", face=_SANS, points=9),
        "FootnoteText": _Style(after=40, line=240, points=9),
        "Bibliography": _Style(after=80, rest='<w:ind w:left="420" w:hanging="420"/>', points=9.5),
        "Callout": _Style(line=line, bar=8, rest=inset),
        "CalloutTitle": _Style(160, line=line, keep=kept, bar=8, rest=inset, **titled),  # type: ignore[arg-type]
        "CalloutList": _Style(line=line, bar=14, rest=inset),
    }


def _replace(xml: str, name: str, body: str) -> str:
    pattern = rf'(<w:style [^>]*w:styleId="{name}">(?:(?!<w:pPr|<w:rPr|</w:style>).)*).*?</w:style>'
    return re.sub(pattern, lambda found: f"{found[1]}{body}</w:style>", xml, flags=re.DOTALL)


def _table(*, chinese: bool) -> str:
    """A table's rules: heavy above and below, fine under the head, hair lines between rows."""
    edges = "".join(f'<w:{side} w:val="single" w:sz="8" w:color="{_INK}"/>' for side in ("top", "bottom"))
    inner = f'<w:insideH w:val="single" w:sz="2" w:color="{_LINE}"/>'
    cells = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 40), ("left", 85), ("bottom", 40), ("right", 85))
    )
    head = f'<w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="6" w:color="{_INK}"/></w:tcBorders></w:tcPr>'
    weight = "" if chinese else "<w:rPr><w:b/></w:rPr>"
    borders = f"<w:tblBorders>{edges}{inner}</w:tblBorders>"
    whole = f'<w:tblPr><w:jc w:val="center"/>{borders}<w:tblCellMar>{cells}</w:tblCellMar></w:tblPr>'
    return f'{whole}<w:tblStylePr w:type="firstRow">{weight}{head}</w:tblStylePr>'


def _restyle(xml: str, *, chinese: bool) -> str:
    """Give each style its properties, replacing those it had."""
    added = "".join(
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{key}"><w:name w:val="{name}"/>'
        '<w:basedOn w:val="Normal"/><w:qFormat/></w:style>'
        for key, name in _ADDED.items()
    )
    for name, face in (("Emphasis", _KAI), ("Strong", _SANS)):
        run = _Style(face=face, bold=False).run()
        added += f'<w:style w:type="character" w:styleId="{name}"><w:name w:val="{name}"/>{run}</w:style>'
    xml = xml.replace("</w:styles>", f"{added}</w:styles>")
    xml = re.sub(r"<w:lang [^>]*/>", '<w:lang w:val="en-GB" w:eastAsia="zh-CN" w:bidi="ar-SA"/>', xml)
    for name, style in _styles(chinese=chinese).items():
        xml = _replace(xml, name, style.paragraph() + style.run())
    xml = _replace(xml, "Hyperlink", _Style(colour=_ACCENT).run())
    xml = _replace(xml, "VerbatimChar", _Style(face=("Consolas", "SimSun"), points=9).run())
    table = _table(chinese=chinese)
    return re.sub(
        r'(w:styleId="Table">.*?)<w:tblPr>.*?</w:style>', rf"\1{table}</w:style>", xml, flags=re.DOTALL
    )


def _footer() -> str:
    """A page number in the middle."""
    run = _Style(face=_SANS, points=9, bold=False, colour=_SOFT).run()
    field = '<w:fldSimple w:instr=" PAGE ">' + f"<w:r>{run}<w:t>1</w:t></w:r></w:fldSimple>"
    return f'<w:ftr xmlns:w="{_W}"><w:p><w:pPr><w:jc w:val="center"/></w:pPr>{field}</w:p></w:ftr>'


def _section(xml: str) -> str:
    """A4, with the margins of a Chinese official document, and the footer."""
    margins = (
        'w:top="1531" w:right="1474" w:bottom="1418" w:left="1474" w:header="851" w:footer="851" w:gutter="0"'
    )
    footer = '<w:footerReference w:type="default" r:id="rId90"/>'
    section = f'<w:sectPr>{footer}<w:pgSz w:w="11906" w:h="16838"/><w:pgMar {margins}/></w:sectPr>'
    return re.sub(r"<w:sectPr>.*?</w:sectPr>", section, xml, flags=re.DOTALL)


def build(default: bytes, *, chinese: bool) -> bytes:
    """Turn Pandoc's default reference document into the brief's.

    Args:
        default: The file that `pandoc --print-default-data-file reference.docx` writes.
        chinese: Whether the document is in Chinese.

    Returns:
        The reference document's bytes.
    """
    relation = f'<Relationship Id="rId90" Type="{_R}/footer" Target="footer1.xml"/></Relationships>'
    override = f'<Override PartName="/word/footer1.xml" ContentType="{_FOOTER_TYPE}"/></Types>'
    edits: dict[str, Callable[[str], str]] = {
        "word/styles.xml": lambda xml: _restyle(xml, chinese=chinese),
        "word/document.xml": _section,
        "word/_rels/document.xml.rels": lambda xml: xml.replace("</Relationships>", relation),
        "[Content_Types].xml": lambda xml: xml.replace("</Types>", override),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(default)) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            text = old.read(info).decode()
            new.writestr(info, edits.get(info.filename, str)(text))
        new.writestr(zipfile.ZipInfo("word/footer1.xml"), _footer())
    return target.getvalue()
