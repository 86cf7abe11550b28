"""Performance contract: the owner ties the operator's pay to nurture, retention and innovation."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number

MEASURES = ("nurture", "retention", "innovation")


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the bonus and its measures; silent without a bonus."""
    if not values["bonus_share"]:
        return {}
    here = np.where(intensity > 0, 1.0, np.nan)
    said = {f"contract_{name}": here * values[f"w_{name}"] for name in MEASURES}
    return said | {
        "contract_bonus": values["bonus_share"] * intensity,
        "contract_audit": here * values["audit"],
    }


def _weight(en: str, zh: str) -> Any:
    return number(1 / 3, "weight", 0, 1, en, zh, source="A-GEN-09")


LEVER = lever(
    "performance_contract",
    "operator",
    "Performance contract",
    "绩效绑定",
    mechanisms=("M104",),
    payer="government as owner",
    source="A-GEN-09",
    compile=rules,
    fields={
        "bonus_share": number(
            0,
            "share of income",
            0,
            0.5,
            "bonus at full score",
            "满分奖金占运营商收入比",
            intensity=True,
        ),
        "w_nurture": _weight("weight of nurture", "育成权重"),
        "w_retention": _weight("weight of retention", "留存权重"),
        "w_innovation": _weight("weight of innovation", "创新权重"),
        "audit": number(
            0.5,
            "share",
            0,
            1,
            "share of tenants carried for the bonus that an audit finds",
            "审计力度",
        ),
    },
)
