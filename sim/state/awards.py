"""Awards: what a firm or team holds of a programme in a month, shared by those who give and who pay."""

from __future__ import annotations

import math

import numpy as np

from sim.draw import normal, purpose, stream, uniform
from sim.kernel import inlined, kernel

# Families of levers between which a special fund may be split, as `special_fund.shares` has them.
FAMILIES = ("support", "services", "finance", "other")
SUPPORT, SERVICES, FINANCE, OTHER = range(len(FAMILIES))
# What a council sees of a team: its quality, and noise of this size (sd).
COUNCIL_NOISE = 0.7
_COUNCIL = purpose("awards.council")


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
def clawback(firm, k, programme, month):
    """Return what a firm that moves away owes of an award of programme `k`, CNY."""
    held = month - firm.award_start[k]
    if firm.award_start[k] < 0 or held >= programme.clawback_months:
        return 0.0
    return (held + 1) * programme.cny_month + programme.cny_head * firm.staff


@inlined
def afford(government, amount, family=OTHER):
    """Take `amount` CNY from the year's budget and its family's part; return whether it was there."""
    spent = government.family_spent[family] + amount
    if amount > government.budget_left or spent > government.family_cap[family]:
        government.refused += 1
        return False
    government.budget_left -= amount
    government.spent_year += amount
    government.family_spent[family] = spent
    return True


def family_of_lever(family: str) -> int:
    """Return the part of the special fund that pays for a heading of the lever table."""
    parts = {"support": SUPPORT, "services": SERVICES, "platforms": SERVICES, "finance": FINANCE}
    return parts.get(family, OTHER)


@inlined
def family_of(kind):
    """Return the family of levers to which a kind of programme belongs."""
    if kind == 5 or kind == 6:  # services and space for equity
        return FINANCE
    return SERVICES if kind == 7 else SUPPORT  # mentoring


@inlined
def first_in_line(luck, weight):
    """Return a place in a queue, the lowest first: of two, one comes first in proportion to weight.

    With equal weights the order is that of `luck`; weight 0 comes last.
    """
    return -math.log1p(-luck) / max(weight, 1e-9)


@inlined
def stage_weight(rule, maturity):
    """Return the weight that the special fund gives to a maturity."""
    if maturity == 0:
        return rule.stage_weight_0
    if maturity == 1:
        return rule.stage_weight_1
    if maturity == 2:
        return rule.stage_weight_2
    return rule.stage_weight_3 if maturity == 3 else rule.stage_weight_4


@inlined
def council_weight(rule, uid, quality, seed):
    """Return the weight that a council gives to one: e^(signal) to the share that goes by quality."""
    if rule.council_quality <= 0:
        return 1.0
    signal = quality + COUNCIL_NOISE * normal(stream(seed, _COUNCIL, 0), uid)
    return math.exp(2 * rule.council_quality * signal)


@kernel
def firm_weights(firms, rule, seed):
    """Return the weight of each firm where money is scarce, shape (firms,)."""
    weights = np.empty(firms.size)
    for i in range(firms.size):
        weights[i] = stage_weight(rule[0], firms[i].maturity)
        weights[i] *= council_weight(rule[0], firms[i].uid, firms[i].quality, seed)
    return weights


@kernel
def team_weights(teams, rule, seed):
    """Return the weight of each nascent team, which has an idea and no more, shape (teams,)."""
    weights = np.empty(teams.size)
    for t in range(teams.size):
        weights[t] = rule[0].stage_weight_0
        weights[t] *= council_weight(rule[0], teams[t].uid, teams[t].quality, seed)
    return weights


@kernel
def paying_order(rows, key, tight, weights):
    """Return the order in which claims are met: by row, or keyed where the budget may not do.

    `weights`, shape (rows,), say who comes first.
    """
    if not tight:
        return np.arange(rows.size)
    luck = np.empty(rows.size)
    for i in range(rows.size):
        luck[i] = first_in_line(uniform(key, rows[i].uid), weights[i])
    return np.argsort(luck)
