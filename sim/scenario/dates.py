"""Months: a number counted from the first month, or a date such as 2026-04."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sim.scenario.tree import Value

if TYPE_CHECKING:
    from sim.scenario.fields import Reading

DATE = re.compile(r"(\d{4})-(0[1-9]|1[0-2])\Z")
FORM = "0..{high}, YYYY-MM"


def months_since(start: str, date: str) -> int | None:
    """Return the months from `start` to `date` (both YYYY-MM), or None if one is no date."""
    first, then = DATE.match(start), DATE.match(date)
    if not first or not then:
        return None
    return 12 * (int(then[1]) - int(first[1])) + int(then[2]) - int(first[2])


def date_of(start: str, month: int) -> str:
    """Return the date, YYYY-MM, of a month counted from `start`."""
    match = DATE.match(start)
    if not match:
        return ""
    year, index = divmod(12 * int(match[1]) + int(match[2]) - 1 + month, 12)
    return f"{year:04d}-{index + 1:02d}"


def month_number(value: Value, path: str, high: int, reading: Reading) -> int | None:
    """Return the month that `value` stands for; None after a noted mistake."""
    given = value.scalar
    month: int | None = None
    if isinstance(given, str):
        month = months_since(reading.start, given)
    elif isinstance(given, int | float) and not isinstance(given, bool) and given == given // 1:
        month = int(given)
    allowed = FORM.format(high=high)
    if month is None:
        reading.problems.add("wrong_date", value.at, value, key=path, allowed=allowed)
    elif not 0 <= month <= high:
        reading.problems.add("out_of_range", value.at, value, key=path, allowed=allowed)
        return None
    return month
