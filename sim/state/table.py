"""Tables of agents: rows that grow, are put in order, and leave.

A wide table keeps its rows in *canonical order* (by its sort keys, uid last) from one month to the
next, so that a sum over its rows does not depend on who was added or moved when.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from sim.declare import Column
from sim.kernel import kernel
from sim.state.columns import GONE, STUDENT, People, dtype_of


class Table:
    """A table of records with room to grow; `rows` are the living, shape (n,)."""

    def __init__(self, name: str, columns: Sequence[Column], order: tuple[str, ...] = ("uid",)):
        self.name = name
        self.columns = tuple(columns)
        self.order = order
        self.dtype = dtype_of(self.columns)
        self.blank = np.zeros(1, self.dtype)
        for c in columns:
            self.blank[c.name] = c.default
        self._blank_bytes = self.blank.tobytes()
        self._data = np.zeros(0, self.dtype)
        self._spare = self._data
        self.rows = self._data

    def __len__(self) -> int:
        return self.rows.size

    def make(self, count: int) -> np.ndarray:
        """Return `count` blank records, not yet in the table."""
        return np.frombuffer(bytearray(self._blank_bytes * count), self.dtype)

    def append(self, records: np.ndarray) -> None:
        """Add `records` after the last row; capacity doubles when it is used up."""
        n, k = self.rows.size, records.size
        if k == 0:
            return
        if n + k > self._data.size:
            grown = np.zeros(max(2 * self._data.size, n + k, 16), self.dtype)
            grown[:n] = self.rows
            self._data = grown
        self._data[n : n + k] = records
        self.rows = self._data[: n + k]

    def set_rows(self, records: np.ndarray) -> None:
        """Replace all rows."""
        self._data = records
        self._spare = records[:0]
        self.rows = records

    def take(self, order: np.ndarray) -> None:
        """Keep the rows numbered in `order`, in that order."""
        k = order.size
        room = self._data.size if 4 * k >= self._data.size else 2 * k
        # Rows move between two buffers, so that no month allocates anew.
        target = self._spare if self._spare.size == room else np.zeros(room, self.dtype)
        _gather(self._words(self._data), order, self._words(target))
        self._spare, self._data = self._data, target
        self.rows = target[:k]

    def _words(self, data: np.ndarray) -> np.ndarray:
        """Return records as rows of 64-bit words, shape (rows, words)."""
        return data.view(np.int64).reshape(data.size, self.dtype.itemsize // 8)

    def canonical_order(self) -> np.ndarray | None:
        """Return the canonical order of the rows, or None where they are in it already."""
        if self.rows.size < 2:
            return None
        keys = [self.rows[name] for name in self.order]
        if len(keys) == 1:
            return None if _ascending(keys[0]) else np.argsort(keys[0])
        return None if _ascending_pairs(keys[0], keys[1]) else np.lexsort(keys[::-1])


class PeopleTable:
    """The long table: a tuple of columns with room to grow, in no particular order."""

    def __init__(self, columns: Sequence[Column]):
        self.name = "people"
        self.columns = tuple(columns)
        self.n = 0
        self.data = People(*(np.full(0, c.default, c.dtype) for c in columns))
        self._adults: np.ndarray | None = None
        self._counted = 0
        self._cohorts: list[np.ndarray] | None = None

    def __len__(self) -> int:
        return self.n

    @property
    def rows(self) -> People:
        """The columns cut to the living rows, each of shape (n,)."""
        return People(*(c[: self.n] for c in self.data))

    def reserve(self, free: int) -> People:
        """Make sure that `free` further rows fit and return the columns with all their room."""
        room = self.data.uid.size
        if self.n + free > room:
            size = self.n + max(free, self.n // 16)
            grown = []
            for c, old in zip(self.columns, self.data, strict=True):
                new = np.full(size, c.default, c.dtype)
                new[: self.n] = old[: self.n]
                grown.append(new)
            self.data = People(*grown)
        return self.data

    def adults(self) -> np.ndarray:
        """Return the rows of people who are not students, in ascending order, shape (adults,).

        Students are most of the rows and have one month that concerns them, so every pass but that
        of graduation goes over these rows only. Rows added since the last call are adults.
        """
        if self._adults is None:
            self._adults = _adult_rows(self.data.kind, self.n)
        elif self._counted < self.n:
            more = np.arange(self._counted, self.n, dtype=np.int32)
            self._adults = np.concatenate((self._adults, more))
        self._counted = self.n
        return self._adults

    def cohort(self, month: int, length: int) -> np.ndarray:
        """Return the rows of students who graduate in months that equal `month` modulo `length`.

        A graduate's row is taken over by a student who graduates `length` months later, so the
        cohorts stay the same rows until rows move.
        """
        if self._cohorts is None:
            students = np.flatnonzero(self.data.kind[: self.n] == STUDENT).astype(np.int32)
            due = self.data.graduates[students] % length
            order = np.argsort(due, kind="stable")
            edges = np.searchsorted(due[order], np.arange(length + 1))
            self._cohorts = [students[order[a:b]] for a, b in pairwise(edges)]
        return self._cohorts[month % length]

    def take(self, order: np.ndarray) -> None:
        """Keep the rows numbered in `order`, in that order."""
        self._cohorts = None
        self.data = People(*(c[: self.n][order] for c in self.data))
        self.n = order.size
        self._adults = None

    def remove_gone(self) -> int:
        """Fill the rows marked GONE from the end of the table; return how many left."""
        n = _fill_gaps(self.data, self.adults(), self.n)
        left = self.n - n
        if left:
            self._adults = None
            if (self.data.kind[n : self.n] == STUDENT).any():
                self._cohorts = None
        self.n = n
        return left


@kernel
def _gather(source, order, target):
    for k in range(order.size):
        for w in range(source.shape[1]):
            target[k, w] = source[order[k], w]


@kernel
def _ascending(keys):
    for i in range(1, keys.size):
        if keys[i - 1] >= keys[i]:
            return False
    return True


@kernel
def _ascending_pairs(first, second):
    for i in range(1, first.size):
        if first[i - 1] > first[i]:
            return False
        if first[i - 1] == first[i] and second[i - 1] >= second[i]:
            return False
    return True


@kernel
def _adult_rows(kind, n):
    rows = np.empty(n + 1, np.int32)
    count = 0
    for i in range(n):
        rows[count] = i
        count += kind[i] != STUDENT
    return rows[:count].copy()


@kernel
def _fill_gaps(people, adults, n):
    # From the end, so that the last row is never itself a gap that is still to be filled.
    for k in range(adults.size - 1, -1, -1):
        row = adults[k]
        if people.kind[row] == GONE:
            n -= 1
            if row != n:
                _copy_person(people, n, row)
    return n


@kernel
def _copy_person(people, source, target):
    people.uid[target] = people.uid[source]
    people.kind[target] = people.kind[source]
    people.site[target] = people.site[source]
    people.home_cell[target] = people.home_cell[source]
    people.employer[target] = people.employer[source]
    people.wage[target] = people.wage[source]
    people.skill[target] = people.skill[source]
    people.tenure[target] = people.tenure[source]
    people.graduates[target] = people.graduates[source]
    people.institution[target] = people.institution[source]
    people.apartment[target] = people.apartment[source]
    people.migrant[target] = people.migrant[source]
    people.founder_of[target] = people.founder_of[source]
    people.sector[target] = people.sector[source]
    people.field_experience[target] = people.field_experience[source]


@kernel
def move_references_of(rows, values, new_row):
    """As `move_references`, for the given rows only."""
    for i in rows:
        if values[i] >= 0:
            values[i] = new_row[values[i]]


@kernel
def move_references(values, new_row):
    """Point row numbers at the rows' new places; negative ones stay, removed rows give -1."""
    for i in range(values.size):
        if values[i] >= 0:
            values[i] = new_row[values[i]]
