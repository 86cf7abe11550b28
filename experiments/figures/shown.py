"""Figures as a file or a notebook shows them: in one language, with the style they need.

A result page holds figures in both languages and brings their style once; a figure that stands alone
brings its own and hides the other language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib.resources import files

from sim.declare import Text

GAP, EDGE = 18.0, 8.0  # between drawings in one file, and around them
ONE_LANGUAGE = '.figures[lang="en"] [lang="zh"],.figures[lang="zh"] [lang="en"]{display:none}'
ON_A_PAGE = (
    ".figures svg.chart{display:block;width:100%;max-width:34rem;height:auto;margin:0 0 1rem}"
    ".figures svg.map{max-width:25rem}.figures svg.gains{max-width:30rem}"
    ".figures table{border-collapse:collapse;margin:0 0 1rem}"
    ".figures caption{text-align:left;font-weight:600}"
    ".figures th,.figures td{padding:.3em .8em;text-align:right;border-bottom:1px solid #d5dade}"
    ".figures th[scope=row],.figures tfoot td{text-align:left}"
)
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


@cache
def style() -> str:
    """Return the style sheet of all drawings."""
    return (files("experiments.figures") / "figures.css").read_text("utf-8")


@dataclass(frozen=True)
class Shown:
    """Drawings (and tables) in one language; a notebook shows them by themselves."""

    drawings: tuple[str, ...] = field(repr=False)
    language: str = "en"

    def svg(self) -> str:
        """Return one SVG file with the drawings beneath each other.

        Raises:
            ValueError: if one of them is a table.
        """
        sizes = [_SIZE.search(drawing.partition(">")[0]) for drawing in self.drawings]
        parts, top, widest = [], 0.0, 0.0
        for drawing, size in zip(self.drawings, sizes, strict=True):
            if size is None:
                raise ValueError("only drawings fit into an SVG file")
            wide, high = float(size[1]), float(size[2])
            place = f'<svg x="0" y="{top:g}" width="{wide:g}" height="{high:g}" '
            parts.append(drawing.replace("<svg ", place, 1))
            top, widest = top + high + GAP, max(widest, wide)
        wide, high = widest + 2 * EDGE, max(top - GAP, 0.0) + 2 * EDGE
        frame = f'x="{-EDGE:g}" y="{-EDGE:g}" width="{wide:g}" height="{high:g}"'
        view = f'viewBox="{-EDGE:g} {-EDGE:g} {wide:g} {high:g}" width="{1.5 * wide:g}"'
        return (
            f'<svg class="figures" lang="{self.language}" xmlns="http://www.w3.org/2000/svg" '
            f"{view}><style>{style()}{ONE_LANGUAGE}</style>"
            f'<rect {frame} fill="#fff"/>{"".join(parts)}</svg>'
        )

    def page(self, title: Text) -> str:
        """Return an HTML page that opens without a network."""
        name = escape(title.in_language(self.language))
        return (
            f'<!doctype html><html lang="{self.language}"><head><meta charset="utf-8">'
            f"<title>{name}</title></head><body>{self._repr_html_()}</body></html>"
        )

    def _repr_html_(self) -> str:
        look = f"<style>{style()}{ONE_LANGUAGE}{ON_A_PAGE}</style>"
        return f'<div class="figures" lang="{self.language}">{look}{"".join(self.drawings)}</div>'


def show(*drawings: str, language: str = "en") -> Shown:
    """Return drawings so that a notebook shows them."""
    return Shown(drawings, language)
