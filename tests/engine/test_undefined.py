"""What is undefined is NaN in a series and null in a file, never 0."""

from __future__ import annotations

import json

import numpy as np

from experiments.runner import real_engine
from hotbed.cli.run import form
from sim.indicators import INDICATORS
from tests.engine.runs import column, finished

MONTHS = 120


def test_what_cannot_be_known_yet_is_nan():
    run = finished("starter-park", "no-policy", 1, MONTHS)
    assert np.isnan(column(run, "talent_retention_12m")[:12]).all()
    assert np.isfinite(column(run, "talent_retention_12m")[12:]).all()
    for later in (12, 24, 36):  # nothing stops where nothing was given
        assert np.isnan(column(run, f"retention_after_support_{later}m")).all()


def test_retention_is_known_from_its_month_on():
    run = finished("starter-park", "heavy-rent-subsidy", 1, MONTHS)
    stop = 60
    for later in (12, 24, 36):
        kept = column(run, f"retention_after_support_{later}m")
        assert np.isnan(kept[: stop - 1 + later]).all()
        assert ((kept[stop - 1 + later :] >= 0) & (kept[stop - 1 + later :] <= 1)).all()


def test_json_has_null_where_a_series_has_nan_and_a_number_elsewhere():
    run = finished("starter-park", "no-policy", 1, MONTHS)
    text = json.dumps(form(real_engine(), run), allow_nan=False)
    read = json.loads(text)
    assert set(read["series"]) == set(read["final"]) == set(INDICATORS)
    for at, name in enumerate(run.names):
        numbers = np.array([np.nan if x is None else x for x in read["series"][name]])
        assert np.array_equal(numbers, run.series[:, at], equal_nan=True), name
    assert read["final"]["retention_after_support_24m"] is None
    assert read["series"]["talent_retention_12m"][0] is None
