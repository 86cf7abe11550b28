"""Incubation: awards and their queue, stakes given for them, and teams that become firms."""

from __future__ import annotations

import numpy as np
import pytest

from sim.build.solve import solve_offers
from sim.state.ledger import FIRM, OPENING, OPERATOR, TEAM
from tests.processes.rows import (
    AI,
    MANY,
    SOFTWARE,
    close_to_share,
    firm,
    logistic,
    next_month,
    paid,
    programme,
    run,
    running,
    world,
)

# Everyone applies; teams stay teams.
P = {"takeup": 1.0, "setup_months": 1e6, "stake_dislike": 15.0, "give_up_months": 1e6}
LEAN = {"wage_developer": 30_000.0, "lean_share": 0.36}


def place(firms=(), p=None, **rest):
    return world(list(firms), params={"incubation": P | (p or {}), "accounts": LEAN}, **rest)


def holders(made, k=0):
    rows = made.firms.rows
    return set(rows["uid"][rows["award_start"][:, k] >= 0].tolist())


@pytest.mark.parametrize("quality", [-1.5, 0.0, 1.5])
def test_half_of_average_teams_give_six_percent_for_240_000(quality):
    terms = programme("cash_grant", cny_once=240_000.0, stake=0.06, recipient=0)
    made = place(teams=[{"quality": quality, "runway": 12.0}] * MANY, programmes=[terms])
    solve_offers(made)
    run("incubation", made)
    took = (made.founders.rows["award_start"][:, 0] == 0).sum()
    dislike = 15 * 0.06
    expected = logistic(dislike * (1 - np.exp(0.5 * quality)))
    assert close_to_share(took, MANY, float(expected))
    assert made.tally["accepted"][0] == took
    assert made.tally["accepted"][0] + made.tally["declined"][0] == MANY


def test_a_better_offer_elsewhere_lowers_the_uptake_and_a_free_one_is_always_taken():
    took = []
    for stake, months in ((0.06, 0.0), (0.06, 36.0), (0.0, 36.0)):
        terms = programme("cash_grant", cny_once=240_000.0, stake=stake, recipient=0)
        made = place(teams=[{}] * 2_000, programmes=[terms])
        solve_offers(made)
        made.norms["rival_subsidy"], made.norms["rival_months"] = 0.5, months
        run("incubation", made)
        took.append(made.founders.rows["award_count"][:, 0].sum())
    assert took[0] == pytest.approx(1_000, abs=110)
    assert took[1] < took[0] - 50
    assert took[2] == 2_000


def test_a_stake_moves_from_founders_to_the_operator_and_is_written_down():
    terms = programme("space_for_equity", share=1.0, stake=0.06)
    made = place([firm(share_founders=0.9, share_staff=0.1)] * 200, programmes=[terms])
    made.norms["accept_intercept"] = 100.0
    run("incubation", made)
    rows, stakes = made.firms.rows, made.stakes.rows
    np.testing.assert_allclose(rows["share_operator"], 0.06)
    np.testing.assert_allclose(rows["share_founders"], 0.84)
    assert sorted(stakes["firm"].tolist()) == rows["uid"].tolist()
    np.testing.assert_allclose(stakes["share"], 0.06)
    assert (stakes["holder_kind"] == OPERATOR).all()
    assert np.unique(stakes["uid"]).size == 200


def test_a_firm_may_give_stakes_to_several_programmes_at_once():
    programmes = [programme("space_for_equity", share=1.0, stake=0.02)] * 3
    made = place([firm()] * 5, programmes=programmes)
    made.norms["accept_intercept"] = 100.0
    run("incubation", made)
    np.testing.assert_allclose(made.firms.rows["share_operator"], 0.06)
    assert len(made.stakes) == 15
    assert np.unique(made.stakes.rows["uid"]).size == 15


def test_no_more_awards_begin_in_a_year_than_the_most():
    terms = programme("rent_subsidy", share=0.5, firms_max=3, months_max=6)
    made = place([firm()] * 5, programmes=[terms])
    counts = []
    for _ in range(13):
        run("incubation", made)
        counts.append(len(holders(made)))
        next_month(made)
    assert counts == [3] * 12 + [5]
    state = made.programme_state[0]
    assert state["begun_year"] == 2
    assert state["refused"] == 12 * 2


def test_places_are_filled_and_come_free():
    terms = programme("rent_subsidy", share=0.5, places=2, months_max=3)
    made = place([firm()] * 5, programmes=[terms])
    for month, expected in enumerate([2, 2, 2, 4, 4, 4, 5]):
        run("incubation", made)
        assert len(holders(made)) == expected, month
        next_month(made)


