"""Read a study that sweeps: a place, policies, and what varies between the worlds they are run in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.declare import Text
from sim.scenario import arms as arms_of
from sim.scenario.arms import NO_POLICY, STOCK, ArmFile, Library, with_parameters
from sim.scenario.documents import (
    DEFAULT_MONTHS,
    MOST_MONTHS,
    SWEEP_KEYS,
    Document,
    open_document,
    read_horizon,
)
from sim.scenario.names import is_field, parameters
from sim.scenario.problems import Mark, Problems, nearest_name
from sim.scenario.scenario import Scenario, field_of
from sim.scenario.search import Search, read_search
from sim.scenario.tree import Value
from sim.scenario.units import quantity, whole

DESIGNS = ("factorial", "latin", "sobol")
SCALES = ("linear", "log")
MOST_ROWS, MOST_REPLICATES, MOST_LEVELS = 1_000_000, 10_000, 1_000
ANY = 1e15  # bounds of a number that has none of its own
ROWS, LEVELS, REPLICATES, EVERY = 64, 3, 4, 12
HEADLINE, ALL = "headline", "all"
REMEMBERED = 64  # resolved scenarios that are kept for the next world


@dataclass(frozen=True)
class Range:
    """What varies: from `low` to `high`, or one of `choices`; `lever` tells policy from world."""

    name: str
    lever: bool
    low: float = 0.0
    high: float = 1.0
    whole: bool = False
    log: bool = False
    choices: tuple[Any, ...] = ()

    @property
    def ends(self) -> tuple[Any, ...]:
        """The values that have to be allowed for all others to be so."""
        return self.choices or (self.low, self.high)


@dataclass(frozen=True)
class Goal:
    """An outcome, with the target that is declared for it, open on both sides by default."""

    indicator: str
    at_least: float = -math.inf
    at_most: float = math.inf

    @property
    def has_target(self) -> bool:
        """Whether a target was declared."""
        return math.isfinite(self.at_least) or math.isfinite(self.at_most)


@dataclass(frozen=True)
class Layout:
    """How the worlds are laid out: `rows` of latin and sobol, `levels` of factorial."""

    kind: str = "latin"
    rows: int = ROWS
    levels: int = LEVELS
    seed: int = 0


@dataclass(frozen=True)
class Sweep:
    """A checked sweep.

    `scenarios` holds each policy with everything that varies as its files have it. `versus` are two
    policies, asked where the first is better than the second. `indicators` are kept beside the
    headline, after every `every` months and at the end. `search` is None where the file has no goals.
    """

    name: str
    title: Text
    path: Path
    place: str
    months: int
    ranges: tuple[Range, ...]
    outcomes: tuple[Goal, ...]
    versus: tuple[str, str]
    replicates: int
    layout: Layout
    indicators: tuple[str, ...]
    every: int
    search: Search | None = None
    scenarios: dict[str, Scenario] = field(default_factory=dict, repr=False)
    asked: dict[str, str] = field(default_factory=dict)  # by policy: the word for its file
    arms: dict[str, ArmFile] = field(default_factory=dict, repr=False)
    _known: dict[tuple[Any, ...], Scenario] = field(default_factory=dict, repr=False, compare=False)

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies in the order of the file."""
        return tuple(self.arms)

    def applies(self, name: str, policy: str) -> bool:
        """Return whether a range changes anything under a policy."""
        own = self.arms[policy].get("parameters")
        if own is not None and own.get(name) is not None:
            return False
        lever = name.partition(".")[0]
        return not is_field(name) or any(u.lever == lever for u in self.scenarios[policy].levers)

    def at(self, policy: str, values: Mapping[str, Any]) -> Scenario:
        """Return a policy in one world; values that do not apply to it are passed over.

        Raises:
            ScenarioErrors: if values that are allowed one by one contradict each other.
        """
        used = {name: v for name, v in values.items() if self.applies(name, policy)}
        numbers = {name: float(v) for name, v in used.items() if name in parameters()}
        rest = {name: v for name, v in used.items() if name not in numbers}
        scenario = self._resolved(policy, rest)
        return with_parameters(scenario, numbers, str(self.path)) if numbers else scenario

    def _resolved(self, policy: str, values: dict[str, Any]) -> Scenario:
        """Return a policy with stock and levers changed; the last few are remembered."""
        if not values and policy in self.scenarios:
            return self.scenarios[policy]
        key = (policy, *values.items())
        if key not in self._known:
            problems = Problems()
            at = Mark(str(self.path))
            changes = {name: Value(at, scalar=value) for name, value in values.items()}
            library = Library(self.path.resolve().parent, problems)
            found = self.arms[policy].resolved(library, changes)
            problems.stop_if_any()
            assert found is not None
            if len(self._known) >= REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[key] = found
        return self._known[key]


