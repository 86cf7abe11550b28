"""Firms that move from one site of a place to another: chosen before they are gone, let in afterwards.

What a firm takes along: uid, age, sector, quality, knowledge, product, revenue, rounds, founders' and
staff's shares, its people, its founding team and its cash. What stays behind: lease, awards and what
they oblige to, ties, issues, incubator place. Its investors' and operator's shares are sold where it
was, as those of any leaver are; it arrives with the same shares held by owners outside, but where one
operator runs both sites its stake goes along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.draw import run_of
from sim.processes import region
from sim.state.awards import afford
from sim.state.columns import HERE, MOVED_AWAY, MOVED_SITE, RELOCATED, WORKER, People
from sim.state.ledger import FRONT_BACK, OPERATOR, WORLD
from sim.state.table import reordered
from sim.state.world import World

if TYPE_CHECKING:
    from sim.region.federation import Federation

# What a firm is without at the end of a move, and what it then holds instead.
_LEFT_BEHIND = {
    "fate": HERE, "origin": RELOCATED, "displaced": 1, "tenure": 0, "ties": 0, "supply_ties": 0,
    "density": 0.0, "neighbours": 0, "embeddedness": 0.0, "owns_space": 0, "loan": 0.0,
    "loan_until": -1, "lead_investor_local": 0,
    "open_issues": 0, "hidden_issues": 0, "committee": 0, "satisfaction": 0.5, "belonging": 0.5,
    "wage_supplement": 0.0, "hosts_event": 0, "showroom": 0.0, "campus_open": 0, "task_heads": 0.0,
    "incubated_until": -1, "extra_place": 0, "subsidy_end": -1, "support": 0.0, "rent_support": 0.0,
    "supported_by": 0, "supported_at_stop": 0, "award_start": -1, "award_end": -1, "award_count": 0,
    "award_stake": 0.0, "occasion_until": -1, "served": 0, "station": 0, "lab_member": 0,
    "shared_m2": 0.0, "scene_until": -1, "insolvent_months": 0, "registered_exit": -1, "cash": 0.0,
    "institution": -1, "peers": 0, "cross_ties": 0, "chain": 0.0, "staff": 0,
    "developers": 0, "scientists": 0, "workers": 0, "locals": 0,
}  # fmt: skip
_TEAM_LEFT_BEHIND = {
    "institution": -1, "cash": 0.0, "supported_by": 0, "award_start": -1, "award_end": -1,
    "award_count": 0, "award_stake": 0.0, "station": 0,
}  # fmt: skip


@dataclass
class Luggage:
    """What moves from site `here` to site `there`: firms with what belongs to them.

    `cell` is where each firm has taken a lease, `cash` what it takes along, CNY; `whose` tells for
    each of `people` which of the firms it works for.
    """

    here: int
    there: int
    firms: np.ndarray
    cell: np.ndarray
    cash: np.ndarray
    people: People
    whose: np.ndarray
    teams: np.ndarray
    stakes: np.ndarray


def choose(place: Federation, sites: np.ndarray) -> list[Luggage]:
    """Let firms that leave choose another site, take a lease there and close their accounts here."""
    month = place.month
    wishes = []
    for here, world in enumerate(place.worlds):
        chosen = region.choose_sites(
            world.firms.rows, here, sites, world.rule, world.norms, world.params["region"],
            world.params["accounts"], world.seed, month,
        )  # fmt: skip
        wishes += [(here, int(row), int(chosen[row])) for row in np.flatnonzero(chosen >= 0)]
    if not wishes:
        return []
    uids = np.array([place.worlds[here].firms.rows["uid"][row] for here, row, _ in wishes])
    moves: dict[tuple[int, int], list[tuple[int, int, float]]] = {}
    for at in region.order_of(uids, run_of(place.worlds[0].seed), month):
        here, row, there = wishes[at]
        firm, world = place.worlds[here].firms.rows[row], place.worlds[there]
        cell, area = region.take_lease(
            world.cells.rows, world.buildings, int(firm["use"]), float(firm["area"]),
            float(world.params["region"]["least_floor"][0]), int(firm["uid"]), world.rule, world.seed, month,
        )  # fmt: skip
        if cell >= 0:
            moves.setdefault((here, there), []).append((row, cell, area))
    # The staff of all who leave a site are found in one pass over its people.
    staff = {here: _staff(place.worlds[here], moves, here) for here in {way[0] for way in moves}}
    return [_pack(place, *way, sorted(moves[way]), *staff[way[0]]) for way in sorted(moves)]


def _staff(
    world: World, moves: dict[tuple[int, int], Any], here: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the staff of all firms that leave a site for another, and of their firms."""
    rows = [row for way in moves if way[0] == here for row, _, _ in moves[way]]
    mover = np.full(len(world.firms), -1, np.int64)
    mover[rows] = rows
    return region.staff_of(world.people.data, world.people.adults(), mover)


