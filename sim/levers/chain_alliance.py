"""Chain alliance: firms of one chain are introduced to each other and housed together."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return introductions a month per firm, and the weight of the chain in where space is offered."""
    return {
        "alliance_introductions": values["introductions_year"] / 12 * intensity,
        "alliance_building": values["same_building"] * intensity,
    }


LEVER = lever(
    "chain_alliance",
    "encounters",
    "Chain alliance and vertical neighbours",
    "产业链联盟、上下楼即上下游",
    mechanisms=("M076",),
    payer="operator and members, half each",
    compile=rules,
    fields={
        "introductions_year": number(
            0,
            "1/year",
            0,
            24,
            "introductions a year per firm",
            "每家企业年引荐次数",
            intensity=True,
        ),
        "same_building": number(
            0,
            "weight",
            0,
            1,
            "share of space offered beside a firm of the chain",
            "同楼配租权重",
            intensity=True,
        ),
    },
)
