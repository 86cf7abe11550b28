"""Chain recruitment: firms that a chain lacks are sought outside and placed beside their users."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Bill, choice, lever, number

WHOM = ("missing_link", "largest", "random")


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the effort, whom it looks for and where recruits are placed; half is public money."""
    if not values["effort_cny_year"]:
        return {}
    here = np.where(intensity > 0, 1.0, np.nan)
    half = values["effort_cny_year"] * intensity / 24
    return {
        "recruit_effort": values["effort_cny_year"] * intensity,
        "recruit_rule": here * WHOM.index(values["rule"]),
        "recruit_next_door": here * values["next_door"],
        "bill": Bill("chain_recruitment", public=half, operator=half),
    }


LEVER = lever(
    "chain_recruitment",
    "space",
    "Recruit the missing supplier next door",
    "精准招商、隔墙供应",
    mechanisms=("M073", "M075"),
    payer="operator, government",
    source="A-WC-07",
    compile=rules,
    fields={
        "effort_cny_year": number(
            0, "CNY/year", 0, 20_000_000, "spending on recruitment", "招商投入", intensity=True
        ),
        "rule": choice("missing_link", WHOM, "whom it looks for", "招商对象"),
        "next_door": number(
            0.5, "share", 0, 1, "recruits placed beside a user", "隔墙布局比例"
        ),
    },
)  # fmt: skip
