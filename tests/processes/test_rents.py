"""Rents: asking rents move towards normal vacancy, and owners build where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from tests.processes.rows import RENT, run, world

P = {
    "speed": 1.2, "normal_vacancy": 0.12, "supply_vacancy": 0.08, "supply_most": 0.06,
    "fall_most": 1.0, "level_pull": 0.6, "home_demand": 0.0, "build_cost": 15_000,
}  # fmt: skip


def place(let_office, change=None, **cell):
    """Return a world whose offices are let to a share; `change` holds other parameters."""
    made = world(
        cells=[{"floor_office": 1e5, "floor_lab": 5e4, "floor_housing": 1e5, "far": 100.0} | cell]
        * 5,
        norms={"vacancy": 0.1},
        params={"rents": P | (change or {})},
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


@pytest.mark.parametrize(("let", "fall"), [(0.12, 0.15), (0.80, 0.096)])
def test_however_empty_a_place_rents_fall_no_faster_than_on_record(let, fall):
    made = run("rents", place(let, {"fall_most": 0.15}))
    assert made.market["rent_office"][0] == pytest.approx(RENT * (1 - fall / 12))


@pytest.mark.parametrize(("rivals", "level"), [(0.9, 1.0), (1.3, 1.3)])
def test_a_place_is_pulled_to_its_level_or_that_of_dearer_rivals(rivals, level):
    made = place(0.88)
    made.norms["rival_rent"] = rivals
    made.market["rent_office"] = 0.8 * RENT
    run("rents", made)
    pull = 0.6 * np.log(level / 0.8) / 12
    assert made.market["rent_office"][0] == pytest.approx(0.8 * RENT * (1 + pull))


def test_floor_looked_for_in_vain_raises_rents_of_a_full_place_only():
    def rent(let, unmet):
        made = place(let)
        made.tally["unmet_space"] = unmet
        run("rents", made)
        return made.market["rent_office"][0]

    assert rent(1.0, 15_000) == pytest.approx(rent(1.0, 0) + RENT * 0.1 * 15_000 / 7.5e5)
    assert rent(0.85, 15_000) == rent(0.85, 0)


def test_home_rents_follow_jobs():
    made = place(0.5, {"home_demand": 0.5})
    made.norms["staff"] = 4.0
    run("rents", made)
    half = 0.6 * 0.5 * np.log(1 / 4) / 12
    assert made.market["rent_home"][0] == pytest.approx(50 * (1 + 0.1 * (0.1 - 0.3) + half))


def test_what_is_added_to_the_operators_buildings_is_its_own_to_pay_for():
    made = place(0.99, owned_office=1000.0)
    operator = made.operators.rows[0]
    owned, debt = operator["owned_m2"], operator["debt"]
    run("rents", made)
    assert operator["owned_m2"] - owned == pytest.approx(5 * 1000 * 0.005)
    assert operator["debt"] - debt == pytest.approx(5 * 1000 * 0.005 * 15_000)
    np.testing.assert_allclose(made.cells.rows["owned_office"], 1005)


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
