"""Accounts: who pays what to whom, and who pays the part of a rent that a firm does not."""

from __future__ import annotations

import numpy as np
import pytest

from sim.state import ledger
from tests.processes.rows import (
    AI,
    BRANCH,
    GROW,
    VENTURE,
    firm,
    firm_of,
    flow_names,
    paid,
    paid_in_all,
    programme,
    run,
    running,
    world,
)

P = {
    "wage_developer": 20_000.0,
    "wage_scientist": 40_000.0,
    "wage_worker": 8_000.0,
    "lean_share": 0.4,
    "on_cost": 0.25,
    "compute_share": 0.2,
    "compute_other": 0.05,
    "model_share": 0.25,
    "other_share": 0.1,
    "local_saving": 0.2,
    "tax_revenue": 0.01,
    "tax_payroll": 0.02,
    "dividend_share": 0.3,
}
G, OP, F, OWN = ledger.GOVERNMENT, ledger.OPERATOR, ledger.FIRM, ledger.OWNERS


def place(*firms, **rest):
    rest.setdefault("params", {"accounts": P})
    return run("accounts", world(list(firms), **rest))


def test_a_month_of_a_software_firm():
    made = place(
        firm(
            developers=4,
            scientists=1,
            workers=2,
            area=100.0,
            revenue=300_000.0,
            local_supply=0.5,
            cash=1e6,
            ambition=VENTURE,
        ),
        norms={"city_factor": 1.5},
        market={"wage": 1.1},
    )
    wages = 1.5 * 1.1 * (4 * 20_000 + 40_000 + 2 * 8_000)
    assert flow_names(made) == pytest.approx(
        {
            ("market", "firm", "sales"): 300_000,
            ("firm", "households", "wages"): wages / 1.25,
            ("firm", "social", "social_charges"): wages * 0.25 / 1.25,
            ("firm", "owners", "rent"): 100 * 100,
            ("firm", "world", "compute"): 0.05 * wages,
            ("firm", "world", "supplies"): 0.1 * wages * (1 - 0.2 * 0.5),
            ("firm", "government", "tax_revenue"): 3_000,
            ("firm", "government", "tax_payroll"): 0.02 * wages,
        }
    )
    out = wages * 1.02 + 10_000 + 0.05 * wages + 0.09 * wages + 3_000
    assert made.firms.rows["cash"][0] == pytest.approx(1e6 + 300_000 - out)
    assert made.firms.rows["cost"][0] == pytest.approx(out)
    assert made.firms.rows["income"][0] == 300_000
    assert made.firms.rows["burn"][0] == pytest.approx(out - 300_000)


def test_founders_without_a_round_or_a_product_live_lean():
    lean = {"staff": 3, "area": 0.0}
    made = place(
        firm(maturity=1, rounds=0, **lean),
        firm(maturity=1, rounds=1, **lean),
        firm(maturity=4, rounds=0, **lean),
        firm(maturity=1, rounds=0, ambition=BRANCH, **lean),
        firm(maturity=3, rounds=0, sold=1, **lean),  # its buyers pay
    )
    spent = -made.firms.rows["cash"]
    assert spent[0] == pytest.approx(0.4 * spent[1])
    assert spent[1] == spent[2] == spent[3] == spent[4]


def test_ai_firms_pay_for_computing_and_public_goods_lower_it():
    bills = []
    for speed in (0.0, 0.2, 0.9):
        made = place(firm(sector=AI, staff=1, area=0.0), rules={"goods_speed": speed})
        bills.append(paid(made, F, ledger.WORLD, ledger.COMPUTE))
    assert bills == pytest.approx([4_000, 4_000 * 0.8, 4_000 * 0.5])


def test_rent_goes_to_the_landlord_and_owners_of_their_space_pay_none():
    made = place(
        firm(area=50.0),
        firm(area=70.0, landlord=1),
        firm(area=900.0, owns_space=1),
    )
    assert paid(made, F, OWN, ledger.RENT) == 5_000
    assert paid(made, F, OP, ledger.RENT) == 7_000
    assert paid_in_all(made, ledger.RENT) == 12_000


