"""What financings bring: sales worked out beside the engine, marks for what is still open.

A sale draws its price with the engine's own keyed luck, so what each financing was paid is known
without the engine keeping it. A firm that closed pays nothing. One that is still open, or moved away,
is marked: at its last valuation for two years after a round; then, as the indicator of unrealised stakes
has it, at a year's revenue (its last valuation if that is less) times the chance that a sale comes before
money loses its worth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.panel import LONG_AGO, STILL_HERE, Panel
from sim.draw import keys, normals, uniforms
from sim.processes import exits
from sim.state.columns import ACQUIRED, CLOSED
from sim.state.ledger import FUND, OPERATOR

FRESH_MONTHS = 24  # months after a round for which its valuation is taken at its word
CLOSES = 0.05  # a year, as in the indicator
OPEN, SOLD, DEAD = 0, 1, 2


@dataclass(frozen=True)
class Deals:
    """Financings of a run, one entry each; arrays of shape (financings,).

    `multiple` is what a CNY put in became; `state` is OPEN (marked), SOLD or DEAD.
    """

    uid: np.ndarray
    number: np.ndarray  # which round of the firm it was, 1 = the first
    month: np.ndarray
    amount: np.ndarray
    dilution: np.ndarray
    multiple: np.ndarray
    state: np.ndarray


def mark(valuation: Any, revenue_year: Any, age_months: Any, rounds: Any, params: Any) -> Any:
    """Return what a firm that is still open is worth, CNY; shapes are the arguments'.

    `params` holds the run's parameters by process.
    """
    leaves = params["exits"][0]
    rate = leaves["acquired"] + leaves["acquired_round"] * rounds
    waits = rate / (rate + params["government"]["stake_discount"][0] + CLOSES)
    stale = np.minimum(valuation, revenue_year) * waits
    return np.where(age_months <= FRESH_MONTHS, valuation, stale)


def payouts(value: float, shares: np.ndarray, preferences: np.ndarray, ranked: bool) -> np.ndarray:
    """Return what each holder gets of a sale at `value` CNY, as the engine pays it."""
    prefers = (preferences > shares * value) & ranked
    first = preferences[prefers].sum()
    scale = min(1.0, value / max(first, 1.0))
    rest = max(value - first, 0.0) / max(1.0 - shares[prefers].sum(), 1e-12)
    return np.where(prefers, scale * preferences, shares * rest)


def operator_holdings(world: Any) -> float:
    """Return the marked value of the operator's stakes and of its part of funds' stakes, CNY."""
    firms, stakes, funds = world.firms.rows, world.stakes.rows, world.funds.rows
    if not firms.size or not stakes.size:
        return 0.0
    order = np.argsort(firms["uid"])
    at = order[np.minimum(np.searchsorted(firms["uid"][order], stakes["firm"]), firms.size - 1)]
    known = firms["uid"][at] == stakes["firm"]
    firm = firms[at]
    year = 12 * (firm["revenue"] + firm["contract_income"])
    age = world.month - firm["last_round"]
    worth = mark(firm["valuation"], year, age, firm["rounds"], world.params)
    worth = np.where(firm["rounds"] > 0, worth, year)
    value = np.where(known, stakes["share"] * worth, 0.0)
    own = float(value[stakes["holder_kind"] == OPERATOR].sum())
    by_fund = stakes["holder_kind"] == FUND
    for uid, share in zip(funds["uid"], funds["operator_share"], strict=True):
        if share > 0:
            own += float(share * value[by_fund & (stakes["holder"] == uid)].sum())
    return own


def _sale(panel: Panel, row: np.void, month: int) -> tuple[float, bool]:
    """Return the price of a firm sold in `month`, and whether preferences come first."""
    p = panel.params["exits"][0]
    value = float(row["valuation"]) if row["rounds"] > 0 else 12 * float(row["income"])
    rate = (p["acquired"] + p["acquired_round"] * row["rounds"]) / 12
    # The kernels that draw for many are compiled and kept; those for one are not.
    uid = np.array([row["uid"]])
    if uniforms(keys(panel.seed, exits._SELL, month + 1)[month], uid)[0] < rate:
        luck = normals(keys(panel.seed, exits._PRICE, month + 1)[month], uid)[0]
        return value * math.exp(p["acquired_sd"] * luck), True
    return value, False


def deals(panel: Panel) -> Deals:
    """Return all financings that closed in the run, with what became of each."""
    rows = panel.rows
    same = np.diff(rows["uid"], prepend=-1) == 0
    before = np.roll(rows, 1)
    closes = same & (rows["rounds"] == before["rounds"] + 1)
    at = np.flatnonzero(closes)
    turned = np.flatnonzero(same & (rows["sold"] == 1) & (before["sold"] == 0))
    sold_row = dict(zip(rows["uid"][turned].tolist(), turned.tolist(), strict=True))
    dilution = rows["round_value"][at] / rows["valuation"][at]
    multiple, state = np.zeros(at.size), np.zeros(at.size, np.int64)
    last = panel.last()
    left, how = panel.fate_of(last["uid"])
    for uid in np.unique(rows["uid"][at]):
        mine = np.flatnonzero(rows["uid"][at] == uid)
        k = int(np.searchsorted(last["uid"], uid))
        value, ranked, kind = _end(
            panel, last[k], int(left[k]), int(how[k]), sold_row.get(int(uid))
        )
        kept = dilution[mine].copy()
        for j in range(mine.size):  # later rounds dilute earlier ones
            kept[j] *= np.prod(1 - dilution[mine[j + 1 :]])
        amounts = rows["round_value"][at[mine]]
        multiple[mine] = payouts(value, kept, amounts, ranked) / amounts
        state[mine] = kind
    return Deals(
        rows["uid"][at], rows["rounds"][at], rows["month"][at], rows["round_value"][at], dilution,
        multiple, state,
    )  # fmt: skip


def _end(
    panel: Panel, last: np.void, left: int, how: int, sold_at: int | None
) -> tuple[float, bool, int]:
    """Return value of a firm at its end, whether preferences come first, and the kind of end."""
    if sold_at is not None:
        row = panel.rows[sold_at].copy()
        row["rounds"] = panel.rows[sold_at - 1]["rounds"]
        price, ranked = _sale(panel, row, int(row["month"]))
        return price, ranked, SOLD
    if how == ACQUIRED and left < STILL_HERE:
        price, ranked = _sale(panel, last, left)
        return price, ranked, SOLD
    if how == CLOSED and left < STILL_HERE:
        return 0.0, True, DEAD
    age = int(last["month"]) - max(int(last["last_round"]), LONG_AGO)
    year = 12 * last["income"]
    return float(mark(last["valuation"], year, age, last["rounds"], panel.params)), True, OPEN
