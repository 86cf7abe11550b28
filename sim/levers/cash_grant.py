"""Cash: a grant once, or a stipend by the month, to teams, firms, founders or workers."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import choice, lever, number

RECIPIENTS = ("team", "firm", "founder", "worker")
PICKS = ("queue", "quality", "wealth")


def terms(values: dict[str, Any], intensity: np.ndarray | None) -> dict[str, Any]:
    """Return the terms of an award."""
    return {
        "cny_once": values["cny_once"],
        "cny_month": values["cny_month"],
        "months_max": values["months_max"],
        "recipient": RECIPIENTS.index(values["recipient"]),
        "stake": values["stake"],
        "public_share": values["public_share"],
        "max_per_firm": values["max_per_firm"],
        "milestone": values["milestone"],
        "pick": PICKS.index(values["pick"]),
    }


LEVER = lever(
    "cash_grant",
    "support",
    "Grant or stipend in cash",
    "创业资助与安身津贴",
    mechanisms=("M023",),
    payer="government; operator by its share",
    source="F19",
    programme="cash_grant",
    compile=terms,
    fields={
        "cny_once": number(0, "CNY", 0, 10_000_000, "once", "一次性金额", intensity=True),
        "cny_month": number(0, "CNY/month", 0, 20_000, "by the month", "每月金额", intensity=True),
        "months_max": number(12, "months", 0, 60, "months paid", "发放月数", integer=True),
        "recipient": choice(
            "team",
            RECIPIENTS,
            "who gets it (a firm may be a nascent team; each founder of a team or of a firm that"
            " lives lean; each worker of a firm)",
            "发放对象（企业可为筹备中团队；founder为团队或初创企业的每位创始人；worker为企业的每名工人）",
        ),
        "stake": number(0, "share", 0, 0.10, "stake taken in return", "换取股份"),
        "public_share": number(1, "share", 0, 1, "share paid by the government", "政府承担比例"),
        "max_per_firm": number(1, "awards", 1, 5, "awards per firm", "每家最多次数", integer=True),
        "milestone": number(0, "maturity", 0, 4, "maturity needed", "所需成熟度", integer=True),
        "pick": choice("queue", PICKS, "who comes first", "遴选方式"),
    },
)
