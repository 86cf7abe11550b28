"""Every datum of a figure stands where its axes say, in both languages."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from experiments.figures import lines, maps, pareto, planes, regret, rows, survival, tipping
from experiments.figures.svg import style_of
from experiments.ground import Ground
from experiments.paths import fan, gap
from experiments.statistics import summarise
from sim.declare import Text
from tests.experiments import gallery
from tests.experiments.drawn import Drawn

FIGURES = gallery.figures()
CHINESE = re.compile("[\u4e00-\u9fff]")
pytestmark = pytest.mark.parametrize("language", ["en", "zh"])


def close(found, wanted, span):
    """Hold values to a fifth of a unit of drawings that are 180 units wide or more."""
    parts = (np.asarray(values, dtype=float) / span for values in (found, wanted))
    np.testing.assert_allclose(*parts, atol=1 / 900, rtol=0)


def drawn(name, language):
    return Drawn(FIGURES[name], language)


@pytest.mark.parametrize("name", ["fan", "difference"])
def test_lines_and_bands(name, language):
    figure = drawn(name, language)
    several = [gallery.runs(), gallery.runs(1.0), gallery.runs(-0.7)]
    wanted = (
        [fan(r) for r in several] if name == "fan" else [gap(several[0], r) for r in several[1:]]
    )
    drawn_lines = [e for e in figure.every("path", "line") if "L" in e.get("d")]
    assert len(drawn_lines) == len(wanted)
    months = np.arange(1, gallery.MONTHS + 1)
    for element, path in zip(drawn_lines, wanted, strict=True):
        found = figure.path(element)
        close(found[:, 0], months, 48)
        close(found[:, 1], path.middle, 150 if name == "fan" else 50)
    for element, path in zip(figure.every("path", "band"), wanted, strict=True):
        found = figure.path(element)[:, 1]
        close(found, [*path.high, *path.low[::-1]], 150 if name == "fan" else 50)


def test_support_stops_where_it_does(language):
    figure = drawn("fan", language)
    (stop,) = figure.every("path", "stop")
    at = float(re.match(r"M([\d.]+)", stop.get("d"))[1])
    close(figure.values([at], "x"), [24], 48)


def test_a_waterfall_goes_from_step_to_step(language):
    figure = drawn("waterfall", language)
    values = [step.value for step in gallery.steps()]
    after = np.cumsum([0.0, *values])
    wanted = [sorted(pair) for pair in pairwise(after)]
    close(figure.bars(), [*wanted, sorted((0.0, after[-1]))], 80e6)
    links = [float(re.match(r"M([\d.]+)", e.get("d"))[1]) for e in figure.every("path", "link")]
    close(figure.values(links, "x"), after[1:], 80e6)
    told = [words for words, e in figure.texts("tick") if e.get("text-anchor") == "end"]
    assert told[0].startswith("+31.2 ") and told[-1].startswith("-6.50 ") and len(told) == 7


def test_a_tornado_swings_from_the_middle(language):
    figure = drawn("tornado", language)
    ends = [(s.at_low, s.at_high) for s in gallery.swings()]
    wanted = [sorted((-1.0, end)) for pair in ends for end in pair]
    close(figure.bars(), wanted, 80)
    (middle,) = figure.every("path", "zero")
    at = float(re.match(r"M([\d.]+)", middle.get("d"))[1])
    close(figure.values([at], "x"), [-1.0], 80)
    last = figure.every("rect", "bar")[-2:]
    assert all(e.get("stroke-dasharray") for e in last)  # what is no more than luck has no hatch
    told = [words for words, e in figure.texts("tick") if e.get("text-anchor") == "end"]
    assert told[:4] == ["78", "24", "12", {"en": "(4)", "zh": "（4）"}[language]]


def test_gains_have_their_intervals(language):
    figure = drawn("gains", language)
    close(figure.bars(), [[0, 4e6], [-2e6, 0]], 10e6)
    ends = [
        re.match(r"M([\d.]+) [\d.]+H([\d.]+)", e.get("d")).groups()
        for e in figure.every("path", "whisker")
    ]
    for (low, high), wanted in zip(ends, [(1e6, 7e6), (-3e6, -1e6)], strict=True):
        close(figure.values([float(low), float(high)], "x"), wanted, 10e6)


def test_a_tipping_line_has_its_points_intervals_and_band(language):
    figure = drawn("tipping line", language)
    tried = gallery.tried()
    found = figure.points()
    close(found[:, 0], tried["at"], 0.2)
    close(found[:, 1], tried["mean"], 60)
    ends = [
        re.match(r"M[\d.]+ ([\d.]+)V([\d.]+)", e.get("d")).groups()
        for e in figure.every("path", "whisker")
    ]
    close(figure.values([float(a) for a, _ in ends], "y"), tried["low"], 60)
    close(figure.values([float(b) for _, b in ends], "y"), tried["high"], 60)
    band = figure.every("rect", "flip")[0]
    left, wide = float(band.get("x")), float(band.get("width"))
    close(figure.values([left, left + wide], "x"), [0.09, 0.11], 0.2)
    told = " ".join(words for words, _ in figure.texts("tick"))
    assert "Services for equity" in told if language == "en" else "服务换股权较优" in told


def test_a_tipping_map_has_every_world_by_who_is_better(language):
    figure = drawn("tipping map", language)
    x, y, better = gallery.worlds()
    kinds = {"first": better > 0.5, "second": better < 0.5, "even": better == 0.5,
             "unknown": np.isnan(better)}  # fmt: skip
    for kind, which in kinds.items():
        found = figure.points(kind)
        close(found[:, 0], x[which], 2e4)
        close(found[:, 1], y[which], 0.5)
    box = figure.every("rect", "box")[-1]
    a, top, wide, high = (float(box.get(k)) for k in ("x", "y", "width", "height"))
    close(figure.values([a, a + wide], "x"), [1e4, 2e4], 2e4)
    close(figure.values([top, top + high], "y"), [0.5, 0.1], 0.5)
    told = [re.match(r"(\d+)[:：] ?(.{1,5})", words) for words, _ in figure.texts("tick")]
    counts = [int(found[1]) for found in told if found]
    assert counts == [int(which.sum()) for which in kinds.values()]
    names = [found[2] for found in told if found]
    assert names[:2] == {"en": ["Servi", "A pol"], "zh": ["服务换股权", "一个名称相"]}[language]


def test_a_pareto_set_has_its_mixes_intervals_numbers_and_knee(language):
    figure = drawn("pareto", language)
    kept, others = gallery.front()
    span = np.array([15e6, 80.0])
    close(figure.points("tried"), others.to_numpy(), span)
    found = figure.points("datum")[len(others) :]
    close(found, kept[["cost", "jobs"]].to_numpy(), span)
    across = [e.get("d") for e in figure.every("path", "whisker") if "H" in e.get("d")]
    ends = np.array([re.match(r"M([\d.]+) [\d.]+H([\d.]+)", d).groups() for d in across], float)
    close(figure.values(ends[:, 0], "x"), kept["cost low"], 15e6)
    close(figure.values(ends[:, 1], "x"), kept["cost high"], 15e6)
    up = [e.get("d") for e in figure.every("path", "whisker") if "V" in e.get("d")]
    ends = np.array([re.match(r"M[\d.]+ ([\d.]+)V([\d.]+)", d).groups() for d in up], float)
    close(figure.values(ends[:, 0], "y"), kept["jobs low"], 80)
    numbers = [words for words, _ in figure.texts("note")]
    assert numbers == ["1", {"en": "2 knee", "zh": "2 拐点"}[language], "3", "4"]


def test_a_cohort_has_its_share_and_how_many_it_rests_on(language):
    figure = drawn("survival", language)
    made = gallery.cohorts()
    shown = [e for e in figure.every("path", "line") if "L" in e.get("d")]
    for element, cohort in zip(shown, made, strict=True):
        found = figure.path(element)
        close(found[:, 0], np.arange(gallery.MONTHS + 1), 48)
        close(found[:, 1], cohort.share, 1)
    for element, cohort in zip(figure.every("path", "band"), made, strict=True):
        close(figure.path(element)[:, 1], [*cohort.high, *cohort.low[::-1]], 1)
    seen = [(float(e.get("x")), int(words)) for words, e in figure.texts("risk")]
    per_cohort = np.array(seen).reshape(3, -1, 2)
    for cohort, own in zip(made, per_cohort, strict=True):
        months = np.rint(figure.values(own[:, 0], "x")).astype(int)
        assert own[:, 1].tolist() == cohort.at_risk[months].tolist()


def test_a_map_has_every_cell_and_discs_by_area(language):
    figure, ground = drawn("map", language), gallery.ground()
    pitch = maps.SIDE / 6
    cells = {
        (round(float(e.get("x")) / pitch) - 1, 4 - round((float(e.get("y")) - 20) / pitch)): e
        for e in figure.every("rect", "cell")
    }
    places = list(zip(ground.column.tolist(), ground.line.tolist(), strict=True))
    assert set(cells) == set(places)
    greys = [int(re.match(r"rgb\((\d+)", cells[place].get("fill"))[1]) for place in places]
    assert greys == sorted(greys, reverse=True) and greys[0] > greys[-1]
    discs = figure.every("circle", "firms")[: (ground.firms > 0).sum()]
    found = {}
    for disc in discs:
        x, y, r = (float(disc.get(k)) for k in ("cx", "cy", "r"))
        found[round(x / pitch - 0.5) - 1, 4 - round((y - 20) / pitch - 0.5)] = r**2
    whole = found[places[3]]
    for place, firms in zip(places, ground.firms.tolist(), strict=True):
        assert found.get(place, 0.0) == pytest.approx(whole * firms / 9, rel=0.05)


def test_stacked_bars_add_up(language):
    figure = drawn("stacked", language)
    rects = figure.every("rect", "bar")
    top = np.array([float(e.get("y")) for e in rects])
    high = np.array([float(e.get("height")) for e in rects])
    years = np.array([4e6, 5e6, 5.5e6, 2e6])
    close(figure.values(top, "y"), [*years, *(1.5 * years)], 10e6)
    close(figure.values(top + high, "y"), [*(0 * years), *years], 10e6)


def test_shares_split_their_bar(language):
    figure = drawn("shares", language)
    wide = [float(e.get("width")) for e in figure.every("rect", "bar")]
    np.testing.assert_allclose(np.array(wide) / 372, [0.75, 0.25, 0.1, 0.9], atol=0.001)
    told = [words for words, _ in figure.texts() if words.endswith("%")]
    assert told == ["75%", "25%", "10%", "90%"]


class Cells(HTMLParser):
    """The rows of a table in one language."""

    def __init__(self, html, language):
        super().__init__()
        self.language, self.rows, self.hidden = language, [], False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        lang = dict(attributes).get("lang")
        self.hidden = lang not in (None, self.language)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "br":
            self.rows[-1][-1] += "\n"

    def handle_endtag(self, tag):
        self.hidden = False

    def handle_data(self, data):
        if not self.hidden and self.rows:
            self.rows[-1][-1] += data


def test_a_regret_table_has_every_number_and_marks_the_best(language):
    head, *body, note = Cells(FIGURES["regret"], language).rows
    assert len(head) == 6 and "★" in note[0]
    assert [row[0] for row in body][1] == {"en": "Services for equity", "zh": "服务换股权"}[
        language
    ]
    assert body[2][0] == "<b>rent</b>"
    table = gallery.regrets()
    for row, policy in zip(body, table["policy"].unique(), strict=True):
        own = table[table["policy"] == policy]
        for cell, wanted in zip(row[1:], own.itertuples(), strict=True):
            percent = 0.01 if "%" in cell else 1.0
            value, low, high = (float(x) * percent for x in re.findall(r"[\d.]+\d|\d", cell))
            assert (value, low, high) == pytest.approx(
                (wanted.value, wanted.low, wanted.high), rel=0.01
            )
    starred = [[at for at, row in enumerate(body) if "★" in row[k]] for k in range(1, 6)]
    assert starred == [[1], [2], [1], [1], [1]]


@pytest.mark.parametrize("higher", [True, False])
def test_the_best_of_a_cost_is_the_lowest(language, higher):
    html = regret.regret_table(gallery.JOBS.name, gallery.regrets(), "CNY", {}, higher)
    body = Cells(html, language).rows[1:-1]
    starred = [[at for at, row in enumerate(body) if "★" in row[k]] for k in range(1, 6)]
    assert starred[:2] == ([[1], [2]] if higher else [[0], [0]])
    assert starred[2:] == [[1], [1], [1]]  # of regret the lowest, of winning the most


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "regret"])
def test_a_language_is_whole_and_pure(name, language):
    figure = drawn(name, language)
    words = [text for text, _ in figure.texts()]
    foreign = [t for t in words if bool(CHINESE.search(t)) and language == "en"]
    assert foreign == []
    assert language == "en" or any(CHINESE.search(t) for t in words)
    title, description = figure.root[0].text, figure.root[1].text
    for text in (title, description):
        english, _, chinese = text.rpartition(" · ")
        assert english and not CHINESE.search(english) and CHINESE.search(chinese)


NAN = float("nan")
NAME = Text("x", "某")
MEASURES = (planes.Measure(NAME, "share"), planes.Measure(NAME, "jobs"))
ARRAY, FRAME = np.array([]), pd.DataFrame()
ONE = pd.DataFrame({"at": [0.5], "mean": [3.0], "low": [1.0], "high": [5.0]})
MIX = pd.DataFrame({"a": [1.0, NAN], "b": [2.0, 3.0]})


def cohort(*share):
    known = np.array(share)
    return survival.Cohort(NAME, style_of(1), known, known, known, np.ones(known.size))


AWKWARD = {
    "no fan": (lines.fan_chart(NAME, [], "jobs"), "line", 0),
    "no difference": (lines.difference_chart(NAME, [(NAME, np.zeros((2, 3)))], "jobs"), "line", 0),
    "one month": (lines.fan_chart(NAME, [(NAME, np.array([[3.0], [5.0]]))], "jobs"), "lone", 1),
    "one run": (lines.fan_chart(NAME, [(NAME, np.ones((1, 5)))], "jobs"), "band", 1),
    "unknown runs": (lines.fan_chart(NAME, [(NAME, np.full((2, 5), NAN))], "jobs"), "band", 0),
    "a gap": (lines.fan_chart(NAME, [(NAME, np.array([[1.0, 2, NAN, 4]]))], "jobs"), "lone", 1),
    "no steps": (rows.waterfall(NAME, [], NAME, "CNY"), "bar", 1),
    "a step unknown": (
        rows.waterfall(NAME, [rows.Gain(NAME, 2.0), rows.Gain(NAME, NAN)], NAME, "CNY"), "bar", 1,
    ),
    "no swing": (rows.tornado(NAME, [], NAN, "jobs"), "bar", 0),
    "a swing unknown": (rows.tornado(NAME, [rows.Swing(NAME, NAN, 2.0)], 1.0, "jobs"), "bar", 1),
    "no gain": (rows.gains(NAME, [], "jobs", style_of(0)), "bar", 0),
    "a gain unknown": (
        rows.gains(NAME, [rows.Gain(NAME, NAN), rows.Gain(NAME, 0.0)], "jobs", style_of(0)), "bar", 1,
    ),
    "nothing tried": (tipping.tipping_line(NAME, FRAME, FRAME, MEASURES, (NAME, NAME)), "datum", 0),
    "one tried": (tipping.tipping_line(NAME, ONE, FRAME, MEASURES, (NAME, NAME)), "datum", 1),
    "one unknown": (
        tipping.tipping_line(NAME, ONE.assign(mean=NAN, low=NAN), FRAME, MEASURES, (NAME, NAME)),
        "datum", 0,
    ),
    "no world": (
        tipping.tipping_map(NAME, ARRAY, ARRAY, ARRAY, MEASURES, (NAME, NAME)), "datum", 0,
    ),
    "one world": (
        tipping.tipping_map(
            NAME, np.ones(1), np.ones(1), np.array([NAN]), MEASURES, (NAME, NAME)
        ), "unknown", 1,
    ),
    "no mix": (pareto.pareto(NAME, FRAME, ("a", "b"), MEASURES), "datum", 0),
    "a mix unknown": (pareto.pareto(NAME, MIX, ("a", "b"), MEASURES, MIX[1:]), "datum", 1),
    "no cohort": (survival.cohort_survival(NAME, []), "line", 0),
    "a month of a cohort": (survival.cohort_survival(NAME, [cohort(1.0)]), "lone", 1),
    "a cohort lost": (survival.cohort_survival(NAME, [cohort(1.0, 0.5, NAN)]), "band", 1),
    "no cell": (maps.ground_map(NAME, Ground(0, *[ARRAY] * 5), (0, 0, 0, 0), 0.0), "cell", 0),
    "cells unknown": (
        maps.ground_map(
            NAME, Ground(0, *[np.zeros(1, int)] * 2, *[np.array([NAN])] * 3), (0, 0, 0, 0), NAN
        ), "cell", 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", AWKWARD)
def test_nothing_one_and_unknown_are_drawn_as_what_they_are(name, language):
    figure, kind, count = AWKWARD[name]
    found = Drawn(figure, language)
    assert len(found.every("any", kind)) == count
    coordinates = [
        v for e in found.root.iter() for k, v in e.attrib.items() if k not in ("id", "class")
    ]
    assert not re.search(r"\b(nan|inf|None)\b", " ".join(coordinates))
    assert found.root[0].text and found.root[1].text


def test_an_unknown_step_leaves_the_total_unknown(language):
    figure = Drawn(AWKWARD["a step unknown"][0], language)
    undefined = {"en": "not defined", "zh": "无定义"}[language]
    assert [words for words, _ in figure.texts("tick")].count(undefined) == 2


def test_a_regret_table_of_nothing_and_of_unknown_numbers(language):
    empty = gallery.regrets()[:0]
    assert len(Cells(regret.regret_table(NAME, empty, "jobs"), language).rows) == 2
    unknown = gallery.regrets().assign(value=NAN, low=NAN, high=NAN)
    body = Cells(regret.regret_table(NAME, unknown, "jobs"), language).rows[1:-1]
    undefined = {"en": "not defined", "zh": "无定义"}[language]
    assert all(cell == f"{undefined}\n{undefined}" for row in body for cell in row[1:])


def test_the_difference_is_of_pairs(language):
    """The interval of a difference is that of its pairs, not of two means."""
    figure = drawn("difference", language)
    a, b = gallery.runs(), gallery.runs(1.0)
    wanted = summarise(a, b)
    first = figure.path(figure.every("path", "band")[0])[:, 1]
    close(first[: gallery.MONTHS], wanted.high, 50)
