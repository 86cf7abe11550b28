"""Who pays and who receives: sums that must hold, and costs per extra that may be undefined."""

import math

import numpy as np
import pytest

from experiments import money, statistics
from experiments.runner import Arm
from experiments.session import Request, compare_policies
from sim.state.ledger import FIRM, GOVERNMENT, HOUSEHOLDS, KINDS, PURPOSES
from tests.experiments import fake_engine as fake

MONTHS = 48
GRANT = PURPOSES.index("cash_grant")


def compared(gift=10.0, reps=6, months=MONTHS, **rest):
    base = Arm("no-policy", fake.Place())
    policy = Arm("gift", fake.Place("gift", gift, **rest).with_support())
    request = Request(base, (policy,), tuple(range(reps)), months)
    return compare_policies(fake.engine(), request).comparison


def test_every_payment_is_in_the_tables_and_none_twice():
    comparison = compared()
    flows = money.mean_flows(comparison, "gift")
    run = comparison.runs["gift"][0]
    assert sum(v.sum() for v in flows.values()) == pytest.approx(run.flows["amount"].sum())
    sides = money.public_and_operator(flows)
    assert set(sides) == {(GOVERNMENT, FIRM, GRANT)}
    assert sides[(GOVERNMENT, FIRM, GRANT)].tolist() == [120e6, 0, 0, 0]
    assert money.outlays(flows, GOVERNMENT)[GRANT].sum() == 120e6


def test_what_one_gains_another_pays():
    found = money.gains(compared(), "gift")
    assert found.diff.sum() == pytest.approx(0, abs=1e-6)
    assert found.diff[GOVERNMENT] == -120e6 and found.diff[FIRM] == 120e6
    assert found.diff[HOUSEHOLDS] == 0 and found.diff.size == len(KINDS)


def test_cost_per_extra_is_cost_over_gain_with_its_interval():
    found = {(c.what, c.payer): c.ratio for c in money.costs_per_extra(compared(), "gift")}
    # A gift of 10 takes 5 firms away in the end: there is no cost per extra firm.
    lost = found[("firm", "public")]
    assert math.isnan(lost.value) and lost.gain == pytest.approx(-5)
    assert found[("job_left", "public")].n == 6  # months 12 + 36 = the last
    assert set(found) == {
        (what, payer) for what in ("firm", "job_year", "job_left") for payer in ("public", "both")
    }


def test_jobs_left_after_a_stop_beyond_the_horizon_are_not_asked():
    found = {c.what: c.ratio for c in money.costs_per_extra(compared(months=36), "gift")}
    assert found["job_left"] is None and found["firm"] is not None


def test_a_ratio_has_fiellers_interval():
    gain = np.array([9.0, 10.0, 11.0, 10.0])
    found = statistics.ratio(20 * gain, gain)
    assert (found.value, found.low, found.high) == pytest.approx((20, 20, 20))
    cost = np.array([100.0, 120.0, 90.0, 110.0])
    found = statistics.ratio(cost, gain)
    assert found.value == pytest.approx(10.5) and found.low < 10.5 < found.high
    # Fieller's bounds are where the mean of cost - r·gain is just not told apart from 0.
    for bound in (found.low, found.high):
        pair = statistics.summarise(np.zeros((4, 1)), (cost - bound * gain)[:, None])
        assert min(abs(pair.low[0]), abs(pair.high[0])) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "gain", [[1.0, -1.0, 2.0, -2.0], [-5.0, -5.5, -6.0, -5.2], [0.0] * 4, [3.0], [math.nan] * 4]
)
def test_there_is_no_cost_per_extra_without_an_extra(gain):
    found = statistics.ratio(np.full(len(gain), 7.0), np.array(gain))
    assert math.isnan(found.value) and math.isnan(found.low) and math.isnan(found.high)


def test_a_failed_run_drops_its_pair():
    comparison = compared(fails_on=(2,))
    assert len(comparison.pairs("gift")) == 5
    assert money.gains(comparison, "gift").n.tolist() == [5] * len(KINDS)


def test_receipts_and_payments_by_purpose_add_up_to_net_receipts():
    a, b, own = GOVERNMENT, FIRM, HOUSEHOLDS
    years = np.array([1.0, 2.0])
    flows = {(a, b, 0): years, (b, a, 1): 4 * years, (own, b, 0): 2 * years, (b, b, 2): years,
             (b, own, 3): years, (a, own, 0): years}  # fmt: skip
    found = money.by_purpose(flows, FIRM)
    assert list(found.items()) == [(0, 9.0), (1, -12.0), (3, -3.0)]  # paying oneself is nothing
    comparison = compared()
    flows = money.mean_flows(comparison, "gift")
    net = np.mean([money.net_receipts(run)[FIRM] for run in comparison.runs["gift"]])
    assert sum(money.by_purpose(flows, FIRM).values()) == pytest.approx(net)
