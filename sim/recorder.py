"""Run a scenario: build, step, record; the digest that tells two runs apart."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from sim import kernel, schedule
from sim.build import build
from sim.indicators import INDICATORS, RAW, derive, measure
from sim.processes.exits import write_fates
from sim.state.checks import Audit
from sim.state.columns import TABLES
from sim.state.ledger import KINDS, PURPOSES
from sim.state.records import FATE
from sim.state.world import World

if TYPE_CHECKING:
    from sim.scenario import Scenario

VERSION = "0.1.0"
_RETENTION = (12, 24, 36)

# What a run tells of a firm: its fate, and what it was like when it was first seen.
FIRM_FATE = np.dtype(
    [
        *FATE.descr,
        ("staff_start", np.int64),  # at month 0 or at the end of the month of arrival
        ("zone", np.int64),  # of its first lease, see catalogue.ZONES; -1 = gone within a month
    ]
)

# Money that moved, a record for each year, payer, payee and purpose that occurs.
FLOW = np.dtype(
    [
        ("year", np.int16),  # 0 = the first twelve months
        ("payer", np.int8),  # index into ledger.KINDS
        ("payee", np.int8),
        ("purpose", np.int16),  # index into ledger.PURPOSES
        ("amount", np.float64),  # CNY of the start year, not discounted
    ]
)

# The ground once a year, a record for each cell that has floor for firms.
GROUND = np.dtype(
    [
        ("month", np.int16),  # months that have passed: 0, 12, 24, …, the end
        ("column", np.int16),
        ("line", np.int16),
        ("firms", np.int32),
        ("let", np.float32),  # m2 of office, lab and production; a map needs no more digits
        ("floor", np.float32),
    ]
)
YEAR = 12


@dataclass(frozen=True)
class Run:
    """A finished run.

    `series` has shape (months, indicators), row m the state after month m, NaN where undefined.
    `fates` has one record for each firm that was ever on the site (see `FIRM_FATE`), `flows` one for
    each kind of payment and year (`FLOW`), `ground` one for each cell and year (`GROUND`).
    """

    scenario: str
    policy: str
    seed: int
    months: int
    model_version: str
    digest: str
    names: tuple[str, ...]
    series: np.ndarray
    fates: np.ndarray
    flows: np.ndarray
    ground: np.ndarray


@cache
def model_version() -> str:
    """Return package version, hash of the engine's sources, and versions of numba and NumPy."""
    from importlib.metadata import version

    return "+".join(
        (VERSION, kernel.source_hash()[:16], f"numba{version('numba')}", f"numpy{np.__version__}")
    )


def run_id(scenario: Scenario, seed: int, months: int) -> str:
    """Return the sha256 of what a run is made of: scenario, seed, months and model version."""
    digest = hashlib.sha256(scenario.canonical())
    digest.update(f"|{seed}|{months}|{model_version()}".encode())
    return digest.hexdigest()


