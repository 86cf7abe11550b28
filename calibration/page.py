"""`docs/patterns.md`, printed from the record of a judged run beside it.

hotbed patterns beijing-ai-origin --reps 30 --json > docs/patterns.json
python -m calibration.page
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE, RECORD = DOCS / "patterns.md", DOCS / "patterns.json"

_HEAD = """\
<!-- Printed by `python -m calibration.page` from patterns.json beside it; do not edit. -->
# Patterns

**中文摘要**　{scenario}，{reps} 个未用于校准的随机种子。十二个模式中 {held} 个成立{failed_zh}；
政策符号检验 {signs_held}/{signs} 成立。

A model earns some trust where it reproduces at once what is known about firms, money and places, without
being told to. This page holds `{scenario}` against twelve patterns of the literature
([evidence/literature.yaml](../evidence/literature.yaml)), and against signs of policies that were evaluated
elsewhere. **{held} of 12 patterns hold{failed}; {signs_held} of {signs} sign tests.** At least {enough} are asked for, {must}
among them: the run **{verdict}**.

Each value is the median over seeds {first} to {last} ({reps}; {sign_reps} for the signs), with a
bootstrap interval of 95%; no parameter and no form was ever looked at on these seeds (tuning used {tuned_first} to
{tuned_last}). A clause holds where the median lies in the band. What is *told* is not judged. Which
parameters were tuned to what is in [decisions/0010](decisions/0010-what-the-patterns-were-tuned-to.md).

"""


def page(found: dict[str, Any]) -> str:
    """Return the whole page."""
    fails = [g["name"] for g in found["patterns"] if not g["holds"]]
    signs = found["signs"]
    head = _HEAD.format(
        scenario=found["scenario"], reps=found["reps"], sign_reps=found["sign_reps"],
        held=len(found["patterns"]) - len(fails), signs=len(signs),
        signs_held=sum(g["holds"] for g in signs), enough=found["enough"],
        must=", ".join(found["must_hold"]), verdict="passes" if found["passes"] else "does not pass",
        failed=f" ({', '.join(fails)} fail)" if fails else "",
        failed_zh=f"（{'、'.join(fails)} 不成立）" if fails else "",
        first=found["seeds"]["judged"][0], last=found["seeds"]["judged"][1],
        tuned_first=found["seeds"]["tuned"][0], tuned_last=found["seeds"]["tuned"][1],
    )  # fmt: skip
    parts = [head]
    for title, kind in (
        ("The twelve patterns", "patterns"), ("Signs of policies", "signs"),
        ("Facts of a place without policy", "facts"),
    ):  # fmt: skip
        parts.append(f"## {title}\n\n")
        parts += [_group(group) for group in found[kind]]
    return "".join(parts).rstrip() + "\n"


def _group(group: dict[str, Any]) -> str:
    verdict = "holds" if group["holds"] else "**fails**"
    lines = [
        f"### {group['name']} {group['en']}: {verdict}",
        "",
        group["zh"],
        "",
        "| | observed | interval | required | |",
        "|---|--:|---|---|---|",
    ]
    lines += [f"| {' | '.join(row(c))} |" for c in group["clauses"]]
    return "\n".join(lines) + "\n\n"


def row(clause: dict[str, Any]) -> tuple[str, str, str, str, str]:
    """Return the cells of a clause: what, observed, interval, required, verdict."""
    low, high = clause["interval"]
    span = "" if low is None else f"{figure(low)} … {figure(high)}"
    verdict = "told" if clause["holds"] is None else "holds" if clause["holds"] else "**fails**"
    words = f"{clause['en']} ({clause['source']})"
    return words, figure(clause["value"]), span, band(clause["required"]), verdict


def band(required: list[float | None]) -> str:
    """Return a band in words that need no language."""
    low, high = required
    if low is None and high is None:
        return ""
    if low is None:
        return f"≤ {high:g}"
    return f"≥ {low:g}" if high is None else f"{low:g} … {high:g}"


def figure(x: float | None) -> str:
    """Return a number as a reader wants it."""
    if x is None:
        return "–"
    return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.3g}"


def main() -> None:
    """Print the page from the record."""
    PAGE.write_text(page(json.loads(RECORD.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
