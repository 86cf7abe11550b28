"""Land is sold; floor is built, renewed, converted and opened; firms buy units (model 6.19).

    owners build plants where vacancy < v°·(cost now/cost without rules)^-e, so much a year
    owners turn vacant plants into offices or back where the others are dearer and short, if the rule allows
    P(a firm that can pay buys its unit) = rate/12·(worth/price)^e, worth = rent/yield less for a lock

What is begun is finished; while it is built, the floor is not there. A plant pays for its land, floor
area over the ratio of floor to land, so that a stacked plant needs less of it. Old stock lets for less
and costs more to run until it is renewed. An anchor firm brings a plant of its own.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import keys, newborn, purpose, stream, uniform, uniform2, uniforms
from sim.kernel import inlined, kernel
from sim.state.awards import OTHER, afford
from sim.state.catalogue import OPEN_GROUND, ZONES
from sim.state.columns import (
    BRANCH,
    BY_GOVERNMENT,
    BY_OPERATOR,
    BY_OWNERS,
    CONVERSION,
    HERE,
    LAB,
    NEVER,
    NEW,
    OFFICE,
    PLANT,
    PRODUCTION,
    RELOCATED,
    RENEWAL,
)
from sim.state.costs import full_cost
from sim.state.ledger import (
    ANCHOR_PROJECT,
    FIRM,
    GOVERNMENT,
    HOUSEHOLDS,
    LAND,
    MARKET,
    OPENING,
    OPERATOR,
    OWN_BUILDING,
    OWNERS,
    ROOFTOP_PV,
    SPACE_PROGRAMME,
    SPLIT_SALE,
    SUPPORT_FLOOR,
    WORLD,
    pay,
)  # fmt: skip
from sim.state.persons import join, pick_kind, wage_of, write_person
from sim.state.projects import (
    USES,
    all_floor,
    begin,
    industrial_room,
    land_price,
    plant_ratio,
    put_floor,
    room_under_rule,
    sites,
    under_way,
    work_floor,
)
from sim.state.space import LOW_RISE, STOREY_M2, let, place_in_building
from sim.state.world import World

READS = ("firms", "cells", "market", "norms", "rule", "projects", "people")
WRITES = (
    "projects", "cells", "firms", "people", "buildings", "market.pv_share", "market.support_m2",
    "market.support_reach", "market.task_force", "operators.cash", "operators.debt",
    "operators.owned_m2", "operators.owned_plants", "governments.budget_left",
    "governments.spent_year", "governments.family_spent", "governments.refused", "purse", "flows",
    "tally",
)  # fmt: skip

PARAMETERS = Parameters(
    "land",
    old_discount=param(0.2, "share", 0, 0.5, "assumption", "lower rent of old stock", "老旧存量租金折让"),
    old_running=param(0.3, "of rent", 0, 0.8, "assumption", "running old stock costs more", "老旧存量额外运行成本"),
    renewal_cost=param(0.5, "of new", 0.1, 1, "assumption", "cost of renewal", "更新成本占新建比"),
    conversion_cost=param(0.35, "of new", 0.05, 1, "assumption", "cost of conversion", "转换成本占新建比"),
    conversion_months=param(6, "months", 1, 24, "assumption", "time of renewal and conversion", "更新转换工期"),
    plan_months=param(3, "months", 0, 6, "assumption", "months saved by land sold with a plan", "带方案出让节省月数"),
    plan_cost=param(0.05, "share", 0, 0.2, "assumption", "dearer to build under conditions", "带条件出让增加成本"),
    coverage=param(0.5, "share", 0.3, 0.8, "assumption", "ground covered by a plant", "厂房建筑密度"),
    plant_cost=param(2_500, "CNY/m2", 1_000, 6_000, "assumption", "owners' cost of a plant", "自建厂房成本"),
    plant_months=param(12, "months", 6, 36, "assumption", "owners' time of building a plant", "自建厂房工期"),
    supply_vacancy=param(0.08, "share", 0.02, 0.15, "assumption", "vacancy at which owners build plants", "自建厂房触发空置率"),
    supply_most=param(0.04, "1/year", 0, 0.1, "assumption", "most plant floor owners add a year", "自建厂房年增上限"),
    supply_response=param(1.5, "elasticity", 0, 4, "assumption", "owners' building by its cost", "建设成本弹性"),
    convert_most=param(0.2, "1/year", 0, 0.6, "assumption", "vacant floor that owners convert a year", "空置面积年转换上限"),
    convert_gap=param(1.3, "ratio", 1, 3, "assumption", "rents between which it pays", "转换的租金比门槛"),
    normal_vacancy=param(0.12, "share", 0.05, 0.2, "I08", "normal vacancy", "自然空置率"),
    support_most=param(0.03, "1/year", 0, 0.1, "assumption", "homes and amenities added a year", "配套年增上限"),
    support_cost=param(3_000, "CNY/m2", 1_000, 8_000, "assumption", "their cost", "配套建设成本"),
    support_head=param(2, "m2/head", 0.5, 8, "assumption", "amenities a head that do most of it", "人均配套面积"),
    buy_rate=param(0.3, "1/year", 0, 1, "assumption", "firms that buy a unit at its worth", "按值购房年率"),
    buy_response=param(4, "elasticity", 0, 10, "assumption", "purchases by worth over price", "购房价格弹性"),
    down_payment=param(0.2, "share", 0.05, 1, "assumption", "paid at once", "首付比例"),
    reserve_months=param(2, "months", 0, 12, "assumption", "months of cost kept in cash", "购房后保留现金月数"),
    loan_rate=param(0.04, "1/year real", 0, 0.1, "assumption", "interest on the rest", "购房贷款利率"),
    loan_years=param(15, "years", 5, 30, "assumption", "years to pay it back", "购房贷款年限"),
    rent_yield=param(0.07, "1/year", 0.03, 0.12, "assumption", "rent over the worth of a plant", "厂房租金回报率"),
    lock_discount=param(0.3, "share", 0, 0.8, "assumption", "worth lost by ten years without resale", "转让限制折价"),
    opening_staff=param(0.5, "share", 0.05, 1, "assumption", "staff with which a plant opens", "开业时员工比例"),
    task_gain=param(0.25, "share", 0, 0.6, "assumption", "building time saved by a task force", "攻坚缩短工期"),
    task_staff=param(3, "people", 0, 20, "assumption", "staff time that it takes", "攻坚占用人员"),
    task_cost=param(60_000, "CNY/month", 0, 500_000, "assumption", "cost of a task force", "攻坚力量月成本"),
)  # fmt: skip

# What open ground becomes when a building of a use opens on it.
_ZONE_OF = tuple(ZONES.index(name) for name in ("park", "park", "production"))
# What levers ask for by use: so far, and by the month.
_ASKED = ("build_office", "build_lab", "build_production")
_YEARLY = ("yearly_office", "yearly_lab", "yearly_production")
_BUY = purpose("land.buy")
_WORK = purpose("land.work")
_FIRM = purpose("land.firm")
_STAFF = purpose("land.staff")
_KIND = purpose("land.kind")
_SPOT = purpose("land.spot")
_ENOUGH = 3.0  # times the amenities a head that do most of it, none are added


@kernel
def transfer(books, payer_kind, payee_kind, purpose_of, amount):
    """Move money between two accounts of which there is one each."""
    pay(books, payer_kind, 0, payee_kind, 0, purpose_of, amount)


def due_budget(world: World) -> float:
    """Return what is left of the part of the year's budget that has come due, CNY."""
    government = world.governments.rows[0]
    year = float(government["budget_left"] + government["spent_year"])
    left = year * (world.month % 12 + 1) / 12 - float(government["spent_year"])
    family = float(government["family_cap"][OTHER] - government["family_spent"][OTHER])
    return max(0.0, min(left, float(government["budget_left"]), family))


