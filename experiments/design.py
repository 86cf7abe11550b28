"""Designs: which points of the declared ranges are run.

A point is a row. Rows are keyed by the seed of the design and their number, so that the same design
is the same everywhere, and a larger one begins with the rows of a smaller one: more points never
make runs that are done already worthless.

Designs live in the unit cube; a `Dimension` turns a coordinate in [0, 1] into a value.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

SOBOL_BITS = 30


@dataclass(frozen=True)
class Dimension:
    """One lever's field or parameter that varies.

    Attributes:
        name: dotted, as `--set` takes it.
        low: least value; with `high` unused where there are choices.
        high: greatest value, included.
        whole: whether only whole numbers count.
        log: whether equal ratios, not equal steps, are equally likely; needs low > 0.
        choices: the values of a dimension without order, else empty.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    whole: bool = False
    log: bool = False
    choices: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        if self.choices:
            return
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"{self.name}: the range {self.low}..{self.high} is empty")
        if self.log and self.low <= 0:
            raise ValueError(f"{self.name}: a range by ratios begins above 0, not at {self.low}")
        if self.whole and (self.low % 1 or self.high % 1):
            raise ValueError(f"{self.name}: {self.low}..{self.high} are no whole numbers")

    def at(self, unit: np.ndarray) -> np.ndarray:
        """Return the values at coordinates in [0, 1], same shape; whole numbers as int64."""
        unit = np.asarray(unit, dtype=float)
        if self.choices:
            values = np.empty(len(self.choices), dtype=object)
            values[:] = self.choices
            return values[_cell(unit, len(self.choices))]
        if self.whole and not self.log:
            return int(self.low) + _cell(unit, int(self.high - self.low) + 1)
        if self.log:
            # A whole number stands for half a step on either side, as it does without ratios.
            low, high = (self.low - 0.5, self.high + 0.5) if self.whole else (self.low, self.high)
            found = low * (high / low) ** unit
        else:
            found = self.low + (self.high - self.low) * unit
        if self.whole:
            return np.clip(np.floor(found + 0.5), self.low, self.high).astype(np.int64)
        return np.clip(found, self.low, self.high)

    def levels(self, count: int) -> list[Any]:
        """Return at most `count` values spread evenly, both ends included; all choices."""
        if self.choices:
            return list(self.choices)
        if count < 2:
            raise ValueError(f"{self.name}: a range needs two levels or more, not {count}")
        spaced = np.geomspace if self.log else np.linspace
        spread = spaced(self.low, self.high, count)
        if self.whole:
            return sorted({math.floor(v + 0.5) for v in spread.tolist()})
        return [float(v) for v in spread]


def _cell(unit: np.ndarray, cells: int) -> np.ndarray:
    return np.minimum((unit * cells).astype(np.int64), cells - 1)


def key(*words: object) -> int:
    """Return a 63-bit number for words: the same on every machine, unlike `hash`."""
    text = "|".join(map(str, words))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1


def points(dimensions: Sequence[Dimension], unit: np.ndarray) -> pd.DataFrame:
    """Return the values at unit coordinates, shape (rows, dimensions), a column per dimension."""
    names = [dimension.name for dimension in dimensions]
    if len(set(names)) != len(names):
        raise ValueError("a dimension is declared twice: " + ", ".join(sorted(names)))
    return pd.DataFrame({d.name: _column(d, d.at(unit[:, i])) for i, d in enumerate(dimensions)})


def _column(dimension: Dimension, values: Any) -> pd.Series:
    # As objects, choices stay what was declared: pandas would make None of them NaN.
    return pd.Series(values, dtype=object) if dimension.choices else pd.Series(values)


def factorial(dimensions: Sequence[Dimension], levels: int = 3) -> pd.DataFrame:
    """Return every combination of levels, the last dimension changing fastest.

    Real dimensions get `levels` values from end to end, whole ones at most so many, choices all.
    With 2^k + 1 levels the next design holds this one, though not in the same order.
    """
    rows = list(itertools.product(*(d.levels(levels) for d in dimensions)))
    columns = zip(dimensions, zip(*rows, strict=True), strict=True)
    return pd.DataFrame({d.name: _column(d, list(values)) for d, values in columns})


def crossed(points: pd.DataFrame, choices: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Return every row of a design with every combination of some choices, these changing fastest."""
    if not choices:
        return points
    rows = list(itertools.product(*choices.values()))
    each = points.loc[points.index.repeat(len(rows))].reset_index(drop=True)
    for i, name in enumerate(choices):
        each[name] = pd.Series([row[i] for row in rows] * len(points), dtype=object)
    return each


def latin(dimensions: Sequence[Dimension], rows: int, seed: int = 0, base: int = 8) -> pd.DataFrame:
    """Return a Latin hypercube: one row in each of `rows` equal slices of every dimension.

    It grows by doubling, and each doubling puts one row into every slice that is still empty. So it
    is Latin at `base` times a power of two rows, and its first rows are those of any smaller
    one. A dimension's column depends on its name, not on what else varies.
    """
    return points(dimensions, latin_unit([d.name for d in dimensions], rows, seed, base))


def latin_unit(names: Sequence[str], rows: int, seed: int = 0, base: int = 8) -> np.ndarray:
    """Return the coordinates of `latin`, shape (rows, names)."""
    columns = []
    for name in names:
        column, size = np.empty(0), base
        while column.size < rows:
            generator = np.random.default_rng(key("latin", seed, base, name, size))
            taken = np.zeros(size, dtype=bool)
            taken[(column * size).astype(np.int64)] = True
            empty = generator.permutation(np.flatnonzero(~taken))
            added = (empty + generator.random(empty.size)) / size
            column, size = np.concatenate([column, added]), 2 * size
        columns.append(column[:rows])
    return np.column_stack(columns) if columns else np.empty((rows, 0))


def sobol(dimensions: Sequence[Dimension], rows: int, seed: int = 0) -> pd.DataFrame:
    """Return the first rows of a scrambled Sobol sequence; it is balanced at powers of two."""
    return points(dimensions, sobol_unit(len(dimensions), rows, seed))


def sobol_unit(width: int, rows: int, seed: int = 0) -> np.ndarray:
    """Return the coordinates of `sobol`, shape (rows, width)."""
    from scipy.stats import qmc  # takes half a second to load

    engine = qmc.Sobol(width, scramble=True, bits=SOBOL_BITS, rng=key("sobol", seed))
    return engine.random_base2(max(math.ceil(math.log2(max(rows, 1))), 0))[:rows]


def luck(unit: np.ndarray, *words: object) -> np.ndarray:
    """Return a seed of runs for each coordinate, shape as `unit`; equal ones share their luck."""
    return np.array([key(*words, float(u).hex()) >> 32 for u in unit], dtype=np.int64)
