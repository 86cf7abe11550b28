"""The page `docs/claims.md`, printed from the record of a run of all claims."""

from __future__ import annotations

from collections import Counter
from typing import Any

from experiments.claims.judge import NO_DIFFERENCE, OPPOSITE, SUPPORTED, UNDECIDED, VERDICTS, WORDS
from experiments.claims.library import CIRCULARITY
from experiments.claims.record import RUN, UNKNOWN, UNTESTABLE, WAITING
from experiments.compare import UNEQUAL

Record = dict[str, Any]
STATUS_ZH = {UNKNOWN: "暂不可运行", UNTESTABLE: "本模型无法检验", WAITING: "尚未运行"}
CODE_CHECKS = ("built_in", "calibration")

_HEAD = """\
<!-- Printed by `hotbed claims --record docs` from claims.json beside it; do not edit. -->
# The articles' claims as experiments

**中文摘要**　{chinese}

Each claim of `evidence/claims.yaml` is a study under `experiments/studies/claims/`: the same seeds in all arms, paired
differences with 95% intervals, at three levels of the parameters that could build the sign in. *Low* is where they help the claim
least, *mid* the declared defaults, *high* where they help it most. Run on {date}{commit}.

- **supported**: the interval excludes zero on the expected side and the estimate is at least the margin that matters;
- **no practical difference**: the whole interval lies within the margin;
- **opposite**: as supported, on the other side;
- **undecided**: anything else; more replicates might tell.

The first outcome of a study decides, the others stand below it. A claim marked **code check** is true by how the model is
built, and its verdict says no more than that the code does what it should. *Partly assumed* means that a parameter helps to
build the sign in; look at the level low before you believe such a verdict. Nothing here is a finding about a real
place: it is what follows from the assumptions that `docs/odd.md` lists. In the columns of one claim, "n" counts pairs of runs.

{summary}
"""


def page(record: Record) -> str:
    """Return the whole page."""
    claims = record["claims"]
    commit = f" at commit `{record['commit'][:10]}`" if record.get("commit") else ""
    head = _HEAD.format(
        chinese=_chinese(claims), date=record["date"], commit=commit, summary=_summary(claims)
    )
    parts = [head, _table(claims), *map(_claim, claims)]
    return "\n".join(parts).rstrip() + "\n"


def _ran(claims: list[Record]) -> list[Record]:
    return [claim for claim in claims if claim["status"] == RUN]


def _substantive(claims: list[Record]) -> list[Record]:
    return [claim for claim in _ran(claims) if claim["circularity"] not in CODE_CHECKS]


def _chinese(claims: list[Record]) -> str:
    counts = Counter(claim["verdict"] for claim in _ran(claims))
    told = "，".join(f"{WORDS[v].zh}{counts[v]}项" for v in VERDICTS)
    checks = len(_ran(claims)) - len(_substantive(claims))
    rest = len(claims) - len(_ran(claims))
    return (
        f"共{len(claims)}项论断与反论断，已运行{len(_ran(claims))}项：{told}；"
        f"其中{checks}项属模型内建，仅为代码检验；未运行{rest}项。结论为所列假设下的条件推演。"
    )


def _summary(claims: list[Record]) -> str:
    rows = [
        "| | " + " | ".join(VERDICTS) + " | all |",
        "|---|" + "--:|" * (len(VERDICTS) + 1),
    ]
    substantive = _substantive(claims)
    checks = [claim for claim in _ran(claims) if claim not in substantive]
    for name, group in (("claims with content", substantive), ("code checks", checks)):
        counts = Counter(claim["verdict"] for claim in group)
        rows.append(
            f"| {name} | " + " | ".join(str(counts[v]) for v in VERDICTS) + f" | {len(group)} |"
        )
    lines = ["\n".join(rows), ""]
    for verdict, words in (
        (OPPOSITE, "Against the articles"),
        (NO_DIFFERENCE, "Without a practical difference"),
        (UNDECIDED, "Undecided with these replicates"),
    ):
        ids = [claim["id"] for claim in substantive if claim["verdict"] == verdict]
        if ids:
            lines.append(f"{words}: {', '.join(ids)}.")
    rests = [claim["id"] for claim in substantive if _rests(claim)]
    if rests:
        lines.append(
            f"Supported at mid but not at low, so resting on what is scanned: {', '.join(rests)}."
        )
    unequal = [claim["id"] for claim in _ran(claims) if _unequal(claim)]
    if unequal:
        lines.append(
            f"Not at equal cost within {UNEQUAL:.0%} at mid, so to be read with the cost beside them: "
            f"{', '.join(unequal)}."
        )
    for status in (WAITING, UNKNOWN, UNTESTABLE):
        ids = [claim["id"] for claim in claims if claim["status"] == status]
        if ids:
            lines.append(f"{status.capitalize()}: {', '.join(ids)}.")
    return "\n".join(lines)