@kernel
def spend(books, governments, amount, purpose_of):
    """Pay out of the budget what is known to be there."""
    if afford(governments[0], amount):
        pay(books, GOVERNMENT, 0, WORLD, 0, purpose_of, amount)


def finance(world: World, payer: int, wanted: float, unit: float, purpose_of: int) -> float:
    """Pay `unit` CNY a m² for up to `wanted` m²; return the m² that there is money for.

    The operator borrows from the owners of capital, the government pays as its budget allows.
    """
    if wanted <= 0:
        return 0.0
    if payer == BY_GOVERNMENT:
        possible = min(wanted, due_budget(world) / max(unit, 1e-9))
        if possible < wanted:
            world.governments.rows["refused"] += 1
        spend(world.books, world.governments.rows, possible * unit * (1 - 1e-12), purpose_of)
        return possible
    transfer(world.books, OWNERS, WORLD, purpose_of, wanted * unit)
    if payer == BY_OPERATOR:
        world.operators.rows["debt"] += wanted * unit
    return wanted


def buy_land(world: World, payer: int, floor: float, buyer: int = OWNERS) -> None:
    """Sell industrial land for `floor` m² of plants; what it goes below its price is forgone.

    The government builds on land of its own.
    """
    if floor <= 0 or payer == BY_GOVERNMENT:
        return
    land = floor / plant_ratio(world)
    paid = land * land_price(world)
    transfer(world.books, buyer, GOVERNMENT, LAND, paid)
    world.tally["land_forgone"] += land * float(world.norms["price_land"][0]) - paid
    if payer == BY_OPERATOR:
        world.operators.rows["debt"] += paid


