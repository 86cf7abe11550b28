"""Every lever at once: the heaviest policy that a place can have.

Doses are those of the policy `nurture`, and for the levers that it does not use the middle of their
range. New levers are picked up by themselves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sim.declare import Field, Lever
from sim.levers import all_levers
from sim.scenario import Scenario, ScenarioErrors, load_scenario
from sim.state.rules import MOST_PROGRAMMES, OPEN_END, LeverUse

BROADEST = "nurture"
PURSE = "special_fund"  # at the middle of its range, so that no lever is silent for want of money

Uses = dict[str, list[LeverUse]]


def every_lever(place: str) -> tuple[Scenario, tuple[str, ...]]:
    """Return a place with all levers in force over the whole run, and the levers left out.

    No more awards can be on than the engine has room for; those over this number, and levers that
    contradict others, are left out.
    """
    used = _used(place)
    chosen: Uses = {}
    left_out = []
    for name in sorted(all_levers(), key=lambda name: (name not in used, name)):
        uses = used.get(name) or [LeverUse(name, mid_dose(all_levers()[name]), 0, OPEN_END)]
        more = chosen | {name: uses}
        if _awards(more) > MOST_PROGRAMMES or _contradicts(more):
            left_out.append(name)
        else:
            chosen = more
    levers = tuple(use for uses in chosen.values() for use in uses)
    return load_scenario(place, "no-policy").with_levers(levers, "every-lever"), tuple(left_out)


def _used(place: str) -> Uses:
    """Return the broadest policy's uses of each lever, from the first month on and without end."""
    try:
        scenario = load_scenario(place, BROADEST)
    except ScenarioErrors:
        return {}  # it names a lever that is not built yet
    found: Uses = {}
    for use in scenario.levers:
        if use.lever != PURSE:
            endless = replace(use, start=0, end=OPEN_END, ramp=0, taper=0, when=None)
            found.setdefault(use.lever, []).append(endless)
    return found


def mid_dose(lever: Lever) -> dict[str, Any]:
    """Return values of all fields that switch a lever on half way."""
    equal = {name: 1.0 / len(lever.sums_to_one) for name in lever.sums_to_one}
    return {name: _middle(f) for name, f in lever.fields.items()} | equal


def _middle(declared: Field) -> Any:
    dose = declared.intensity or declared.default is None
    if not (declared.acts and dose) or declared.unit == "month":  # a date is no dose
        return declared.default
    if declared.kind == "switch":
        return 1
    if declared.kind == "choices":
        return declared.choices
    if declared.low is None or declared.high is None:
        return declared.default
    middle = (declared.low + declared.high) / 2
    return round(middle) if declared.kind == "integer" else middle


def _awards(uses: Uses) -> int:
    return sum(len(some) for name, some in uses.items() if all_levers()[name].programme)


def _contradicts(uses: Uses) -> bool:
    values = {name: [use.values for use in some] for name, some in uses.items()}
    asked = [all_levers()[name].contradicts for name in uses]
    return any(find(values) for find in asked if find)
