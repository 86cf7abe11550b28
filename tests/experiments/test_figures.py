"""Figures: numbers in both languages, round ticks, escaped labels, and no label upon another."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest

from experiments.figures import numbers, svg
from experiments.figures.bars import Part, shares, stacked
from experiments.figures.lines import Series, extent, line_chart
from experiments.figures.maps import ground_map
from experiments.figures.rows import Gain, gains
from experiments.ground import Ground
from experiments.paths import Path
from sim.declare import Text

NAME = Text("A & B", "甲<乙")


@pytest.mark.parametrize(
    ("value", "unit", "sign", "english", "chinese"),
    [
        (1.234e6, "CNY", False, "1.23 m", "1.23 百万"),
        (-45.67e6, "CNY", True, "-45.7 m", "-45.7 百万"),
        (1.5e9, "CNY", True, "+1,500.0 m", "+15.00 亿"),
        (0.1234, "share", False, "12.3%", "12.3%"),
        (-0.0123, "share", True, "-1.2 pp", "-1.2 个百分点"),
        (12345.6, "firms", False, "12,346", "12,346"),
        (0.0, "firms", True, "0", "0"),
        (-1e-9, "CNY", True, "0.00 m", "0.00 百万"),
        (None, "firms", False, "not defined", "无定义"),
        (math.nan, "CNY", True, "not defined", "无定义"),
        (math.inf, "CNY", True, "not defined", "无定义"),
    ],
)
def test_numbers_are_written_for_readers(value, unit, sign, english, chinese):
    assert numbers.number(value, unit, sign) == Text(english, chinese)


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (-3, 8), (0.02, 0.021), (1e8, 9e8), (5, 5), (-7e9, 3e9), (0, 0)]
)
def test_ticks_are_round_and_cover(low, high):
    found = svg.ticks(low, high)
    assert found[0] <= low and found[-1] >= high and 2 <= len(found) <= 9
    steps = np.diff(found)
    assert np.allclose(steps, steps[0])


def test_labels_are_escaped_and_cut_to_their_room():
    drawn = svg.label(Text("<script>" * 9, "甲&乙"), 0, 0, room=60)
    assert "<script" not in drawn and "…" in drawn and "甲&amp;乙" in drawn
    assert svg.label("12", 0, 0) == '<text x="0" y="0">12</text>'  # the same in both languages


def figures():
    x = np.arange(1.0, 25.0)
    path = Path(x, x - 1, np.where(x > 20, np.nan, x + 1))
    series = [Series(NAME, svg.style_of(i), path) for i in range(5)]
    limits = extent(series, zero=True)
    bars = [Gain(NAME, v, v - 1e8, v + 1e8) for v in (-7.2e9, 3.4e9, math.nan)]
    cells = np.arange(3)
    ground = Ground(12, cells, cells, cells * 2.0, cells * 100.0, cells * 100.0)
    yield line_chart(NAME, series, x.astype(int), "CNY", limits, 12, is_difference=True)
    yield stacked(NAME, [Part(NAME, np.array([1e6, 0.0])), Part(NAME, np.zeros(2))], "CNY", 1e6)
    yield stacked(NAME, [], "CNY", 0.0)
    yield shares(NAME, [(NAME, np.array([1.0, 2.0])), (NAME, np.zeros(2))], [NAME, NAME])
    yield gains(NAME, bars, "CNY", svg.style_of(1))
    yield gains(NAME, [], "firms", svg.style_of(0))
    yield ground_map(NAME, ground, (0, 3, 0, 3), 4.0)
    yield ground_map(NAME, ground, (0, 3, 0, 3), 0.0)


@pytest.mark.parametrize("figure", list(figures()))
def test_a_figure_is_whole_named_and_has_no_undefined_coordinate(figure):
    from xml.etree import ElementTree

    root = ElementTree.fromstring(figure)
    assert root.get("role") == "img"
    title, description = root[0].text, root[1].text
    assert "A & B" in title and "甲<乙" in title and description
    assert not re.search(r"nan|inf|None", re.sub(r">[^<]*<", "><", figure))


def test_ticks_of_large_sums_do_not_cover_each_other():
    bars = [Gain(NAME, v, v, v) for v in (-7.2e9, 5.4e9)]
    drawn = gains(NAME, bars, "CNY", svg.style_of(1))
    ticks = re.findall(r'<text lang="en" x="([\d.]+)"[^>]*class="tick">([^<]*)<', drawn)
    places = [(float(x), svg.width_of(text)) for x, text in ticks if "m" not in text]
    assert len(places) > 1
    for (a, wide), (b, other) in pairwise(places):
        assert a + wide / 2 < b - other / 2


def test_styles_differ_by_dash_marker_and_hatch():
    styles = [svg.style_of(i) for i in range(6)]
    for kind in ("colour", "dash", "hatch"):
        assert len({getattr(style, kind) for style in styles}) == 6, kind
    assert svg.style_of(40).hatch != "none"  # the baseline's look is its own