def stacking(world: World) -> float:
    """Return by how much a plant is dearer for its storeys and for the conditions of its land."""
    rule, p = world.rule[0], world.params["land"][0]
    dearer = 1.0 + float(p["plan_cost"]) * float(rule["land_conditions"])
    if math.isnan(float(rule["upstairs_far"])):
        return dearer
    storeys = max(1.0, float(rule["upstairs_far"]) / float(p["coverage"]))
    return dearer * (1 + float(rule["upstairs_premium"]) * (storeys - 1))


def opening_month(world: World, months: float) -> int:
    """Return when a plant begun now opens: sooner by fast approval and by land with a plan."""
    rule, p = world.rule[0], world.params["land"][0]
    saved = float(rule["approval_saved"]) + float(p["plan_months"]) * float(rule["land_conditions"])
    return world.month + max(3, round(months - saved))


def open_projects(world: World) -> None:
    """Open what is finished: floor comes to be, old stock is as new, plants begin to work."""
    projects = world.projects.rows
    for k in np.flatnonzero(under_way(world) & (projects["opens"] <= world.month)):
        project = projects[k]
        project["open"] = 1
        cell = world.cells.rows[project["cell"]]
        use, area = int(project["use"]), float(project["m2"])
        cell[f"floor_{USES[use]}"] += area
        if cell["zone"] == OPEN_GROUND:
            cell["zone"] = _ZONE_OF[use]
        if project["kind"] == RENEWAL:
            cell["old"] = 0.0
        elif project["kind"] in (NEW, PLANT) and use == PRODUCTION:
            cell["upstairs"] = project["upstairs"]
        if project["kind"] == NEW and project["payer"] != BY_OWNERS:
            own(world, cell, use, area)
        world.buildings = np.union1d(world.buildings, [project["cell"]])
        if project["kind"] == PLANT:
            open_plant(world, int(k))


def own(world: World, cell: np.void, use: int, area: float) -> None:
    """Count floor of a cell as the operator's; less of it where `area` is below zero."""
    operator = world.operators.rows
    cell[f"owned_{USES[use]}"] += area
    operator["owned_m2"] += area
    if use == PRODUCTION:
        operator["owned_plants"] += area


