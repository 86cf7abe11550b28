"""Mechanisms that no lever carries, each at work: on against off, on a few rows."""

from __future__ import annotations

import numpy as np
import pytest

from sim import indicators
from sim.build.assemble import _alma_mater
from sim.build.tenants import Luck
from sim.processes import founding, housing, location, market
from sim.state.catalogue import MENU, SECTORS
from sim.state.columns import (
    ACQUIRED,
    ALUMNI,
    ANGEL,
    CONTACT,
    GRADUATE,
    SCHOLAR,
    SUPPLY,
)
from sim.state.ledger import (
    CAPITAL_CALL,
    DIVIDEND,
    FIRM,
    FUND,
    HOUSEHOLDS,
    OPERATOR,
    SERVICE_FEE,
)
from sim.state.ledger import RENT as RENT_PAID
from tests.processes.rows import (
    AI,
    BRANCH,
    DEVELOPER,
    NEVER,
    RELOCATED,
    RENT,
    SOFTWARE,
    SPIN_OUT,
    VENTURE,
    add_people,
    close_to_share,
    firm,
    firm_of,
    next_month,
    paid,
    run,
    world,
)

SERVICES = SECTORS.index("services")
MANY = 4000
CALM = {"demand_sd": 0.0, "climate_sd": 0.0, "wage_response": 0.0, "growth": 0.0,
        "growth_ai": 0.0, "growth_ai_late": 0.0}  # fmt: skip


def raw(made):
    """Return the month's raw quantities of a world made by hand."""
    row = np.zeros(1, indicators.RAW)
    indicators.measure(
        made.firms.rows, made.ties.rows, made.institutions.rows, made.operators.rows,
        made.cells.rows, made.flows, made.market, made.norms, made.tally, made.history,
        made.params["exits"], made.params["government"], 0.1, row,
    )  # fmt: skip
    return row


def shown(made, name):
    """Return an indicator of a run of this one month."""
    rates = {"public": 0.035, "operator": 0.06, "displacement": 0.7}
    return float(indicators.derive(raw(made), rates, 1.0)[name][0])


# --- products and the chain ---------------------------------------------------------------------


def ordered(gain, supply_ties=4):
    waits = firm(maturity=4, first_order=NEVER, revenue=0.0, supply_ties=supply_ties)
    p = {"partner_gain": gain, "first_order": 0.1, "supply_rate": 0.0}
    return run("sales", world([waits] * MANY, params={"sales": p}))


def test_partners_bring_first_orders_and_are_counted():
    none, some = ordered(0.0), ordered(0.2)
    sold = [(w.firms.rows["first_order"] == 0).sum() for w in (none, some)]
    assert close_to_share(sold[0], MANY, 0.1)
    assert close_to_share(sold[1], MANY, 0.1 * 1.8)
    assert shown(some, "local_partner_share") == 1.0
    assert shown(ordered(0.2, 0), "local_partner_share") == 0.0


def chained(layers, columns, mix=3):
    """Return a world of one firm a cell along a street, in a chain of `mix` equal links."""
    cells = [{"column": c} for c in columns]
    rows = [firm(cell=k, sector=AI, layer=layer) for k, layer in enumerate(layers)]
    made = world(rows, cells=cells, params={"spillovers": {"radius_m": 1000.0}})
    made.mix[1, :mix] = np.arange(1, mix + 1) / mix
    return run("spillovers", made)


def test_a_chain_is_as_complete_as_its_links_within_a_kilometre():
    made = chained([0, 1, 1, 2], [0, 5, 10, 40])  # the last is 1.5 km off
    np.testing.assert_allclose(made.firms.rows["chain"], [2 / 3, 2 / 3, 2 / 3, 1 / 3])
    assert shown(made, "chain_completeness") == pytest.approx((3 * 2 / 3 + 1 / 3) / 4)
    outside = chained([-1, 0], [0, 1])
    assert shown(outside, "chain_completeness") == pytest.approx(
        1 / 3
    )  # of firms in the chain only


