"""Channels of the levers between sites, at two parks side by side, and of links to the world."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.processes import region, sales, spillovers
from sim.region import build_federation
from sim.region.ties import meet, pool_queues
from sim.scenario.scenario import Site
from sim.schedule import DECIDING, step_part
from sim.state.columns import MOVED_AWAY, MOVED_REGION
from tests.engine.channels import Case, tallied, total
from tests.engine.runs import scenario


def two_parks(*changes, east="east", rent=1.0, policy="no-policy"):
    """Return a place of two starter parks 3 km apart; rents of the west are `rent` times the east's."""
    park = scenario("starter-park", policy, *changes)
    rents = park.initial.rents.model_copy(update={"office": park.initial.rents.office * rent})
    cheap = replace(park, initial=park.initial.model_copy(update={"rents": rents}))
    sites = (Site(east, (0.0, 0.0), park), Site("west", (3000.0, 0.0), cheap))
    return replace(park, sites=sites)


@dataclass(frozen=True)
class SitesCase(Case):
    """A case of a lever between sites: its first site is looked at after one month of both."""

    def world(self, dose):
        """Return the first site after the month; None is the lever left out."""
        said = () if dose is None else tuple(text.format(dose=dose) for text in self.set_)
        place = build_federation(two_parks(*self.always, *said, rent=0.6), 11, 24)
        for world in place.worlds:
            step_part(world, DECIDING)
        for act in self.run:
            act(place)
        world = place.worlds[0]
        world.notes["total"] = self.read(world)
        return world


def _all_leave(fate):
    def act(place):
        world = place.worlds[0]
        world.firms.rows["fate"] = fate
        chosen = region.choose_sites(
            world.firms.rows, 0, place.seen(), world.rule, world.norms, world.params["region"],
            world.params["accounts"], world.seed, 0,
        )  # fmt: skip
        world.notes["chosen"] = float((chosen == 1).sum())

    return act


def _meet(place):
    meet(place, place.links(place.seen()))


def _full_desks(place):
    for world, asked in zip(place.worlds, (800.0, 0.0), strict=True):
        world.tally["cases_asked"] = asked
    pool_queues(place)


def _chosen(world):
    return world.notes["chosen"]


def _pooled(world):
    return float(world.market["desk_pool"][0])


def _known(world):
    return float(np.log(world.firms.rows["knowledge"]).sum())


REGION = (
    SitesCase("community_links", "leavers who go to the other site", ("community_links.link_strength={dose}",),
              (0, 0.4, 1), (_all_leave(MOVED_REGION),), _chosen),
    SitesCase("community_links", "firms met at the other site", ("community_links.link_strength={dose}",),
              (0, 0.3, 1), (_meet,), tallied("sites_contacts"), always=("region.contact_rate=3",)),
    SitesCase("community_links", "cases lent", ("community_links.shared_services={dose}",),
              (0, 0.5, 1), (_full_desks,), _pooled),
    SitesCase("front_back", "large leavers led to the back", ("front_back.referral={dose}", "front_back.move_staff_min=10"),
              (0, 0.5, 1), (_all_leave(MOVED_AWAY),), _chosen),
    Case("international_links", "knowledge from the world", ("international_links.links={dose}",),
         (0, 5, 20), (spillovers,), _known),
    Case("international_links", "revenue of grown firms", ("international_links.export_service={dose}",),
         (0, 0.5, 1), (sales,), total("firms", "revenue"), months=6,
         always=("sales.capacity=200000", "sales.export_staff=5")),
)  # fmt: skip
