"""Hiring: what firms want to employ, how fast they may change, and who is hired."""

from __future__ import annotations

import numpy as np
import pytest

from sim.state.ledger import GOVERNMENT, HOUSEHOLDS, RETURNEE_PROGRAMME
from tests.processes.rows import (
    DEVELOPER,
    MANY,
    SOFTWARE,
    VENTURE,
    add_people,
    close_to_share,
    firm,
    next_month,
    paid,
    run,
    world,
)

OUTSIDE, NOBODY = -2, -1
P = {
    "cash_months": 30.0,
    "change_most": 0.15,
    "funded_growth": 0.6,
    "patience_months": 24.0,
    "fill_here": 0.0,
    "fill_outside": 1.0,
    "job_moves": 0.0,
    "crowding": 0.8,
}
WAGE = 10_000.0
ACC = {
    "wage_developer": WAGE,
    "tax_payroll": 0.0,
    "compute_other": 0.0,
    "other_share": 0.0,
    "tax_revenue": 0.0,
}
# Every post looks at everybody in the queue, and nobody minds the way.
WILLING = {"fill_here": 1.0, "fill_outside": 0.0, "outside_km": 1e-9, "commute_km": 1e9}
FREE = {"owns_space": 1, "area": 1e6}  # space neither costs nor binds


def place(firms, p=None, staffed=True, **rest):
    params = {"hiring": P | (p or {}), "accounts": ACC}
    return world(list(firms), params=params, staffed=staffed, **rest)


def wanted(**columns):
    made = place([firm(**FREE | {"staff": 40} | columns)])
    run("hiring", made)
    return made.firms.rows["wanted"][0]


def test_revenue_pays_for_staff():
    assert wanted(revenue=50 * WAGE) == pytest.approx(50)
    assert wanted(revenue=50 * WAGE, contract_income=5 * WAGE) == pytest.approx(55)
    assert wanted(revenue=0.0) == 1  # the last one turns off the light


def test_cash_pays_for_staff_of_venture_firms_until_patience_ends():
    funded = {"ambition": VENTURE, "rounds": 1, "cash": 30 * 20 * WAGE, "revenue": 30 * WAGE}
    assert wanted(**funded, last_round=-24) == pytest.approx(50)
    assert wanted(**funded, last_round=-25) == pytest.approx(30)
    assert wanted(**funded | {"rounds": 0}, last_round=0) == pytest.approx(30)
    assert wanted(**funded | {"ambition": 1}, last_round=0) == pytest.approx(30)


def test_ambition_bounds_what_is_wanted():
    rich = {"revenue": 500 * WAGE}
    assert wanted(**rich, staff_ceiling=9.0) == 9


@pytest.mark.parametrize(("area", "staff"), [(600.0, 62), (480.0, 50), (60.0, 40)])
def test_nobody_is_hired_whom_the_floor_does_not_hold(area, staff):
    columns = FREE | {"staff": 40, "revenue": 500 * WAGE, "area": area}
    made = place([firm(**columns)] * 50, p={"change_most": 2.0})
    run("hiring", made)
    # 9.6 m2 hold a person; where they hold fewer than there are, nobody has to go.
    assert set(made.firms.rows["staff"].tolist()) <= {staff, staff + 1}


def test_lean_teams_keep_their_people_while_they_can_pay():
    lean = {"maturity": 1, "staff": 5, "cost": 100.0}
    assert wanted(**lean, cash=200.0) == 5
    assert wanted(**lean, cash=199.0) == pytest.approx(3.5)
    assert wanted(**lean | {"staff": 2}, cash=0.0) == 2


@pytest.mark.parametrize("staff", [3, 10, 40, 400])
def test_staff_grow_by_no_more_than_the_most(staff):
    made = place([firm(**FREE | {"staff": staff, "revenue": 1e12})] * 200)
    run("hiring", made)
    hired = made.firms.rows["staff"] - staff
    most = 0.15 * staff + 0.5
    assert hired.max() <= np.ceil(most)
    assert hired.min() >= np.floor(most)
    assert hired.mean() == pytest.approx(most, abs=0.15)  # rounding keeps the mean


def test_growth_out_of_funding_is_slower():
    rows = [
        firm(**FREE | {"staff": 100, "rounds": 1, "revenue": 1e12, "cost": c}) for c in (2e12, 1.0)
    ]
    made = run("hiring", place(rows * 100))
    hired = (made.firms.rows["staff"] - 100).reshape(100, 2).mean(0)
    assert hired[0] == pytest.approx(100 * 0.6 / 12 + 0.5, abs=0.15)
    assert hired[1] == pytest.approx(15.5, abs=0.15)