def read_sweep(path: Path) -> Sweep:
    """Return a checked sweep.

    Raises:
        ScenarioErrors: with every mistake.
    """
    problems = Problems()
    document = open_document(path, ("study",), problems, SWEEP_KEYS)
    problems.stop_if_any()
    assert document is not None
    return _Reader(document, problems).read()


class _Reader:
    """Reads one file and notes its mistakes."""

    def __init__(self, document: Document, problems: Problems) -> None:
        self.document = document
        self.problems = problems

    def read(self) -> Sweep:
        _, months = read_horizon(self.document, self.problems)
        months = months or DEFAULT_MONTHS
        arms = self._policies(months)
        ranges = (*self._ranges("levers", True), *self._ranges("uncertainties", False))
        search = read_search(self.document, list(arms), self._count, self.problems)
        if not ranges and not self.problems.found:
            at = self.document.root.at
            self.problems.add("missing_key", at, key="uncertainties", allowed="{name: {low, high}}")
        outcomes = self._outcomes(search)
        indicators, every = self._keep()
        place = self.document.get("place")
        sweep = Sweep(
            name=self.document.name,
            title=self.document.title,
            path=self.document.path,
            place=str(place),
            months=months,
            ranges=ranges,
            outcomes=outcomes,
            versus=self._versus(arms),
            replicates=self._count("replicates", self.document.get("replicates"), REPLICATES,
                                   MOST_REPLICATES),
            layout=self._layout(),
            indicators=indicators,
            every=every,
            search=search,
            asked={n: str(arm.get("policy") or NO_POLICY) for n, arm in arms.items()},
            arms=arms,
        )  # fmt: skip
        self.problems.stop_if_any()
        self._check_scenarios(sweep)
        self.problems.stop_if_any()
        return sweep

    # Policies

    def _policies(self, months: int) -> dict[str, ArmFile]:
        root, place = self.document.root, self.document.get("place")
        value = self.document.get("policies")
        if place is None:
            self.problems.add("missing_key", root.at, key="place")
        listed = self._listed(value)
        if not listed:
            at = value.at if value else root.at
            self.problems.add("missing_key", at, key="policies", allowed="[policy, …]")
        reference = self.document.get("reference_firms")
        return {
            name: ArmFile(name, one, place or root, root, months, reference)
            for name, one in listed.items()
        }

    def _listed(self, value: Value | None) -> dict[str, Value]:
        """Return policies by name, from a list of names or from a mapping as arms are written."""
        found: dict[str, Value] = {}
        for item in (value.items if value else None) or ():
            if item.scalar is None or str(item) in found:
                code = "repeated_key" if item.scalar is not None else "wrong_type"
                self.problems.add(code, item.at, item, key="policies", other="policies")
                continue
            name = Path(str(item)).stem
            found[name] = arms_of.mapping(item.at, {"policy": item})
        for name, entry in ((value.entries if value else None) or {}).items():
            one = entry.value
            if one.is_null:
                one = arms_of.mapping(entry.at, {})
            for key, inner in (one.entries or {}).items():
                if key not in arms_of.KEYS:
                    self.problems.add("unknown_key", inner.at, key, allowed=arms_of.KEYS)
            found[name] = one
        return found

    def _versus(self, arms: dict[str, ArmFile]) -> tuple[str, str]:
        """Return the two policies that are set against each other: by default the last two."""
        names = list(arms)
        value = self.document.get("versus")
        if value is None:
            return (names[-1], names[-2]) if len(names) > 1 else ("", "")
        items = value.items or ()
        for item in items:
            if str(item) not in arms:
                self.problems.add("unknown_name", item.at, item, key="versus", allowed=names)
        if len(items) != 2:
            self.problems.add("wrong_type", value.at, value, key="versus", allowed="[A, B]")
            return "", ""
        return str(items[0]), str(items[1])

    # What varies

    def _ranges(self, key: str, lever: bool) -> list[Range]:
        value = self.document.get(key)
        if value is None:
            return []
        if value.entries is None:
            self.problems.add("wrong_type", value.at, value, key=key, allowed="{name: {low, high}}")
            return []
        found = []
        for name, entry in value.entries.items():
            known = is_field(name) if lever else (name in parameters() or name.startswith(STOCK))
            if not known:
                names = [*parameters()] if not lever else fields()
                code = "unknown_name" if lever else "unknown_parameter"
                near = nearest_name(name, names)
                self.problems.add(code, entry.at, name, key=key, nearest=near)
                continue
            one = self._range(name, lever, entry.value)
            if one is not None:
                found.append(one)
        return found

    def _range(self, name: str, lever: bool, value: Value) -> Range | None:
        before = len(self.problems.found)
        if value.items is not None:
            choices = tuple(self._value(name, item) for item in value.items)
            if len(choices) < 2 or len(set(map(str, choices))) < len(choices):
                self.problems.add("wrong_type", value.at, value, key=name, allowed="[a, b, …]")
            return (
                Range(name, lever, choices=choices) if len(self.problems.found) == before else None
            )
        if value.entries is None:
            allowed = "{low, high, scale}, [a, b, …]"
            self.problems.add("wrong_type", value.at, value, key=name, allowed=allowed)
            return None
        for key, entry in value.entries.items():
            if key not in ("low", "high", "scale"):
                self.problems.add("unknown_key", entry.at, key, allowed=("low", "high", "scale"))
        low, high, scale = (value.get(key) for key in ("low", "high", "scale"))
        for key, part in (("low", low), ("high", high)):
            if part is None:
                self.problems.add("missing_key", value.at, key=f"{name}.{key}")
        if scale is not None and str(scale) not in SCALES:
            self.problems.add("unknown_name", scale.at, scale, key="scale", allowed=SCALES)
        ends = [self._value(name, part) for part in (low, high) if part is not None]
        if len(self.problems.found) > before:
            return None
        log = scale is not None and str(scale) == "log"
        if not all(isinstance(x, int | float) for x in ends) or not ends[0] < ends[1]:
            assert high is not None
            self.problems.add("out_of_range", high.at, high, key=name, allowed="low < high")
            return None
        if log and ends[0] <= 0:
            assert low is not None
            self.problems.add("out_of_range", low.at, low, key=name, allowed="> 0 (scale: log)")
            return None
        return Range(name, lever, float(ends[0]), float(ends[1]), _is_whole(name), log)

    def _value(self, name: str, value: Value) -> Any:
        """Return a value that a range may take: a checked number, or what a file would have."""
        if name in parameters():
            one = parameters()[name]
            return quantity(value, name, one.unit, one.low, one.high, self.problems)
        if is_field(name):
            lever, _, short = name.partition(".")
            declared = field_of(lever, short)
            assert declared is not None
            if declared.kind not in ("number", "integer"):
                return value.scalar
            low, high = declared.low, declared.high
            low, high = (-ANY if low is None else low), (ANY if high is None else high)
            return quantity(value, name, declared.unit, low, high, self.problems)
        if isinstance(value.scalar, str) and not value.scalar.strip().endswith("%"):
            return value.scalar
        return quantity(value, name, "share", -ANY, ANY, self.problems)

    def _check_scenarios(self, sweep: Sweep) -> None:
        """Resolve every policy with each value that limits a range, and with all low or high."""
        library = Library(self.document.path.resolve().parent, self.problems)
        for name, arm in sweep.arms.items():
            scenario = arm.resolved(library, {})
            if scenario is not None:
                sweep.scenarios[name] = scenario
        if self.problems.found:
            return
        from sim.scenario.problems import ScenarioErrors

        worlds: list[dict[str, Any]] = [{r.name: end} for r in sweep.ranges for end in r.ends]
        worlds += [{r.name: r.ends[k] for r in sweep.ranges} for k in (0, -1)]
        values = self.document.root
        for one in sweep.ranges:
            if not any(sweep.applies(one.name, policy) for policy in sweep.arms):
                at = (values.get("levers") or values).at
                self.problems.add("unknown_name", at, one.name, key="levers", allowed=sweep.asked)
        if any(scenario.sites for scenario in sweep.scenarios.values()):
            for one in sweep.ranges:
                if one.name.startswith(STOCK):  # each site has a stock of its own
                    at = (values.get("uncertainties") or values).at
                    allowed = "parameters, since each of several sites has its own stock"
                    self.problems.add("unknown_name", at, one.name, key="place", allowed=allowed)
        if sweep.search is not None:
            self._check_search(sweep, sweep.search)
        for world in worlds:
            for policy in sweep.arms:
                try:
                    sweep.at(policy, world)
                except ScenarioErrors as errors:
                    new = [p for p in errors.problems if p not in self.problems.found]
                    self.problems.found += new

    def _check_search(self, sweep: Sweep, search: Search) -> None:
        """A policy without any of the levers has nothing to search."""
        turned = [one.name for one in sweep.ranges if one.lever]
        good = [p for p in sweep.arms if any(sweep.applies(name, p) for name in turned)]
        if search.policy not in good:
            self.problems.add("unknown_name", search.at, search.policy, key="policy", allowed=good)

    # What is looked at

    def _outcomes(self, search: Search | None) -> tuple[Goal, ...]:
        """Return the outcomes; a search's goals where the file names no others."""
        from sim.indicators import INDICATORS

        value = self.document.get("outcomes")
        if value is None and search is not None:
            return tuple(Goal(one.indicator) for one in search.objectives)
        items = (value.items if value and value.items is not None else None) or ()
        if not items:
            at = value.at if value else self.document.root.at
            allowed = "[indicator, {indicator, at_least, at_most}]"
            self.problems.add("missing_key", at, key="outcomes", allowed=allowed)
        found = []
        for item in items:
            name = item.get("indicator") if item.entries is not None else item
            for key, entry in (item.entries or {}).items():
                if key not in ("indicator", "at_least", "at_most"):
                    allowed_keys = ("indicator", "at_least", "at_most")
                    self.problems.add("unknown_key", entry.at, key, allowed=allowed_keys)
            if name is None or str(name) not in INDICATORS:
                near = nearest_name(str(name), INDICATORS)
                at = name.at if name else item.at
                self.problems.add("unknown_indicator", at, name or "", nearest=near)
                continue
            unit = INDICATORS[str(name)].unit
            bounds = []
            for key, default in (("at_least", -math.inf), ("at_most", math.inf)):
                part = item.get(key) if item.entries is not None else None
                number = None if part is None else quantity(
                    part, key, unit, -ANY, ANY, self.problems
                )  # fmt: skip
                bounds.append(default if number is None else float(number))
            if bounds[0] > bounds[1]:
                most = item.get("at_most")
                self.problems.add("out_of_range", most.at if most else item.at, most or item,
                                  key="at_most", allowed=">= at_least")  # fmt: skip
            found.append(Goal(str(name), *bounds))
        return tuple(found)

    def _keep(self) -> tuple[tuple[str, ...], int]:
        from sim.indicators import INDICATORS

        value = self.document.get("keep")
        for key, entry in ((value.entries if value else None) or {}).items():
            if key not in ("indicators", "every"):
                self.problems.add("unknown_key", entry.at, key, allowed=("indicators", "every"))
        listed = value.get("indicators") if value else None
        every = self._count("keep.every", value.get("every") if value else None, EVERY, MOST_MONTHS)
        if listed is None or str(listed.scalar) == HEADLINE:
            return (), every
        if str(listed.scalar) == ALL:
            return tuple(INDICATORS), every
        found = []
        for item in listed.items or (listed,):
            if str(item) not in INDICATORS:
                near = nearest_name(str(item), INDICATORS)
                self.problems.add("unknown_indicator", item.at, item, nearest=near)
            found.append(str(item))
        return tuple(found), every

    # How much

    def _layout(self) -> Layout:
        value = self.document.get("design")
        if value is None:
            return Layout()
        kind = value if value.entries is None else value.get("kind")
        for key, entry in (value.entries or {}).items():
            if key not in ("kind", "rows", "levels", "seed"):
                keys = ("kind", "rows", "levels", "seed")
                self.problems.add("unknown_key", entry.at, key, allowed=keys)
        if kind is None or str(kind) not in DESIGNS:
            at = kind.at if kind else value.at
            self.problems.add("unknown_name", at, kind or "", key="design", allowed=DESIGNS)

        def part(key: str) -> Value | None:
            return value.get(key) if value.entries is not None else None

        rows = self._count("design.rows", part("rows"), ROWS, MOST_ROWS)
        levels = self._count("design.levels", part("levels"), LEVELS, MOST_LEVELS, least=2)
        seed = self._count("design.seed", part("seed"), 0, 2**31, least=0)
        return Layout(str(kind), rows, levels, seed)

    def _count(self, key: str, value: Value | None, default: int, most: int, least: int = 1) -> int:
        if value is None:
            return default
        unit = "months" if key == "keep.every" else ""
        found = quantity(value, key, unit, least, most, self.problems)
        return whole(found, value, key, self.problems) or default


def _is_whole(name: str) -> bool:
    lever, _, short = name.partition(".")
    declared = field_of(lever, short) if is_field(name) else None
    return declared is not None and declared.kind == "integer"


def fields() -> list[str]:
    """Return the names of all fields of levers."""
    from sim.levers import all_levers

    return [f"{lever}.{name}" for lever, one in all_levers().items() for name in one.fields]
