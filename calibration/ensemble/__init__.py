"""The ensemble: parameter sets that reproduce facts and patterns, to rank policies over.

    from calibration.ensemble import members
    for member in members(16):
        scenario = load_scenario("beijing-ai-origin", overrides=member.overrides)

`members.csv` holds one set a row, `ensemble.json` what it was judged on and the rule of acceptance.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
MEMBERS, ABOUT = HERE / "members.csv", HERE / "ensemble.json"
STRONG = 0.3  # correlation of accepted parameters from which a pair is a ridge


@dataclass(frozen=True)
class Member:
    """One accepted set: values by `process.parameter`, its distance, and the patterns it held."""

    number: int
    values: dict[str, float]
    distance: float
    holds: tuple[str, ...]

    @property
    def overrides(self) -> tuple[str, ...]:
        """The set as `--set` takes it."""
        return tuple(f"{name}={value!r}" for name, value in self.values.items())


@cache
def every() -> tuple[Member, ...]:
    """Return all members, in the order of the file."""
    with MEMBERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        Member(
            int(row["number"]), {k: float(v) for k, v in row.items() if "." in k},
            float(row["distance"]), tuple(row["holds"].split()),
        )
        for row in rows
    )  # fmt: skip


def members(count: int | None = None) -> tuple[Member, ...]:
    """Return `count` members spread evenly over the file (all by default).

    Raises:
        ValueError: if there are not so many.
    """
    found = every()
    if count is None:
        return found
    if not 1 <= count <= len(found):
        raise ValueError(f"{count} members of {len(found)}")
    at = (np.arange(count) * len(found)) // count
    return tuple(found[i] for i in at)


def about() -> dict[str, Any]:
    """Return what the ensemble was judged on, by which rule, and its ridges."""
    return json.loads(ABOUT.read_text(encoding="utf-8"))


def ridges(found: tuple[Member, ...], strong: float = STRONG) -> list[tuple[str, str, float]]:
    """Return the pairs of parameters whose accepted values are correlated, strongest first."""
    names = list(found[0].values)
    table = np.array([[m.values[name] for name in names] for m in found])
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.nan_to_num(np.corrcoef(table.T))
    pairs = [
        (names[i], names[j], float(r[i, j]))
        for i in range(len(names)) for j in range(i) if abs(r[i, j]) >= strong
    ]  # fmt: skip
    return sorted(pairs, key=lambda pair: -abs(pair[2]))
