"""Every lever at once: the heaviest policy that a place can have.

Doses are those of the policy `nurture`, then of the other shipped policies; levers that none of them
uses have a tenth of their range. New levers are picked up by themselves.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from sim.declare import Field, Lever
from sim.levers import all_levers
from sim.scenario import Scenario, load_scenario, shipped_names
from sim.scenario.uses import has_dose
from sim.state.rules import MOST_PROGRAMMES, OPEN_END, LeverUse

BROADEST = "nurture"
PURSE = "special_fund"  # not at its dose, which would silence other levers for want of money
SHARE = 0.1  # of the range

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
        uses = used.get(name) or [LeverUse(name, small_dose(all_levers()[name]), 0, OPEN_END)]
        more = chosen | {name: uses}
        if _awards(more) > MOST_PROGRAMMES or _contradicts(more):
            left_out.append(name)
        else:
            chosen = more
    levers = tuple(use for uses in chosen.values() for use in uses)
    return load_scenario(place, "no-policy").with_levers(levers, "every-lever"), tuple(left_out)


def _used(place: str) -> Uses:
    """Return the uses of each lever in the first policy that gives it a dose, without begin and end."""
    found: Uses = {}
    for policy in (BROADEST, *shipped_names("policies")):
        uses: Uses = {}
        for use in load_scenario(place, policy).levers:
            if use.lever != PURSE and (policy == BROADEST or has_dose(use)):
                endless = replace(use, start=0, end=OPEN_END, ramp=0, taper=0, when=None)
                uses.setdefault(use.lever, []).append(endless)
        found = uses | found
    return found


def small_dose(lever: Lever) -> dict[str, Any]:
    """Return values of all fields that switch a lever on a little."""
    equal = {name: 1.0 / len(lever.sums_to_one) for name in lever.sums_to_one}
    return {name: _dose(f) for name, f in lever.fields.items()} | equal


def _dose(declared: Field) -> Any:
    on = declared.intensity or declared.default is None
    if not on or declared.unit == "month":  # a date is no dose
        return declared.default
    if declared.kind == "switch":
        return 1
    if declared.kind == "choices":
        return declared.choices
    if declared.kind not in ("number", "integer") or declared.low is None or declared.high is None:
        return declared.default
    value = declared.low + SHARE * (declared.high - declared.low)
    return math.ceil(value) if declared.kind == "integer" else value


def _awards(uses: Uses) -> int:
    return sum(len(some) for name, some in uses.items() if all_levers()[name].programme)


def _contradicts(uses: Uses) -> bool:
    values = {name: [use.values for use in some] for name, some in uses.items()}
    asked = [all_levers()[name].contradicts for name in uses]
    return any(find(values) for find in asked if find)
