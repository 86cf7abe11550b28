"""The ledger: money moves and never appears, and strict runs see what went around it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.kernel import kernel
from sim.state import ledger
from sim.state.checks import Audit, BrokenIdentityError
from sim.state.columns import GONE
from tests.processes.rows import add_people, firm, total_cash, world

ROWS = 5


@kernel
def pay_all(books, kinds, rows, purposes, amounts):
    """Make payments: `kinds` and `rows` of shape (payments, 2) hold payer and payee."""
    for k in range(amounts.size):
        ledger.pay(
            books, kinds[k, 0], rows[k, 0], kinds[k, 1], rows[k, 1], purposes[k], amounts[k]
        )  # fmt: skip


KIND = st.integers(0, len(ledger.KINDS) - 1)
ROW = st.integers(0, ROWS - 1)
PURPOSE = st.integers(0, len(ledger.PURPOSES) - 1)
AMOUNT = st.floats(0, 1e9)
PAYMENTS = st.lists(st.tuples(KIND, ROW, KIND, ROW, PURPOSE, AMOUNT), max_size=40)


def accounts():
    """Return a world with five accounts of each kind that has rows, one operator, and entries."""
    made = world(
        [firm(cash=1e6 * k) for k in range(ROWS)],
        teams=[{"cash": 10.0}] * ROWS,
        funds=[{"cash": 5e5}] * ROWS,
        operator={"cash": -3.0},
        staffed=True,
    )
    made.entries = np.zeros(1_000, ledger.ENTRY)
    return made


def pay(made, payments):
    table = np.array(payments, float).reshape(-1, 6)
    kinds, rows = table[:, [0, 2]].astype(int), table[:, [1, 3]].astype(int)
    rows[kinds == ledger.OPERATOR] = 0
    pay_all(made.books, kinds, rows, table[:, 4].astype(int), table[:, 5].copy())
    return kinds, rows, table[:, 4].astype(int), table[:, 5]


def balance(made, kind, row):
    tables = [made.firms, made.founders, made.funds, made.operators]
    return tables[kind].rows["cash"][row] if kind < 4 else made.purse[kind]


@given(PAYMENTS)
def test_any_payments_leave_the_sum_of_all_cash(payments):
    made = accounts()
    before = total_cash(made)
    *_, amounts = pay(made, payments)
    assert total_cash(made) == pytest.approx(before, abs=1e-9 * (amounts.sum() + 1e7))


@given(PAYMENTS)
def test_flows_add_up_by_payer_payee_and_purpose(payments):
    made = accounts()
    kinds, _, purposes, amounts = pay(made, payments)
    expected = np.zeros_like(made.flows)
    np.add.at(expected, (kinds[:, 0], kinds[:, 1], purposes), amounts)
    np.testing.assert_allclose(made.flows, expected)


@given(PAYMENTS)
def test_every_account_moves_by_what_it_got_less_what_it_gave(payments):
    made, start = accounts(), accounts()
    kinds, rows, _, amounts = pay(made, payments)
    for kind in range(len(ledger.KINDS)):
        for row in range(ROWS if kind < ledger.OPERATOR else 1):
            whole = kind >= ledger.FIRST_PURSE
            mine = (kinds == kind) & (whole | (rows == row))
            change = amounts[mine[:, 1]].sum() - amounts[mine[:, 0]].sum()
            expected = balance(start, kind, row) + change
            scale = 1e-9 * (1e7 + amounts.sum())
            assert balance(made, kind, row) == pytest.approx(expected, abs=scale)


@given(PAYMENTS)
@settings(max_examples=40)
def test_entries_rebuild_every_balance(payments):
    made = accounts()
    audit = Audit(made)
    pay(made, payments)
    assert made.written[0] == sum(amount != 0 for *_, amount in payments)
    audit.check(made)
    assert made.written[0] == 0  # the next month begins a new page


@given(PAYMENTS, st.integers(0, 3), st.floats(1, 1e6))
@settings(max_examples=40)
def test_cash_that_changes_behind_the_ledgers_back_is_seen(payments, kind, slip):
    made = accounts()
    audit = Audit(made)
    small = [(*rest, min(amount, 1e6)) for *rest, amount in payments]
    pay(made, small)
    table = (made.firms, made.founders, made.funds, made.operators)[kind]
    table.rows["cash"][0] += slip
    with pytest.raises(BrokenIdentityError, match="month 0: accounts"):
        audit.check(made)


def test_a_purse_that_changes_behind_the_ledgers_back_is_seen():
    made = accounts()
    audit = Audit(made)
    made.purse[ledger.WORLD] += 1.0
    with pytest.raises(BrokenIdentityError, match="accounts"):
        audit.check(made)


def test_a_negative_payment_is_seen():
    made = accounts()
    audit = Audit(made)
    pay(made, [(ledger.FIRM, 0, ledger.WORLD, 0, ledger.RENT, -5.0)])
    with pytest.raises(BrokenIdentityError, match="negative amount"):
        audit.check(made)


def test_nothing_is_written_for_nothing():
    made = accounts()
    pay(made, [(ledger.FIRM, 0, ledger.WORLD, 0, ledger.RENT, 0.0)])
    assert made.written[0] == 0


def whole():
    """Return a world in which every identity holds, and its audit."""
    made = world(
        [firm(share_founders=0.7, share_operator=0.1, share_funds=0.2)] * ROWS,
        stakes=[
            {"holder_kind": ledger.OPERATOR, "firm": 1_000 + k, "share": 0.1} for k in range(ROWS)
        ]
        + [{"holder_kind": ledger.FUND, "firm": 1_000 + k, "share": 0.2} for k in range(ROWS)],
        ties=[{"a": 0, "b": 1, "strength": 1.0}],
        teams=[{"venture": 1_002}],
        staffed=True,
    )
    made.people.rows.home_cell[:4] = 0
    made.firms.rows["locals"][0] = 4
    made.cells.rows["let_housing"] = 4 * 30.0
    return made, Audit(made)


def _set(table, column, value, row=0):
    def spoil(made):
        getattr(made, table).rows[column][row] = value

    return spoil


def _person(column, value):
    def spoil(made):
        getattr(made.people.rows, column)[0] = value

    return spoil


def _newcomer(made):
    add_people(made, kind=1, employer=-2)


SPOILT = {
    "staff that are nobody": (_set("firms", "staff", 11), "staff"),
    "a kind of staff miscounted": (_set("firms", "workers", 1), "do not add up"),
    "locals miscounted": (_set("firms", "locals", 5), "locals"),
    "a person without an arrival": (_newcomer, "people"),
    "a person marked gone": (_person("kind", GONE), "gone"),
    "a uid twice": (_person("uid", 10_000_001), "twice"),
    "floor let to nobody": (_set("cells", "let_office", 700.0), "floor"),
    "more floor let than there is": (_set("cells", "floor_office", 10.0), "floor"),
    "a home let to nobody": (_set("cells", "let_housing", 150.0), "homes"),
    "more homes let than there are": (_set("cells", "housing_outside", 1e9), "homes"),
    "shares above one": (_set("firms", "share_founders", 0.71), "shares sum"),
    "a stake that grew": (_set("stakes", "share", 0.11), "operator hold"),
    "a stake of funds that grew": (_set("stakes", "share", 0.21, ROWS), "funds hold"),
    "a stake in nobody": (_set("stakes", "firm", 5), "not here"),
    "a firm that left": (_set("firms", "fate", 1), "left"),
    "a tie to nobody": (_set("ties", "b", ROWS), "tie"),
    "a founder of nobody": (_set("founders", "venture", 77), "venture"),
    "a number that is none": (_set("firms", "knowledge", np.nan), "not finite"),
    "a negative stock": (_set("firms", "revenue", -1.0), "below"),
    "a budget overspent": (_set("governments", "budget_left", -1.0), "budget_left"),
}


def test_a_sound_world_passes():
    made, audit = whole()
    audit.check(made)


@pytest.mark.parametrize("name", SPOILT)
def test_each_identity_is_seen_broken(name):
    spoil, message = SPOILT[name]
    made, audit = whole()
    spoil(made)
    with pytest.raises(BrokenIdentityError, match=message):
        audit.check(made)
