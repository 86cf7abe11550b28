"""Read a study: arms, what differs between them, what is looked at, and what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.declare import Text
from sim.scenario import arms as arms_of
from sim.scenario.arms import STOCK, ArmFile, Changes, Library
from sim.scenario.documents import DEFAULT_MONTHS, Document, open_document, read_horizon
from sim.scenario.evidence import entries as evidence
from sim.scenario.expressions import Expression, Reference, parse_expression, references
from sim.scenario.fields import text_of
from sim.scenario.filters import FilterError
from sim.scenario.names import is_field, parameters
from sim.scenario.problems import Mark, Problem, Problems, nearest_name
from sim.scenario.scenario import Scenario
from sim.scenario.tree import Value
from sim.scenario.units import quantity, whole

DESIGNS = ("claim", "factorial")
CIRCULARITY = ("built_in", "mixed", "emergent", "calibration")
SIGNS = ("+", "-", "0")
LOW, MID, HIGH = LEVELS = ("low", "mid", "high")
OUTCOME_KEYS = ("name", "value", "sign", "margin", "unit", "note")
EQUAL_KEYS = ("to", "baseline", "arms")
MOST_REPS = 10_000
EVERY_ARM = "arm"  # in a factorial: each arm in turn
# Mistakes that say no more than that this version of the model has no such name.
UNKNOWN = frozenset(
    {"unknown_lever", "unknown_parameter", "unknown_indicator", "unknown_name", "missing_file",
     "unknown_key"}
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What is looked at; `margin` is the least difference that matters in practice."""

    name: Text
    value: Expression
    formula: str
    sign: str
    margin: Expression
    margin_formula: str
    unit: str


@dataclass(frozen=True)
class EqualCost:
    """The arms that are scaled to what arm `to` costs beyond arm `baseline`."""

    to: str
    baseline: str
    arms: tuple[str, ...]


