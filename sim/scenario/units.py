"""Numbers with units: what a bare number, a percentage or a sum of money comes to."""

from __future__ import annotations

import math
import re

from sim.scenario.messages import WHOLE_NUMBER
from sim.scenario.problems import Problems
from sim.scenario.tree import Value, scalar

QUANTITY = re.compile(
    r"\s*([-+]?(?:[0-9][0-9_,]*(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*(%|[A-Za-z].*)\Z"
)
LONGEST_QUANTITY = 60

# A hundredth of these is meant by "%".
RATIOS = ("share", "factor", "ratio", "of ", "index", "log sd")
PERCENT_AT_MOST = 100


def accepted_units(unit: str) -> tuple[str, ...]:
    """Return the suffixes that a field of `unit` accepts."""
    if unit.startswith(RATIOS):
        return ("%",)
    found = [unit]
    if unit.startswith("CNY") and unit != "CNY":
        found.append("CNY")
    if unit in ("months", "month"):
        found = ["months", "month"]
    return tuple(found)


def quantity(
    value: Value, key: str, unit: str, low: float, high: float, problems: Problems
) -> float | int | None:
    """Return the number that `value` stands for in `unit`; None after a noted mistake."""
    given = value.scalar
    allowed = f"{low:.10g}..{high:.10g} {unit}".rstrip()
    if isinstance(given, str):
        return _with_unit(value, given, key, unit, (low, high), problems)
    if isinstance(given, bool) or given is None or value.is_map or value.is_list:
        problems.add("wrong_type", value.at, value, key=key, allowed=allowed)
        return None
    if not math.isfinite(given):
        problems.add("not_finite", value.at, given, key=key, allowed=allowed)
        return None
    if unit.startswith("share") and high <= 1 < given <= PERCENT_AT_MOST:
        problems.add("missing_unit", value.at, given, key=key, allowed=allowed)
        return None
    return _bounded(value, given, key, allowed, (low, high), problems)


def _with_unit(
    value: Value, given: str, key: str, unit: str, bounds: tuple[float, float], problems: Problems
) -> float | int | None:
    allowed = f"{bounds[0]:.10g}..{bounds[1]:.10g} {unit}".rstrip()
    match = QUANTITY.match(given.rstrip()) if len(given) <= LONGEST_QUANTITY else None
    if not match:
        problems.add("wrong_type", value.at, given, key=key, allowed=allowed)
        return None
    digits, suffix = match.groups()
    if suffix not in accepted_units(unit):
        problems.add("wrong_unit", value.at, given, key=key, allowed=accepted_units(unit))
        return None
    number = scalar(digits.replace(",", ""))
    if not isinstance(number, int | float) or not math.isfinite(number):
        problems.add("not_finite", value.at, given, key=key, allowed=allowed)
        return None
    if suffix == "%":
        # Rounding hides that 55% is not exactly 55 times a hundredth.
        number = round(number / 100, 12)
    return _bounded(value, number, key, allowed, bounds, problems)


def _bounded(
    value: Value,
    number: float | int,
    key: str,
    allowed: str,
    bounds: tuple[float, float],
    problems: Problems,
) -> float | int | None:
    if bounds[0] <= number <= bounds[1]:
        return number
    problems.add("out_of_range", value.at, value.scalar, key=key, allowed=allowed)
    return None


def whole(number: float | int | None, value: Value, key: str, problems: Problems) -> int | None:
    """Return `number` as an integer; None after a noted mistake."""
    if number is None:
        return None
    if float(number).is_integer():
        return int(number)
    problems.add("wrong_type", value.at, value, key=key, allowed=WHOLE_NUMBER)
    return None
