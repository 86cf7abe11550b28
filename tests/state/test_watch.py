"""Undeclared writes: a process that changes what it does not name stops a strict run."""

from __future__ import annotations

from types import ModuleType

import pytest

from sim import schedule
from sim.processes import governance
from sim.state.columns import TABLES
from sim.state.watch import allowed, changed, snapshot
from tests.processes.rows import add_people, firm, programme, world


def place():
    made = world(
        [firm()] * 5,
        teams=[{}],
        funds=[{}],
        stakes=[{"firm": 1_000}],
        ties=[{"a": 0, "b": 1}],
        institutions=[{}],
        programmes=[programme("cash_grant")],
    )
    add_people(made, kind=1, employer=0)
    made.projects.append(made.projects.make(1))
    return made


def plant(step, *writes):
    """Return a process that does `step` and declares `writes`."""
    module = ModuleType("sim.processes.planted")
    module.WRITES = writes
    module.step = step
    return module


def _raise_rents(made):
    made.firms.rows["rent"][0] += 1.0


def watched(monkeypatch, *modules):
    monkeypatch.setattr(schedule, "MONTH", tuple((m, "planted") for m in modules))
    made = place()
    schedule.step_watched(made)
    return made


def test_a_declared_write_passes(monkeypatch):
    for declared in ("firms.rent", "firms"):
        made = watched(monkeypatch, plant(_raise_rents, declared))
        assert made.firms.rows["rent"][0] == 101


def test_an_undeclared_write_is_named(monkeypatch):
    with pytest.raises(
        schedule.UndeclaredWriteError, match=r"month 0: planted wrote \['firms.rent'\]"
    ):
        watched(monkeypatch, plant(_raise_rents, "firms.area", "purse"))


def test_the_guilty_one_is_found_among_others(monkeypatch):
    good = plant(lambda made: None)
    with pytest.raises(schedule.UndeclaredWriteError, match="planted"):
        watched(monkeypatch, good, governance, plant(_raise_rents))
    watched(monkeypatch, good, governance)


def test_every_column_of_every_table_is_watched():
    made = place()
    names = {f"{t}.{c.name}" for t, columns in TABLES.items() for c in columns}
    before = snapshot(made)
    assert names <= set(before)
    for table, columns in TABLES.items():
        for column in columns:
            made = place()
            before = snapshot(made)
            rows = made.table(table).rows
            values = getattr(rows, column.name) if table == "people" else rows[column.name]
            values[...] += 1
            assert changed(before, snapshot(made)) == {f"{table}.{column.name}"}


def _spoil(name):
    def step(made):
        record = getattr(made, name)
        if record.dtype.names:
            record[record.dtype.names[0]] += 1
        elif record.dtype == bool:
            record[...] = ~record
        else:
            record[...] += 1

    return step


@pytest.mark.parametrize(
    "name",
    ["market", "norms", "tally", "history", "programme_state", "purse", "flows", "eligible_firms",
     "eligible_teams", "mix", "buildings"],
)  # fmt: skip
def test_records_beside_the_tables_are_watched(monkeypatch, name):
    with pytest.raises(schedule.UndeclaredWriteError, match=name):
        watched(monkeypatch, plant(_spoil(name)))


def test_rows_that_come_or_go_are_writes(monkeypatch):
    def grow(made):
        made.ties.append(made.ties.make(1))

    with pytest.raises(schedule.UndeclaredWriteError, match="ties"):
        watched(monkeypatch, plant(grow, "firms"))


def test_rules_are_nobodys_to_write(monkeypatch):
    def step(made):
        made.rule["goods_speed"] = 1.0

    with pytest.raises(schedule.UndeclaredWriteError, match=r"rules\.goods_speed"):
        watched(monkeypatch, plant(step, *TABLES, "market", "tally"))


@pytest.mark.parametrize(("process", "_"), schedule.MONTH, ids=lambda p: getattr(p, "__name__", ""))
def test_every_process_declares_columns_that_exist(process, _):
    known = set(snapshot(place())) | {"entries"}
    assert allowed(process) <= known
    assert process.READS
    assert process.step.__doc__