class Recorder:
    """Takes the indicators of each month and, in the end, the series.

    Beside them it adds up the year's payments, looks at the ground once a year and remembers what
    every firm was like when it was first seen; none of this enters the digest.
    """

    def __init__(self, world: World) -> None:
        self._raw = np.zeros(world.months, RAW)
        self._jobs = float(world.firms.rows["staff"].sum())
        p = world.params["government"]
        self._rates = {
            "public": float(p["discount"][0]),
            "operator": float(p["operator_discount"][0]),
            "displacement": float(p["displacement"][0]),
        }
        years = -(-world.months // YEAR)
        self._flows = np.zeros((years, len(KINDS), len(KINDS), len(PURPOSES)))
        self._ground = [_ground(world, 0)]
        # uid, staff and row of the cell of every firm when it was first seen, and how many they are.
        self._first = np.zeros((3, 4 * max(len(world.firms), 16)), np.int64)
        firms = world.firms.rows
        self._known = firms.size
        self._first[:, : firms.size] = firms["uid"], firms["staff"], firms["cell"]

    def take(self, world: World) -> None:
        """Record the month that was just stepped."""
        measure(
            world.firms.rows, world.ties.rows, world.operators.rows, world.cells.rows, world.flows,
            world.market, world.norms, world.tally, world.history, world.params["exits"],
            world.params["government"], float(world.params["spillovers"]["rd_share"][0]),
            self._raw[world.month : world.month + 1],
        )  # fmt: skip
        if world.rules.triggers:
            found = derive(self._raw[: world.month + 1], self._rates, self._jobs)
            wanted = {trigger.indicator for trigger in world.rules.triggers}
            world.watch.latest = {name: float(found[name][-1]) for name in wanted}
        passed = world.month + 1
        if self._known + len(world.firms) > self._first.shape[1]:
            self._first = np.concatenate([self._first, np.zeros_like(self._first)], axis=1)
        self._known = keep_month(
            world.flows, self._flows[world.month // YEAR], world.firms.rows, world.month,
            self._first, self._known,
        )  # fmt: skip
        if passed % YEAR == 0 or passed == world.months:
            self._ground.append(_ground(world, passed))

    def flows(self) -> np.ndarray:
        """Return all payments by year, an array of `FLOW`."""
        at = np.nonzero(self._flows)
        found = np.empty(at[0].size, FLOW)
        for name, index in zip(("year", "payer", "payee", "purpose"), at, strict=True):
            found[name] = index
        found["amount"] = self._flows[at]
        return found

    def ground(self) -> np.ndarray:
        """Return the ground at the start and after each year, an array of `GROUND`."""
        return np.concatenate(self._ground)

    def fates(self, world: World) -> np.ndarray:
        """Return what became of every firm that was ever here, an array of `FIRM_FATE` by uid."""
        found = fates_of(world)
        told = np.empty(found.size, FIRM_FATE)
        for name in FATE.names or ():
            told[name] = found[name]
        uids, staff, cells = self._first[:, : self._known]
        uids, once = np.unique(uids, return_index=True)  # a firm of month 0 is seen twice
        seen = np.isin(found["uid"], uids)
        rows = once[np.searchsorted(uids, found["uid"][seen])]
        told["staff_start"], told["zone"] = found["staff_end"], -1
        told["staff_start"][seen] = staff[rows]
        told["zone"][seen] = world.cells.rows["zone"][cells[rows]]
        return told

    def series(self, world: World, months: int) -> np.ndarray:
        """Return all indicators of the first `months` months, shape (months, indicators)."""
        found = derive(self._raw[:months], self._rates, self._jobs)
        fates = fates_of(world)
        for later in _RETENTION:
            found[f"retention_after_support_{later}m"] = _retention(world, fates, later, months)
        result = np.empty((months, len(INDICATORS)))
        for at, name in enumerate(INDICATORS):
            result[:, at] = found[name]
        return result


@kernel.kernel
def keep_month(flows, year, firms, month, first, known):
    """Add this month's payments to the year's, and note the firms that arrived.

    Args:
        flows: CNY, shape (kinds, kinds, purposes).
        year: the same, this year so far.
        firms: the living firms.
        month: this month.
        first: uid, staff and cell of firms, shape (3, room), room for all living firms left.
        known: how many are noted; returned with the newcomers.
    """
    for a in range(flows.shape[0]):
        for b in range(flows.shape[1]):
            for c in range(flows.shape[2]):
                year[a, b, c] += flows[a, b, c]
    for i in range(firms.size):
        if firms[i].arrived == month:
            first[0, known] = firms[i].uid
            first[1, known] = firms[i].staff
            first[2, known] = firms[i].cell
            known += 1
    return known


def _ground(world: World, month: int) -> np.ndarray:
    """Return firms and floor of every cell that has floor for firms, an array of `GROUND`."""
    cells = world.cells.rows
    firms = np.bincount(world.firms.rows["cell"], minlength=len(cells))
    floor, let = (
        cells[f"{kind}_office"] + cells[f"{kind}_lab"] + cells[f"{kind}_production"]
        for kind in ("floor", "let")
    )
    used = np.flatnonzero(floor > 0)
    found = np.empty(used.size, GROUND)
    found["month"] = month
    found["column"], found["line"] = cells["column"][used], cells["line"][used]
    found["firms"], found["let"], found["floor"] = firms[used], let[used], floor[used]
    return found


def fates_of(world: World) -> np.ndarray:
    """Return what became of every firm that was ever here, in uid order."""
    here = write_fates(world.firms.rows)
    fates = np.concatenate([*world.fates, here]) if world.fates else here
    return fates[np.argsort(fates["uid"], kind="stable")]


def _retention(world: World, fates: np.ndarray, later: int, months: int) -> np.ndarray:
    """Return the share of the firms supported at the stop that are here `later` months on."""
    result = np.full(months, np.nan)
    at = world.stop_month - 1 + later
    if world.stop_month < 0 or at >= months:
        return result
    stop = world.stop_month - 1
    supported = fates[
        (fates["supported_at_stop"] > 0) & ((fates["left"] < 0) | (fates["left"] > stop))
    ]
    if supported.size:
        result[at:] = ((supported["left"] < 0) | (supported["left"] > at)).mean()
    return result


Observer = Callable[[World, int], None]


def simulate(
    scenario: Scenario,
    seed: int,
    months: int | None = None,
    strict: bool = False,
    observe: Observer | None = None,
) -> Run:
    """Run a scenario once.

    Args:
        scenario: a checked scenario.
        seed: any whole number from 0.
        months: how long, by default the scenario's horizon.
        strict: check all identities and undeclared writes every month (slow).
        observe: shown the world before the first month (as month -1) and after each; it must not
            change anything.

    Raises:
        sim.state.checks.BrokenIdentityError: in a strict run, where an identity does not hold.
    """
    months = months or scenario.months
    world = build(scenario, seed, months, strict)
    recorder = Recorder(world)
    audit = Audit(world) if strict else None
    if observe:
        observe(world, -1)
    for month in range(months):
        world.month = month
        if strict:
            schedule.step_watched(world)
        else:
            schedule.step(world)
        if audit:
            audit.check(world)
        recorder.take(world)
        if observe:
            observe(world, month)
    series = recorder.series(world, months)
    return Run(
        scenario.name, scenario.policy, seed, months, model_version(), digest(world, series),
        tuple(INDICATORS), series, recorder.fates(world), recorder.flows(), recorder.ground(),
    )  # fmt: skip


def digest(world: World, series: np.ndarray) -> str:
    """Return the sha256 of the whole final state and all series.

    Tables by name, columns by name, rows by uid; references as the uid they stand for; little-endian,
    NaN and -0 normalised.
    """
    result = hashlib.sha256()
    for name in sorted(TABLES):
        order = np.argsort(world.column(name, "uid"))
        for column in sorted(TABLES[name], key=lambda c: c.name):
            values = world.column(name, column.name)
            if column.refers:
                values = _uids(world, column.refers, values)
            result.update(f"{name}.{column.name}".encode())
            result.update(_plain(values[order]))
    result.update(_plain(world.purse))
    result.update(_plain(series))
    return result.hexdigest()


def _uids(world: World, table: str, rows: np.ndarray) -> np.ndarray:
    """Return the uids that row numbers stand for; negative codes stay as they are."""
    uids = world.column(table, "uid")
    if uids.size == 0:
        return rows.astype(np.int64)
    return np.where(rows >= 0, uids[np.maximum(rows, 0)], rows)


def _plain(values: np.ndarray) -> bytes:
    plain = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
    if plain.dtype.kind == "f":
        plain = plain + plain.dtype.type(0)  # -0 becomes 0
        plain[np.isnan(plain)] = np.nan
    return plain.tobytes()


__all__ = [
    "FIRM_FATE",
    "FLOW",
    "GROUND",
    "Recorder",
    "Run",
    "digest",
    "model_version",
    "run_id",
    "simulate",
]
