"""The page `docs/performance.md`, printed from the numbers of one `make bench`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.benchmarks.limits import ROWS, Found, Row
from tests.benchmarks.peers.programs import COMPARED

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"
NUMBERS = ROOT / "docs" / "performance.json"  # what the page was printed from

_HEAD = """\
<!-- Printed by `make bench` from performance.json beside it; do not edit. -->
# Performance

{chinese}

*{machine}*

Measured on {date} at commit `{commit}`. CPU time covers building, burn-in, run and record, with the
kernels on disk; the load of the machine before it began was {load:.1f} on {cores} cores. {misses}

"""
_STEP = """\
An **agent-step** is one adult who is looked at in one month and lives through hiring and housing: laid
off, quitting, matched with a post, leaving, moving into a home. Students, of whom only a month's class of
graduates is touched, are not counted, in any of the programs. The same built place, parameters and firms'
demand go into all three; money, rents and floor stay what they are at the start. The ports skip idle
students as the engine does, draw from ordinary generators, and are timed in turn with it, best of
{rounds}, over {months} months of `{place}` with {adults:,.0f} adults.
"""


def page(found: Found) -> str:
    """Return the whole page."""
    machine = found["machine"]
    head = _HEAD.format(
        chinese=_chinese(found),
        machine=f"{machine['processor']}, {machine['system']}, Python {machine['python']}, "
        f"NumPy {machine['numpy']}, numba {machine['numba']}, Mesa {machine['mesa']}",
        date=found["date"], commit=found["commit"] or "unknown", load=machine["load"],
        cores=machine["cores"], misses=_misses(found),
    )  # fmt: skip
    parts = [head, _limits(found), _where(found), _peers(found["peers"])]
    return "".join(parts).rstrip() + "\n"


def missed(found: Found) -> list[Row]:
    """Return the numbers that miss their limits."""
    return [row for row in ROWS if row.missed_by(found) is not None]


def _chinese(found: Found) -> str:
    lines = [f"**中文摘要**　测量日期 {found['date']}，{found['machine']['cores']} 核。"]
    rows = [row for row in ROWS if row.limit() and row.read(found) is not None]
    lines += [
        f"{row.text.zh}：{_value(row, found)} {_UNITS.get(row.unit, row.unit)}"
        f"（要求 {row.limit()}，{'未达标' if row in missed(found) else '达标'}）；"
        for row in rows
    ]
    lines[-1] = lines[-1].removesuffix("；") + "。"
    return "\n".join(lines)


_UNITS = {
    "CPU s": "秒CPU", "CPU ms": "毫秒CPU", "s": "秒", "times": "倍", "times the time": "倍",
    "ns": "纳秒", "bytes": "字节",
}  # fmt: skip


def _misses(found: Found) -> str:
    rows = missed(found)
    if not rows:
        return "Every limit is kept."
    names = "; ".join(row.text.en for row in rows)
    return f"**{len(rows)} of {sum(bool(r.limit()) for r in ROWS)} limits are missed: {names}.**"


def _value(row: Row, found: Found) -> str:
    value = row.read(found)
    return "not measured" if value is None else f"{value:.3g}"


def _limits(found: Found) -> str:
    lines = [
        "## Against the limits",
        "",
        "| what | measured | unit | limit | |",
        "|---|--:|---|---|---|",
    ]
    for row in ROWS:
        factor = row.missed_by(found)
        verdict = "" if not row.limit() or row.read(found) is None else "kept"
        verdict = verdict if factor is None else f"**missed, {factor:.2g} times**"
        cells = (row.text.en, _value(row, found), row.unit, row.limit(), verdict)
        lines.append(f"| {' | '.join(cells)} |".replace("|  |", "| |"))
    return "\n".join(lines) + "\n\n"


def _where(found: Found) -> str:
    full, every = found["full_scale"], found["every_lever"]
    lines = [
        "## Where the time goes",
        "",
        f"CPU ms over {full['months']} months at full scale ({full['people']:,} people,"
        f" {full['firms']:,} firms), without policy and with {len(every['levers'])} levers on"
        + f", which end with {full['firms_end']:,.0f} and {every['firms_end']:,.0f} firms"
        + (f" (left out: {', '.join(every['left_out'])})" if every["left_out"] else "") + ".",
        "",
        "| process | no policy | every lever |",
        "|---|--:|--:|",
    ]  # fmt: skip
    for name, seconds in sorted(full["by_process"].items(), key=lambda item: -item[1]):
        lines.append(f"| {name} | {1e3 * seconds:.1f} | {1e3 * every['by_process'][name]:.1f} |")
    return "\n".join(lines) + "\n\n" + _city(found["city"])


def _city(city: Found | None) -> str:
    if city is None:
        return ""
    lines = [
        f"The city has {city['people']:,} people and {city['firms']:,} firms in equal communities."
        f" Of its {city['cpu_s']:.3g} CPU s over {city['months']} months, one community takes, in ms:",
        "",
        "| process | a community of the city |",
        "|---|--:|",
    ]
    for name, seconds in sorted(city["by_process"].items(), key=lambda item: -item[1]):
        lines.append(f"| {name} | {1e3 * seconds:.1f} |")
    return "\n".join(lines) + "\n\n"


def _peers(peers: dict[str, Any]) -> str:
    words = _STEP.format(
        rounds=peers["rounds"], months=peers["months"], place=peers["place"], adults=peers["adults"]
    )
    lines = [
        "## Beside other ways to write it",
        "",
        words,
        "| hiring and housing, as | ns per agent-step | times ours |",
        "|---|--:|--:|",
    ]
    names = {"ours": "hotbed", "numpy": "NumPy expressions", "mesa": "plain Mesa agents"}
    for name, text in names.items():
        spent = peers["programs"][name]["ns_per_agent_step"]
        lines.append(f"| {text} | {spent:,.0f} | {peers['ratios'].get(name, 1):.3g} |")
    return "\n".join([*lines, "", *_agreement(peers), "", _starsim(peers)])


def _agreement(peers: dict[str, Any]) -> list[str]:
    agreed = peers["agreement"]
    far = ", ".join(f"{count} of {port}" for port, count in peers["disagree"])
    verdict = "agree" if not far else f"**do not agree on {far}**"
    lines = [
        f"The three {verdict}. Means over {peers['seeds']} seeds of {peers['months']} months; gaps in"
        f" standard errors of their own mean. {', '.join(COMPARED).capitalize()} have to agree: a gap"
        " beyond two counts where as many other seeds show it again.",
        "",
        "| count | hotbed | Mesa | gap | NumPy | gap |",
        "|---|--:|--:|--:|--:|--:|",
    ]  # fmt: skip
    for count, mesa in agreed["mesa"].items():
        other = agreed["numpy"][count]
        lines.append(
            f"| {_COUNTS[count]} | {mesa['ours']:.1f} | {mesa['port']:.1f} | {mesa['errors']:+.2f} "
            f"| {other['port']:.1f} | {other['errors']:+.2f} |"
        )
    return lines


_COUNTS = {
    "hires": "hires", "quits": "quits", "moves": "moves from firm to firm", "layoffs": "lay-offs",
    "left": "people who left", "stayed": "graduates hired", "residents": "residents in the end",
}  # fmt: skip


def _starsim(peers: dict[str, Any]) -> str:
    found = peers["starsim"]
    if "skipped" in found:
        return f"Starsim's SIR was not measured: {found['skipped']}."
    everybody = peers["ratios"]["starsim_everybody"]
    return (
        f"Starsim {found['version']} (`Sim(n_agents={found['agents']:,}, diseases='sir',"
        f" networks='random')`, {found['steps']} steps, best of {found['rounds']}) takes"
        f" {found['ns_per_agent_step']:.0f} ns per agent-step, {peers['ratios']['starsim']:.3g} times"
        f" ours. It is another model, so this compares orders of magnitude and not the same work; with"
        f" students counted as agents on our side, as Starsim counts those nothing happens to, it would"
        f" be {everybody:.3g} times."
    )