def test_the_queue_is_keyed_and_not_by_row():
    def taken(order, seed):
        made = place(
            [firm()] * 5, programmes=[programme("rent_subsidy", share=0.5, places=2)], seed=seed
        )
        made.firms.rows["uid"] = made.firms.rows["uid"][order]
        run("incubation", made)
        return holders(made)

    forward = [taken([0, 1, 2, 3, 4], seed) for seed in range(8)]
    assert forward == [taken([4, 2, 0, 1, 3], seed) for seed in range(8)]
    assert all(len(t) == 2 for t in forward)
    assert len({frozenset(t) for t in forward}) > 2


@pytest.mark.parametrize(
    ("pick", "expected"), [(1, {1_003, 1_004}), (2, {1_000, 1_002})], ids=["quality", "wealth"]
)
def test_a_programme_may_pick_the_best_or_the_poorest(pick, expected):
    qualities, cash = [0.1, 0.2, 0.3, 2.5, 2.0], [1e3, 5e6, 2e3, 4e6, 3e6]
    made = place(
        [firm(quality=q, cash=c) for q, c in zip(qualities, cash, strict=True)],
        programmes=[programme("rent_subsidy", share=0.5, places=2, pick=pick)],
        p={"signal_noise": 0.0},
    )
    run("incubation", made)
    assert holders(made) == expected


def test_the_quality_bar_and_other_terms_keep_some_out():
    rows = [
        firm(quality=1.0),
        firm(quality=-1.0),
        firm(quality=1.0, rounds=3),
        firm(quality=1.0, maturity=1),
        firm(quality=1.0, fate=1),
        firm(quality=1.0, **running()),
    ]
    terms = programme("cash_grant", cny_once=1e5, quality_bar=0.0, rounds_max=2, milestone=2)
    made = place(rows, programmes=[terms], p={"signal_noise": 0.0}, month=1)
    run("incubation", made)
    begun = made.firms.rows["award_start"][:, 0] == 1
    assert begun.tolist() == [True, False, False, False, False, False]


def test_the_ineligible_do_not_apply():
    made = place([firm()] * 5, programmes=[programme("rent_subsidy", share=0.5)])
    made.eligible_firms[0] = [True, False, True, False, False]
    run("incubation", made)
    assert holders(made) == {1_000, 1_002}


def test_an_award_ends_after_its_months_or_with_the_lever():
    for terms, end in (
        (programme("rent_subsidy", share=0.5, months_max=12), 12),
        (programme("rent_subsidy", share=0.5, months_max=12, end=8), 8),
        (programme("rent_subsidy", share=0.5, months_max=12, end=8, taper=2), 10),
    ):
        made = place([firm()], programmes=[terms], month=1)
        run("incubation", made)
        assert made.firms.rows["award_end"][0, 0] == end


def opened(teams, p=None, **rest):
    made = place(
        teams=list(teams),
        p={"setup_months": 0.0, "team_size_extra": 2.0, "staff_pool": 0.1, "signal_noise": 0.0}
        | (p or {}),
        **rest,
    )
    return run("incubation", made)


def test_ready_teams_become_firms_with_people_floor_and_their_savings():
    made = opened([{"cash": 1e5 * (k + 1), "quality": 0.1 * k} for k in range(5)])
    firms, teams = made.firms.rows, made.founders.rows
    assert len(firms) == 5
    assert sorted(teams["venture"].tolist()) == sorted(firms["uid"].tolist())
    by_venture = dict(zip(teams["venture"].tolist(), range(5), strict=True))
    order = [by_venture[uid] for uid in firms["uid"].tolist()]
    np.testing.assert_allclose(firms["cash"], 1e5 * (1 + np.array(order)))
    np.testing.assert_allclose(firms["quality"], 0.1 * np.array(order))
    assert (teams["cash"] == 0).all()
    assert paid(made, TEAM, FIRM, OPENING) == pytest.approx(15e5)
    people = made.people.rows
    np.testing.assert_array_equal(np.bincount(people.employer, minlength=5), firms["staff"])
    np.testing.assert_array_equal(firms["staff"], firms["wanted"])
    assert (firms["staff"] >= 2).all()
    np.testing.assert_allclose(firms["share_founders"], 0.9)
    np.testing.assert_allclose(firms["share_staff"], 0.1)
    assert made.cells.rows["let_office"][0] == pytest.approx(firms["area"].sum())
    # Two founders each, known to the people table.
    founders = np.bincount(people.employer[people.founder_of != 0], minlength=5)
    assert founders.tolist() == [2] * 5
    assert made.tally["born"][0] == 5


def test_entry_size_is_two_founders_and_a_poisson_number():
    made = opened([{}] * 2_000)
    extra = made.firms.rows["staff"] - 2
    assert extra.mean() == pytest.approx(2, abs=0.15)
    assert extra.var() == pytest.approx(2, abs=0.3)


