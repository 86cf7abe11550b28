"""Public goods for AI firms: shared corpora, models and help with open source."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Bill, lever, number


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return speed and monthly cost of the goods on offer."""
    goods = values["goods"] * intensity
    return {
        "goods_speed": goods * values["speed_gain"],
        "bill": Bill("public_goods", public=goods * values["cost_cny_year"] / 12),
    }


LEVER = lever(
    "ai_public_goods",
    "support",
    "Shared corpora, models, open-source help",
    "共享语料、模型服务、开源指导",
    mechanisms=("M019",),
    payer="government, operator",
    source="A-GEN-07",
    compile=rules,
    fields={
        "goods": number(
            0,
            "goods",
            0,
            4,
            "goods on offer",
            "公共品数量",
            source="A-GEN-07",
            intensity=True,
            integer=True,
        ),
        "speed_gain": number(0.05, "share", 0, 0.2, "speed-up per good", "每项提速"),
        "cost_cny_year": number(
            5_000_000, "CNY/year", 0, 50_000_000, "cost per good", "每项年费用"
        ),
    },
)
