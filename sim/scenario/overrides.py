"""Changes from the command line: `--set lever.field=value`, `--set process.parameter=value`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sim.levers import all_levers
from sim.scenario.fields import Reading
from sim.scenario.names import parameters, read_parameter
from sim.scenario.problems import Mark, nearest_name
from sim.scenario.tree import Entry, Value, parse, scalar
from sim.scenario.uses import Placed, check_together, keys_of, read_levers
from sim.state.rules import LeverUse

FORM = "NAME.FIELD=VALUE"


def apply(
    overrides: Sequence[str],
    levers: tuple[LeverUse, ...],
    changed: dict[str, dict[str, float]],
    reading: Reading,
) -> tuple[tuple[LeverUse, ...], dict[str, dict[str, float]]]:
    """Return levers and parameters after the overrides; mistakes are noted.

    A lever that the policy has not is put in force with its other fields at their defaults; where
    it stands several times, every use is changed, or with `lever[2].field` the second alone. The values
    are the user's own and never scaled.
    """
    asked: dict[tuple[str, int], dict[str, Entry]] = {}
    parameters_now = {process: dict(values) for process, values in changed.items()}
    for text in overrides:
        at = Mark(f"--set {text}")
        name, equals, given = text.partition("=")
        lever, dot, field = name.strip().partition(".")
        lever, which = _numbered(lever)
        if not equals or not dot or not field or not given.strip():
            reading.problems.add("bad_override", at, text, allowed=FORM)
            continue
        value = _value(given.strip(), at, reading)
        if value is None:
            continue
        if lever in all_levers():
            asked.setdefault((lever, which), {})[field] = Entry(at, value)
            continue
        number = _set_parameter(name.strip(), value, at, reading)
        if number is not None:
            parameters_now.setdefault(lever, {})[field] = number
    # The fields of one lever are read together: some only make sense beside each other.
    for (lever, which), fields in asked.items():
        levers = _set_fields(lever, which, fields, levers, reading)
    if not reading.problems.found and overrides:
        check_together(tuple(Placed(use, Mark(use.origin), {}) for use in levers), reading)
    return levers, parameters_now


def _numbered(lever: str) -> tuple[str, int]:
    """Return a lever and which of its uses is meant, counted from 1; 0 is all of them."""
    found = re.fullmatch(r"(\w+)\[([1-9]\d*)\]", lever)
    return (found[1], int(found[2])) if found else (lever, 0)


def _value(given: str, at: Mark, reading: Reading) -> Value | None:
    """Return the value as the same text would stand in a file."""
    before = len(reading.problems.found)
    if given[0] in "[{":
        tree = parse(given.encode(), at.file, reading.problems)
        return tree if len(reading.problems.found) == before else None
    return Value(at, scalar=scalar(given))


def _set_parameter(name: str, value: Value, at: Mark, reading: Reading) -> float | None:
    known = parameters()
    if name not in known:
        fields = [
            f"{lever}.{key}" for lever in all_levers() for key in keys_of(all_levers()[lever])
        ]
        near = nearest_name(name, [*known, *fields])
        reading.problems.add("unknown_parameter", at, name, nearest=near)
        return None
    return read_parameter(name, at, value, reading.problems)


def _set_fields(
    lever: str,
    which: int,
    fields: dict[str, Entry],
    levers: tuple[LeverUse, ...],
    reading: Reading,
) -> tuple[LeverUse, ...]:
    """Return the levers with some fields of one changed, read by the rules that files are read by."""
    at = next(iter(fields.values())).at
    uses = sum(use.lever == lever for use in levers)
    if which > uses:
        allowed = f"1..{uses}" if uses else "-"
        reading.problems.add("out_of_range", at, which, key=f"{lever}[…]", allowed=allowed)
        return levers
    inner = Value(at, entries=fields)
    tree = Value(at, entries={lever: Entry(at, inner)})
    before = len(reading.problems.found)
    read = read_levers(tree, Reading(reading.start, reading.problems))
    if len(reading.problems.found) > before or not read:
        return levers
    fresh = read[0].use
    if not any(use.lever == lever for use in levers):
        return (*levers, replace(fresh, origin=at.file))
    changed: list[LeverUse] = []
    number = 0
    for use in levers:
        number += use.lever == lever
        if use.lever == lever and which in (0, number):
            for field in fields:
                use = _changed(use, fresh, field)
        changed.append(use)
    return tuple(changed)


def _changed(use: LeverUse, fresh: LeverUse, field: str) -> LeverUse:
    if field in use.values:
        return replace(use, values={**use.values, field: fresh.values[field]})
    if field == "start":
        return replace(use, start=fresh.start)
    if field in ("end", "stop_month"):
        return replace(use, end=fresh.end)
    if field == "ramp_months":
        return replace(use, ramp=fresh.ramp)
    if field == "taper_months":
        return replace(use, taper=fresh.taper)
    if field == "when":
        return replace(use, when=fresh.when)
    if field == "eligible":
        return replace(use, eligible=fresh.eligible)
    return replace(use, firms_max=fresh.firms_max)
