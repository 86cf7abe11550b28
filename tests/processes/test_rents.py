"""Rents: asking rents move towards normal vacancy, and owners build where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from tests.processes.rows import RENT, run, world

P = {"speed": 1.2, "normal_vacancy": 0.12, "supply_vacancy": 0.08, "supply_most": 0.06}


def place(let_office, **cell):
    """Return a world whose offices are let to a share."""
    made = world(
        cells=[{"floor_office": 1e5, "floor_lab": 5e4, "floor_housing": 1e5, "far": 100.0} | cell]
        * 5,
        norms={"vacancy": 0.1},
        params={"rents": P},
        operator={"weight_rent": 0.35},
    )
    made.cells.rows["let_office"] = 1e5 * let_office
    made.cells.rows["let_lab"] = 5e4 * 0.5
    made.cells.rows["let_housing"] = 0.6e5
    made.cells.rows["housing_outside"] = 0.1e5
    return made


@pytest.mark.parametrize("share", [0.5, 0.88, 0.95, 1.0])
def test_the_asking_rent_follows_the_gap_to_normal_vacancy(share):
    made = run("rents", place(share))
    market = made.market[0]
    assert market["vacancy_office"] == pytest.approx(1 - share)
    assert market["rent_office"] == pytest.approx(RENT * (1 + 0.1 * (0.12 - (1 - share))))
    assert market["rent_lab"] == pytest.approx(RENT * (1 + 0.1 * (0.12 - 0.5)))


def test_homes_follow_the_vacancy_of_the_start():
    made = run("rents", place(0.5))
    assert made.market["vacancy_home"][0] == pytest.approx(0.3)
    assert made.market["rent_home"][0] == pytest.approx(50 * (1 + 0.1 * (0.1 - 0.3)))


def test_without_floor_there_is_no_vacancy_to_follow():
    made = place(0.5)
    made.market["vacancy_production"] = 0.12
    run("rents", made)
    assert made.market["vacancy_production"][0] == 0.12
    assert made.market["rent_production"][0] == RENT


@pytest.mark.parametrize(("weight", "factor"), [(0.35, 1.0), (0.75, 1.4), (0.0, 0.65)])
def test_an_operator_that_cares_for_rent_moves_its_own_further(weight, factor):
    made = place(0.98)
    made.operators.rows["weight_rent"] = weight
    run("rents", made)
    assert made.operators.rows["asking"][0] == pytest.approx(RENT * (1 + 0.1 * 0.10 * factor))


def test_a_lever_on_the_weights_goes_before_the_operators_own():
    made = place(0.98)
    made.rules.rows["weight_rent"] = 0.75
    run("rents", made)
    assert made.operators.rows["asking"][0] == pytest.approx(RENT * (1 + 0.1 * 0.10 * 1.4))


@pytest.mark.parametrize(("share", "grows"), [(0.91, False), (0.93, True)])
def test_owners_build_where_vacancy_is_short(share, grows):
    made = run("rents", place(share))
    cells = made.cells.rows
    np.testing.assert_allclose(cells["floor_office"], 1e5 * (1 + 0.005 * grows))
    assert (cells["floor_lab"] == 5e4).all()  # half of the labs are empty


def test_no_more_is_built_than_the_land_allows():
    made = place(0.99)
    made.cells.rows["far"] = [100.0, 100.0, 1.0, 0.0, 100.0]
    run("rents", made)
    assert (made.cells.rows["floor_office"] > 1e5).tolist() == [True, True, False, False, True]
