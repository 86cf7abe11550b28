"""The firms that stand at month 0: sizes, sectors, ages, ambition, space and money."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.build.ground import place_luck, raise_buildings, zone_rows
from sim.draw import keys, newborns, normals, purpose, uniforms
from sim.state.catalogue import LAYERS, MAKERS, ORIGINS, SECTORS
from sim.state.columns import (
    BRANCH,
    GIANT_LEAVER,
    GROW,
    LAB,
    NEVER,
    OFFICE,
    PRODUCTION,
    SPIN_OUT,
    STAY_SMALL,
    VENTURE,
)
from sim.state.space import LOW_RISE, STOREY_M2
from sim.state.world import World

_FIRM = purpose("build.firm")
_TRAIT = purpose("build.firm_trait")
_STREAM = 8_800_001
_LARGE_M2 = 1500.0
_ROOM = 1.25  # over its staff, up to which a larger firm that stays as it is still hires
_USES = ("office", "lab", "production")
_LAB_SECTORS = ("hardware", "biotech", "nano", "electronics")
_LAB_LAYERS = ("chips", "embodied", "hardware")


class Luck:
    """Named uniform and normal numbers of the firms at the start."""

    def __init__(self, seed: int, uids: np.ndarray) -> None:
        self._keys = keys(seed, _TRAIT, 48)
        self._uids = uids

    def u(self, trait: int) -> np.ndarray:
        """Return uniform numbers of a trait, shape (firms,)."""
        return uniforms(self._keys[trait], self._uids)

    def z(self, trait: int) -> np.ndarray:
        """Return standard normal numbers of a trait, shape (firms,)."""
        return normals(self._keys[trait], self._uids)


def whole_parts(weights: np.ndarray, total: int, least: int = 1) -> np.ndarray:
    """Split `total` into whole parts in proportion to `weights`, none below `least`."""
    exact = weights / weights.sum() * (total - least * weights.size)
    parts = np.floor(exact).astype(np.int64)
    missing = total - least * weights.size - int(parts.sum())
    parts[np.argsort(parts - exact, kind="stable")[:missing]] += 1
    return parts + least


def found_stock(world: World, initial: Any) -> tuple[np.ndarray, Luck]:
    """Return the firms at the start, in uid order, and their luck; no floor or money yet."""
    spec = initial.firms
    classes = [c for c in spec.classes if c.firms]
    giants = [g for g in spec.giants if g.firms]
    n = sum(c.firms for c in classes) + sum(g.firms for g in giants)
    uids = np.sort(newborns(_STREAM, n, _FIRM, world.seed))
    firms = world.firms.make(n)
    firms["uid"] = uids
    luck = Luck(world.seed, uids)
    order = np.argsort(luck.u(0), kind="stable")
    at = 0
    giant_rows = []
    for g in giants:
        rows = order[at : at + g.firms]
        firms["staff"][rows] = round(g.staff)
        firms["sector"][rows] = SECTORS.index(g.sector)
        if g.leaves_month is not None:
            firms["work_until"][rows] = g.leaves_month
        giant_rows.append(rows)
        at += g.firms
    for c in classes:
        rows = order[at : at + c.firms]
        total = int(c.firms * c.staff + 0.5)
        firms["staff"][rows] = whole_parts(0.5 + luck.u(1)[rows], total)
        at += c.firms
    is_giant = np.zeros(n, np.bool_)
    is_giant[np.concatenate(giant_rows) if giant_rows else []] = True
    plants = initial.floor.production_m2 > 0
    heads = initial.floor.office_let_m2 / float(world.params["accounts"]["office_m2_head"][0])
    _sectors(firms, spec, luck, is_giant, heads if plants else None)
    _character(firms, spec, luck, is_giant)
    firms["origin"] = np.where(is_giant, ORIGINS.index("independent"), firms["origin"])
    return firms, luck


def _sectors(
    firms: np.ndarray, spec: Any, luck: Luck, is_giant: np.ndarray, office_heads: float | None
) -> None:
    """Deal out sectors and layers; `office_heads` are those that offices hold in a place of makers."""
    left = dict(spec.sectors)
    for row in np.flatnonzero(is_giant):
        left[SECTORS[firms["sector"][row]]] -= 1
    names = [SECTORS.index(name) for name, count in left.items() for _ in range(count)]
    others = np.flatnonzero(~is_giant)
    shuffled = others[np.argsort(luck.u(2)[others], kind="stable")]
    if office_heads is not None:
        shuffled = _makers_apart(shuffled, names, firms["staff"], office_heads)
    firms["sector"][shuffled] = names
    firms["layer"] = -1
    focal = np.flatnonzero(firms["sector"] == SECTORS.index(spec.focal[0]))
    if sum(spec.layers.values()) == firms.size:  # the chain runs through all sectors
        focal = np.arange(firms.size)
    focal = focal[np.argsort(luck.u(3)[focal], kind="stable")]
    layers = [LAYERS.index(name) for name, count in spec.layers.items() for _ in range(count)]
    firms["layer"][focal[: len(layers)]] = layers


def _makers_apart(
    shuffled: np.ndarray, names: list[int], staff: np.ndarray, heads: float
) -> np.ndarray:
    """Return the firms in the order of `names` where those that make nothing fit into the offices.

    Their sizes are those of the place as far as the offices hold them: firms are exchanged one for one
    until no exchange brings their staff nearer to that.
    """
    made = np.isin(names, [SECTORS.index(s) for s in MAKERS])
    order = np.concatenate([shuffled[~made], shuffled[made]])
    n = int((~made).sum())
    goal = min(heads, n * float(staff[shuffled].mean()))
    while 0 < n < order.size:
        gap = goal - float(staff[order[:n]].sum())
        change = np.subtract.outer(-staff[order[:n]], -staff[order[n:]]).astype(float)
        i, j = np.unravel_index(np.abs(gap - change).argmin(), change.shape)
        if abs(gap - change[i, j]) >= abs(gap):
            break
        order[[i, n + j]] = order[[n + j, i]]
    placed = np.empty_like(shuffled)
    placed[~made], placed[made] = order[:n], order[n:]
    return placed


def _pick(shares: Any, u: np.ndarray) -> np.ndarray:
    return np.minimum(np.searchsorted(np.cumsum(shares), u, side="right"), len(shares) - 1)


def _character(firms: np.ndarray, spec: Any, luck: Luck, is_giant: np.ndarray) -> None:
    n = firms.size
    ends = np.array((0, *spec.age_band_years)) * 12.0
    band = _pick(spec.age_shares, luck.u(4))
    age = np.floor(ends[band] + luck.u(5) * (ends[band + 1] - ends[band])).astype(np.int64)
    age[is_giant] = 180
    firms["born"] = -age - 1
    firms["origin"] = _pick([getattr(spec.origin_shares, o) for o in ORIGINS], luck.u(6))
    large = np.flatnonzero(is_giant | (firms["staff"] > 50))
    spun = np.isin(firms["origin"], (SPIN_OUT, GIANT_LEAVER)) & ~is_giant
    if large.size:
        parents = large[(luck.u(7) * large.size).astype(np.int64)]
        firms["parent"] = np.where(spun, firms["uid"][parents], 0)
    firms["generation"] = spun
    firms["quality"] = luck.z(8)
    firms["maturity"] = _pick(spec.maturity_shares, luck.u(9))
    firms["maturity"][firms["staff"] > 50] = 4
    firms["knowledge"] = spec.knowledge_median * np.exp(0.5 * luck.z(10))
    small = firms["staff"] < 10
    u = luck.u(11)
    venture = np.where(small, spec.small_venture, spec.grow_large_venture)
    grow = np.where(small, venture + spec.small_grow, 1.0)
    grow = np.where(small, grow, 1 - spec.large_stay)
    firms["ambition"] = np.where(u < venture, VENTURE, np.where(u < grow, GROW, STAY_SMALL))
    firms["ambition"][is_giant] = BRANCH
    ceiling = np.maximum(firms["staff"], 4.0 * np.exp(0.493 * luck.z(12)))
    ceiling[~small] = _ROOM * firms["staff"][~small]  # about as large as they are
    firms["staff_ceiling"] = np.where(firms["ambition"] == STAY_SMALL, ceiling, 1e5)
    firms["tenure"] = np.minimum(age, np.floor(luck.u(13) * (spec.tenure_months_max + 1)))
    firms["arrived"] = -firms["tenure"] - 1
    firms["footloose"] = (firms["origin"] == ORIGINS.index("relocated")) & (
        luck.u(14) < spec.footloose_share
    )
    median = np.where(firms["footloose"] > 0, spec.mobility_median_footloose, spec.mobility_median)
    firms["mobility_cost"] = median * np.exp(spec.mobility_sd * luck.z(15))
    firms["owns_space"] = (luck.u(16) < spec.owners_share) & ~is_giant
    firms["lease_end"] = 1 + np.floor(luck.u(17) * spec.lease_months)
    since_lease = spec.lease_months - firms["lease_end"]
    firms["occasion_until"] = np.where(since_lease < 12, 12 - since_lease, -1)
    in_incubator = small & (luck.u(18) < spec.incubated_share) & ~is_giant
    firms["incubated_until"] = np.where(in_incubator, 1 + np.floor(luck.u(19) * 24), -1)
    firms["graduated"] = ~in_incubator & (luck.u(19) < spec.graduated_share)
    firms["growth_due"] = np.floor(luck.u(20) * 12)
    firms["first_order"] = np.where(firms["maturity"] == 4, firms["born"], NEVER)
    firms["local_supply"] = spec.local_supply
    firms["satisfaction"] = 0.5
    firms["sought_since"] = NEVER
    firms["subsidy_end"] = firms["registered_exit"] = firms["dependence_until"] = -1
    firms["mentor_until"] = -1
    firms["last_round"] = firms["born"]
    firms["runway_at_birth"] = 9.0
    firms["wanted"] = firms["staff"]
    firms["vacancies"] = np.floor(spec.vacancy_share * firms["staff"] + luck.u(22))
    assert n == firms.size


def take_space(world: World, firms: np.ndarray, luck: Luck, initial: Any, acc: np.ndarray) -> None:
    """Give every firm floor, so that let floor equals the preset's; mark what the operator owns."""
    floor = initial.floor
    _uses(world, firms, luck, floor, acc)
    world.buildings = np.zeros(0, np.int64)
    luck_of_cells = place_luck(world, 1)
    used: list[int] = []
    for use, name, zones, total, let in (
        (OFFICE, "office", ("park", "street"), floor.office_m2, floor.office_let_m2),
        (LAB, "lab", ("park", "street"), floor.lab_m2, floor.lab_let_m2),
        (PRODUCTION, "production", ("production",), floor.production_m2, floor.production_let_m2),
    ):
        mine = np.flatnonzero((firms["use"] == use) & (firms["work_until"] == NEVER))
        if total <= 0 or (mine.size == 0 and floor.production_m2 <= 0):
            continue
        share = firms["staff"][mine] / max(firms["staff"][mine].sum(), 1)
        firms["area"][mine] = share * let
        rows = zone_rows(world, zones)
        free_rows = np.setdiff1d(rows, np.array(used, np.int64))
        if free_rows.size == 0:
            free_rows = rows
        used += _lease(world, firms, mine, name, total, free_rows, luck_of_cells, luck)
    world.buildings = np.unique(np.array(used, np.int64))
    builders = np.flatnonzero(firms["work_until"] < NEVER)  # on a site, without floor of their own
    sites = (luck.u(24)[builders] * world.buildings.size).astype(np.int64)
    firms["cell"][builders] = world.buildings[sites]
    _age(world, floor.old_share)
    cells = world.cells.rows
    owned = np.zeros((3, cells.size))
    for use, name in enumerate(_USES):
        _owned(world, name, getattr(initial.operator, f"owned_{name}_m2"), place_luck(world, 2))
        owned[use] = cells[f"owned_{name}"]
    firms["landlord"] = (owned[firms["use"], firms["cell"]] > 0) & (firms["owns_space"] == 0)
    firms["landlord"] &= firms["area"] > 0
    floors = np.array([cells[f"floor_{name}"] for name in _USES])
    storeys = np.ceil(np.maximum(floors[firms["use"], firms["cell"]], 1.0) / STOREY_M2)
    low = (firms["use"] == PRODUCTION) & (cells["upstairs"][firms["cell"]] == 0)
    storeys = np.where(low, np.minimum(storeys, LOW_RISE), storeys)
    firms["floor"] = np.floor(luck.u(25) * storeys)
    firms["x"] = (cells["column"][firms["cell"]] + luck.u(26)) * initial.grid.cell_m
    firms["y"] = (cells["line"][firms["cell"]] + luck.u(27)) * initial.grid.cell_m


