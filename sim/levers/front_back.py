"""Front shop, back factory: firms that outgrow the front are led to the back site before they leave."""

from __future__ import annotations

from typing import Any

from sim.declare import lever, number, switch


def rules(values: dict[str, Any], intensity: Any) -> dict[str, Any]:
    """Return the share of leavers referred, from what size, the help with the move, and one account."""
    said = {"front_joint": values["joint_accounts"] * intensity}
    if values["referral"]:
        here = (intensity > 0) * 1.0
        said |= {
            "front_referral": values["referral"] * intensity,
            "front_staff_min": here * values["move_staff_min"],
            "front_head": here * values["move_support_cny_head"],
        }
    return said


LEVER = lever(
    "front_back",
    "region",
    "Front shop, back factory",
    "前店后厂",
    mechanisms=("M107",),
    payer="government",
    compile=rules,
    fields={
        "referral": number(
            0,
            "share",
            0,
            1,
            "large leavers referred to a cheaper site of the same place",
            "引荐到同区域低成本社区的大企业占比",
            intensity=True,
        ),
        "move_staff_min": number(
            50, "people", 10, 500, "least staff of a firm referred", "最低员工数"
        ),
        "move_support_cny_head": number(
            0, "CNY", 0, 20_000, "help with the move, a head", "搬迁人均补助"
        ),
        "joint_accounts": switch(
            0, "one account for the operators of linked sites", "统一核算", intensity=True
        ),
    },
)