@pytest.mark.parametrize("landlord", [0, 1])
def test_a_rent_subsidy_is_split_between_those_who_pay_it(landlord):
    terms = programme("rent_subsidy", share=0.5, public_share=0.7)
    made = place(firm(area=100.0, landlord=landlord, **running()), programmes=[terms])
    to = OP if landlord else OWN
    assert paid(made, F, to, ledger.RENT) == pytest.approx(5_000)
    assert paid(made, G, to, ledger.RENT_SUBSIDY) == pytest.approx(3_500)
    # The operator pays other landlords; of its own rent it goes without.
    assert paid(made, OP, OWN, ledger.RENT_WAIVED) == pytest.approx(0 if landlord else 1_500)
    assert made.tally["rent_forgone"][0] == pytest.approx(1_500 if landlord else 0)
    row = made.firms.rows[0]
    assert (row["rent_support"], row["support"], row["support_total"]) == (5_000, 5_000, 5_000)
    assert made.governments.rows["budget_left"][0] == pytest.approx(1e12 - 3_500)
    assert made.programme_state["spent"][0] == 5_000


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (programme("rent_subsidy", share=0.5, cap=30.0), 3_000),  # CNY per m2
        (programme("rent_subsidy", share=2.0), 10_000),  # never more than the rent
        (programme("free_office", m2=36.0), 3_600),
        (programme("free_office", m2=360.0), 10_000),
        (programme("space_for_equity", share=0.8), 8_000),
        (programme("space_for_equity", share=0.8, cap=5_000.0), 5_000),  # CNY a month
    ],
)
def test_what_programmes_pay_of_a_rent(terms, expected):
    made = place(firm(area=100.0, **running()), programmes=[terms])
    assert made.firms.rows["rent_support"][0] == pytest.approx(expected)
    assert paid(made, F, OWN, ledger.RENT) == pytest.approx(10_000 - expected)


def test_half_the_intensity_pays_half():
    made = world([firm(area=100.0, **running())], programmes=[programme("rent_subsidy", share=0.5)])
    made.rules.intensity[:] = 0.5
    run("accounts", made)
    assert made.firms.rows["rent_support"][0] == pytest.approx(2_500)


def test_awards_run_from_their_first_to_their_last_month():
    terms = programme("rent_subsidy", share=0.5)
    spans = [(0, 4), (5, 9), (5, 5), (6, 9), (0, 9)]
    firms = [firm(area=100.0, **running(0, *span)) for span in spans]
    made = place(*firms, programmes=[terms], month=5)
    assert (made.firms.rows["rent_support"] > 0).tolist() == [False, True, True, False, True]


def test_two_programmes_never_pay_more_than_the_rent():
    both = running(0)
    for name, values in running(1).items():
        both[name] = np.maximum(both[name], values)
    programmes = [programme("rent_subsidy", share=0.7), programme("space_for_equity", share=0.7)]
    made = place(firm(area=100.0, **both), programmes=programmes)
    assert made.firms.rows["rent_support"][0] == pytest.approx(10_000)
    assert paid(made, F, OWN, ledger.RENT) == 0


def test_grants_are_paid_once_and_by_the_month():
    terms = programme("cash_grant", cny_once=50_000.0, cny_month=2_000.0, public_share=0.6)
    firms = [firm(**running(0, since)) for since in (3, 2, 4)]
    made = place(*firms, programmes=[terms], month=3)
    assert made.firms.rows["support"].tolist() == [52_000, 2_000, 0]
    assert paid(made, G, F, ledger.CASH_GRANT) == pytest.approx(0.6 * 54_000)
    assert paid(made, OP, F, ledger.CASH_GRANT) == pytest.approx(0.4 * 54_000)


def test_a_milestone_holds_the_grant_back():
    terms = programme("cash_grant", cny_month=2_000.0, milestone=3)
    made = place(*[firm(maturity=m, **running()) for m in range(5)], programmes=[terms])
    assert made.firms.rows["support"].tolist() == [0, 0, 0, 2_000, 2_000]


def test_a_settlement_grant_counts_heads_in_its_first_month():
    terms = programme("settlement_grant", cny_head=1_000.0, cny_month=500.0)
    made = place(
        firm(staff=7, **running(0, 3)), firm(staff=7, **running(0, 1)), programmes=[terms], month=3
    )
    assert made.firms.rows["support"].tolist() == [7_500, 500]


