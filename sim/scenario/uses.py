"""Read the `levers:` of a file into checked uses of levers, with the place of every field."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sim.declare import Field, Lever, Text
from sim.levers import all_levers
from sim.scenario.dates import month_number
from sim.scenario.fields import REMARKS, Reading, check_sum, read_field, text_of, unwrap
from sim.scenario.filters import FilterError, parse_filter
from sim.scenario.problems import Mark, nearest_name
from sim.scenario.tree import Entry, Value
from sim.scenario.triggers import parse_trigger
from sim.scenario.units import quantity, whole
from sim.state.rules import MOST_PROGRAMMES, OPEN_END, LeverUse

LAST_MONTH = 1200
FIRMS_MAX = 100_000
LONGEST_SLOPE = 60
STOP_IS_AFTER_END = Text("stop_month is end + 1", "stop_month应为end + 1")
DATES = ("start", "end", "stop_month")
SLOPES = ("ramp_months", "taper_months")
AWARDS = ("eligible", "firms_max")
WHEN = "when"
TRIGGER_FORM = "INDICATOR (< <= > >=) NUMBER for MONTHS [latch]"

# Common fields that all levers share, for messages, schemas and `--set`.
COMMON: dict[str, Field] = {
    "firms_max": Field(
        None, "firms/year", 0, FIRMS_MAX, Text("awards begun per year", "每年新增支持数"),
        "integer", extensive=True, nullable=True,
    ),
    "ramp_months": Field(
        0, "months", 0, LONGEST_SLOPE, Text("months of rise", "爬坡月数"), "integer"
    ),
    "taper_months": Field(
        0, "months", 0, LONGEST_SLOPE, Text("months of fall", "退坡月数"), "integer"
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """A use of a lever and where its fields stand."""

    use: LeverUse
    at: Mark
    marks: dict[str, Mark]


def keys_of(lever: Lever) -> tuple[str, ...]:
    """Return every key that a use of `lever` accepts."""
    awards = AWARDS if lever.programme else AWARDS[:1] if lever.selects else ()
    return tuple(dict.fromkeys((*lever.fields, *DATES, *SLOPES, WHEN, *awards, *REMARKS)))


def read_levers(value: Value | None, reading: Reading) -> tuple[Placed, ...]:
    """Return the uses of all levers in file order; mistakes are noted."""
    if value is None or value.is_null:
        return ()
    if value.entries is None:
        reading.problems.add("wrong_type", value.at, value, key="levers", allowed="{lever: {…}}")
        return ()
    placed: list[Placed] = []
    for name, entry in value.entries.items():
        lever = all_levers().get(name)
        if lever is None:
            reading.problems.add("unknown_lever", entry.at, name, allowed=all_levers())
            continue
        uses = entry.value.items if entry.value.items is not None else (entry.value,)
        for k, one in enumerate(uses):
            path = f"levers.{name}" if entry.value.items is None else f"levers.{name}.{k}"
            found = _use(one, entry, path, lever, reading)
            if found:
                placed.append(found)
    check_together(tuple(placed), reading)
    return tuple(placed)


def _use(value: Value, entry: Entry, path: str, lever: Lever, reading: Reading) -> Placed | None:
    if value.is_null:
        value = Value(entry.at, entries={})
    if value.entries is None:
        reading.problems.add("wrong_type", value.at, value, key=path, allowed="{field: value}")
        return None
    before = len(reading.problems.found)
    inherited = text_of(value.get("source")) or ""
    values: dict[str, Any] = {name: f.default for name, f in lever.fields.items()}
    common: dict[str, Any] = {}
    marks: dict[str, Mark] = {}
    for key, field_entry in value.entries.items():
        if key in REMARKS:
            continue
        marks[key] = field_entry.at
        if key not in keys_of(lever):
            _refuse(key, field_entry.at, lever, reading)
            continue
        inner = unwrap(field_entry.value, f"{path}.{key}", inherited, reading)
        if key in lever.fields:
            values[key] = read_field(inner, f"{path}.{key}", lever.fields[key], reading)
        else:
            common[key] = _common(key, inner, f"{path}.{key}", reading)
    if len(reading.problems.found) > before:
        return None
    at = marks.get(next(iter(marks), ""), value.at)
    use = LeverUse(lever.name, values, 0, OPEN_END, origin=f"{at.file}:{at.line}")
    return _dated(Placed(use, value.at, marks), common, path, reading)


def _refuse(key: str, at: Mark, lever: Lever, reading: Reading) -> None:
    if key in AWARDS:
        reading.problems.add("only_awards", at, key, key=lever.name)
    else:
        reading.problems.add("unknown_key", at, key, allowed=keys_of(lever))


def _common(key: str, value: Value, path: str, reading: Reading) -> Any:
    if key in DATES:
        return None if value.is_null else month_number(value, path, LAST_MONTH, reading)
    if key in SLOPES:
        found = quantity(value, path, "months", 0, LONGEST_SLOPE, reading.problems)
        return whole(found, value, path, reading.problems)
    if value.is_null:
        return None
    if key == "firms_max":
        return quantity(value, path, "firms/year", 0, FIRMS_MAX, reading.problems)
    if key == WHEN:
        return _parsed(value, path, parse_trigger, "bad_trigger", TRIGGER_FORM, reading)
    return _parsed(value, path, parse_filter, "bad_filter", "staff < 50", reading)


def _parsed[T](
    value: Value, path: str, parse: Callable[[str], T], mistake: str, form: str, reading: Reading
) -> T | None:
    """Return what a text parses to; a mistake is noted at its own column."""
    text = text_of(value)
    if text is None:
        reading.problems.add("wrong_type", value.at, value, key=path, allowed=form)
        return None
    try:
        return parse(text)
    except FilterError as error:
        at = Mark(value.at.file, value.at.line, value.at.column + error.offset)
        reading.problems.add(
            mistake, at, text, allowed=", ".join(error.allowed),
            nearest=nearest_name(error.piece, error.allowed), detail=error.piece,
        )  # fmt: skip
        return None


def _dated(placed: Placed, common: dict[str, Any], path: str, reading: Reading) -> Placed | None:
    """Return the use with its dates; `stop_month` is the month after `end`."""
    start = common.get("start") or 0
    end = common.get("end")
    stop = common.get("stop_month")
    last, key = (end, "end") if end is not None else (stop, "stop_month")
    if end is not None and stop is not None and stop != end + 1:
        _contradict(placed, "stop_month", "end", STOP_IS_AFTER_END,
                    stop, reading)  # fmt: skip
        return None
    final = OPEN_END if last is None else last - (1 if end is None else 0)
    if final < start:
        other = placed.marks.get("start", placed.at)
        reading.problems.add(
            "dates_out_of_order", placed.marks[key], last,
            key=f"{path}.{key}", other=f"{other.file}:{other.line}",
        )  # fmt: skip
        return None
    limit = common.get("firms_max")
    use = replace(
        placed.use,
        start=start,
        end=final,
        ramp=common.get("ramp_months") or 0,
        taper=common.get("taper_months") or 0,
        eligible=common.get("eligible"),
        when=common.get(WHEN),
        firms_max=math.inf if limit is None else float(limit),
    )
    return replace(placed, use=use)


def _contradict(
    placed: Placed, key: str, other: str, why: Text, value: object, reading: Reading
) -> None:
    there = placed.marks.get(other, placed.at)
    reading.problems.add(
        "contradiction", placed.marks.get(key, placed.at), value,
        key=key, other=f"{other} ({there.file}:{there.line})", detail=why,
    )  # fmt: skip


def has_dose(use: LeverUse) -> bool:
    """Return whether any intensity of a use stands above zero."""
    fields = all_levers()[use.lever].fields
    return any(use.values[name] for name, declared in fields.items() if declared.intensity)


def _check_start(one: Placed, reading: Reading) -> None:
    """Note dates of a lever that is read once, before month 0."""
    use = one.use
    late = {"start": use.start, "ramp_months": use.ramp, "when": use.when}
    for key, value in late.items():
        if value and all_levers()[use.lever].at_start:
            at = one.marks.get(key, one.at)
            text = one.marks.get(key) and f"{key}: {getattr(value, 'text', value)}"
            reading.problems.add("only_at_start", at, text or key, key=f"levers.{use.lever}")


def check_together(placed: tuple[Placed, ...], reading: Reading) -> None:
    """Note levers that contradict themselves or each other, and too many award levers."""
    for one in placed:
        _check_start(one, reading)
        weights = all_levers()[one.use.lever].sums_to_one
        given = {name: one.use.values[name] or 0.0 for name in weights}
        if any(one.use.values[name] is not None for name in weights):
            check_sum(given, one.at, f"levers.{one.use.lever}", reading.problems)
    awards = [p for p in placed if all_levers()[p.use.lever].programme and has_dose(p.use)]
    if len(awards) > MOST_PROGRAMMES:
        reading.problems.add(
            "too_many_programmes", awards[MOST_PROGRAMMES].at, len(awards),
            allowed=f"<= {MOST_PROGRAMMES}",
        )  # fmt: skip
    by_name: dict[str, list[Placed]] = {}
    for one in placed:
        by_name.setdefault(one.use.lever, []).append(one)
    for path, other, why in _contradictions(by_name):
        here, there = _find(by_name, path), _find(by_name, other)
        reading.problems.add(
            "contradiction", here[0], here[1],
            key=path, other=f"{other} = {there[1]} ({there[0].file}:{there[0].line})", detail=why,
        )  # fmt: skip


def _contradictions(by_name: dict[str, list[Placed]]) -> Iterator[tuple[str, str, Text]]:
    values = {name: [p.use.values for p in placed] for name, placed in by_name.items()}
    for lever in all_levers().values():
        if lever.contradicts:
            yield from lever.contradicts(values)


def _find(by_name: dict[str, list[Placed]], path: str) -> tuple[Mark, Any]:
    """Return mark and value of a field path such as `service_for_equity.0.stake`."""
    name, index, field = path.split(".")
    placed = by_name[name][int(index)]
    return placed.marks.get(field, placed.at), placed.use.values[field]
