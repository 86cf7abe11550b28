"""What differs between two scenarios after resolution, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.declare import Text
from sim.scenario.facts import Fact, facts
from sim.scenario.names import parameters
from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Difference:
    """A field in which two scenarios differ; None where one says nothing."""

    path: str
    unit: str
    a: Any
    b: Any
    text: Text


def differences(a: Scenario, b: Scenario) -> list[Difference]:
    """Return every field in which `b` differs from `a`, in the order of a file.

    A parameter that only one changes stands against its default; of a lever that only one has in
    force, every field that is set is told.
    """
    one, other = facts(a), facts(b)
    found = []
    for path in _in_order([*one, *(path for path in other if path not in one)]):
        here, there = one.get(path), other.get(path)
        fact = here or there
        assert fact is not None
        first, second = _value(here, path), _value(there, path)
        if first != second and not _hidden(path, here, there, one, other):
            found.append(Difference(path, fact.unit, first, second, fact.text))
    return found


def _in_order(paths: list[str]) -> list[str]:
    """Return paths in their order, but with what belongs to one block or lever together."""
    first: dict[str, int] = {}
    for k, path in enumerate(paths):
        for prefix in _prefixes(path):
            first.setdefault(prefix, k)
    return sorted(paths, key=lambda path: [first[prefix] for prefix in _prefixes(path)])


def _prefixes(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[: k + 1]) for k in range(len(parts))]


def _value(fact: Fact | None, path: str) -> Any:
    if fact is not None:
        return fact.value
    name = path.removeprefix("parameters.")
    return parameters()[name].default if name != path else None


def _hidden(
    path: str, here: Fact | None, there: Fact | None, one: dict[str, Fact], other: dict[str, Fact]
) -> bool:
    """Return whether a field only repeats that its lever is not in force on one side."""
    if not path.startswith("levers.") or (here is None) == (there is None):
        return False
    fact = here or there
    assert fact is not None
    return path not in _uses(one if here else other) and fact.value in (None, 0, "", ())


def _uses(found: dict[str, Fact]) -> set[str]:
    return {path for path, fact in found.items() if fact.unit == "0/1" and fact.value == 1}
