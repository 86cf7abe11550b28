"""Everything that a resolved scenario says, one fact a path: for comparing and explaining."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from sim.declare import Lever, Text
from sim.levers import all_levers
from sim.scenario.initial import bounds_of
from sim.scenario.initial_texts import text_of_field
from sim.scenario.json_levers import COMMON_TEXTS
from sim.scenario.names import parameters
from sim.scenario.scenario import Scenario
from sim.scenario.schema import unit_of
from sim.state.rules import OPEN_END, LeverUse

HORIZON = {
    "start": ("date", Text("first month", "起始月")),
    "months": ("months", Text("number of months", "月数")),
}
REFERENCE = Text("firms that extensive fields were written for", "规模类字段所依据的企业数")
SCALE = Text("field that equal cost scales", "等成本比较时缩放的字段")
SITE_AT = Text("where the site lies", "社区位置")
ONE_OPERATOR = Text("one account for all operators", "运营商统一核算")
IN_FORCE = Text("in force", "生效")
SHORT = {
    "eligible": Text("firms that may ask", "可申请的企业"),
    "when": Text("what it waits for", "触发条件"),
}


@dataclass(frozen=True)
class Fact:
    """A value with its unit and what it means; None stands for what is not there."""

    path: str
    value: Any
    unit: str
    text: Text
    low: float | None = None
    high: float | None = None


def facts(scenario: Scenario) -> dict[str, Fact]:
    """Return every fact of a scenario by its path; parameters only where they were changed."""
    found = [
        Fact(f"horizon.{name}", getattr(scenario, name), unit, text)
        for name, (unit, text) in HORIZON.items()
    ]
    for site in scenario.sites:
        found.append(Fact(f"sites.{site.name}.at", site.at, "m", SITE_AT))
        found += initial_facts(site.scenario.initial, f"sites.{site.name}.initial")
    if scenario.sites:
        found.append(Fact("one_operator", int(scenario.one_operator), "0/1", ONE_OPERATOR))
    else:
        found += initial_facts(scenario.initial, "initial")
    declared = parameters()
    for process, values in sorted(scenario.parameters.items()):
        for name, value in sorted(values.items()):
            path = f"{process}.{name}"
            found.append(
                Fact(f"parameters.{path}", value, declared[path].unit, declared[path].text)
            )
    found.append(Fact("reference_firms", scenario.reference_firms, "firms", REFERENCE))
    found.append(Fact("scale_lever", scenario.scale_lever, "name", SCALE))
    for name, use in named_uses(scenario):
        found += lever_facts(use, f"levers.{name}")
    return {fact.path: fact for fact in found}


def initial_facts(block: BaseModel, path: str) -> Iterator[Fact]:
    """Yield the facts of a block of the stock, and of the blocks in it."""
    for name, info in type(block).model_fields.items():
        value, here = getattr(block, name), f"{path}.{name}"
        text = text_of_field(type(block).__name__, name)
        if isinstance(value, BaseModel):
            yield from initial_facts(value, here)
        elif isinstance(value, dict):
            for key, one in value.items():
                yield Fact(f"{here}.{key}", one, unit_of(info), text)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for k, one in enumerate(value):
                yield from initial_facts(one, f"{here}.{k}")
        else:
            bounds = bounds_of(info) if unit_of(info) else (None, None)
            yield Fact(here, value, unit_of(info), text, *bounds)


def named_uses(scenario: Scenario) -> Iterator[tuple[str, LeverUse]]:
    """Yield the levers in force with a name each; several uses of one are told apart.

    By the first field that is a choice (`event_series.matching`), and where that does not tell them
    apart, by their number.
    """
    counted = Counter(use.lever for use in scenario.levers)
    names = [
        use.lever if counted[use.lever] == 1 else f"{use.lever}.{_kind(use)}"
        for use in scenario.levers
    ]
    again = Counter(names)
    seen: Counter[str] = Counter()
    for name, use in zip(names, scenario.levers, strict=True):
        seen[name] += 1
        yield (f"{name}.{seen[name]}" if again[name] > 1 else name), use


def _kind(use: LeverUse) -> str:
    for name, declared in all_levers()[use.lever].fields.items():
        if declared.kind == "choice":
            return str(use.values[name])
    return "use"


def lever_facts(use: LeverUse, path: str) -> Iterator[Fact]:
    """Yield what a use of a lever says, its dates and other common fields included."""
    lever: Lever = all_levers()[use.lever]
    text = Text(f"{lever.text.en} {IN_FORCE.en}", f"{lever.text.zh}{IN_FORCE.zh}")
    yield Fact(path, 1, "0/1", text)
    for name, declared in lever.fields.items():
        yield Fact(f"{path}.{name}", use.values[name], declared.unit, declared.text)
    common: dict[str, tuple[Any, str]] = {
        "start": (use.start, "month"),
        "end": (None if use.end >= OPEN_END else use.end, "month"),
        "ramp_months": (use.ramp, "months"),
        "taper_months": (use.taper, "months"),
        "when": (None if use.when is None else str(use.when), ""),
    }
    if lever.programme:
        common["eligible"] = (None if use.eligible is None else str(use.eligible), "")
        limit = None if math.isinf(use.firms_max) else use.firms_max
        common["firms_max"] = (limit, "firms/year")
    for name, (value, unit) in common.items():
        if f"{path}.{name}" not in {f"{path}.{own}" for own in lever.fields}:
            yield Fact(f"{path}.{name}", value, unit, SHORT.get(name, COMMON_TEXTS[name]))
