"""Designs: within their ranges, balanced, the same everywhere, and growing at the end only."""

import numpy as np
import pytest

from experiments import design
from experiments.design import Dimension, factorial, latin, sobol

DIMENSIONS = (
    Dimension("rate", 0.5, 2.0),
    Dimension("count", 1, 6, whole=True),
    Dimension("form", choices=("space", "cash", None)),
    Dimension("size", 1, 1000, whole=True, log=True),
)


@pytest.mark.parametrize("make", [latin, sobol])
def test_a_larger_design_begins_with_the_smaller_and_another_seed_is_another(make):
    small, large = make(DIMENSIONS, 11, 3), make(DIMENSIONS, 90, 3)
    assert len(large) == 90 and large.iloc[:11].equals(small)
    assert not make(DIMENSIONS, 11, 4).equals(small)
    assert make(DIMENSIONS, 11, 3).equals(small)


@pytest.mark.parametrize("make", [latin, sobol])
def test_values_lie_in_their_ranges_and_reach_all_of_them(make):
    found = make(DIMENSIONS, 256, 1)
    assert found["rate"].between(0.5, 2.0).all() and found["rate"].std() > 0.4
    counts = found["count"].value_counts()
    assert sorted(counts.index) == [1, 2, 3, 4, 5, 6] and counts.min() > 256 / 6 - 8
    assert [sum(v is x for v in found["form"]) > 75 for x in ("space", "cash", None)] == [True] * 3
    assert 0.4 < (found["size"] <= 31).mean() < 0.6 and found["size"].between(1, 1000).all()


@pytest.mark.parametrize("rows", [8, 16, 128])
def test_a_latin_hypercube_has_one_row_in_each_slice_at_every_doubling(rows):
    unit = design.latin_unit(["a", "b", "c"], rows, seed=7)
    for column in unit.T:
        assert sorted((column * rows).astype(int)) == list(range(rows))
    assert abs(np.corrcoef(design.latin_unit(["a", "b"], 512, 7).T)[0, 1]) < 0.15


def test_a_further_dimension_leaves_the_columns_of_the_others():
    alone = latin(DIMENSIONS[:1], 20, 5)
    assert latin(DIMENSIONS, 20, 5)["rate"].equals(alone["rate"])


def test_a_factorial_has_every_combination_once_and_a_finer_one_holds_it():
    found = factorial(DIMENSIONS, 3)
    assert len(found) == 3 * 3 * 3 * 3 and not found.duplicated().any()
    assert sorted(found["rate"].unique()) == [0.5, 1.25, 2.0]
    finer = set(factorial(DIMENSIONS[:3], 5).itertuples(index=False, name=None))
    assert set(factorial(DIMENSIONS[:3:2], 3)["rate"]) <= {row[0] for row in finer}


def test_rows_with_one_coordinate_share_their_luck_and_others_do_not():
    seeds = design.luck(np.array([0.25, 0.5, 0.25]), "x")
    assert seeds[0] == seeds[2] != seeds[1] and (seeds >= 0).all()
    assert design.luck(np.array([0.25]), "y")[0] != seeds[0]


@pytest.mark.parametrize(
    "wrong",
    [{"low": 2, "high": 1}, {"low": 0, "high": 1, "log": True}, {"high": 1.5, "whole": True}],
)
def test_a_range_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match="rate"):
        Dimension("rate", **wrong)
    with pytest.raises(ValueError, match="twice"):
        latin([DIMENSIONS[0], DIMENSIONS[0]], 4)