@pytest.mark.parametrize("gain", [-0.2, 0.0, 0.5])
def test_a_complete_chain_speeds_products_and_orders_by_its_weight(gain):
    norms = {"chain_mean": 0.4}
    here = {"sector": AI, "layer": 1, "chain": 1.0}
    grows = firm(**here | {"maturity": 0, "staff": 4, "cash": 1e9})
    p = {"chain_gain": gain, "median_0": 10.0}
    made = run("development", world([grows] * MANY, norms=norms, params={"development": p}))
    hazard = np.log(2) / 10 * (1 + 0.6 * gain)
    assert close_to_share((made.firms.rows["maturity"] > 0).sum(), MANY, 1 - np.exp(-hazard))
    waits = firm(**here | {"maturity": 4, "first_order": NEVER})
    p = {"chain_gain": gain, "first_order": 0.1}
    made = run("sales", world([waits] * MANY, norms=norms, params={"sales": p}))
    assert close_to_share((made.firms.rows["first_order"] == 0).sum(), MANY, 0.1 * (1 + 0.6 * gain))


def test_ideas_are_followed_to_the_market_or_to_their_end():
    young = {"born": 0, "staff": 4, "cash": 1e9}
    made = world(
        [firm(**young | {"maturity": 3})] * 200,
        params={"development": {"median_3": 2.0}},
        month=3,
    )
    run("development", made)
    launched = int(made.tally["ideas_launched"][0])
    assert 0 < launched == (made.firms.rows["maturity"] == 4).sum() < 200
    made = world([firm(**young | {"maturity": 1, "cash": -1.0, "insolvent_months": 9})] * 3,
                 params={"exits": {"failure_weight": 0.0, "failure_floor": 0.0}}, month=3)  # fmt: skip
    made.tally["ideas_launched"] = 9.0
    run("exits", made)
    assert shown(made, "idea_to_market_share") == pytest.approx(9 / 12)


# --- knowledge ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("ip", "kept"), [(0.0, 0.0), (1.0, 0.5)])
def test_what_others_learn_is_lost_but_for_advice_on_property(ip, kept):
    p = {"decay": 0.15, "own_research": 0.15, "link": 0.0, "leak": 0.06, "ip_guard": 0.5}
    ahead = firm(knowledge=np.exp(0.5), service_hours=1e9)
    tie = {"a": 0, "b": 1, "strength": 1.0}
    made = world([firm(knowledge=1.0), ahead], ties=[tie], market={"ip": ip},
                 params={"spillovers": p | {"best_distance": 0.5}})  # fmt: skip
    run("spillovers", made)
    lost = 0.5 - np.log(made.firms.rows["knowledge"][1])
    assert lost == pytest.approx(0.06 * (1 - kept) / 12)


@pytest.mark.parametrize("service", MENU)
def test_only_advice_on_property_guards(service):
    made = world([firm()], operator={"menu": float(1 << MENU.index(service))})
    run("services", made)
    assert made.market["ip"][0] == (service == "ip")


# --- founding -----------------------------------------------------------------------------------


def spun(p=None, columns=None, firms=300, months=12, **rest):
    """Return the teams that staff of `firms` found in some months, with an even chance."""
    quiet = dict.fromkeys((
        "idea", "role_models", "runway", "cofounder_prospect", "opportunity_wage", "living_cost",
        "outsiders_per_year", "faculty_rate", "graduate_rate", "peers",
    ), 0.0)  # fmt: skip
    found = []
    for month in range(months):
        made = world(
            [firm(staff=50, **(columns or {}))] * firms, month=month,
            params={"founding": quiet | {"staff_rate": 0.004, "same_domain": 1.0} | (p or {})}, **rest,
        )  # fmt: skip
        run("founding", made)
        found.append(made.founders.rows.copy())
    return np.concatenate(found)


def test_founding_spreads_over_real_ties():
    alone = spun({"peers": 1.0}, {"peers": 0})
    assert len(alone) == len(spun({"peers": 0.0}, {"peers": 7}))
    known = spun({"peers": 1.0}, {"peers": 7})
    assert set(alone["uid"]) < set(known["uid"])  # more of the same candidates
    # Of even odds, ln 8 makes 8 to 1.
    assert len(known) / len(alone) == pytest.approx(16 / 9, rel=0.1)


