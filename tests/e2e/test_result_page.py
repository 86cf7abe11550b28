"""A browser opens the result page without a network, in both languages, and everything is drawn."""

from __future__ import annotations

import os
import shutil

import pytest

from experiments.runner import Arm
from experiments.session import Request, compare_policies
from hotbed.report import page
from sim.declare import Text
from tests.experiments import fake_engine as fake

playwright = pytest.importorskip(
    "playwright.sync_api", reason="Playwright is not installed: `make setup` brings it"
)

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        not CHROMIUM, reason="no browser: install Debian's `chromium` or set CHROMIUM"
    ),
]

WIDTHS = {"desktop": 1280, "phone": 390}
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
def browser():
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("a folder with spaces") / "report.html"
    manifest = {"versions": {"python": "3"}, "platform": "x"}
    path.write_text(page(compared(), fake.engine(), manifest, "en", "hotbed compare toy"))
    return path


class Opened:
    """The page in a browser without a network, and what it asked for and complained of."""

    def __init__(self, browser, path, width, media="screen"):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
        self.asked, self.complaints = [], []
        self.tab = self.context.new_page()
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.on("console", lambda message: self.complaints.append(message.text))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.emulate_media(media=media)
        self.tab.goto(path.as_uri())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


# Returns what is wrong with the charts that are shown: empty ones, and labels beyond their frame.
FAULTS = """() => [...document.querySelectorAll('svg.chart')].flatMap((svg, i) => {
  const box = svg.getBoundingClientRect();
  const marks = [...svg.querySelectorAll('path, rect, circle')]
    .filter(m => !m.closest('defs')).map(m => m.getBoundingClientRect());
  const labels = [...svg.querySelectorAll('text')].filter(t => t.getBoundingClientRect().width > 0);
  const found = [];
  if (box.width < 150 || box.height < 60) found.push(`chart ${i}: ${box.width} x ${box.height}`);
  if (!marks.some(m => m.width + m.height > 5)) found.push(`chart ${i}: nothing drawn`);
  if (labels.length < 2) found.push(`chart ${i}: ${labels.length} labels`);
  for (const label of labels) {
    const at = label.getBoundingClientRect();
    if (at.left < box.left - 1 || at.right > box.right + 1 || at.top < box.top - 1
        || at.bottom > box.bottom + 1) found.push(`chart ${i}: "${label.textContent}" beyond`);
  }
  return found;
})"""

# Returns pairs of labels of one chart that cover each other.
COVERED = """() => [...document.querySelectorAll('svg.chart')].flatMap((svg, i) => {
  const labels = [...svg.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()])
    .filter(([, at]) => at.width > 0);
  const found = [];
  labels.forEach(([a, p], k) => labels.slice(k + 1).forEach(([b, q]) => {
    const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (wide > 2 && high > 4) found.push(`chart ${i}: "${a.textContent}" on "${b.textContent}"`);
  }));
  return found;
})"""


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
