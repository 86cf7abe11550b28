"""Whistle and report: firms call, departments come at once; visits, and a file for each firm."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return what staff do; costs follow cases and firms and are paid by `governance`."""
    here = np.where(intensity > 0, 1.0, np.nan)
    said: dict[str, Any] = {
        "whistle_parallel": values["parallel"] * intensity,
        "whistle_visits": values["visits_month"] * intensity,
        "whistle_files": values["files"] * intensity,
    }
    if values["staff"] is not None:
        said["whistle_staff"] = here * values["staff"]
    return said


LEVER = lever(
    "whistle_report",
    "governance",
    "Whistle and report, firm files",
    "企业吹哨、部门报到、一企一档",
    mechanisms=("M118", "M119", "M120"),
    payer="government",
    source="A-ST-04",
    compile=rules,
    fields={
        "parallel": number(
            0, "share", 0, 1, "departments that come at once when called", "并联办理", intensity=True
        ),
        "staff": number(
            None, "people", 0, 200, "staff that solve issues, the place's own included",
            "办理人员（含原有）", source="A-DRV-19", extensive=True,
        ),
        "visits_month": number(
            0, "1/month", 0, 30, "visits to firms of a member of staff", "人均月走访企业", intensity=True
        ),
        "files": number(0, "share", 0, 1, "firms with a file", "建档企业占比", intensity=True),
    },
)  # fmt: skip
