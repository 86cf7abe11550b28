"""Virtual platform: contacts and search at any distance, and a market for research tasks."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Bill, lever, number, switch


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the rate of contacts, the gain in search, the task market, and what platforms cost.

    Contacts add up over platforms; a firm searches on one at a time, so the gain saturates.
    """
    platforms = values["platforms"] * intensity
    cost = platforms * values["cost_cny_year"] / 12
    return {
        "virtual_contact": platforms * values["contact_rate"],
        "virtual_search": values["search_gain"] * (1 - 0.5**platforms),
        "virtual_tasks": values["task_market"] * np.minimum(platforms, 1.0),
        "bill": Bill("virtual_platform", public=cost / 2, operator=cost / 2),
    }


LEVER = lever(
    "virtual_platform",
    "encounters",
    "Digital platforms and task market",
    "数字平台、研发任务市场",
    mechanisms=("M010", "M058"),
    payer="operator and government, half each",
    source="A-GEN-03",
    compile=rules,
    fields={
        "platforms": number(
            0,
            "platforms",
            0,
            4,
            "platforms",
            "平台数",
            source="A-GEN-03",
            intensity=True,
            integer=True,
        ),
        "contact_rate": number(
            0.00005,
            "1/year per pair",
            0,
            0.0005,
            "contacts of a pair on a platform",
            "每对企业年接触率",
        ),
        "search_gain": number(
            0.2, "share", 0, 1, "faster search with many platforms", "搜寻提速（多平台时）"
        ),
        "task_market": switch(0, "market for research tasks", "研发任务市场"),
        "cost_cny_year": number(
            3_000_000, "CNY/year", 0, 20_000_000, "cost of a platform", "单平台年费用"
        ),
    },
)
