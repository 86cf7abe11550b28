"""A browser opens the result page without a network, in both languages, and everything is drawn."""

from __future__ import annotations

import pytest

from experiments.runner import Arm
from experiments.session import Request, compare_policies
from hotbed.report import page
from sim.declare import Text
from tests.e2e.browser import COVERED, FAULTS, IN_A_BROWSER, WIDTHS, Opened
from tests.experiments import fake_engine as fake

pytestmark = IN_A_BROWSER
LONG = Text(
    "A policy with quite a long name that no legend was made for",
    "一个名称相当长、没有任何图例为其准备的政策",
)


def compared(months: int = 48):
    """Return a comparison of three policies, one with a name that is too long."""
    arms = [Arm("no-policy", fake.Place(policy_title=Text("No policy", "无政策")))]
    titles = (Text("Gift", "赠款"), LONG, Text("Huge", "巨额"))
    for i, title in enumerate(titles):
        place = fake.Place(f"policy-{i}", 10.0 + 30 * i, policy_title=title)
        arms.append(Arm(f"policy-{i}", place.with_support()))
    request = Request(arms[0], tuple(arms[1:]), tuple(range(6)), months)
    return compare_policies(fake.engine(), request).comparison


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("a folder with spaces") / "report.html"
    manifest = {"versions": {"python": "3"}, "platform": "x"}
    path.write_text(page(compared(), fake.engine(), manifest, "en", "hotbed compare toy"))
    return path


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_every_chart_is_drawn_inside_its_frame(browser, written, language, width):
    with Opened(browser, written, width) as opened:
        opened.tab.click(f"button[data-lang={language}]")
        charts = opened.tab.locator("svg.chart").count()
        assert charts > 20
        assert opened.tab.evaluate(FAULTS) == []
        assert opened.tab.evaluate(COVERED) == []
        wide = opened.tab.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
        assert opened.complaints == []
        assert [url for url in opened.asked if not url.startswith(("file:", "data:"))] == []


def test_the_switch_shows_one_language_at_a_time(browser, written):
    with Opened(browser, written, 1280) as opened:
        heading = opened.tab.locator("#money h2")
        assert heading.inner_text().startswith("Money")
        opened.tab.click("button[data-lang=zh]")
        assert heading.inner_text().startswith("资金")
        assert opened.tab.locator("html").get_attribute("lang") == "zh"
        pressed = opened.tab.locator("button[aria-pressed=true]")
        assert pressed.inner_text() == "中文"
        assert not opened.tab.locator("svg.chart text[lang=en]").first.is_visible()


def test_every_chart_has_its_data_as_a_table(browser, written):
    with Opened(browser, written, 1280) as opened:
        figures = opened.tab.locator("figure")
        for at in range(figures.count()):
            figure = figures.nth(at)
            figure.locator("summary").click()
            assert figure.locator("table tbody tr").first.is_visible()
        opened.tab.click("button[data-lang=zh]")
        assert opened.complaints == []


def test_charts_say_what_they_are_to_those_who_cannot_see_them(browser, written):
    with Opened(browser, written, 1280) as opened:
        named = opened.tab.evaluate(
            """() => [...document.querySelectorAll('svg.chart')].map(svg =>
            svg.getAttribute('role') + ' ' + svg.getAttribute('aria-labelledby').split(' ')
            .map(id => document.getElementById(id).textContent.length > 3))"""
        )
        assert set(named) == {"img true,true"}


def test_the_printed_page_keeps_its_charts_and_drops_its_switch(browser, written):
    with Opened(browser, written, 780, media="print") as opened:
        assert opened.tab.evaluate(FAULTS) == []
        assert not opened.tab.locator(".switch").is_visible()
        assert len(opened.tab.pdf()) > 50_000


def test_the_page_works_without_scripts(browser, written):
    context = browser.new_context(java_script_enabled=False, offline=True)
    tab = context.new_page()
    tab.goto(written.as_uri())
    assert tab.locator("#verdict h2").inner_text().startswith("Verdict")
    context.close()
