"""Rows of a comparison: pairing, notes, what is left after support, equal cost, verdict."""

import json
from dataclasses import replace

import numpy as np
import pytest

from experiments.neutral import pilot_seeds
from experiments.runner import Arm, real_engine
from experiments.session import Request, as_json, compare_policies
from experiments.verdict import verdict, warnings
from sim.scenario import load_scenario
from tests.experiments import fake_engine as fake

FIRMS = fake.INDICATORS["firms"].text
NOTHING = Arm("no-policy", fake.Place())
GIFT = Arm("gift", fake.Place("gift", 10.0).with_support())
BIG = Arm("big", fake.Place("big", 40.0).with_support())


def ask(*policies, reps=24, **rest):
    request = Request(NOTHING, policies, tuple(range(reps)), 48, **rest)
    return compare_policies(fake.engine(), request)


def test_noise_that_both_arms_share_cancels_exactly():
    row = ask(GIFT).comparison.row("gift", "firms", "m012")
    assert row["diff"] == pytest.approx(10)
    assert row["hi"] - row["lo"] < 1e-9
    assert row["p_better"] == 1 and row["n"] == 24


def test_every_indicator_has_a_row_at_every_time_for_every_arm():
    comparison = ask(GIFT, BIG).comparison
    for policy in ("no-policy", "gift", "big"):
        for indicator in fake.INDICATORS:
            for at in ("m012", "m036", "end"):
                assert comparison.row(policy, indicator, at), (policy, indicator, at)
    assert comparison.row("gift", "firms", "m060") is None


def test_the_baseline_differs_from_itself_by_zero():
    row = ask(GIFT).comparison.row("no-policy", "jobs")
    assert (row["diff"], row["lo"], row["hi"]) == (0, 0, 0)


def test_undefined_replicates_are_dropped_as_pairs_and_null_has_a_note():
    comparison = ask(GIFT).comparison
    assert comparison.row("gift", "odd")["n"] == 12
    only = next(
        r for r in comparison.rows if r["indicator"] == "retention_after_support_12m_only_policy"
    )
    assert only["diff"] is None and only["note"] and only["note_zh"]


def test_lower_is_better_where_the_direction_is_down():
    assert ask(GIFT).comparison.row("gift", "public_cost_pv")["p_better"] == 0


def test_firms_are_followed_by_uid_after_the_stop_and_split():
    rows = {r["indicator"]: r for r in ask(GIFT).comparison.rows if r["policy"] == "gift"}
    assert rows["excess_after_support_12m"]["diff"] == pytest.approx(-5)
    assert rows["excess_after_support_12m"]["at"] == "m024"
    assert rows["retention_after_support_12m_both"]["mean"] == pytest.approx(3 / 4)
    assert rows["retention_after_support_12m_both"]["diff"] == 0
    assert rows["retention_after_support_12m_only_policy"]["mean"] == pytest.approx(1 / 2)
    assert rows["retention_after_support_12m_share_only_policy"]["mean"] == pytest.approx(2 / 6)
    assert rows["excess_after_support_36m"]["diff"] == pytest.approx(-5)


def test_support_that_outlasts_the_run_has_no_months_after_it():
    request = Request(NOTHING, (GIFT,), (0, 1), 12)
    rows = compare_policies(fake.engine(), request).comparison.rows
    row = next(r for r in rows if r["indicator"] == "excess_after_support_12m")
    assert row["mean"] is None and row["note"].startswith("no support to firms that stops")


@pytest.mark.parametrize(
    ("policy", "months", "last"),
    [
        ("service-for-equity", 120, 59),
        ("heavy-rent-subsidy", 72, 59),
        ("service-for-equity", 60, None),
        ("no-policy", 120, None),
    ],
)
def test_the_engine_says_when_support_stops(policy, months, last):
    scenario = load_scenario("starter-park", policy)
    assert real_engine().last_supported(scenario, months) == last


def test_a_failed_run_drops_its_pair_and_the_rest_goes_on():
    broken = Arm("gift", replace(GIFT.scenario, fails_on=(3,)))
    report = ask(broken)
    assert report.comparison.row("gift", "firms")["n"] == 23
    assert [(f.task.seed, f.task.arm.label) for f in report.failures] == [(3, "gift")]
    assert "month 7" in report.failures[0].error


