"""Read what a study looks at: `log(nurture.jobs[96] / subsidy.jobs[96])`.

An expression names quantities of arms, `arm.indicator` over the whole run, `[60]` after 60 months,
`[60:84]` in months 61 to 84, and quantities of two arms, `kept_same_24(subsidy, nothing)`. It is
parsed into a small tree and evaluated on one number per replicate; it is never run as code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from sim.scenario.filters import FilterError

LONGEST = 500
DEEPEST = 20
TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?%?)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[-+*/().,:\[\]]))"
)

OPERATORS: dict[str, Callable[..., np.ndarray]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


def _mean(values: np.ndarray) -> np.ndarray:
    """Return the mean over the replicates that have a value, for all of them."""
    known = values[~np.isnan(values)]
    return np.full(values.shape, known.mean() if known.size else np.nan)


def _positive(values: np.ndarray) -> np.ndarray:
    """Return 1 where a value is above zero, 0 where it is not."""
    return np.where(np.isnan(values), np.nan, values > 0)


# name to (function, number of arguments)
FUNCTIONS: dict[str, tuple[Callable[..., np.ndarray], int]] = {
    "log": (np.log, 1),
    "abs": (np.abs, 1),
    "mean": (_mean, 1),
    "positive": (_positive, 1),
    "min": (np.minimum, 2),
    "max": (np.maximum, 2),
}

Span = tuple[int, int | None]  # first month looked at, from 0, and the months that have passed


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Reference:
    """A quantity of one arm, or of two; `offsets` are the places of its arms and of its name."""

    name: str
    arms: tuple[str, ...]
    span: Span | None
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an operator on what stands below it."""

    name: str
    parts: tuple[Expression, ...]


Expression = Number | Reference | Call
Look = Callable[[Reference], np.ndarray]


def references(expression: Expression) -> Iterator[Reference]:
    """Yield every quantity that an expression names."""
    if isinstance(expression, Reference):
        yield expression
    elif isinstance(expression, Call):
        for part in expression.parts:
            yield from references(part)


def evaluate(expression: Expression, look: Look, replicates: int) -> np.ndarray:
    """Return the value in each replicate, shape (replicates,); NaN where it is undefined.

    Args:
        expression: what to work out.
        look: gives a quantity, shape (replicates,).
        replicates: how many there are.
    """
    if isinstance(expression, Number):
        return np.full(replicates, expression.value)
    if isinstance(expression, Reference):
        return look(expression)
    parts = [evaluate(part, look, replicates) for part in expression.parts]
    if expression.name == "negative":
        return -parts[0]
    function = OPERATORS.get(expression.name) or FUNCTIONS[expression.name][0]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.asarray(function(*parts), dtype=float)
    found[~np.isfinite(found)] = np.nan
    return found


def parse_expression(text: str) -> Expression:
    """Parse an expression; whether its names exist is for the caller to check.

    Raises:
        FilterError: with the place of the first mistake and what would be right.
    """
    if len(text) > LONGEST:
        raise FilterError(0, text[:20] + "…", (f"at most {LONGEST} characters",))
    reader = _Reader(text)
    found = reader.sum(0)
    if reader.kind:
        raise FilterError(reader.offset, reader.piece, tuple(OPERATORS))
    return found


class _Reader:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = 0
        self.advance()

    def advance(self) -> None:
        rest = self.text[self.end :]
        match = TOKEN.match(self.text, self.end)
        self.offset = self.end + len(rest) - len(rest.lstrip())
        if match:
            self.kind, self.end = match.lastgroup or "", match.end()
            self.piece = match.group(self.kind)
        elif rest.strip():
            raise FilterError(self.offset, rest.strip()[:20], tuple(OPERATORS))
        else:
            self.kind, self.piece = "", ""

    def follows(self, piece: str) -> bool:
        if self.piece != piece:
            return False
        self.advance()
        return True

    def take(self, kind: str, *allowed: str) -> str:
        if self.kind != kind or (kind == "sign" and self.piece not in allowed):
            raise FilterError(self.offset, self.piece or self.text, allowed)
        piece = self.piece
        self.advance()
        return piece

    def sum(self, depth: int) -> Expression:
        left = self.product(depth)
        while self.piece in ("+", "-"):
            name = self.take("sign", "+", "-")
            left = Call(name, (left, self.product(depth)))
        return left

    def product(self, depth: int) -> Expression:
        left = self.one(depth)
        while self.piece in ("*", "/"):
            name = self.take("sign", "*", "/")
            left = Call(name, (left, self.one(depth)))
        return left

    def one(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise FilterError(self.offset, self.piece, (f"{DEEPEST} levels",))
        if self.follows("-"):
            return Call("negative", (self.one(depth + 1),))
        if self.follows("("):
            inside = self.sum(depth + 1)
            self.take("sign", ")")
            return inside
        if self.kind == "number":
            digits = self.take("number", "a number").replace("_", "")
            percent = digits.endswith("%")
            return Number(float(digits.rstrip("%")) / (100 if percent else 1))
        offset = self.offset
        word = self.take("word", "ARM.INDICATOR", "a number")
        if self.follows("("):
            return self._call(word, offset, depth)
        self.take("sign", ".")
        at = self.offset
        name = self.take("word", "an indicator")
        return Reference(name, (word,), self._span(), (offset, at))

    def _call(self, word: str, offset: int, depth: int) -> Expression:
        if word in FUNCTIONS:
            parts = [self.sum(depth + 1)]
            while self.follows(","):
                parts.append(self.sum(depth + 1))
            if len(parts) != FUNCTIONS[word][1]:
                raise FilterError(self.offset, word, (f"{FUNCTIONS[word][1]} arguments",))
            self.take("sign", ")", ",")
            return Call(word, tuple(parts))
        first = self.offset
        one = self.take("word", "an arm")
        self.take("sign", ",")
        second = self.offset
        other = self.take("word", "an arm")
        self.take("sign", ")")
        return Reference(word, (one, other), self._span(), (first, second, offset))

    def _span(self) -> Span | None:
        if not self.follows("["):
            return None
        first = self._month()
        last = self._month() if self.follows(":") else None
        self.take("sign", "]", ":")
        return (0, first) if last is None else (first, last)

    def _month(self) -> int:
        offset, digits = self.offset, self.take("number", "months")
        if not digits.isdigit():
            raise FilterError(offset, digits, ("months",))
        return int(digits)
