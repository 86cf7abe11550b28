"""What a run keeps beside its indicators agrees with the ledger, the tables and the indicators."""

import numpy as np
import pytest

from sim import schedule
from sim.build import build
from sim.indicators import INDICATORS
from sim.kept import FIRM_FATE, FLOW, GROUND
from sim.recorder import Recorder, fates_of
from sim.state.ledger import (
    CLAWBACK,
    FIRM,
    GOVERNMENT,
    KINDS,
    OPERATOR,
    PURPOSES,
    RENT,
    RESIDENTS,
    WORLD,
)
from tests.engine.runs import column, finished, scenario

MONTHS = 30  # two years and a half


@pytest.fixture(scope="module")
def stepped():
    """A world stepped by hand: (world, its recorder, all monthly flows, newcomers by month)."""
    asked = scenario("starter-park", "service-for-equity")
    world = build(asked, 3, MONTHS)
    recorder = Recorder(world)
    first = {u: (s, c) for u, s, c in world.firms.rows[["uid", "staff", "cell"]].tolist()}
    flows = []
    for month in range(MONTHS):
        world.month = month
        schedule.step(world)
        recorder.take(world)
        flows.append(world.flows.copy())
        for uid, staff, cell in world.firms.rows[["uid", "staff", "cell"]].tolist():
            first.setdefault(uid, (staff, cell))
    return world, recorder, np.array(flows), first


def test_payments_by_year_are_the_ledgers_months_added_up(stepped):
    _, recorder, flows, _ = stepped
    kept = recorder.kept.flows()
    assert kept.dtype == FLOW and (kept["amount"] != 0).all()
    dense = np.zeros((3, len(KINDS), len(KINDS), len(PURPOSES)))
    dense[tuple(kept[name] for name in ("year", "payer", "payee", "purpose"))] = kept["amount"]
    for year, months in enumerate((flows[:12], flows[12:24], flows[24:])):
        assert np.allclose(dense[year], months.sum(axis=0), rtol=1e-12)


def test_firms_are_remembered_as_they_were_first_seen(stepped):
    world, recorder, _, first = stepped
    fates = recorder.kept.fates(world, fates_of(world))
    assert fates.dtype == FIRM_FATE
    assert fates["uid"].tolist() == fates_of(world)["uid"].tolist()
    assert len(first) > len(world.firms) > 0
    zones = world.cells.rows["zone"]
    for fate in fates:
        if int(fate["uid"]) in first:
            staff, cell = first[int(fate["uid"])]
            assert (fate["staff_start"], fate["zone"]) == (staff, zones[cell])
        else:  # came and went within a month
            assert fate["zone"] == -1 and fate["left"] == fate["arrived"]


def test_the_ground_counts_the_firms_and_the_floor_of_each_year(stepped):
    world, recorder, _, _ = stepped
    ground = recorder.kept.ground()
    assert ground.dtype == GROUND
    assert np.unique(ground["month"]).tolist() == [0, 12, 24, 30]
    last = ground[ground["month"] == MONTHS]
    assert last["firms"].sum() == len(world.firms)
    cells = world.cells.rows
    let = sum(cells[f"let_{use}"].sum() for use in ("office", "lab", "production"))
    assert last["let"].sum() == pytest.approx(let, rel=1e-6)
    assert (last["floor"] > 0).all()


def test_what_is_kept_agrees_with_the_indicators():
    run = finished("starter-park", "service-for-equity", 1, 24)
    flows, whole = run.flows, column(run, "public_cost").reshape(2, 12).sum(axis=1)

    def paid(payer, payee=None, purpose=None):
        wanted = flows["payer"] == payer
        wanted &= True if payee is None else flows["payee"] == payee
        wanted &= True if purpose is None else flows["purpose"] == purpose
        return np.bincount(flows["year"][wanted], flows["amount"][wanted], 2)

    public = paid(GOVERNMENT) - paid(GOVERNMENT, WORLD, RESIDENTS)
    assert public - paid(FIRM, GOVERNMENT, CLAWBACK) == pytest.approx(whole)
    rent = column(run, "operator_rent_income").reshape(2, 12).sum(axis=1)
    assert paid(FIRM, OPERATOR, RENT) == pytest.approx(rent)
    for year in (1, 2):
        here = run.ground["firms"][run.ground["month"] == 12 * year].sum()
        assert here == column(run, "firms")[12 * year - 1]
    assert "firms" in INDICATORS


def test_a_broken_year_is_kept_too():
    run = finished("starter-park", "no-policy", 1, 5)
    assert set(run.flows["year"].tolist()) == {0}
    assert np.unique(run.ground["month"]).tolist() == [0, 5]
