"""The factorial from its study file to a record: equal cost, one queue of runs, effects, conditions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.circumstances import circumstances, now
from experiments.claims.session import Bench, Runs
from experiments.factorial.effects import Contrast, contrasts, effect, orders, screen
from experiments.members import Member
from experiments.neutral import PILOTS, equal_cost
from experiments.runner import Arm, Task, make_tasks
from sim.scenario.arms import with_parameters
from sim.scenario.expressions import Reference, evaluate
from sim.scenario.studies import EVERY_ARM, Outcome, Study

DEFAULTS: Member = {}


@dataclass(frozen=True)
class Plan:
    """A factorial with its parameter sets; without an ensemble the defaults with more seeds."""

    study: Study
    members: tuple[Member, ...]
    seeds: tuple[int, ...]

    @classmethod
    def of(cls, study: Study, members: list[Member], reps: int | None = None) -> Plan:
        """Return a plan; `reps` stands over the seeds that the study asks for."""
        seeds = reps or (study.edge_reps if members else study.reps)
        return cls(study, tuple(members) or (DEFAULTS,), tuple(range(seeds)))

    @property
    def size(self) -> int:
        """How many runs it is, pilots not counted."""
        arms = sum(len(arms) for arms in self.study.scenarios.values())
        return arms * len(self.members) * len(self.seeds)

    def arms(self, level: str, member: int, factors: dict[str, float]) -> dict[str, Arm]:
        """Return the arms under one parameter set, scaled to equal cost."""
        found = {}
        for name, scenario in self.study.scenarios[level].items():
            values = self.members[member]
            if values:
                scenario = with_parameters(scenario, values, f"{self.study.members}: {member + 1}")
            arm = Arm(f"{name}-{level}-{member}", scenario, place=scenario.name,
                      again=f"hotbed factorial {self.study.name}")  # fmt: skip
            found[name] = arm.scaled(factors.get(name, 1.0))
        return found


def run_factorial(bench: Bench, plan: Plan) -> dict[str, Any]:
    """Run a factorial and return its record.

    Raises:
        StoreError: if a result cannot be kept; the runs kept before stay.
    """
    study = plan.study
    scaling = {level: _equal(bench, plan, level) for level in study.levels}
    queue: list[Task] = []
    for level in study.levels:
        for member in range(len(plan.members)):
            arms = plan.arms(level, member, scaling[level][0])
            queue += [
                task for arm in arms.values()
                for task in make_tasks(bench.engine, arm, plan.seeds, study.months)
            ]  # fmt: skip
    bench.fill(queue, "factorial")
    some = next(iter(study.scenarios[study.levels[0]].values()))
    return {
        "study": study.name,
        "title": {"en": study.title.en, "zh": study.title.zh},
        "place": {"en": some.title.en, "zh": some.title.zh},
        "firms": some.initial.firms.total,
        "months": study.months,
        "members": len(plan.members) if plan.members[0] else 0,
        "seeds": len(plan.seeds),
        "scan": study.scan,
        "conditions": [
            {"name": level, "scaling": scaling[level][1]} | _condition(bench, plan, level, scaling[level][0])
            for level in study.levels
        ],
    }  # fmt: skip


def _equal(bench: Bench, plan: Plan, level: str) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Return the factors of equal cost, found at the defaults of a condition, and their record."""
    equal, study = plan.study.equal_cost, plan.study
    if equal is None:
        return {}, []
    arms = Plan(study, (DEFAULTS,), plan.seeds).arms(level, 0, {})
    names = (equal.to, *equal.arms)
    scaled, records = equal_cost(
        bench.engine, arms[equal.baseline], [arms[name] for name in names], list(plan.seeds),
        study.months, bench.run, PILOTS,
    )  # fmt: skip
    factors = {name: arm.scale for name, arm in zip(names, scaled, strict=True)}
    told = [{**r, "policy": name} for name, r in zip(names, records, strict=True)]
    return factors, told


def _condition(bench: Bench, plan: Plan, level: str, factors: dict[str, float]) -> dict[str, Any]:
    """Return costs and effects under one condition."""
    values, margins, costs = _values(bench, plan, level, factors)
    names = sorted({name for member in plan.members for name in member})
    parameters = {
        name: np.array([member.get(name, math.nan) for member in plan.members]) for name in names
    }
    told = []
    for outcome, own, margin in zip(plan.study.outcomes, values, margins, strict=True):
        told.append(_outcome(plan.study, outcome, own, margin, parameters))
    return {"cost_over_target": _shares(plan.study, costs), "outcomes": told}


