"""Two policies at one place: what one number of theirs does to the gap, and what the gap is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from experiments import attribution, statistics, tipping
from experiments.attribution import Attribution, Coalition
from experiments.compare import COSTS
from experiments.runner import Arm, Engine
from experiments.sweeps.desk import Desk
from experiments.sweeps.questions import higher_is_better
from experiments.tipping import Search, Tipping
from sim.declare import Text
from sim.levers import all_levers
from sim.scenario import load_scenario
from sim.scenario.names import is_field, parameters
from sim.scenario.scenario import Scenario, field_of

Load = Callable[..., Scenario]


@dataclass(frozen=True)
class Knob:
    """A number that is turned: a field of a lever or a parameter, from `low` to `high`."""

    name: str
    low: float
    high: float
    whole: bool
    text: Text
    unit: str


class UnknownKnobError(Exception):
    """No number of that name, or a range that it does not have; `why` is a key of the face's texts."""

    def __init__(self, why: str, name: str, **more: object) -> None:
        super().__init__(why)
        self.why, self.name, self.more = why, name, more


def knob_of(word: str) -> Knob:
    """Return what `NAME` or `NAME:low:high` names; without a range all that is allowed.

    Raises:
        UnknownKnobError: if there is no such number, or the range is not within what is allowed.
    """
    name, *ends = word.split(":")
    known = parameters()
    whole = False
    if name in known:
        declared: Any = known[name]
        text = declared.text
    elif is_field(name):
        lever, _, short = name.partition(".")
        declared = field_of(lever, short)
        if declared.kind not in ("number", "integer") or declared.high is None:
            raise UnknownKnobError("knob_kind", name)
        whole = declared.kind == "integer"
        of = all_levers()[lever].text
        text = Text(f"{of.en}: {declared.text.en}", f"{of.zh}：{declared.text.zh}")
    else:
        raise UnknownKnobError("knob_unknown", name)
    low, high = float(declared.low or 0.0), float(declared.high)
    allowed = f"{low:g}:{high:g}"
    try:
        first, last = (float(end) for end in ends) if ends else (low, high)
    except ValueError:
        raise UnknownKnobError("knob_range", word, allowed=allowed) from None
    if not low <= first < last <= high:
        raise UnknownKnobError("knob_range", word, allowed=allowed)
    return Knob(name, first, last, whole, text, declared.unit)


@dataclass(frozen=True)
class Pair:
    """Two policies at a place, by the words that were asked for, loaded with the same changes."""

    place: str
    words: tuple[str, str]
    arms: tuple[Arm, Arm]
    overrides: tuple[str, ...] = ()
    months: int | None = None  # where it is not the place's own

    @property
    def labels(self) -> tuple[str, str]:
        """The policies' names."""
        return self.arms[0].label, self.arms[1].label

    def options(self) -> list[str]:
        """Return length and changes as a command has them."""
        months = [] if self.months is None else ["--months", str(self.months)]
        return months + [word for change in self.overrides for word in ("--set", change)]

    def turned(self, knob: Knob, value: float, load: Load = load_scenario) -> list[Arm]:
        """Return both arms with a number set; a policy without the lever stays as it is."""
        found = []
        for word, arm in zip(self.words, self.arms, strict=True):
            if not self.holds(knob, arm):
                found.append(arm)
                continue
            said = f"{int(value)}" if knob.whole else f"{value:.17g}"
            changes = (*self.overrides, f"{knob.name}={said}")
            months = arm.scenario.months
            scenario = load(self.place, word, months=months, overrides=changes)
            found.append(replace(arm, scenario=scenario))
        return found

    def holds(self, knob: Knob, arm: Arm) -> bool:
        """Return whether a number means anything under a policy."""
        lever = knob.name.partition(".")[0]
        return not is_field(knob.name) or any(use.lever == lever for use in arm.scenario.levers)


BOTH = "cost_pv"  # what government and operator lay out together, as equal cost counts it


def gain(engine: Engine, desk: Desk, arms: list[Arm], seeds: list[int], on: str) -> np.ndarray:
    """Return by how much the second arm is better than the first, shape (seeds,)."""
    columns = [desk.names.index(name) for name in (COSTS if on == BOTH else (on,))]
    ends = desk.ends(arms, seeds)[:, :, columns].sum(axis=2)
    sign = 1 if on != BOTH and higher_is_better(engine.indicators[on]) else -1
    found: np.ndarray = sign * (ends[1] - ends[0])
    return found


def tip(desk: Desk, pair: Pair, knob: Knob, on: str, search: Search) -> Tipping:
    """Return where the better of two policies on an indicator becomes the worse as a number rises."""

    def difference(value: float, seeds: list[int]) -> np.ndarray:
        return gain(desk.engine, desk, pair.turned(knob, value), seeds, on)

    seeds = range(search.seeds_most)
    return tipping.find(difference, knob.low, knob.high, seeds, search, knob.whole)


