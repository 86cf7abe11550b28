"""Reads a figure as a reader does: marks, and what they stand for by the ticks of one language."""

import re
from xml.etree import ElementTree

import numpy as np

# What a tick of 1 stands for, by the unit that is written beside the axis.
UNITS = {
    "million CNY": 1e6, "百万元": 1e6, "亿元": 1e8, "%": 0.01, "% a year": 0.01, "%/年": 0.01,
    "percentage points": 0.01, "百分点": 0.01,
}  # fmt: skip
NUMBER = re.compile(r"-?[\d.]+")
TICK = re.compile(r"[+-]?[\d,]+(\.\d+)?")


class Drawn:
    """A figure in one language."""

    def __init__(self, figure, language="en"):
        self.root = ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", figure))
        self.language = language

    def every(self, tag, kind):
        """Return the elements with a class, in their order; of one inside a group, its mark."""
        found = [e for e in self.root.iter() if kind in (e.get("class") or "").split()]
        return [e if e.tag != "g" else e[0] for e in found if tag in (e.tag, "any")]

    def texts(self, kind=None):
        """Return (words, element) of what is shown in this language."""
        shown = [e for e in self.root.iter("text") if e.get("lang") in (None, self.language)]
        return [(e.text, e) for e in shown if kind is None or e.get("class") == kind]

    def values(self, pixels, along):
        """Return what places stand for, by the ticks along x or y."""
        anchor, key = {"x": ("middle", "x"), "y": ("end", "y")}[along]
        ticks = [
            (float(e.get(key)), float(words.replace(",", "")))
            for words, e in self.texts("tick")
            if e.get("text-anchor") == anchor and TICK.fullmatch(words)
            and (along == "x" or float(e.get("x")) < 60)
        ]  # fmt: skip
        slope, start = np.polyfit(*zip(*ticks, strict=True), 1)
        # A label of the upright axis stands a little below its line.
        shift = 4 if along == "y" else 0
        return (slope * (np.asarray(pixels, dtype=float) + shift) + start) * self.unit(along)

    def unit(self, along):
        """Return what a tick of 1 stands for."""
        units = [words for words, _ in self.texts("unit")]
        upright = [words for words, e in self.texts("unit") if e.get("text-anchor") != "end"]
        level = [words for words in units if words not in upright]
        for words in level if along == "x" and level else upright:
            inner = re.search(r"\[(.*)\]", words)
            if (inner[1] if inner else words) in UNITS:
                return UNITS[inner[1] if inner else words]
        return 1.0

    def path(self, element):
        """Return the points of a path of straight lines, values of shape (points, 2)."""
        at = np.array(NUMBER.findall(element.get("d")), dtype=float).reshape(-1, 2)
        return np.column_stack([self.values(at[:, 0], "x"), self.values(at[:, 1], "y")])

    def bars(self):
        """Return the ends of level bars, values of shape (bars, 2), from left to right."""
        rects = self.every("rect", "bar")
        left = np.array([float(e.get("x")) for e in rects])
        wide = np.array([float(e.get("width")) for e in rects])
        return np.column_stack([self.values(left, "x"), self.values(left + wide, "x")])

    def points(self, kind="datum"):
        """Return where circles or diamonds stand, values of shape (points, 2)."""
        at = [middle_of(e) for e in self.every("any", kind)]
        xs, ys = np.array(at, dtype=float).reshape(-1, 2).T
        return np.column_stack([self.values(xs, "x"), self.values(ys, "y")])


def middle_of(mark):
    """Return the middle of a marker."""
    if mark.tag == "circle":
        return float(mark.get("cx")), float(mark.get("cy"))
    if mark.tag == "rect":
        return tuple(
            float(mark.get(k)) + float(mark.get(s)) / 2
            for k, s in (("x", "width"), ("y", "height"))
        )
    x, y, *_ = map(float, NUMBER.findall(mark.get("d")))
    return (x, y + 3.8) if "l3.8" in mark.get("d") else (x + 3, y + 3)  # a diamond, or a cross
