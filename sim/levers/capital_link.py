"""Capital link: firms meet funds faster, and funds share what they know."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return gains in meetings and signal, and the last round that has them."""
    said = {
        "capital_meet_gain": values["meet_gain"] * intensity,
        "capital_signal": values["signal_share"] * intensity,
    }
    if values["meet_gain"] or values["signal_share"]:
        said["capital_stage_to"] = np.where(intensity > 0, float(values["stage_to"]), np.nan)
    return said


LEVER = lever(
    "capital_link",
    "finance",
    "Capital link angel to A, investor alliance",
    "资本一键对接、创投联盟",
    mechanisms=("M022", "M101", "M103"),
    payer="government, operator",
    source="A-HD-19",
    compile=rules,
    fields={
        "meet_gain": number(
            0, "share", 0, 3, "faster meetings with funds", "对接增益", intensity=True
        ),
        "stage_to": number(
            2,
            "round",
            0,
            5,
            "last round that gains (2 is A)",
            "覆盖到的轮次",
            source="A-HD-19",
            integer=True,
        ),
        "signal_share": number(
            0, "share", 0, 1, "noise taken off by syndicates", "联合尽调降噪", intensity=True
        ),
    },
)