def test_young_firms_count_as_peers_of_those_they_are_tied_to():
    rows = [firm(born=-10), firm(born=-100), firm(born=-10, ambition=BRANCH),
            firm(born=-10, origin=RELOCATED)]  # fmt: skip
    ties = [{"a": a, "b": b, "strength": 1.0} for a in range(4) for b in range(a + 1, 4)]
    made = world(rows, ties=ties, params={"encounters": {"fading": 0.05, "peer_months": 36.0}})
    run("encounters", made)
    ties_left = made.ties.rows
    expected = [0, 0, 0, 0]
    for a, b in zip(ties_left["a"], ties_left["b"], strict=True):
        expected[b] += a == 0
        expected[a] += b == 0
    assert made.firms.rows["peers"].tolist() == expected


def test_contagion_is_spin_outs_over_staff_of_firms_that_know_young_ones():
    made = world([firm(staff=10, peers=2), firm(staff=30)])
    made.tally["spin_outs"], made.tally["spin_outs_peers"] = 4.0, 2.0
    assert shown(made, "founding_contagion") == pytest.approx((2 / 4) / (10 / 40))


def test_a_spin_out_finds_its_parent_wherever_that_stands_in_the_table():
    firms = [firm(staff=6, arrived=-1), firm(staff=6, arrived=-50), firm(staff=6, arrived=-9)]
    team = {"origin": SPIN_OUT, "parent": 1_000, "generation": 1}
    made = world(firms, teams=[team], staffed=True, norms={"incubator_places": 0.0},
                 params={"incubation": {"setup_months": 0.0, "team_size_extra": 0.0}})  # fmt: skip
    made.put_in_order()  # by arrival: the uids are in no order
    assert made.firms.rows["uid"].tolist() != sorted(made.firms.rows["uid"].tolist())
    run("incubation", made)
    assert firm_of(made, 0)["staff"] == 5


def test_a_distant_campus_sends_fewer_teams():
    schools = [{"faculty": 3000.0, "graduates_per_year": 4000.0}]
    p = {"faculty_rate": 0.02, "graduate_rate": 0.03, "staff_rate": 0.0, "campus_reach_km": 10.0}
    near, far = (
        len(spun(p | {"campus_km": km}, firms=1, months=60, institutions=schools)) for km in (0, 20)
    )
    assert far / near == pytest.approx(np.exp(-2), rel=0.3)


def test_a_sector_is_born_where_two_meet_often_enough_and_only_if_asked_for():
    new = SECTORS.index("nano")
    norms = {"new_sector": float(new)}
    for share, ties, born in ((0.0, 9, 0.0), (0.4, 2, 0.0), (0.4, 3, 0.4)):
        p = {"recombination": share, "recombination_ties": 3.0}
        teams = spun(p, {"cross_ties": ties}, norms=norms)
        assert close_to_share((teams["sector"] == new).sum(), len(teams), born, 4.5)
    made = world([firm(sector=s) for s in (AI, AI, SOFTWARE, new)])
    assert shown(made, "sectors_active") == 3


def test_ties_across_sectors_are_counted():
    ties = [{"a": 0, "b": 1, "strength": 1.0}, {"a": 0, "b": 2, "strength": 1.0}]
    made = world(
        [firm(), firm(sector=AI), firm()], ties=ties, params={"encounters": {"fading": 0.05}}
    )
    run("encounters", made)
    assert len(made.ties) == 2
    assert made.firms.rows["cross_ties"].tolist() == [1, 1, 0]


# --- schools and layers of the network ----------------------------------------------------------


