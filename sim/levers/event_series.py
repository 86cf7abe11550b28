"""Event series: meetings, party nights, festivals and joint events."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Bill, choice, lever, number

FORMATS = ("matching", "social", "workshop", "show", "festival", "youth")


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return events by the month: attendance for all formats, own channels for three of them.

    The operator and the hosts of a joint event bear its cost in equal parts.
    """
    monthly = values["per_year"] / 12 * intensity
    parties = 1 + values["host_firms"]
    said: dict[str, Any] = {
        "event_person_days": monthly * values["days"] * values["attendees"],
        "event_hosts": monthly * values["host_firms"],
        "bill": Bill("events", operator=monthly * values["cost_cny_event"] / parties),
    }
    if values["host_firms"]:
        said["event_host_fee"] = np.where(intensity > 0, values["cost_cny_event"] / parties, np.nan)
    if values["format"] == "matching":
        said["event_matching"] = monthly
    elif values["format"] == "youth":
        said["event_youth"] = monthly
    elif values["format"] == "festival":
        said["event_festival"] = monthly * values["days"]
    return said


LEVER = lever(
    "event_series",
    "encounters",
    "Meetings, party nights, festivals, joint events",
    "活动、对接会、文化节",
    mechanisms=("M002", "M050", "M056", "M060", "M137"),
    payer="operator, government, host firms",
    source="A-AIO-24",
    compile=rules,
    fields={
        "per_year": number(0, "events/year", 0, 52, "events a year", "每年场次", intensity=True),
        "days": number(1, "days", 1, 10, "days of an event", "每场天数", source="A-AIO-24"),
        "attendees": number(100, "people", 10, 10_000, "people at an event", "每场人数"),
        "format": choice("social", FORMATS, "format", "形式"),
        "host_firms": number(0, "firms", 0, 20, "firms that host it together", "联合主办企业数"),
        "cost_cny_event": number(100_000, "CNY", 0, 5_000_000, "cost of an event", "每场费用"),
    },
)
