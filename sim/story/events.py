"""What happens in a life, and where two lives part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

BEFORE = -1  # the month before the first one: what stands at the start


@dataclass(frozen=True)
class Event:
    """Something that happened in a month (counted from 0, BEFORE for the start)."""

    month: int
    kind: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Life:
    """A life under one policy: what it is of, its events, and the firm's row after each month."""

    uid: int
    kind: str = ""
    events: list[Event] = field(default_factory=list)
    rows: dict[int, np.void] = field(default_factory=dict)

    @property
    def found(self) -> bool:
        """Whether there is such a firm or founder in the run."""
        return bool(self.kind)


@dataclass(frozen=True)
class Parting:
    """Where two lives differ first.

    `month` is that of the first event that differs, None where all are the same; `a` and `b` are
    what happens in it on either side. `row_month` is the first month in which any number of the
    firm's row differs, `columns` which; None and () where none does.
    """

    month: int | None
    a: tuple[Event, ...] = ()
    b: tuple[Event, ...] = ()
    row_month: int | None = None
    columns: tuple[str, ...] = ()


def parting(one: Life, other: Life) -> Parting:
    """Return where two lives of the same firm or founder part."""
    months = sorted({event.month for life in (one, other) for event in life.events})
    month: int | None = None
    a: tuple[Event, ...] = ()
    b: tuple[Event, ...] = ()
    for at in months:
        here, there = _in(one, at), _in(other, at)
        if here != there:
            month, a, b = at, here, there
            break
    for at in sorted({*one.rows, *other.rows}):
        columns = _columns(one.rows.get(at), other.rows.get(at))
        if columns:
            return Parting(month, a, b, at, columns)
    return Parting(month, a, b)


def _in(life: Life, month: int) -> tuple[Event, ...]:
    return tuple(event for event in life.events if event.month == month)


def _columns(a: np.void | None, b: np.void | None) -> tuple[str, ...]:
    """Return the columns in which two rows differ; a row that is missing differs in its uid."""
    if a is None or b is None:
        return ("uid",) if (a is None) != (b is None) else ()
    return tuple(
        name
        for name in a.dtype.names or ()
        if not np.array_equal(a[name], b[name], equal_nan=np.asarray(a[name]).dtype.kind == "f")
    )
