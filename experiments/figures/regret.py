"""Which policy is safe to choose, as a table: what each comes to, and what it gives up."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd

from experiments.figures.numbers import number, span, unit_name
from sim.declare import Text

MEASURES = {
    "mean": Text("mean", "均值"),
    "worst_decile": Text("worst decile", "最差十分位"),
    "regret": Text("regret", "后悔值"),
    "worst_regret": Text("worst regret", "最大后悔值"),
    "best_in": Text("best in", "最优占比"),
}
LESS_IS_BETTER = ("regret", "worst_regret")
POLICY, WORLDS = Text("policy", "政策"), Text("worlds", "个情境")
NOTE = Text(
    "★ best of its column. Regret: what is given up against the policy that is best in a world. "
    "95% intervals below.",
    "★ 为该列最优。后悔值：与各情境最优政策相比的损失。下行为 95% 区间。",
)


def regret_table(
    title: Text,
    table: pd.DataFrame,
    unit: str,
    names: Mapping[str, Text] | None = None,
    higher_is_better: bool = True,
) -> str:
    """Return a table in both languages as HTML.

    Args:
        title: what is told.
        table: columns policy, measure, value, low, high, worlds, see `robustness.compare`.
        unit: declared unit of the indicator.
        names: policies in words; one without is called by its name.
        higher_is_better: the direction of the indicator.
    """
    names = names or {}
    best = {m: _best(table[table["measure"] == m], m, higher_is_better) for m in MEASURES}
    worlds = int(table["worlds"].max()) if len(table) else 0
    head = "".join(f'<th scope="col">{_both(text)}</th>' for text in (POLICY, *MEASURES.values()))
    rows = []
    for policy, own in table.groupby("policy", sort=False):
        by = own.set_index("measure")
        name = names.get(str(policy), Text(str(policy), str(policy)))
        cells = [_cell(by, m, unit, policy in best[m]) for m in MEASURES]
        rows.append(f'<tr><th scope="row">{_both(name)}</th>{"".join(cells)}</tr>')
    unit_words = unit_name(unit)
    caption = Text(
        f"{title.en} [{unit_words.en}], {worlds} {WORLDS.en}",
        f"{title.zh} [{unit_words.zh}]，{worlds} {WORLDS.zh}",
    )
    return (
        f'<table class="regret"><caption>{_both(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody>"
        f'<tfoot><tr><td colspan="{len(MEASURES) + 1}">{_both(NOTE)}</td></tr></tfoot></table>'
    )


def _best(own: pd.DataFrame, measure: str, higher_is_better: bool) -> set[object]:
    """Return the policies that are best in a column; nobody where nothing is known."""
    less = measure in LESS_IS_BETTER or (measure != "best_in" and not higher_is_better)
    top = own["value"].min() if less else own["value"].max()
    return set(own.loc[own["value"] == top, "policy"])


def _cell(by: pd.DataFrame, measure: str, unit: str, is_best: bool) -> str:
    """Return a cell: the value, marked where it is the best, and its interval."""
    if measure not in by.index:
        return "<td></td>"
    value, low, high = by.loc[[measure], ["value", "low", "high"]].to_numpy(float)[0].tolist()
    of = "share" if measure == "best_in" else unit
    told = number(value, of)
    star = "★ " if is_best else ""
    between = span(low, high, of, sign=False)
    return f"<td>{star}{_both(told)}<br><small>{_both(between)}</small></td>"


def _both(text: Text) -> str:
    """Return a text in both languages, of which what holds the table shows one."""
    if text.en == text.zh:
        return escape(text.en)
    return f'<span lang="en">{escape(text.en)}</span><span lang="zh">{escape(text.zh)}</span>'
