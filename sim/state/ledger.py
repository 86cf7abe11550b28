"""The ledger: `pay` is the only thing that changes cash.

Accounts are the `cash` columns of firms, founding teams, funds and operators, and one purse for each
of the others. Each month's payments add up in `flows`, shape (payer kind, payee kind, purpose), CNY.
Strict runs keep every entry besides, from which `checks` rebuilds each account.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.kernel import inlined

KINDS = (
    "firm", "team", "fund", "operator",
    "households", "government", "owners", "social", "market", "world",
)  # fmt: skip
(
    FIRM, TEAM, FUND, OPERATOR,
    HOUSEHOLDS, GOVERNMENT, OWNERS, SOCIAL, MARKET, WORLD,
) = range(len(KINDS))  # fmt: skip
FIRST_PURSE = HOUSEHOLDS

PURPOSES = (
    "wages", "rent", "rent_waived", "rent_subsidy", "compute", "supplies", "service_fee",
    "management_fee", "tax_revenue", "tax_payroll", "social_charges", "sales", "contract_work",
    "cash_grant", "settlement_grant", "clawback", "compute_voucher", "free_office",
    "award_services", "base_services", "service_voucher", "investment", "founding_capital",
    "capital_call", "distribution", "exit", "dividend", "redemption", "moving", "service_staff",
    "platforms", "public_goods", "amenities", "events", "space_running", "debt_service",
    "cover", "budget", "residents", "closing", "opening", "living", "whistle_report",
    "resident_committee", "talent_apartments", "worker_housing", "returnee_programme",
    "one_stop_station", "mentoring", "market_launch", "tech_transfer", "service_team",
    "incubator", "poc_centre", "pilot_platform", "shared_manufacturing", "shared_lab",
    "scene_opening", "institution_placement",
    "tax_relief", "regulatory_clarity", "third_places", "open_campus", "chain_alliance",
    "virtual_platform", "task_market", "operator_funds", "performance_contract", "forbearance",
    "brand_programme", "brand_fee", "site_transfer", "front_back", "international_links",
    "space_programme", "land", "split_sale", "rooftop_pv", "chain_recruitment", "anchor_project",
    "inputs", "support_floor", "own_building",
)  # fmt: skip
(
    WAGES, RENT, RENT_WAIVED, RENT_SUBSIDY, COMPUTE, SUPPLIES, SERVICE_FEE,
    MANAGEMENT_FEE, TAX_REVENUE, TAX_PAYROLL, SOCIAL_CHARGES, SALES, CONTRACT_WORK,
    CASH_GRANT, SETTLEMENT_GRANT, CLAWBACK, COMPUTE_VOUCHER, FREE_OFFICE,
    AWARD_SERVICES, BASE_SERVICES, SERVICE_VOUCHER, INVESTMENT, FOUNDING_CAPITAL,
    CAPITAL_CALL, DISTRIBUTION, EXIT, DIVIDEND, REDEMPTION, MOVING, SERVICE_STAFF,
    PLATFORMS, PUBLIC_GOODS, AMENITIES, EVENTS, SPACE_RUNNING, DEBT_SERVICE,
    COVER, BUDGET, RESIDENTS, CLOSING, OPENING, LIVING, WHISTLE_REPORT,
    RESIDENT_COMMITTEE, TALENT_APARTMENTS, WORKER_HOUSING, RETURNEE_PROGRAMME,
    ONE_STOP_STATION, MENTORING, MARKET_LAUNCH, TECH_TRANSFER, SERVICE_TEAM,
    INCUBATOR, POC_CENTRE, PILOT_PLATFORM, SHARED_MANUFACTURING, SHARED_LAB,
    SCENE_OPENING, INSTITUTION_PLACEMENT,
    TAX_RELIEF, REGULATORY_CLARITY, THIRD_PLACES, OPEN_CAMPUS, CHAIN_ALLIANCE,
    VIRTUAL_PLATFORM, TASK_MARKET, OPERATOR_FUNDS, PERFORMANCE_CONTRACT, FORBEARANCE,
    BRAND_PROGRAMME, BRAND_FEE, SITE_TRANSFER, FRONT_BACK, INTERNATIONAL_LINKS,
    SPACE_PROGRAMME, LAND, SPLIT_SALE, ROOFTOP_PV, CHAIN_RECRUITMENT, ANCHOR_PROJECT,
    INPUTS, SUPPORT_FLOOR, OWN_BUILDING,
) = range(len(PURPOSES))  # fmt: skip

ENTRY = np.dtype(
    [
        ("payer_kind", np.int64),
        ("payer", np.int64),  # uid; 0 for a purse
        ("payee_kind", np.int64),
        ("payee", np.int64),
        ("purpose", np.int64),
        ("amount", np.float64),
    ]
)


class Books(NamedTuple):
    """Everything that holds cash, and where payments are written down."""

    firms: np.ndarray
    teams: np.ndarray
    funds: np.ndarray
    operators: np.ndarray
    purse: np.ndarray  # CNY, shape (kinds,)
    flows: np.ndarray  # CNY this month, shape (kinds, kinds, purposes)
    entries: np.ndarray  # shape (0,) unless the run is strict
    written: np.ndarray  # entries written, shape (1,)


@inlined
def _add(books, kind, row, amount):
    """Add to one account and return its uid (0 for a purse)."""
    if kind == FIRM:
        books.firms[row].cash += amount
        return books.firms[row].uid
    if kind == TEAM:
        books.teams[row].cash += amount
        return books.teams[row].uid
    if kind == FUND:
        books.funds[row].cash += amount
        return books.funds[row].uid
    if kind == OPERATOR:
        books.operators[row].cash += amount
        return books.operators[row].uid
    books.purse[kind] += amount
    return np.int64(0)


@inlined
def pay(books, payer_kind, payer, payee_kind, payee, purpose, amount):
    """Move `amount` CNY from row `payer` to row `payee` (rows are ignored for purses).

    Nothing is written where the amount is zero; a negative amount is a programming error and is
    caught by strict runs.
    """
    if amount == 0.0:
        return
    giver = _add(books, payer_kind, payer, -amount)
    taker = _add(books, payee_kind, payee, amount)
    books.flows[payer_kind, payee_kind, purpose] += amount
    if books.written[0] < books.entries.size:
        entry = books.entries[books.written[0]]
        entry.payer_kind = payer_kind
        entry.payer = giver
        entry.payee_kind = payee_kind
        entry.payee = taker
        entry.purpose = purpose
        entry.amount = amount
        books.written[0] += 1