def test_unequal_cost_is_told_and_equal_cost_makes_it_equal():
    assert ask(GIFT, BIG).comparison.at_equal_cost is False
    comparison = ask(GIFT, BIG, equal_cost=True).comparison
    assert comparison.at_equal_cost is True
    first, scaled = comparison.scaling
    assert first["factor"] == 1 and scaled["factor"] == pytest.approx(0.25, rel=0.02)
    assert abs(scaled["residual"]) <= 0.01 and scaled["note"] is None


def test_a_policy_that_cannot_spend_the_sum_says_so():
    small = Arm("small", replace(fake.Place("small", 2.0).with_support(), most=3.0))
    record = ask(GIFT, small, equal_cost=True).comparison.scaling[1]
    assert record["note"] == "cannot spend the sum"
    assert record["residual"] == pytest.approx(-0.7)


def test_a_policy_that_costs_too_much_at_its_smallest_says_so():
    dear = Arm("dear", replace(fake.Place("dear", 40.0).with_support(), least=20.0))
    record = ask(GIFT, dear, equal_cost=True).comparison.scaling[1]
    assert record["note"] == "cannot be scaled down to the sum"
    assert record["residual"] == pytest.approx(1)


def test_a_failed_pilot_drops_its_pair_and_not_half_of_it():
    first, *_ = pilot_seeds(list(range(24)))
    big = Arm("big", replace(BIG.scenario, fails_on=(first,)))
    scaled = ask(GIFT, big, equal_cost=True).comparison.scaling[1]
    assert scaled["factor"] == pytest.approx(0.25, rel=0.02)


def test_pilots_that_all_fail_leave_the_policy_as_it_is():
    broken = Arm("big", replace(BIG.scenario, fails_on=tuple(pilot_seeds(list(range(24))))))
    report = ask(GIFT, broken, equal_cost=True)
    record = report.comparison.scaling[1]
    assert record["cost"] is None and record["factor"] == 1
    assert record["note"] == "no pilot run came through, not scaled"
    assert report.comparison.row("big", "firms")["n"] == 24
    json.dumps(as_json(report.comparison), allow_nan=False)


def test_pilot_seeds_are_none_of_the_main_ones():
    main = list(range(10**9 - 2, 10**9 + 4))
    assert not set(pilot_seeds(main)) & set(main) and len(set(pilot_seeds(main))) == 8


def test_verdict_says_what_differs_what_it_costs_and_when_the_ranking_turns():
    comparison = ask(GIFT).comparison
    differs, costs, turns = verdict(comparison, {n: i.text for n, i in fake.INDICATORS.items()})
    assert "5 fewer firms [-5, -5]" in differs.en and "企业数 -5" in differs.zh
    assert "+120.0 m CNY" in costs.en
    assert "gift leads (month 12), then no-policy leads (month 36 to the end)" in turns.en


def test_too_few_replicates_are_warned_of_with_a_number():
    assert "20 are needed" in warnings(ask(GIFT, reps=6).comparison, {"firms": FIRMS})[0].en
    assert warnings(ask(GIFT).comparison, {"firms": FIRMS}) == []


def test_json_form_has_no_nan():
    text = json.dumps(as_json(ask(GIFT).comparison), allow_nan=False)
    read = json.loads(text)
    assert (
        read["reps"] == 24 and read["seeds"] == list(range(24)) and read["baseline"] == "no-policy"
    )
    wanted = "policy indicator at unit direction mean diff lo hi p_better variance_reduction n note"
    assert set(wanted.split()) <= set(read["rows"][0])


def test_one_and_two_jobs_give_the_same_rows_and_digests():
    one, two = ask(GIFT, jobs=1).comparison, ask(GIFT, jobs=2).comparison
    assert one.rows == two.rows
    assert one.digests == two.digests


def test_a_worker_that_dies_costs_one_run():
    report = ask(Arm("gift", replace(GIFT.scenario, dies_on=5)), jobs=2)
    assert [f.task.seed for f in report.failures] == [5]
    assert "code 9" in report.failures[0].error
    assert report.comparison.row("gift", "firms")["n"] == 23


def test_reported_month_is_the_state_after_that_many_months():
    comparison = ask(GIFT, reps=2).comparison
    run = fake.simulate(GIFT.scenario, 1)
    assert comparison.values["gift"][("firms", "m012")][1] == run.series[11, 0]
    assert np.isclose(comparison.values["gift"][("closures", "m012")][1], run.series[:12, 2].sum())
