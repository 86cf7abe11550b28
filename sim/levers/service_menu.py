"""Service menu: free base services, and value-added ones at a price."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import lever, number, several
from sim.state.catalogue import MENU


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return base level and its cost, the priced menu as bits, prices and vouchers."""
    here = np.where(intensity > 0, 1.0, np.nan)
    said = {
        "base_level": values["base_level"] * intensity,
        "menu_voucher_rate": values["voucher_rate"] * intensity,
    }
    if values["base_level"]:
        said["base_cost_firm_year"] = here * values["base_cost_cny_firm_year"]
    if values["voucher_rate"]:
        said["menu_voucher_cap"] = here * values["voucher_cap_cny_year"]
    if values["menu"] is not None:
        said["menu_mask"] = here * sum(1 << MENU.index(name) for name in set(values["menu"]))
    if values["price_factor"] is not None:
        said["menu_price"] = here * values["price_factor"]
    if values["base_level"] or values["menu"]:
        said["menu_stage_fit"] = here * values["stage_fit"]
    return said


LEVER = lever(
    "service_menu",
    "services",
    "Free base services, priced value-added menu",
    "基础兜底、增值市场化",
    mechanisms=("M007", "M011", "M014", "M096", "M097"),
    payer="base and voucher: government; menu: firm to operator",
    source="A-GEN-08",
    compile=rules,
    fields={
        "base_level": number(
            0, "share", 0, 1, "level of free base services", "基础服务水平", intensity=True
        ),
        "base_cost_cny_firm_year": number(
            12_000, "CNY/year", 0, 100_000, "cost of the full level per firm", "单家企业年成本"
        ),
        "menu": several(
            None,
            MENU,
            "priced services (null keeps the place's, [] ends them)",
            "增值服务清单",
            source="A-GEN-06",
        ),
        "price_factor": number(
            None, "of cost", 0, 3, "price over cost (null keeps the place's)", "价格与成本之比"
        ),
        "stage_fit": number(0.5, "share", 0, 1, "fit of services to stage", "服务与阶段匹配"),
        "voucher_rate": number(
            0,
            "share",
            0,
            0.5,
            "share of fees paid by voucher",
            "服务券比例",
            source="L04",
            intensity=True,
        ),
        "voucher_cap_cny_year": number(
            200_000,
            "CNY/year",
            0,
            500_000,
            "cap of vouchers per firm",
            "服务券年上限",
            source="L04",
        ),
    },
)