def _outcome(
    study: Study, outcome: Outcome, values: dict[str, np.ndarray], margin: float,
    parameters: dict[str, np.ndarray],
) -> dict[str, Any]:  # fmt: skip
    factors = study.factors
    effects = []
    for contrast in contrasts(factors):
        units = contrast.of(values, factors)
        found = effect(contrast, units, margin)
        one: dict[str, Any] = {
            "factor": contrast.factor, "high": contrast.high, "low": contrast.low,
            "within": contrast.within, "estimate": _known(found.estimate), "lo": _known(found.low),
            "hi": _known(found.high), "wins": _known(found.wins), "n": found.n,
            "verdict": found.verdict,
        }  # fmt: skip
        if not contrast.within and len(units) > 1 and parameters:
            one["conditions"] = [
                {
                    "parameter": c.parameter, "auc": _known(c.auc), "p": _known(c.p),
                    "cut": _known(c.cut), "wins_below": _known(c.wins_below),
                    "wins_above": _known(c.wins_above), "below": c.below, "above": c.above,
                    "turns": c.turns,
                }
                for c in screen(parameters, units)
            ]  # fmt: skip
        effects.append(one)
    arms = {name: effect(Contrast("", name, ""), own, margin) for name, own in values.items()}
    return {
        "name": {"en": outcome.name.en, "zh": outcome.name.zh},
        "unit": outcome.unit,
        "margin": _known(margin),
        "arms": {
            name: {"estimate": _known(e.estimate), "lo": _known(e.low), "hi": _known(e.high)}
            for name, e in arms.items()
        },
        "effects": effects,
        "orders": {name: orders(values, factors, name) for name in next(iter(factors.values()))},
    }


def _values(
    bench: Bench, plan: Plan, level: str, factors: dict[str, float]
) -> tuple[list[dict[str, np.ndarray]], list[float], dict[str, np.ndarray]]:
    """Return differences to the baseline by outcome and arm, margins, and costs by arm.

    A unit is a parameter set, as the mean over its seeds, or a seed where there is one set alone.
    """
    study = plan.study
    assert study.equal_cost is not None
    baseline, single = study.equal_cost.baseline, len(plan.members) == 1
    rows: list[dict[str, list[np.ndarray]]] = [
        {a: [] for a in study.factors} for _ in study.outcomes
    ]
    costs: dict[str, list[np.ndarray]] = {arm: [] for arm in study.factors}
    margins: list[list[float]] = [[] for _ in study.outcomes]
    for member in range(len(plan.members)):
        arms = plan.arms(level, member, factors)
        runs = Runs(bench, arms, list(plan.seeds), study.months)
        for k, outcome in enumerate(study.outcomes):
            nothing = _arm(outcome, runs, baseline, len(plan.seeds))
            for arm in study.factors:
                found = _arm(outcome, runs, arm, len(plan.seeds)) - nothing
                rows[k][arm].append(found if single else np.array([_mean(found)]))
            look = _looking(runs, baseline)
            margins[k].append(_mean(np.abs(evaluate(outcome.margin, look, len(plan.seeds)))))
        without = runs.look(_cost(baseline))
        for arm in study.factors:
            found = runs.look(_cost(arm)) - without
            costs[arm].append(found if single else np.array([_mean(found)]))
    values = [{arm: np.concatenate(own) for arm, own in row.items()} for row in rows]
    joined = {arm: np.concatenate(own) for arm, own in costs.items()}
    return values, [_mean(np.array(m)) for m in margins], joined


def _arm(outcome: Outcome, runs: Runs, arm: str, replicates: int) -> np.ndarray:
    return evaluate(outcome.value, _looking(runs, arm), replicates)


def _looking(runs: Runs, arm: str) -> Any:
    """Return a look that takes `arm` for the arm in turn."""

    def look(reference: Reference) -> np.ndarray:
        named = tuple(arm if name == EVERY_ARM else name for name in reference.arms)
        return runs.look(Reference(reference.name, named, reference.span, reference.offsets))

    return look


def _cost(arm: str) -> Reference:
    return Reference("cost_pv", (arm,), None, (0, 0))


def _shares(study: Study, costs: dict[str, np.ndarray]) -> dict[str, dict[str, float | None]]:
    """Return each arm's cost over the target's: the median over units, and its 5th and 95th share."""
    assert study.equal_cost is not None
    target = costs[study.equal_cost.to]
    found = {}
    for arm, own in costs.items():
        with np.errstate(divide="ignore", invalid="ignore"):
            share = own / target
        share = share[np.isfinite(share)]
        cuts = np.quantile(share, [0.05, 0.5, 0.95]) if share.size else [math.nan] * 3
        found[arm] = {"low": _known(cuts[0]), "median": _known(cuts[1]), "high": _known(cuts[2])}
    return found


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else math.nan


def _known(number: float) -> float | None:
    """Return a number as JSON has it: None for NaN, ten digits."""
    return float(f"{number:.10g}") if math.isfinite(number) else None


def whole(parts: list[dict[str, Any]], version: str, ran: int, seconds: float) -> dict[str, Any]:
    """Return the record of all factorials."""
    return {
        "date": now()["at"][:10],
        "commit": circumstances().get("git_commit"),
        "model_version": version,
        "runs": ran,
        "seconds": round(seconds, 1),
        "factorials": parts,
    }