def _uses(world: World, firms: np.ndarray, luck: Luck, floor: Any, acc: np.ndarray) -> None:
    """Choose who works in a laboratory and who in a plant, as far as that floor is let."""
    firms["use"] = OFFICE
    order = np.argsort(luck.u(23), kind="stable")
    lab_like = np.isin(firms["sector"], [SECTORS.index(s) for s in _LAB_SECTORS]) | np.isin(
        firms["layer"], [LAYERS.index(s) for s in _LAB_LAYERS]
    )
    if floor.production_m2 > 0:  # all makers of things test them somewhere
        lab_like |= np.isin(firms["sector"], [SECTORS.index(s) for s in MAKERS])
    candidates = order[(lab_like & (firms["ambition"] != BRANCH))[order]]
    heads = floor.lab_let_m2 / float(acc["lab_m2_head"][0]) * 1.02
    staff = firms["staff"]
    labs = candidates[np.cumsum(staff[candidates]) <= heads]
    if floor.production_m2 > 0:  # makers are large: those that fit, not the first of them
        labs = _fitting(candidates, staff, heads)
    firms["use"][labs] = LAB
    world.norms["lab_share"] = staff[labs].sum() / max(int(staff[candidates].sum()), 1)
    if floor.production_m2 <= 0:
        return
    maker = np.isin(firms["sector"], [SECTORS.index(s) for s in MAKERS]) & (firms["use"] != LAB)
    candidates = np.concatenate([order[(maker & (firms["ambition"] == BRANCH))[order]],
                                 order[(maker & (firms["ambition"] != BRANCH))[order]]])  # fmt: skip
    heads = floor.production_let_m2 / float(acc["production_m2_head"][0]) * 1.02
    plants = _fitting(candidates, staff, heads)
    firms["use"][plants] = PRODUCTION
    world.norms["plant_share"] = staff[plants].sum() / max(int(staff[candidates].sum()), 1)


