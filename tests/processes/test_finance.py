"""Finance: who seeks money, what a round does to shares and cash, and how funds age."""

from __future__ import annotations

import numpy as np
import pytest

from sim.processes import finance
from sim.state.ledger import (
    CAPITAL_CALL,
    FIRM,
    FUND,
    GOVERNMENT,
    INVESTMENT,
    OPERATOR,
    OPERATOR_FUNDS,
    REDEMPTION,
    RENT,
    WORLD,
)
from tests.processes.rows import (
    AI,
    GROW,
    MANY,
    NEVER,
    VENTURE,
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

P = {
    "post_money": 1e7,
    "step_up": 2.0,
    "step_up_sd": 0.0,
    "runway_months": 9.0,
    "round_months": 20.0,
    "noise": 0.0,
    "known_noise": 0.0,
    "pace_months": 24.0,
    "fund_invests": 60.0,
    "fund_life": 120.0,
} | {f"dilution_{r}": d for r, d in enumerate((0.2, 0.19, 0.17, 0.13, 0.1, 0.1))}
# Every firm meets every fund and every fund says yes.
EASY = P | {"meeting": 1e9} | {f"bar_{r}": 60.0 for r in range(6)}
SEEKS = {
    "ambition": VENTURE,
    "maturity": 4,
    "staff": 5,
    "cost": 1e5,
    "share_founders": 0.9,
    "share_staff": 0.1,
}


def place(firms, funds=({},), p=None, **rest):
    return world(list(firms), funds=list(funds), params={"finance": EASY | (p or {})}, **rest)


def shares(made):
    rows = made.firms.rows
    return sum(rows[f"share_{who}"] for who in ("founders", "operator", "funds", "staff"))


def held(made, *kinds):
    stakes = made.stakes.rows
    mine = np.isin(stakes["holder_kind"], kinds)
    uids = made.firms.rows["uid"]
    return np.array([stakes["share"][mine & (stakes["firm"] == uid)].sum() for uid in uids])


SEEKERS = {
    "short": ({"cash": 8.9e5}, True),
    "not short": ({"cash": 9.1e5}, False),
    "short but small by choice": ({"cash": 0.0, "ambition": GROW}, False),
    "profitable": ({"cash": 0.0, "income": 2e5}, False),
    "due": ({"cash": 1e9, "rounds": 1, "last_round": -20}, True),
    "not yet due": ({"cash": 1e9, "rounds": 1, "last_round": -19}, False),
    "too early for A": ({"cash": 0.0, "rounds": 2, "maturity": 0, "last_round": -9}, False),
    "early for A": ({"cash": 0.0, "rounds": 2, "maturity": 1, "last_round": -9}, True),
    "after the last round": ({"cash": 0.0, "rounds": 6}, False),
}


@pytest.mark.parametrize("name", SEEKERS)
def test_who_begins_to_seek_money(name):
    columns, seeks = SEEKERS[name]
    made = run("finance", place([firm(**SEEKS | columns)], funds=()))
    assert (made.firms.rows["sought_since"][0] == 0) == seeks


def test_a_first_round_has_the_declared_value_and_dilution():
    made = run("finance", place([firm(**SEEKS)] * 5, norms={"cell_m": 50.0}))
    rows = made.firms.rows
    np.testing.assert_allclose(rows["cash"], 0.2 * 1e7)
    np.testing.assert_allclose(rows["raised"], 0.2 * 1e7)
    np.testing.assert_allclose(rows["valuation"], 1e7)
    np.testing.assert_allclose(rows["share_founders"], 0.9 * 0.8)
    np.testing.assert_allclose(rows["share_staff"], 0.1 * 0.8)
    np.testing.assert_allclose(rows["share_funds"], 0.2)
    assert (rows["rounds"] == 1).all()
    assert (rows["sought_since"] == NEVER).all()
    assert (rows["occasion_until"] == 12).all()
    assert made.tally["rounds_closed"][0] == 5
    assert made.tally["funding_raised"][0] == pytest.approx(5 * 2e6)


def test_rounds_keep_shares_whole_and_matched_by_stakes():
    made = place(
        [
            firm(**SEEKS | {"share_founders": 0.84, "share_operator": 0.06, "growth": 0.2 * k})
            for k in range(5)
        ],
        funds=[{"operator_share": 0.3, "dry_powder": 1e12}, {"dry_powder": 1e8}, {"cell": -1}],
        stakes=[
            {"holder_kind": OPERATOR, "firm": 1_000 + k, "share": 0.06, "round": -1}
            for k in range(5)
        ],
        p={"round_months": 3.0, "step_up_sd": 0.5},
    )
    for _ in range(90):
        run("finance", made)
        np.testing.assert_allclose(shares(made), 1, atol=1e-12)
        np.testing.assert_allclose(
            held(made, FUND, WORLD), made.firms.rows["share_funds"], atol=1e-12
        )
        np.testing.assert_allclose(
            held(made, OPERATOR), made.firms.rows["share_operator"], atol=1e-12
        )
        assert (made.funds.rows["dry_powder"] >= 0).all()
        made.firms.rows["cash"] = 0.0
        next_month(made)
    assert (made.firms.rows["rounds"] == 6).all()
    kept = (1 - np.array([0.2, 0.19, 0.17, 0.13, 0.1, 0.1])).prod()
    np.testing.assert_allclose(made.firms.rows["share_operator"], 0.06 * kept)
    assert np.unique(made.stakes.rows["uid"]).size == len(made.stakes)


def test_later_rounds_step_up_by_the_median_shifted_by_growth():
    growth = np.array([-2.0, -0.2, 0.0, 0.6, 3.0])
    rows = [firm(**SEEKS | {"rounds": 1, "valuation": 3e7, "growth": g}) for g in growth]
    made = run("finance", place(rows, funds=[{"dry_powder": 1e15}]))
    expected = 3e7 * 2.0 * np.exp(0.5 * np.clip(growth, -0.5, 1))
    np.testing.assert_allclose(made.firms.rows["valuation"], expected)
    np.testing.assert_allclose(made.firms.rows["round_value"], 0.19 * expected)


def test_step_ups_spread_lognormally():
    rows = [firm(**SEEKS | {"rounds": 1, "valuation": 1.0})] * 4_000
    made = run("finance", place(rows, funds=[{"dry_powder": 1e15}], p={"step_up_sd": 0.8}))
    logs = np.log(made.firms.rows["valuation"] / 2)
    assert logs.mean() == pytest.approx(0, abs=0.05)
    assert logs.std() == pytest.approx(0.8, rel=0.05)


def test_a_lead_short_of_powder_brings_partners():
    # A 24th of what is left may go out in a month: 1 of 24 million, beside 1 from the world.
    made = place([firm(**SEEKS)], funds=[{"dry_powder": 24e6, "operator_share": 0.5}])
    run("finance", made)
    assert paid(made, FUND, FIRM, INVESTMENT) == pytest.approx(1e6)
    assert paid(made, WORLD, FIRM, INVESTMENT) == pytest.approx(1e6)
    assert paid(made, OPERATOR, FUND, CAPITAL_CALL) == pytest.approx(5e5)
    assert paid(made, WORLD, FUND, CAPITAL_CALL) == pytest.approx(5e5)
    fund = made.funds.rows[0]
    assert (fund["dry_powder"], fund["called"], fund["cash"]) == (23e6, 1e6, 0)
    assert sorted(made.stakes.rows["share"].tolist()) == pytest.approx([0.1, 0.1])
    assert made.stakes.rows["preference"].sum() == pytest.approx(2e6)


@pytest.mark.parametrize(
    "fund",
    [
        {"dry_powder": 0.0},
        {"stage_from": 1},
        {"vintage": -60},  # its investment period is over
    ],
)
def test_funds_that_cannot_lead_do_not(fund):
    made = run("finance", place([firm(**SEEKS)] * 5, funds=[fund]))
    assert made.firms.rows["rounds"].sum() == 0
    assert len(made.stakes) == 0


def test_the_fund_next_door_is_met_more_often_than_one_outside():
    for fund, km in (({"cell": 0}, 0.0), ({"cell": 1}, 6.0), ({"cell": -1}, 9.0)):
        p = P | {"meeting": 0.1, "reach_km": 3.0, "outside_km": 9.0, "bar_0": 60.0}
        made = world(
            [firm(**SEEKS)] * MANY,
            funds=[fund | {"dry_powder": 1e18}],
            cells=[{}, {"column": 120}],
            params={"finance": p},
        )
        run("finance", made)
        funded = made.firms.rows["rounds"].sum()
        assert close_to_share(funded, MANY, 0.1 * np.exp(-km / 3)), km


ODDS = {
    "plain": ({}, {}, 0.0),
    "quality": ({"quality": 0.7}, {}, 0.7),
    "growth": ({"growth": 0.4}, {}, 0.4),
    "unripe": ({"rounds": 1, "maturity": 1, "valuation": 1e7}, {}, 0.0),
    "riper": ({"maturity": 3}, {}, -0.6),
    "a first grant": ({"award_count": running()["award_count"]}, {}, 0.69),
    "operator's stake": ({"share_operator": 0.1}, {}, -0.5),
    "a good climate": ({}, {"climate": 1.5}, np.log(1.5)),
}


@pytest.mark.parametrize("name", ODDS)
def test_the_odds_of_a_round(name):
    columns, market, shift = ODDS[name]
    p = P | {"meeting": 1e9, "bar_0": -1.5, "bar_1": -1.5, "maturity_weight": 0.6}
    p |= {"first_grant": 0.69, "stake_burden": 0.05}
    base = {"maturity": 4}
    made = world(
        [firm(**SEEKS | base | columns)] * MANY,
        funds=[{"dry_powder": 1e18}],
        programmes=[programme("cash_grant")],
        market=market,
        params={"finance": p},
    )
    before = made.firms.rows["rounds"][0]
    run("finance", made)
    ripe = 0.0 if name == "unripe" else 0.6 * 4
    logit = -1.5 + ripe + shift
    assert close_to_share((made.firms.rows["rounds"] > before).sum(), MANY, float(logistic(logit)))


def test_too_many_seekers_for_the_powder_lower_the_odds():
    p = P | {"meeting": 1e9, "bar_0": 0.0, "maturity_weight": 0.0}
    odds = []
    for powder in (1e18, 1e16, 1e9, 1e8):
        made = world([firm(**SEEKS)] * MANY, funds=[{"dry_powder": powder}], params={"finance": p})
        finance.seek(made.firms.rows, made.params["finance"], 0)
        lead = finance.choose_investors(
            made.firms.rows, made.funds.rows, made.cells.rows, made.rules.programmes, made.market,
            made.norms, made.rule, made.params["finance"], 40.0, made.seed, 0,
        )  # fmt: skip
        share = (lead >= 0).mean()
        odds.append(share / (1 - share))
    assert odds[0] == pytest.approx(1.0, abs=0.05)
    assert odds[1] == odds[0]  # plenty is plenty
    assert odds[2] < 0.5
    assert odds[2] / odds[3] == pytest.approx(
        10, rel=0.2
    )  # a tenth of the powder, a tenth the odds


def test_firms_without_venture_money_buy_the_operator_out():
    base = {
        "staff": 5,
        "cost": 1e4,
        "support_total": 1e5,
        "share_founders": 0.94,
        "share_operator": 0.06,
    }
    rich, poor = 1.5e5 + 6e4, 1.5e5 + 6e4 - 1
    rows = [
        firm(**base | {"cash": rich}),
        firm(**base | {"cash": poor}),
        firm(**base | {"cash": rich, "ambition": VENTURE}),
        firm(**base | {"cash": rich, "share_operator": 0.0, "share_founders": 1.0}),
    ]
    stakes = [
        {"holder_kind": OPERATOR, "firm": 1_000 + k, "share": 0.06, "round": -1} for k in range(3)
    ]
    made = world(
        rows, stakes=stakes, params={"finance": P | {"redemption": 1.5, "redemption_rate": 1.0}}
    )
    run("finance", made)
    assert paid(made, FIRM, OPERATOR, REDEMPTION) == pytest.approx(1.5e5)
    assert made.firms.rows["share_operator"].tolist() == [0, 0.06, 0.06, 0]
    np.testing.assert_allclose(shares(made), 1)
    assert made.stakes.rows["firm"].tolist() == [1_001, 1_002]


def test_a_fund_of_five_years_is_followed_by_a_like_one():
    funds = [
        {"vintage": -59, "dry_powder": 7.0},
        {"vintage": -60, "dry_powder": 7.0, "operator_share": 0.4, "cash": 0.0},
        {"vintage": -60, "dry_powder": 7.0, "successor": 1},
        {"vintage": -120, "dry_powder": 7.0, "successor": 1},
    ]
    made = run("finance", place([], funds=funds))
    rows = made.funds.rows
    assert len(rows) == 5
    assert rows["dry_powder"].tolist() == [7, 7, 7, 0, 1e9]
    new = rows[4]
    assert (new["vintage"], new["called"], new["successor"]) == (0, 0, 0)
    assert new["operator_share"] == 0  # its capital comes from outside
    assert new["uid"] not in rows["uid"][:4]
    next_month(made)
    run("finance", made)
    assert len(made.funds) == 6  # the first is five years old now, the second has its successor


TWO_FUNDS = {
    "fund_count": 20.0,
    "fund_capital": 4e9,
    "fund_operator": 4e8,
    "fund_public": 1e9,
    "fund_local": 20.0,
}


def test_funds_are_raised_once_with_the_operator_on_the_terms_asked_for():
    made = place([], funds=[{}], rules=TWO_FUNDS, cells=[{}, {"owned_office": 100.0}])
    for _ in range(3):
        run("finance", made)
        next_month(made)
    new = made.funds.rows[made.funds.rows["kind"] == finance.BY_POLICY]
    assert new.size == 20
    assert np.unique(new["uid"]).size == 20
    assert (new["dry_powder"] == 2e8).all()
    assert (new["operator_share"] == 0.1).all()
    assert (new["government_share"] == 0.25).all()
    assert (new["cell"] == 1).all()
    assert np.bincount(new["stage_from"], minlength=5).tolist() == [10, 0, 7, 0, 3]
    assert (new["stage_to"] == new["stage_from"] + 1).all()


def test_more_funds_come_as_the_lever_grows_and_some_are_seated_outside():
    rules = {"fund_count": 4.0, "fund_capital": 4e8, "fund_local": 1.0, "fund_sectors": 5.0}
    made = place([], funds=[], rules=rules)
    run("finance", made)
    made.rules.rows["fund_count"], made.rules.rows["fund_capital"] = 6.0, 12e8
    run("finance", made)
    funds = made.funds.rows
    assert sorted(funds["capital"].tolist()) == [1e8] * 4 + [2e8] * 2
    assert (funds["cell"] >= 0).sum() == 1
    assert (funds["sectors"] == 5).all()


def by_policy(**columns):
    shares_of = {"operator_share": 0.1, "government_share": 0.3, "dry_powder": 1e12}
    return {"kind": finance.BY_POLICY, **shares_of, **columns}


def test_operator_government_and_partners_pay_their_part_of_a_call():
    made = place([firm(**SEEKS)], funds=[by_policy()], rules={"fund_count": 1.0})
    made.operators.rows["funds_raised"] = 1
    run("finance", made)
    paid_in = {
        kind: paid(made, kind, FUND, OPERATOR_FUNDS) for kind in (OPERATOR, GOVERNMENT, WORLD)
    }
    assert paid_in == pytest.approx({OPERATOR: 2e5, GOVERNMENT: 6e5, WORLD: 12e5})
    assert made.governments.rows["family_spent"][0].tolist() == pytest.approx([0, 0, 6e5, 0])


def test_a_round_waits_where_the_budget_does_not_cover_the_public_part():
    made = place(
        [firm(**SEEKS)],
        funds=[by_policy()],
        rules={"fund_count": 1.0},
        government={"budget_left": 5e5},
    )
    made.operators.rows["funds_raised"] = 1
    run("finance", made)
    assert made.firms.rows["rounds"][0] == 0
    assert made.governments.rows["refused"][0] == 1


def test_funds_of_a_policy_stop_investing_with_it_and_invest_in_their_sectors_only():
    for columns, count in (({}, 0.0), ({"sectors": 1 << AI}, 1.0)):
        made = place([firm(**SEEKS)] * 5, funds=[by_policy(**columns)], rules={"fund_count": count})
        made.operators.rows["funds_raised"] = 1
        run("finance", made)
        assert made.firms.rows["rounds"].sum() == 0
    made = place([firm(**SEEKS | {"sector": AI})], [by_policy(sectors=1 << AI)], None)
    made.rules.rows["fund_count"], made.operators.rows["funds_raised"] = 1.0, 1
    run("finance", made)
    assert made.firms.rows["rounds"][0] == 1


def test_money_to_live_on_is_no_proof_of_concept():
    took = []
    for recipient in (0, 1, 2, 3):
        terms = programme("cash_grant", recipient=recipient)
        odds = {"bar_0": 0.0, "first_grant": 2.0}
        held = [firm(**SEEKS, **running()) for _ in range(2_000)]
        made = run("finance", place(held, [{"dry_powder": 1e15}], odds, programmes=[terms]))
        took.append(made.firms.rows["rounds"].mean())
    assert took[0] == took[1] > took[2] == took[3]


def followed(p, rounds=2, rent=1e6, cash=1e9):
    """Return a place with one firm that raises, where the operator earned rent this month."""
    made = place([firm(**SEEKS, rounds=rounds, valuation=1e7, last_round=-50)], p=p,
                 operator={"cash": cash})  # fmt: skip
    made.flows[FIRM, OPERATOR, RENT] = rent
    return run("finance", made)


def test_the_operator_puts_part_of_its_rent_into_rounds_and_owns_what_it_paid_for():
    made = followed({"operator_follows": 0.3, "follow_from": 2, "follow_most": 0.8})
    put = paid(made, OPERATOR, FIRM, INVESTMENT)
    assert put == pytest.approx(0.3 * 1e6)
    amount = made.firms.rows["round_value"][0]
    assert made.firms.rows["share_operator"][0] == pytest.approx(0.17 * put / amount)
    np.testing.assert_allclose(shares(made), 1)
    np.testing.assert_allclose(held(made, OPERATOR), made.firms.rows["share_operator"])
    np.testing.assert_allclose(held(made, FUND, WORLD), made.firms.rows["share_funds"])


@pytest.mark.parametrize(
    ("p", "cash"),
    [({}, 1e9), ({"operator_follows": 0.3, "follow_from": 3}, 1e9), ({"operator_follows": 0.3}, 0)],
)
def test_it_does_not_where_it_is_not_asked_to_comes_too_early_or_has_no_cash(p, cash):
    assert paid(followed(p, cash=cash), OPERATOR, FIRM, INVESTMENT) == 0
