"""Location: who leaves follows the equation, leases are renewed, and support draws newcomers in."""

from __future__ import annotations

import numpy as np
import pytest

from sim import draw
from tests.processes.rows import (
    AI,
    BRANCH,
    MANY,
    RELOCATED,
    RENT,
    SOFTWARE,
    close_to_share,
    firm,
    logistic,
    next_month,
    programme,
    run,
    running,
    world,
)

P = {
    "occasion": 1.4,
    "cost_sensitivity": 3.0,
    "loss_aversion": 1.5,
    "embeddedness": 2.5,
    "neighbours": 0.25,
    "tenure": 0.3,
    "operator_equity": 0.4,
    "local_lead": 0.6,
    "satisfaction": 0.3,
    "moving_months": 40.0,
    "rent_link": 0.6,
    "rival_match": 0.0,
    "entry_rate": 0.0,
    "within_region": 0.7,
}
NORMS = {
    "leave_intercept": -2.0,
    "occasion_mean": 0.3,
    "embed_mean": 0.2,
    "neighbours_mean": 10.0,
    "tenure_mean": 48.0,
}
BASE = {"area": 120.0, "mobility_cost": 8.0, "neighbours": 10, "tenure": 47}


def decided(columns=None, n=MANY, p=None, market=None, **rest):
    made = world(
        [firm(**BASE | (columns or {}))] * n,
        norms=NORMS | rest.pop("norms", {}),
        params={"location": P | (p or {})},
        market={"openings_per_worker": 0.05} | (market or {}),
        **rest,
    )
    return run("location", made)


def left(*args, **rest):
    return decided(*args, **rest).firms.rows["fate"] > 0


def logit_of(*, x=0.0, occasion=0, e=0.0, n=10, tenure=48, satisfaction=0.5, lead=0, equity=0):
    """Return the logit of leaving as the specification has it."""
    return (
        -2.0
        + 1.4 * (occasion - 0.3)
        + 3.0 * x
        - 2.5 * (e - 0.2)
        - 0.25 * np.log((1 + n) / 11)
        - 0.3 * np.log((1 + tenure / 12) / 5)
        - 0.4 * equity
        - 0.6 * lead
        - 0.3 * (2 * satisfaction - 1)
    )


STAY_COST = 8.0 / 40  # of the asking rent
CASES = {
    "at the market": ({}, {"x": -STAY_COST}),
    "an occasion": ({"occasion_until": 0}, {"x": -STAY_COST, "occasion": 1}),
    "dear": ({"rent": 1.5 * RENT}, {"x": 1.5 * (0.5 - STAY_COST)}),
    "very dear": ({"rent": 3 * RENT}, {"x": 1.2}),
    "supported": ({"support": 60.0 * 120}, {"x": -0.6 - STAY_COST}),
    "much supported": ({"support": 200.0 * 120}, {"x": -1.0}),
    "tied": ({"ties": 3}, {"x": -STAY_COST, "e": 0.35 * 0.5}),
    "well tied": ({"ties": 60}, {"x": -STAY_COST, "e": 0.35}),
    "supplied": ({"local_supply": 0.4}, {"x": -STAY_COST, "e": 0.1}),
    "lived": ({"locals": 4}, {"x": -STAY_COST, "e": 0.1}),
    "neighbours": ({"neighbours": 99}, {"x": -STAY_COST, "n": 99}),
    "new": ({"tenure": -1}, {"x": -STAY_COST, "tenure": 0}),
    "content": ({"satisfaction": 1.0}, {"x": -STAY_COST, "satisfaction": 1.0}),
    "local lead": ({"lead_investor_local": 1}, {"x": -STAY_COST, "lead": 1}),
    "operator holds": ({"share_operator": 0.1}, {"x": -STAY_COST, "equity": 1}),
}


@pytest.mark.parametrize("name", CASES)
def test_who_leaves_follows_the_equation(name):
    columns, terms = CASES[name]
    gone = left(columns)
    assert close_to_share(gone.sum(), MANY, float(logistic(logit_of(**terms))))


def test_branches_of_giants_do_not_leave():
    assert not left({"ambition": BRANCH, "rent": 3 * RENT}, n=500).any()


