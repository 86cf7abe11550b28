"""Operator's weights: from landlord to service firm to shareholder."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number

WEIGHTS = ("rent", "service", "equity", "mission")


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the weights; where some are given the others are 0, where none is the place's hold."""
    if all(values[name] is None for name in WEIGHTS):
        return {}
    here = np.where(intensity > 0, 1.0, np.nan)
    return {f"weight_{name}": here * (values[name] or 0.0) for name in WEIGHTS}


LEVER = lever(
    "operator_weights",
    "operator",
    "From landlord to shareholder",
    "运营商目标权重（房东到股东）",
    mechanisms=("M078",),
    outlay=False,
    payer="operator",
    source="A-DG-01",
    compile=rules,
    sums_to_one=WEIGHTS,
    fields={
        "rent": number(None, "share", 0, 1, "weight on rent", "租金权重"),
        "service": number(None, "share", 0, 1, "weight on services", "服务权重"),
        "equity": number(None, "share", 0, 1, "weight on equity", "股权权重"),
        "mission": number(None, "share", 0, 1, "weight on the mission", "使命权重"),
    },
)
