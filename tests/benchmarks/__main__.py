"""Measure the engine, keep the numbers, and show them beside the limits."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tests.benchmarks import measure

# (what, limit as text, limit, reader of the measured value); a limit of None is only shown.
Row = tuple[str, str, float | None, Callable[[dict[str, Any]], float]]
ROWS: tuple[Row, ...] = (
    ("full scale, 120 months, CPU s", "<= 0.3 (aim 0.15)", 0.3, lambda f: f["full_scale"]["cpu_s"]),
    ("  peak memory, MB", "<= 400", 400, lambda f: f["full_scale"]["peak_mb"]),
    ("  ns per person and month", "", None, lambda f: f["full_scale"]["ns_per_person_month"]),
    ("starter park, 120 months, CPU ms", "<= 25", 25, lambda f: 1000 * f["small"]["cpu_s"]),
    ("ten times the people and firms, ratio", "<= 11", 11, lambda f: f["scaled_10x"]["ratio"]),
    ("64 replicates x 3 policies, 2 jobs, s", "<= 60", 60, lambda f: f["sweep"]["wall_s"]),
    ("  runs per minute", "", None, lambda f: f["sweep"]["runs_per_minute"]),
    ("hotbed --help, s", "<= 0.4", 0.4, lambda f: f["startup_s"]["help"]),
    ("hotbed run starter-park, warm, s", "<= 2.5", 2.5, lambda f: f["startup_s"]["warm_run"]),
    (
        "hotbed run starter-park, cold, s",
        "<= 60 (aim 30)",
        60,
        lambda f: f["startup_s"]["cold_run"],
    ),
)


def measured(note: Callable[[str], None]) -> dict[str, Any]:
    """Measure everything; what cannot be measured yet is null."""
    from sim.scenario import load_scenario

    full, small = (load_scenario(p, "no-policy") for p in (measure.FULL, measure.SMALL))
    found: dict[str, Any] = {"machine": measure.machine()}
    note("full scale")
    found["full_scale"] = measure.scale(full) | {"peak_mb": measure.peak_mb(measure.FULL)}
    note("starter park")
    found["small"] = measure.scale(small) | {"peak_mb": measure.peak_mb(measure.SMALL)}
    found["city"] = None
    note("ten times the people and firms")
    large = measure.scale(measure.ten_times(full))
    found["scaled_10x"] = large | {"ratio": large["cpu_s"] / found["full_scale"]["cpu_s"]}
    note("sweep")
    found["sweep"] = measure.sweep()
    note("command line (the cold run compiles everything)")
    found["startup_s"] = measure.startup()
    found["peers"] = {}
    return found


def table(found: dict[str, Any]) -> str:
    """Return the numbers beside their limits, and where the time goes."""
    lines = [f"{'':42}{'measured':>12}  {'limit':20}"]
    for what, limit, most, read in ROWS:
        value = read(found)
        verdict = "" if most is None else ("reached" if value <= most else f"x{value / most:.2f}")
        lines.append(f"{what:42}{value:12.4g}  {limit:20}{verdict}")
    spent = found["full_scale"]["by_process"]
    lines += ["", "full scale, CPU ms by process"]
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        lines.append(f"  {name:40}{1000 * seconds:12.1f}")
    return "\n".join(lines)


def main() -> int:
    """Measure, keep, show."""
    out = sys.stdout.write
    found = measured(lambda what: (sys.stderr.write(f"measuring: {what}\n"), None)[1])
    path = measure.keep(found)
    out(f"{table(found)}\n\n{path.relative_to(measure.ROOT)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