@pytest.mark.parametrize("chance", [0.0, 0.1, 0.3])
def test_new_firms_are_tied_to_those_of_their_school_by_chance(chance):
    rows = [firm(born=-100, institution=0)] * 300 + [firm(born=-100, institution=1)] * 300
    rows += [firm(born=-1, institution=0)] * 30
    p = {"alumni": chance, "fading": 0.05, "ties_per_year": 1.0}
    made = world(rows, institutions=[{}, {}], params={"encounters": p})
    run("encounters", made)
    ties, born = made.ties.rows, made.firms.rows["born"]
    school = made.firms.rows["institution"]
    alumni = ties[ties["kind"] == ALUMNI]
    assert (school[alumni["a"]] == 0).all() and (school[alumni["b"]] == 0).all()
    assert ((born[alumni["a"]] == -1) | (born[alumni["b"]] == -1)).all()
    assert close_to_share(alumni.size, 30 * 300 + 30 * 29 // 2, chance)
    next_month(made)
    run("encounters", made)
    assert (made.ties.rows["kind"] == ALUMNI).sum() <= alumni.size  # settled once


def test_a_pair_keeps_one_tie_that_remembers_every_kind_of_link():
    both = firm(born=-1, institution=0)
    tie = {"a": 0, "b": 1, "strength": 1.0, "kind": CONTACT, "layers": 1 << CONTACT}
    made = world([both, both | {"layer": 2}], ties=[tie], institutions=[{}],
                 params={"encounters": {"alumni": 0.3, "fading": 0.05}, "sales": {"supply_rate": 0.1}})  # fmt: skip
    for _ in range(240):
        for process in ("encounters", "sales"):
            run(process, made)
        if len(made.ties) and made.ties.rows["kind"][0] == SUPPLY:
            break
        next_month(made)
    assert len(made.ties) == 1
    assert made.ties.rows["layers"][0] == 1 << SUPPLY | 1 << CONTACT | 1 << ALUMNI
    assert shown(made, "tie_overlap") == 1.0


def test_overlap_is_supply_between_those_who_know_each_other_otherwise():
    layers = [1 << CONTACT, 1 << SUPPLY, 1 << SUPPLY | 1 << CONTACT, 1 << SUPPLY | 1 << ALUMNI]
    ties = [{"a": 0, "b": k + 1, "layers": bits} for k, bits in enumerate(layers)]
    made = world([firm()] * 5, ties=ties)
    assert shown(made, "tie_overlap") == pytest.approx(2 / 4)


def test_ties_fall_with_distance_by_the_slope_told():
    cells = [{"column": 0}, {"column": 20}]
    rows = [firm(cell=k // 10, x=25.0 + 1000 * (k // 10), y=25.0) for k in range(20)]
    near = [{"a": 0, "b": k} for k in range(1, 10)]
    across = [{"a": 0, "b": k} for k in range(10, 13)]
    made = world(rows, cells=cells, ties=near + across)
    per_pair = (3 / 100) / (9 / 90)
    spread = np.sqrt(2 * 500.0**2)
    assert shown(made, "tie_distance_slope") == pytest.approx(
        np.log(per_pair) / np.log(spread / 25)
    )
    alike = world(rows, cells=cells, ties=near + [{"a": a, "b": 10} for a in range(10)])
    assert shown(alike, "tie_distance_slope") > shown(made, "tie_distance_slope")


def test_firms_of_scholars_and_graduates_have_a_school_by_its_founding_rate():
    schools = [{"faculty": 100.0}, {"faculty": 300.0}]
    made = world((), institutions=schools, params={"founding": {"graduate_rate": 0.004}})
    firms = made.firms.make(MANY)
    firms["uid"] = np.arange(MANY)
    firms["origin"] = np.where(np.arange(MANY) % 2, SCHOLAR, SPIN_OUT)
    _alma_mater(made, firms, Luck(7, firms["uid"]))
    assert (firms["institution"][::2] == -1).all()
    assert close_to_share((firms["institution"][1::2] == 1).sum(), MANY // 2, 0.75)


def test_top_founders_are_those_of_the_two_largest_universities():
    schools = [{"graduates_per_year": g} for g in (10.0, 30.0, 20.0)] + [
        {"kind": 1, "graduates_per_year": 99.0}
    ]
    rows = [firm(institution=k) for k in (0, 1, 2, 3, -1)] + [firm(ambition=BRANCH)]
    made = world(rows, institutions=schools)
    assert shown(made, "founders_top_university_share") == pytest.approx(2 / 5)


def test_firms_remember_the_school_of_their_founders():
    team = {"origin": GRADUATE, "institution": 1}
    made = world([], teams=[team], institutions=[{}, {}], norms={"incubator_places": 0.0},
                 params={"incubation": {"setup_months": 0.0}})  # fmt: skip
    run("incubation", made)
    assert made.firms.rows["institution"].tolist() == [1]
    assert shown(made, "births_institution_share") == 1.0


# --- money that comes back ----------------------------------------------------------------------


def sellers(angels):
    rows = [firm(maturity=4, rounds=1, valuation=1e8, cash=1e6, sector=AI)] * 400
    p = {"failure_weight": 0.0, "failure_floor": 0.0, "acquired": 0.03, "acquired_round": 0.03,
         "acquired_sd": 0.2, "angels": angels, "angel_money": 0.2}  # fmt: skip
    return run("exits", world(rows, funds=[{}], params={"exits": p}))


def test_sellers_become_angels_with_a_part_of_what_they_got():
    assert len(sellers(0.0).funds) == 1
    made = sellers(1.0)
    angels = made.funds.rows[made.funds.rows["kind"] == ANGEL]
    assert angels.size == made.tally["acquisitions"][0] > 0
    assert angels["capital"].sum() == pytest.approx(0.2 * made.tally["exit_value"][0])
    assert (angels["sectors"] == 1 << AI).all() and (angels["stage_to"] == 1).all()


def test_an_angel_pays_out_of_what_households_got_and_counts_as_recycled():
    p = {"meeting": 0.1, "bar_0": 2.0, "noise": 0.2, "known_noise": 0.1}
    seeks = firm(ambition=VENTURE, maturity=4, cost=1e5, share_founders=0.9, share_staff=0.1,
                 sought_since=0)  # fmt: skip
    angel = {"kind": ANGEL, "stage_to": 1, "capital": 4e6, "dry_powder": 4e6, "successor": 1}
    made = world([seeks] * 100, funds=[angel], params={"finance": p})
    run("finance", made)
    invested = made.tally["recycled"][0]
    assert 0 < invested <= 4e6
    assert paid(made, HOUSEHOLDS, FUND, CAPITAL_CALL) == pytest.approx(invested)
    assert shown(made, "recycled_funding_share") == pytest.approx(
        invested / made.tally["funding_raised"][0]
    )


# --- where firms and people go ------------------------------------------------------------------

STAYS = {"leave": 0.01, "entry_rate": 0.0}
NEVER_LEAVES = {"leave_intercept": -1e3}


def branched(rate, **columns):
    row = firm(staff=40, mobility_cost=0.0, **columns)
    p = STAYS | {"branch_rate": rate, "branch_staff": 20.0}
    made = world([row] * MANY, norms=NEVER_LEAVES, params={"location": p})
    return run("location", made).firms.rows["branch_outside"]


def test_firms_open_a_branch_outside_where_rent_binds():
    dear = {"rent": 2 * RENT}
    assert branched(0.0, **dear).sum() == 0
    assert branched(0.5).sum() == 0  # nothing binds
    assert close_to_share(branched(0.5, **dear).sum(), MANY, 0.5 / 12)
    small = firm(staff=5, rent=2 * RENT, mobility_cost=0.0)
    p = STAYS | {"branch_rate": 0.5, "branch_staff": 20.0}
    made = run("location", world([small] * 100, norms=NEVER_LEAVES, params={"location": p}))
    assert made.firms.rows["branch_outside"].sum() == 0


def test_who_has_a_branch_takes_growth_there_and_not_as_an_occasion_to_leave():
    grown = {"staff": 40, "area": 100.0, "wanted": 60.0}
    rows = [firm(branch_outside=b, **grown) for b in (0, 1)]
    full = [{"floor_office": 200.0}]
    made = run("location", world(rows, cells=full, norms=NEVER_LEAVES, params={"location": STAYS}))
    assert made.firms.rows["occasion_until"].tolist()[1] == -1
    assert made.firms.rows["occasion_until"].tolist()[0] > 0
    assert shown(made, "branches_outside") == 1


def test_large_firms_that_leave_are_set_against_those_that_stay():
    rows = [firm(staff=s, fate=ACQUIRED if s in (3, 40) else 0) for s in range(1, 41)]
    made = world(rows, params={"exits": {"failure_weight": 0.0, "failure_floor": 0.0}})
    run("exits", made)
    assert made.tally["top_left"][0] == 1  # the largest, not the small one
    assert shown(made, "hq_outside_share_top_decile") == pytest.approx(1 / (1 + 38 / 10))


def services_in(pull, service_firms):
    """Return the share of service firms among those who come, of many candidates."""
    rows = [firm()] * (200 - service_firms) + [firm(sector=SERVICES)] * service_firms
    p = {"entry_rate": 300.0, "service_pull": pull, "entry_chance": 0.3, "entry_exponent": 0.0}
    came = []
    for month in range(24):
        made = world(rows, norms=NEVER_LEAVES | {"services_each": 20.0}, month=month,
                     operator={"reputation": 0.5}, params={"location": p})  # fmt: skip
        made.mix[0, :] = 1.0
        made.mix[0, :SERVICES] = 0.0  # all candidates are service firms
        run("location", made)
        came.append(made.tally["entries_relocated"][0])
    return sum(came)


def test_service_firms_come_where_there_are_many_firms_for_each():
    assert services_in(0.0, 2) == services_in(0.0, 10) == services_in(1.0, 10)
    assert services_in(1.0, 2) > 1.4 * services_in(1.0, 10) > 2 * services_in(1.0, 60)
    made = world([firm()] * 9 + [firm(sector=SERVICES)])
    assert shown(made, "service_firms_per_100") == pytest.approx(10)


def ways(near):
    """Return the mean way to work, m, of newcomers, and their world."""
    cells = [{"column": c, "floor_housing": 3e3} for c in range(40)]
    made = world([firm(cell=5, staff=400)], cells=cells, norms={"living_inside_share": 1.0},
                 params={"housing": {"near_work": near, "near_tries": 16.0, "leave": 0.05}})  # fmt: skip
    add_people(made, kind=np.full(400, DEVELOPER), employer=0, tenure=0, wage=3e4)
    run("housing", made)
    at = made.people.rows.home_cell
    assert (at >= 0).mean() > 0.9
    return 50.0 * np.abs(made.cells.rows["column"][at[at >= 0]] - 5).mean(), made


def test_who_looks_near_work_walks_less():
    far, _ = ways(0.0)
    near, made = ways(1.0)
    assert near < 0.6 * far
    minutes = housing.mean_commute(made)
    inside = (made.people.rows.home_cell >= 0).sum()
    staff = int(made.firms.rows["staff"][0])
    assert minutes == pytest.approx((near * inside / 65 + 45 * (staff - inside)) / staff, rel=0.01)


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_longer_way_to_work_keeps_firms_away(weight):
    came = []
    for minutes in (20.0, 60.0):
        p = {"entry_rate": 300.0, "entry_exponent": 0.0, "entry_chance": 0.5, "commute": weight}
        total = 0.0
        for month in range(12):
            made = world([firm()], norms=NEVER_LEAVES | {"commute": 40.0}, market={"commute": minutes},
                         operator={"reputation": 0.5}, month=month, params={"location": p})  # fmt: skip
            run("location", made)
            total += made.tally["entries_relocated"][0]
        came.append(total)
    assert came[0] == came[1] if weight == 0 else came[0] > 1.3 * came[1]


# --- waves --------------------------------------------------------------------------------------


def demand_after(months, **shock):
    made = world(params={"market": CALM | shock}, norms={"focal": float(AI)})
    for month in range(months):
        made.month = month
        market.step(made)
    return np.log(made.market["demand"][0]), made


def test_booms_and_busts_hit_one_sector_in_their_months():
    quiet, _ = demand_after(20)
    assert (quiet == 0).all()
    bust, _ = demand_after(
        20, bust_month=2, bust_size=0.6, bust_length=6, bust_sector=float(SOFTWARE)
    )
    assert bust[SOFTWARE] == pytest.approx(-0.6) and np.delete(bust, SOFTWARE).any() == 0
    boom, _ = demand_after(20, boom_month=2, boom_size=0.4, boom_length=6)
    assert boom[AI] == pytest.approx(0.4) and np.delete(boom, AI).any() == 0


def test_a_technology_shift_moves_demand_and_founders_with_it():
    log, made = demand_after(
        12, shift_month=0, shift_size=1.0, shift_length=24, shift_to=float(SOFTWARE)
    )
    assert log[AI] == pytest.approx(-0.5) and log[SOFTWARE] == pytest.approx(0.5)
    assert made.market["shift"][0] == pytest.approx(1 - np.exp(-0.5))
    moved = {"shift": 0.4, "shift_from": float(AI), "shift_to": float(SOFTWARE)}
    for shift, share in (({}, 0.0), (moved, 0.4)):
        teams = spun(None, {"sector": AI}, market=shift)
        assert close_to_share((teams["sector"] == SOFTWARE).sum(), len(teams), share)
    others = spun(None, {"sector": SERVICES}, market=moved)
    assert (others["sector"] == SERVICES).all()


def test_the_longest_slump_of_jobs_is_counted():
    jobs = np.array([100.0, 94, 90, 96, 120, 110, 105, 112, 113, 115])
    found = indicators._longest_slump(jobs, 100.0)
    assert found.tolist() == [0, 1, 2, 2, 2, 2, 2, 3, 4, 4]


def test_cities_copy_the_policy_on_a_bass_curve_and_rivals_then_match():
    _, off = demand_after(60)
    assert off.market["adopters"][0] == off.market["rival_match"][0] == 0
    p = {"adoption_cities": 100.0, "adoption_own": 0.02, "adoption_copy": 0.4}
    curve = [demand_after(12 * y, **p)[1].market["adopters"][0] for y in (1, 5, 9, 13, 25)]
    steps = np.diff(curve)
    assert (steps > 0).all() and curve[-1] < 100
    assert steps[1] > steps[0]  # it speeds up before it slows down
    _, made = demand_after(12 * 25, **p)
    assert made.market["rival_match"][0] == pytest.approx(0.5 * curve[-1] / 100)
    assert shown(made, "adopting_cities") == pytest.approx(curve[-1])


def test_rivals_that_match_a_subsidy_draw_supported_firms_away():
    row = firm(support=50.0 * 120, area=120.0, mobility_cost=0.0)
    gaps = []
    for match in (0.0, 0.5):  # cities that have copied the policy match it at once
        made = world([row], market={"rival_match": match})
        gaps.append(location.cost_gap(made.firms.rows[0], made.cells.rows[0], made.market[0],
                                      made.norms[0], False, made.params["location"][0]))  # fmt: skip
    assert gaps[1] - gaps[0] == pytest.approx(0.25)


def test_a_school_far_away_founds_by_its_own_rate():
    school = world(institutions=[{"faculty": 1000.0, "graduates_per_year": 500.0}])
    p = school.params["founding"]
    share = float(p["local_start"][0])
    found = founding.institution_rate(school.institutions.rows[0], school.norms[0], p[0])
    assert found == pytest.approx(0.2 * share * (0.008 * 1000 + 0.016 * 3 * 500))


# --- what stands in the month's accounts and tables ---------------------------------------------


@pytest.mark.parametrize("experience", [1.0, 2.0])
def test_veterans_of_a_sector_found_better_firms(experience):
    p = {"experience": experience, "inherited_quality": 0.1}
    veterans = spun(p)
    p["same_domain"] = 0.4
    mixed = spun(p)  # the mix of the place holds no software: who leaves it is no veteran
    gap = veterans["quality"].mean() - mixed["quality"][mixed["sector"] != SOFTWARE].mean()
    noise = 4 / np.sqrt((mixed["sector"] != SOFTWARE).sum())
    assert gap == pytest.approx(0.1 * (experience - 1), abs=noise)
    same = np.intersect1d(veterans["uid"], mixed["uid"][mixed["sector"] != SOFTWARE])
    before, after = (t["quality"][np.isin(t["uid"], same)] for t in (veterans, mixed))
    np.testing.assert_allclose(before - after, 0.1 * (experience - 1), atol=1e-9)


def test_the_deepest_generation_is_that_of_children_of_children():
    children = spun(None, {"generation": 1})
    assert (children["generation"] == 2).all()
    made = world([firm(), firm(generation=int(children["generation"][0]))])
    assert shown(made, "max_generation") == 2


def test_the_operators_income_has_three_lines_and_services_are_set_against_rent():
    made = world([firm()])
    made.flows[FIRM, OPERATOR, RENT_PAID] = 100.0
    made.flows[FIRM, OPERATOR, SERVICE_FEE] = 40.0
    made.flows[FIRM, OPERATOR, DIVIDEND] = 7.0
    for name, value in (("rent", 100), ("service", 40), ("equity", 7)):
        assert shown(made, f"operator_{name}_income") == value
    assert shown(made, "service_to_rent") == pytest.approx(0.4)


def test_a_place_reproduces_itself_by_births_of_its_own_firms():
    made = world([firm()])
    made.tally["births_local_parent"], made.history["deaths_or_ten"] = 3.0, 4.0
    assert shown(made, "reproduction_number") == pytest.approx(0.75)


def test_research_is_a_share_of_revenue_and_feeds_knowledge():
    grown = []
    for share in (0.05, 0.1, 0.2):
        made = world([firm()], params={"spillovers": {"rd_share": share, "link": 0.0}})
        run("spillovers", made)
        grown.append(np.log(made.firms.rows["knowledge"][0]))
    assert np.diff(grown) == pytest.approx([0.15 * 0.5 / 12, 0.15 / 12])
