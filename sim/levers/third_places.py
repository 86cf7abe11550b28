"""Third places: cafes, showrooms and culture spaces where people of different firms meet."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.declare import Bill, choice, lever, number

KINDS = ("cafe", "showroom", "culture")


def rules(values: dict[str, Any], intensity: np.ndarray) -> dict[str, Any]:
    """Return the places open of the kind, their draw, and what running them costs."""
    places = values["cells"] * intensity
    if not values["cells"]:
        return {}
    return {
        f"third_{values['kind']}": places,
        "third_draw": np.where(intensity > 0, float(values["draw"]), np.nan),
        "bill": Bill("third_places", operator=places * values["cost_cny_cell_year"] / 12),
    }


LEVER = lever(
    "third_places",
    "encounters",
    "Cafes, showrooms, culture space",
    "第三空间、展厅、文化空间",
    mechanisms=("M054", "M059"),
    payer="operator",
    source="D08",
    compile=rules,
    fields={
        "cells": number(
            0,
            "cells",
            0,
            200,
            "places opened",
            "新增处数",
            intensity=True,
            extensive=True,
            integer=True,
        ),
        "draw": number(0.5, "0..1", 0, 1, "draw of a place", "吸引力", source="D08"),
        "kind": choice("cafe", KINDS, "kind", "类型"),
        "cost_cny_cell_year": number(
            300_000, "CNY/year", 0, 2_000_000, "cost of running a place", "单处年费用"
        ),
    },
)
