"""Every lever moves its own channel: dose zero is off bit for bit, half and full go one way."""

from __future__ import annotations

import pytest

from sim.levers import all_levers
from sim.processes import founding, incubation, rents, services
from sim.state.watch import changed, snapshot
from tests.engine.channels import LANDLORD, MIXED, OFFICE_CASES, ORIGIN, OWN, PARTNER, weighted
from tests.engine.channels_land import LAND_CASES
from tests.engine.channels_money import ENCOUNTERS, MONEY
from tests.engine.channels_region import REGION
from tests.engine.channels_services import SERVICE_CASES

CASES = (*OFFICE_CASES, *SERVICE_CASES, *MONEY, *ENCOUNTERS, *LAND_CASES, *REGION)
IDS = [f"{case.lever}: {case.name}" for case in CASES]
DOSES = (LANDLORD, MIXED, PARTNER)
ZEROED = [case for case in CASES if case.first_is_off]


def test_every_lever_has_a_channel():
    assert {case.lever for case in CASES} | {"operator_weights"} == set(all_levers())


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_channel_follows_the_dose(case):
    none, half, full = (case.way * case.quantity(dose) for dose in case.doses)
    assert none < full
    assert none < half < full if case.strict else none <= half <= full


@pytest.mark.parametrize("case", ZEROED, ids=[f"{c.lever}: {c.name}" for c in ZEROED])
def test_dose_zero_is_off_bit_for_bit(case):
    off, zero = snapshot(case.world(None)), snapshot(case.world(0))
    # A lever that is there counts what it has built, which is nothing.
    moved = {n for n in changed(off, zero) if not n.startswith("rules.") and n != "built"}
    assert moved == set()


def test_weights_move_the_effort_of_services():
    efforts = [float(weighted(w, services).market["service_effort"][0]) for w in DOSES]
    assert efforts[0] < efforts[1] < efforts[2]


def test_weights_move_the_asking_rent():
    steps = []
    for weights in DOSES:
        world = weighted(weights)
        before = world.operators.rows["asking"][0]
        rents.step(world)
        steps.append(abs(world.operators.rows["asking"][0] / before - 1))
    assert steps[0] > steps[1] > steps[2]


def test_weights_move_the_bar_of_admission():
    admitted = []
    for weights in ((0.9, 0, 0, 0.1), (0.5, 0, 0.5, 0), (0, 0, 1, 0)):
        world = weighted(weights, founding, incubation, place=ORIGIN)
        firms = world.firms.rows
        admitted.append(int(((firms["born"] == 0) & (firms["incubated_until"] >= 0)).sum()))
    assert admitted[0] > admitted[1] > admitted[2]


def test_the_place_s_own_weights_said_again_change_nothing():
    off, said = (
        snapshot(weighted(weights, founding, incubation, services, rents))
        for weights in (None, OWN)
    )
    moved = {name for name in changed(off, said) if not name.startswith(("rules.", "built"))}
    assert moved == set()
