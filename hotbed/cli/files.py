"""Files of any kind, resolved: a place as it is, a scenario, or a policy at a place."""

from __future__ import annotations

from typing import Any


def load_any(file: str, place: str) -> tuple[Any, bool]:
    """Return the scenario of a file or shipped name, and whether it is a policy.

    A policy is worked out at `place`.

    Raises:
        ScenarioErrors: all mistakes at once.
    """
    from sim.scenario import ScenarioErrors, load_scenario, shipped_names

    if file in shipped_names("policies"):
        return load_scenario(place, file), True
    try:
        return load_scenario(file), False
    except ScenarioErrors as errors:
        if any(p.code == "missing_file" and p.value == file for p in errors.problems):
            raise _no_such_file(file) from None
        if not any(p.code == "wrong_kind" and p.value == "policy" for p in errors.problems):
            raise
    return load_scenario(place, file), True


def _no_such_file(file: str) -> Exception:
    """Return the mistake of a name that is neither a place nor a policy, with all that are."""
    from sim.scenario import ScenarioErrors, shipped_names
    from sim.scenario.problems import Mark, Problems

    problems = Problems()
    names = [*shipped_names("communities"), *shipped_names("policies")]
    problems.add("missing_file", Mark(file), file, allowed=names)
    return ScenarioErrors(problems.found)
