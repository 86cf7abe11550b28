"""`docs/ensemble.md`, printed from the members and from what is told of them.

python -m calibration.accept --judge 4 --jobs 2
python -m calibration.ensemble.page
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from calibration import space
from calibration.ensemble import STRONG, about, every
from calibration.page import band, figure

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ensemble.md"
STRONGEST = 15  # ridges that are listed

_HEAD = """\
<!-- Printed by `python -m calibration.ensemble.page` from calibration/ensemble/; do not edit. -->
# The ensemble

**中文摘要**　在试过的{tried}组参数中接受{accepted}组，它们与无政策运行中的事实和模式大致同样吻合；每组改动{parameters}个参数。
在未用于挑选的{seeds}个随机种子上，每组平均满足可判断的{patterns}个模式中的{held:.1f}个（默认参数为{tuned}个）。因子实验与政策排名在其上进行。

Facts do not settle one set of parameters: many fit about as well, and a ranking of policies that holds for one of
them alone is worth little. So policies are ranked over an ensemble ([findings.md](findings.md)).

**How sets are accepted.** A keyed walk of small steps from the tuned point
([decisions/0010](decisions/0010-what-the-patterns-were-tuned-to.md)) proposes sets; each is run without policy for {months}
months of `{scenario}` on the tuning seeds {first} and {last}. It is kept where at most {facts} of the facts and no clause of
survival (PAT01) lie outside their bands, and its weighted distance from all clauses is at most that of the tuned point
({distance:.1f}) plus {margin:.1f}. {tried:,} were tried and {accepted} kept, with distances of {low:.1f} to {high:.1f},
{middle:.1f} in the middle. A set gives {parameters} parameters. What needs pairs of runs or longer ones is not asked:
{not_judged}.

**What that is worth.** The walk starts at one point and takes short steps: the ensemble shows what is loose around the
tuned point, not all that might fit. Two seeds let luck choose too. So every set is held below against {seeds} seeds
that none was chosen on. Of the {patterns} patterns that can be judged there, a set holds {held:.1f} on average and the tuned
point {tuned}; a pattern holds where all its clauses do, and so few seeds fail clauses by luck (on 30 the tuned point holds
more, [patterns.md](patterns.md)).

| pattern | sets that hold it |
|---|--:|
{groups}

| clause | 5% | middle | 95% of sets | required | sets inside |
|---|--:|--:|--:|---|--:|
{clauses}

## Ridges

A ridge is a pair of parameters that vary together among the accepted sets (correlation of at least {strong}): the data
settle a combination of the two and neither alone. {count} pairs are found; the strongest {strongest}:

| | | correlation |
|---|---|--:|
{ridges}

The design names these ridges beforehand; a dash says that no pair of theirs is correlated so strongly here.

| parameters | found |
|---|---|
{named}

## How far the sets reach

Middle nine tenths of the accepted values, as a share of the declared range; 100% says that nothing was learnt.

| parameter | default | 5% to 95% of sets | declared range | share |
|---|--:|---|---|--:|
{reach}
"""


def page() -> str:
    """Return the whole page."""
    told, sets = about(), every()
    judged = told["judged"]
    patterns = {name: share for name, share in judged["groups"].items() if name != "FACTS"}
    distances = [member.distance for member in sets]
    return _HEAD.format(
        tried=told["tried"], accepted=len(sets), parameters=len(sets[0].values),
        seeds=len(judged["seeds"]), patterns=len(patterns), held=sum(patterns.values()),
        tuned=judged["tuned_holds"], months=told["months"], scenario=told["scenario"],
        first=told["seeds"][0], last=told["seeds"][-1], facts=told["facts_missed_at_most"],
        distance=told["tuned_distance"], margin=told["distance_limit"] - told["tuned_distance"],
        low=min(distances), high=max(distances), middle=float(np.median(distances)),
        not_judged=", ".join(told["not_judged"]), strong=STRONG, count=len(told["ridges"]),
        strongest=STRONGEST,
        groups="\n".join(f"| {name} | {share:.0%} |" for name, share in judged["groups"].items()),
        clauses="\n".join(map(_clause, judged["clauses"])),
        ridges="\n".join(f"| `{a}` | `{b}` | {r:+.2f} |" for a, b, r in told["ridges"][:STRONGEST]),
        named="\n".join(map(_named, told["named_ridges"])),
        reach="\n".join(_reach()),
    )  # fmt: skip


def _clause(clause: dict[str, Any]) -> str:
    cells = [
        f"{clause['en']} {clause['zh']} ({clause['group']})",
        *map(figure, clause["quantiles"]),
    ]
    cells += [band(clause["required"]), f"{clause['holds']:.0%}"]
    return f"| {' | '.join(cells)} |"


def _named(ridge: dict[str, Any]) -> str:
    names = ", ".join(f"`{name}`" for name in ridge["parameters"])
    return f"| {names} | {'yes' if ridge['found'] else '–'} |"


def _reach() -> list[str]:
    lines = []
    names = tuple(sorted(every()[0].values))
    declared = space.declared(names)
    for name in names:
        one = declared[name]
        low, high = np.quantile([member.values[name] for member in every()], (0.05, 0.95))
        share = (high - low) / (one.high - one.low)
        lines.append(
            f"| `{name}` | {figure(one.default)} | {figure(low)} … {figure(high)} | "
            f"{figure(one.low)} … {figure(one.high)} | {share:.0%} |"
        )
    return lines


def main() -> None:
    """Print the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
