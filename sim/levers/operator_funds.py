"""Funds with the operator: an industry fund matrix in which operator and government take part."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number, several, switch
from sim.state.catalogue import SECTORS


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return how many funds there shall be, their capital, and who is bound for which part of it."""
    funds = values["funds"] * intensity
    capital = funds * values["capital_cny_each"]
    said = {
        "fund_count": funds,
        "fund_capital": capital,
        "fund_operator": capital * values["operator_share"],
        "fund_public": capital * values["government_share"],
        "fund_local": funds * values["seat_local"],
    }
    if values["funds"] and set(values["sectors"]) != set(SECTORS):
        mask = sum(1 << SECTORS.index(name) for name in set(values["sectors"]))
        said["fund_sectors"] = np.where(intensity > 0, float(mask), np.nan)
    return said


LEVER = lever(
    "operator_funds",
    "finance",
    "Funds with the operator, fund matrix",
    "产业基金参与、基金矩阵",
    mechanisms=("M100", "M102"),
    payer="operator, government, outside partners, by the share of each in every call",
    source="A-AIO-21",
    compile=rules,
    fields={
        "funds": number(
            0,
            "funds",
            0,
            40,
            "funds raised beyond the stock",
            "新增参与基金数",
            source="A-AIO-21",
            intensity=True,
            extensive=True,
            integer=True,
        ),
        "capital_cny_each": number(1e8, "CNY", 1e7, 2e9, "capital of each", "单支规模"),
        "operator_share": number(0.05, "share", 0, 0.5, "operator's share", "运营商份额"),
        "government_share": number(0.2, "share", 0, 0.5, "government's share", "政府份额"),
        "seat_local": switch(1, "seated on the site", "设在本地"),
        "sectors": several(SECTORS, SECTORS, "sectors they invest in", "投资行业"),
    },
)
