"""Forms of places: a corridor, several tracks, campuses away from the site, coarse cells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.build import build
from sim.processes import founding, hiring, spillovers
from sim.recorder import Recorder, simulate
from sim.scenario import load_scenario, shipped_names
from sim.state.catalogue import SECTORS, ZONES
from sim.state.focus import focus_of, in_focus
from sim.state.records import NORMS
from tests.engine.runs import scenario

# Strict months of places with so many people that ten years take minutes; all others run whole.
SHORT = {"city": 1, "city-quarter": 6, "haidian": 24}
WHOLE = 120


def changed(place, **blocks):
    """Return a place with changed leaves of blocks of its stock."""
    base = scenario(place)
    update = {
        name: getattr(base.initial, name).model_copy(update=leaves)
        for name, leaves in blocks.items()
    }
    return replace(base, initial=base.initial.model_copy(update=update))


def test_in_a_corridor_the_street_runs_along_the_middle():
    place = changed("starter-park", grid={"form": "corridor", "cells_x": 40, "cells_y": 10})
    cells = build(place, 1, 12).cells.rows
    street = cells["zone"] == ZONES.index("street")
    off = np.abs(cells["line"] - 4.5)
    assert off[street].max() <= off[~street].min()
    assert street.mean() == pytest.approx(place.initial.grid.zones.street, abs=0.01)
    assert len(set(cells["column"][street])) == 40  # from one end to the other
    for name in ("campus", "park", "housing"):
        share = getattr(place.initial.grid.zones, name)
        assert (cells["zone"] == ZONES.index(name)).mean() == pytest.approx(share, abs=0.01)


def test_all_tracks_count_as_focal_and_the_first_has_the_layers():
    one = build(scenario("starter-park"), 1, 12)
    place = changed("starter-park", firms={"focal": ("ai", "software")})
    both = build(place, 1, 12)
    recorder = Recorder(both)
    recorder.take(both)
    names = simulate(scenario("starter-park"), 1, 1).names
    share = recorder.series(both, 1)[0, names.index("firms_focal_share")]
    assert share == pytest.approx(35 / 40)
    firms = both.firms.rows
    assert (firms["layer"][firms["sector"] != SECTORS.index("ai")] == -1).all()
    assert (one.firms.rows["layer"] == firms["layer"]).all()


def test_without_layers_firms_stand_at_none():
    place = changed("starter-park", firms={"layers": {}})
    run = build(place, 1, 12)
    assert (run.firms.rows["layer"] == -1).all()
    assert run.mix[1].max() == 0  # so that newcomers stand at none either


def test_far_campuses_send_fewer_teams_and_teach_less():
    near = build(scenario("starter-park"), 1, 12)
    far = build(changed("starter-park", institutions={"distance_km": 5.0}), 1, 12)
    rates = [
        founding.institution_rate(w.institutions.rows[0], w.norms[0], w.params["founding"][0])
        for w in (near, far)
    ]
    assert rates[1] == pytest.approx(rates[0] * np.exp(-0.5))
    before = near.firms.rows["knowledge"].copy()
    learnt = []
    for world in (near, far):
        world.firms.rows["knowledge"] = before
        world.ties.n = 0
        spillovers.spill(world)
        learnt.append(float(world.firms.rows["knowledge"].mean()))
    assert learnt[0] > learnt[1]
    ways = [
        hiring.commute_km(
            1, -1, 0, w.firms.rows[0], w.cells.rows, w.institutions.rows, w.norms[0],
            w.params["hiring"][0], 1,
        )
        for w in (near, far)
    ]  # fmt: skip
    assert ways[1] == pytest.approx(ways[0] + 5)  # graduates live at their school


@pytest.mark.parametrize("names", [("ai",), ("ai", "biotech"), ("textile", "services")])
def test_a_sector_is_in_focus_if_it_is_one_of_the_tracks(names):
    norms = np.zeros(1, NORMS)
    norms["focus"] = focus_of(names)
    found = [name for k, name in enumerate(SECTORS) if in_focus(k, norms[0])]
    assert sorted(found) == sorted(names)


@pytest.mark.slow
@pytest.mark.parametrize("place", shipped_names("communities"))
def test_identities_hold_in_every_place(place):
    run = simulate(load_scenario(place), 0, SHORT.get(place, WHOLE), strict=True)
    assert np.isfinite(run.series[:, run.names.index("firms")]).all()


@pytest.mark.parametrize("place", ["fine-chemicals", "park-upgrade"])
def test_a_pilot_base_that_a_place_lays_out_is_built(place):
    """Works are built whole: at a price that the budget never carries, none ever stands."""
    built = []

    def look(world, month):
        built.append(float(world.rule["pilot_extra"][0]))

    simulate(load_scenario(place, months=24), 1, observe=look)
    assert built[-1] == 1
