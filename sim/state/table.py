"""Tables of agents: rows that grow, are put in order, and leave.

A wide table keeps its rows in *canonical order* (by its sort keys, uid last) from one month to the
next, so that a sum over its rows does not depend on who was added or moved when.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from sim.declare import Column
from sim.kernel import inlined, kernel
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
        self.rows = records

    def take(self, order: np.ndarray) -> None:
        """Keep the rows numbered in `order`, in that order."""
        k = order.size
        _rearrange(self._words(self._data), order)
        if 4 * k < self._data.size:
            self._data = self._data[: 2 * k].copy()
        self.rows = self._data[:k]

    def _words(self, data: np.ndarray) -> np.ndarray:
        """Return records as rows of 64-bit words, shape (rows, words)."""
        return data.view(np.int64).reshape(data.size, self.dtype.itemsize // 8)

    def canonical_order(self) -> np.ndarray | None:
        """Return the canonical order of the rows, or None where they are in it already."""
        keys = [self.rows[name] for name in self.order]
        first = _first_to_move(keys[0], keys[-2 % len(keys)], keys[-1])
        if first == self.rows.size:
            return None
        order = np.arange(self.rows.size)
        order[first:] = first + np.lexsort([key[first:] for key in keys[::-1]])
        return order


def reordered(records: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return a copy of `records` in an order.

    NumPy copies records with array fields field by field, an order of magnitude slower than words.
    """
    words = records.view(np.int64).reshape(records.size, records.dtype.itemsize // 8)
    return words[order].reshape(-1).view(records.dtype)


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

    def regroup(self) -> None:
        """Forget who is adult and of which cohort; call it after students have been added."""
        self._adults = None
        self._cohorts = None

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
        adults = self.adults()
        n = _fill_gaps(self.data, adults, self.n)
        left = self.n - n
        if left:
            # A gap may have been filled with a student, but no student's row with an adult.
            self._adults = _still_adults(self.data.kind, adults, n)
            self._counted = n
            if (self.data.kind[n : self.n] == STUDENT).any():
                self._cohorts = None
        self.n = n
        return left


@kernel
def _rearrange(rows, order):
    """Bring `rows` into an order in place; the rows before the first that moves are not touched."""
    first = 0
    while first < order.size and order[first] == first:
        first += 1
    rising = True
    for k in range(first + 1, order.size):
        rising &= order[k - 1] < order[k]
    if rising:  # every row moves forward, into room that was left before it
        for k in range(first, order.size):
            for word in range(rows.shape[1]):
                rows[k, word] = rows[order[k], word]
        return
    moved = np.empty((order.size - first, rows.shape[1]), rows.dtype)
    for k in range(first, order.size):
        for word in range(rows.shape[1]):
            moved[k - first, word] = rows[order[k], word]
    rows[first : order.size] = moved


@inlined
def _before(a, b, first, second, third):
    """Return whether row `a` belongs before row `b` by three keys."""
    if first[a] != first[b]:
        return first[a] < first[b]
    if second[a] != second[b]:
        return second[a] < second[b]
    return third[a] < third[b]


@kernel
def _first_to_move(first, second, third):
    """Return the first row that is not where it belongs by three keys; all rows if there is none."""
    n = first.size
    at = 1
    while at < n and _before(at - 1, at, first, second, third):
        at += 1
    if at >= n:
        return n
    low = at
    for i in range(at, n):
        if _before(i, low, first, second, third):
            low = i
    while at > 0 and _before(low, at - 1, first, second, third):
        at -= 1
    return at


@kernel
def _adult_rows(kind, n):
    rows = np.empty(n + 1, np.int32)
    count = 0
    for i in range(n):
        rows[count] = i
        count += kind[i] != STUDENT
    return rows[:count].copy()


@kernel
def _still_adults(kind, adults, n):
    rows = np.empty(adults.size, np.int32)
    count = 0
    for row in adults:
        if row < n and kind[row] != STUDENT:
            rows[count] = row
            count += 1
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
