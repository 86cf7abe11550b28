"""Measure the engine, keep the numbers, print the page of them, and show them beside the limits."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

from tests.benchmarks import limits, measure, page
from tests.benchmarks.levers_on import every_lever
from tests.benchmarks.peers import measure as peers


def measured(note: Callable[[str], None]) -> dict[str, Any]:
    """Measure everything; what cannot be measured yet is null."""
    from sim.scenario import load_scenario
    from sim.scenario.shipped import shipped_names

    full, small = (load_scenario(p, "no-policy") for p in (measure.FULL, measure.SMALL))
    found: dict[str, Any] = {
        "date": date.today().isoformat(),
        "commit": measure.commit(),
        "machine": measure.machine(),
    }
    note("full scale")
    found["full_scale"] = measure.scale(full) | {"peak_mb": measure.peak_mb(measure.FULL)}
    note("full scale with every lever on")
    heavy, left_out = every_lever(measure.FULL)
    names = sorted({use.lever for use in heavy.levers})
    found["every_lever"] = measure.scale(heavy) | {"levers": names, "left_out": list(left_out)}
    note("starter park")
    found["small"] = measure.scale(small) | {"peak_mb": measure.peak_mb(measure.SMALL)}
    note("city")
    shipped = measure.CITY in shipped_names("communities")
    found["city"] = measure.city() if shipped else None
    note("ten times the people and firms")
    large = measure.scale(measure.ten_times(full))
    found["scaled_10x"] = large | {"ratio": large["cpu_s"] / found["full_scale"]["cpu_s"]}
    found["peers"] = peers.measure(measure.FULL, note)
    note("sweep")
    found["sweep"] = measure.sweep()
    note("command line (the cold run compiles everything)")
    found["startup_s"] = measure.startup()
    return found


def table(found: dict[str, Any]) -> str:
    """Return the numbers beside their limits, and where the time goes."""
    lines = []
    for row in limits.ROWS:
        value, factor = row.read(found), row.missed_by(found)
        shown = "-" if value is None else f"{value:.4g}"
        verdict = "" if value is None or not row.limit() else "kept"
        verdict = verdict if factor is None else f"missed x{factor:.2f}"
        lines.append(f"{row.text.en:44}{shown:>10} {row.unit:16}{row.limit():10}{verdict}")
    lines += ["", "full scale, CPU ms by process: no policy, every lever"]
    every = found["every_lever"]["by_process"]
    for name, seconds in sorted(
        found["full_scale"]["by_process"].items(), key=lambda item: -item[1]
    ):
        lines.append(f"  {name:40}{1000 * seconds:12.1f}{1000 * every[name]:12.1f}")
    lines += ["", "the ports against hotbed: mean of hotbed, of the port, gap in standard errors"]
    for port, counts in found["peers"]["agreement"].items():
        for count, gap in counts.items():
            lines.append(
                f"  {port:8}{count:12}{gap['ours']:12.1f}{gap['port']:12.1f}{gap['errors']:+8.2f}"
            )
    return "\n".join(lines)


def main() -> int:
    """Measure, keep, print, show."""
    out = sys.stdout.write
    found = measured(lambda what: (sys.stderr.write(f"measuring: {what}\n"), None)[1])
    path = measure.keep(found)
    page.NUMBERS.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    page.PAGE.write_text(page.page(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")
    names = [str(p.relative_to(measure.ROOT)) for p in (path, page.NUMBERS, page.PAGE)]
    out(f"{table(found)}\n\n{' '.join(names)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
