"""Tables: rows come, go and change places, and what refers to them goes with them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.state.columns import DEVELOPER, GONE, TABLES
from sim.state.table import PeopleTable, Table
from sim.state.world import World
from tests.processes.rows import world

UIDS = st.lists(st.integers(1, 10_000), unique=True, max_size=40)
WIDE = [name for name in TABLES if name != "people"]


def filled(uids, name="stakes", order=("uid",)):
    table = Table(name, TABLES[name], order)
    records = table.make(len(uids))
    records["uid"] = uids
    table.append(records)
    return table


@given(st.lists(UIDS, max_size=8))
def test_rows_are_appended_in_order_whatever_the_batches(batches):
    table = Table("stakes", TABLES["stakes"])
    for batch in batches:
        records = table.make(len(batch))
        records["uid"], records["share"] = batch, 0.5
        table.append(records)
    assert table.rows["uid"].tolist() == [uid for batch in batches for uid in batch]
    assert (table.rows["share"] == 0.5).all()
    assert len(table) == table.rows.size


@given(UIDS, st.randoms(use_true_random=False))
def test_taking_rows_keeps_those_in_their_new_order(uids, chance):
    table = filled(uids)
    order = [k for k in range(len(uids)) if chance.random() < 0.6]
    chance.shuffle(order)
    table.take(np.array(order, np.int64))
    assert table.rows["uid"].tolist() == [uids[k] for k in order]
    # Rows that were left out do not come back with the next ones.
    table.append(filled([99_999]).rows)
    assert table.rows["uid"].tolist() == [uids[k] for k in order] + [99_999]


@given(UIDS)
def test_blank_rows_hold_the_declared_defaults(uids):
    table = filled(uids, "firms")
    for column in TABLES["firms"]:
        if column.name != "uid":
            assert (table.rows[column.name] == column.default).all()


@given(UIDS)
def test_the_canonical_order_sorts_by_uid_or_is_there_already(uids):
    table = filled(uids)
    order = table.canonical_order()
    if order is None:
        assert uids == sorted(uids)
    else:
        assert [uids[k] for k in order] == sorted(uids)
        table.take(order)
        assert table.canonical_order() is None


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(1, 50)), unique_by=lambda t: t[1], max_size=30
    )
)
def test_ties_are_sorted_by_month_and_then_by_uid(rows):
    made = World(1, 1, None, {})
    records = made.ties.make(len(rows))
    records["since"], records["uid"] = [s for s, _ in rows], [u for _, u in rows]
    made.ties.append(records)
    made.put_in_order()
    found = zip(made.ties.rows["since"].tolist(), made.ties.rows["uid"].tolist(), strict=True)
    assert list(found) == sorted(rows)


REFERENCES = [
    (name, column.name, column.refers)
    for name, columns in TABLES.items()
    for column in columns
    if column.refers
]


def test_references_are_declared_for_every_row_number():
    expected = {
        ("firms", "cell", "cells"),
        ("people", "home_cell", "cells"),
        ("people", "employer", "firms"),
        ("people", "institution", "institutions"),
        ("founders", "institution", "institutions"),
        ("founders", "cell", "cells"),
        ("funds", "cell", "cells"),
        ("institutions", "cell", "cells"),
        ("ties", "a", "firms"),
        ("ties", "b", "firms"),
    }
    assert expected <= set(REFERENCES)


def _fill(made, name, count):
    if name == "people":
        made.people.reserve(count)
        made.people.n = count
        rows = made.people.rows
        rows.uid[:] = np.arange(count)
        rows.kind[:] = DEVELOPER  # students have no employer, which strict runs check
        return
    table = made.table(name)
    records = table.make(count)
    records["uid"] = np.arange(count)
    table.append(records)


@pytest.mark.parametrize(("table", "column", "target"), REFERENCES)
@given(
    pointers=st.lists(st.integers(-3, 11), min_size=1, max_size=20),
    kept=st.lists(st.integers(0, 11), unique=True, max_size=12),
)
@settings(max_examples=25)
def test_references_follow_the_rows_they_mean(table, column, target, pointers, kept):
    made = World(1, 1, None, {})
    for name in {table, target}:
        _fill(made, name, 12 if name == target else len(pointers))
    rows = made.table(table).rows
    values = getattr(rows, column) if table == "people" else rows[column]
    values[:] = pointers
    made.take(target, np.array(kept, np.int64))
    rows = made.table(table).rows
    values = getattr(rows, column) if table == "people" else rows[column]
    uids = made.table(target).rows["uid"]
    for before, after in zip(pointers, values.tolist(), strict=True):
        if before < 0:
            assert after == before  # codes such as "outside" stay
        elif before in kept:
            assert uids[after] == before
        else:
            assert after == -1


def test_every_wide_table_is_put_in_order():
    made = world()
    for name in WIDE:
        table = made.table(name)
        table.set_rows(table.make(3))
        table.rows["uid"] = [3, 1, 2]
    made.put_in_order()
    for name in WIDE:
        assert made.table(name).rows["uid"].tolist() == [1, 2, 3], name


def people(uids):
    table = PeopleTable(TABLES["people"])
    table.reserve(len(uids))
    table.n = len(uids)
    table.rows.uid[:] = uids
    return table


@given(UIDS, st.integers(0, 200))
def test_room_for_people_is_made_without_touching_those_there(uids, free):
    table = people(uids)
    table.rows.wage[:] = np.arange(len(uids))
    data = table.reserve(free)
    assert all(column.size >= len(uids) + free for column in data)
    assert table.rows.uid.tolist() == uids
    assert table.rows.wage.tolist() == list(range(len(uids)))
    for column in TABLES["people"]:
        assert (getattr(data, column.name)[len(uids) :] == column.default).all()


@given(UIDS, st.lists(st.booleans(), min_size=40, max_size=40))
def test_people_who_are_gone_leave_and_the_others_stay_whole(uids, gone):
    table = people(uids)
    rows = table.rows
    for number, column in enumerate(TABLES["people"]):
        if column.name not in ("uid", "kind"):
            getattr(rows, column.name)[:] = np.array(uids) % (100 + number)
    rows.kind[:] = [GONE if g else 1 for g in gone[: len(uids)]]
    left = table.remove_gone()
    kept = {u for u, g in zip(uids, gone, strict=False) if not g}
    rows = table.rows
    assert left == len(uids) - len(kept)
    assert sorted(rows.uid.tolist()) == sorted(kept)
    for number, column in enumerate(TABLES["people"]):
        if column.name not in ("uid", "kind"):
            expected = (rows.uid % (100 + number)).astype(column.dtype)
            np.testing.assert_array_equal(getattr(rows, column.name), expected, err_msg=column.name)
