"""Anchor project: a large firm builds a plant of its own here and opens it on a date."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the staff of the projects begun so far and their terms; what has begun is finished."""
    if not values["staff"]:
        return {}
    so_far = np.maximum.accumulate(intensity)
    here = np.where(so_far > 0, 1.0, np.nan)
    return {
        "anchor_staff": values["staff"] * so_far * (intensity > 0),
        "anchor_capex": here * values["capex_cny"],
        "anchor_months": here * values["build_months"],
        "anchor_purchase": here * values["local_purchase_share"],
        "anchor_task": here * values["task_force"],
    }


LEVER = lever(
    "anchor_project",
    "space",
    "Anchor firm and its task force",
    "龙头项目与攻坚支部",
    mechanisms=("M121", "M130"),
    payer="firm; government for the task force",
    source="A-ST-03",
    compile=rules,
    fields={
        "staff": number(
            0, "people", 0, 50_000, "staff of the plant once it runs in full", "满产员工",
            intensity=True, integer=True,
        ),
        "capex_cny": number(0, "CNY", 0, 100_000_000_000, "investment", "总投资", source="A-ST-03"),
        "build_months": number(24, "months", 6, 48, "time of building", "建设周期", integer=True),
        "local_purchase_share": number(
            0.1, "share", 0, 0.5, "of its other cost, bought from firms here", "本地采购占比"
        ),
        "task_force": number(0, "share", 0, 1, "task force that speeds it up", "攻坚力量"),
    },
)  # fmt: skip
