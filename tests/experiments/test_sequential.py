"""Stopping when intervals are narrow keeps their promise; doubt is split by where it comes from."""

import numpy as np
import pytest

from experiments import statistics, uncertainty
from experiments.sequential import Precision, until_narrow

TRUTH = 1.0
SOON = Precision(width=0.06, first=4, most=256)


def toy(trial, spread=1.0, columns=1):
    generator = np.random.default_rng(trial)

    def draw(seeds):
        a = generator.normal(10, 1, (len(seeds), columns))
        return a, a + TRUTH + generator.normal(0, spread, (len(seeds), columns))

    return draw


def test_intervals_hold_the_truth_although_they_were_looked_at_and_naive_ones_do_not():
    held = naive = 0
    for trial in range(400):
        found = until_narrow(toy(trial), ["x"], range(256), SOON).found
        held += found.low[0] <= TRUTH <= found.high[0]
        # What is not done here: a look after every replicate, each at 95%.
        d = np.random.default_rng(trial).normal(TRUTH, 1.0, 256)
        for n in range(3, 257):
            half = 4.303 if n == 3 else 2.1
            half *= d[:n].std(ddof=1) / np.sqrt(n)
            if half < 0.6:
                break
        naive += abs(d[:n].mean() - TRUTH) <= half
    assert held >= 0.95 * 400
    assert naive < 0.93 * 400


def test_it_stops_when_the_widest_is_narrow_and_not_before():
    ran = []

    def draw(seeds):
        ran.extend(seeds)
        a, b = toy(len(ran), columns=2)(seeds)
        b[:, 1] += np.random.default_rng(len(ran)).normal(0, 2.0, len(seeds))
        return a, b

    found = until_narrow(draw, ["narrow", "wide"], range(100, 700), Precision(0.05))
    assert found.reached and found.widest == "wide" and found.half_width.max() <= 0.05
    assert ran == list(range(100, 100 + found.n)) and found.n == found.looks[-1] < 512
    before = until_narrow(toy(1), ["x"], range(64), Precision(0.05, most=64, first=8))
    assert before.n in before.looks and len(before.looks) == before.looks.index(before.n) + 1


def test_it_ends_at_the_most_and_says_that_it_was_not_enough():
    found = until_narrow(toy(1, spread=50), ["x"], range(64), Precision(0.01, most=64))
    assert not found.reached and found.n == 64 and found.half_width[0] > 0.01
    with pytest.raises(ValueError, match="seeds"):
        until_narrow(toy(1), ["x"], range(10))


def test_undefined_columns_do_not_hold_it_up():
    def draw(seeds):
        a, b = toy(3, columns=2)(seeds)
        a[:, 1] = np.nan
        return a, b

    found = until_narrow(draw, ["x", "never"], range(512), Precision(0.2))
    assert found.reached and np.isnan(found.half_width[1]) and found.widest == "x"


def test_a_look_spends_its_part_of_the_error():
    rule = Precision(first=16, most=512)
    assert rule.looks() == (16, 32, 64, 128, 256, 512)
    assert (1 - rule.level_of_a_look()) * 6 == pytest.approx(0.05)
    assert Precision(first=16, most=40).looks() == (16, 32, 40)


@pytest.mark.parametrize("same_seeds", [True, False])
def test_doubt_is_split_as_it_was_made(same_seeds, monkeypatch):
    monkeypatch.setattr(uncertainty, "RESAMPLES", 40)
    parts = []
    for trial in range(25):
        generator = np.random.default_rng(trial)
        shape = (3, 24, 6)
        structure = np.array([0.0, 2.0, 4.0])[:, None, None]
        worlds = generator.normal(0, 1.5, 24)[None, :, None]
        shared = generator.normal(0, 2, (1, 1, 6)) if same_seeds else 0.0
        own = generator.normal(0, 2 if same_seeds else np.sqrt(8), shape)
        found = uncertainty.decompose(structure + worlds + shared + own, same_seeds)
        parts.append([doubt.variance for doubt in found])
        assert sum(doubt.share for doubt in found) == pytest.approx(1)
        assert all(doubt.low <= doubt.share + 0.05 for doubt in found)
    sampling, parameters, structures = np.mean(parts, axis=0)
    assert sampling == pytest.approx(8, rel=0.25)
    assert parameters == pytest.approx(2.25, rel=0.25)
    assert structures == pytest.approx(4, rel=0.15)


def test_luck_alone_is_not_taken_for_uncertain_numbers():
    values = np.random.default_rng(1).normal(size=(200, 4))
    sampling, parameters, structure = uncertainty.decompose(values)
    assert parameters.share < 0.1 and sampling.share > 0.9 and np.isnan(structure.share)
    assert values.mean(axis=1).var() > 0.2  # what would be told without taking luck off


def test_a_share_of_none_or_all_is_not_certain():
    assert statistics.share_interval(0.0, 20) == (0, pytest.approx(0.161, abs=0.002))
    assert statistics.share_interval(1.0, 20)[0] == pytest.approx(0.839, abs=0.002)


def test_a_comparison_stops_by_itself_with_intervals_of_its_looks():
    from dataclasses import replace

    from experiments.runner import Arm
    from experiments.session import Request, compare_policies
    from tests.experiments import fake_engine as fake

    ran = []

    def simulate(scenario, seed, months=None, strict=False):
        ran.append((scenario.policy, seed))
        run = fake.simulate(scenario, seed, months)
        luck = np.random.default_rng([seed, len(scenario.policy)]).normal()
        return replace(run, series=run.series * (1 + 0.1 * luck))

    engine = fake.engine(simulate)
    arms = Arm("no-policy", fake.Place()), Arm("gift", fake.Place("gift", 10.0).with_support())
    rule = Precision(0.15, first=4, most=64)
    request = Request(arms[0], arms[1:], tuple(range(64)), 24, precision=rule)
    report = compare_policies(engine, request)
    stopped, comparison = report.stopped, report.comparison
    assert stopped.reached and 4 < stopped.n < 64 and len(comparison.seeds) == stopped.n
    assert len(ran) == len(set(ran)) == 2 * stopped.n, "a replicate was run twice"
    row = comparison.row("gift", "firms")
    column = stopped.names.index("gift firms")
    assert row["lo"] == stopped.found.low[column] and row["hi"] == stopped.found.high[column]
    # Wider than if nobody had looked before.
    plain = compare_policies(engine, replace(request, precision=None, seeds=comparison.seeds))
    once = plain.comparison.row("gift", "firms")
    assert row["hi"] - row["lo"] > 1.1 * (once["hi"] - once["lo"])