def spoken_by(world: World, name: str) -> list[tuple[int, dict[str, float]]]:
    """Return number and words of this month of the levers awake that speak of `name`."""
    found = []
    for k, one in enumerate(world.rules.spoken):
        if name not in one.said or (one.trigger >= 0 and not world.watch.held[one.trigger]):
            continue
        said = {
            column: float(np.broadcast_to(value, world.months)[world.month])
            for column, value in one.said.items()
        }
        if not math.isnan(said[name]):
            found.append((k, said))
    return found


def build(world: World, floor: np.ndarray) -> None:
    """Begin what the levers in force ask for and there is money and room for."""
    for k, said in spoken_by(world, "build_cost"):
        for use in (OFFICE, LAB, PRODUCTION):
            wanted = max(0.0, said[_ASKED[use]] - _so_far(world, k, NEW, use))
            wanted = said[_YEARLY[use]] or wanted
            if wanted > 1.0:
                new_floor(world, k, use, wanted, said, floor)
        if said["renew_share"] > 0:
            renew(world, k, said)
        converted = said["convert_m2"] - _so_far(world, k, CONVERSION, -1)
        if converted > 1.0:
            cost = said["build_cost"] * float(world.params["land"]["conversion_cost"][0])
            convert(
                world, k, int(said["convert_from"]), int(said["convert_to"]), converted, cost,
                int(said["build_payer"]), SPACE_PROGRAMME, floor,
            )  # fmt: skip


def _so_far(world: World, lever: int, kind: int, use: int) -> float:
    """Return the m² that a lever has begun of a kind, in a use or (-1) in any."""
    rows = world.projects.rows
    mine = (rows["lever"] == lever) & (rows["kind"] == kind)
    return float(rows["m2"][mine & (rows["use"] == use) if use >= 0 else mine].sum())


def new_floor(
    world: World, lever: int, use: int, wanted: float, said: dict[str, float], floor: np.ndarray
) -> None:
    """Begin `wanted` m² of a use for a lever, as far as rule, room and money allow."""
    wanted = min(wanted, room_under_rule(world, floor, use, converted=False))
    order, room = sites(world, use, floor)
    wanted = min(wanted, float(room[order].sum()))
    unit, opens, payer = (
        said["build_cost"],
        world.month + said["build_months"],
        int(said["build_payer"]),
    )
    if use == PRODUCTION:
        wanted = min(wanted, industrial_room(world, floor))
        unit *= stacking(world)
        opens = opening_month(world, said["build_months"])
    got = finance(world, payer, wanted, unit, SPACE_PROGRAMME)
    if got <= 1.0:
        return
    if use == PRODUCTION:
        buy_land(world, payer, got)
    put_floor(world, use, got, floor, lever=lever, opens=opens, payer=payer)


def renew(world: World, lever: int, said: dict[str, float]) -> None:
    """Begin to renew a month's share of the old stock; what of it is vacant is shut meanwhile."""
    cells, p = world.cells.rows, world.params["land"][0]
    floor = np.array([cells[f"floor_{name}"] for name in USES])
    shut = world.projects.rows["cell"][under_way(world) & (world.projects.rows["kind"] == RENEWAL)]
    old = cells["old"] * floor.sum(axis=0)
    left = said["renew_share"] / 12 * float(old.sum()) + _carried(world, lever)
    old[shut] = 0.0
    luck = uniforms(keys(world.seed, _WORK, 1)[0], cells["uid"])
    for row in np.argsort(luck + (old <= 0), kind="stable"):
        if old[row] <= 0 or left < 0.5 * old[row]:
            break
        unit = said["build_cost"] * float(p["renewal_cost"])
        payer = int(said["build_payer"])
        if payer == BY_GOVERNMENT and unit * old[row] > due_budget(world):
            break
        finance(world, payer, float(old[row]), unit, SPACE_PROGRAMME)
        use = int(floor[:, row].argmax())
        cell = cells[row]
        vacant = max(0.0, float(cell[f"floor_{USES[use]}"] - cell[f"let_{USES[use]}"]))
        cell[f"floor_{USES[use]}"] -= vacant
        begin(world, kind=RENEWAL, lever=lever, use=use, cell=row, m2=vacant, payer=payer,
              opens=world.month + p["conversion_months"])  # fmt: skip
        left -= old[row]
    world.notes[f"renewal_left_{lever}"] = left


