"""The page `docs/findings.md`, printed from the record of the factorial."""

from __future__ import annotations

from typing import Any

from experiments.claims.judge import NO_DIFFERENCE, OPPOSITE, SUPPORTED, UNDECIDED
from experiments.compare import UNEQUAL

Record = dict[str, Any]
WORDS = {
    SUPPORTED: "better", OPPOSITE: "worse", NO_DIFFERENCE: "no practical difference",
    UNDECIDED: "undecided",
}  # fmt: skip
WORDS_ZH = {
    SUPPORTED: "更好", OPPOSITE: "更差", NO_DIFFERENCE: "无实际差异", UNDECIDED: "未定",
}  # fmt: skip
ZH = {"space": "空间", "services": "服务", "cash": "现金", "stake": "换股", "free": "无偿"}

_HEAD = """\
<!-- Printed by `hotbed factorial --record docs` from findings.json beside it; do not edit. -->
# Form of support and taking equity

**中文摘要**　{chinese}

Bundles of measures cannot tell the *form* of support (space, services or cash) from *taking equity* for it. The
factorial can: six arms with one eligible set, the same months and awards, up to 10,000 CNY a month and firm for 24
months, free or for a 6% stake, all paid by the government, and scaled by the number of firms served so that they cost
the same at the defaults. Everything is a difference to no policy on the same seeds. Run on {date}{commit}.

An effect is the mean of the arms at one level less that of the arms at the other. Over an ensemble, a unit is a set of
parameters that fits the facts about as well as the others, and the interval speaks of these; elsewhere it is a
seed. *Better* and *worse* ask for an interval that excludes zero and an estimate of at least the margin. *Wins* is
the share of units in which the first is ahead. These are projections under stated assumptions, not findings about a
real place.
"""


def page(record: Record) -> str:
    """Return the whole page."""
    commit = f" at commit `{record['commit'][:10]}`" if record.get("commit") else ""
    head = _HEAD.format(chinese=_chinese(record), date=record["date"], commit=commit)
    parts = (
        [head] if record["factorials"] else [head, "The record holds no run of the factorial yet."]
    )
    for factorial in record["factorials"]:
        parts += _factorial(factorial)
    return "\n".join(parts).rstrip() + "\n"


def _main(outcome: Record) -> list[Record]:
    return [one for one in outcome["effects"] if not one["within"]]


def _chinese(record: Record) -> str:
    told = []
    for factorial in record["factorials"]:
        for condition in factorial["conditions"]:
            outcome = condition["outcomes"][0]
            effects = "；".join(
                f"{ZH.get(e['high'], e['high'])}较{ZH.get(e['low'], e['low'])}{WORDS_ZH[e['verdict']]}"
                for e in _main(outcome)
            )
            told.append(
                f"{factorial['place']['zh']}（{_scan(factorial, condition['name'])}）{outcome['name']['zh']}：{effects}"
            )
    return "。".join(told or ["尚未运行"]) + "。以上为所列假设下的条件推演。"


def _scan(factorial: Record, level: str) -> str:
    return ", ".join(
        f"{name.removeprefix('initial.firms.')} {values.get(level, '')}"
        for name, values in factorial["scan"].items()
    )


def _factorial(factorial: Record) -> list[str]:
    units = (
        f"{factorial['members']} parameter sets of the ensemble, {factorial['seeds']} seed(s) each"
        if factorial["members"]
        else f"default parameters, {factorial['seeds']} seeds"
    )
    lines = [
        f"## {factorial['place']['en']}",
        "",
        f"{factorial['firms']} firms at the start, {factorial['months']} months, {units}.",
        "",
    ]
    lines += _turns(factorial)
    for condition in factorial["conditions"]:
        lines += _condition(factorial, condition)
    return lines


