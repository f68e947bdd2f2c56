"""Whether pages look as they last did: the printed brief in both languages, and the brief on the web.

Kept are small grey pictures, on which letters are not read but every line has its place.  A page differs
where more of its dots than `TOLERANCE` are another grey, by more than `SHADE` of 255: what another version
of a browser does to the edges of letters stays below, a line more or a table moved does not.  After looking
at the pages, ``make accept`` takes the new pictures.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pypdfium2 import PdfDocument

KEPT = Path(__file__).parent / "pictures"
SHADE, TOLERANCE = 64, 0.01
LOADED = """document.fonts.ready.then(() => Promise.all([...document.images].map((image) => {
  image.loading = 'eager';
  return image.decode();
}))).then(() => true)"""
"""To ask of a page before it is taken: typefaces and pictures come when they are needed."""

GREYS = 16
"""So many are kept, which is enough and makes the files half as large."""


def printed(path: Path) -> list[np.ndarray]:
    """The pages of a PDF in grey, at 29 dots an inch."""
    return [np.squeeze(page.render(scale=0.4, grayscale=True).to_numpy()) for page in PdfDocument(path)]


def shown(screenshot: bytes) -> np.ndarray:
    """A screenshot in grey, at a quarter of its size."""
    picture = Image.open(BytesIO(screenshot)).convert("L")
    return np.asarray(picture.reduce(4))


def sheet(pages: list[np.ndarray], across: int = 8) -> np.ndarray:
    """Pages as rows of one picture, the last row filled up with white."""
    white = np.full_like(pages[0], 255)
    filled = [*pages, *[white] * (-len(pages) % across)]
    return np.vstack([np.hstack(filled[start : start + across]) for start in range(0, len(filled), across)])


def differing(page: np.ndarray, kept: np.ndarray) -> float:
    """The share of dots that are another grey; all of them where the size is another."""
    if page.shape != kept.shape:
        return 1.0
    return float((np.abs(page.astype(int) - kept.astype(int)) > SHADE).mean())


def holds(name: str, picture: np.ndarray) -> np.ndarray:
    """The picture kept under a name, which is this one where it is accepted."""
    path = KEPT / f"{name}.png"
    if os.environ.get("BRIEF_ACCEPT"):
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(picture).quantize(GREYS).save(path, optimize=True)
    return np.asarray(Image.open(path).convert("L"))


class TestComparison:
    page = np.full((30, 20), 255, dtype=np.uint8)

    def test_edges_of_letters_may_differ(self):
        edged = self.page.copy()
        edged[3, :5] = 255 - SHADE
        assert differing(edged, self.page) == 0.0

    def test_a_line_more_is_seen(self):
        lined = self.page.copy()
        lined[3] = 0
        assert differing(lined, self.page) == pytest.approx(1 / 30)
        assert TOLERANCE < 1 / 30

    @pytest.mark.parametrize("name", ["print-en", "print-zh", "web-en", "web-zh"])
    def test_a_page_moved_by_a_dot_is_seen(self, name):
        kept = np.asarray(Image.open(KEPT / f"{name}.png").convert("L"))
        assert differing(np.roll(kept, 1, axis=0), kept) > TOLERANCE

    def test_another_size_differs_altogether(self):
        assert differing(self.page[:-1], self.page) == 1.0

    def test_a_sheet_is_filled_with_white(self):
        black = np.zeros((2, 3), dtype=np.uint8)
        assert sheet([black] * 3, across=2).tolist() == [[0] * 6] * 2 + [[0] * 3 + [255] * 3] * 2


@pytest.mark.parametrize("edition", ["", "zh/"])
def test_print_looks_as_last_seen(project, edition):
    pages = printed(project / "_site" / f"{edition}index.pdf")
    kept = holds(f"print-{edition[:2] or 'en'}", sheet(pages))
    assert sheet(pages).shape == kept.shape, "another number of pages"
    height, width = pages[0].shape
    places = [divmod(place, 8) for place in range(len(pages))]
    cells = [kept[y * height : (y + 1) * height, x * width : (x + 1) * width] for y, x in places]
    differ = [differing(page, cell) for page, cell in zip(pages, cells, strict=True)]
    assert {number: share for number, share in enumerate(differ, 1) if share > TOLERANCE} == {}


@pytest.mark.parametrize("edition", ["", "zh/"])
def test_the_web_looks_as_last_seen(visit, edition):
    page = visit(f"{edition}index.html", viewport={"width": 1250, "height": 900}, color_scheme="light")
    page.evaluate(LOADED)
    found = shown(page.screenshot(full_page=True))
    assert differing(found, holds(f"web-{edition[:2] or 'en'}", found)) <= TOLERANCE
