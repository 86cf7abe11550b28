"""What staff and space cost, shared by the processes that need an estimate before the books do."""

from __future__ import annotations

import math

from sim.kernel import inlined
from sim.state.catalogue import MAKERS, SECTORS
from sim.state.columns import BRANCH, LAB, OFFICE

EVER = 100_000
# Recipients of cash, as numbered by the lever: beyond teams (0) and firms (1).
FOUNDERS, WORKERS = 2, 3
_MAKERS = tuple(SECTORS.index(name) for name in MAKERS)


@inlined
def space_per_head(use, acc):
    """Return m² a head for a use of floor; `acc` is the record of the accounts' parameters."""
    if use == OFFICE:
        return acc.office_m2_head
    if use == LAB:
        return acc.lab_m2_head
    return acc.production_m2_head


@inlined
def asking_rent(market, use):
    """Return the asking rent of a use, CNY/m²/month."""
    if use == OFFICE:
        return market.rent_office
    if use == LAB:
        return market.rent_lab
    return market.rent_production


@inlined
def landlord_rent(operator, market, use):
    """Return what the operator asks for its floor of a use, CNY/m²/month.

    It asks one rent of offices; of other floor it asks as much over or under the market's.
    """
    if use == OFFICE:
        return operator.asking
    return asking_rent(market, use) * (operator.asking / market.rent_office)


@inlined
def rent_in(cell, rent, norm):
    """Return the rent of a lease in a cell: less in old stock."""
    return rent * (1 - norm.old_discount * cell.old)


@inlined
def plant_use(sector, u, norm):
    """Return whether a firm of a sector works in a plant, by luck `u` in the place's proportion."""
    if norm.plant_share <= 0 or u >= norm.plant_share:
        return False
    for s in _MAKERS:
        if sector == s:
            return True
    return False


@inlined
def is_lean(firm):
    """Return whether founders and staff live lean: no round yet and nothing on the market."""
    if firm.sold:
        return False
    return firm.rounds == 0 and firm.maturity < 4 and firm.ambition != BRANCH


@inlined
def wage_bill(firm, acc, wage_level):
    """Return the loaded wages of a firm at full pay, CNY a month; `pay` is its own gap to the market."""
    return (wage_level * firm.pay) * (
        firm.developers * acc.wage_developer
        + firm.scientists * acc.wage_scientist
        + firm.workers * acc.wage_worker
    )


@inlined
def team_cost(acc, wage_level, cofounder):
    """Return what a nascent team lives on, CNY a month."""
    return (1 + cofounder) * acc.lean_share * acc.wage_developer * wage_level


@inlined
def offer_value(resources, cost, runway):
    """Return what an offer is worth to a firm or team (model 6.5): resources over three months' cost."""
    return math.log1p(resources / max(3 * cost, 1.0)) + (0.5 if runway < 6 else 0.0)


@inlined
def programme_resources(programme, acc, area, rent, months):
    """Return what an award of a programme lays out over `months`, CNY, for a firm of `area` m²."""
    kind = programme.kind
    if kind == 0:  # rent_subsidy
        return area * min(rent * programme.share, programme.cap) * months
    if kind == 4:  # cash_grant
        total = programme.cny_once + programme.cny_month * months
        if programme.recipient == WORKERS:
            return 0.0
        return 2 * total if programme.recipient == FOUNDERS else total
    if kind == 5:  # service_for_equity
        return programme.cny_month * months
    if kind == 6:  # space_for_equity
        return min(area * rent * programme.share, programme.cap) * months
    return 0.0


@inlined
def full_cost(firm, acc, norm, wage_level):
    """Return what a firm costs a month at full pay and its own rent, CNY."""
    wages = wage_bill(firm, acc, wage_level)
    compute = acc.compute_share if firm.sector == 0 else acc.compute_other
    cost = wages * (1 + acc.tax_payroll + compute + acc.other_share)
    cost += firm.area * firm.rent * (1 - firm.owns_space) + firm.loan
    return cost + norm.fee_per_head * firm.staff
