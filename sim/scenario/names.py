"""Names of parameters and indicators that files may use, from their declarations."""

from __future__ import annotations

import re
from typing import Any

from sim.levers import all_levers
from sim.scenario.fields import Reading, unwrap
from sim.scenario.problems import Mark, Problems, nearest_name
from sim.scenario.scenario import Expectation, field_of
from sim.scenario.tree import Value
from sim.scenario.units import quantity

DISTRIBUTIONS = {"uniform": 2, "normal": 2, "lognormal": 2, "triangular": 3}
DISTRIBUTION = re.compile(r"\s*([a-z]+)\s*\(([^()]*)\)\s*\Z")
CONDITION = re.compile(r"\s*(<=|>=|<|>)\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*\Z")
EXPECT_KEYS = ("indicator", "vs", "diff", "p", "at")


def parameters() -> dict[str, Any]:
    """Return the declared parameters by dotted name."""
    from sim.processes import all_parameters

    return {
        f"{process}.{name}": declared
        for process, group in all_parameters().items()
        for name, declared in group.declared.items()
    }


def read_parameters(value: Value | None, reading: Reading) -> dict[str, dict[str, float]]:
    """Return the overridden parameters by process; mistakes are noted."""
    found: dict[str, dict[str, float]] = {}
    if value is None or value.is_null:
        return found
    if value.entries is None:
        allowed = "{process.parameter: number}"
        reading.problems.add("wrong_type", value.at, value, key="parameters", allowed=allowed)
        return found
    for name, entry in value.entries.items():
        inner = unwrap(entry.value, f"parameters.{name}", "", reading)
        number = read_parameter(name, entry.at, inner, reading.problems)
        if number is not None:
            process, _, short = name.partition(".")
            found.setdefault(process, {})[short] = number
    return found


def read_parameter(name: str, at: Mark, value: Value, problems: Problems) -> float | None:
    """Return the checked value of one parameter; None after a noted mistake."""
    declared = parameters()
    if name not in declared:
        problems.add("unknown_parameter", at, name, nearest=nearest_name(name, declared))
        return None
    one = declared[name]
    number = quantity(value, name, one.unit, one.low, one.high, problems)
    return None if number is None else float(number)


def is_field(name: str) -> bool:
    """Return whether a dotted name is a field of a lever."""
    lever, _, short = name.partition(".")
    return lever in all_levers() and field_of(lever, short) is not None


def read_uncertain(
    value: Value | None, reading: Reading
) -> dict[str, tuple[str, tuple[float, ...]]]:
    """Return the distributions of uncertain parameters and lever fields; mistakes are noted."""
    found: dict[str, tuple[str, tuple[float, ...]]] = {}
    if value is not None and not value.is_map and not value.is_null:
        allowed = "{process.parameter: uniform(low, high)}"
        reading.problems.add("wrong_type", value.at, value, key="uncertain", allowed=allowed)
    for name, entry in ((value.entries if value else None) or {}).items():
        if not is_field(name) and name not in parameters():
            near = nearest_name(name, parameters())
            reading.problems.add("unknown_parameter", entry.at, name, nearest=near)
            continue
        text = str(entry.value.scalar)
        match = DISTRIBUTION.match(text)
        allowed = (
            "uniform(low, high), normal(mean, sd), lognormal(mean, sd), triangular(low, mode, high)"
        )
        numbers = _numbers(match[2]) if match else None
        if not match or numbers is None or DISTRIBUTIONS.get(match[1]) != len(numbers):
            reading.problems.add("bad_distribution", entry.value.at, text, allowed=allowed)
            continue
        found[name] = (match[1], numbers)
    return found


def _numbers(text: str) -> tuple[float, ...] | None:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        return None


def read_expect(value: Value | None, reading: Reading) -> tuple[Expectation, ...]:
    """Return the conditions of `expect:`; mistakes are noted."""
    if value is None or value.is_null:
        return ()
    items = value.items if value.items is not None else (value,)
    read = [_expectation(item, reading) for item in items]
    return tuple(one for one in read if one is not None)


def _expectation(value: Value, reading: Reading) -> Expectation | None:
    from sim.indicators import INDICATORS

    problems = reading.problems
    if value.entries is None:
        problems.add(
            "wrong_type", value.at, value, key="expect", allowed="{indicator, vs, diff, p}"
        )
        return None
    before = len(problems.found)
    for key, entry in value.entries.items():
        if key not in EXPECT_KEYS:
            problems.add("unknown_key", entry.at, key, allowed=EXPECT_KEYS)
    for key in ("indicator", "vs", "diff"):
        if value.get(key) is None:
            problems.add("missing_key", value.at, key=f"expect.{key}")
    if len(problems.found) > before:
        return None
    indicator, diff, p = value.get("indicator"), value.get("diff"), value.get("p")
    assert indicator is not None and diff is not None
    if str(indicator) not in INDICATORS:
        near = nearest_name(str(indicator), INDICATORS)
        problems.add("unknown_indicator", indicator.at, indicator, nearest=near)
    match = CONDITION.match(str(diff))
    if not match:
        problems.add("bad_expectation", diff.at, diff, allowed='"< 0", ">= 5"')
    chance = 0.9 if p is None else quantity(p, "expect.p", "share", 0, 1, problems)
    if not match or len(problems.found) > before:
        return None
    at = value.get("at")
    number = (_numbers(match[2]) or (0.0,))[0]
    return Expectation(
        str(indicator), str(value.get("vs")), match[1], number, float(chance or 0),
        "end" if at is None else str(at),
    )  # fmt: skip
