"""Founding: the same candidates under every policy, of whom policy lets some found."""

from __future__ import annotations

import numpy as np
import pytest

from sim.state.columns import GIANT_LEAVER, GRADUATE, INDEPENDENT, RETURNEE, SCHOLAR
from sim.state.ledger import FOUNDING_CAPITAL, HOUSEHOLDS, TEAM
from tests.processes.rows import (
    AI,
    BRANCH,
    GROW,
    SPIN_OUT,
    STAY_SMALL,
    VENTURE,
    close_to_share,
    firm,
    logistic,
    paid,
    programme,
    run,
    world,
)

# Only outsiders found, all with the same chance: the logistic of the place's intercept.
P = {
    "rate": 1.0,
    "chance": 0.25,
    "faculty_rate": 0.0,
    "graduate_rate": 0.0,
    "staff_rate": 0.0,
    "outsiders_per_year": 200.0,
    "idea": 0.0,
    "role_models": 0.0,
    "runway": 0.0,
    "cofounder_prospect": 0.0,
    "opportunity_wage": 0.0,
    "living_cost": 0.0,
    "contract_sd": 0.0,
}
MONTHS = 40
NO_OUTSIDERS = {"outsiders_per_year": 0.0}


def months_of(p=None, firms=405, b0=0.0, months=MONTHS, **rest):
    """Return the teams of independent months and the number of candidates."""
    teams, candidates = [], 0.0
    rows = [firm(staff=10)] * firms if isinstance(firms, int) else firms
    for month in range(months):
        made = world(
            rows,
            operator={"reputation": 0.5},
            norms={"found_intercept": b0, "firms": 405.0} | rest.get("norms", {}),
            params={"founding": P | (p or {})},
            month=month,
            **{k: v for k, v in rest.items() if k != "norms"},
        )
        run("founding", made)
        teams.append(made.founders.rows.copy())
        candidates += made.tally["candidates"][0]
    return np.concatenate(teams), candidates


def test_outsiders_come_at_their_rate_and_found_by_their_chance():
    teams, candidates = months_of(b0=-1.0)
    assert abs(candidates - MONTHS * 200 / 12) < 5 * np.sqrt(MONTHS * 200 / 12)
    assert close_to_share(len(teams), int(candidates), float(logistic(-1.0)))
    assert set(teams["origin"].tolist()) == {INDEPENDENT, RETURNEE}
    assert (teams["parent"] == 0).all()


def test_policy_thins_the_same_candidates():
    few, seen = months_of(b0=-1.5)
    many, seen_too = months_of(b0=1.5)
    assert seen == seen_too
    assert set(few["uid"].tolist()) < set(many["uid"].tolist())
    same = many[np.isin(many["uid"], few["uid"])]
    np.testing.assert_array_equal(same[np.argsort(same["uid"])], few[np.argsort(few["uid"])])


@pytest.mark.parametrize("firms", [100, 405])
@pytest.mark.parametrize("reputation", [0.1, 0.9])
def test_outsiders_follow_size_and_reputation(firms, reputation):
    candidates = 0.0
    for seed in range(MONTHS):
        made = world(
            [firm()] * firms,
            operator={"reputation": reputation},
            params={"founding": P | {"outsiders_per_year": 600.0, "outsiders_exponent": 0.5}},
            seed=seed,
        )
        run("founding", made)
        candidates += made.tally["candidates"][0]
    mean = MONTHS * 50 * (firms / 405) ** 0.5 * (0.5 + reputation)
    assert abs(candidates - mean) < 5 * np.sqrt(mean)


def test_institutions_bring_scholars_and_graduates():
    school = [{"faculty": 5_000.0, "graduates_per_year": 10_000.0}]
    p = NO_OUTSIDERS | {
        "faculty_rate": 0.01, "graduate_rate": 0.02, "tech_share": 0.2, "local_start": 0.5,
    }  # fmt: skip
    teams, candidates = months_of(p, b0=40.0, firms=3, institutions=school)
    mean = MONTHS * 0.2 * 0.5 * (50 + 600) / 0.25 / 12
    assert abs(candidates - mean) < 5 * np.sqrt(mean)
    assert len(teams) == candidates
    assert (teams["parent"] == 50).all()
    assert (teams["institution"] == 0).all()
    assert close_to_share((teams["origin"] == SCHOLAR).sum(), len(teams), 50 / 650)
    assert ((teams["origin"] == SCHOLAR) | (teams["origin"] == GRADUATE)).all()
    assert set(teams["dual_identity"][teams["origin"] == GRADUATE].tolist()) == {0}


@pytest.mark.parametrize(("allowed", "share"), [(np.nan, 0.3), (1.0, 0.8), (0.0, 0.0)])
def test_scholars_keep_their_post_where_they_may(allowed, share):
    school = [{"faculty": 1e5}]
    p = NO_OUTSIDERS | {
        "faculty_rate": 0.01, "tech_share": 0.2, "local_start": 0.5, "dual_share": 0.3,
        "dual_share_allowed": 0.8,
    }  # fmt: skip
    teams, _ = months_of(p, b0=40.0, firms=3, institutions=school, rules={"dual_allowed": allowed})
    assert close_to_share(teams["dual_identity"].sum(), len(teams), share)