def test_a_dearer_place_loses_more_and_nobody_comes_back():
    before = left({"rent": 0.5 * RENT}, n=3000)
    for rent in (0.8, 1.0, 1.2, 1.6):
        after = left({"rent": rent * RENT}, n=3000)
        assert (after >= before).all()
        assert after.sum() > before.sum()
        before = after


@pytest.mark.parametrize("matched", [0.0, 0.5, 1.0])
def test_rivals_that_match_a_subsidy_take_its_hold(matched):
    terms = [programme("rent_subsidy")]
    held = {"support": 40.0 * 120} | running(0)
    gone = left(held, p={"rival_match": matched}, programmes=terms, month=12)
    x = -0.4 * (1 - matched) - STAY_COST
    assert close_to_share(gone.sum(), MANY, float(logistic(logit_of(x=x))))


def test_rivals_need_a_year_to_match_a_subsidy():
    terms = [programme("rent_subsidy", start=4)]
    held = {"support": 40.0 * 120} | running(0, since=4)
    for month, matched in ((15, 0.0), (16, 1.0)):
        gone = left(held, p={"rival_match": 1.0}, programmes=terms, month=month)
        x = -0.4 * (1 - matched) - STAY_COST
        assert close_to_share(gone.sum(), MANY, float(logistic(logit_of(x=x))))


def test_a_matched_subsidy_draws_fewer_newcomers_and_a_known_brand_more():
    terms = programme("rent_subsidy", share=0.6, months_max=36)
    one, matched = (
        len(newcomers(arrivals([terms], month=13, p={"rival_match": match})))
        for match in (0.0, 1.0)
    )
    assert matched < one
    plain = newcomers(arrivals())["uid"]
    known = newcomers(arrivals(rules={"brand_spend": 405 * 20_000.0}, p={"entry_brand": 1.5}))[
        "uid"
    ]
    assert set(plain) < set(known)


def test_rents_elsewhere_follow_those_here_in_part_and_welcome_newcomers():
    norms = {"rival_rent": 0.9, "rival_subsidy": 0.5, "rival_months": 20.0}
    gone = left({"rent": 1.3 * RENT}, market={"rent_office": 1.3 * RENT}, norms=norms)
    elsewhere = 0.9 * 1.3**0.6 * (1 - 0.5 * 20 / 40)
    x = 1.5 * ((1.3 - elsewhere) / 1.3 - STAY_COST)
    assert close_to_share(gone.sum(), MANY, float(logistic(logit_of(x=x))))


def test_leavers_are_counted_by_where_they_go():
    made = decided({"rent": 3 * RENT})
    fates = np.bincount(made.firms.rows["fate"], minlength=4)
    assert made.tally["leavers"][0] == fates[2] + fates[3]
    assert made.tally["leavers_region"][0] == fates[3]
    assert close_to_share(fates[2], int(fates[2] + fates[3]), 0.7)


# Firms that would leave, leave in the same month; these tests keep them with a prohibitive intercept.
FIRM_GROUND = {"leave_intercept": -1e3}


def test_an_old_lease_is_renewed_at_the_asking_rent_of_its_landlord():
    made = world(
        [
            firm(rent=60.0, lease_end=6),
            firm(rent=60.0, lease_end=6, landlord=1),
            firm(rent=60.0, lease_end=7),
        ],
        operator={"asking": 80.0},
        norms=FIRM_GROUND,
        params={"location": P | {"lease_months": 24.0, "occasion_months": 9.0}},
        month=6,
    )
    run("location", made)
    rows = made.firms.rows
    assert rows["rent"].tolist() == [100, 80, 60]
    assert rows["lease_end"].tolist() == [30, 30, 7]
    assert rows["occasion_until"].tolist() == [15, 15, -1]


@pytest.mark.parametrize(("vacancy", "rent"), [(0.2, 100.0), (0.05, 112.0)])
def test_where_space_is_short_a_subsidy_passes_into_the_rent(vacancy, rent):
    made = world(
        [firm(rent=100.0, area=100.0, staff=8, rent_support=4_000.0, lease_end=0)],
        norms=FIRM_GROUND,
        market={"vacancy_office": vacancy},
        params={"location": P | {"pass_through": 0.3, "short_vacancy": 0.12}},
    )
    run("location", made)
    assert made.firms.rows["rent"][0] == pytest.approx(rent)