def _rests(claim: Record) -> bool:
    """Return whether a claim is supported at mid and not at low."""
    low = claim["levels"].get("low")
    return (
        claim["verdict"] == SUPPORTED
        and low is not None
        and low["outcomes"][0]["verdict"] != SUPPORTED
    )


def _unequal(claim: Record) -> bool:
    """Return whether an arm that was to be at equal cost is not."""
    shares = ((claim["equal_cost"] or {}).get("cost_over_target") or {}).get("mid", {})
    return any(share is None or abs(share - 1) > UNEQUAL for share in shares.values())


def _table(claims: list[Record]) -> str:
    lines = [
        "## All at a glance",
        "",
        "| id | claim | 论断 | low | mid | high | kind |",
        "|---|---|---|---|---|---|---|",
    ]
    for claim in claims:
        name, zh = claim["title"]["en"], claim["title"]["zh"]
        link = f"[{claim['id']}](#{claim['id'].lower()})"
        cells = ["", claim["status"], ""]
        if claim["status"] == RUN:
            cells = [_cell(claim, level) for level in ("low", "mid", "high")]
        kind = CIRCULARITY[claim["circularity"]].en
        lines.append(
            f"| {link} | {name} | {zh} | {' | '.join(cells)} | {kind} |".replace("|  |", "| |")
        )
    return "\n".join(lines) + "\n"


def _cell(claim: Record, level: str) -> str:
    found = claim["levels"].get(level)
    if found is None:
        return ""
    word = found["outcomes"][0]["verdict"]
    return f"**{word}**" if level == "mid" else word


def _claim(claim: Record) -> str:
    kind = CIRCULARITY[claim["circularity"]].en
    lines = [
        f"## {claim['id']}",
        "",
        f"{claim['hypothesis']}. {claim['title']['zh']}。" if claim["hypothesis"] else "",
        "",
        f"*{claim['priority']}, {kind}*"
        + (f" ({claim['circularity_why']})" if claim["circularity_why"] else ""),
        "",
    ]
    if claim["status"] == RUN:
        lines += _results(claim)
    else:
        zh = STATUS_ZH[claim["status"]]
        lines += [f"**{claim['status'].capitalize()}** ({zh}): {claim['why']}.", ""]
    lines += [f"Falsified if: {claim['falsified_if']}."]
    if claim["proxy"]:
        lines.append(f"Proxy: {claim['proxy']}.")
    if claim["not_tested"]:
        lines.append(f"Not tested: {'; '.join(claim['not_tested'])}.")
    return "\n".join(lines) + "\n"


def _results(claim: Record) -> list[str]:
    cost = ", at equal cost" if claim["equal_cost"] else ""
    lines = [
        f"{claim['place']['en']}, {claim['months']} months, arms: {', '.join(claim['arms'])}{cost}."
        + (f" Scanned: {_scan(claim['scan'])}." if claim["scan"] else "")
        + (f" {_costs(claim['equal_cost'])}" if claim["equal_cost"] else ""),
        "",
        "| outcome | expected | margin | level | estimate | 95% interval | n | verdict |",
        "|---|---|--:|---|--:|--:|--:|---|",
    ]
    for i, outcome in enumerate(claim["outcomes"]):
        for k, (level, found) in enumerate(claim["levels"].items()):
            one = found["outcomes"][i]
            name = (
                f"{outcome['name']['en']}{' [' + outcome['unit'] + ']' if outcome['unit'] else ''}"
            )
            cells = [
                name if k == 0 else "", outcome["sign"] if k == 0 else "", _number(one["margin"]),
                level, _number(one["estimate"]), _interval(one), str(one["n"]), one["verdict"],
            ]  # fmt: skip
            lines.append("| " + " | ".join(cells).replace("|  |", "| |") + " |")
    return [*lines, ""]


def _scan(scan: dict[str, dict[str, str]]) -> str:
    return "; ".join(
        f"`{name}` " + ", ".join(f"{level} {value}" for level, value in values.items())
        for name, values in scan.items()
    )


def _costs(equal: Record) -> str:
    """Return what the arms laid out over what they were to lay out."""
    told = []
    notes = {r["policy"]: r["note"] for r in equal["scaling"]}
    for level, costs in equal["cost_over_target"].items():
        for name, share in costs.items():
            note = f", {notes[name]}" if notes.get(name) and level == "mid" else ""
            told.append(f"{name} {level} {'–' if share is None else f'{share:.0%}'}{note}")
    return f"Cost over that of {equal['to']}: {'; '.join(told)}."


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.3g} m"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _interval(one: Record) -> str:
    if one["lo"] is None:
        return "–"
    return f"{_number(one['lo'])} … {_number(one['hi'])}{'*' if one['bootstrap'] else ''}"
