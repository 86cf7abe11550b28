"""Identities that must hold every month of a strict run (model 10)."""

from __future__ import annotations

import math

import numpy as np

from sim.state.columns import GONE, INSTITUTION, OUTSIDE, STUDENT, TABLES, WORKER
from sim.state.ledger import FIRM, FIRST_PURSE, FUND, OPERATOR, TEAM
from sim.state.world import World

_TOLERANCE = 1e-9
_AREA = 1e-6


class BrokenIdentityError(AssertionError):
    """An identity of the model does not hold; the message names month, identity and rows."""


def _fail(world: World, identity: str, detail: str) -> None:
    raise BrokenIdentityError(f"month {world.month}: {identity}: {detail}")


class Audit:
    """Rebuilds every account from its opening balance and the entries, month by month."""

    def __init__(self, world: World) -> None:
        self._balances = _balances(world)
        self._people = len(world.people)

    def check(self, world: World) -> None:
        """Check all identities of the month.

        Raises:
            BrokenIdentityError: with month, identity and the first rows that break it.
        """
        self._accounts(world)
        self._head_count(world)
        _floor(world)
        _shares(world)
        _nothing_behind(world)
        _numbers(world)
        _budgets(world)

    def _accounts(self, world: World) -> None:
        entries = world.entries[: int(world.written[0])]
        if 0 < world.entries.size == entries.size:
            _fail(world, "payments", f"more than {entries.size} entries in a month")
        if (entries["amount"] < 0).any():
            bad = entries[entries["amount"] < 0][0]
            _fail(world, "payments", f"negative amount {bad}")
        change: dict[tuple[int, int], float] = {}
        moved: dict[tuple[int, int], float] = {}
        for sign, kind, who in ((-1.0, "payer_kind", "payer"), (1.0, "payee_kind", "payee")):
            for k, uid, amount in zip(entries[kind], entries[who], entries["amount"], strict=True):
                key = (int(k), int(uid))
                change[key] = change.get(key, 0.0) + sign * amount
                moved[key] = moved.get(key, 0.0) + amount
        now = _balances(world)
        for key in self._balances.keys() | now.keys() | change.keys():
            before = self._balances.get(key, 0.0)
            expected = before + change.get(key, 0.0)
            scale = max(abs(before), moved.get(key, 0.0), 1.0)
            if abs(expected - now.get(key, 0.0)) > _TOLERANCE * scale:
                _fail(world, "accounts", f"{key}: {expected} expected, {now.get(key, 0.0)} found")
        self._balances = now
        world.written[0] = 0

    def _head_count(self, world: World) -> None:
        people, firms = world.people.rows, world.firms.rows
        if (people.kind == GONE).any():
            _fail(world, "people", "rows marked gone were not removed")
        if (people.employer[people.kind == STUDENT] >= 0).any():
            _fail(world, "staff", "a student has an employer")
        employed = people.employer[people.employer >= 0]
        staff = np.bincount(employed, minlength=len(firms))
        if not np.array_equal(staff, firms["staff"]):
            row = int(np.flatnonzero(staff != firms["staff"])[0])
            _fail(
                world,
                "staff",
                f"firm {firms['uid'][row]}: {staff[row]} people, staff {firms['staff'][row]}",
            )
        parts = firms["developers"] + firms["scientists"] + firms["workers"]
        if not np.array_equal(parts, firms["staff"]):
            _fail(world, "staff", "developers, scientists and workers do not add up")
        local = np.bincount(
            people.employer[(people.employer >= 0) & (people.home_cell >= 0)], minlength=len(firms)
        )
        if not np.array_equal(local, firms["locals"]):
            row = int(np.flatnonzero(local != firms["locals"])[0])
            _fail(
                world, "locals", f"row {row}: {local[row]} live here, {firms['locals'][row]} noted"
            )
        expected = (
            self._people + int(world.tally["people_born"][0]) - int(world.tally["people_left"][0])
        )
        if len(world.people) != expected:
            _fail(world, "people", f"{expected} expected, {len(world.people)} found")
        self._people = len(world.people)
        uids = np.sort(people.uid)
        if (uids[1:] == uids[:-1]).any():
            _fail(world, "people", "a uid stands twice")


def _balances(world: World) -> dict[tuple[int, int], float]:
    found: dict[tuple[int, int], float] = {}
    tables = (
        (FIRM, world.firms),
        (TEAM, world.founders),
        (FUND, world.funds),
        (OPERATOR, world.operators),
    )
    for kind, table in tables:
        for uid, cash in zip(table.rows["uid"], table.rows["cash"], strict=True):
            found[(kind, int(uid))] = float(cash)
    for kind in range(FIRST_PURSE, world.purse.size):
        found[(kind, 0)] = float(world.purse[kind])
    return found


