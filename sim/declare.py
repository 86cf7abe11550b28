"""Declarations: every number has a name, a unit, a range, a source and one home.

Parameters of processes, fields of levers, columns of tables and indicators are declared with the
functions below, beside the mechanism that uses them. Everything else (scenario checks, error texts,
schemas, reference pages) is printed from these declarations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

ASSUMPTION = "assumption"


@dataclass(frozen=True, slots=True)
class Text:
    """A name in English and Chinese."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """Return the text in `language` ("en" or "zh")."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of a process: default, unit, inclusive bounds, source and text."""

    default: float
    unit: str
    low: float
    high: float
    source: str
    text: Text


def param(
    default: float, unit: str, low: float, high: float, source: str, en: str, zh: str
) -> Parameter:
    """Declare a parameter; `source` is an evidence id or "assumption".

    Raises:
        ValueError: if the default lies outside its own bounds.
    """
    if not low <= default <= high:
        raise ValueError(f"default {default} outside {low}..{high}: {en}")
    return Parameter(float(default), unit, float(low), float(high), source, Text(en, zh))


class Parameters:
    """All parameters of one process, and the record that carries their values into kernels."""

    def __init__(self, process: str, **declared: Parameter) -> None:
        self.process = process
        self.declared: dict[str, Parameter] = declared
        self.dtype = np.dtype([(name, np.float64) for name in declared])

    def record(self, overrides: dict[str, float] | None = None) -> np.ndarray:
        """Return a structured array, shape (1,), of the values after `overrides` by name."""
        values = {name: p.default for name, p in self.declared.items()} | (overrides or {})
        return np.array([tuple(values[name] for name in self.declared)], dtype=self.dtype)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `refers` names the table whose rows an integer column points to."""

    name: str
    dtype: Any
    unit: str
    text: Text
    low: float | None = None
    refers: str | None = None
    default: float = 0


def column(
    name: str,
    dtype: Any,
    unit: str,
    en: str,
    zh: str,
    *,
    low: float | None = None,
    refers: str | None = None,
    default: float = 0,
) -> Column:
    """Declare a column; `low` is a floor that strict runs check (0 for a stock)."""
    return Column(name, dtype, unit, Text(en, zh), low, refers, default)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a lever.

    `kind` is one of number, integer, switch (0/1), choice (one of `choices`), choices (a list of
    them), numbers (a list of `length` numbers), shares (mapping of choices to shares that sum to 1).
    `intensity` marks what ramp and taper scale; `extensive` what `reference_firms` scales.
    """

    default: Any
    unit: str
    low: float | None
    high: float | None
    text: Text
    kind: str = "number"
    choices: tuple[str, ...] = ()
    length: int = 0
    intensity: bool = False
    extensive: bool = False
    nullable: bool = False
    source: str = ASSUMPTION


def number(
    default: float | None,
    unit: str,
    low: float,
    high: float,
    en: str,
    zh: str,
    *,
    source: str = ASSUMPTION,
    intensity: bool = False,
    extensive: bool = False,
    integer: bool = False,
    nullable: bool = False,
) -> Field:
    """Declare a numeric field; a default of None makes it nullable (leave what the place has)."""
    kind = "integer" if integer else "number"
    empty = nullable or default is None
    return Field(
        default, unit, low, high, Text(en, zh), kind, (), 0, intensity, extensive, empty, source
    )


def switch(default: int | None, en: str, zh: str, *, intensity: bool = False) -> Field:
    """Declare a 0/1 field."""
    text = Text(en, zh)
    return Field(
        default, "0/1", 0, 1, text, "switch", intensity=intensity, nullable=default is None
    )


def choice(default: str | None, choices: tuple[str, ...], en: str, zh: str) -> Field:
    """Declare a field that takes one of `choices`."""
    text = Text(en, zh)
    return Field(default, "name", None, None, text, "choice", choices, nullable=default is None)


