"""A scenario: a place, a policy, parameters and a horizon, all checked."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sim.declare import Field, Text
from sim.levers import all_levers
from sim.scenario.scaling import scaled
from sim.scenario.uses import COMMON
from sim.state.rules import LeverUse

if TYPE_CHECKING:
    from sim.scenario.schema import Initial

AS_IS = "as-is"
AS_IS_TITLE = Text("as it is today", "现状")


@dataclass(frozen=True, slots=True)
class Expectation:
    """A condition that a comparison should meet, with the probability asked for."""

    indicator: str
    vs: str
    operator: str
    number: float
    probability: float
    at: str = "end"


@dataclass(frozen=True)
class Site:
    """One site of a place: its name, where it lies on the place's map (m), and what it is made of."""

    name: str
    at: tuple[float, float]
    scenario: Scenario


@dataclass(frozen=True)
class Scenario:
    """What a run is made of.

    `initial` holds the stock of the place by attribute, `parameters` the overridden parameters by
    process, `levers` the policy in force, `scale_lever` the field (or fields, joined by commas) that
    equal cost scales, `sources` the evidence id of every sourced number by its path.

    A place of several `sites` is run from theirs: what it says of itself is for words only. `initial`
    is then the stock of all sites together, `parameters` those set for all of them, `levers` every
    lever in force at one of them; `one_operator` says that their operators share one account.
    """

    name: str
    title: Text
    policy: str
    policy_title: Text
    start: str
    months: int
    initial: Initial
    parameters: dict[str, dict[str, float]]
    levers: tuple[LeverUse, ...]
    reference_firms: int | None = None
    scale_lever: str | None = None
    expect: tuple[Expectation, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)
    uncertain: dict[str, tuple[str, tuple[float, ...]]] = field(default_factory=dict)
    path: str = field(default="", compare=False)
    overrides: tuple[str, ...] = field(default=(), compare=False)
    sites: tuple[Site, ...] = ()
    one_operator: bool = False

    def canonical(self) -> bytes:
        """Return all that matters to a run as canonical JSON; names, texts and sources do not.

        The number of months is left out too: it is part of a run's own identity.
        """
        content: dict[str, Any] = {}
        if self.sites:
            content = {
                "start": self.start,
                "parameters": self.parameters,
                "levers": [_plain(use) for use in self.levers],
                "sites": [_site(site) for site in sorted(self.sites, key=lambda one: one.name)],
                "one_operator": self.one_operator,
            }
        else:
            content = self._content()
        text = json.dumps(
            _floats(content),
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
            allow_nan=False,
        )
        return text.encode()

    def _content(self) -> dict[str, Any]:
        return {
            "start": self.start,
            "initial": self.initial.model_dump(),
            "parameters": self.parameters,
            "levers": [_plain(use) for use in self.levers],
        }

    def with_policy(self, policy: str | None) -> Scenario:
        """Return the same place under another policy (a name or path; None is as it is today).

        Raises:
            ScenarioErrors: if the policy is not found or holds mistakes.
        """
        from sim.scenario.load import load_scenario

        other = load_scenario(
            self.path, policy or AS_IS, months=self.months, overrides=self.overrides
        )
        return replace(
            self,
            policy=other.policy,
            policy_title=other.policy_title,
            parameters=other.parameters,
            levers=other.levers,
            reference_firms=other.reference_firms,
            scale_lever=other.scale_lever,
            sources=other.sources,
            sites=other.sites,
        )

    def with_levers(
        self, levers: tuple[LeverUse, ...], policy: str = "", title: Text | None = None
    ) -> Scenario:
        """Return the same place with these levers in force."""
        name = policy or self.policy
        sites = self._each(lambda one: one.with_levers(levers, policy, title))
        title = title or self.policy_title
        return replace(self, levers=levers, policy=name, policy_title=title, sites=sites)

    def _each(self, change: Callable[[Scenario], Scenario]) -> tuple[Site, ...]:
        return tuple(replace(site, scenario=change(site.scenario)) for site in self.sites)

    def scaled(self, factor: float) -> Scenario:
        """Return the scenario with its scale lever times `factor`, within the field's bounds.

        Counts stay whole, so that what a scaled policy offers can be written down and asked for.

        Raises:
            ValueError: if the policy declares no scale lever.
        """
        if not self.scale_lever:
            raise ValueError(f"policy {self.policy} has no scale_lever")
        paths = {path.strip() for path in self.scale_lever.split(",")}
        levers = tuple(_scaled(use, paths, factor) for use in self.levers)
        return replace(self, levers=levers, sites=self._each(lambda one: one.scaled(factor)))


def _site(site: Site) -> dict[str, Any]:
    return {"name": site.name, "at": site.at} | site.scenario._content()


def field_of(lever: str, name: str) -> Field | None:
    """Return the declaration of a lever's own or common field."""
    declared = all_levers()[lever].fields.get(name)
    return declared or COMMON.get(name)


def _scaled(use: LeverUse, paths: set[str], factor: float) -> LeverUse:
    for name in (*use.values, "firms_max"):
        declared = field_of(use.lever, name)
        if f"{use.lever}.{name}" not in paths or declared is None or declared.high is None:
            continue
        old = use.firms_max if name == "firms_max" else use.values[name]
        if old is None or math.isinf(old):
            continue
        new = max(float(scaled(old, factor, declared)), declared.low or 0.0)
        values = use.values if name == "firms_max" else {**use.values, name: new}
        use = replace(use, values=values, firms_max=new if name == "firms_max" else use.firms_max)
    return use


def _plain(use: LeverUse) -> dict[str, Any]:
    """Return a use of a lever as plain JSON data, without the place it was read from."""
    return {
        "lever": use.lever,
        "values": use.values,
        "start": use.start,
        "end": use.end,
        "ramp": use.ramp,
        "taper": use.taper,
        "eligible": None if use.eligible is None else str(use.eligible),
        "firms_max": None if math.isinf(use.firms_max) else use.firms_max,
        "when": None if use.when is None else str(use.when),
    }


def _floats(data: Any) -> Any:
    """Return plain data with every number as a float, so that 10 and 10.0 are the same run."""
    if isinstance(data, dict):
        return {key: _floats(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_floats(value) for value in data]
    if isinstance(data, int | float):
        return float(data) + 0.0
    return data