SPINS = NO_OUTSIDERS | {
    "staff_rate": 0.05, "staff_exponent": 0.3, "staff_quality": 0.5, "slump": 0.4,
    "venture_backed": 0.6, "inherited_quality": 0.4, "same_domain": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "factor"),
    [
        ({"staff": 50}, 1.0),
        ({"staff": 400}, 8 * 8**-0.3),
        ({"staff": 50, "quality": 1.0}, 1.5),
        ({"staff": 50, "quality": -3.0}, 0.0),
        ({"staff": 50, "growth_last": 0.3}, 1.4),
        ({"staff": 50, "rounds": 1}, 1.6),
    ],
)
def test_firms_spin_out_by_size_quality_slump_and_backing(columns, factor):
    _, candidates = months_of(SPINS, firms=[firm(**columns)] * 30)
    mean = MONTHS * 30 * 50 * 0.05 / 0.25 / 12 * factor
    assert abs(candidates - mean) < 5 * np.sqrt(max(mean, 0.01))


def test_children_inherit_quality_generation_and_domain():
    parents = [firm(staff=50, quality=1.2, generation=2, sector=AI)] * 20
    teams, _ = months_of(SPINS, b0=40.0, firms=parents)
    assert teams["quality"].mean() == pytest.approx(0.4 * 1.2, abs=0.1)
    assert teams["quality"].std() == pytest.approx(np.sqrt(1 - 0.4**2), rel=0.1)
    assert (teams["generation"] == 3).all()
    assert (teams["origin"] == SPIN_OUT).all()
    assert np.isin(teams["parent"], 1_000 + np.arange(20)).all()
    stayed, _ = months_of(SPINS | {"same_domain": 1.0}, b0=40.0, firms=parents)
    assert (stayed["sector"] == AI).all()


def test_spin_outs_of_the_parents_sector_bring_work_along():
    spins = SPINS | {"head_start": 1.5, "contract_median": 2.0, "same_domain": 0.5}
    teams, _ = months_of(spins, b0=40.0, firms=[firm(staff=50, sector=AI + 1)] * 20)
    stayed = teams["sector"] == AI + 1
    assert 0 < stayed.sum() < stayed.size
    assert teams["contract_factor"][stayed] == pytest.approx(3.0)
    assert teams["contract_factor"][~stayed] == pytest.approx(2.0)
    outsiders, _ = months_of({"head_start": 1.5, "contract_median": 2.0}, b0=40.0)
    assert outsiders["contract_factor"] == pytest.approx(2.0)


def test_those_who_leave_a_giant_are_told_apart():
    teams, _ = months_of(SPINS, b0=40.0, firms=[firm(staff=50, ambition=BRANCH)] * 10, months=5)
    assert len(teams)
    assert (teams["origin"] == GIANT_LEAVER).all()


def test_ambition_is_drawn_at_birth():
    teams, _ = months_of({"stay_small": 0.7, "venture_share": 0.4}, b0=40.0)
    for ambition, share in ((STAY_SMALL, 0.7), (VENTURE, 0.12), (GROW, 0.18)):
        assert close_to_share((teams["ambition"] == ambition).sum(), len(teams), share)


def test_savings_are_the_runway_times_what_two_live_on():
    made = world(
        [firm()] * 405,
        norms={"found_intercept": 40.0, "city_factor": 1.5},
        market={"wage": 1.2},
        params={
            "founding": P | {"outsiders_per_year": 2_000.0, "runway_median": 7.0, "runway_sd": 0.5},
            "accounts": {"wage_developer": 20_000.0, "lean_share": 0.4},
        },
    )
    run("founding", made)
    teams = made.founders.rows
    np.testing.assert_allclose(teams["cash"], teams["runway"] * 2 * 0.4 * 20_000 * 1.5 * 1.2)
    assert paid(made, HOUSEHOLDS, TEAM, FOUNDING_CAPITAL) == pytest.approx(teams["cash"].sum())
    assert np.log(teams["runway"] / 7).mean() == pytest.approx(0, abs=0.2)


CHANCES = {
    "a dear wage": ({"opportunity_wage": 1.0}, {"market": {"wage": 1.5}}, -np.log(1.5)),
    "a grant": (
        {"runway": 0.05},
        {
            "programmes": [programme("cash_grant", cny_once=4 * 2 * 0.36 * 30_000.0)],
            "norms": {"runway_mean": 1e-6},
        },
        0.05 * (4 + 1e-6),
    ),
    "no grant": ({"runway": 0.05}, {"norms": {"runway_mean": 1e-6}}, 0.0),
}


@pytest.mark.parametrize("name", CHANCES)
def test_what_moves_the_chance_to_found(name):
    p, rest, shift = CHANCES[name]
    still = {"runway_median": 1e-6, "runway_sd": 0.0}
    accounts = {"wage_developer": 30_000.0, "lean_share": 0.36}
    count = teams = 0
    for seed in range(MONTHS):
        made = world(
            [firm()] * 405,
            operator={"reputation": 0.5},
            norms=rest.get("norms"),
            market=rest.get("market"),
            programmes=rest.get("programmes", ()),
            params={
                "founding": P | {"outsiders_per_year": 1_000.0} | still | p,
                "accounts": accounts,
            },
            seed=seed,
        )
        run("founding", made)
        teams += len(made.founders)
        count += int(made.tally["candidates"][0])
    assert close_to_share(teams, count, float(logistic(shift)))