def several(
    default: tuple[str, ...] | None,
    choices: tuple[str, ...],
    en: str,
    zh: str,
    *,
    source: str = ASSUMPTION,
) -> Field:
    """Declare a field that takes a list of any of `choices`."""
    text = Text(en, zh)
    return Field(
        default, "names", None, None, text, "choices", choices,
        nullable=default is None, source=source,
    )  # fmt: skip


def numbers(
    default: tuple[float, ...], unit: str, low: float, high: float, en: str, zh: str
) -> Field:
    """Declare a field that takes a list of as many numbers as `default` has."""
    return Field(default, unit, low, high, Text(en, zh), "numbers", length=len(default))


def shares(default: dict[str, float] | None, choices: tuple[str, ...], en: str, zh: str) -> Field:
    """Declare a field that maps `choices` to shares that sum to 1."""
    text = Text(en, zh)
    return Field(default, "share", 0, 1, text, "shares", choices, nullable=default is None)


@dataclass(frozen=True, slots=True)
class Bill:
    """What a lever costs by the month, known in advance: CNY a month, arrays (months,) or scalars.

    The public part is taken from the year's budget when the month opens; where it is refused, the
    lever does not speak that month. `purpose` is the ledger's name for it.
    """

    purpose: str
    public: Any = 0.0
    operator: Any = 0.0


@dataclass(frozen=True, slots=True)
class Works:
    """What a lever builds once: units asked for by month, CNY a unit, and the rule column they show in.

    Units are built whole, as the budget allows; what is built stays after the lever's end. The
    operator's part is borrowed.
    """

    purpose: str
    column: str
    units: Any
    cost_unit: float
    public_share: float = 1.0


@dataclass(frozen=True, slots=True)
class Lever:
    """A policy lever: its fields, who pays, what it covers and how it turns into rules.

    `compile` takes (values, intensity): the checked field values and an array, shape (months,), in
    0..1 (None for awards); it returns `{rule column: array (months,) or scalar}`, and under "bill" a
    `Bill`, under "works" a `Works`, where it costs. Levers that make awards to firms (`programme` not
    None) return instead a mapping of programme columns (see `sim.state.rules`). `outlay` says that
    the lever ends when all public outlays stop (`special_fund.stop_month`), `at_start` that it is
    read once, before month 0; `selects` that a lever without awards takes `eligible` too.
    `contradicts` takes all
    levers' values by name and returns (field path, field path, Text) triples.
    """

    name: str
    family: str
    text: Text
    mechanisms: tuple[str, ...]
    payer: str
    fields: dict[str, Field]
    compile: Callable[..., dict[str, Any]] | None = None
    programme: str | None = None
    source: str = ASSUMPTION
    outlay: bool = True
    selects: bool = False
    at_start: bool = False
    sums_to_one: tuple[str, ...] = ()
    contradicts: Callable[[dict[str, list[dict[str, Any]]]], list[tuple[str, str, Text]]] | None = (
        None
    )


def lever(
    name: str,
    family: str,
    en: str,
    zh: str,
    *,
    mechanisms: tuple[str, ...],
    payer: str,
    fields: dict[str, Field],
    **rest: Any,
) -> Lever:
    """Declare a lever; `family` is the heading of the lever table it stands under."""
    return Lever(name, family, Text(en, zh), mechanisms, payer, fields, **rest)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator, recorded every month.

    `kind` is stock, flow, share or index; `report` says how months become one number: end (value of
    the last month), sum or mean over months. `direction` is up, down or none.
    """

    name: str
    unit: str
    kind: str
    report: str
    direction: str
    text: Text
    formula: str
    headline: bool = False
    also: tuple[str, ...] = field(default=())


def indicator(
    name: str,
    unit: str,
    kind: str,
    report: str,
    direction: str,
    en: str,
    zh: str,
    formula: str,
    *,
    headline: bool = False,
) -> Indicator:
    """Declare an indicator."""
    return Indicator(name, unit, kind, report, direction, Text(en, zh), formula, headline)
