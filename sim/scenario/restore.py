"""Turn the canonical form of a scenario, as manifests keep it, back into a scenario."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.declare import Field, Text
from sim.levers import all_levers
from sim.scenario.filters import parse_filter
from sim.scenario.scenario import Scenario, Site
from sim.scenario.schema import Initial
from sim.scenario.sites import together
from sim.scenario.triggers import parse_trigger
from sim.state.rules import LeverUse


def restore(content: Mapping[str, Any], name: str, policy: str, months: int) -> Scenario:
    """Return the scenario whose canonical form is `content`; it runs to the same digest.

    Raises:
        ValueError: if `content` is no canonical form that these sources know.
    """
    try:
        if "sites" in content:
            return _restore_sites(content, name, policy, months)
        return Scenario(
            name=name,
            title=Text(name, name),
            policy=policy,
            policy_title=Text(policy, policy),
            start=content["start"],
            months=months,
            # Canonical numbers are all floats; counts become whole again.
            initial=Initial.model_validate(content["initial"], strict=False),
            parameters=content["parameters"],
            levers=tuple(_use(one) for one in content["levers"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _restore_sites(content: Mapping[str, Any], name: str, policy: str, months: int) -> Scenario:
    sites = tuple(
        Site(one["name"], tuple(one["at"]), restore(one, one["name"], policy, months))
        for one in content["sites"]
    )
    return Scenario(
        name=name,
        title=Text(name, name),
        policy=policy,
        policy_title=Text(policy, policy),
        start=content["start"],
        months=months,
        parameters=content["parameters"],
        levers=tuple(_use(one) for one in content["levers"]),
        initial=together([site.scenario.initial for site in sites]),
        one_operator=bool(content["one_operator"]),
        sites=sites,
    )


def _use(one: Mapping[str, Any]) -> LeverUse:
    fields = all_levers()[one["lever"]].fields
    limit, eligible, when = one["firms_max"], one["eligible"], one.get("when")
    return LeverUse(
        lever=one["lever"],
        values={name: _value(given, fields[name]) for name, given in one["values"].items()},
        start=int(one["start"]),
        end=int(one["end"]),
        ramp=int(one["ramp"]),
        taper=int(one["taper"]),
        eligible=None if eligible is None else parse_filter(eligible),
        firms_max=math.inf if limit is None else limit,
        when=None if when is None else parse_trigger(when),
    )


def _value(given: Any, declared: Field) -> Any:
    if isinstance(given, list):
        return tuple(given)
    if isinstance(given, float) and declared.kind in ("integer", "switch"):
        return int(given) if given.is_integer() else given
    return given
