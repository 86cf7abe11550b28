"""Run the flagship from 2017 as history and hold the end against the articles.

`python -m tools.history --reps 32` runs the scenario with seeds 0 to 31 and writes docs/history.json and
the page printed from it, docs/history.md; without `--reps` it only prints the page again.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t as student

from sim.recorder import simulate
from sim.scenario import load_scenario
from sim.state.columns import DEVELOPER
from sim.state.world import World

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "docs" / "history.json"
PAGE = ROOT / "docs" / "history.md"
SCENARIO = "beijing-ai-origin-history"


@dataclass(frozen=True)
class Fact:
    """What the articles say of the last month: indicator, number, id, how near counts as near."""

    name: str
    said: float
    source: str
    low: float
    high: float
    en: str
    zh: str


# Near is a tenth either way for counts and shares, and for the ratio of incomes the band of .8 to 1.2.
FACTS = (
    Fact("firms", 405, "A-DRV-02", 364.5, 445.5, "firms", "企业数"),
    Fact("ai_firms", 300, "A-AIO-02", 270, 330, "AI firms", "AI企业数"),
    Fact("firms_focal_share", 0.74, "A-AIO-03", 0.666, 0.814, "share of AI firms", "AI企业占比"),
    Fact("service_to_rent", 1.0, "A-AIO-22", 0.8, 1.2, "service income over rent income", "服务与租金收入之比"),
    Fact("developers", 13_000, "A-AIO-05", 11_700, 14_300, "developers", "开发者"),
)  # fmt: skip
SHOWN = ("firms", "firms_focal_share", "developers", "jobs", "vacancy", "service_to_rent")


def one_run(months: int, seed: int) -> list[list[float | None]]:
    """Return by month what the page shows, in the order of `names`, of one run."""
    developers: list[float] = []

    def count(world: World, month: int) -> None:
        if month >= 0:
            developers.append(float((world.people.rows.kind == DEVELOPER).sum()))

    run = simulate(load_scenario(SCENARIO, months=months), seed, observe=count)
    names = {name: k for k, name in enumerate(run.names)}
    found = []
    for month in range(months):
        row = {name: float(run.series[month, k]) for name, k in names.items()}
        row["developers"] = developers[month]
        row["ai_firms"] = round(row["firms"] * row["firms_focal_share"])
        found.append([_plain(row[name]) for name in kept()])
    return found


def kept() -> tuple[str, ...]:
    """Return the names of what is kept of a run."""
    return tuple(dict.fromkeys((*(fact.name for fact in FACTS), *SHOWN)))


def _plain(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None


def record(reps: int, jobs: int) -> dict[str, Any]:
    """Return the runs of `reps` seeds: the last month of every year, and the last month."""
    scenario = load_scenario(SCENARIO)
    months = scenario.months
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        runs = list(pool.map(partial(one_run, months), range(reps)))
    at = sorted({*range(11, months, 12), months - 1})
    values = {
        name: [[run[month][k] for month in at] for run in runs] for k, name in enumerate(kept())
    }
    return {"scenario": SCENARIO, "start": scenario.start, "months": months, "seeds": reps,
            "at": at, "values": values}  # fmt: skip


def interval(values: list[float]) -> tuple[float, float, float]:
    """Return the mean and its 95% interval."""
    x = np.array(values, dtype=float)
    half = float(student.ppf(0.975, x.size - 1) * x.std(ddof=1) / math.sqrt(x.size))
    return float(x.mean()), float(x.mean()) - half, float(x.mean()) + half


def page(found: dict[str, Any]) -> str:
    """Return the page printed from a record."""
    head = (
        "<!-- Printed by `python -m tools.history` from history.json beside it; do not edit. -->\n"
        "# The flagship from 2017 to 2026\n\n"
        f"`{found['scenario']}` runs from {found['start']} for {found['months']} months: the few firms that the place may have\n"
        "had, no policy for five years, then today's measures rising over two. No source counts the place of\n"
        "2017, so its stock is assumed (`scenarios/communities/beijing-ai-origin-2017.yaml`), and nothing but that\n"
        "stock may be set by where the run ends. It is a check of whether the mechanisms can carry such a history, not\n"
        "evidence that they did.\n\n"
        f"{found['seeds']} runs, seeds 0 to {found['seeds'] - 1}. *Interval*: 95% of the mean. *Range*: 10% to 90% of the runs.\n"
        "*Near*: the range meets the band around the fact (a tenth either way; .8 to 1.2 for the ratio).\n\n"
        "北京AI原点社区自2017年起的历史推演：起始存量为假设，前五年无政策，其后现行措施两年内逐步到位。下表将末月与文章所载事实对照。\n\n"
    )  # fmt: skip
    return (
        head
        + "## Month of the articles\n\n"
        + _facts(found)
        + "\n## The way there\n\n"
        + _path(found)
    )


def _facts(found: dict[str, Any]) -> str:
    lines = [
        "| | 指标 | article | mean | interval | range | near |",
        "|---|---|---|---|---|---|---|",
    ]
    for fact in FACTS:
        last = [run[-1] for run in found["values"][fact.name] if run[-1] is not None]
        mean, low, high = interval(last)
        p10, p90 = (float(v) for v in np.percentile(last, (10, 90)))
        near = "yes" if p10 <= fact.high and p90 >= fact.low else "no"
        said = f"{_number(fact.said)} ({fact.source})"
        lines.append(
            f"| {fact.en} | {fact.zh} | {said} | {_number(mean)} | {_number(low)} to {_number(high)} "
            f"| {_number(p10)} to {_number(p90)} | {near} |"
        )
    return "\n".join(lines) + "\n"


def _path(found: dict[str, Any]) -> str:
    year, month = (int(part) for part in found["start"].split("-"))
    head = "| end of | " + " | ".join(f"`{name}`" for name in SHOWN) + " |"
    lines = [head, "|---" * (len(SHOWN) + 1) + "|"]
    for k, at in enumerate(found["at"]):
        since = year * 12 + month - 1 + at
        cells = []
        for name in SHOWN:
            values = [run[k] for run in found["values"][name] if run[k] is not None]
            cells.append(_number(float(np.mean(values))) if values else "")
        lines.append(f"| {since // 12}-{since % 12 + 1:02d} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 20 else f"{value:.2f}"


def main() -> int:
    """Run where asked, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--reps", type=int, default=0, help="runs; 0 prints the page of the last record"
    )
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    if asked.reps:
        if asked.reps < 2:
            parser.error("--reps must be 0, or 2 or more")
        text = json.dumps(record(asked.reps, asked.jobs), indent=1)
        RECORD.write_text(text + "\n", encoding="utf-8")
    PAGE.write_text(page(json.loads(RECORD.read_text(encoding="utf-8"))), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
