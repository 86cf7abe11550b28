"""Money at month 0: balanced books, rounds, funds, stakes, the operator and the government."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.build.tenants import Luck
from sim.draw import keys, newborns, normals, purpose, uniforms
from sim.state.catalogue import MENU, ORIGINS
from sim.state.columns import BRANCH, VENTURE
from sim.state.ledger import FUND, OPERATOR
from sim.state.world import World

_FUND = purpose("build.fund")
_STAKE = purpose("build.stake")
_TEAM = purpose("build.team")
_TRAIT = purpose("build.capital_trait")
_STREAM = 8_800_003
_MENU_BITS = {name: 1 << bit for bit, name in enumerate(MENU)}


def menu_mask(names: Any) -> float:
    """Return the bit mask of a list of priced services."""
    return float(sum(_MENU_BITS[name] for name in names))


def close_old_rounds(firms: np.ndarray, spec: Any, luck: Luck, finance: np.ndarray) -> None:
    """Give venture firms their past rounds, and with them valuation and shares."""
    venture = firms["ambition"] == VENTURE
    shares = np.cumsum(spec.rounds_shares)
    rounds = np.minimum(np.searchsorted(shares, luck.u(30), side="right"), 6)
    rounds = np.where(venture, rounds, 0)
    firms["rounds"] = rounds
    funded = rounds > 0
    p = finance[0]
    firms["valuation"] = np.where(funded, p["post_money"] * 2.0 ** (rounds - 1.0), 0.0)
    kept = np.ones(7)
    for r in range(6):
        kept[r + 1] = kept[r] * (1 - p[f"dilution_{r}"])
    firms["share_funds"] = 1 - kept[rounds]
    firms["share_staff"] = 0.10 * kept[rounds]
    firms["share_founders"] = 0.90 * kept[rounds]
    ago = np.floor(luck.u(31) * 21).astype(np.int64)
    firms["last_round"] = np.where(funded, -np.minimum(ago, -firms["born"]), firms["born"])
    last = np.maximum(rounds - 1, 0)
    dilution = np.array([p[f"dilution_{r}"] for r in range(6)])[np.minimum(last, 5)]
    firms["round_value"] = np.where(funded, dilution * firms["valuation"], 0.0)
    firms["raised"] = firms["round_value"] * np.where(funded, 2 - 0.5 ** last.astype(float), 0.0)
    firms["occasion_until"] = np.where(
        funded & (firms["last_round"] > -12),
        np.maximum(firms["occasion_until"], firms["last_round"] + 12),
        firms["occasion_until"],
    )
    firms["lead_investor_local"] = funded & (luck.u(32) < spec.lead_investor_local)


def balance_books(world: World, firms: np.ndarray, spec: Any, luck: Luck) -> None:
    """Set revenue so that wanted staff equals staff plus open posts; draw cash by months of cost."""
    acc = world.params["accounts"][0]
    founding = world.params["founding"][0]
    norm = world.norms[0]
    level = norm["city_factor"]
    wages = level * (
        firms["developers"] * acc["wage_developer"]
        + firms["scientists"] * acc["wage_scientist"]
        + firms["workers"] * acc["wage_worker"]
    )
    lean = (firms["rounds"] == 0) & (firms["maturity"] < 4) & (firms["ambition"] != BRANCH)
    compute = np.where(firms["sector"] == 0, acc["compute_share"], acc["compute_other"])
    rent = firms["area"] * firms["rent"] * (1 - firms["owns_space"])
    fees = norm["fee_per_head"] * firms["staff"] * (firms["ambition"] != BRANCH)
    share = 1 + acc["tax_payroll"] + compute + acc["other_share"]
    full = wages * share + rent + fees
    cost = np.where(lean, wages * acc["lean_share"] * share + rent + fees, full)
    firms["cost"] = cost
    months = spec.cash_months_low + luck.u(33) * (spec.cash_months_high - spec.cash_months_low)
    firms["cash"] = months * cost
    cash_months = world.params["hiring"]["cash_months"][0]
    venture = (firms["ambition"] == VENTURE) & (firms["rounds"] > 0)
    pays = np.where(venture, firms["cash"] / cash_months, 0.0)
    posts = 1 + firms["vacancies"] / np.maximum(firms["staff"], 1)
    ceiling = np.maximum(firms["staff_ceiling"] / firms["staff"], 1.0)
    needed = np.maximum(np.minimum(posts, ceiling) * full - pays, 0.05 * full)
    selling = firms["maturity"] == 4
    if spec.revenue_head_cny_year is not None:
        _buy_inputs(world, firms, needed, spec.revenue_head_cny_year, acc)
    kept = 1 - acc["tax_revenue"] - norm["input_share"]
    firms["revenue"] = np.where(selling, needed / kept, 0.0)
    contract = np.exp(founding["contract_sd"] * luck.z(34)) * founding["contract_median"]
    firms["contract_income"] = np.where(selling, 0.0, np.where(lean, contract * cost, needed))
    firms["income"] = firms["revenue"] + firms["contract_income"]
    firms["cost"] = cost + norm["input_share"] * firms["revenue"]
    firms["burn"] = firms["cost"] - firms["income"]
    scale = world.params["sales"]["spread"][0]
    firms["growth"] = np.where(selling, scale * (luck.u(35) - 0.5), 0.0)
    firms["growth_last"] = firms["growth"]


def _buy_inputs(
    world: World, firms: np.ndarray, needed: np.ndarray, revenue_head: float, acc: Any
) -> None:
    """Solve what share of its revenue a firm of the place pays for what it works on.

    What is left is what staff and space cost, so that a place of makers starts in balance as well.
    """
    head = needed.sum() / max(firms["staff"].sum(), 1) / (1 - acc["tax_revenue"])
    norms = world.norms
    norms["input_share"] = max(0.0, 1 - acc["tax_revenue"]) * max(0.0, 1 - 12 * head / revenue_head)
    usual = world.params["sales"]["capacity"][0] * norms["city_factor"]
    norms["revenue_more"] = revenue_head / usual - 1


def raise_funds(world: World, initial: Any) -> None:
    """Fill `funds`: tied and other, by stage, seat and age."""
    spec = initial.funds
    n = spec.tied + spec.other
    funds = world.funds.make(n)
    if n == 0:
        return
    funds["uid"] = np.sort(newborns(_STREAM, n, _FUND, world.seed))
    traits = keys(world.seed, _TRAIT, 6)
    u = [uniforms(k, funds["uid"]) for k in traits]
    funds["kind"][np.argsort(u[0], kind="stable")[: spec.tied]] = 1
    rank = np.argsort(np.argsort(u[1], kind="stable"), kind="stable") / n
    early, middle = rank < 0.5, (rank >= 0.5) & (rank < 0.85)
    funds["stage_from"] = np.where(early, 0, np.where(middle, 2, 4))
    funds["stage_to"] = np.where(early, 1, np.where(middle, 3, 5))
    local = np.argsort(np.argsort(u[2], kind="stable"), kind="stable") < round(
        spec.seat_local_share * n
    )
    seats = world.buildings[(u[3] * world.buildings.size).astype(np.int64)]
    funds["cell"] = np.where(local, seats, -1)
    age = np.floor(u[4] * 108)
    funds["vintage"] = -age
    funds["capital"] = spec.capital_cny_each
    funds["dry_powder"] = spec.capital_cny_each * np.maximum(0.0, 1 - age / 60)
    funds["called"] = spec.capital_cny_each - funds["dry_powder"]
    funds["operator_share"] = np.where(funds["kind"] == 1, spec.tied_operator_share, 0.0)
    funds["successor"] = age >= 60
    world.funds.append(funds)


def write_stakes(world: World, firms: np.ndarray, initial: Any, luck: Luck) -> None:
    """Write who owns what: one stake of a fund in each funded firm, and the operator's stakes."""
    funded = np.flatnonzero(firms["rounds"] > 0)
    spec = initial.operator
    others = np.flatnonzero(firms["ambition"] != BRANCH)
    own = others[np.argsort(luck.u(36)[others], kind="stable")[: spec.stakes]]
    if spec.stake_share <= 0:
        own = own[:0]
    given = np.minimum(spec.stake_share, firms["share_founders"][own])
    firms["share_founders"][own] -= given
    firms["share_operator"][own] += given
    stakes = world.stakes.make(funded.size + own.size)
    if len(world.funds) and funded.size:
        holders = world.funds.rows["uid"][(luck.u(37)[funded] * len(world.funds)).astype(np.int64)]
        stakes["holder"][: funded.size] = holders
    stakes["holder_kind"] = OPERATOR
    stakes["holder_kind"][: funded.size] = FUND
    rows = np.concatenate([funded, own])
    stakes["firm"] = firms["uid"][rows]
    stakes["share"][: funded.size] = firms["share_funds"][funded]
    stakes["share"][funded.size :] = given
    stakes["cost"][: funded.size] = firms["raised"][funded]
    stakes["preference"][: funded.size] = firms["raised"][funded]
    stakes["month"] = -1
    stakes["round"] = -1
    stakes["round"][: funded.size] = firms["rounds"][funded] - 1
    stakes["uid"] = newborns(_STREAM + 1, rows.size, _STAKE, world.seed)
    world.stakes.append(stakes)


