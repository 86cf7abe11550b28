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
from sim.kept import Kept
from sim.processes.exits import write_fates
from sim.region import Federation, build_federation, joined
from sim.state.checks import Audit
from sim.state.columns import TABLES
from sim.state.world import World

if TYPE_CHECKING:
    from sim.scenario import Scenario

VERSION = "0.1.0"
_RETENTION = (12, 24, 36)


@dataclass(frozen=True)
class Run:
    """A finished run.

    `series` has shape (months, indicators), row m the state after month m, NaN where undefined.
    `fates` has one record for each firm that was ever on the site (see `kept.FIRM_FATE`), `flows`
    one for each kind of payment and year (`FLOW`), `ground` one for each cell and year (`GROUND`). For a
    place of several sites all of them tell of the whole place; `sites` has each site's name and series.
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
    sites: tuple[tuple[str, np.ndarray], ...] = ()


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

    Attributes:
        kept: what is kept beside them; it does not enter the digest.
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
        self.kept = Kept(world)

    def take(self, world: World) -> None:
        """Record the month that was just stepped."""
        measure(
            world.firms.rows, world.ties.rows, world.institutions.rows, world.operators.rows,
            world.cells.rows, world.flows, world.market, world.norms, world.tally, world.history, world.params["exits"],
            world.params["government"], float(world.params["spillovers"]["rd_share"][0]),
            self._raw[world.month : world.month + 1],
        )  # fmt: skip
        if world.rules.triggers:
            found = derive(self._raw[: world.month + 1], self._rates, self._jobs)
            wanted = {trigger.indicator for trigger in world.rules.triggers}
            world.watch.latest = {name: float(found[name][-1]) for name in wanted}
        self.kept.take(world)

    def series(self, world: World, months: int) -> np.ndarray:
        """Return all indicators of the first `months` months, shape (months, indicators)."""
        found = derive(self._raw[:months], self._rates, self._jobs)
        fates = fates_of(world)
        for later in _RETENTION:
            found[f"retention_after_support_{later}m"] = _retention(
                world.stop_month, fates, later, months
            )
        return _table(found, months)

    def row(self, month: int) -> np.ndarray:
        """Return the raw quantities of a month, shape (1,)."""
        return self._raw[month : month + 1]


class PlaceRecorder:
    """Takes the indicators of each month of a place of several sites.

    Attributes:
        sites: the recorder of each site.
    """

    def __init__(self, place: Federation) -> None:
        self.sites = [Recorder(world) for world in place.worlds]
        self._raw = np.zeros(place.months, RAW)
        firms = np.array([len(world.firms) for world in place.worlds], dtype=float)
        self._jobs = float(sum(site._jobs for site in self.sites))
        # Sites that discount at different rates are told at the mean over firms.
        self._rates = {
            name: float(np.average([site._rates[name] for site in self.sites], weights=firms))
            for name in ("public", "operator", "displacement")
        }

    def take(self, place: Federation) -> None:
        """Record the month that was just stepped, of every site and of the place."""
        for site, world in zip(self.sites, place.worlds, strict=True):
            site.take(world)
        rows = [site.row(place.month) for site in self.sites]
        joined.join_raw(place, rows, self._raw[place.month : place.month + 1])

    def series(self, place: Federation, months: int) -> np.ndarray:
        """Return all indicators of the place in the first `months` months, shape (months, indicators)."""
        found = derive(self._raw[:months], self._rates, self._jobs)
        fates = self.fates(place)
        stops = {world.stop_month for world in place.worlds}
        stop = stops.pop() if len(stops) == 1 else -1
        for later in _RETENTION:
            found[f"retention_after_support_{later}m"] = _retention(stop, fates, later, months)
        return _table(found, months)

    def fates(self, place: Federation) -> np.ndarray:
        """Return the fate of every firm that was ever at a site, an array of `kept.FIRM_FATE`."""
        parts = zip(self.sites, place.worlds, strict=True)
        return joined.merge_fates(
            [site.kept.fates(world, fates_of(world)) for site, world in parts]
        )


def _table(found: dict[str, np.ndarray], months: int) -> np.ndarray:
    result = np.empty((months, len(INDICATORS)))
    for at, name in enumerate(INDICATORS):
        result[:, at] = found[name]
    return result


def fates_of(world: World) -> np.ndarray:
    """Return what became of every firm that was ever here, in uid order."""
    here = write_fates(world.firms.rows)
    fates = np.concatenate([*world.fates, here]) if world.fates else here
    return fates[np.argsort(fates["uid"], kind="stable")]


def _retention(stop_month: int, fates: np.ndarray, later: int, months: int) -> np.ndarray:
    """Return the share of the firms supported at the stop that are here `later` months on."""
    result = np.full(months, np.nan)
    at = stop_month - 1 + later
    if stop_month < 0 or at >= months:
        return result
    stop = stop_month - 1
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
    if scenario.sites:
        if observe:
            raise ValueError(f"{scenario.name} has several sites; only one site can be watched")
        return _simulate_sites(scenario, seed, months, strict)
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
    series, kept = recorder.series(world, months), recorder.kept
    return Run(
        scenario.name, scenario.policy, seed, months, model_version(), digest(world, series),
        tuple(INDICATORS), series, kept.fates(world, fates_of(world)), kept.flows(), kept.ground(),
    )  # fmt: skip


def _simulate_sites(scenario: Scenario, seed: int, months: int, strict: bool) -> Run:
    """Run a place of several sites once."""
    place = build_federation(scenario, seed, months, strict)
    recorder = PlaceRecorder(place)
    audits = [Audit(world) for world in place.worlds] if strict else []
    for month in range(months):
        place.month = month
        place.step(strict)
        for audit, world in zip(audits, place.worlds, strict=False):
            audit.check(world)
        if strict:
            joined.check(place)
        recorder.take(place)
    series = recorder.series(place, months)
    parts = list(zip(place.names, place.worlds, recorder.sites, strict=True))
    own = tuple((name, site.series(world, months)) for name, world, site in parts)
    told = hashlib.sha256(_plain(series))
    for (name, world, _), (_, site_series) in zip(parts, own, strict=True):
        told.update(f"{name}:{digest(world, site_series)}".encode())
    return Run(
        scenario.name, scenario.policy, seed, months, model_version(), told.hexdigest(),
        tuple(INDICATORS), series, recorder.fates(place),
        joined.merge_flows([site.kept.flows() for site in recorder.sites]),
        joined.merge_ground(place, [site.kept.ground() for site in recorder.sites]), own,
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


__all__ = ["PlaceRecorder", "Recorder", "Run", "digest", "model_version", "run_id", "simulate"]