def _pack(
    place: Federation,
    here: int,
    there: int,
    moves: list[tuple[int, int, float]],
    every: np.ndarray,
    firm_of: np.ndarray,
) -> Luggage:
    """Close the accounts of firms that move and take hold of what they take along.

    `every` and `firm_of` are the rows of the staff of all movers of the site, and of their firms.
    """
    world, month = place.worlds[here], place.month
    rows, cell = (np.array([move[k] for move in moves], np.int64) for k in (0, 1))
    firms = world.firms.rows
    place.natives.update(firms["uid"][rows][firms["displaced"][rows] == 0].tolist())
    _count_out(world, firms, rows)
    carried = reordered(firms, rows)
    carried["area"] = [area for _, _, area in moves]
    cash = np.empty(rows.size)
    for k, row in enumerate(rows):
        help_cny = float(world.rule["front_head"][0]) * float(firms["staff"][row])
        if help_cny > 0 and not afford(world.governments.rows[0], help_cny):
            help_cny = 0.0
        cash[k] = region.close_account(
            world.books, int(row), world.rules.programmes, help_cny, FRONT_BACK, month
        )
    people, mine = world.people.data, np.isin(firm_of, rows)
    staff, whose = every[mine], np.searchsorted(rows, firm_of[mine])
    world.tally["sites_people_out"] += staff.size
    world.tally["sites_talent"] += (people.kind[staff] != WORKER).sum()
    teams = world.founders.rows
    ventures = np.flatnonzero(np.isin(teams["venture"], carried["uid"]))
    held = np.flatnonzero(np.isin(world.stakes.rows["firm"], carried["uid"]))
    luggage = Luggage(
        here, there, carried, cell, cash, People(*(c[staff] for c in people)), whose,
        reordered(teams, ventures), reordered(world.stakes.rows, held),
    )  # fmt: skip
    if joined(place, here, there):
        own = world.stakes.rows["holder_kind"][held] == OPERATOR
        kept = np.setdiff1d(np.arange(len(world.stakes)), held[own])
        world.take("stakes", kept)  # so that the site that is left does not sell them
    return luggage


def _count_out(world: World, firms: np.ndarray, rows: np.ndarray) -> None:
    """Count firms that move to another site: they leave this one, but not the region."""
    world.tally["sites_out"] += rows.size
    world.tally["leavers"] += (firms["fate"][rows] == HERE).sum()
    world.tally["leavers_region"] -= (firms["fate"][rows] == MOVED_AWAY).sum()
    firms["fate"][rows] = MOVED_SITE


def joined(place: Federation, here: int, there: int) -> bool:
    """Return whether one operator runs both sites on one account this month."""
    joint = place.rule("front_joint")
    return place.one_operator or (joint[here] > 0 and joint[there] > 0)


def arrive(place: Federation, luggage: list[Luggage]) -> None:
    """Let the firms in where they have taken their lease."""
    for one in luggage:
        world, month = place.worlds[one.there], place.month
        firms = one.firms
        for name, value in _LEFT_BEHIND.items():
            firms[name] = value
        firms["arrived"], firms["cell"] = month, one.cell
        _carry_stakes(place, one)
        first = len(world.firms)
        world.firms.append(firms)
        begin, end = _carry_people(world, one, first)
        region.move_in(
            world.books, first, world.people.data, begin, end, world.cells.rows, world.market,
            world.norms, float(world.params["location"]["lease_months"][0]), one.cash, world.tally,
            world.seed, month,
        )  # fmt: skip
        _carry_teams(place, one)


def _carry_stakes(place: Federation, one: Luggage) -> None:
    """Bring the stakes along: in the hands of owners outside, but for an operator of both sites."""
    stakes, firms = one.stakes, one.firms
    if joined(place, one.here, one.there):
        others = stakes["holder_kind"] != OPERATOR
    else:
        others = np.ones(stakes.size, np.bool_)
        firms["share_funds"] += firms["share_operator"]
        firms["share_operator"] = 0.0
    stakes["holder_kind"][others] = WORLD
    stakes["holder"][others] = 0
    place.worlds[one.there].stakes.append(stakes)


def _carry_people(world: World, one: Luggage, first: int) -> tuple[int, int]:
    """Bring the staff along; they live outside at first. Returns their rows, begin and end."""
    people, n, more = world.people.reserve(one.whose.size), world.people.n, one.whose.size
    for column, values in zip(people, one.people, strict=True):
        column[n : n + more] = values
    people.employer[n : n + more] = first + one.whose
    _settle_anew(people, n, n + more)
    world.people.n = n + more
    return n, n + more


def _settle_anew(people: People, begin: int, end: int) -> None:
    """Forget homes and schools of another site."""
    people.home_cell[begin:end] = -1
    people.apartment[begin:end] = 0
    people.institution[begin:end] = -1


def _carry_teams(place: Federation, one: Luggage) -> None:
    """Bring the founding teams along, but those who stay behind and found again."""
    here, there = place.worlds[one.here], place.worlds[one.there]
    teams = one.teams[~np.isin(one.teams["uid"], here.founders.rows["uid"])]
    for name, value in _TEAM_LEFT_BEHIND.items():
        teams[name] = value
    by_uid = np.argsort(one.firms["uid"])
    at = by_uid[np.searchsorted(one.firms["uid"], teams["venture"], sorter=by_uid)]
    teams["cell"] = one.cell[at]
    there.founders.append(teams)
