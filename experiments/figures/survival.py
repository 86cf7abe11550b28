"""How long the firms of a cohort last: the share still open by months since they arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.figures.axes import across, axis
from experiments.figures.lines import (
    BOTTOM,
    HEAD,
    LEFT,
    PLOT,
    RIGHT,
    WIDTH,
    Series,
    band,
    legend,
    legend_foot,
    line,
    month_axis,
    month_ticks,
)
from experiments.figures.svg import Scale, Style, drawing, hatch, label, listed, marker
from experiments.paths import Path
from sim.declare import Text

SINCE = Text("months since arrival", "到来后的月数")
AT_RISK = Text("firms seen for so long", "观察到如此之久的企业数")
ROW = 15.0


@dataclass(frozen=True)
class Cohort:
    """A cohort; arrays have shape (months + 1,), from the month of arrival on, NaN where unknown."""

    name: Text
    style: Style
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_risk: np.ndarray


def cohort_survival(title: Text, cohorts: Sequence[Cohort]) -> str:
    """Draw the share of each cohort that is still open, and below how many firms that rests on."""
    series = [Series(c.name, c.style, Path(c.share, c.low, c.high)) for c in cohorts]
    months = np.arange(max((c.share.size for c in cohorts), default=1))
    top = HEAD + legend_foot(len(cohorts))
    x = Scale(0.0, float(max(months[-1], 1)), LEFT, WIDTH - RIGHT)
    y = axis([0.0, 1.0], "share", top + PLOT, top)
    body = [label(title, 4, 14, room=WIDTH - 8, kind="head"), legend(series, HEAD)]
    body += [across(y, x.start, x.end), month_axis(x, y, SINCE)]
    definitions = []
    for one in series:
        define, fill = hatch(one.style, see_through=True)
        definitions.append(define)
        body.append(band(one, x, y.scale, months[: one.path.middle.size], fill))
    for i, one in enumerate(series):
        body.append(line(one, x, y.scale, months[: one.path.middle.size], i))
    foot = top + PLOT + BOTTOM + 16
    body.append(label(AT_RISK, 4, foot, room=WIDTH - 8, kind="unit"))
    for i, cohort in enumerate(cohorts):
        body.append(_at_risk(cohort, x, foot + ROW * (i + 1)))
    told = listed(Text("Share still open by months since arrival", "按到来后月数的存续占比"),
                  [c.name for c in cohorts])  # fmt: skip
    whole = f"<defs>{''.join(definitions)}</defs>{''.join(body)}"
    return drawing(title, told, WIDTH, foot + ROW * len(cohorts) + 6, whole, "lines")


def _at_risk(cohort: Cohort, x: Scale, y: float) -> str:
    """Return a cohort's counts below the months that are written, behind its line's look."""
    dash = f' stroke-dasharray="{cohort.style.dash}"' if cohort.style.dash else ""
    colour = cohort.style.colour
    body = [f'<path class="line" d="M4 {y - 4:g}h26" stroke="{colour}"{dash}/>']
    body.append(marker(cohort.style, 17, y - 4))
    for month in month_ticks(x.high):
        if month < cohort.at_risk.size:
            body.append(label(f"{int(cohort.at_risk[month])}", x(month), y, "middle", kind="risk"))
    return "".join(body)
