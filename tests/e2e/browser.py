"""A browser without a network, and what it finds wrong with charts."""

from __future__ import annotations

import os
import shutil

import pytest

playwright = pytest.importorskip(
    "playwright.sync_api", reason="Playwright is not installed: `make setup` brings it"
)

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
IN_A_BROWSER = [
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        not CHROMIUM, reason="no browser: install Debian's `chromium` or set CHROMIUM"
    ),
]
WIDTHS = {"desktop": 1280, "phone": 390}


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