def test_teams_wait_for_set_up_a_cofounder_and_space():
    waiting = [
        {"born": 0},  # registers first
        {"born": -9, "cofounder": 0},
        {"born": -9, "gone": 1},
        {"born": -9},
    ]
    made = opened(waiting, {"setup_months": 2.0, "match_rate": 0.0, "solo_rate": 0.0})
    assert (made.founders.rows["venture"] != 0).tolist() == [False, False, False, True]
    full = opened([{}] * 3, cells=[{"floor_office": 10.0}])
    assert len(full.firms) == 0
    assert full.tally["unmet_space"][0] > 0


def test_a_full_building_is_shared_more_tightly_before_it_is_refused():
    made = opened([{}], {"team_size_extra": 0.0, "crowded_m2": 9.6}, cells=[{"floor_office": 20.0}])
    assert made.firms.rows["area"].tolist() == [pytest.approx(19.2)]
    assert made.cells.rows["let_office"][0] <= 20


def test_an_award_to_a_team_goes_with_it_and_so_does_its_stake():
    team = running() | {"award_stake": np.array([0.07, 0, 0, 0, 0, 0, 0, 0]), "supported_by": 1}
    terms = programme("cash_grant", cny_month=1.0, stake=0.07, end=0)
    made = opened([team], programmes=[terms], month=1)
    row = made.firms.rows[0]
    assert row["award_start"][0] == 0
    assert row["supported_by"] == 1
    assert row["share_operator"] == pytest.approx(0.07)
    assert row["share_founders"] == pytest.approx(0.9 - 0.07)
    assert made.stakes.rows["firm"].tolist() == [row["uid"]]


def test_incubator_places_go_to_those_admitted_until_they_are_full():
    rest = {"norms": {"incubator_places": 3.0}, "rules": {"admission_bar": 0.5}}
    p = {"apply_share": 1.0, "incubator_months": 20.0}
    made = opened([{"quality": q} for q in (0.4, 0.6, 0.7, 0.8, 0.9)], p, **rest)
    rows = made.firms.rows
    assert (rows["incubated_until"] == 20).sum() == 3
    assert (rows["quality"][rows["incubated_until"] >= 0] >= 0.5).all()


def test_a_place_that_wants_its_focal_sector_admits_no_other():
    rest = {
        "norms": {"incubator_places": 9.0, "focal": float(AI)},
        "rules": {"admission_bar": -9.0, "admission_focal": 0.6},
    }
    made = opened([{"sector": s} for s in (AI, SOFTWARE)], {"apply_share": 1.0}, **rest)
    rows = made.firms.rows
    inside = {int(r["sector"]): r["incubated_until"] >= 0 for r in rows if r["use"] == 0}
    assert not inside[SOFTWARE]


def test_spin_outs_take_one_of_their_parents_people():
    made = place(
        [firm(staff=6), firm(staff=6)],
        teams=[{"origin": 3, "parent": 1_000, "generation": 1}],
        p={"setup_months": 0.0, "team_size_extra": 0.0},
        staffed=True,
    )
    before = len(made.people)
    run("incubation", made)
    rows = made.firms.rows
    assert rows["staff"].tolist() == [5, 6, 2]
    assert len(made.people) == before + 1
    employers = made.people.rows.employer
    np.testing.assert_array_equal(np.bincount(employers), rows["staff"])
    assert made.tally["spin_outs"][0] == 1


def test_tenants_graduate_at_the_market_with_a_round_or_in_time():
    base = {"born": -12, "maturity": 1}
    rows = [
        firm(**base | {"incubated_until": 5}),
        firm(**base | {"incubated_until": 0}),
        firm(**base | {"incubated_until": 5, "maturity": 4}),
        firm(**base | {"incubated_until": 5, "rounds": 2}),
        firm(**base | {"incubated_until": -1, "maturity": 4}),
    ]
    made = place(rows, p={"incubator_months": 24.0, "dependence_months": 36.0})
    run("incubation", made)
    assert made.firms.rows["graduated"].tolist() == [0, 1, 1, 1, 0]
    # Half of the longest stay breeds half of the dependence.
    assert made.firms.rows["dependence_until"].tolist() == [-1, 18, 18, 18, -1]
    assert made.tally["graduates_incubator"][0] == 3


def test_teams_find_a_cofounder_faster_among_more_people_and_give_up_in_the_end():
    for people, share in ((0, 0.0), (1_000, 0.2), (1_000_000, 0.4)):
        made = place(
            [firm(staff=people)] if people else [],
            teams=[{"cofounder": 0}] * MANY,
            p={"match_rate": 0.4, "match_half": 1_000.0},
        )
        run("incubation", made)
        found = made.founders.rows["cofounder"].sum()
        if people < 1_000_000:
            assert close_to_share(found, MANY, share)
        else:
            assert found / MANY == pytest.approx(share, abs=0.015)
    made = place(teams=[{"waiting": w} for w in (10, 11, 12, 13)], p={"give_up_months": 12.0})
    run("incubation", made)
    assert made.founders.rows["gone"].tolist() == [0, 0, 1, 1]
