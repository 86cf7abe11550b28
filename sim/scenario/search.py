"""What a study searches for: its goals, under which policy, and how many mixes of levers are tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim.scenario.documents import Document
from sim.scenario.problems import Mark, Problems, nearest_name
from sim.scenario.tree import Value

BEST = ("most", "least")
FORM = "[{indicator, best: most | least}, …]"
MOST_MIXES, MOST_BATCH, MOST_FINAL = 100_000, 1_000, 1_000
MIXES, BATCH, FINAL = 200, 20, 16

Count = Callable[[str, Value | None, int, int, int], int]


@dataclass(frozen=True)
class Objective:
    """An indicator that a search makes as large, or else as small, as it can."""

    indicator: str
    up: bool


@dataclass(frozen=True)
class Search:
    """What is searched for under which policy.

    `mixes` are tried, `batch` at a time, and those that nobody dominates are run again on
    `final_replicates` other seeds. `at` is where the file says so.
    """

    objectives: tuple[Objective, ...]
    policy: str
    mixes: int
    batch: int
    final_replicates: int
    at: Mark


def read_search(
    document: Document, policies: Sequence[str], count: Count, problems: Problems
) -> Search | None:
    """Return what a study searches for; None where it has no goals."""
    goals, value = document.get("goals"), document.get("search")
    if goals is None:
        if value is not None:
            problems.add("missing_key", value.at, key="goals", allowed=FORM)
        return None
    levers = document.get("levers")
    if levers is None or levers.entries == {}:
        problems.add("missing_key", goals.at, key="levers", allowed="{lever.field: {low, high}}")
    if value is not None and value.entries is None:
        problems.add("wrong_type", value.at, value, key="search", allowed="{policy, mixes, …}")
    keys = ("policy", "mixes", "batch", "final_replicates")
    for key, entry in ((value.entries if value else None) or {}).items():
        if key not in keys:
            problems.add("unknown_key", entry.at, key, allowed=keys)
    policy, mixes, batch, final = (value.get(key) if value else None for key in keys)
    if policy is not None and str(policy) not in policies:
        problems.add("unknown_name", policy.at, policy, key="policy", allowed=policies)
    return Search(
        _objectives(goals, problems),
        str(policy or (policies[-1] if policies else "")),
        count("search.mixes", mixes, MIXES, MOST_MIXES, 2),
        count("search.batch", batch, BATCH, MOST_BATCH, 2),
        count("search.final_replicates", final, FINAL, MOST_FINAL, 2),
        value.at if value else goals.at,
    )


def _objectives(value: Value, problems: Problems) -> tuple[Objective, ...]:
    if value.items is None or len(value.items) < 2:
        problems.add("wrong_type", value.at, value, key="goals", allowed=f"{FORM} (>= 2)")
    found: dict[str, Objective] = {}
    first: dict[str, Mark] = {}
    for item in value.items or ():
        one = _objective(item, problems)
        if one is None:
            continue
        if one.indicator in found:
            other = str(first[one.indicator])
            problems.add("repeated_key", item.at, one.indicator, other=other)
        found[one.indicator], first[one.indicator] = one, item.at
    return tuple(found.values())


def _objective(item: Value, problems: Problems) -> Objective | None:
    """Return one goal; None after noted mistakes."""
    from sim.indicators import INDICATORS

    before = len(problems.found)
    if item.entries is None:
        problems.add("wrong_type", item.at, item, key="goals", allowed=FORM)
        return None
    for key, entry in item.entries.items():
        if key not in ("indicator", "best"):
            problems.add("unknown_key", entry.at, key, allowed=("indicator", "best"))
    name, best = item.get("indicator"), item.get("best")
    for key, part in (("indicator", name), ("best", best)):
        if part is None:
            problems.add("missing_key", item.at, key=key, allowed=FORM)
    if name is not None and str(name) not in INDICATORS:
        near = nearest_name(str(name), INDICATORS)
        problems.add("unknown_indicator", name.at, name, nearest=near)
    if best is not None and str(best) not in BEST:
        problems.add("unknown_name", best.at, best, key="best", allowed=BEST)
    if len(problems.found) > before:
        return None
    return Objective(str(name), str(best) == "most")
