"""What else the sites of a place share: seekers of work, contacts, names, queues and accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.processes import region
from sim.region.movers import _settle_anew
from sim.state.catalogue import DESKS
from sim.state.columns import People
from sim.state.ledger import OPERATOR, SITE_TRANSFER, WORLD, pay

if TYPE_CHECKING:
    from sim.region.federation import Federation


def seek(place: Federation, links: np.ndarray, sites: np.ndarray) -> None:
    """Let people without work, graduates among them, go where posts are easier to find."""
    openings = np.log(sites["openings"] + 0.002)
    going = []
    for here, world in enumerate(place.worlds):
        pull = np.clip(openings - openings[here], 0.0, 1.0)
        chances = float(world.params["region"]["seeker_rate"][0]) * links[here] * pull
        if not chances.any():
            continue
        people, adults = world.people.data, world.people.adults()
        rows, where = region.find_seekers(people, adults, chances, world.seed, place.month)
        if rows.size:
            going.append((where, People(*(c[rows] for c in people))))
            region.let_go(people, rows, world.cells.rows, world.tally)
            world.people.remove_gone()
    for where, people in going:
        for there in np.unique(where):
            _receive(place, int(there), People(*(c[where == there] for c in people)))


def _receive(place: Federation, there: int, arrivals: People) -> None:
    world, more = place.worlds[there], arrivals.uid.size
    people, n = world.people.reserve(more), world.people.n
    for column, values in zip(people, arrivals, strict=True):
        column[n : n + more] = values
    _settle_anew(people, n, n + more)
    world.people.n = n + more
    world.tally["people_born"] += more
    world.tally["sites_people_in"] += more


def meet(place: Federation, links: np.ndarray) -> None:
    """Let firms meet firms of other sites and learn of them; all learn from last month's knowledge."""
    known = [
        (np.log(world.firms.rows["knowledge"]), world.firms.rows["sector"].copy())
        for world in place.worlds
    ]
    for here, world in enumerate(place.worlds):
        p = world.params["region"]
        for there, (levels, sectors) in enumerate(known):
            chance = float(p["contact_rate"][0]) / 12 * links[here, there]
            if chance > 0:
                region.learn_between(
                    world.firms.rows, levels, sectors, chance, p, world.params["spillovers"],
                    world.tally, world.seed, place.month, there,
                )  # fmt: skip


def spread_names(place: Federation, links: np.ndarray) -> None:
    """Let a site that is less known than those linked to it gain from their name."""
    names = np.array([float(world.operators.rows["reputation"][0]) for world in place.worlds])
    gain = (links * np.maximum(names[None, :] - names[:, None], 0.0)).sum(axis=1)
    for here, world in enumerate(place.worlds):
        speed = float(world.params["region"]["name_speed"][0])
        world.operators.rows["reputation"][0] = min(1.0, names[here] + speed * gain[here])


def pool_queues(place: Federation) -> None:
    """Lend desks that stood idle this month to sites whose queues were longer than their desks, for the next."""
    shared = place.rule("link_services")
    lent = np.zeros(len(place.worlds))
    if (shared > 0).sum() > 1:
        own = np.array([float(world.market["desk_capacity"][0]) for world in place.worlds])
        asked = np.array([float(w.tally["cases_asked"][0]) / len(DESKS) for w in place.worlds])
        spare = np.where(shared > 0, np.maximum(own - asked, 0.0), 0.0) * shared
        wanting = np.where(shared > 0, np.maximum(asked - own, 0.0), 0.0)
        moved = min(spare.sum(), wanting.sum())
        if moved > 0:
            lent = moved * (wanting / wanting.sum() - spare / spare.sum())
    for world, cases in zip(place.worlds, lent, strict=True):
        world.market["desk_pool"] = cases


def pool_accounts(place: Federation) -> None:
    """Share the cash of operators on one account by what running each site costs."""
    joint = np.full(len(place.worlds), place.one_operator) | (place.rule("front_joint") > 0)
    rows = np.flatnonzero(joint)
    if rows.size < 2:
        return
    cash = np.array([float(place.worlds[k].operators.rows["cash"][0]) for k in rows])
    cost = np.array([max(float(place.worlds[k].flows[OPERATOR].sum()), 1.0) for k in rows])
    wanted = cash.sum() * cost / cost.sum()
    for k, more in zip(rows, wanted - cash, strict=True):
        books = place.worlds[k].books
        if more > 0:
            pay(books, WORLD, 0, OPERATOR, 0, SITE_TRANSFER, more)
        elif more < 0:
            pay(books, OPERATOR, 0, WORLD, 0, SITE_TRANSFER, -more)
