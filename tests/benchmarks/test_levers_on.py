"""Every lever at once: all there are, as many awards as there is room for, and none without a dose."""

from __future__ import annotations

from sim.levers import all_levers
from sim.recorder import simulate
from sim.state.rules import MOST_PROGRAMMES
from tests.benchmarks.levers_on import BROADEST, every_lever, small_dose

PLACE = "starter-park"


def test_every_lever_is_on_or_named_as_left_out():
    scenario, left_out = every_lever(PLACE)
    on = {use.lever for use in scenario.levers}
    assert on | set(left_out) == set(all_levers())
    assert not on & set(left_out)
    awards = [use for use in scenario.levers if all_levers()[use.lever].programme]
    assert len(awards) <= MOST_PROGRAMMES
    assert len(awards) == MOST_PROGRAMMES or not left_out


def test_support_never_stops():
    scenario, _ = every_lever(PLACE)
    (fund,) = [use for use in scenario.levers if use.lever == "special_fund"]
    assert fund.values["stop_month"] is None
    assert all(use.start == 0 and use.end > scenario.months for use in scenario.levers)


def test_a_small_dose_is_a_dose():
    for name, lever in all_levers().items():
        doses = [field for field, f in lever.fields.items() if f.intensity]
        values = small_dose(lever)
        assert all(values[field] not in (None, 0, ()) for field in doses), name
        for field, f in lever.fields.items():
            if f.kind in ("number", "integer") and values[field] is not None:
                assert f.low <= values[field] <= f.high, (name, field)


def test_it_runs():
    scenario, _ = every_lever(PLACE)
    assert scenario.policy != BROADEST
    plain = simulate(scenario.with_levers((), "no-policy"), 1, 3)
    assert simulate(scenario, 1, 3).digest != plain.digest
