"""Worlds of a few rows made by hand, and one process run on them with the books looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from sim import draw
from sim.levers import all_levers
from sim.processes import all_parameters
from sim.state import ledger
from sim.state.catalogue import LAYERS, SECTORS
from sim.state.columns import (
    BRANCH,
    DEVELOPER,
    GROW,
    NEVER,
    OFFICE,
    RELOCATED,
    SCIENTIST,
    SPIN_OUT,
    STAY_SMALL,
    VENTURE,
    WORKER,
)
from sim.state.rules import OPEN_END, PROGRAMME, PROGRAMME_KINDS, LeverUse, compile_rules
from sim.state.triggers import Watch
from sim.state.watch import allowed, changed, snapshot
from sim.state.world import World

__all__ = [
    "BRANCH",
    "DEVELOPER",
    "GROW",
    "NEVER",
    "OFFICE",
    "RELOCATED",
    "SCIENTIST",
    "SPIN_OUT",
    "STAY_SMALL",
    "VENTURE",
    "WORKER",
]

RENT = 100.0
MANY = 20_000
AI, SOFTWARE = SECTORS.index("ai"), SECTORS.index("software")

_FIRM = {
    "born": -120,
    "arrived": -120,
    "sector": SOFTWARE,
    "layer": -1,
    "maturity": 4,
    "knowledge": 1.0,
    "rent": RENT,
    "lease_end": NEVER,
    "growth_due": NEVER,
    "last_round": -120,
    "sought_since": NEVER,
    "share_founders": 1.0,
    "subsidy_end": -1,
    "incubated_until": -1,
    "registered_exit": -1,
    "satisfaction": 0.5,
    "ambition": GROW,
    "staff_ceiling": 1e5,
    "occasion_until": -1,
    "dependence_until": -1,
    "mentor_until": -1,
}
_TEAM = {"cofounder": 1, "runway": 12.0, "sector": SOFTWARE, "knowledge": 1.0, "ambition": GROW}
_CELL = {"floor_office": 1e7, "floor_lab": 1e7, "floor_housing": 1e7, "far": 0.0}
_FUND = {"capital": 1e9, "dry_powder": 1e9, "stage_to": 5, "cell": 0}
_NORMS = {
    "city_factor": 1.0,
    "rent_office": RENT,
    "rent_lab": RENT,
    "rent_production": RENT,
    "rent_home": 50.0,
    "rival_rent": 1.0,
    "cell_m": 50.0,
    "columns": 100.0,
    "lines": 100.0,
    "developer_share": 1.0,
    "cofounder_mean": 100.0,
    "openings_per_worker": 0.05,
    "mobility_median": 8.0,
    "mobility_footloose": 2.0,
    "weights_preset": 0.5,
    "focal": -1.0,
    "campus_km": 0.0,
}
_MARKET = {
    "climate": 1.0,
    "wage": 1.0,
    "frontier": 1.0,
    "openings_per_worker": 0.05,
    "rent_office": RENT,
    "rent_lab": RENT,
    "rent_production": RENT,
    "rent_home": 50.0,
    "vacancy_office": 0.5,
    "service_effort": 1.0,
}
_PROGRAMME = {
    "end": OPEN_END,
    "months_max": 1_000_000,
    "firms_max": np.inf,
    "cap": np.inf,
    "public_share": 1.0,
    "quality_bar": np.nan,
    "rounds_max": 1_000_000,
    "max_per_firm": 1,
    "recipient": 1,
    "places": np.inf,
    "model_cap": np.inf,
}

Rows = list[dict[str, Any]]


def use(name: str, **values: Any) -> LeverUse:
    """Return a use of a lever: `start`, `end` and `when` are its dates, the rest its fields."""
    dates = {key: values.pop(key) for key in ("start", "end", "when") if key in values}
    fields = all_levers()[name].fields
    assert set(values) <= set(fields)
    defaults = {key: declared.default for key, declared in fields.items()}
    return LeverUse(name, defaults | values, **({"start": 0, "end": OPEN_END} | dates))


def firm(**columns: Any) -> dict[str, Any]:
    """Return a grown software firm of ten developers on 120 m², but for `columns`."""
    staff = columns.pop("staff", None)
    row = _FIRM | columns
    kinds = [row.get(kind, 0) for kind in ("developers", "scientists", "workers")]
    if not any(kinds):
        row["developers"] = 10 if staff is None else staff
    row["staff"] = sum(row.get(kind, 0) for kind in ("developers", "scientists", "workers"))
    row.setdefault("area", 12.0 * row["staff"])
    return row


def programme(kind: str, **terms: Any) -> dict[str, Any]:
    """Return the terms of an award programme that begins in month 0 and has no end."""
    return _PROGRAMME | {"kind": PROGRAMME_KINDS.index(kind)} | terms


def running(k: int = 0, since: int = 0, until: int = OPEN_END) -> dict[str, Any]:
    """Return the columns of a firm or team that holds an award of programme `k`."""
    start, end, count = (np.full(8, -1), np.full(8, -1), np.zeros(8, int))
    start[k], end[k], count[k] = since, until, 1
    return {"award_start": start, "award_end": end, "award_count": count}


def _fill(table: Any, rows: Rows, first_uid: int) -> None:
    records = table.make(len(rows))
    records["uid"] = first_uid + np.arange(len(rows))
    for name in {name for row in rows for name in row}:
        default = table.blank[name][0]
        records[name] = [row.get(name, default) for row in rows]
    table.append(records)


def _in_focus(norms: Mapping[str, float]) -> dict[str, float]:
    """Return norms in which the focal sector is the only track, unless tracks are named."""
    focal = int(norms.get("focal", -1))
    return {"focus": float(1 << focal) if focal >= 0 else 0.0} | dict(norms)


def world(
    firms: Rows | tuple = (),
    *,
    teams: Rows | tuple = (),
    funds: Rows | tuple = (),
    stakes: Rows | tuple = (),
    ties: Rows | tuple = (),
    institutions: Rows | tuple = (),
    cells: Rows | None = None,
    programmes: Rows | tuple = (),
    operator: Mapping[str, float] | None = None,
    government: Mapping[str, float] | None = None,
    norms: Mapping[str, float] | None = None,
    market: Mapping[str, float] | None = None,
    rules: Mapping[str, float] | None = None,
    levers: tuple[LeverUse, ...] = (),
    params: Mapping[str, Mapping[str, float]] | None = None,
    month: int = 0,
    seed: int = 7,
    staffed: bool = False,
) -> World:
    """Return a world of the given rows, everything else blank and at the market's level.

    `rules` sets what levers say in every month, `levers` puts real ones in force, which may cost and
    wait; `params` overrides parameters by process; `staffed` gives every firm the people it counts.
    """
    compiled = compile_rules(levers, all_levers(), month + 2)
    rows = compiled.rows
    for name, value in (rules or {}).items():
        rows[name] = value
    terms = [tuple(p.get(name, 0) for name in PROGRAMME.names or ()) for p in programmes]
    made = World(
        seed,
        240,
        replace(
            compiled,
            programmes=np.array(terms, PROGRAMME),
            intensity=np.ones((len(terms), month + 2)),
            eligible=(None,) * len(terms),
        ),
        {
            name: declared.record(dict((params or {}).get(name, {})))
            for name, declared in all_parameters().items()
        },
        month=month,
    )
    made.built, made.watch = np.zeros(len(compiled.spoken)), Watch(compiled.triggers)
    for record, values in (
        (made.norms, _NORMS | _in_focus(norms or {})),
        (made.market, _MARKET | dict(market or {})),
    ):
        for name, value in values.items():
            record[name] = value
    made.market["demand"] = 1.0
    made.mix = np.ones((2, max(len(SECTORS), len(LAYERS))))
    _fill(made.cells, [_CELL | c for c in (cells or [{}])], 0)
    _fill(made.firms, list(firms), 1_000)
    _fill(made.founders, [_TEAM | t for t in teams], 500_000)
    _fill(made.funds, [_FUND | f for f in funds], 900_000)
    _fill(made.stakes, list(stakes), 2_000_000)
    _fill(made.ties, list(ties), 3_000_000)
    _fill(made.institutions, list(institutions), 50)
    _fill(made.operators, [{"asking": RENT, "effort": 1.0} | dict(operator or {})], 1)
    _fill(made.governments, [{"budget_left": 1e12} | dict(government or {})], 2)
    made.buildings = np.flatnonzero(made.cells.rows["floor_office"] > 0)
    made.homes = np.flatnonzero(made.cells.rows["floor_housing"] > 0)
    made.eligible_firms = np.ones((len(terms), len(made.firms)), np.bool_)
    made.eligible_teams = np.ones((len(terms), len(made.founders)), np.bool_)
    made.notes["residents_start"] = 0
    cells_now = made.cells.rows
    for use, name in enumerate(("office", "lab", "production")):
        mine = made.firms.rows["use"] == use
        np.add.at(
            cells_now[f"let_{name}"], made.firms.rows["cell"][mine], made.firms.rows["area"][mine]
        )
    if staffed:
        _hire_all(made)
    return made


def _hire_all(made: World) -> None:
    rows = made.firms.rows
    kinds, employers = [], []
    for name, kind in (("developers", DEVELOPER), ("scientists", SCIENTIST), ("workers", WORKER)):
        employers.append(np.repeat(np.arange(len(rows)), rows[name]))
        kinds.append(np.full(employers[-1].size, kind))
    add_people(made, kind=np.concatenate(kinds), employer=np.concatenate(employers))


def add_people(made: World, **columns: Any) -> slice:
    """Add people with the given columns (arrays or scalars) and return their rows."""
    count = max(np.size(values) for values in columns.values())
    data = made.people.reserve(count)
    new = slice(made.people.n, made.people.n + count)
    for column in made.people.columns:
        getattr(data, column.name)[new] = column.default
    data.uid[new] = 10_000_000 + np.arange(new.start, new.stop)
    data.tenure[new] = 60
    for name, values in columns.items():
        getattr(data, name)[new] = values
    made.people.n += count
    return new


def total_cash(made: World) -> float:
    """Return the cash of all accounts together."""
    tables = (made.firms, made.founders, made.funds, made.operators)
    return float(sum(t.rows["cash"].sum() for t in tables) + made.purse.sum())


def run(process: str, made: World) -> World:
    """Run one process for a month; no money may appear and nothing undeclared may change."""
    module = import_module(f"sim.processes.{process}")
    cash, flowed, before = total_cash(made), made.flows.sum(), snapshot(made)
    module.step(made)
    moved = max(abs(made.flows.sum() - flowed), abs(cash), 1.0)
    assert abs(total_cash(made) - cash) <= 1e-9 * moved
    assert changed(before, snapshot(made)) <= allowed(module)
    return made


def next_month(made: World) -> None:
    """Move on by a month under the same rules."""
    made.month += 1
    if made.month >= made.rules.rows.size:
        assert not made.rules.spoken  # real levers say what they say in the months asked for
        again = np.repeat(made.rules.rows[-1:], 240)
        strength = np.ones((made.rules.programmes.size, made.rules.rows.size + 240))
        rows = np.concatenate([made.rules.rows, again])
        made.rules = replace(made.rules, rows=rows, intensity=strength)


def paid(made: World, payer: int, payee: int, purpose: int) -> float:
    """Return this month's payments between two kinds of account for a purpose, CNY."""
    return float(made.flows[payer, payee, purpose])


