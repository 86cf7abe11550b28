"""Housing of the NumPy port: graduation, leaving, flats and homes."""

from __future__ import annotations

import numpy as np

from sim.state.columns import DEVELOPER, NOBODY, SCIENTIST, WORKER
from sim.state.persons import HOME_M2
from tests.benchmarks.peers.numpy_state import State, home_m2


def graduate(state: State) -> None:
    """Let those of this month's class who stay in the region search; new students follow."""
    p, rng = state.housing, state.rng
    schools = state.classes[state.month % len(state.classes)]
    stays = rng.random(schools.size) < p.graduates_stay * p.graduates_look
    count = int(stays.sum())
    last = state.sectors.size - 1
    sector = np.minimum(np.searchsorted(state.sectors, rng.random(count), "right"), last)
    span = p.search_most - p.search_least + 1
    gives_up = state.month + (p.search_least + span * rng.random(count)).astype(np.int64)
    state.counts["left"] += schools.size - count
    kind = np.full(count, DEVELOPER)
    state.adults.add(
        count, state.norm.migrant_share, kind=kind, sector=sector, gives_up=gives_up,
        school=schools[stays], wage=state.wages(kind),
    )  # fmt: skip


def monthly_chances(state: State) -> np.ndarray:
    """Return monthly chances to leave by kind and place, shape (4, 3)."""
    p, m = state.housing, state.market
    kinds = np.array((DEVELOPER, SCIENTIST, WORKER))
    relief = (1 - p.amenity_relief * m.living_access) * (1 - p.leisure_relief * state.leisure)
    relief *= max(0.0, 1 + p.commute * state.norm.layout_commute)
    income = state.wages(kinds) / 1.3 * p.take_home
    rent = m.rent_home * home_m2(kinds)
    places = np.array((1.0, 1 - m.flats_discount, p.outside_rent))
    burden = (rent / income)[:, None] * places / 0.3
    yearly = np.minimum(p.leave * burden**p.leave_exponent * relief, 0.9)
    chance = np.zeros((4, 3))
    chance[kinds] = 1 - (1 - yearly) ** (1 / 12)
    return chance


def stay_or_leave(state: State) -> None:
    """Let people leave by rent burden, amenities and attachment; seekers give up in time."""
    p, f, a, rng = state.housing, state.firms, state.adults, state.rng
    chance = monthly_chances(state)
    tied = 1 - p.satisfaction_relief * (2 * f["satisfaction"] - 1)
    tied = tied * (1 - p.belonging_relief * (2 * f["belonging"] - 1))
    tied = np.append(tied, tied.mean() if tied.size else 1.0)
    workers = 1 - p.belonging_relief * (2 * state.worker_belonging - 1)
    most = chance.max() * max(tied.max(), workers) * (1 + p.settled_relief)
    u = rng.random(a.n)
    gives_up = (a.employer == NOBODY) & (a.gives_up <= state.month)
    rows = np.flatnonzero((u < most) & (a.employer != NOBODY))
    place = np.where(a.home[rows] >= 0, a.flat[rows], 2)
    e = np.where(a.employer[rows] >= 0, a.employer[rows], f["staff"].size)
    factor = np.where(a.kind[rows] == WORKER, workers, tied[e])
    settled = a.tenure[rows] / (a.tenure[rows] + p.settled_months)
    factor *= 1 + p.settled_relief * (1 - 2 * settled)
    goes = (u[rows] < chance[a.kind[rows], place] * factor) & ~a.founder[rows]
    state.count_out(rows[goes])
    gives_up[rows[goes]] = True
    leavers = np.flatnonzero(gives_up)
    state.give_home_back(leavers)
    state.counts["left"] += leavers.size
    a.keep(~gives_up)


def settle(state: State) -> None:
    """Allot free flats, then let newcomers find homes while there are any."""
    p, m, norm, a = state.housing, state.market, state.norm, state.adults
    if state.homes.size == 0:
        return
    share = norm.living_inside_share
    if norm.rent_home > 0:
        share *= (m.rent_home / norm.rent_home / m.wage) ** -p.move_in_rent
    share = min(1.0, share * (1 + p.move_in_access * (m.living_access - norm.living_access)))
    held = int(a.flat.sum())
    new = (a.tenure <= 1) & (a.employer >= 0) & (a.home < 0) & (a.wish < share)
    newcomers = np.flatnonzero(new)
    if m.flats_stock > held:
        flat_share = share * (1 - m.flats_discount) ** -p.move_in_rent
        held += allot_flats(state, int(np.ceil(m.flats_stock - held)), flat_share)
    free = state.free[state.homes].sum() - max(m.flats_stock - held, 0) * HOME_M2
    newcomers = newcomers[a.home[newcomers] < 0]
    luck = np.maximum(a.luck[newcomers], 1e-300)
    turn = -np.log(luck) * np.maximum(a.wage[newcomers], 1) ** -p.outbid
    newcomers = newcomers[np.argsort(turn)]
    areas = home_m2(a.kind[newcomers])
    for i, area in zip(newcomers.tolist(), areas.tolist(), strict=True):
        if free >= area and move_in(state, i, float(a.luck[i]), area):
            free -= area
    state.counts["residents"] = int((a.home >= 0).sum())


def allot_flats(state: State, free: int, flat_share: float) -> int:
    """Give `free` flats to those who queue, staff of start-ups first; return how many went."""
    a = state.adults
    wants = (a.employer >= 0) & (a.flat == 0) & (a.kind != WORKER)
    wants &= (a.home >= 0) | (a.wish < flat_share)
    queue = np.flatnonzero(wants)
    late = state.firms["staff"][a.employer[queue]] >= state.housing.startup_staff
    order = np.argsort(late + state.rng.random(queue.size))
    taken = 0
    for i in queue[order].tolist():
        if taken == free:
            break
        area = float(home_m2(a.kind[i]))
        if a.home[i] < 0 and not move_in(state, i, state.rng.random(), area):
            continue
        a.flat[i] = 1
        taken += 1
    return taken


def move_in(state: State, i: int, luck: float, area: float) -> bool:
    """Give a person the first free home from a cell by luck on; return whether there is one."""
    start = int(luck * state.homes.size)
    cells = np.concatenate((state.homes[start:], state.homes[:start]))
    fits = state.free[cells] >= area
    at = int(fits.argmax())
    if not fits[at]:
        return False
    state.free[cells[at]] -= area
    state.adults.home[i] = cells[at]
    state.firms["locals"][state.adults.employer[i]] += 1
    return True


def step(state: State) -> None:
    """Graduation, leaving, settling."""
    graduate(state)
    stay_or_leave(state)
    settle(state)
