"""A browser draws every figure: whole, inside its frame, no label upon another, in both languages."""

from __future__ import annotations

import pytest

from experiments.figures.shown import show
from tests.e2e.browser import COVERED, FAULTS, IN_A_BROWSER, WIDTHS, Opened
from tests.experiments import gallery

pytestmark = IN_A_BROWSER
FIGURES = gallery.figures()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_every_figure_is_drawn_inside_its_frame(browser, tmp_path, language, width):
    path = tmp_path / "figures.html"
    path.write_text(show(*FIGURES.values(), language=language).page(gallery.NOTHING))
    with Opened(browser, path, width) as opened:
        assert opened.tab.locator("svg.chart").count() == len(FIGURES) - 1  # one is a table
        assert opened.tab.evaluate(FAULTS) == []
        assert opened.tab.evaluate(COVERED) == []
        other = {"en": "zh", "zh": "en"}[language]
        assert not opened.tab.locator(f"[lang={other}]").first.is_visible()
        assert opened.tab.locator("table.regret").is_visible()
        assert opened.complaints == []
        assert [url for url in opened.asked if not url.startswith("file:")] == []


def test_a_file_of_drawings_is_a_picture_that_needs_nothing_else(browser, tmp_path):
    drawings = [drawing for name, drawing in FIGURES.items() if name != "regret"]
    (tmp_path / "figures.svg").write_text(show(*drawings, language="zh").svg())
    page = tmp_path / "page.html"
    page.write_text('<img src="figures.svg" alt="">')
    with Opened(browser, page, 1280) as opened:
        image = "document.querySelector('img')"
        size = opened.tab.evaluate(f"[{image}.naturalWidth, {image}.naturalHeight]")
        assert size[0] > 600 and size[1] > 250 * len(drawings)