def test_staff_shrink_by_the_most_and_founders_stay():
    made = place([firm(**FREE | {"staff": 40})] * 2_000)
    people = made.people.rows
    founders = people.employer != np.roll(people.employer, 1)
    people.founder_of[founders] = made.firms.rows["uid"][people.employer[founders]]
    run("hiring", made)
    lost = 40 - made.firms.rows["staff"]
    # Each of the 39 who are no founders goes with the same chance, whoever went before.
    assert close_to_share(lost.sum(), 2_000 * 39, 0.15)
    assert (made.people.rows.employer[founders] >= 0).all()
    assert made.tally["layoffs"][0] == lost.sum()


def test_who_is_laid_off_does_not_depend_on_rows():
    def kept(order):
        made = place([firm(**FREE | {"staff": 200})])
        made.people.rows.uid[:] = 90_000 + order
        run("hiring", made)
        return set(made.people.rows.uid[made.people.rows.employer == 0].tolist())

    assert kept(np.arange(200)) == kept(np.arange(200)[::-1])


def counted(made):
    people = made.people.rows
    return np.bincount(people.employer[people.employer >= 0], minlength=len(made.firms))


def test_firms_count_the_people_they_have():
    rows = [
        firm(**FREE | {"developers": 20, "workers": 20, "scientists": 5, "revenue": r * WAGE})
        for r in (0, 10, 45, 80, 1000)
    ]
    made = place(
        rows,
        p={"job_moves": 3.0, "fill_here": 0.5, "fill_outside": 0.4},
        norms={"worker_share": 0.4, "developer_share": 0.4},
    )
    add_people(made, kind=DEVELOPER, employer=NOBODY, graduates=np.full(30, 99))
    for _ in range(10):
        born, left = made.tally["people_born"][0], made.tally["people_left"][0]
        size = len(made.people)
        run("hiring", made)
        grown = made.tally["people_born"][0] - born
        assert len(made.people) == size + grown
        firms, people = made.firms.rows, made.people.rows
        np.testing.assert_array_equal(counted(made), firms["staff"])
        for name, kind in (("developers", 1), ("scientists", 2), ("workers", 3)):
            mine = people.employer[(people.kind == kind) & (people.employer >= 0)]
            np.testing.assert_array_equal(np.bincount(mine, minlength=5), firms[name])
        gone = int((people.kind == -1).sum())
        assert gone == made.tally["people_left"][0] - left
        made.people.remove_gone()
        next_month(made)


def test_a_post_goes_to_the_best_of_those_looked_at():
    skills = np.array([0.3, -1.0, 1.4, 0.9])
    made = place(
        [firm(**FREE | {"staff": 2, "revenue": 3 * WAGE})],
        p=WILLING | {"change_most": 0.25, "search_width": 10.0},
    )
    new = add_people(
        made, kind=DEVELOPER, employer=NOBODY, skill=skills, graduates=99, sector=SOFTWARE
    )
    run("hiring", made)
    assert made.people.rows.employer[new].tolist() == [NOBODY, NOBODY, 0, NOBODY]
    assert made.tally["hires"][0] == 1


def test_the_sector_counts_with_skill():
    made = place(
        [firm(**FREE | {"staff": 2, "revenue": 3 * WAGE})],
        p=WILLING | {"change_most": 0.25, "search_width": 10.0, "sector_match": 0.5},
    )
    new = add_people(
        made, kind=DEVELOPER, employer=NOBODY, skill=np.array([0.2, 0.6, 0.0]),
        sector=np.array([SOFTWARE, 5, SOFTWARE]), home_cell=0, graduates=99,
    )  # fmt: skip
    run("hiring", made)
    assert made.people.rows.employer[new].tolist() == [0, NOBODY, NOBODY]
    assert made.firms.rows["locals"][0] == 1


def hired_of_one(cells=None, pay=1.0, now=None, p=None, **columns):
    """Return the share of firms that hire the one seeker who looks at them."""
    count = 400
    hired = 0
    for seed in range(count):
        rows = [firm(**FREE | {"staff": 2, "revenue": 3 * WAGE * pay, "pay": pay})]
        if now is not None:
            rows.append(firm(**FREE | {"staff": 1, "revenue": WAGE, "pay": now}))
        made = place(
            rows, p=WILLING | {"change_most": 0.25} | (p or {}), cells=cells, seed=seed,
            staffed=False,
        )  # fmt: skip
        new = add_people(
            made, kind=DEVELOPER, employer=NOBODY if now is None else 1, graduates=99, **columns
        )
        run("hiring", made)
        hired += int((made.people.rows.employer[new] == 0).sum())
    return hired, count


