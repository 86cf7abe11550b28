"""Compute and model vouchers: a share of the bills for computing and for models."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number


def terms(values: dict[str, Any], intensity: np.ndarray | None) -> dict[str, Any]:
    """Return the terms of an award: the compute cap by month, the model cap by year."""
    return {
        "share": values["rate"],
        "cap": values["cap_cny_year"] / 12,
        "model_share": values["model_rate"],
        "model_cap": values["model_cap_cny_year"],
    }


LEVER = lever(
    "compute_voucher",
    "support",
    "Compute and model voucher",
    "算力券、模型券",
    mechanisms=("M018",),
    payer="government",
    source="L01",
    programme="compute_voucher",
    compile=terms,
    fields={
        "rate": number(
            0,
            "share",
            0,
            0.65,
            "share of the compute bill",
            "算力费用补贴比例",
            source="L04",
            intensity=True,
        ),
        "cap_cny_year": number(
            500_000, "CNY/year", 0, 30_000_000, "cap per firm", "每企业年上限", source="L02"
        ),
        "model_rate": number(
            0,
            "share",
            0,
            0.65,
            "share of the bill for models",
            "模型费用补贴比例",
            source="L03",
            intensity=True,
        ),
        "model_cap_cny_year": number(
            2_000_000,
            "CNY/year",
            0,
            2_000_000,
            "cap of the model part",
            "模型券年上限",
            source="L03",
        ),
    },
)
