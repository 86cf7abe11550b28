"""Awards: what a firm or team holds of a programme in a month, shared by those who give and who pay."""

from __future__ import annotations

import numpy as np

from sim.draw import uniform
from sim.kernel import inlined, kernel


@inlined
def award_months(programme, month):
    """Return the last month of an award that begins in `month` (semantics 2).

    Without taper running awards are cut at the end of the lever; with one they go on at the falling
    intensity.
    """
    last = month + programme.months_max - 1
    limit = programme.end + programme.taper
    return min(last, limit)


@inlined
def begin_award(holder, k, programme, month):
    """Write an award of programme `k` into a firm's or a team's record."""
    holder.award_start[k] = month
    holder.award_end[k] = award_months(programme, month)
    holder.award_count[k] += 1
    holder.award_stake[k] += programme.stake
    holder.supported_by |= 1 << k


@inlined
def runs(holder, k, month):
    """Return whether an award of programme `k` runs in `month`."""
    return holder.award_start[k] >= 0 and holder.award_start[k] <= month <= holder.award_end[k]


@inlined
def afford(government, amount):
    """Take `amount` CNY from the year's budget and return whether it was there."""
    if amount > government.budget_left:
        government.refused += 1
        return False
    government.budget_left -= amount
    government.spent_year += amount
    return True


@kernel
def paying_order(rows, key, tight):
    """Return the order in which claims are met: by row, or keyed where the budget may not do."""
    if not tight:
        return np.arange(rows.size)
    luck = np.empty(rows.size)
    for i in range(rows.size):
        luck[i] = uniform(key, rows[i].uid)
    return np.argsort(luck)