def _carried(world: World, lever: int) -> float:
    """Return what is left over of earlier months' renewal, since buildings are renewed whole."""
    return float(world.notes.get(f"renewal_left_{lever}", 0.0))


def convert(
    world: World, lever: int, old: int, new: int, wanted: float, cost: float, payer: int,
    purpose_of: int, floor: np.ndarray,
) -> None:  # fmt: skip
    """Turn vacant floor of one use into another's, as far as the rule on land use allows."""
    if old == new:
        return
    cells = world.cells.rows
    before, after = f"floor_{USES[old]}", f"let_{USES[old]}"
    vacant = np.maximum(cells[before] - cells[after], 0.0)
    if old == PRODUCTION:
        wanted = min(wanted, room_under_rule(world, floor, new, converted=True))
    wanted = min(wanted, float(vacant.sum()))
    wanted = finance(world, payer, wanted, cost, purpose_of)
    luck = uniforms(keys(world.seed, _WORK, 2)[1], cells["uid"])
    for row in np.argsort(luck + (vacant <= 1.0), kind="stable"):
        if wanted <= 1.0 or vacant[row] <= 1.0:
            break
        part = min(wanted, float(vacant[row]))
        cells[before][row] -= part
        # What of the operator's floor is converted is sold with it: owners of the new floor run it.
        lost = max(0.0, float(cells[f"owned_{USES[old]}"][row] - cells[before][row]))
        if lost > 0:
            own(world, cells[row], old, -lost)
        begin(world, kind=CONVERSION, lever=lever, use=new, cell=row, m2=part, payer=payer,
              opens=world.month + world.params["land"]["conversion_months"][0])  # fmt: skip
        floor[old, row] -= part
        floor[new, row] += part
        wanted -= part


def owners_decide(world: World, floor: np.ndarray) -> None:
    """Let owners build plants where they are short, convert vacant ones, and add what staff need."""
    m, p = world.market[0], world.params["land"][0]
    plants = float(floor[PRODUCTION].sum())
    if plants <= 0:
        return
    ratio, own_ratio = plant_ratio(world), float(world.cells.rows["far"][0])
    plain = float(p["plant_cost"]) + float(world.norms["price_land"][0]) / own_ratio
    cost = float(p["plant_cost"]) * stacking(world)
    cheaper = (plain / (cost + land_price(world) / ratio)) ** float(p["supply_response"])
    if m["vacancy_production"] < float(p["supply_vacancy"]) * cheaper:
        wanted = min(plants * float(p["supply_most"]) / 12 * cheaper, industrial_room(world, floor))
        order, room = sites(world, PRODUCTION, floor)
        wanted = min(wanted, float(room[order].sum()))
        if wanted > 1.0:
            finance(world, BY_OWNERS, wanted, cost, OWN_BUILDING)
            buy_land(world, BY_OWNERS, wanted)
            put_floor(world, PRODUCTION, wanted, floor, payer=BY_OWNERS,
                      opens=opening_month(world, float(p["plant_months"])))  # fmt: skip
    rents = (m["rent_office"], m["rent_lab"], m["rent_production"])
    vacancies = (m["vacancy_office"], m["vacancy_lab"], m["vacancy_production"])
    cells = world.cells.rows
    for old, new in ((PRODUCTION, OFFICE), (OFFICE, PRODUCTION)):
        dear = rents[new] > float(p["convert_gap"]) * rents[old]
        if dear and vacancies[new] < float(p["normal_vacancy"]):
            free = np.maximum(cells[f"floor_{USES[old]}"] - cells[f"let_{USES[old]}"], 0.0)
            convert(
                world, -1, old, new, float(free.sum()) * float(p["convert_most"]) / 12,
                float(p["plant_cost"]) * float(p["conversion_cost"]), BY_OWNERS, OWN_BUILDING, floor,
            )  # fmt: skip
    add_support(world, floor)