def _fitting(candidates: np.ndarray, staff: np.ndarray, heads: float) -> np.ndarray:
    """Return those of the candidates, in their order, whose staff finds room in `heads`."""
    taken, left = [], heads
    for row in candidates:
        if staff[row] <= left:
            taken.append(row)
            left -= staff[row]
    return np.array(taken, np.int64)


def _age(world: World, share: float) -> None:
    """Mark a share of the buildings as old stock, by luck."""
    luck = place_luck(world, 3)[world.buildings]
    world.cells.rows["old"][world.buildings[luck < share]] = 1.0


def _lease(
    world: World, firms: np.ndarray, mine: np.ndarray, name: str, total: float,
    rows: np.ndarray, luck_of_cells: np.ndarray, luck: Luck,
) -> list[int]:  # fmt: skip
    """Raise buildings of one use and lease them, largest firms first; return the rows used."""
    area = firms["area"][mine]
    order = mine[np.lexsort((firms["uid"][mine], -area))]
    large = order[firms["area"][order] > _LARGE_M2]
    used = raise_buildings(
        world, name, total, float(area.sum()), firms["area"][large], rows, luck_of_cells
    )
    cells = world.cells.rows
    free = cells[f"floor_{name}"] - cells[f"let_{name}"]
    start = (luck.u(24) * len(used)).astype(np.int64)
    places = np.array(used)
    for at, i in enumerate(order):
        need = firms["area"][i]
        if at < min(large.size, places.size) and free[places[at]] >= need - 1e-9:
            row = places[at]
        else:
            row = _first_with_room(places, free[places], need, start[i])
        if free[row] < need:  # no building holds it: the emptiest grows, others shrink alike
            grow = need - free[row]
            cells[f"floor_{name}"][row] += grow
            spare = [r for r in used if r != row and free[r] > grow]
            if spare:
                cells[f"floor_{name}"][spare[0]] -= grow
                free[spare[0]] -= grow
            free[row] += grow
        free[row] -= need
        cells[f"let_{name}"][row] += need
        firms["cell"][i] = row
    return used


def _first_with_room(places: np.ndarray, free: np.ndarray, need: float, start: int) -> Any:
    """Return the first place from number `start` on, all around, with room; else the emptiest."""
    holds = np.flatnonzero(free >= need - 1e-9)
    if holds.size == 0:
        return places[np.argmax(free)]
    at = np.searchsorted(holds, start)
    return places[holds[at if at < holds.size else 0]]


def _owned(world: World, name: str, owned: float, luck: np.ndarray) -> None:
    """Give the operator whole buildings of a use until it owns its floor; the last one in part."""
    cells = world.cells.rows
    floor = cells[f"floor_{name}"]
    ours = world.buildings[floor[world.buildings] > 0]
    left = owned
    middling = [r for r in ours if floor[r] < 8000]
    if floor[middling].sum() < owned:
        middling = list(ours)
    for row in sorted(middling, key=lambda r: luck[r]):
        if left <= 0:
            break
        part = min(left, floor[row])
        cells[f"owned_{name}"][row] = part
        left -= part