@dataclass(frozen=True)
class Study:
    """A checked study.

    `scenarios` holds the arms by level (low, mid, high, or the conditions of a factorial), the
    first of `outcomes` decides. `missing` names what this version of the model does not know; the
    study cannot be run then and has no scenarios. `untestable` says why no run could test it.
    """

    name: str
    title: Text
    path: Path
    design: str
    claim: str
    months: int
    reps: int
    edge_reps: int
    circularity: str
    falsified_if: str
    outcomes: tuple[Outcome, ...] = ()
    scenarios: dict[str, dict[str, Scenario]] = field(default_factory=dict, repr=False)
    scan: dict[str, dict[str, str]] = field(default_factory=dict)
    equal_cost: EqualCost | None = None
    factors: dict[str, dict[str, str]] = field(default_factory=dict)
    members: str = ""
    not_tested: tuple[str, ...] = ()
    proxy: str = ""
    untestable: str = ""
    missing: tuple[Problem, ...] = ()

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels at which it runs."""
        return tuple(self.scenarios)


def read_study(path: Path, measures: Mapping[str, int]) -> Study:
    """Return a checked study.

    Args:
        path: the file.
        measures: quantities besides the indicators that outcomes may name, each with the number of
            arms that it takes.

    Raises:
        ScenarioErrors: with every mistake. Names that only this version of the model does not know
            are none: they stand in `missing`.
    """
    problems = Problems()
    document = open_document(path, ("study",), problems)
    problems.stop_if_any()
    assert document is not None
    reader = _Reader(document, problems, measures)
    study = reader.head()
    problems.stop_if_any()
    return reader.whole(study)


class _Reader:
    """Reads one file: first its own form, in which every mistake counts, then what it names."""

    def __init__(self, document: Document, problems: Problems, measures: Mapping[str, int]) -> None:
        self.document = document
        self.problems = problems
        self.measures = measures
        self.arms: dict[str, ArmFile] = {}
        self.scan: dict[str, dict[str, Value]] = {}

    # The file's own form

    def head(self) -> Study:
        """Return the study without its scenarios and outcomes; mistakes are noted."""
        _, months = read_horizon(self.document, self.problems)
        reps, edge = self._reps()
        untestable = self._text("not_testable")
        study = Study(
            name=self.document.name,
            title=self.document.title,
            path=self.document.path,
            design=self._one_of("design", DESIGNS, "claim"),
            claim=self._claim(),
            months=months or DEFAULT_MONTHS,
            reps=reps,
            edge_reps=edge,
            circularity=self._one_of("circularity", CIRCULARITY, "emergent"),
            falsified_if=self._text("falsified_if"),
            members=self._text("members"),
            not_tested=self._texts("not_tested"),
            proxy=self._text("proxy"),
            untestable=untestable,
        )
        if not untestable:
            self._read_arms(study.months)
            self._read_scan()
        return study

    def whole(self, study: Study) -> Study:
        """Return the study with all that it names.

        Raises:
            ScenarioErrors: if something in it is wrong, not merely unknown.
        """
        if study.untestable:
            return study
        library = Library(self.document.path.resolve().parent, self.problems)
        equal = self._equal_cost()
        outcomes = tuple(o for item in self._items("outcomes") if (o := self._outcome(item)))
        levels = self._levels()
        scenarios: dict[str, dict[str, Scenario]] = {}
        for level, changes in levels.items():
            for name, arm in self.arms.items():
                before = len(self.problems.found)
                scenario = arm.resolved(library, changes)
                if scenario is not None and len(self.problems.found) == before:
                    scenarios.setdefault(level, {})[name] = scenario
            if self.problems.found:
                break  # the other levels have the same mistakes
        self._check_scales(equal, scenarios)
        missing = _missing(self.problems)
        shown = {n: {lv: str(v) for lv, v in values.items()} for n, values in self.scan.items()}
        return Study(
            **{
                **{name: getattr(study, name) for name in study.__dataclass_fields__},
                "outcomes": outcomes,
                "scenarios": {} if missing else scenarios,
                "scan": shown,
                "equal_cost": equal,
                "factors": self._factors(),
                "missing": missing,
            }
        )

    def _text(self, key: str) -> str:
        value = self.document.get(key)
        if value is None:
            return ""
        if value.scalar is None:
            self.problems.add("wrong_type", value.at, value, key=key, allowed="a text")
        return str(value)

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self.document.get(key)
        if value is None:
            return ()
        return tuple(str(item) for item in (value.items if value.items is not None else (value,)))

    def _items(self, key: str) -> tuple[Value, ...]:
        value = self.document.get(key)
        if value is None or not value.items:
            at = value.at if value else self.document.root.at
            self.problems.add("missing_key", at, key=key, allowed="[{name, value, sign, margin}]")
            return ()
        return value.items

    def _one_of(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.document.get(key)
        if value is None:
            return default
        if value.scalar not in allowed:
            self.problems.add("wrong_type", value.at, value, key=key, allowed=", ".join(allowed))
        return str(value)

    def _claim(self) -> str:
        value = self.document.get("claim")
        if value is None:
            return ""
        if str(value) not in evidence():
            near = nearest_name(str(value).upper(), evidence())
            self.problems.add("wrong_type", value.at, value, key="claim", nearest=near)
        return str(value)

    def _reps(self) -> tuple[int, int]:
        value = self.document.get("reps")
        if value is None:
            return 16, 8
        parts = (value, value) if not value.is_map else (value.get("mid"), value.get("edge"))
        found = []
        for part in parts:
            if part is None:
                allowed = "{mid: 16, edge: 8}"
                self.problems.add("missing_key", value.at, key="reps.mid", allowed=allowed)
                continue
            number = quantity(part, "reps", "replicates", 1, MOST_REPS, self.problems)
            found.append(whole(number, part, "reps", self.problems) or 1)
        return (found[0], found[1]) if len(found) == 2 else (1, 1)

    def _read_arms(self, months: int) -> None:
        root, place = self.document.root, self.document.get("place")
        value = self.document.get("arms")
        if place is None:
            self.problems.add("missing_key", root.at, key="place")
        if value is None or not value.entries:
            at = value.at if value else root.at
            self.problems.add("missing_key", at, key="arms", allowed="{name: {policy, levers, …}}")
            return
        for name, entry in value.entries.items():
            one = entry.value
            if one.is_null:
                one = Value(entry.at, entries={})
            if one.entries is None:
                allowed = ", ".join(arms_of.KEYS)
                self.problems.add("wrong_type", one.at, one, key=f"arms.{name}", allowed=allowed)
                continue
            for key, inner in one.entries.items():
                if key not in arms_of.KEYS:
                    self.problems.add("unknown_key", inner.at, key, allowed=arms_of.KEYS)
            reference = self.document.get("reference_firms")
            self.arms[name] = ArmFile(name, one, place or root, root, months, reference)

    def _read_scan(self) -> None:
        value = self.document.get("scan")
        if value is None:
            return
        if value.entries is None:
            allowed = "{process.parameter: {low, high}}"
            self.problems.add("wrong_type", value.at, value, key="scan", allowed=allowed)
            return
        factorial = self.document.get("design") is not None
        for name, entry in value.entries.items():
            values = entry.value.entries or {}
            for level, inner in values.items():
                if level not in LEVELS and not factorial:
                    self.problems.add("unknown_key", inner.at, level, allowed=LEVELS)
            wanted = () if factorial else (LOW, HIGH)
            for level in wanted:
                if level not in values:
                    self.problems.add("missing_key", entry.at, key=f"scan.{name}.{level}")
            self.scan[name] = {level: inner.value for level, inner in values.items()}

    # What it names

    def _levels(self) -> dict[str, Changes]:
        """Return the changes of every level; without a scan there is the middle one alone."""
        for name, values in self.scan.items():
            known = name.startswith(STOCK) or name in parameters() or is_field(name)
            if not known:
                at = next(iter(values.values())).at
                near = nearest_name(name, parameters())
                self.problems.add("unknown_parameter", at, name, nearest=near)
        if not self.scan:
            return {MID: {}}
        levels: dict[str, dict[str, Value]] = {}
        names = dict.fromkeys(level for values in self.scan.values() for level in values)
        ordered = [n for n in LEVELS if n in names or n == MID] if LOW in names else list(names)
        for level in ordered:
            levels[level] = {n: v[level] for n, v in self.scan.items() if level in v}
        return dict(levels)

    def _equal_cost(self) -> EqualCost | None:
        value = self.document.get("equal_cost")
        if value is None:
            return None
        if value.entries is None:
            self.problems.add(
                "wrong_type", value.at, value, key="equal_cost", allowed="{to, baseline, arms}"
            )
            return None
        for key, entry in value.entries.items():
            if key not in EQUAL_KEYS:
                self.problems.add(
                    "wrong_type", entry.at, key, key="equal_cost", allowed=", ".join(EQUAL_KEYS)
                )
        listed = value.get("arms")
        scaled = (listed.items if listed and listed.items is not None else None) or ()
        to, baseline = value.get("to"), value.get("baseline")
        for part in (to, baseline, *scaled):
            if part is None or str(part) not in self.arms:
                at = part.at if part else value.at
                self.problems.add(
                    "wrong_type", at, part or "", key="equal_cost", allowed=", ".join(self.arms)
                )
                return None
        return EqualCost(str(to), str(baseline), tuple(str(part) for part in scaled))

    def _check_scales(
        self, equal: EqualCost | None, scenarios: dict[str, dict[str, Scenario]]
    ) -> None:
        for name in equal.arms if equal else ():
            for found in scenarios.values():
                if name in found and found[name].scale_lever is None:
                    at = self.arms[name].value.at
                    self.problems.add("missing_key", at, key=f"arms.{name}.scale_lever")
                    return

    def _outcome(self, value: Value) -> Outcome | None:
        if value.entries is None:
            self.problems.add(
                "wrong_type", value.at, value, key="outcomes", allowed=", ".join(OUTCOME_KEYS)
            )
            return None
        for key, entry in value.entries.items():
            if key not in OUTCOME_KEYS:
                near = nearest_name(key, OUTCOME_KEYS)
                self.problems.add(
                    "wrong_type", entry.at, key, key="outcomes", nearest=near,
                    allowed=", ".join(OUTCOME_KEYS),
                )  # fmt: skip
        parts = {key: value.get(key) for key in ("value", "sign", "margin")}
        for key, part in parts.items():
            if part is None:
                self.problems.add("missing_key", value.at, key=f"outcomes.{key}")
        name, unit = value.get("name"), value.get("unit")
        if any(part is None for part in parts.values()):
            return None
        sign = parts["sign"]
        assert sign is not None
        if str(sign) not in SIGNS:
            self.problems.add("wrong_type", sign.at, sign, key="sign", allowed=", ".join(SIGNS))
        formula = self._expression(parts["value"], "value")
        margin = self._expression(parts["margin"], "margin")
        if formula is None or margin is None:
            return None
        text = _both(name) or Text(str(parts["value"]), str(parts["value"]))
        said = str(parts["value"]), str(parts["margin"])
        return Outcome(text, formula, said[0], str(sign), margin, said[1], text_of(unit) or "")

    def _expression(self, value: Value | None, key: str) -> Expression | None:
        assert value is not None
        if value.scalar is None:
            self.problems.add("wrong_type", value.at, value, key=key, allowed="ARM.INDICATOR")
            return None
        text = str(value.scalar)
        try:
            found = parse_expression(text)
        except FilterError as error:
            at = Mark(value.at.file, value.at.line, value.at.column + error.offset)
            self.problems.add(
                "bad_expression", at, text, allowed=", ".join(error.allowed), detail=error.piece
            )
            return None
        for reference in references(found):
            self._check(reference, value.at)
        return found

    def _check(self, reference: Reference, at: Mark) -> None:
        from sim.indicators import INDICATORS

        *arms, name = reference.offsets

        def place(offset: int) -> Mark:
            return Mark(at.file, at.line, at.column + offset)

        every = (EVERY_ARM,) if self.document.get("design") is not None else ()
        for arm, offset in zip(reference.arms, arms, strict=True):
            if arm not in (*self.arms, *every):
                self.problems.add(
                    "wrong_type", place(offset), arm, key="arm", allowed=", ".join(self.arms),
                    nearest=nearest_name(arm, self.arms),
                )  # fmt: skip
        wanted = len(reference.arms)
        known = [m for m, count in self.measures.items() if count == wanted]
        known += INDICATORS if wanted == 1 else []
        if reference.name not in known:
            near = nearest_name(reference.name, known)
            self.problems.add("unknown_indicator", place(name), reference.name, nearest=near)
        first, last = reference.span or (0, None)
        months = next(iter(self.arms.values())).months if self.arms else DEFAULT_MONTHS
        if last is not None and not first < last <= months:
            allowed = f"0 <= first < last <= {months}"
            self.problems.add(
                "out_of_range", place(name), f"{first}:{last}", key="months", allowed=allowed
            )

    def _factors(self) -> dict[str, dict[str, str]]:
        found = {}
        for name, arm in self.arms.items():
            factors = arm.get("factors")
            if factors is not None:
                found[name] = {k: str(e.value) for k, e in (factors.entries or {}).items()}
        return found


def _both(name: Value | None) -> Text | None:
    """Return a name in both languages; one given alone stands for both."""
    if name is None or name.is_null:
        return None
    if name.entries is None:
        return Text(str(name), str(name))
    en, zh = text_of(name.get("en")), text_of(name.get("zh"))
    return Text(en or zh or "", zh or en or "")


def _missing(problems: Problems) -> tuple[Problem, ...]:
    """Return what is merely unknown; raise where anything else is wrong."""
    found = [problem for problem in problems.found if problem.code in UNKNOWN]
    if len(found) < len(problems.found):
        problems.stop_if_any()
    return tuple(dict.fromkeys(found))  # every arm tells of what it shares with the others
