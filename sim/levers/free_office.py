"""Free office: start-up projects without a firm yet sit rent-free for a while."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def terms(values: dict[str, Any], intensity: np.ndarray | None) -> dict[str, Any]:
    """Return the terms of an award to a nascent team."""
    return {
        "share": 1.0,
        "m2": values["m2_per_team"],
        "months_max": values["months_max"],
        "places": values["teams_max"],
        "setup_months": values["setup_months_saved"],
        "recipient": 0,
    }


LEVER = lever(
    "free_office",
    "support",
    "Free office for start-up projects",
    "免费办公场地",
    mechanisms=("M013", "M017"),
    payer="government, operator",
    source="A-HD-18",
    programme="free_office",
    compile=terms,
    fields={
        "m2_per_team": number(
            0, "m2", 0, 200, "free space per team", "每团队免费面积", intensity=True
        ),
        "months_max": number(
            12, "months", 1, 36, "longest stay", "最长月数", source="I13", integer=True
        ),
        "teams_max": number(
            100, "teams", 0, 2000, "teams at once", "同时容纳团队数", extensive=True, integer=True
        ),
        "setup_months_saved": number(
            1, "months", 0, 3, "months saved by registration done for the team", "代办注册节省月数"
        ),
    },
)