def compared(desk: Desk, arms: list[Arm], seeds: list[int]) -> list[dict[str, Any]]:
    """Return a row per kept indicator: means of both arms, the paired difference, its interval."""
    ends = desk.ends(arms, seeds)
    found = statistics.summarise(ends[0], ends[1])
    rows = []
    for i, name in enumerate(desk.names):
        known = ~np.isnan(ends[:, :, i]).any(axis=0)
        first, second = (float(ends[k, known, i].mean()) if known.any() else None for k in (0, 1))
        told = {"diff": found.diff[i], "lo": found.low[i], "hi": found.high[i]}
        rows.append(
            {"indicator": name, "unit": desk.engine.indicators[name].unit, "a": first, "b": second}
            | {key: float(x) if np.isfinite(x) else None for key, x in told.items()}
            | {"n": int(known.sum())}
        )
    return rows


# What the gap is made of


@dataclass(frozen=True)
class Switch:
    """A mechanism as a player: with `name` at `off` it does not work."""

    name: str
    off: float


def players_of(pair: Pair, switches: Sequence[Switch] = ()) -> list[str]:
    """Return the levers and parameters in which two policies differ, then the mechanisms."""
    first, second = (arm.scenario for arm in pair.arms)
    levers = dict.fromkeys(use.lever for use in (*second.levers, *first.levers))
    found = [name for name in levers if _uses(first, name) != _uses(second, name)]
    found += [name for name in _parameters(first) | _parameters(second)
              if _parameters(first).get(name) != _parameters(second).get(name)]  # fmt: skip
    return found + [switch.name for switch in switches]


def _uses(scenario: Scenario, lever: str) -> list[tuple[Any, ...]]:
    """Return what a lever's uses say, without the place they were read from."""
    return [
        (u.values, u.start, u.end, u.ramp, u.taper, str(u.eligible), u.firms_max, str(u.when))
        for u in scenario.levers
        if u.lever == lever
    ]


def _parameters(scenario: Scenario) -> dict[str, float]:
    return {f"{p}.{n}": v for p, own in scenario.parameters.items() for n, v in own.items()}


def mixed(pair: Pair, coalition: Coalition, switches: Sequence[Switch]) -> list[Arm]:
    """Return the first policy, and the one with the players of a coalition from the second.

    In both, mechanisms that are no members do not work.
    """
    first, second = (arm.scenario for arm in pair.arms)
    off = {switch.name: switch.off for switch in switches if switch.name not in coalition}
    none: Coalition = frozenset()
    base = _mix(first, second, none, off)
    mix = _mix(first, second, coalition & frozenset(players_of(pair)), off)
    again = f"hotbed why {pair.place} {' '.join(pair.words)}"
    return [
        replace(pair.arms[0], scenario=base, again=again),
        Arm("+".join(sorted(coalition)) or pair.labels[0], mix, place=pair.place, again=again),
    ]


def _mix(
    first: Scenario, second: Scenario, coalition: Coalition, off: dict[str, float]
) -> Scenario:
    """Return the first scenario with what a coalition has in the second, at each of its sites."""
    uses = first.levers  # in its own order where it keeps all of them
    if coalition:
        levers = dict.fromkeys(use.lever for use in (*second.levers, *first.levers))
        chosen = [(second if name in coalition else first, name) for name in levers]
        uses = tuple(u for scenario, name in chosen for u in scenario.levers if u.lever == name)
    own, other = _parameters(first), _parameters(second)
    chosen_from = {n: (other if n in coalition else own) for n in own | other}
    values = {n: source[n] for n, source in chosen_from.items() if n in source}
    sites = tuple(
        replace(one, scenario=_mix(one.scenario, two.scenario, coalition, off))
        for one, two in zip(first.sites, second.sites, strict=True)
    )
    return replace(first, levers=uses, parameters=_nested(values | off), sites=sites)


def _nested(values: dict[str, float]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for name, value in values.items():
        process, _, short = name.partition(".")
        found.setdefault(process, {})[short] = value
    return found


def why(
    desk: Desk, pair: Pair, on: str, seeds: list[int], switches: Sequence[Switch] = ()
) -> Attribution:
    """Share the gap between two policies among the levers that differ and the mechanisms.

    Raises:
        ValueError: if the policies do not differ, or no seed came through.
    """

    def value(coalitions: list[Coalition]) -> np.ndarray:
        arms = [arm for one in coalitions for arm in mixed(pair, one, switches)]
        ends = desk.ends(arms, seeds)[:, :, desk.names.index(on)]
        found: np.ndarray = ends[1::2] - ends[::2]
        return found

    return attribution.attribute(players_of(pair, switches), value)
