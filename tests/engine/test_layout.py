"""A layout is decided before month 0, and what is solved for a place is solved without it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.build import build
from sim.build.layout import SOLVED, amenity_near, home_to_work_km
from sim.scenario.problems import ScenarioErrors
from tests.engine.runs import scenario

PLACE = "starter-park"


def laid(*changes):
    return build(scenario(PLACE, "no-policy", *(f"zone_layout.{c}" for c in changes)), 3, 12)


def test_what_is_solved_for_the_place_stays_under_another_layout():
    plain, blocks = build(scenario(PLACE), 3, 12), laid("interleave=0", "use_mix=0")
    for name in SOLVED:
        assert blocks.norms[name][0] == plain.norms[name][0], name
    assert (blocks.cells.rows["zone"] != plain.cells.rows["zone"]).any()


def test_zones_stand_in_blocks_or_are_dealt_out():
    def mixed(world):
        """Return the share of neighbouring cells that belong to different zones."""
        cells = world.cells.rows
        zones = {(c["column"], c["line"]): c["zone"] for c in cells}
        pairs = [(z, zones.get((x + 1, y))) for (x, y), z in zones.items() if (x + 1, y) in zones]
        return np.mean([a != b for a, b in pairs])

    shares = [mixed(laid(f"interleave={x}")) for x in (0, 0.5, 1)]
    assert shares[0] < shares[1] < shares[2]


def test_a_radius_sets_the_cells_that_are_active():
    for km in (0.5, 1.5):
        world = laid(f"radius_km={km}")
        cell = float(world.norms["cell_m"][0]) / 1000
        assert len(world.cells) * cell**2 == pytest.approx(np.pi * km**2, rel=0.15)
        assert len(world.firms) == len(build(scenario(PLACE), 3, 12).firms)


def test_mixed_uses_bring_homes_nearer_to_work_and_to_amenities():
    apart, mixed = laid("interleave=0", "use_mix=0"), laid("interleave=0", "use_mix=1")
    assert home_to_work_km(mixed) < home_to_work_km(apart)
    assert amenity_near(mixed) > amenity_near(apart)
    assert mixed.norms["layout_commute"][0] < apart.norms["layout_commute"][0]
    assert mixed.norms["layout_access"][0] > apart.norms["layout_access"][0]


@pytest.mark.parametrize("date", ["start=12", "ramp_months=3", "when=vacancy > 0.1 for 2"])
def test_a_layout_cannot_come_later(date):
    with pytest.raises(ScenarioErrors) as error:
        laid("interleave=0.5", date)
    text = str(error.value)
    assert "before month 0" in text
    assert date.split("=")[0] in text
