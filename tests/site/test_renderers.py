"""Both back-ends agree: the whole site, built by each."""

from __future__ import annotations

import shutil

import pytest

from analysis.publish import quarto, twins


@pytest.fixture(scope="session")
def by_quarto(project, tmp_path_factory):
    """The site as Quarto renders it, from what the embedded build prepared."""
    out = tmp_path_factory.mktemp("quarto") / "site"
    quarto.render(project, out)
    return out


@pytest.mark.skipif(not shutil.which("quarto"), reason="no quarto on PATH")
def test_both_renderers_say_the_same(project, by_quarto):
    assert [str(found) for found in twins.differences(project / "_site", by_quarto)] == []
    assert {"index.pdf", "zh/index.docx", "slides.pptx", "zh/evidence/meizhou.html"} <= {
        *twins.pages(by_quarto)
    }
