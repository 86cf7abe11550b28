"""Dual identity: scholars may found a firm and keep their post."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number, switch


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the rule; silent while `allowed` is null."""
    if values["allowed"] is None:
        return {}
    here = np.where(intensity > 0, 1.0, np.nan)
    return {
        "dual_allowed": here * values["allowed"],
        "dual_effort": here * values["effort_share"],
        "dual_leave_months": here * values["leave_months"],
    }


LEVER = lever(
    "dual_identity",
    "living",
    "Scholars may found and keep their post",
    "科研人员双重身份",
    mechanisms=("M042",),
    outlay=False,
    payer="institution (wage goes on)",
    source="A-HD-09",
    compile=rules,
    fields={
        "allowed": switch(None, "allowed (null keeps the place's rule)", "是否允许"),
        "effort_share": number(
            0.5, "share", 0.2, 1, "effort of founders who keep a post", "兼职创业投入比例"
        ),
        "leave_months": number(
            36, "months", 0, 60, "full leave from the post", "离岗创业月数", integer=True
        ),
    },
)
