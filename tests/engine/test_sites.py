"""Places of several sites: what flows between them balances, and where nothing does they are alone."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from sim.draw import seed_of_site
from sim.recorder import run_id, simulate
from sim.region import build_federation, joined
from sim.region.movers import arrive, choose
from sim.region.ties import pool_accounts, seek, spread_names
from sim.schedule import CARRYING_OUT, DECIDING, step_part
from sim.state.checks import Audit, BrokenIdentityError
from sim.state.columns import HERE, MOVED_AWAY, MOVED_REGION, MOVED_SITE, NOBODY, OUTSIDE
from sim.state.ledger import FIRM, FRONT_BACK, GOVERNMENT, SITE_TRANSFER, WORLD
from tests.engine.channels_region import two_parks
from tests.engine.runs import column

MONTHS = 18
LINKED = ("community_links.link_strength=1", "community_links.shared_services=1")
BUSY = (*LINKED, "location.leave=0.08", "location.within_region=0.95", "region.sister=3")


@cache
def linked():
    return simulate(two_parks(*BUSY), 5, MONTHS, strict=True)


def test_a_strict_run_balances_and_firms_and_people_flow():
    run = linked()
    assert column(run, "site_moves").sum() > 0
    assert column(run, "site_people").sum() > 0
    plain = simulate(two_parks(*BUSY), 5, MONTHS)
    assert plain.digest == run.digest


def test_the_place_is_told_as_the_sum_of_its_sites():
    run = linked()
    sites = dict(run.sites)
    assert list(sites) == ["east", "west"]

    def of(name):
        return [own[:, run.names.index(name)] for own in sites.values()]

    for name in ("firms", "jobs", "talent", "operator_cash", "public_cost_pv", "products_launched"):
        np.testing.assert_allclose(column(run, name), sum(of(name)), rtol=1e-12, err_msg=name)
    moves = column(run, "site_moves")
    np.testing.assert_allclose(column(run, "entries"), sum(of("entries")) - moves)
    np.testing.assert_allclose(column(run, "leavers"), sum(of("leavers")) - moves)
    vacancy = column(run, "vacancy")
    assert (vacancy >= np.minimum(*of("vacancy")) - 1e-12).all()
    assert (vacancy <= np.maximum(*of("vacancy")) + 1e-12).all()
    assert np.array_equal(column(run, "max_generation"), np.maximum(*of("max_generation")))
    stock = run.fates[run.fates["left"] < 0]
    assert stock.size == column(run, "firms")[-1]
    assert np.unique(run.fates["uid"]).size == run.fates.size


def test_without_links_sites_are_lone_places_bit_for_bit():
    park = two_parks()
    run = simulate(park, 5, MONTHS)
    assert column(run, "site_moves").sum() == column(run, "site_people").sum() == 0
    for site, (name, series) in zip(park.sites, run.sites, strict=True):
        alone = simulate(site.scenario, seed_of_site(5, name), MONTHS)
        assert np.array_equal(alone.series, series, equal_nan=True)
    assert not np.array_equal(run.sites[0][1], run.sites[1][1], equal_nan=True)  # luck of their own


def test_the_order_of_sites_does_not_matter_and_their_names_do():
    park = two_parks(*BUSY)
    turned = replace(park, sites=park.sites[::-1])
    assert turned.canonical() == park.canonical()
    assert simulate(turned, 5, MONTHS).digest == linked().digest
    other = two_parks(*BUSY, east="north")
    assert run_id(other, 5, MONTHS) != run_id(park, 5, MONTHS) != run_id(two_parks(), 5, MONTHS)
    assert simulate(other, 5, MONTHS).digest != linked().digest


def moved(fate=MOVED_REGION, said=(), before=lambda place: None, rent=1.0):
    """Return a place of which some firms of the east were made to leave, these as they were, and luggage."""
    place = build_federation(two_parks(*BUSY, *said, rent=rent), 5, 12, strict=True)
    audits = [Audit(world) for world in place.worlds]
    before(place)
    for world in place.worlds:
        step_part(world, DECIDING)
        world.firms.rows["fate"] = HERE
        world.tally["leavers"] = world.tally["leavers_region"] = 0
    east = place.worlds[0].firms.rows
    third = np.arange(east.size) % 3 == 0
    rows = np.flatnonzero((east["cash"] > 0) & (third | (east["share_operator"] > 0)))
    east["fate"][rows] = fate
    were, staff = east[rows].copy(), [set(_staff(place.worlds[0], row)) for row in rows]
    luggage = choose(place, place.seen())
    for world in place.worlds:
        step_part(world, CARRYING_OUT)
    arrive(place, luggage)
    for audit, world in zip(audits, place.worlds, strict=True):
        audit.check(world)
    joined.check(place)
    return place, were, staff, luggage


def _staff(world, row):
    people = world.people.rows
    return people.uid[people.employer == row].tolist()


KEPT = (
    "born", "sector", "layer", "quality", "knowledge", "maturity", "staff", "developers", "scientists",
    "workers", "rounds", "raised", "revenue", "share_founders", "share_staff", "use", "ambition",
    "generation", "first_order",
)  # fmt: skip


def test_a_firm_that_moves_is_the_same_firm_with_its_people_and_its_cash():
    place, were, staff, luggage = moved()
    east, west = (world.firms.rows for world in place.worlds)
    (one,) = luggage
    assert 3 < one.firms.size < were.size  # the rest of the region has its share
    assert not np.isin(one.firms["uid"], east["uid"]).any()
    for uid, cash in zip(one.firms["uid"], one.cash, strict=True):
        at = int(np.flatnonzero(were["uid"] == uid)[0])
        row = int(np.flatnonzero(west["uid"] == uid)[0])
        old, new = were[at], west[row]
        assert {name: new[name] for name in KEPT} == {name: old[name] for name in KEPT}
        assert set(_staff(place.worlds[1], row)) == staff[at]
        assert new["cash"] == cash and 0 < cash <= old["cash"]
        assert (new["displaced"], new["arrived"], new["tenure"], new["locals"]) == (1, 0, 0, 0)
        assert 0.5 * old["area"] <= new["area"] <= old["area"]
        assert (new["award_start"] == -1).all() and new["share_operator"] == 0
        assert new["share_funds"] == pytest.approx(old["share_operator"] + old["share_funds"])
    flows = [world.flows for world in place.worlds]
    assert flows[0][FIRM, WORLD, SITE_TRANSFER] == pytest.approx(one.cash.sum())
    assert flows[1][WORLD, FIRM, SITE_TRANSFER] == pytest.approx(one.cash.sum())
    fates = np.concatenate(place.worlds[0].fates)
    assert set(fates["uid"][fates["how"] == MOVED_SITE]) == set(one.firms["uid"])


def test_who_has_no_cash_or_finds_no_floor_does_not_move():
    full = build_federation(two_parks(*BUSY), 5, 12)
    for world in full.worlds:
        step_part(world, DECIDING)
    full.worlds[0].firms.rows["fate"] = MOVED_REGION
    for use in ("office", "lab"):
        cells = full.worlds[1].cells.rows
        cells[f"let_{use}"] = cells[f"floor_{use}"]
    assert choose(full, full.seen()) == []
    poor = build_federation(two_parks(*BUSY), 5, 12)
    for world in poor.worlds:
        step_part(world, DECIDING)
    poor.worlds[0].firms.rows["fate"] = MOVED_REGION
    poor.worlds[0].firms.rows["cash"] = 0.0
    assert choose(poor, poor.seen()) == []


def test_the_back_site_takes_large_leavers_and_helps_them_with_the_move():
    said = ("community_links.link_strength=0", "front_back.referral=1", "front_back.move_staff_min=10",
            "front_back.move_support_cny_head=1000")  # fmt: skip
    place, were, _, luggage = moved(MOVED_AWAY, said, rent=0.5)
    (one,) = luggage
    staff = were["staff"][np.isin(were["uid"], one.firms["uid"])]
    assert staff.size and (staff >= 10).all()
    helped = place.worlds[0].flows[GOVERNMENT, FIRM, FRONT_BACK]
    assert helped == pytest.approx(1000 * staff.sum())
    assert place.worlds[0].tally["leavers_region"][0] == -staff.size  # who were counted as gone
    assert moved(MOVED_AWAY, said, rent=1.2)[3] == []  # dearer floor is no back site


def test_one_operator_keeps_its_stakes_and_shares_its_cash():
    def hold(place):
        place.one_operator = True
        for world in place.worlds:
            world.params["region"]["sister"] = 1e6  # all who leave go to the other site
            for use in ("office", "lab"):
                world.cells.rows[f"floor_{use}"] *= 3

    place, were, _, (one,) = moved(before=hold)
    owned = were["uid"][were["share_operator"] > 0]
    with_stake = np.isin(one.firms["uid"], owned)
    assert with_stake.any()
    west = place.worlds[1].firms.rows
    new = west["share_operator"][np.isin(west["uid"], one.firms["uid"])]
    assert (new > 0).sum() == with_stake.sum()
    cash = [float(world.operators.rows["cash"][0]) for world in place.worlds]
    place.worlds[0].operators.rows["cash"] -= 5e6  # behind the books, to have something to share
    pool_accounts(place)
    after = [float(world.operators.rows["cash"][0]) for world in place.worlds]
    assert sum(after) == pytest.approx(sum(cash) - 5e6)
    assert np.sign(after[0]) == np.sign(after[1])
    joined.check(place)


def test_seekers_go_where_posts_are_and_names_spread():
    place = build_federation(two_parks(*BUSY, "region.seeker_rate=1"), 5, 12)
    east, west = place.worlds
    for world in place.worlds:
        step_part(world, DECIDING)
    idle = np.flatnonzero(east.people.rows.employer == OUTSIDE)[:20]
    uids = east.people.rows.uid[idle].copy()
    east.people.data.employer[idle] = NOBODY
    east.market["openings_per_worker"], west.market["openings_per_worker"] = 0.01, 0.5
    sites = place.seen()
    seek(place, place.links(sites), sites)
    gone = np.isin(uids, west.people.rows.uid)
    assert gone.any() and not np.isin(uids[gone], east.people.rows.uid).any()
    assert np.isin(uids[~gone], east.people.rows.uid).all()
    joined.check(place)
    east.operators.rows["reputation"], west.operators.rows["reputation"] = 0.9, 0.3
    spread_names(place, place.links(sites))
    assert east.operators.rows["reputation"][0] == 0.9
    assert 0.3 < west.operators.rows["reputation"][0] < 0.9


@pytest.mark.parametrize("spoil", ["cash", "person"])
def test_a_loss_between_sites_breaks_the_check(spoil):
    place, *_ = moved()
    west = place.worlds[1]
    if spoil == "cash":
        west.flows[WORLD, FIRM, SITE_TRANSFER] -= 1.0
    else:
        west.tally["sites_people_in"] -= 1
    with pytest.raises(BrokenIdentityError, match="between sites"):
        joined.check(place)


def test_a_place_of_sites_is_not_built_or_watched_as_one():
    from sim.build import build

    with pytest.raises(ValueError, match="several sites"):
        build(two_parks(), 1, 2)
    with pytest.raises(ValueError, match="several sites"):
        simulate(two_parks(), 1, 2, observe=lambda world, month: None)
