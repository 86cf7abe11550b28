"""What one name in a file means: a lever, a field, a parameter or a number of the place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.declare import Field, Text
from sim.levers import all_levers
from sim.scenario.evidence import told
from sim.scenario.facts import Fact, facts, named_uses
from sim.scenario.json_levers import COMMON_TEXTS
from sim.scenario.names import parameters
from sim.scenario.problems import nearest_name
from sim.scenario.scenario import Scenario
from sim.scenario.uses import COMMON, FIRMS_MAX, keys_of


class UnknownNameError(KeyError):
    """A name that nothing is called by; `nearest` is the most similar one, or ""."""

    def __init__(self, name: str, nearest: str) -> None:
        super().__init__(name)
        self.name = name
        self.nearest = nearest


@dataclass(frozen=True)
class Meaning:
    """What a name means.

    `kind` is lever, field, common field, parameter or number; `values` holds what the file at hand
    says, by path; `notes` are keys of further facts (intensity, extensive, nullable);
    `holds` names the fields of a lever.
    """

    name: str
    kind: str
    text: Text
    unit: str = ""
    low: float | None = None
    high: float | None = None
    default: Any = None
    choices: tuple[str, ...] = ()
    source: str = ""
    source_text: Text = Text("", "")
    values: tuple[tuple[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()


def meaning(name: str, scenario: Scenario) -> Meaning:
    """Return what a name means, and what `scenario` says there.

    Raises:
        UnknownNameError: with the nearest name.
    """
    here = facts(scenario)
    lever, _, field = name.partition(".")
    if lever in all_levers() and not field:
        return _lever(lever, scenario)
    if lever in all_levers() and field in keys_of(all_levers()[lever]):
        values = tuple(
            (f"{use}.{field}", here[f"levers.{use}.{field}"].value)
            for use, one in named_uses(scenario)
            if one.lever == lever and f"levers.{use}.{field}" in here
        )
        return _field(name, lever, field, values)
    if name in parameters():
        return _parameter(name, scenario)
    path = name if name in here else f"initial.{name}"
    if path in here:
        return _number(here[path], scenario)
    raise UnknownNameError(name, nearest_name(name, known_names(here)))


def known_names(here: Iterable[str]) -> list[str]:
    """Return every name that can be asked for."""
    fields = [f"{n}.{key}" for n, one in all_levers().items() for key in keys_of(one)]
    return [*all_levers(), *fields, *parameters(), *here]


def _lever(name: str, scenario: Scenario) -> Meaning:
    lever = all_levers()[name]
    values = tuple((use, 1) for use, one in named_uses(scenario) if one.lever == name)
    return Meaning(
        name, "lever", lever.text, source=lever.source, source_text=told(lever.source),
        values=values, holds=keys_of(lever),
    )  # fmt: skip


def _field(name: str, lever: str, field: str, values: tuple[tuple[str, Any], ...]) -> Meaning:
    declared = all_levers()[lever].fields.get(field)
    if declared is None:
        common = COMMON.get(field)
        high = FIRMS_MAX if field == "firms_max" else common.high if common else None
        return Meaning(
            name, "common field", COMMON_TEXTS[field], common.unit if common else "",
            common.low if common else None, high, common.default if common else None, values=values,
        )  # fmt: skip
    return Meaning(
        name, "field", declared.text, declared.unit, declared.low, declared.high, declared.default,
        declared.choices, declared.source, told(declared.source), values, _notes(declared),
    )  # fmt: skip


def _notes(declared: Field) -> tuple[str, ...]:
    flags = {
        "intensity": declared.intensity,
        "extensive": declared.extensive,
        "nullable": declared.nullable,
    }
    return tuple(name for name, holds in flags.items() if holds)


def _parameter(name: str, scenario: Scenario) -> Meaning:
    declared = parameters()[name]
    process, _, short = name.partition(".")
    value = scenario.parameters.get(process, {}).get(short, declared.default)
    return Meaning(
        name, "parameter", declared.text, declared.unit, declared.low, declared.high,
        declared.default, (), declared.source, told(declared.source), ((name, value),),
    )  # fmt: skip


def _number(fact: Fact, scenario: Scenario) -> Meaning:
    source = scenario.sources.get(fact.path, "")
    return Meaning(
        fact.path, "number", fact.text, fact.unit, fact.low, fact.high, source=source,
        source_text=told(source) if source else Text("", ""), values=((fact.path, fact.value),),
    )  # fmt: skip