def add_support(world: World, floor: np.ndarray) -> None:
    """Let owners put homes and amenities beside plants, up to the share that the rule allows."""
    m, p, cells = world.market[0], world.params["land"][0], world.cells.rows
    heads = max(int(world.firms.rows["staff"].sum()), 1)
    most = float(world.rule["support_share_max"][0])
    if not math.isnan(most):
        whole = all_floor(world, floor)
        stands = float(cells["floor_housing"].sum() + cells["floor_amenity"].sum())
        added = min(whole * float(p["support_most"]) / 12, (most * whole - stands) / (1 - most))
        added = min(added, room_under_rule(world, floor, OFFICE, converted=False))
        short = m["vacancy_home"] < float(p["supply_vacancy"]) and world.homes.size > 0
        homes = 0.5 * added if short else 0.0  # the rest for canteens and shops, as staff need them
        need = _ENOUGH * heads * float(p["support_head"]) - float(m["support_m2"])
        shops = min(added - homes, max(need, 0.0))
        if homes + shops > 1.0:
            cost = (homes + shops) * float(p["support_cost"])
            transfer(world.books, OWNERS, WORLD, SUPPORT_FLOOR, cost)
            if homes > 0:
                cells["floor_housing"][world.homes] += homes / world.homes.size
            at = world.buildings[cells["floor_production"][world.buildings] > 0]
            cells["floor_amenity"][at] += shops / max(at.size, 1)
            m["support_m2"] += shops
    if m["support_m2"] > 0:
        m["support_reach"] = 1 - math.exp(-m["support_m2"] / (heads * float(p["support_head"])))


def cover_roofs(world: World) -> None:
    """Put panels on the roofs asked for: the operator on its plants with debt, owners on theirs."""
    m, rule, cells = world.market[0], world.rule[0], world.cells.rows
    more = float(rule["pv_roof"]) - float(m["pv_share"])
    plants = cells["floor_production"]
    if more <= 0 or plants.sum() <= 0:
        return
    storeys = np.ceil(np.maximum(plants, 1.0) / STOREY_M2)
    roof = plants / np.where(cells["upstairs"] > 0, storeys, np.minimum(storeys, LOW_RISE))
    own_share = np.minimum(cells["owned_production"] / np.maximum(plants, 1.0), 1.0)
    of_operator = float((roof * own_share).sum())
    unit = more * float(rule["pv_cost"])
    finance(world, BY_OPERATOR, of_operator, unit, ROOFTOP_PV)
    finance(world, BY_OWNERS, float(roof.sum()) - of_operator, unit, ROOFTOP_PV)
    m["pv_share"] += more


@kernel
def buy_units(books, cells, market, norms, rule, p, tally, key, month):
    """Let tenants of plants buy the units that they lease, of the operator or of other owners."""
    p, rule, m, norm, operator = p[0], rule[0], market[0], norms[0], books.operators[0]
    worth = 12 * m.rent_production / p.rent_yield * (1 - p.lock_discount * rule.split_lock / 120)
    rate = p.buy_rate / 12 * rule.split_allowed
    rate *= (worth / rule.split_price) ** p.buy_response
    monthly = p.loan_rate / 12
    share = 1 - p.down_payment
    part = share / (12 * p.loan_years)
    if monthly > 0:
        part = share * monthly / (1 - (1 + monthly) ** (-12 * p.loan_years))
    for i in range(books.firms.size):
        firm = books.firms[i]
        if (
            firm.fate != HERE
            or firm.use != PRODUCTION
            or firm.owns_space
            or firm.ambition == BRANCH
        ):
            continue
        price = rule.split_price * firm.area
        kept = p.reserve_months * (firm.cost - norm.input_share * firm.revenue)
        if firm.area < rule.split_unit or firm.cash < p.down_payment * price + kept:
            continue
        if uniform(key, firm.uid) >= rate:
            continue
        seller = OPERATOR if firm.landlord else OWNERS
        pay(books, FIRM, i, seller, 0, SPLIT_SALE, p.down_payment * price)
        if firm.landlord:  # the lender pays the operator what the firm still owes
            pay(books, OWNERS, 0, OPERATOR, 0, SPLIT_SALE, share * price)
            sold = min(cells[firm.cell].owned_production, firm.area)
            cells[firm.cell].owned_production -= sold
            operator.owned_m2 = max(operator.owned_m2 - sold, 0.0)
            operator.owned_plants = max(operator.owned_plants - sold, 0.0)
        firm.owns_space, firm.landlord = 1, 0
        firm.loan = part * price
        firm.loan_until = month + int(12 * p.loan_years)
        firm.lease_end = firm.loan_until
        tally[0].units_sold_m2 += firm.area


