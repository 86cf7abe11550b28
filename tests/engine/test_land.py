"""A place of plants: it is built as declared, keeps every identity, and the land package acts on it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.build import build
from sim.recorder import simulate
from sim.state.columns import LAB, NEVER, OFFICE, PRODUCTION
from tests.engine.runs import column, scenario

MAKERS = (
    "zhizao",
    "worker-town",
    "park-upgrade",
    "chuangzhidao",
    "fine-chemicals",
    "equipment-park",
)


@pytest.mark.parametrize("place", MAKERS)
def test_floor_and_people_are_the_preset_s(place):
    chosen = scenario(place, "as-is")
    world, initial = build(chosen, 3, 12), chosen.initial
    firms, cells = world.firms.rows, world.cells.rows
    for use, name in ((OFFICE, "office"), (LAB, "lab"), (PRODUCTION, "production")):
        let = getattr(initial.floor, f"{name}_let_m2")
        assert cells[f"floor_{name}"].sum() == pytest.approx(getattr(initial.floor, f"{name}_m2"))
        assert cells[f"let_{name}"].sum() == pytest.approx(let)
        assert firms["area"][firms["use"] == use].sum() == pytest.approx(let)
        assert cells[f"owned_{name}"].sum() == pytest.approx(
            getattr(initial.operator, f"owned_{name}_m2")
        )
    in_plants = firms[firms["use"] == PRODUCTION]
    assert 50 < in_plants["area"].sum() / in_plants["staff"].sum() < 75  # 60 m2 a head asked for
    assert (firms["area"][firms["work_until"] < NEVER] == 0).all()
    paid = 12 * firms["revenue"].sum() / firms["staff"][firms["maturity"] == 4].sum()
    assert paid == pytest.approx(initial.firms.revenue_head_cny_year, rel=0.25)
    assert firms["owns_space"].mean() == pytest.approx(0.15, abs=0.09)


def test_a_place_of_plants_keeps_every_identity_while_floor_is_built_and_sold():
    changes = (
        "space_programme.build_months=6", "space_programme.new_production_m2=20000",
        "space_programme.convert_m2=2000", "anchor_project.staff=100",
        "anchor_project.build_months=6", "land_use_rule.support_share_max=0.4",
        "split_sale.allowed=1", "land.buy_rate=1", "rooftop_pv.roof_share=0.5",
        "industrial_upstairs.far=2.5", "chain_recruitment.effort_cny_year=3000000",
    )  # fmt: skip
    chosen = scenario("zhizao", "no-policy", *changes)
    strict = simulate(chosen, 1, 12, strict=True)
    assert strict.digest == simulate(chosen, 1, 12).digest
    assert column(strict, "units_sold_m2").sum() > 0
    assert np.diff(column(strict, "floor_work")).max() > 15_000  # the day the plants open


def test_without_entry_a_place_of_plants_loses_what_closes_and_leaves_and_little_more():
    still = ("founding.rate=0", "location.entry_rate=0")
    runs = [simulate(scenario("zhizao", "no-policy", *still), seed, 12) for seed in (1, 2)]
    kept = np.mean([column(run, "jobs")[-1] / 4914 for run in runs])
    assert (
        0.88 < kept < 1.02
    )  # older firms close and leave at 6% a year, and do not grow as young ones


def test_the_land_package_acts_on_a_place_of_plants():
    without, with_it = (
        simulate(scenario("zhizao", policy), 2, 48) for policy in ("no-policy", "land-package")
    )
    assert column(with_it, "owners_share")[-1] > column(without, "owners_share")[-1]
    assert column(with_it, "solar_roof_share")[-1] == 0.5
    assert column(with_it, "units_sold_m2").sum() > 0
    assert column(with_it, "operating_cost_index")[-1] < column(without, "operating_cost_index")[-1]
    assert column(with_it, "production_share")[-1] >= 0.6
