"""Housing of the Mesa port that is not one person's: chances to leave, flats and homes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

from sim.state.columns import DEVELOPER, SCIENTIST, WORKER
from sim.state.persons import BED_M2, HOME_M2
from tests.benchmarks.peers.mesa_firms import Cell
from tests.benchmarks.peers.mesa_people import Adult

if TYPE_CHECKING:
    from tests.benchmarks.peers.mesa_model import PeopleOnly


def set_leaving(model: PeopleOnly, firms: mesa.agent.AgentSet) -> None:
    """Set the monthly chances to leave by kind and home, and what ties people."""
    p, m = model.housing, model.market
    relief = (1 - p.amenity_relief * m.living_access) * (1 - p.leisure_relief * model.leisure)
    relief *= max(0.0, 1 + p.commute * model.norm.layout_commute)
    model.leaving = [[0.0] * 3]
    for kind in (DEVELOPER, SCIENTIST, WORKER):
        income = model.wage_of(kind) / 1.3 * p.take_home
        rent = m.rent_home * (BED_M2 if kind == WORKER else HOME_M2)
        chances = []
        for factor in (1.0, 1 - m.flats_discount, p.outside_rent):
            burden = rent * factor / income / 0.3
            yearly = p.leave * burden**p.leave_exponent * relief
            chances.append(1 - (1 - min(yearly, 0.9)) ** (1.0 / 12))
        model.leaving.append(chances)
    for firm in firms:
        firm.tied = 1 - p.satisfaction_relief * (2 * firm.satisfaction - 1)
        firm.tied *= 1 - p.belonging_relief * (2 * firm.belonging - 1)
    tied = firms.get("tied")
    model.mean_tied = sum(tied) / len(tied) if tied else 1.0
    model.workers_tied = 1 - p.belonging_relief * (2 * model.worker_belonging - 1)
    largest = max(*tied, model.mean_tied, model.workers_tied)
    model.most_leaving = max(map(max, model.leaving)) * largest * (1 + p.settled_relief)


def settle(model: PeopleOnly, adults: mesa.agent.AgentSet) -> None:
    """Allot free flats, then let newcomers find homes while there are any."""
    p, m, norm = model.housing, model.market, model.norm
    share = norm.living_inside_share
    if norm.rent_home > 0:
        share *= (m.rent_home / norm.rent_home / m.wage) ** -p.move_in_rent
    more = 1 + p.move_in_access * (m.living_access - norm.living_access)
    model.wish_share = min(1.0, share * more)
    model.flat_share = model.wish_share * (1 - m.flats_discount) ** -p.move_in_rent
    model.residents = model.flats_held = 0
    adults.do("look_for_home")
    if m.flats_stock > model.flats_held:
        _allot_flats(model, adults, math.ceil(m.flats_stock - model.flats_held))
    free = sum(cell.free for cell in model.homes)
    free -= max(m.flats_stock - model.flats_held, 0.0) * HOME_M2
    for person in sorted(model.newcomers, key=lambda newcomer: _turn(newcomer, p.outbid)):
        if person.home is not None or free < person.home_m2:
            continue
        if (cell := _free_home(model, person.luck, person.home_m2)) is not None:
            person.move_in(cell)
            free -= person.home_m2


def _allot_flats(model: PeopleOnly, adults: mesa.agent.AgentSet, free: int) -> None:
    """Give free flats to those who queue: staff of start-ups first, then by luck."""
    queue = adults.select(Adult.wants_flat).shuffle(inplace=True)
    small = model.housing.startup_staff
    queue = queue.sort(lambda person: person.employer.staff >= small, ascending=True)
    for person in queue:
        if free == 0:
            return
        if person.home is None:
            cell = _free_home(model, model.random.random(), person.home_m2)
            if cell is None:
                continue
            person.move_in(cell)
        person.flat = True
        model.flats_held += 1
        free -= 1


def _turn(person: Adult, outbid: float) -> float:
    """Return when a newcomer's turn comes: by luck, and sooner the more it earns."""
    return -math.log(max(person.luck, 1e-300)) * max(person.wage, 1.0) ** -outbid


def _free_home(model: PeopleOnly, luck: float, area: float) -> Cell | None:
    """Return the first cell from a place by luck with so many m² of homes free."""
    total, start = len(model.homes), int(luck * len(model.homes))
    for k in range(total):
        cell = model.homes[(start + k) % total]
        if cell.free >= area:
            return cell
    return None