def test_a_compute_voucher_pays_its_share_up_to_its_caps():
    wages = 10 * 20_000
    bill = 0.2 * wages
    for terms, expected in (
        (
            programme("compute_voucher", share=0.5, model_share=0.4),
            0.5 * 0.75 * bill + 0.4 * 0.25 * bill,
        ),
        (programme("compute_voucher", share=0.5, cap=1_000.0), 1_000),
        (programme("compute_voucher", model_share=1.0, model_cap=1_200.0), 100),
    ):
        made = place(firm(sector=AI, **running()), programmes=[terms])
        assert paid(made, G, F, ledger.COMPUTE_VOUCHER) == pytest.approx(expected)


def test_nascent_teams_draw_their_grant_until_they_are_firms_or_gone():
    terms = programme("cash_grant", cny_month=2_000.0)
    teams = [running(), running() | {"venture": 77}, running() | {"gone": 1}, {}]
    made = place(teams=teams, programmes=[terms])
    assert made.founders.rows["cash"].tolist() == [2_000, 0, 0, 0]


def test_a_tight_budget_pays_some_in_full_and_others_nothing():
    terms = programme("rent_subsidy", share=0.5)
    made = place(
        *[firm(area=100.0, **running())] * 5,
        programmes=[terms],
        government={"budget_left": 17_000.0},
    )
    helped = made.firms.rows["rent_support"]
    assert sorted(helped.tolist()) == [0, 0, 5_000, 5_000, 5_000]
    assert made.governments.rows["budget_left"][0] == pytest.approx(2_000)
    assert made.governments.rows["refused"][0] == 2
    # Those refused pay their rent in full.
    assert paid(made, F, OWN, ledger.RENT) == pytest.approx(5 * 10_000 - 15_000)


def test_who_meets_a_tight_budget_does_not_depend_on_rows():
    def helped(order):
        made = world(
            [firm(area=100.0, **running())] * 5,
            programmes=[programme("rent_subsidy", share=0.5)],
            government={"budget_left": 12_000.0},
        )
        made.firms.rows["uid"] = made.firms.rows["uid"][order]
        run("accounts", made)
        return set(made.firms.rows["uid"][made.firms.rows["rent_support"] > 0].tolist())

    assert helped([0, 1, 2, 3, 4]) == helped([3, 0, 4, 2, 1])
    assert len(helped([0, 1, 2, 3, 4])) == 2


def test_profit_is_shared_with_owners_but_not_by_venture_firms():
    rich = {"staff": 2, "revenue": 200_000.0, "cash": 1e9, "area": 0.0}
    made = place(
        firm(ambition=GROW, share_founders=0.9, share_operator=0.1, **rich),
        firm(ambition=VENTURE, **rich),
        firm(ambition=GROW, **rich | {"cash": -1e6}),  # nothing is paid out of a small purse
    )
    profit = -firm_of(made, 1)["burn"]
    assert profit > 0
    assert paid(made, F, OP, ledger.DIVIDEND) == pytest.approx(0.3 * profit * 0.1)
    assert paid(made, F, ledger.HOUSEHOLDS, ledger.DIVIDEND) == pytest.approx(0.3 * profit * 0.9)
    assert firm_of(made, 2)["cash"] == pytest.approx(profit - 1e6)


def test_taxes_are_paid_in_full_and_part_of_them_is_given_back():
    terms = programme("tax_relief", share=0.5, payroll_share=0.25)
    made = place(
        firm(developers=4, revenue=300_000.0, cash=1e6, **running()),
        firm(developers=4, revenue=300_000.0, cash=1e6),
        programmes=[terms],
    )
    wages = 4 * 20_000
    assert paid(made, F, G, ledger.TAX_REVENUE) == pytest.approx(2 * 3_000)
    given = 0.5 * 3_000 + 0.25 * 0.02 * wages
    assert paid(made, G, F, ledger.TAX_RELIEF) == pytest.approx(given)
    assert firm_of(made, 0)["support"] == pytest.approx(given)


def test_a_stipend_goes_to_each_founder_of_a_lean_firm_or_a_team_and_lengthens_its_runway():
    terms = programme("cash_grant", cny_month=5_000.0, recipient=2)
    lean = {"maturity": 0, "ambition": GROW}
    firms = [firm(staff=s, **lean, **running()) for s in (1, 4)] + [firm(**running())]
    teams = [{"cofounder": c, "runway": 6.0, **running()} for c in (0, 1)]
    made = place(*firms, teams=teams, programmes=[terms])
    assert [firm_of(made, k)["support"] for k in range(3)] == [5_000, 10_000, 0]
    assert paid(made, G, ledger.TEAM, ledger.CASH_GRANT) == pytest.approx(15_000)
    each = 5_000 / (0.4 * 20_000)
    assert made.founders.rows["runway"].tolist() == pytest.approx([6 + each, 6 + each])