def gather_teams(world: World, firms: np.ndarray, initial: Any) -> None:
    """Fill `founders`: the nascent teams, and one team behind each independent firm."""
    spec = initial.founders
    active = np.flatnonzero(firms["ambition"] != BRANCH)
    n = spec.teams + active.size
    teams = world.founders.make(n)
    teams["uid"] = newborns(_STREAM + 2, n, _TEAM, world.seed)
    traits = keys(world.seed, _TRAIT, 24)
    u = [uniforms(k, teams["uid"]) for k in traits[6:18]]
    z = [normals(k, teams["uid"]) for k in traits[18:24]]
    founding = world.params["founding"][0]
    teams["ability"] = z[0]
    teams["quality"] = z[1]
    teams["idea"] = u[0]
    teams["cofounder"] = u[1] < spec.cofounder_share
    teams["waiting"] = np.floor(u[2] * (spec.waiting_months_max + 1))
    teams["born"] = -teams["waiting"] - 1
    teams["origin"] = np.minimum((u[3] * 6).astype(np.int64), 5)
    teams["dual_identity"] = (teams["origin"] == ORIGINS.index("scholar")) & (
        u[4] < spec.dual_identity_share
    )
    teams["runway"] = spec.runway_months * np.exp(founding["runway_sd"] * z[2])
    teams["sector"] = np.searchsorted(world.mix[0], u[5], side="right")
    teams["knowledge"] = np.exp(0.5 * z[3])
    teams["contract_factor"] = founding["contract_median"] * np.exp(founding["contract_sd"] * z[4])
    small = u[6] < founding["stay_small"]
    teams["ambition"] = np.where(small, 0, np.where(u[7] < founding["venture_share"], VENTURE, 1))
    acc = world.params["accounts"][0]
    cost = 2 * acc["lean_share"] * acc["wage_developer"] * initial.government.city_factor
    teams["cash"] = teams["runway"] * cost
    behind = teams[spec.teams :]
    for name in ("origin", "quality", "sector", "parent", "knowledge", "ambition", "generation"):
        behind[name] = firms[name][active]
    behind["venture"] = firms["uid"][active]
    behind["born"] = firms["born"][active]
    behind["waiting"] = 0
    behind["cofounder"] = 1
    behind["dual_identity"] = (behind["origin"] == ORIGINS.index("scholar")) & (
        u[4][spec.teams :] < spec.dual_identity_share
    )
    behind["cash"] = 0.0
    world.founders.append(teams)


def seat_operator(world: World, initial: Any) -> None:
    """Fill `operators` and `governments`."""
    spec = initial.operator
    operator = world.operators.make(1)
    operator["uid"] = 1
    for name in ("rent", "service", "equity", "mission"):
        operator[f"weight_{name}"] = getattr(spec, f"weight_{name}")
    operator["cash"] = spec.cash_cny
    operator["service_staff"] = spec.service_staff
    operator["capacity"] = spec.cases_month
    operator["reputation"] = spec.reputation
    operator["owned_m2"] = spec.owned_m2
    operator["owned_plants"] = spec.owned_production_m2
    operator["debt"] = spec.debt_cny_m2 * spec.owned_m2
    operator["menu"] = menu_mask(spec.menu)
    operator["price_factor"] = spec.menu_price_factor
    operator["asking"] = initial.rents.office
    operator["effort"] = 1.0
    world.operators.append(operator)
    government = world.governments.make(1)
    government["uid"] = 1
    government["base_level"] = initial.government.base_level
    government["issue_staff"] = spec.issue_staff
    government["budget_left"] = initial.government.budget_cny_year
    world.governments.append(government)
