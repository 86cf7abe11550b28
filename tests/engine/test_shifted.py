"""The future casts no shadow: a policy that begins at month 24 is no policy until then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.recorder import simulate
from tests.engine.runs import POLICIES, finished, scenario

LATER = 24
MONTHS = 48


def shifted(use):
    """Return a use of a lever with every date moved."""
    values = dict(use.values)
    if values.get("stop_month") is not None:
        values["stop_month"] += LATER
    return replace(use, start=use.start + LATER, end=use.end + LATER, values=values)


@pytest.mark.parametrize("policy", [p for p in POLICIES if p != "no-policy"])
def test_a_policy_that_starts_later_is_no_policy_before(policy):
    place = scenario("starter-park", policy)
    run = simulate(place.with_levers(tuple(map(shifted, place.levers))), 5, MONTHS)
    none = finished("starter-park", "no-policy", 5, MONTHS)
    assert np.array_equal(run.series[:LATER], none.series[:LATER], equal_nan=True)
    assert not np.array_equal(run.series[LATER:], none.series[LATER:], equal_nan=True)
