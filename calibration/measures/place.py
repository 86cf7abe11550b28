"""PAT10, PAT11 and PAT12: how a place grows, what its operator earns, what success costs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from calibration.panel import Panel, moved
from sim.indicators import SOLD
from sim.state.ledger import (
    BRAND_FEE,
    DISTRIBUTION,
    DIVIDEND,
    EXIT,
    MANAGEMENT_FEE,
    OPERATOR,
    PURPOSES,
    REDEMPTION,
    RENT,
    RENT_SUBSIDY,
    SERVICE_FEE,
)

EQUITY = (EXIT, DIVIDEND, REDEMPTION, DISTRIBUTION)
SERVICES = (SERVICE_FEE, MANAGEMENT_FEE, *SOLD)
COVER, DEBT = PURPOSES.index("cover"), PURPOSES.index("debt_service")
INVESTS = ("capital_call", "operator_funds", "investment")
NOTHING = 0.01  # of gross rent
DEPRECIATION_YEARS = 40  # of buildings, in the account of profit only
FULL, HALF = 0.05, 0.5  # vacancy below which a place is full, and half full


def growth(panel: Panel) -> np.ndarray:
    """Return yearly growth of the number of firms, shape (years,)."""
    firms = np.concatenate([[panel.at(-1).size], panel.column("firms")[11::12]])
    return firms[1:] / firms[:-1] - 1


def life_cycle(panel: Panel) -> dict[str, float]:
    """Return growth in take-off, in build-out and once full, with the rents then.

    Build-out is the half of its floor that a place fills last; single years are luck, so means count.
    """
    g = growth(panel)
    vacancy = panel.column("vacancy")[11::12]
    rent = panel.column("rent_office")[11::12]
    full, half = np.flatnonzero(vacancy < FULL), np.flatnonzero(vacancy < HALF)
    filled = int(full[0]) if full.size else g.size
    from_ = int(half[0]) if half.size else g.size
    build = g[min(from_, filled - 1) : filled + 1]
    late = slice(filled + 1, filled + 11)
    enough = g[late].size >= 5
    return {
        "take_off": float(g[:3].mean()),
        "build_out": float(build.mean()) if full.size and build.size else math.nan,
        "at_capacity": float(g[late].mean()) if enough else math.nan,
        "rent_at_capacity": float(rent[late][-1] / rent[filled] - 1) if enough else math.nan,
        "years_to_full": float(filled + 1) if full.size else math.nan,
    }


def entry_mix(panel: Panel) -> dict[str, float]:
    """Return net firms a year and the share of entrants that moved in."""
    entries, moved_in = panel.column("entries").sum(), panel.column("entries_relocated").sum()
    net = panel.column("firms")[-1] - panel.at(-1).size
    return {
        "relocated_share": float(moved_in / max(entries, 1)),
        "net_firms_year": float(net * 12 / panel.months),
    }


def accounts(panel: Panel) -> dict[str, np.ndarray]:
    """Return the operator's yearly income and cost by kind, CNY, shape (years,) each."""
    years = -(-panel.months // 12)
    inn = np.zeros((years, len(PURPOSES)))
    out = np.zeros((years, len(PURPOSES)))
    for flows, side in ((inn, "payee"), (out, "payer")):
        mine = panel.flows[panel.flows[side] == OPERATOR]
        np.add.at(flows, (mine["year"], mine["purpose"]), mine["amount"])
    invests = [PURPOSES.index(name) for name in INVESTS]
    return {
        "rent": inn[:, RENT],
        "rent_public": inn[:, RENT_SUBSIDY],
        "service": inn[:, list(SERVICES)].sum(axis=1),
        "equity": inn[:, list(EQUITY)].sum(axis=1),
        "brand": inn[:, BRAND_FEE],
        "all": inn.sum(axis=1) - inn[:, COVER],
        "cost": out.sum(axis=1),
        "debt": out[:, DEBT],
        "invested": out[:, invests].sum(axis=1),
    }


def early_operator(panel: Panel) -> dict[str, float]:
    """Return what a new operator lives on, and how long its cumulative cash stays negative."""
    a = accounts(panel)
    income = a["rent"] + a["rent_public"] + a["service"] + a["equity"] + a["brand"]
    rent = (a["rent"] + a["rent_public"])[:5]
    below = np.flatnonzero(np.cumsum(a["all"] - a["cost"]) < 0)
    years = float(below[-1] + 1) if below.size else 0.0
    return {
        "early_rent_share": float(np.min(rent / np.maximum(income[:5], 1))),
        "years_negative": years,
        "occupancy_5y": 1 - float(panel.column("vacancy")[59]),
        "covered": float(panel.flows["amount"][panel.flows["purpose"] == COVER].sum() > 0),
    }


def over(a: float, b: float) -> float:
    """Return a ratio; undefined where there is nothing to set the first against."""
    return a / b if b > 0 else math.nan


def mature_services(panel: Panel) -> dict[str, float]:
    """Return service income over rent, by tenants' own rent and by all rent, last five years."""
    a = accounts(panel)
    service, own, public = (float(a[k][-5:].sum()) for k in ("service", "rent", "rent_public"))
    return {
        "service_own_rent": over(service, own),
        "service_all_rent": over(service, own + public),
    }


def mature_equity(panel: Panel, built: float) -> dict[str, Any]:
    """Return how equity enters profit in years 15 to 25, realised and with fair value.

    Owned floor, which cost `built` CNY a m², is written off; that and interest take the place of what is paid on debt.
    Money put into stakes and funds is no cost but an asset. What is below a hundredth of gross rent is no
    income from equity worth the name, and counts as none; nor does what the engine books for stakes in firms
    that move out of its sight, which an owner would keep.
    """
    a = accounts(panel)
    a["equity"] = np.maximum(a["equity"] - moved_stakes(panel), 0.0)
    depreciation = built / DEPRECIATION_YEARS * np.array(panel.yearly["owned_m2"][1:])
    value = np.array(panel.yearly["operator_value"])
    gain = np.diff(value) - a["invested"]
    years = slice(15, 25)
    equity = (a["equity"] + gain)[years]
    running = a["cost"] - a["invested"] - a["debt"] + interest(panel)
    profit = (a["all"] - running - depreciation + gain)[years]
    over = (profit > 0) & (equity > 0.5 * profit)
    gross = (a["rent"] + a["rent_public"])[years]
    realised = np.where(a["equity"][years] < NOTHING * gross, 0.0, a["equity"][years])
    return {
        "realised_none_of": np.array([(realised == 0).sum(), realised.size], float),
        "equity_years_of": np.array([over.sum(), over.size], float),
        "reinvested": float(a["invested"][years].sum() / max(gross.sum(), 1)),
    }


def interest(panel: Panel) -> np.ndarray:
    """Return the interest on the operator's debt, CNY a year, shape (years,)."""
    rate = float(panel.params["operator"]["debt_rate"][0])
    return rate * np.array(panel.yearly["debt"][1:])


def moved_stakes(panel: Panel) -> np.ndarray:
    """Return what the operator was paid for stakes in firms that moved away, CNY, shape (years,)."""
    years = np.zeros(-(-panel.months // 12))
    last = panel.last()
    last = last[(last["share_operator"] > 0) & (last["sold"] == 0)]
    left, how = panel.fate_of(last["uid"])
    gone = moved(how) & (left < panel.months)
    p = panel.params["exits"][0]
    worth = np.where(last["rounds"] > 0, last["valuation"], 12 * last["income"])
    paid = last["share_operator"] * p["stake_away"] * worth * (1 - p["public_haircut"])
    np.add.at(years, left[gone] // 12, paid[gone])
    return years


def crowding(base: Panel, boom: Panel) -> dict[str, float]:
    """Compare a place whose demand booms with itself: rents, vacancy, and who has to go."""
    last = slice(-12, None)

    def level(panel: Panel, name: str) -> float:
        return float(panel.column(name)[last].mean())

    gain = math.log(level(boom, "revenue") / level(base, "revenue"))
    office = math.log(level(boom, "rent_office") / level(base, "rent_office"))
    home = math.log(level(boom, "rent_home") / level(base, "rent_home"))
    return {
        "boom_gain": gain,
        "office_capitalised": office / gain,
        "home_capitalised": home / gain,
        "boom_rent": level(boom, "rent_office") / float(boom.column("rent_office")[0]),
        "boom_vacancy": level(boom, "vacancy"),
        "boom_leavers": over(
            float(boom.column("leave_rate")[-36:].mean()),
            float(base.column("leave_rate")[-36:].mean()),
        ),
        "boom_unmet": float(boom.column("unmet_space_demand")[-36:].mean()),
        "worker_share": over(_workers(boom), _workers(base)) - 1,
    }


def _workers(panel: Panel) -> float:
    return panel.yearly["workers"][-1] / max(panel.yearly["residents"][-1], 1)


def flats(base: Panel, housed: Panel) -> dict[str, float]:
    """Compare a place with more talent apartments: those who may have them, rents, and workers."""
    return {
        "flats_skilled": over(housed.yearly["skilled"][-1], base.yearly["skilled"][-1]) - 1,
        "flats_workers": housed.yearly["workers"][-1] / max(base.yearly["workers"][-1], 1) - 1,
        "flats_rent": float(housed.column("rent_home")[-12:].mean())
        / float(base.column("rent_home")[-12:].mean()) - 1,
        "flats_keep": float(
            np.nanmean(housed.yearly["kept_flats"]) - np.nanmean(housed.yearly["kept_market"])
        ),
    }  # fmt: skip
