"""Sections become HTML: Jinja2 with autoescape, both languages side by side."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from experiments.compare import Comparison
from experiments.figures.shown import style as figures_style
from experiments.verdict import CONDITIONAL
from hotbed.report.blocks import Section
from hotbed.report.names import Names
from sim.declare import Text


def both(text: Text | str) -> Markup:
    """Return a text in both languages, of which the page shows one; names are escaped."""
    if isinstance(text, str):
        return escape(text)
    if text.en == text.zh:
        return escape(text.en)
    pair = '<span lang="en">{}</span><span lang="zh">{}</span>'
    return Markup(pair).format(text.en, text.zh)


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("hotbed.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["both"] = both
    # Figures are written by `experiments.figures`, which escapes what it is given.
    found.filters["drawing"] = Markup
    found.tests["table"] = lambda block: type(block).__name__ == "Table"
    found.tests["figure"] = lambda block: type(block).__name__ == "Figure"
    return found


def _file(name: str) -> Markup:
    """Return a style sheet or script of ours, as it is."""
    return Markup((files("hotbed.report") / "templates" / name).read_text("utf-8"))


def render(comparison: Comparison, names: Names, sections: list[Section], language: str) -> str:
    """Return the whole page."""
    words: dict[str, Any] = {
        "title": Text("Comparison of policies", "政策比较"),
        "place": comparison.baseline.scenario.title,
        "conditional": CONDITIONAL,
        "policies": [names.arm(arm.label) for arm in comparison.policies],
        "baseline": names.arm(comparison.baseline.label),
        "unequal": comparison.at_equal_cost is False,
        "failed": sum(d is None for own in comparison.digests.values() for d in own),
    }
    return (
        _environment()
        .get_template("page.html")
        .render(
            **words,
            language=language,
            months=comparison.months,
            reps=len(comparison.seeds),
            sections=sections,
            style=_file("style.css") + Markup(figures_style()),
            script=_file("switch.js"),
        )
    )
