"""Resident committee: people from firms who know what is amiss and settle what they can."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import choice, lever, number

SELECTIONS = ("bridging", "branch_heads", "random")


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return members and how they work; silent without members."""
    if not values["members"]:
        return {}
    here = np.where(intensity > 0, 1.0, np.nan)
    said: dict[str, Any] = {
        "committee_members": values["members"] * intensity,
        "committee_selection": here * SELECTIONS.index(values["selection"]),
        "committee_levels": here * values["levels"],
        "committee_participation": here * values["participation"],
    }
    if values["migrant_coverage"] is not None:
        said["committee_coverage"] = values["migrant_coverage"] * intensity
    return said


LEVER = lever(
    "resident_committee",
    "governance",
    "Governance by people from firms",
    "新阶层自治、治理委员会",
    mechanisms=("M114", "M115", "M116", "M122", "M123"),
    payer="government; firms give members' time",
    source="A-IOT-13",
    compile=rules,
    fields={
        "members": number(
            0, "people", 0, 50, "members, one a firm", "委员人数（每企一人）", source="A-IOT-13",
            intensity=True, integer=True,
        ),
        "selection": choice(
            "bridging", SELECTIONS, "who: firms that know most others, the largest, or any", "产生方式"
        ),
        "levels": number(
            3, "levels", 1, 3, "levels to which it can take a case", "议事层级", source="A-ST-09",
            integer=True,
        ),
        "participation": number(0.5, "share", 0, 1, "members who take part", "参与率"),
        "migrant_coverage": number(
            None, "share", 0, 1, "migrant workers it speaks for (null: as in the place)", "外来工人覆盖"
        ),
    },
)  # fmt: skip