def begin_anchors(world: World, floor: np.ndarray) -> None:
    """Begin the plants of anchor firms, and send task forces to those under way."""
    p, projects = world.params["land"][0], world.projects.rows
    for k, said in spoken_by(world, "anchor_staff"):
        mine = (projects["lever"] == k) & (projects["kind"] == PLANT)
        heads = math.floor(said["anchor_staff"] - float(projects["staff"][mine].sum()) + 1e-9)
        if heads < 1:
            continue
        area = heads * float(world.params["accounts"]["production_m2_head"][0])
        order, room = sites(world, PRODUCTION, floor)
        order = order[np.argsort(-np.minimum(room[order], area), kind="stable")]
        row = int(order[0]) if order.size else int(np.argmin(floor.sum(axis=0)))
        months = said["anchor_months"] * (1 - float(p["task_gain"]) * said["anchor_task"])
        transfer(world.books, WORLD, MARKET, ANCHOR_PROJECT, said["anchor_capex"])
        buy_land(world, BY_OWNERS, area, buyer=WORLD)
        begin(world, kind=PLANT, lever=k, use=PRODUCTION, cell=row, m2=area, staff=heads,
              purchase=said["anchor_purchase"], task_force=said["anchor_task"],
              payer=BY_OWNERS, opens=opening_month(world, months))  # fmt: skip
        floor[PRODUCTION, row] += area
    rows = world.projects.rows
    helped = np.flatnonzero(under_way(world) & (rows["task_force"] > 0))
    force = float(rows["task_force"][helped].sum())
    paid = force > 0 and pay_task_force(
        world.books, world.governments.rows, force * float(p["task_cost"])
    )
    world.market["task_force"] = force * float(p["task_staff"]) if paid else 0.0
    if force > 0 and not paid:  # without it the months that it would save are lost
        rows["opens"][helped] += 1


@kernel
def pay_task_force(books, governments, cost):
    """Pay a month of task forces; return whether the budget bears it."""
    if not afford(governments[0], cost):
        return False
    pay(books, GOVERNMENT, 0, HOUSEHOLDS, 0, ANCHOR_PROJECT, cost)
    return True


@inlined
def supplies_plants(firm):
    """Return whether a firm makes things that an anchor firm buys."""
    return firm.fate == HERE and firm.use != OFFICE and firm.ambition != BRANCH