def test_the_end_of_an_award_gives_occasion_to_move_and_the_stop_is_noted():
    made = world(
        [firm(**running(0, 0, end)) for end in (4, 5, 6, 90)],
        norms=FIRM_GROUND,
        params={"location": P | {"occasion_months": 12.0}},
        month=5,
    )
    made.stop_month = 6
    run("location", made)
    assert made.firms.rows["occasion_until"].tolist() == [-1, 17, -1, -1]
    assert made.firms.rows["supported_at_stop"].tolist() == [0, 1, 1, 1]


def test_firms_take_and_give_back_floor_as_their_staff_changes():
    acc = {"office_m2_head": 12.0}
    made = world(
        [
            firm(staff=20, area=120.0),
            firm(staff=10, vacancies=2, area=120.0),
            firm(staff=10, area=140.0),
            firm(staff=3, area=120.0),
            firm(staff=30, area=120.0, cell=1),
        ],
        cells=[{"floor_office": 5_000.0}, {"floor_office": 220.0}],
        norms=FIRM_GROUND,
        params={"location": P, "accounts": acc},
    )
    run("location", made)
    area = made.firms.rows["area"]
    assert area[:4].tolist() == [240, 144, 140, 36]
    # What the building does not hold is refused, counted, and gives occasion; it finds it next door.
    assert made.tally["unmet_space"][0] == pytest.approx(360 - 220)
    assert made.firms.rows["cell"][4] == 0
    assert area[4] == 360
    let = made.cells.rows["let_office"]
    assert let.tolist() == pytest.approx([area.sum(), 0])


def arrivals(programmes=(), eligible=None, sector=SOFTWARE, **rest):
    norms = {
        "leave_intercept": -1e3,
        "footloose_share": 0.3,
        "mobility_sd": 0.5,
    } | rest.pop("norms", {})
    p = P | {"entry_rate": 1_200.0, "entry_chance": 0.2} | rest.pop("p", {})
    made = world(
        [firm(sector=sector)] * 405,
        programmes=list(programmes),
        operator={"reputation": 0.5},
        norms=norms,
        params={"location": p},
        **rest,
    )
    run("location", made)
    return made


def newcomers(made):
    rows = made.firms.rows
    return rows[rows["origin"] == RELOCATED]


def test_newcomers_bring_people_and_cash_and_take_floor():
    made = arrivals()
    new = newcomers(made)
    assert len(new) > 8
    assert made.tally["entries"][0] == made.tally["entries_relocated"][0] == len(new)
    employers = np.bincount(made.people.rows.employer, minlength=len(made.firms))[405:]
    assert employers.tolist() == new["staff"].tolist()
    np.testing.assert_array_equal(
        new["staff"], new["developers"] + new["scientists"] + new["workers"]
    )
    assert (new["cash"] > 0).all()
    assert made.cells.rows["let_office"][0] == pytest.approx(made.firms.rows["area"].sum())
    assert np.unique(made.people.rows.uid).size == len(made.people)
    displaced = new["displaced"] > 0
    assert close_to_share(displaced.sum(), len(new), 0.7)
    assert made.tally["displaced_jobs"][0] == new["staff"][displaced].sum()


def test_support_draws_exactly_those_whom_only_it_brings():
    without = newcomers(arrivals())
    terms = programme("rent_subsidy", share=0.6, months_max=36)
    with_it = newcomers(arrivals([terms]))
    assert set(without["uid"].tolist()) < set(with_it["uid"].tolist())
    assert arrivals().tally["entry_candidates"][0] == arrivals([terms]).tally["entry_candidates"][0]
    # The same firm comes in the same shape.
    both = with_it[np.isin(with_it["uid"], without["uid"])]
    for name in ("staff", "quality", "sector", "ambition"):
        np.testing.assert_array_equal(both[name], without[name])


def test_at_equal_cost_candidates_come_at_the_chance_told():
    norms = {"mobility_sd": 0.0, "footloose_share": 0.0}
    count = came = 0
    for seed in range(30):
        made = arrivals(norms=norms, seed=seed)
        count += int(made.tally["entry_candidates"][0])
        came += len(newcomers(made))
    assert close_to_share(came, count, 0.2)
    # 1,200 a year at 405 firms and middling reputation.
    assert abs(count - 30 * 1_200 / 12) < 5 * np.sqrt(30 * 1_200 / 12)


