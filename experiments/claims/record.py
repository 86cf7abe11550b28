"""The record of a run of the claims as JSON; `docs/claims.md` is printed from one."""

from __future__ import annotations

import math
from typing import Any

from experiments.circumstances import circumstances, now
from experiments.claims.judge import Judged
from experiments.claims.library import claim_of
from experiments.claims.session import Finding
from sim.declare import Text
from sim.scenario.problems import Problem
from sim.scenario.studies import Study

RUN, UNKNOWN, UNTESTABLE, WAITING = "run", "not runnable", "not testable here", "not run yet"


def record(
    findings: list[Finding], others: list[Study], version: str, ran: int, seconds: float
) -> dict[str, Any]:
    """Return what came of all studies, those that were not run included, in the order of claims."""
    told = [_finding(finding) for finding in findings] + [_other(study) for study in others]
    known = circumstances()
    return {
        "date": now()["at"][:10] if "at" in now() else "",
        "commit": known.get("git_commit"),
        "model_version": version,
        "runs": ran,
        "seconds": round(seconds, 1),
        "claims": sorted(told, key=lambda one: one["id"]),
    }


def _head(study: Study, status: str) -> dict[str, Any]:
    claim = claim_of(study.claim)
    return {
        "id": study.claim or study.name,
        "status": status,
        "title": _both(study.title),
        "hypothesis": claim.hypothesis,
        "priority": claim.priority,
        "circularity": study.circularity,
        "circularity_why": claim.circularity,
        "falsified_if": study.falsified_if,
        "proxy": study.proxy,
        "not_tested": list(study.not_tested),
    }


def _other(study: Study) -> dict[str, Any]:
    if study.untestable:
        return _head(study, UNTESTABLE) | {"why": study.untestable}
    if study.scenarios:
        return _head(study, WAITING) | {"why": "the record holds no run of it"}
    return _head(study, UNKNOWN) | {"why": "; ".join(map(_short, study.missing))}


def _short(problem: Problem) -> str:
    """Return a mistake without the path of the file it stands in."""
    return problem.text.en.partition(";")[0]


def _finding(finding: Finding) -> dict[str, Any]:
    study = finding.study
    first = next(iter(study.scenarios[finding.middle].values()))
    outcomes = [
        {
            "name": _both(o.name), "value": o.formula, "sign": o.sign, "margin": o.margin_formula,
            "unit": o.unit,
        }
        for o in study.outcomes
    ]  # fmt: skip
    levels = {
        level: {"reps": finding.reps[level], "outcomes": [_judged(j) for j in judged]}
        for level, judged in finding.levels.items()
    }
    return _head(study, RUN) | {
        "place": _both(first.title),
        "months": study.months,
        "arms": list(study.scenarios[finding.middle]),
        "scan": study.scan,
        "equal_cost": _equal(finding),
        "outcomes": outcomes,
        "levels": levels,
        "verdict": finding.verdict,
    }


def _equal(finding: Finding) -> dict[str, Any] | None:
    equal = finding.study.equal_cost
    if equal is None:
        return None
    return {
        "to": equal.to,
        "scaling": list(finding.scaling),
        "cost_over_target": {
            level: {
                name: _known(costs[name] / costs[equal.to]) if costs[equal.to] else None
                for name in equal.arms
            }
            for level, costs in finding.costs.items()
        },
    }


def _judged(judged: Judged) -> dict[str, Any]:
    return {
        "estimate": _known(judged.estimate),
        "lo": _known(judged.low),
        "hi": _known(judged.high),
        "margin": _known(judged.margin),
        "n": judged.n,
        "bootstrap": judged.skewed,
        "verdict": judged.verdict,
    }


def _known(number: float) -> float | None:
    """Return a number as JSON has it: None for NaN, ten digits."""
    return float(f"{number:.10g}") if math.isfinite(number) else None


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
