"""Levers turn into rules: neutral ones into nothing, doses into their own columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.levers import all_levers
from sim.state.rule_columns import RULES
from sim.state.rules import (
    MOST_PROGRAMMES,
    OPEN_END,
    PROGRAMME,
    PROGRAMME_KINDS,
    LeverUse,
    compile_rules,
    stop_month,
)

MONTHS = 36


def use(name: str, **values: object) -> LeverUse:
    fields = all_levers()[name].fields
    assert set(values) <= set(fields)
    defaults = {key: field.default for key, field in fields.items()}
    return LeverUse(name, {**defaults, **values}, 0, OPEN_END)


def rows(*uses: LeverUse) -> np.ndarray:
    return compile_rules(uses, all_levers(), MONTHS).rows


def test_every_promised_lever_is_there_and_award_levers_are_programmes():
    assert len(all_levers()) == 55
    awards = {lever.programme for lever in all_levers().values() if lever.programme}
    assert awards == set(PROGRAMME_KINDS)


@pytest.mark.parametrize("name", list(all_levers()))
def test_a_neutral_lever_compiles_to_default_rules(name):
    compiled = compile_rules((use(name),), all_levers(), MONTHS)
    assert compiled.programmes.shape == (0,)
    assert compiled.intensity.shape == (0, MONTHS)
    for rule in RULES:
        expected = np.full(MONTHS, rule.default)
        np.testing.assert_array_equal(compiled.rows[rule.name], expected, err_msg=rule.name)


@pytest.mark.parametrize("name", list(all_levers()))
def test_every_dose_moves_something(name):
    lever = all_levers()[name]
    doses = [key for key, field in lever.fields.items() if field.intensity]
    given = {
        "operator_weights": {"rent": 0.7, "mission": 0.3},
        "operator_budget": {"nurture_share": 0.3},
        "dual_identity": {"allowed": 0},
        "special_fund": {"budget_cny_year": 5.0},
        "zone_layout": {"use_mix": 0.5},
        "industrial_upstairs": {"far": 2.5},
    }
    cases = [{key: lever.fields[key].high} for key in doses] or [given[name]]
    for case in cases:
        compiled = compile_rules((use(name, **case),), all_levers(), MONTHS)
        if lever.programme:
            assert compiled.programmes.dtype == PROGRAMME
            assert len(compiled.programmes) == 1
        else:
            assert compiled.rows.tobytes() != rows().tobytes(), case


def test_ramp_and_taper_scale_intensities_and_leave_terms():
    base = use("ai_public_goods", goods=4)
    ramped = rows(replace(base, start=4, end=20, ramp=3, taper=7))["goods_speed"]
    np.testing.assert_allclose(ramped[3:8], [0, 0.05, 0.1, 0.15, 0.2])
    np.testing.assert_allclose(ramped[20:29], np.linspace(0.2, 0, 9))
    grant = replace(use("cash_grant", cny_month=100), start=4, end=20, ramp=3, taper=7)
    compiled = compile_rules((grant,), all_levers(), MONTHS)
    award = compiled.programmes[0]
    assert (award["cny_month"], award["start"], award["end"], award["taper"]) == (100, 4, 20, 7)
    np.testing.assert_allclose(compiled.intensity[0, 3:8], [0, 0.25, 0.5, 0.75, 1])


def test_levers_on_one_column_join_as_it_declares():
    two = rows(use("event_series", per_year=12), use("event_series", per_year=24, days=2))
    assert two["event_person_days"][0] == 100 + 2 * 200
    most = rows(use("service_menu", base_level=0.5), use("service_menu", base_level=0.2))
    assert most["base_level"][0] == 0.5
    late = replace(use("operator_weights", rent=1), start=12)
    later = rows(use("operator_weights", rent=0.4, service=0.6), late)["weight_rent"]
    assert later[11:13].tolist() == [0.4, 1]


def test_public_outlays_stop_in_the_month_that_says_so():
    stopped = rows(use("special_fund", stop_month=12))["public_stop"]
    assert stopped[11:13].tolist() == [0, 1]
    slow = rows(use("special_fund", stop_month=12, stop_taper_months=3))["public_stop"]
    np.testing.assert_allclose(slow[11:17], [0, 0.25, 0.5, 0.75, 1, 1])


def test_where_outlays_stop_all_that_costs_stops_and_the_rest_stays():
    fund = use("special_fund", stop_month=12)
    uses = (
        fund,
        use("ai_public_goods", goods=4),
        use("dual_identity", allowed=1),
        use("cash_grant", cny_month=1),
    )
    compiled = compile_rules(uses, all_levers(), MONTHS)
    assert compiled.rows["goods_speed"][11:13].tolist() == [0.2, 0]
    assert compiled.bills[0, 1, 11:13].tolist() == [20e6 / 12, 0]
    assert compiled.rows["dual_allowed"][11:13].tolist() == [1, 1]
    assert compiled.intensity[0, 11:13].tolist() == [1, 0]
    assert stop_month(compiled, MONTHS) == 12
    assert stop_month(compile_rules(uses[1:], all_levers(), MONTHS), MONTHS) == -1
    ended = replace(uses[1], end=5)
    assert stop_month(compile_rules((ended,), all_levers(), MONTHS), MONTHS) == 6


def test_an_award_carries_its_terms_in_the_programmes_units():
    uses = (
        use("settlement_grant", amount_per_year=120_000, years_max=2),
        use("compute_voucher", rate=0.25, cap_cny_year=600_000),
        replace(use("space_for_equity", rent_waived_share=1, stake=0.06), firms_max=120.0),
        use("rent_subsidy", discount=0.6, operator_share=0.25),
        use("cash_grant", cny_once=5, recipient="firm", pick="wealth"),
    )
    grant, voucher, space, rent, cash = compile_rules(uses, all_levers(), MONTHS).programmes
    assert (grant["cny_month"], grant["months_max"]) == (10_000, 24)
    assert (voucher["share"], voucher["cap"]) == (0.25, 50_000)
    assert (space["share"], space["stake"], space["firms_max"]) == (1, 0.06, 120)
    assert np.isinf(space["cap"])
    assert np.isnan(space["quality_bar"])
    assert rent["public_share"] == 0.75
    assert (cash["recipient"], cash["pick"]) == (1, 2)
    assert [PROGRAMME_KINDS[award["kind"]] for award in (grant, voucher, space, rent, cash)] == [
        one.lever for one in uses
    ]


def test_compiling_changes_nothing_it_was_given_and_no_earlier_rules():
    uses = (use("service_menu", base_level=0.5, menu=("law",)), use("cash_grant", cny_month=1))
    before = repr(uses)
    first = compile_rules(uses, all_levers(), MONTHS)
    copy = first.rows.copy()
    compile_rules((use("service_menu", base_level=1),), all_levers(), MONTHS)
    assert repr(uses) == before
    assert first.rows.tobytes() == copy.tobytes()


def test_more_awards_than_there_are_places_for_are_refused():
    uses = (use("cash_grant", cny_month=1),) * (MOST_PROGRAMMES + 1)
    with pytest.raises(ValueError, match="at most 8"):
        compile_rules(uses, all_levers(), MONTHS)