def test_a_wage_supplement_is_paid_to_workers_and_not_to_their_firm():
    terms = programme("cash_grant", cny_month=1_000.0, recipient=3, public_share=0.75)
    made = place(firm(developers=2, workers=6, **running()), firm(workers=4), programmes=[terms])
    assert paid(made, G, ledger.HOUSEHOLDS, ledger.CASH_GRANT) == pytest.approx(4_500)
    assert paid(made, OP, ledger.HOUSEHOLDS, ledger.CASH_GRANT) == pytest.approx(1_500)
    assert made.firms.rows["wage_supplement"].tolist() == [1_000, 0]
    assert made.firms.rows["support"].sum() == 0


def test_a_split_fund_refuses_a_family_what_another_has_left():
    terms = programme("cash_grant", cny_month=1_000.0)
    made = place(
        *[firm(**running())] * 10,
        programmes=[terms],
        government={"budget_left": 1e6, "family_cap": np.array([3_500.0, 0.0, 0.0, 1e6])},
    )
    assert paid(made, G, F, ledger.CASH_GRANT) == pytest.approx(3_000)
    assert made.governments.rows["refused"][0] == 7


def test_scarce_money_goes_to_the_maturity_that_the_fund_weighs():
    terms = programme("cash_grant", cny_month=1_000.0)
    rows = [firm(maturity=k % 5, **running()) for k in range(50)]
    weights = {f"stage_weight_{k}": float(k == 3) for k in range(5)}
    made = place(*rows, programmes=[terms], government={"budget_left": 10_500.0}, rules=weights)
    assert (made.firms.rows["maturity"][made.firms.rows["support"] > 0] == 3).all()
    assert (made.firms.rows["support"] > 0).sum() == 10


def test_a_council_of_experts_pays_the_better_ones_first():
    terms = programme("cash_grant", cny_month=1_000.0)
    quality = np.tile([-1.5, 1.5], 200)
    served = []
    for weight in (0.0, 1.0):
        rows = [firm(quality=q, **running()) for q in quality]
        made = place(
            *rows,
            programmes=[terms],
            government={"budget_left": 200_500.0},
            rules={"council_quality": weight},
        )
        served.append((made.firms.rows["support"][quality > 0] > 0).mean())
    assert abs(served[0] - 0.5) < 0.12
    assert served[1] > 0.9


def test_firms_pay_what_levers_ask_of_them():
    p = P | {"introduction_cost": 1_000.0, "campus_cost": 50.0}
    rules = {
        "regulation_compliance": 700.0,
        "alliance_introductions": 0.5,
        "event_host_fee": 9_000.0,
        "campus_operator": 0.25,
    }
    rows = [
        firm(sector=AI, cash=1e6),
        firm(cash=1e6, hosts_event=1),
        firm(cash=1e6, ambition=BRANCH, campus_open=1, staff=40),
    ]
    made = place(*rows, rules=rules, norms={"focal": float(AI)}, params={"accounts": p})
    assert paid(made, F, ledger.WORLD, ledger.REGULATORY_CLARITY) == pytest.approx(700)
    assert paid(made, F, ledger.HOUSEHOLDS, ledger.CHAIN_ALLIANCE) == pytest.approx(2 * 250)
    assert paid(made, F, ledger.WORLD, ledger.EVENTS) == pytest.approx(9_000)
    assert paid(made, F, ledger.WORLD, ledger.OPEN_CAMPUS) == pytest.approx(0.75 * 2_000)
    assert paid(made, OP, ledger.WORLD, ledger.OPEN_CAMPUS) == pytest.approx(0.25 * 2_000)
    silent = place(*rows, params={"accounts": p})
    extra = made.firms.rows["cost"] - silent.firms.rows["cost"]
    assert extra[:2].tolist() == pytest.approx([950, 9_250])


def test_who_buys_tasks_pays_who_sells_them():
    made = place(firm(cash=1e6, task_heads=2.0), firm(task_heads=-1.5), firm(task_heads=-0.5))
    assert paid(made, F, ledger.MARKET, ledger.TASK_MARKET) == pytest.approx(40_000)
    assert paid(made, ledger.MARKET, F, ledger.TASK_MARKET) == pytest.approx(40_000)
    assert firm_of(made, 1)["income"] == pytest.approx(30_000)
