"""Regular expressions for numbers written with their unit, such as `60%` or `200000 CNY`.

They follow `sim.scenario.units`: a pattern accepts what the loader accepts. Digits in groups
(`1,000`) and powers of ten (`1e6`) pass without a look at their size, which only the loader judges.
"""

from __future__ import annotations

import math
import re

from sim.scenario.units import accepted_units

PERCENT = ("%",)
# A unit such as 1/year cannot stand behind a number.
SUFFIX = re.compile(r"%\Z|[A-Za-z]")


def with_unit(unit: str, low: float, high: float) -> str | None:
    """Return the pattern of texts that a field of `unit` accepts; None where it accepts none."""
    suffixes = accepted_units(unit)
    if not all(SUFFIX.match(one) for one in suffixes):
        return None
    if suffixes == PERCENT:
        low, high = low * 100, high * 100
    ending = "(?:" + "|".join(re.escape(one) for one in suffixes) + ")"
    return rf"^\s*(?:{_digits(low, high)})\s*{ending}\s*$"


def grouped(low: float) -> str:
    """Return the pattern of a bare number with `_` between digits, which YAML 1.2 reads as text."""
    sign = "[-+]?" if low < 0 else r"\+?"
    return rf"^{sign}[0-9]+(?:_[0-9]+)+(?:\.[0-9]+)?$"


def _digits(low: float, high: float) -> str:
    """Return the pattern of numbers in low..high, of either sign."""
    forms = []
    if high >= 0:
        forms.append(rf"\+?(?:{_unsigned(max(low, 0.0), high)})")
    if low < 0:
        forms.append(rf"-(?:{_unsigned(max(-high, 0.0), -low)})")
    return "|".join(forms)


def _unsigned(low: float, high: float) -> str:
    """Return the pattern of plain numbers in low..high, and of grouped or powered ones of any size."""
    groups = r"[0-9]+(?:[_,][0-9]*)+(?:\.[0-9]+)?"
    power = r"(?:[0-9][0-9_,]*(?:\.[0-9]+)?|\.[0-9]+)[eE][-+]?[0-9]+"
    whole = _whole_numbers(low, high)
    parts = [groups, power, rf"0*(?:{whole})(?:\.[0-9]+)?" if whole else "", _edge(high)]
    if low < 1 and high > 0:
        parts.append(r"\.[0-9]+")
    return "|".join(part for part in parts if part)


def _whole_numbers(low: float, high: float) -> str:
    """Return the pattern of the whole parts of numbers below `high`."""
    first, last = math.floor(low), math.ceil(high) - 1
    return between(first, last) if first <= last else ""


def _edge(high: float) -> str:
    """Return the pattern of the upper bound itself."""
    if float(high).is_integer():
        return rf"0*{int(high)}(?:\.0+)?"
    return ""


def between(low: int, high: int) -> str:
    """Return the pattern of whole numbers in low..high (both 0 or above), without leading zeros."""
    parts = []
    if low == 0:
        parts, low = ["0"], 1
    shortest, longest = len(str(low)), len(str(high))
    complete = [
        length
        for length in range(shortest, longest + 1)
        if low <= 10 ** (length - 1) and 10**length - 1 <= high
    ]
    if complete:
        parts.append(f"[1-9][0-9]{{{complete[0] - 1},{complete[-1] - 1}}}")
    for length in range(shortest, longest + 1):
        first, last = max(low, 10 ** (length - 1)), min(high, 10**length - 1)
        if length not in complete and first <= last:
            parts.append(_same_length(str(first), str(last)))
    return "|".join(parts)


def _same_length(low: str, high: str) -> str:
    if low == high:
        return low
    if set(low[1:]) <= {"0"} and set(high[1:]) <= {"9"}:
        return _span(low[0], high[0]) + _any(len(low) - 1)
    if low[0] == high[0]:
        return f"{low[0]}(?:{_same_length(low[1:], high[1:])})"
    rest = len(low) - 1
    parts = [f"{low[0]}(?:{_same_length(low[1:], '9' * rest)})"]
    if int(high[0]) - int(low[0]) > 1:
        parts.append(_span(str(int(low[0]) + 1), str(int(high[0]) - 1)) + _any(rest))
    parts.append(f"{high[0]}(?:{_same_length('0' * rest, high[1:])})")
    return "|".join(parts)


def _span(first: str, last: str) -> str:
    return first if first == last else f"[{first}-{last}]"


def _any(count: int) -> str:
    return "" if count == 0 else "[0-9]" if count == 1 else f"[0-9]{{{count}}}"
