"""A federation: the worlds of a place's sites, and their common month.

Each site is a world of its own with its operator, government and levers. A month of the place is the
month of every site up to the decision to leave, the choice of those who leave among the other sites,
the rest of every site's month, and what the sites exchange after it. Sites stand in the order of their
names and draw with seeds made from their names, so the order in a file does not matter; where nothing
links them, each is the lone place that it would be with its seed, bit for bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim.build import build
from sim.draw import seed_of_site
from sim.processes.region import SITE
from sim.region.movers import Luggage, arrive, choose
from sim.region.ties import meet, pool_accounts, pool_queues, seek, spread_names
from sim.schedule import CARRYING_OUT, DECIDING, step_part
from sim.state.catalogue import SECTORS
from sim.state.world import World

if TYPE_CHECKING:
    from sim.scenario import Scenario

USES = ("office", "lab", "production")


@dataclass
class Federation:
    """The sites of a place in one run.

    `at` holds their positions, m, shape (sites, 2). `months` and `month` are those of every site.
    `natives` are the uids of firms that moved between sites and did not come from elsewhere in the
    region: their jobs are no site's gain, but the place's own.
    """

    seed: int
    months: int
    names: tuple[str, ...]
    worlds: tuple[World, ...]
    at: np.ndarray
    one_operator: bool
    month: int = 0
    natives: set[int] = field(default_factory=set)

    def step(self, watched: bool = False) -> None:
        """Run one month of every site and of what they exchange; the caller moves `month` on."""
        for world in self.worlds:
            world.month = self.month
            step_part(world, DECIDING, watched)
        luggage: list[Luggage] = []
        sites = self.seen()
        if self.flows():
            luggage = choose(self, sites)
        for world in self.worlds:
            step_part(world, CARRYING_OUT, watched)
        if luggage:
            arrive(self, luggage)
        if (sites["strength"] > 0).sum() > 1:
            links = self.links(sites)
            seek(self, links, sites)
            meet(self, links)
            spread_names(self, links)
        pool_queues(self)
        pool_accounts(self)

    def rule(self, name: str) -> np.ndarray:
        """Return a quantity of this month's rules by site, shape (sites,)."""
        return np.array([float(world.rule[name][0]) for world in self.worlds])

    def flows(self) -> bool:
        """Return whether a firm can move between sites this month."""
        return bool((self.rule("link_strength") > 0).sum() > 1 or self.rule("front_referral").any())

    def links(self, sites: np.ndarray) -> np.ndarray:
        """Return how strongly sites are linked, shape (sites, sites): the weaker end, fading with distance."""
        p = self.worlds[0].params["region"]
        away = np.hypot(*(sites[axis][:, None] - sites[axis] for axis in ("x", "y")))
        links = np.minimum(sites["strength"][:, None], sites["strength"])
        links = links * np.exp(-away / (1000 * float(p["decay_km"][0])))
        np.fill_diagonal(links, 0.0)
        return links

    def seen(self) -> np.ndarray:
        """Return the sites as firms of other sites see them, shape (sites,)."""
        sites = np.zeros(len(self.worlds), SITE)
        sites["x"], sites["y"] = self.at.T
        sites["strength"] = self.rule("link_strength")
        if not self.flows():
            return sites
        for site, world in zip(sites, self.worlds, strict=True):
            cells, market = world.cells.rows[world.buildings], world.market[0]
            for k, use in enumerate(USES):
                floor, let = cells[f"floor_{use}"], cells[f"let_{use}"]
                site["rent"][k] = market[f"rent_{use}"]
                site["room"][k] = (floor - let).max(initial=0.0)
                site["vacant"][k] = 1 - let.sum() / max(floor.sum(), 1.0)
            sectors = world.firms.rows["sector"]
            site["sectors"] = np.bincount(sectors, minlength=len(SECTORS))
            site["third"] = (
                (cells["third_place"] + cells["third_added"]).mean() if cells.size else 0
            )
            site["reputation"] = world.operators.rows["reputation"][0]
            site["openings"] = market["openings_per_worker"]
        return sites


def build_federation(
    scenario: Scenario, seed: int, months: int, strict: bool = False
) -> Federation:
    """Build the sites of a place at month 0.

    Raises:
        ValueError: if two sites would draw the same luck (the odds are one in four million).
    """
    sites = sorted(scenario.sites, key=lambda site: site.name)
    seeds = [seed_of_site(seed, site.name) for site in sites]
    if len(set(seeds)) < len(seeds):
        raise ValueError("two sites draw the same luck; give one of them another name")
    worlds = tuple(
        build(site.scenario, own, months, strict) for site, own in zip(sites, seeds, strict=True)
    )
    names = tuple(site.name for site in sites)
    at = np.array([site.at for site in sites], dtype=float).reshape(len(sites), 2)
    assert all(math.isfinite(x) for x in at.ravel())
    return Federation(seed, months, names, worlds, at, scenario.one_operator)
