"""The world: all tables and records of one run, and how their rows stay in step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.state.columns import TABLES
from sim.state.ledger import ENTRY, KINDS, PURPOSES, Books
from sim.state.records import HISTORY, MARKET, NORMS, TALLY, programme_state
from sim.state.rules import Rules
from sim.state.table import PeopleTable, Table, move_references, move_references_of
from sim.state.triggers import Watch

# By time of arrival: what a month adds stands at the end, in the order it is added in, so that little
# has to move. Births come before firms from outside, whose origin is the last.
_ORDERS = {
    "firms": ("arrived", "origin", "uid"),
    "founders": ("born", "uid"),
    "stakes": ("month", "uid"),
    "ties": ("since", "uid"),
    "projects": ("begun", "uid"),
}
_REFERENCES: dict[str, list[tuple[str, str]]] = {}
for _name, _columns in TABLES.items():
    for _column in _columns:
        if _column.refers:
            _REFERENCES.setdefault(_column.refers, []).append((_name, _column.name))


def _table(name: str) -> Table:
    return Table(name, TABLES[name], _ORDERS.get(name, ("uid",)))


@dataclass(slots=True)
class World:
    """One run's state. `month` counts from 0; a world is stepped by `sim.schedule`."""

    seed: int
    months: int
    rules: Rules
    params: dict[str, np.ndarray]
    month: int = 0
    stop_month: int = -1  # month in which support has stopped, -1 = it does not stop
    cells: Table = field(default_factory=lambda: _table("cells"))
    firms: Table = field(default_factory=lambda: _table("firms"))
    people: PeopleTable = field(default_factory=lambda: PeopleTable(TABLES["people"]))
    founders: Table = field(default_factory=lambda: _table("founders"))
    funds: Table = field(default_factory=lambda: _table("funds"))
    operators: Table = field(default_factory=lambda: _table("operators"))
    institutions: Table = field(default_factory=lambda: _table("institutions"))
    stakes: Table = field(default_factory=lambda: _table("stakes"))
    ties: Table = field(default_factory=lambda: _table("ties"))
    governments: Table = field(default_factory=lambda: _table("governments"))
    projects: Table = field(default_factory=lambda: _table("projects"))
    purse: np.ndarray = field(default_factory=lambda: np.zeros(len(KINDS)))
    flows: np.ndarray = field(
        default_factory=lambda: np.zeros((len(KINDS), len(KINDS), len(PURPOSES)))
    )
    entries: np.ndarray = field(default_factory=lambda: np.zeros(0, ENTRY))
    written: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    norms: np.ndarray = field(default_factory=lambda: np.zeros(1, NORMS))
    market: np.ndarray = field(default_factory=lambda: np.zeros(1, MARKET))
    tally: np.ndarray = field(default_factory=lambda: np.zeros(1, TALLY))
    history: np.ndarray = field(default_factory=lambda: np.zeros(1, HISTORY))
    programme_state: np.ndarray = field(default_factory=programme_state)
    eligible_firms: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.bool_))
    eligible_teams: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.bool_))
    mix: np.ndarray = field(
        default_factory=lambda: np.zeros((2, 0))
    )  # cumulative sector, layer shares
    fates: list[np.ndarray] = field(default_factory=list)
    homes: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))  # cells with housing
    buildings: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))  # cells with floor
    stopped: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    heard: np.ndarray | None = None  # this month's rules where they are not those compiled
    awake: np.ndarray | None = None  # programmes in force this month where some wait for a trigger
    built: np.ndarray = field(default_factory=lambda: np.zeros(0))  # units of works by lever
    watch: Watch = field(default_factory=lambda: Watch(()))
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def rule(self) -> np.ndarray:
        """This month's rules, a structured array of shape (1,)."""
        if self.heard is not None:
            return self.heard
        return self.rules.rows[self.month : self.month + 1]

    @property
    def intensity(self) -> np.ndarray:
        """This month's intensity of each programme, shape (programmes,)."""
        # Contiguous whatever their number, or two programmes would compile every kernel again.
        strength = np.ascontiguousarray(self.rules.intensity[:, self.month])
        return strength if self.awake is None else strength * self.awake

    @property
    def books(self) -> Books:
        """All accounts and the month's flows, for `ledger.pay`."""
        return Books(
            self.firms.rows,
            self.founders.rows,
            self.funds.rows,
            self.operators.rows,
            self.purse,
            self.flows,
            self.entries,
            self.written,
        )

    def table(self, name: str) -> Table | PeopleTable:
        """Return a table by name."""
        return getattr(self, name)

    def take(self, name: str, order: np.ndarray) -> None:
        """Keep the rows of a table numbered in `order`, in that order, and move all references.

        References to rows that are left out become -1.
        """
        table = self.table(name)
        references = _REFERENCES.get(name, [])
        if references:
            new_row = np.full(len(table), -1, np.int64)
            new_row[order] = np.arange(order.size)
            for other, column in references:
                if column == "employer":  # students have none, and are most of the rows
                    rows = self.people.adults()
                    move_references_of(rows, self.people.data.employer, new_row)
                else:
                    move_references(self.column(other, column), new_row)
        table.take(order)

    def column(self, table: str, name: str) -> np.ndarray:
        """Return a column of any table, shape (rows,), not a copy."""
        rows: Any = self.table(table).rows
        return getattr(rows, name) if table == "people" else rows[name]

    def put_in_order(self) -> None:
        """Bring every wide table to its canonical order (nothing is done where it is in order)."""
        for name in TABLES:
            table = self.table(name)
            if isinstance(table, Table):
                order = table.canonical_order()
                if order is not None:
                    self.take(name, order)
