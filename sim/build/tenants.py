"""The firms that stand at month 0: sizes, sectors, ages, ambition, space and money."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.build.ground import place_luck, raise_buildings, zone_rows
from sim.draw import keys, newborns, normals, purpose, uniforms
from sim.state.catalogue import AGE_BAND_ENDS, LAYERS, ORIGINS, SECTORS
from sim.state.columns import (
    BRANCH,
    GIANT_LEAVER,
    GROW,
    LAB,
    NEVER,
    OFFICE,
    SPIN_OUT,
    STAY_SMALL,
    VENTURE,
)
from sim.state.space import STOREY_M2
from sim.state.world import World

_FIRM = purpose("build.firm")
_TRAIT = purpose("build.firm_trait")
_STREAM = 8_800_001
_LARGE_M2 = 1500.0
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
    uids = np.sort(newborns(_STREAM, n, _FIRM))
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
        giant_rows.append(rows)
        at += g.firms
    for c in classes:
        rows = order[at : at + c.firms]
        total = int(c.firms * c.staff + 0.5)
        firms["staff"][rows] = whole_parts(0.5 + luck.u(1)[rows], total)
        at += c.firms
    is_giant = np.zeros(n, np.bool_)
    is_giant[np.concatenate(giant_rows) if giant_rows else []] = True
    _sectors(firms, spec, luck, is_giant)
    _character(firms, spec, luck, is_giant)
    firms["origin"] = np.where(is_giant, ORIGINS.index("independent"), firms["origin"])
    return firms, luck


def _sectors(firms: np.ndarray, spec: Any, luck: Luck, is_giant: np.ndarray) -> None:
    left = dict(spec.sectors)
    for row in np.flatnonzero(is_giant):
        left[SECTORS[firms["sector"][row]]] -= 1
    names = [SECTORS.index(name) for name, count in left.items() for _ in range(count)]
    others = np.flatnonzero(~is_giant)
    shuffled = others[np.argsort(luck.u(2)[others], kind="stable")]
    firms["sector"][shuffled] = names
    firms["layer"] = -1
    focal = np.flatnonzero(firms["sector"] == SECTORS.index(spec.focal[0]))
    focal = focal[np.argsort(luck.u(3)[focal], kind="stable")]
    layers = [LAYERS.index(name) for name, count in spec.layers.items() for _ in range(count)]
    firms["layer"][focal[: len(layers)]] = layers


def _pick(shares: Any, u: np.ndarray) -> np.ndarray:
    return np.minimum(np.searchsorted(np.cumsum(shares), u, side="right"), len(shares) - 1)


def _character(firms: np.ndarray, spec: Any, luck: Luck, is_giant: np.ndarray) -> None:
    n = firms.size
    ends = np.array((0, *AGE_BAND_ENDS)) * 12.0
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
    firms["knowledge"] = np.exp(0.5 * luck.z(10))
    small = firms["staff"] < 10
    u = luck.u(11)
    venture = np.where(small, spec.small_venture, spec.grow_large_venture)
    grow = np.where(small, venture + spec.small_grow, 1.0)
    firms["ambition"] = np.where(u < venture, VENTURE, np.where(u < grow, GROW, STAY_SMALL))
    firms["ambition"][is_giant] = BRANCH
    ceiling = np.maximum(firms["staff"], 4.0 * np.exp(0.493 * luck.z(12)))
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
    lab_like = np.isin(firms["sector"], [SECTORS.index(s) for s in _LAB_SECTORS]) | np.isin(
        firms["layer"], [LAYERS.index(s) for s in _LAB_LAYERS]
    )
    heads_lab = floor.lab_let_m2 / float(acc["lab_m2_head"][0])
    candidates = np.flatnonzero(lab_like & (firms["ambition"] != BRANCH))
    candidates = candidates[np.argsort(luck.u(23)[candidates], kind="stable")]
    running = np.cumsum(firms["staff"][candidates])
    labs = candidates[running <= heads_lab * 1.02]
    firms["use"] = OFFICE
    firms["use"][labs] = LAB
    makers = max(int(firms["staff"][candidates].sum()), 1)
    world.norms["lab_share"] = firms["staff"][labs].sum() / makers
    world.buildings = np.zeros(0, np.int64)
    rows = zone_rows(world, ("park", "street"))
    luck_of_cells = place_luck(world, 1)
    used: list[int] = []
    for use, name, total, let in (
        (OFFICE, "office", floor.office_m2, floor.office_let_m2),
        (LAB, "lab", floor.lab_m2, floor.lab_let_m2),
    ):
        mine = np.flatnonzero(firms["use"] == use)
        if mine.size == 0 or total <= 0:
            continue
        share = firms["staff"][mine] / firms["staff"][mine].sum()
        firms["area"][mine] = share * let
        free_rows = np.setdiff1d(rows, np.array(used, np.int64))
        if free_rows.size == 0:
            free_rows = rows
        used += _lease(world, firms, mine, name, total, free_rows, luck_of_cells, luck)
    world.buildings = np.unique(np.array(used, np.int64))
    _owned(world, initial.operator.owned_office_m2, place_luck(world, 2))
    cells = world.cells.rows
    on_own = (firms["use"] == OFFICE) & (cells["owned_office"][firms["cell"]] > 0)
    firms["landlord"] = on_own & (firms["owns_space"] == 0)
    storeys = np.ceil(
        np.maximum(np.where(firms["use"] == LAB, cells["floor_lab"][firms["cell"]],
                            cells["floor_office"][firms["cell"]]), 1.0) / STOREY_M2
    )  # fmt: skip
    firms["floor"] = np.floor(luck.u(25) * storeys)
    firms["x"] = (cells["column"][firms["cell"]] + luck.u(26)) * initial.grid.cell_m
    firms["y"] = (cells["line"][firms["cell"]] + luck.u(27)) * initial.grid.cell_m


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


def _owned(world: World, owned: float, luck: np.ndarray) -> None:
    """Give the operator whole buildings until it owns its floor; the last one in part."""
    cells = world.cells.rows
    with_office = world.buildings[cells["floor_office"][world.buildings] > 0]
    left = owned
    middling = [r for r in with_office if cells["floor_office"][r] < 8000] or list(with_office)
    for row in sorted(middling, key=lambda r: luck[r]):
        if left <= 0:
            break
        part = min(left, cells["floor_office"][row])
        cells["owned_office"][row] = part
        left -= part
