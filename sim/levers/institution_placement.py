"""Institution placement: universities and institutes brought in, built once."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Works, lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the works, universities first, and the size of each institution."""
    wanted = values["universities"] + values["institutes"]
    if not wanted:
        return {}
    since = np.where(np.maximum.accumulate(intensity) > 0, 1.0, np.nan)
    return {
        "placed_universities": since * values["universities"],
        "placed_students": since * values["students_each"],
        "placed_faculty": since * values["faculty_each"],
        "works": Works(
            "institution_placement",
            "placed_institutions",
            wanted * intensity,
            values["capex_cny_each"],
        ),
    }


LEVER = lever(
    "institution_placement",
    "platforms",
    "Universities, institutes, facilities brought in",
    "引进高校院所与大设施",
    mechanisms=("M063",),
    payer="government",
    source="A-DL-01",
    compile=rules,
    fields={
        "universities": number(
            0,
            "institutions",
            0,
            20,
            "universities brought in",
            "引进高校数",
            source="A-DL-02",
            intensity=True,
            integer=True,
        ),
        "institutes": number(
            0,
            "institutions",
            0,
            50,
            "institutes brought in",
            "引进院所数",
            source="A-DL-03",
            intensity=True,
            integer=True,
        ),
        "faculty_each": number(300, "people", 20, 3_000, "faculty of each", "单所教研人员"),
        "students_each": number(
            5_000, "people", 0, 20_000, "students of each university", "单所高校学生"
        ),
        "capex_cny_each": number(
            1_000_000_000, "CNY", 0, 10_000_000_000, "investment in each", "单所投资"
        ),
    },
)