def _floor(world: World) -> None:
    cells, firms, people = world.cells.rows, world.firms.rows, world.people.rows
    for use, name in enumerate(("office", "lab", "production")):
        mine = firms["use"] == use
        leased = np.bincount(firms["cell"][mine], weights=firms["area"][mine], minlength=len(cells))
        gap = np.abs(leased - cells[f"let_{name}"])
        if (gap > _AREA * (1 + leased)).any():
            row = int(gap.argmax())
            _fail(
                world,
                "floor",
                f"{name}, cell {row}: leased {leased[row]}, let {cells[f'let_{name}'][row]}",
            )
        over = cells[f"let_{name}"] - cells[f"floor_{name}"]
        if (over > _AREA * (1 + cells[f"floor_{name}"])).any():
            _fail(world, "floor", f"{name}: more let than there is in cell {int(over.argmax())}")
    adults = (people.kind > STUDENT) & (people.home_cell >= 0)
    area = np.where(people.kind[adults] == WORKER, 15.0, 30.0)
    lived = np.bincount(people.home_cell[adults], weights=area, minlength=len(cells))
    gap = np.abs(lived - cells["let_housing"])
    if (gap > _AREA * (1 + lived)).any():
        _fail(world, "homes", f"cell {int(gap.argmax())}: residents' area and let housing differ")
    over = cells["let_housing"] + cells["housing_outside"] - cells["floor_housing"]
    if (over > _AREA * (1 + cells["floor_housing"])).any():
        _fail(world, "homes", f"cell {int(over.argmax())}: more homes let than there are")


def _shares(world: World) -> None:
    firms, stakes = world.firms.rows, world.stakes.rows
    total = np.zeros(len(firms))
    for who in ("founders", "operator", "funds", "staff"):
        total += firms[f"share_{who}"]
    if (np.abs(total - 1) > 1e-9).any():
        row = int(np.abs(total - 1).argmax())
        _fail(world, "shares", f"firm {firms['uid'][row]}: shares sum to {total[row]}")
    # Firms that opened this month stand last, not yet in uid order.
    by_uid = np.argsort(firms["uid"], kind="stable")
    at = np.searchsorted(firms["uid"], stakes["firm"], sorter=by_uid)
    rows = by_uid[np.minimum(at, len(firms) - 1)]
    known = firms["uid"][rows] == stakes["firm"]
    if not known.all():
        _fail(world, "stakes", f"stake in a firm that is not here: {stakes['firm'][~known][0]}")
    operator = stakes["holder_kind"] == OPERATOR
    for mask, who in ((operator, "operator"), (~operator, "funds")):
        held = np.bincount(rows[mask], weights=stakes["share"][mask], minlength=len(firms))
        gap = np.abs(held - firms[f"share_{who}"])
        if (gap > 1e-9).any():
            row = int(gap.argmax())
            _fail(
                world,
                "stakes",
                f"firm {firms['uid'][row]}: {who} hold {held[row]}, noted {firms[f'share_{who}'][row]}",
            )


def _nothing_behind(world: World) -> None:
    firms, people, ties = world.firms.rows, world.people.rows, world.ties.rows
    n = len(firms)
    if (firms["fate"] != 0).any():
        _fail(world, "removed rows", "a firm that left is still in the table")
    if people.employer.size and (people.employer.max() >= n or people.employer.min() < INSTITUTION):
        _fail(world, "removed rows", "a person works for a row that is not there")
    if ties.size and (
        min(ties["a"].min(), ties["b"].min()) < 0 or max(ties["a"].max(), ties["b"].max()) >= n
    ):
        _fail(world, "removed rows", "a tie leads to a row that is not there")
    active = world.founders.rows["venture"]
    if not np.isin(active[active != 0], firms["uid"]).all():
        _fail(world, "removed rows", "a founder's venture is not there")
    assert OUTSIDE < 0


def _numbers(world: World) -> None:
    for name, columns in TABLES.items():
        for c in columns:
            values = world.column(name, c.name)
            if values.dtype.kind == "f" and not np.isfinite(values).all():
                _fail(world, "numbers", f"{name}.{c.name} has a value that is not finite")
            if c.low is not None and values.size and values.min() < c.low - 1e-6:
                _fail(world, "numbers", f"{name}.{c.name} is {values.min()}, below {c.low}")
    for name in ("market", "norms"):
        row = getattr(world, name)[0]
        for column in row.dtype.names:
            if not np.isfinite(row[column]).all():
                _fail(world, "numbers", f"{name}.{column} has a value that is not finite")
    if not all(math.isfinite(x) for x in world.purse):
        _fail(world, "numbers", "a purse is not finite")


def _budgets(world: World) -> None:
    left = float(world.governments.rows["budget_left"][0])
    if left < -1e-6:
        _fail(world, "budgets", f"overspent by {-left}")