def test_a_settlement_grant_is_awarded_on_arrival_to_as_many_as_it_takes():
    terms = programme("settlement_grant", cny_month=5_000.0, firms_max=7)
    new = newcomers(arrivals([terms]))
    assert (new["award_start"][:, 0] >= 0).sum() == 7
    assert ((new["supported_by"] & 1) > 0).sum() == 7


def test_newcomers_are_paid_their_grant_by_the_head_and_for_all_its_months():
    terms = programme("settlement_grant", cny_month=5_000.0, cny_head=1_000.0, months_max=3)
    made = arrivals([terms])
    uids, staff = newcomers(made)["uid"].copy(), newcomers(made)["staff"].copy()
    got = np.zeros(uids.size)
    for _ in range(6):
        next_month(made)
        made.firms.rows["support"] = 0.0  # as services do at the beginning of a month
        run("accounts", made)
        got += made.firms.rows["support"][np.isin(made.firms.rows["uid"], uids)]
    np.testing.assert_allclose(got, 3 * 5_000 + 1_000 * staff)


def test_a_full_place_takes_nobody_in():
    made = arrivals(cells=[{"floor_office": 405 * 120.0}])
    assert len(newcomers(made)) == 0
    assert made.tally["unmet_space"][0] > 0
    assert made.cells.rows["let_office"][0] == pytest.approx(405 * 120.0)


def on_own_floor(rules=None, **rest):
    """Return arrivals where the operator owns half of the buildings."""
    cells = [{"column": k, "owned_office": 1e7 * (k % 2)} for k in range(40)]
    made = arrivals(cells=cells, rules=rules, **rest)
    return newcomers(made), made


def test_the_operator_houses_only_whom_its_rule_of_admission_lets_in():
    free, made = on_own_floor()
    barred, _ = on_own_floor({"admission_bar": 1.0})
    assert set(free["uid"].tolist()) == set(barred["uid"].tolist())
    own = {int(r["uid"]) for r in free[free["landlord"] == 1]}
    still = {int(r["uid"]) for r in barred[barred["landlord"] == 1]}
    assert still < own
    signal = {
        int(r["uid"]): r["quality"] + 0.7 * z
        for r, z in zip(free, noise(made, free["uid"]), strict=True)
    }
    assert still == {uid for uid in own if signal[uid] >= 1.0}


def noise(made, uids):
    """Return the noise of the signal on which arrivals are judged."""
    key = draw.keys(made.seed, draw.purposes()["location.signal"], 1)[0]
    return draw.normals(key, uids)


def test_a_place_short_of_its_track_turns_others_away():
    rules = {"admission_focal": 0.5}
    new, _ = on_own_floor(rules, norms={"focal": float(AI)})
    assert (new["landlord"][new["sector"] != AI] == 0).all()
    new, _ = on_own_floor(rules, norms={"focal": float(SOFTWARE)})  # all of the 405 are
    assert new["landlord"].any()


def test_fit_to_the_chain_lets_in_the_missing_and_keeps_out_the_many():
    """All newcomers are of the first sector; the 405 are all of theirs, or of another."""
    rules = {"admission_bar": 0.0, "admission_chain": 1.0}
    without, _ = on_own_floor({"admission_bar": 0.0})
    missing, _ = on_own_floor(rules)
    crowded, _ = on_own_floor(rules, sector=int(missing["sector"][0]))
    counts = [int(new["landlord"].sum()) for new in (crowded, without, missing)]
    assert counts[0] < counts[1] < counts[2]


def test_space_is_offered_beside_the_chain():
    cells = [{"column": k} for k in range(40)]
    shares = []
    for weight in (0.0, 0.5, 1.0):
        made = arrivals(cells=cells, rules={"alliance_building": weight})
        shares.append((newcomers(made)["cell"] == 0).mean())  # where the 405 sit
    assert shares[0] < 0.1
    assert 0.35 < shares[1] < 0.65
    assert shares[2] == 1


def test_relief_of_taxes_draws_those_whom_only_it_brings():
    terms = programme("tax_relief", share=1.0, payroll_share=1.0, months_max=36)
    without, with_it = newcomers(arrivals()), newcomers(arrivals([terms]))
    assert set(without["uid"].tolist()) < set(with_it["uid"].tolist())
