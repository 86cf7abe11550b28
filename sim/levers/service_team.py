"""Service team: professional staff added to the operator's own, and partners who share its income."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return staff added per firm, their skill and wage, and the partners' share."""
    said: dict[str, Any] = {"team_partners": values["partner_share"] * intensity}
    if values["staff_per_100_firms"]:
        here = np.where(intensity > 0, 1.0, np.nan)
        said["team_staff"] = values["staff_per_100_firms"] / 100 * intensity
        said["team_skill"] = here * values["skill"]
        said["team_wage"] = here * values["wage_cny_month"]
    return said


LEVER = lever(
    "service_team",
    "services",
    "Professional team and community partners",
    "专业运营团队、社区合伙人",
    mechanisms=("M105", "M106"),
    payer="operator; partners by share",
    compile=rules,
    fields={
        "staff_per_100_firms": number(
            None,
            "people/100 firms",
            0,
            50,
            "staff added to the place's own (null = none)",
            "每百家企业增配人员",
            intensity=True,
        ),
        "skill": number(1, "ratio", 0.5, 2, "skill over that of the place's own", "团队能力"),
        "partner_share": number(
            0, "share", 0, 1, "service income of partners", "合伙人分成", intensity=True
        ),
        "wage_cny_month": number(20_000, "CNY/month", 8_000, 50_000, "wage", "月薪"),
    },
)