def _turns(factorial: Record) -> list[str]:
    """Say of the first outcome how the effects change from condition to condition, and with what."""
    first = factorial["conditions"][0]["outcomes"][0]
    conditions = factorial["conditions"]
    lines = [
        f"### When the ranking turns ({first['name']['en']})",
        "",
        "| effect | " + " | ".join(_scan(factorial, c["name"]) for c in conditions) + " |",
        "|---|" + "---|" * len(conditions),
    ]
    for i, one in enumerate(_main(first)):
        cells = []
        for condition in conditions:
            e = _main(condition["outcomes"][0])[i]
            cells.append(f"{_number(e['estimate'])} ({WORDS[e['verdict']]})")
        lines.append(f"| {one['high']} less {one['low']} | {' | '.join(cells)} |")
    return [*lines, "", *_conditions(factorial), ""]


def _conditions(factorial: Record) -> list[str]:
    if not factorial["members"]:
        return ["One set of parameters alone, so nothing is screened here."]
    lines = []
    for condition in factorial["conditions"]:
        for outcome in condition["outcomes"]:
            for e in _main(outcome):
                for c in e.get("conditions", []):
                    word = "turns" if c["turns"] else "shifts"
                    lines.append(
                        f"- {outcome['name']['en']}, {_scan(factorial, condition['name'])}: {e['high']} ahead of "
                        f"{e['low']} in {c['wins_below']:.0%} of the {c['below']} sets with `{c['parameter']}` up to "
                        f"{c['cut']:.3g} and in {c['wins_above']:.0%} of the {c['above']} above ({word}; AUC {c['auc']:.2f})"
                    )
    if not lines:
        return [
            "No parameter of the ensemble separates the sets in which a ranking holds from the others."
        ]
    note = (
        "Parameters that separate the sets in which one is ahead from those in which it is not, after "
        "allowing for how many were screened (Mann-Whitney, 5% for all together):"
    )
    return [note, "", *lines]


def _condition(factorial: Record, condition: Record) -> list[str]:
    lines = [
        f"### {_scan(factorial, condition['name'])}",
        "",
        *_unequal(condition),
        f"Cost over the target, median (5% to 95% of units): {_costs(condition)}.",
        "",
        "| outcome | effect | estimate | 95% interval | wins | n | |",
        "|---|---|--:|--:|--:|--:|---|",
    ]
    for outcome in condition["outcomes"]:
        for k, e in enumerate(outcome["effects"]):
            within = f", {e['within']}" if e["within"] else ""
            name = f"{outcome['name']['en']} [{outcome['unit']}]" if k == 0 else ""
            word = WORDS[e["verdict"]]
            cells = [
                name, f"{e['high']} less {e['low']}{within}", _number(e["estimate"]),
                f"{_number(e['lo'])} … {_number(e['hi'])}",
                "–" if e["wins"] is None else f"{e['wins']:.0%}", str(e["n"]),
                word if e["within"] else f"**{word}**",
            ]  # fmt: skip
            lines.append("| " + " | ".join(cells).replace("|  |", "| |") + " |")
    lines.append("")
    lines += _orders(condition)
    return [*lines, ""]


def _unequal(condition: Record) -> list[str]:
    """Return a heading where the arms' costs lie further apart than equal cost allows."""
    medians = [share["median"] for share in condition["cost_over_target"].values()]
    known = [median for median in medians if median is not None]
    if known and max(known) - min(known) <= UNEQUAL * max(known):
        return []
    return [
        "**NOT AT EQUAL COST**: the numbers of firms served were solved for at the defaults and do not "
        "hold the cost equal here; read the effects with the costs beside them.",
        "",
    ]


def _costs(condition: Record) -> str:
    told = []
    notes = {r["policy"]: r["note"] for r in condition["scaling"]}
    for arm, share in condition["cost_over_target"].items():
        note = f" ({notes[arm]})" if notes.get(arm) else ""
        span = " to ".join(_percent(share[key]) for key in ("low", "high"))
        told.append(f"{arm} {_percent(share['median'])} ({span}){note}")
    return "; ".join(told)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _orders(condition: Record) -> list[str]:
    outcome = condition["outcomes"][0]
    lines = []
    for shares in outcome["orders"].values():
        told = "; ".join(f"{order} in {share:.0%}" for order, share in list(shares.items())[:6])
        lines.append(f"Order by {outcome['name']['en']}: {told}.")
    return ["\n".join(lines)]


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    if abs(value) >= 1e6:
        return f"{value / 1e6:+,.3g} m"
    return f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.3g}"
