"""Desks that firms turn to: the operator's own and those of the one-stop station (model 6.6)."""

from __future__ import annotations

import math

from sim.kernel import inlined
from sim.state.catalogue import DESKS, SECTORS
from sim.state.columns import NEVER

(
    POLICY, MONEY, COMPUTE, TALENT, PARTNERS, EXPERTISE, SPACE, SCENES,
) = range(len(DESKS))  # fmt: skip
_AI = SECTORS.index("ai")


@inlined
def needs(firm, desk, month):
    """Return whether a firm has business at a desk."""
    if desk == POLICY:
        return firm.supported_by == 0
    if desk == MONEY:
        return firm.sought_since < NEVER and firm.sought_since <= month
    if desk == COMPUTE:
        return firm.sector == _AI and firm.maturity < 4
    if desk == TALENT:
        return firm.vacancies > 0
    if desk == PARTNERS:
        return firm.ties < 3 or firm.maturity == 3
    if desk == EXPERTISE:
        return firm.tenure < 36
    if desk == SPACE:
        return firm.occasion_until >= month
    return firm.maturity == 3


@inlined
def team_needs(team, desk):
    """Return whether a nascent team has business at a desk: support, or a cofounder."""
    if desk == POLICY:
        return team.supported_by == 0
    return desk == PARTNERS and team.cofounder == 0


@inlined
def station_gain(holder, desk, rule):
    """Return by what share the station speeds up the search of a firm or team it served."""
    return rule.station_gain * ((holder.station >> desk) & 1)


@inlined
def search_gain(firm, desk, norm, rule):
    """Return by what share desks speed up a firm's search: the place's own or the station's."""
    own = norm.desk_gain * ((firm.served >> desk) & 1)
    return max(own, station_gain(firm, desk, rule))


@inlined
def in_reach(firm, cells, norm, column, line, radius_km):
    """Return whether the station serves a firm: the operator's tenants, and all within the radius."""
    dx, dy = cells[firm.cell].column - column, cells[firm.cell].line - line
    return firm.landlord == 1 or math.hypot(dx, dy) * norm.cell_m / 1000 <= radius_km
