"""Targets: bands that measured quantities should lie in, with evidence, from the files beside this one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from sim.declare import Text

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Clause:
    """One quantity with its band; `told` is printed and not judged; `weight` is for the search."""

    name: str
    text: Text
    unit: str
    value: float | None
    low: float | None
    high: float | None
    source: str
    weight: float
    told: bool

    def within(self, x: float) -> bool:
        """Return whether a value lies in the band; an undefined one does not."""
        if math.isnan(x):
            return False
        return bool((self.low is None or x >= self.low) and (self.high is None or x <= self.high))

    def distance(self, x: float) -> float:
        """Return how far a value is from the band in half-widths of it; 0 inside, 3 at most."""
        if math.isnan(x):
            return 3.0
        if self.within(x):
            return 0.0
        half = self._half()
        beyond = (self.low - x) if self.low is not None and x < self.low else x - (self.high or 0.0)
        return min(beyond / half, 3.0)

    def _half(self) -> float:
        if self.low is not None and self.high is not None:
            return max(0.5 * (self.high - self.low), 1e-9)
        bound = self.low if self.low is not None else self.high
        away = abs((self.value or 0.0) - (bound or 0.0))
        return away if away > 0 else max(abs(bound or 0.0), 1e-2)


@dataclass(frozen=True)
class Group:
    """A pattern, a sign test or the facts: a name, its words and its clauses."""

    name: str
    text: Text
    clauses: tuple[Clause, ...]


@cache
def groups(kind: str) -> tuple[Group, ...]:
    """Return the groups of `patterns`, `signs` or `facts`, in the order of the file."""
    content = yaml.safe_load((HERE / f"{kind}.yaml").read_text(encoding="utf-8"))
    return tuple(
        Group(
            name, Text(one["name"]["en"], one["name"]["zh"]),
            tuple(_clause(key, c) for key, c in one["clauses"].items()),
        )
        for name, one in content.items()
    )  # fmt: skip


def _clause(name: str, c: dict) -> Clause:
    return Clause(
        name, Text(c["en"], c["zh"]), c["unit"], c.get("value"), c.get("low"), c.get("high"),
        c["source"], float(c.get("weight", 0)), bool(c.get("told", False)),
    )  # fmt: skip