@pytest.mark.parametrize("km", [0.0, 1.0, 4.0])
def test_a_post_is_taken_less_often_the_longer_the_way(km):
    cells = [{}, {"column": int(km * 1000 / 50)}]
    hired, count = hired_of_one(cells, home_cell=1, p={"commute_km": 2.0})
    assert close_to_share(hired, count, np.exp(-km / 2.0))


def test_those_from_elsewhere_come_from_all_distances():
    hired, count = hired_of_one(p={"commute_km": 2.0, "outside_km": 6.0})
    assert close_to_share(hired, count, 1 / (1 + 6.0 / 2.0))  # E[e^(-d/2)], d exponential


@pytest.mark.parametrize(("pay", "now"), [(0.9, None), (1.0, 1.2), (1.2, 1.0)])
def test_a_post_is_taken_more_often_the_better_it_pays(pay, now):
    moves = {"job_moves": 1e6, "moves_here": 1.0, "pay_response": 2.0}
    hired, count = hired_of_one(pay=pay, now=now, p=moves, home_cell=0)
    assert close_to_share(hired, count, min(1.0, (pay / (now or 1.0)) ** 2))


def test_firms_that_find_nobody_come_to_pay_more_than_the_market():
    rows = [firm(**FREE | {"staff": 20, "revenue": 1e9, "pay": start}) for start in (1.0, 1.15)]
    quiet = [firm(**FREE | {"staff": 20, "revenue": 20 * WAGE, "pay": 1.1})]
    made = place(rows * 100 + quiet, p={"fill_outside": 0.5, "pay_most": 0.2, "pay_step": 1.0})
    run("hiring", made)
    firms = made.firms.rows
    still = firms["vacancies"][:200] / 20
    start = np.tile([1.0, 1.15], 100)
    change = firms["pay"][:200] - 1 - (start - 1) * (1 - 0.5 / 12)
    assert np.corrcoef(still, change)[0, 1] > 0.8
    assert np.average(change) == pytest.approx(0, abs=0.01)  # what some pay more, others pay less
    assert firms["pay"][200] == pytest.approx(1 + 0.1 * (1 - 0.5 / 12))
    assert firms["pay"].max() <= 1.2


