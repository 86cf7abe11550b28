"""Technology transfer: results of institutions are offered to those who might found on them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return results by the month, what a match brings, and the fee on the first round."""
    said: dict[str, Any] = {"transfer_results": values["results_year"] / 12 * intensity}
    if values["results_year"]:
        here = np.where(intensity > 0, 1.0, np.nan)
        said["transfer_gain"] = here * values["match_gain"]
        said["transfer_fee"] = here * values["fee_share"]
    return said


LEVER = lever(
    "tech_transfer",
    "services",
    "Technology transfer",
    "技术转移",
    mechanisms=("M012",),
    payer="institution, firm by fee",
    source="C02",
    compile=rules,
    fields={
        "results_year": number(
            0,
            "results/year",
            0,
            500,
            "results on offer",
            "年可转化成果",
            intensity=True,
            extensive=True,
            integer=True,
        ),
        "match_gain": number(0.2, "share", 0, 1, "gain of the idea by a match", "匹配增益"),
        "fee_share": number(0.03, "share", 0, 0.1, "fee on the first round", "首轮融资转化费率"),
    },
)
