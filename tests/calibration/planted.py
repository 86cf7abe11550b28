"""Panels with a known truth planted in them."""

from __future__ import annotations

import numpy as np

from calibration.panel import KEPT, Panel
from sim.kept import FIRM_FATE

MONTHS = 120
FLOATS = {
    "quality", "revenue", "cost", "income", "valuation", "round_value", "raised", "share_funds",
    "embeddedness", "area", "rent", "knowledge", "x", "y", "support",
}  # fmt: skip
DTYPE = [(n, np.float64 if n in FLOATS else np.int64) for n in (*KEPT, "month")]


def rows_of(firms, months=range(-1, MONTHS)):
    """Return firm-months: `firms` are dicts with `uid` and columns, or functions of the month."""
    found = []
    for firm in firms:
        for month in months:
            if firm.get("from_", -1) <= month < firm.get("until", MONTHS):
                row = np.zeros((), DTYPE)
                row["born"] = -24
                for name, value in firm.items():
                    if name in row.dtype.names:
                        row[name] = value(month) if callable(value) else value
                row["month"] = month
                found.append(row)
    rows = np.array(found, DTYPE)
    return rows[np.lexsort((rows["month"], rows["uid"]))]


def fates_of(firms):
    """Return what became of them: `until` is the month of leaving, `how` the end."""
    fates = np.zeros(len(firms), FIRM_FATE)
    for fate, firm in zip(fates, firms, strict=True):
        fate["uid"] = firm["uid"]
        fate["left"] = firm.get("until", -1)
        fate["how"] = firm.get("how", 0)
        fate["registered"] = firm.get("registered", -1)
    return fates[np.argsort(fates["uid"])]


def panel(firms, months=MONTHS):
    """Return a panel of such firms."""
    return Panel(rows_of(firms, range(-1, months)), months, fates_of(firms))
