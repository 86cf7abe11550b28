"""Linked communities: firms, talent and reputation flow between the sites of a place, queues are pooled."""

from __future__ import annotations

from typing import Any

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: Any) -> dict[str, Any]:
    """Return the strength of the links and the share of spare cases that is lent."""
    return {
        "link_strength": values["link_strength"] * intensity,
        "link_services": values["shared_services"] * intensity,
    }


LEVER = lever(
    "community_links",
    "region",
    "Linked communities",
    "多社区联动",
    mechanisms=("M093", "M110"),
    payer="operators",
    compile=rules,
    fields={
        "link_strength": number(
            0, "share", 0, 1, "strength of the links", "联动强度", intensity=True
        ),
        "shared_services": number(
            0,
            "share",
            0,
            1,
            "spare capacity of desks lent to other sites",
            "窗口余量共享比例",
            intensity=True,
        ),
    },
)
