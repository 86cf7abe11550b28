"""A panel cut short is the panel of the shorter run, whatever is measured on it."""

from __future__ import annotations

import dataclasses

import numpy as np

from calibration import studies
from calibration.arms import Arm
from calibration.measures import venture
from calibration.panel import watch

SEED = 700_999


def test_a_run_cut_short_is_the_shorter_run():
    short, long = (watch(Arm("a", months=n).scenario("starter-park"), SEED) for n in (36, 50))
    cut = long.until(36)
    for field in dataclasses.fields(cut):
        seen, wanted = getattr(cut, field.name), getattr(short, field.name)
        if field.name == "fates":  # beside it what is kept of the last month a firm was seen
            for name in ("uid", "left", "how", "registered"):
                assert np.array_equal(seen[name], wanted[name]), name
        elif isinstance(seen, np.ndarray):
            equal_nan = seen.dtype.kind == "f"
            assert np.array_equal(seen, wanted, equal_nan=equal_nan), field.name
    assert [len(v) for v in cut.yearly.values()] == [len(v) for v in short.yearly.values()]
    assert cut.rows.size < long.rows.size


def test_rounds_are_read_from_the_whole_run_and_the_rest_from_its_first_ten_years():
    whole = watch(Arm("a", months=150).scenario("starter-park"), SEED)
    found = studies.baseline(whole)
    assert found["firms"] == whole.column("firms")[119] != whole.column("firms")[-1]
    funnel, early = venture.measure(whole), venture.measure(whole.until(120))
    assert list(found["again_of"]) == list(funnel["again_of"])
    assert funnel["again_of"][1] > early["again_of"][1]
