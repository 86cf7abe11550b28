"""Check the fields of one lever against their declaration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.declare import Field
from sim.scenario.dates import month_number
from sim.scenario.problems import Mark, Problems
from sim.scenario.tree import Value
from sim.scenario.units import quantity, whole

LEAF_KEYS = ("value", "source", "note", "low", "high")
REMARKS = ("source", "note")
TOLERANCE = 1e-6


@dataclass
class Reading:
    """What one file is read with: the first month, where sources are noted, the mistakes."""

    start: str
    problems: Problems
    sources: dict[str, str] = field(default_factory=dict)


def text_of(value: Value | None) -> str | None:
    """Return the text of a scalar, else None."""
    return value.scalar if value and isinstance(value.scalar, str) else None


def unwrap(value: Value, path: str, inherited: str, reading: Reading) -> Value:
    """Return what `{value: 300, source: A-AIO-02}` holds, or the value itself; note its source.

    `inherited` is the source that the block around it declares.
    """
    if value.get("value") is None:
        if inherited:
            reading.sources[path] = inherited
        return value
    for key, entry in (value.entries or {}).items():
        if key not in LEAF_KEYS:
            reading.problems.add("unknown_key", entry.at, key, allowed=LEAF_KEYS)
    given = value.get("source")
    source = text_of(given)
    if given is not None and not source:
        reading.problems.add("wrong_type", given.at, given, key=f"{path}.source")
    if source or inherited:
        reading.sources[path] = source or inherited
    inner = value.get("value")
    assert inner is not None
    return inner


def read_field(value: Value, path: str, declared: Field, reading: Reading) -> Any:
    """Return the checked value of one lever field; None after a noted mistake, or for null."""
    if value.is_null and declared.nullable:
        return None
    reader = {
        "switch": _switch,
        "choice": _choice,
        "choices": _choices,
        "numbers": _numbers,
        "shares": _shares,
    }.get(declared.kind, _number)
    return reader(value, path, declared, reading)


def _number(value: Value, path: str, declared: Field, reading: Reading) -> float | int | None:
    low, high = declared.low or 0.0, declared.high if declared.high is not None else 0.0
    if declared.unit == "month":
        return month_number(value, path, int(high), reading)
    found = quantity(value, path, declared.unit, low, high, reading.problems)
    if declared.kind == "integer":
        return whole(found, value, path, reading.problems)
    return found


def _switch(value: Value, path: str, declared: Field, reading: Reading) -> int | None:
    if value.scalar in (0, 1):
        return int(value.scalar)  # true and false count as 1 and 0
    reading.problems.add("wrong_type", value.at, value, key=path, allowed="0, 1")
    return None


def _choice(value: Value, path: str, declared: Field, reading: Reading) -> str | None:
    if value.scalar in declared.choices:
        return str(value.scalar)
    reading.problems.add("unknown_name", value.at, value, key=path, allowed=declared.choices)
    return None


def _choices(value: Value, path: str, declared: Field, reading: Reading) -> tuple[str, ...] | None:
    items = value.items if value.items is not None else (value,)
    names = [_choice(item, path, declared, reading) for item in items]
    return tuple(name for name in declared.choices if name in names)


def _numbers(
    value: Value, path: str, declared: Field, reading: Reading
) -> tuple[float, ...] | None:
    low, high = declared.low or 0.0, declared.high or 0.0
    items = value.items if value.items is not None else (value,) * declared.length
    if len(items) != declared.length:
        allowed = f"{declared.length} numbers"
        reading.problems.add("wrong_type", value.at, value, key=path, allowed=allowed)
        return None
    if value.items is None:
        one = quantity(value, path, declared.unit, low, high, reading.problems)
        return None if one is None else (float(one),) * declared.length
    found = [quantity(item, path, declared.unit, low, high, reading.problems) for item in items]
    return tuple(float(number) for number in found if number is not None)


def _shares(value: Value, path: str, declared: Field, reading: Reading) -> dict[str, float] | None:
    if value.entries is None:
        allowed = "{" + ", ".join(declared.choices) + "}"
        reading.problems.add("wrong_type", value.at, value, key=path, allowed=allowed)
        return None
    before = len(reading.problems.found)
    shares = dict.fromkeys(declared.choices, 0.0)
    for name, entry in value.entries.items():
        if name not in shares:
            reading.problems.add("unknown_name", entry.at, name, key=path, allowed=shares)
            continue
        share = quantity(entry.value, f"{path}.{name}", "share", 0, 1, reading.problems)
        shares[name] = float(share or 0)
    if len(reading.problems.found) == before:
        check_sum(shares, value.at, path, reading.problems)
    return shares


def check_sum(shares: dict[str, float], at: Mark, path: str, problems: Problems) -> None:
    """Note shares that do not sum to 1."""
    total = sum(shares.values())
    if abs(total - 1) > TOLERANCE:
        key = " + ".join(f"{path}.{name}" for name in shares)
        problems.add("does_not_add_up", at, total, key=key, allowed="1")
