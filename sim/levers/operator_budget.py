"""Operator's budget: nurture or recruit, run or build, one pool of money or many."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number, switch


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the split of spending; a null field leaves the place's own."""
    here = np.where(intensity > 0, 1.0, np.nan)
    names = ("nurture_share", "run_share", "one_pool")
    return {name: here * values[name] for name in names if values[name] is not None}


LEVER = lever(
    "operator_budget",
    "operator",
    "Nurture or recruit, run or build, one pool",
    "育商与招商、运营与建设、资金池",
    mechanisms=("M003", "M111", "M136"),
    outlay=False,
    payer="operator",
    compile=rules,
    fields={
        "nurture_share": number(
            None, "share", 0, 1, "spending on nurture, not recruiting", "育商支出占比"
        ),
        "run_share": number(
            None, "share", 0, 1, "spending on running, not building", "运营支出占比"
        ),
        "one_pool": switch(
            None,
            "one pool of money (0 holds services to what they earn)",
            "资金池统一（0为服务自负盈亏）",
        ),
    },
)