def test_people_stay_with_firms_that_pay_well():
    rows = [firm(**FREE | {"staff": MANY // 2, "revenue": 1e12, "pay": x}) for x in (1.0, 1.2)]
    p = {"job_moves": 0.6, "moves_here": 0.0, "pay_response": 3.0, "fill_outside": 0.0}
    made = run("hiring", place(rows, p=p))
    left = MANY // 2 - made.firms.rows["staff"]
    assert close_to_share(left[0], MANY // 2, 0.05)
    assert close_to_share(left[1], MANY // 2, 0.05 * 1.2**-3)


@pytest.mark.parametrize(("wage", "rent"), [(1.0, 50.0), (1.3, 50.0), (1.0, 100.0)])
def test_people_come_from_outside_by_wages_and_home_rent(wage, rent):
    made = place(
        [firm(**FREE | {"staff": 1000, "revenue": 1e12})] * 5,
        p={"fill_outside": 0.33, "pull_wage": 1.0, "pull_home": 0.3},
        market={"wage": wage, "rent_home": rent},
    )
    run("hiring", made)
    posts = made.tally["hires"][0] + made.firms.rows["vacancies"].sum()
    share = 0.33 * wage * (rent / 50.0) ** -0.3
    assert close_to_share(made.tally["hires"][0], int(posts), share)


def test_who_is_hired_does_not_depend_on_rows():
    def hired(order):
        made = place(
            [firm(**FREE | {"staff": 20, "revenue": 1e9})],
            p=WILLING | {"search_width": 2.0},
        )
        new = add_people(made, kind=DEVELOPER, employer=NOBODY, graduates=np.full(8, 99))
        people = made.people.rows
        people.uid[new] = 77_000 + np.array(order)
        people.skill[new] = np.array(order) * 0.1
        run("hiring", made)
        taken = made.people.rows.employer[new] == 0
        return set(made.people.rows.uid[new][taken].tolist())

    forward = hired(list(range(8)))
    assert forward == hired([5, 3, 7, 0, 1, 6, 2, 4])
    assert 0 < len(forward) < 8


def test_movers_carry_know_how_to_those_behind():
    rows = [
        firm(**FREE | {"staff": 30, "revenue": 30 * WAGE, "knowledge": 2.0}),
        firm(**FREE | {"staff": 4, "revenue": 1e9, "knowledge": 1.0}),
    ]
    made = place(rows, p=WILLING | {"job_moves": 50.0, "moves_here": 1.0})
    run("hiring", made)
    known = made.firms.rows["knowledge"]
    assert known[0] == 2.0
    assert 1.0 < known[1] < 2.0
    assert made.tally["talent_moved"][0] > 0
    # Who comes from behind takes nothing away.
    rows[0]["knowledge"] = 0.5
    made = place(rows, p=WILLING | {"job_moves": 50.0, "moves_here": 1.0})
    run("hiring", made)
    assert made.tally["talent_moved"][0] > 0
    assert made.firms.rows["knowledge"].tolist() == [0.5, 1.0]


@pytest.mark.parametrize("openings", [0.02, 0.05, 0.1])
def test_people_move_on_as_often_as_posts_are_open(openings):
    made = place(
        [firm(**FREE | {"staff": MANY, "revenue": MANY * WAGE})],
        p={"job_moves": 0.24, "job_moves_openings": 0.05, "moves_here": 0.0},
        market={"openings_per_worker": openings},
    )
    run("hiring", made)
    assert close_to_share(made.tally["quits"][0], MANY, 0.02 * openings / 0.05)


def test_a_third_of_posts_is_filled_from_outside():
    made = place([firm(**FREE | {"staff": 1000, "revenue": 1e12})] * 5, p={"fill_outside": 0.33})
    run("hiring", made)
    posts = made.tally["hires"][0] + made.firms.rows["vacancies"].sum()
    assert close_to_share(made.tally["hires"][0], int(posts), 0.33)


def returned(places, month=0, **rest):
    """Return a world of firms with posts nobody fills but returnees."""
    rows = [firm(**FREE | {"staff": 50, "revenue": 1e12}) for _ in range(60)]
    p = {"fill_outside": 0.0, "knowhow": 0.1}
    rules = {"returnee_places": places, "returnee_settle": 1e5, "returnee_frontier": 2.0}
    return run("hiring", place(rows, p=p, rules=rules, month=month, **rest))


@pytest.mark.parametrize("places", [0.0, 60.0, 240.0])
def test_a_twelfth_of_the_places_brings_scientists_to_open_posts(places):
    made = returned(places)
    firms = made.firms.rows
    assert firms["scientists"].sum() == places / 12
    assert paid(made, GOVERNMENT, HOUSEHOLDS, RETURNEE_PROGRAMME) == pytest.approx(
        1e5 * places / 12
    )
    assert made.governments.rows["returnees"][0] == places / 12
    np.testing.assert_array_equal(counted(made), firms["staff"])
    # Each brings a tenth of the gap to the frontier, spread over the staff.
    np.testing.assert_allclose(
        firms["knowledge"][firms["scientists"] == 1], np.exp(0.1 * np.log(2.0) / 50)
    )
    assert (firms["knowledge"][firms["scientists"] == 0] == 1).all()


def test_returnees_come_while_places_and_money_last():
    assert returned(120.0, government={"returnees": 117.0}).firms.rows["scientists"].sum() == 3
    poor = returned(120.0, government={"budget_left": 2.5e5})
    assert poor.firms.rows["scientists"].sum() == 2
    assert returned(120.0, month=11).governments.rows["returnees"][0] == 0  # a new year begins


@pytest.mark.parametrize(("income", "heads"), [(0.8, 4), (1.0, 4), (2.0, 7.2)])
def test_a_lean_team_takes_on_people_where_work_pays_for_more(income, heads):
    lean = {"maturity": 1, "staff": 4, "cost": 4 * WAGE, "income": income * 4 * WAGE, "cash": 1e9}
    made = place([firm(**FREE | lean)], {"lean_hiring": 0.9})
    run("hiring", made)
    assert made.firms.rows["wanted"][0] == pytest.approx(heads)
    none = place([firm(**FREE | lean)], {"lean_hiring": 0.0})
    run("hiring", none)
    assert none.firms.rows["wanted"][0] == 4
