"""What happens does not depend on how long one means to look."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.runs import AS_IS, finished

SHORT, LONG = 30, 42  # no whole multiple of each other, nor of a year


@pytest.mark.parametrize("place", ["starter-park", "front-back"])
@pytest.mark.parametrize("policy", ["no-policy", AS_IS])
def test_a_longer_run_begins_as_the_shorter_one(place, policy):
    short, long = (finished(place, policy, 5, months) for months in (SHORT, LONG))
    assert np.array_equal(short.series, long.series[:SHORT], equal_nan=True)
    full = short.flows["year"] < SHORT // 12
    assert np.array_equal(short.flows[full], long.flows[long.flows["year"] < SHORT // 12])
    left = short.fates[short.fates["left"] >= 0]
    still = long.fates[np.isin(long.fates["uid"], left["uid"])]
    assert np.array_equal(left["left"], still["left"]) and np.array_equal(left["how"], still["how"])