@kernel
def start_work(
    books, cells, people, n, heads, full, purchase, market, norms, acc, tally, seed, month
):
    """Give the firm that stands last its plant, people, sales for its full staff, and suppliers.

    Returns the number of people.
    """
    norm, m, acc, count = norms[0], market[0], acc[0], tally[0]
    i = books.firms.size - 1
    firm = books.firms[i]
    let(cells[firm.cell], firm.use, firm.area)
    spot = stream(seed, _SPOT, 0)
    place_in_building(
        firm, cells[firm.cell], norm.cell_m, uniform2(spot, firm.uid, 0),
        uniform2(spot, firm.uid, 1), uniform2(spot, firm.uid, 2),
    )  # fmt: skip
    wage_level = norm.city_factor * m.wage
    kind_key = stream(seed, _KIND, 0)
    for k in range(heads):
        uid = newborn(firm.uid, month, k, _STAFF)
        kind = pick_kind(uniform(kind_key, uid), norm)
        wage = wage_of(kind, acc, wage_level)
        write_person(people, n, uid, kind, i, firm.sector, wage, norm.migrant_share, seed)
        join(firm, kind)
        count.people_born += 1
        n += 1
    cost = full_cost(firm, acc, norm, wage_level)
    kept = 1 - norm.input_share
    firm.revenue = cost * full / heads * (1 + acc.tax_revenue / kept) / kept
    firm.cost = cost + norm.input_share * firm.revenue
    pay(books, WORLD, 0, FIRM, i, OPENING, 6 * cost)
    bought = purchase * (norm.input_share * firm.revenue + acc.other_share * cost)
    staff = 0
    for j in range(i):
        staff += books.firms[j].staff * supplies_plants(books.firms[j])
    for j in range(i):
        if staff > 0 and supplies_plants(books.firms[j]):
            books.firms[j].revenue += bought * books.firms[j].staff / staff
    count.entries += 1
    count.entries_relocated += 1
    return n


def open_plant(world: World, k: int) -> None:
    """Let an anchor firm move into its finished plant with the first of its staff."""
    project, seed, month = world.projects.rows[k], world.seed, world.month
    full = int(project["staff"])
    heads = max(1, round(full * float(world.params["land"]["opening_staff"][0])))
    record = world.firms.make(1)
    values = {
        "uid": newborn_uid(int(project["uid"])), "born": month - 120, "arrived": month,
        "origin": RELOCATED, "cell": project["cell"], "sector": int(world.norms["focal"][0]),
        "layer": -1, "use": PRODUCTION, "maturity": 4, "first_order": month - 120,
        "knowledge": world.market["frontier"][0], "wanted": full, "area": project["m2"],
        "rent": world.market["rent_production"][0], "owns_space": 1, "lease_end": NEVER,
        "growth_due": month + 12, "last_round": month - 120, "sought_since": NEVER,
        "share_founders": 1.0, "subsidy_end": -1, "registered_exit": -1, "incubated_until": -1,
        "dependence_until": -1, "mentor_until": -1, "occasion_until": -1, "satisfaction": 0.5,
        "ambition": BRANCH, "staff_ceiling": full, "runway_at_birth": 6.0,
    }  # fmt: skip
    for name, value in values.items():
        record[name] = value
    world.firms.append(record)
    people = world.people.reserve(heads)
    world.people.n = start_work(
        world.books, world.cells.rows, people, world.people.n, heads, full,
        float(project["purchase"]), world.market, world.norms, world.params["accounts"],
        world.tally, seed, month,
    )  # fmt: skip


@kernel
def newborn_uid(project):
    """Return the uid of the firm that a project brings."""
    return newborn(np.int64(project), 0, 0, _FIRM)


def step(world: World) -> None:
    """Open, cover, sell, build and begin."""
    rule = world.rule
    if world.projects.rows.size:
        open_projects(world)
    firms = world.firms.rows
    if (firms["loan"] > 0).any():
        firms["loan"][firms["loan_until"] <= world.month] = 0.0
    plants = bool((world.cells.rows["floor_production"] > 0).any())
    asked = any(
        "build_cost" in one.said or "anchor_staff" in one.said for one in world.rules.spoken
    )
    if not plants and not asked:
        return
    cover_roofs(world)
    if rule["split_allowed"][0] > 0:
        key = keys(world.seed, _BUY, world.month + 1)[-1]
        buy_units(
            world.books, world.cells.rows, world.market, world.norms, rule, world.params["land"],
            world.tally, key, world.month,
        )  # fmt: skip
    floor = work_floor(world)
    build(world, floor)
    begin_anchors(world, floor)
    owners_decide(world, floor)
