"""Filters on firms: `sector == ai and (staff < 50 or rounds >= 1)`.

A filter is parsed into a small tree of comparisons and evaluated on columns; it is never run as
code. Sectors and origins compare with their names; months, money and counts with numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.state.catalogue import ORIGINS, SECTORS

LONGEST = 500
DEEPEST = 20

# Columns that a filter may name, and the names that their values compare with (none: numbers).
FILTER_COLUMNS: dict[str, tuple[str, ...]] = {
    "staff": (),
    "tenure": (),
    "sector": SECTORS,
    "maturity": (),
    "rounds": (),
    "age_months": (),
    "revenue": (),
    "cash": (),
    "origin": ORIGINS,
}

OPERATORS: dict[str, Any] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}

TOKEN = re.compile(
    r"\s*(?:(?P<op><=|>=|==|!=|<|>|=)|(?P<paren>[()])|(?P<number>[-+]?[0-9][0-9_]*\.?[0-9]*%?)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*))"
)


class FilterError(ValueError):
    """A filter that does not parse: the offset, the piece there, and what would be right."""

    def __init__(self, offset: int, piece: str, allowed: tuple[str, ...]) -> None:
        super().__init__(piece)
        self.offset = offset
        self.piece = piece
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Compare:
    """A column against a value; names are stored as their index."""

    column: str
    operator: str
    value: float

    def evaluate(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return where it holds, a bool array of the columns' shape."""
        return np.asarray(OPERATORS[self.operator](columns[self.column], self.value), dtype=bool)

    def __str__(self) -> str:
        names = FILTER_COLUMNS[self.column]
        value = names[int(self.value)] if names else f"{self.value:.15g}"
        return f"{self.column} {self.operator} {value}"


@dataclass(frozen=True, slots=True)
class Both:
    """Where both parts hold."""

    left: Filter
    right: Filter

    def evaluate(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return where it holds, a bool array of the columns' shape."""
        return self.left.evaluate(columns) & self.right.evaluate(columns)

    def __str__(self) -> str:
        return f"({self.left} and {self.right})"


@dataclass(frozen=True, slots=True)
class Either:
    """Where at least one part holds."""

    left: Filter
    right: Filter

    def evaluate(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return where it holds, a bool array of the columns' shape."""
        return self.left.evaluate(columns) | self.right.evaluate(columns)

    def __str__(self) -> str:
        return f"({self.left} or {self.right})"


@dataclass(frozen=True, slots=True)
class Not:
    """Where the part does not hold."""

    part: Filter

    def evaluate(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return where it holds, a bool array of the columns' shape."""
        return ~self.part.evaluate(columns)

    def __str__(self) -> str:
        return f"not {self.part}"


Filter = Compare | Both | Either | Not


def parse_filter(text: str) -> Filter:
    """Parse a filter.

    Raises:
        FilterError: with the place of the first mistake.
    """
    if len(text) > LONGEST:
        raise FilterError(0, text[:20] + "…", (f"at most {LONGEST} characters",))
    reader = _Reader(text)
    found = reader.either(0)
    if reader.kind:
        raise FilterError(reader.offset, reader.piece, ("and", "or"))
    return found


class _Reader:
    """Recursive descent over the tokens of one filter."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = 0
        self.advance()

    def advance(self) -> None:
        rest = self.text[self.end :]
        self.offset = self.end + len(rest) - len(rest.lstrip())
        match = TOKEN.match(self.text, self.end)
        if match:
            self.kind, self.end = match.lastgroup or "", match.end()
            self.piece = match.group(self.kind)
        elif rest.strip():
            raise FilterError(self.offset, rest.strip()[:20], tuple(OPERATORS))
        else:
            self.kind, self.piece = "", ""

    def take(self, kind: str, allowed: tuple[str, ...], *pieces: str) -> str:
        if self.kind != kind or (pieces and self.piece not in pieces):
            raise FilterError(self.offset, self.piece or self.text, allowed)
        piece = self.piece
        self.advance()
        return piece

    def either(self, depth: int) -> Filter:
        left = self.both(depth)
        while self.piece == "or":
            self.advance()
            left = Either(left, self.both(depth))
        return left

    def both(self, depth: int) -> Filter:
        left = self.one(depth)
        while self.piece == "and":
            self.advance()
            left = Both(left, self.one(depth))
        return left

    def one(self, depth: int) -> Filter:
        if depth > DEEPEST:
            raise FilterError(self.offset, self.piece, (f"{DEEPEST} levels",))
        if self.piece == "not":
            self.advance()
            return Not(self.one(depth + 1))
        if self.piece == "(":
            self.advance()
            inside = self.either(depth + 1)
            self.take("paren", (")",), ")")
            return inside
        return self.comparison()

    def comparison(self) -> Compare:
        columns = tuple(FILTER_COLUMNS)
        column = self.take("word", columns, *columns)
        names = FILTER_COLUMNS[column]
        operators = ("==", "!=") if names else tuple(OPERATORS)
        operator = self.take("op", operators, *operators)
        if names:
            return Compare(column, operator, float(names.index(self.take("word", names, *names))))
        digits = self.take("number", ("a number",))
        if digits.endswith("%"):
            return Compare(column, operator, float(digits[:-1].replace("_", "")) / 100)
        return Compare(column, operator, float(digits.replace("_", "")))