def paid_in_all(made: World, purpose: int) -> float:
    """Return this month's payments for a purpose, CNY."""
    return float(made.flows[:, :, purpose].sum())


def firm_of(made: World, number: int) -> np.void:
    """Return the firm that was made as number `number`."""
    return made.firms.rows[made.firms.rows["uid"] == 1_000 + number][0]


def luck(made: World, purpose: str, uids: np.ndarray, month: int | None = None) -> np.ndarray:
    """Return the uniform numbers of agents for a registered purpose in a month."""
    at = made.month if month is None else month
    key = draw.keys(made.seed, draw.purposes()[purpose], at + 1)[at]
    return draw.uniforms(key, np.asarray(uids, np.int64))


def logistic(x: Any) -> Any:
    """Return 1/(1+e^-x)."""
    return 1 / (1 + np.exp(-np.asarray(x, float)))


def close_to_share(count: float, n: int, share: float, width: float = 4.5) -> bool:
    """Return whether `count` of `n` agrees with a binomial of `share`, within `width` deviations."""
    return abs(count - n * share) <= width * np.sqrt(n * share * (1 - share)) + 0.5


def flow_names(made: World) -> dict[tuple[str, str, str], float]:
    """Return this month's payments that are not zero, by names of payer, payee and purpose."""
    found = np.argwhere(made.flows != 0)
    return {
        (ledger.KINDS[a], ledger.KINDS[b], ledger.PURPOSES[c]): float(made.flows[a, b, c])
        for a, b, c in found
    }
