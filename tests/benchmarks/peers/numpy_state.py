"""State of the NumPy port: one array a column, adults and firms of the built place."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.state.columns import BRANCH, NOBODY, STUDENT, WORKER
from sim.state.persons import BED_M2, HOME_M2
from sim.state.world import World
from tests.benchmarks.peers.work import COUNTS, scalars

# Column of the port: column of the engine's people, both of shape (adults,).
_TAKEN = {
    "kind": "kind", "employer": "employer", "home": "home_cell", "skill": "skill",
    "tenure": "tenure", "known": "field_experience", "gives_up": "graduates",
    "school": "institution", "flat": "apartment", "sector": "sector", "wage": "wage",
    "migrant": "migrant",
}  # fmt: skip
_DRAWN = {"founder": np.bool_, "far_km": np.float32, "wish": np.float32, "luck": np.float32}
_BLANK = {"employer": NOBODY, "home": -1, "gives_up": -1, "school": -1}


class Adults:
    """Columns of adults with room to grow; `n` are there."""

    def __init__(self, world: World, rng: np.random.Generator, outside_km: float) -> None:
        people = world.people.rows
        rows = np.flatnonzero(people.kind != STUDENT)
        self.n = rows.size
        self.rng = rng
        self.outside_km = outside_km
        self.columns: dict[str, np.ndarray] = {}
        for name, source in _TAKEN.items():
            self.columns[name] = _roomy(getattr(people, source)[rows])
        for name, kind in _DRAWN.items():
            self.columns[name] = _roomy(np.zeros(self.n, kind))
        employer = people.employer[rows]
        works = np.flatnonzero(employer >= 0)
        founded = world.firms.rows["uid"][employer[works]] == people.founder_of[rows[works]]
        self.columns["founder"][works] = founded
        self._traits(slice(0, self.n), self.n)

    def __getattr__(self, name: str) -> np.ndarray:
        """Return a column, cut to those who are there."""
        return self.columns[name][: self.n]

    def _traits(self, rows: slice, count: int) -> None:
        """Draw what people keep for life: the way from elsewhere and how they like it here."""
        self.columns["far_km"][rows] = self.outside_km * self.rng.standard_exponential(count)
        self.columns["wish"][rows] = self.rng.random(count, np.float32)
        self.columns["luck"][rows] = self.rng.random(count, np.float32)

    def add(self, count: int, migrant_share: float, **values: Any) -> None:
        """Append `count` adults with the given columns, the others blank or drawn."""
        rows = slice(self.n, self.n + count)
        if rows.stop > self.columns["kind"].size:
            self.columns = {name: _roomy(c, rows.stop) for name, c in self.columns.items()}
        for name, column in self.columns.items():
            column[rows] = values.get(name, _BLANK.get(name, 0))
        self.columns["skill"][rows] = self.rng.standard_normal(count, np.float32)
        self.columns["migrant"][rows] = self.rng.random(count) < migrant_share
        self._traits(rows, count)
        self.n += count

    def keep(self, stays: np.ndarray) -> None:
        """Drop those who leave; `stays` has shape (n,)."""
        rows = np.flatnonzero(stays)
        for column in self.columns.values():
            column[: rows.size] = column[rows]
        self.n = rows.size


def _roomy(values: np.ndarray, least: int = 0) -> np.ndarray:
    """Return a copy with an eighth more room."""
    size = max(values.size, least)
    room = np.zeros(size + size // 8 + 64, values.dtype)
    room[: values.size] = values
    return room


class State:
    """What both halves of the month work on."""

    def __init__(self, world: World, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.norm = scalars(world.norms)
        self.market = scalars(world.market)
        self.market.living_access = min(self.norm.living_access + self.norm.layout_access, 1.0)
        self.acc = scalars(world.params["accounts"])
        self.hiring = scalars(world.params["hiring"])
        self.housing = scalars(world.params["housing"])
        self.sectors = world.mix[0].copy()
        self.worker_belonging = float(world.governments.rows["worker_belonging"][0])
        self.leisure = float(world.rule["living_leisure"][0])
        self.firms = {name: world.firms.rows[name].copy() for name in world.firms.rows.dtype.names}
        heads = [self.firms[name] for name in ("developers", "scientists", "workers")]
        self.heads = np.stack([np.zeros_like(heads[0]), *heads])
        ground = world.cells.rows
        self.place = np.stack((ground["column"], ground["line"]), 1)
        self.school_cell = world.institutions.rows["cell"].copy()
        self.homes = world.homes.copy()
        self.free = ground["floor_housing"] - ground["let_housing"] - ground["housing_outside"]
        self.adults = Adults(world, self.rng, self.hiring.outside_km)
        self.month = 0
        self.wage_level = self.norm.city_factor * self.market.wage
        self.counts = dict.fromkeys(COUNTS, 0)
        students = world.people.rows.kind == STUDENT
        due = world.people.rows.graduates[students] % int(self.housing.study_months)
        school = world.people.rows.institution[students]
        self.classes = [school[due == k] for k in range(int(self.housing.study_months))]

    def count_out(self, rows: np.ndarray) -> None:
        """Count people out of their firms, where they have one."""
        self._count(rows, -1)

    def count_in(self, rows: np.ndarray) -> None:
        """Count people into the firms that they have joined."""
        self._count(rows, 1)

    def _count(self, rows: np.ndarray, sign: int) -> None:
        a = self.adults
        rows = rows[a.employer[rows] >= 0]
        employer = a.employer[rows]
        size = self.firms["staff"].size
        self.firms["staff"] += sign * np.bincount(employer, minlength=size)
        lives = employer[a.home[rows] >= 0]
        self.firms["locals"] += sign * np.bincount(lives, minlength=size)
        np.add.at(self.heads, (a.kind[rows], employer), sign)

    def give_home_back(self, rows: np.ndarray) -> None:
        """Free the homes of people who leave."""
        home = self.adults.home[rows]
        housed = home >= 0
        np.add.at(self.free, home[housed], home_m2(self.adults.kind[rows][housed]))

    def wages(self, kind: np.ndarray) -> np.ndarray:
        """Return the loaded wages of kinds of people, CNY a month."""
        acc = self.acc
        by_kind = np.array((0.0, acc.wage_developer, acc.wage_scientist, acc.wage_worker))
        return by_kind[kind] * self.wage_level


def home_m2(kind: np.ndarray) -> np.ndarray:
    """Return the floor that people live on, m²."""
    return np.where(kind == WORKER, BED_M2, HOME_M2)


def lean(firms: dict[str, np.ndarray]) -> np.ndarray:
    """Return which firms live lean: no round yet and nothing on the market."""
    young = (firms["rounds"] == 0) & (firms["maturity"] < 4)
    return young & (firms["ambition"] != BRANCH) & (firms["sold"] == 0)
