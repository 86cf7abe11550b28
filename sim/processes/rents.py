"""Asking rents move towards normal vacancy; owners add floor where space is short (model 6.16).

Plants are built on land of their own, see `land`; a rule on land use may leave no room for more offices.

rent' = rent·(1 + (max(e·(v* - v), -most fall) + pull·ln(level/rent))/12)

Vacancy moves rents, and a place is pulled to its level (Hendershott 1996): the rent it opened at, or that
of its rivals where they were dearer. However empty a place, asking rents fall no faster than they did in
the emptiest markets on record (evidence I01, I05). Floor that firms look for and do not find counts as
vacancy below zero; the level of home rents follows the jobs of the place, whose people bid for few homes.
"""

from __future__ import annotations

import math

from sim.declare import Parameters, param
from sim.kernel import inlined, kernel
from sim.state.persons import BED_M2, HOME_M2
from sim.state.world import World

READS = ("cells", "firms", "market", "norms", "operators", "rule", "tally")
WRITES = ("market", "operators.asking", "operators.owned_m2", "operators.debt", "cells.floor_office",
          "cells.floor_lab", "cells.owned_office")  # fmt: skip

PARAMETERS = Parameters(
    "rents",
    speed=param(1.0, "1/year", 0.3, 2.5, "assumption", "speed of asking rents", "租金调整速度"),
    fall_most=param(0.15, "1/year", 0.05, 1.0, "I01", "most that asking rents fall a year by vacancy", "空置致租金年降幅上限"),
    level_pull=param(0.6, "1/year", 0, 1, "assumption", "pull of the place's rent level", "租金水平牵引"),
    home_demand=param(0.53, "elasticity", 0, 1.5, "H05", "home rent level by jobs of the place", "住房租金水平对岗位的弹性"),
    normal_vacancy=param(0.118, "share", 0.05, 0.2, "I08", "normal vacancy", "自然空置率"),
    supply_vacancy=param(0.08, "share", 0.02, 0.15, "assumption", "vacancy below which owners build", "新增供给触发空置率"),
    supply_most=param(0.0215, "1/year", 0, 0.1, "assumption", "most floor added a year", "年新增面积上限"),
    build_cost=param(15_000, "CNY/m2", 8_000, 20_000, "PAT11", "what the operator borrows for added floor", "运营商扩建借款"),
    flat_crowding=param(0.3, "% of rent per % of stock", 0, 0.8, "assumption", "market rent lifted by flats", "公寓占用抬升租金"),
)  # fmt: skip


@inlined
def vacancy(let, floor, before):
    """Return the share of floor that is not let; `before` where there is no floor."""
    return 1 - let / floor if floor > 0 else before


@inlined
def change(rent, level, gap, p):
    """Return by how much of itself a rent moves in a month; `gap` is normal vacancy less vacancy."""
    pressure = max(p.speed * gap, -p.fall_most)
    return (pressure + p.level_pull * math.log(level / rent)) / 12


@kernel
def move_rents(
    cells, market, norms, operators, weight_rent, production_share_min, staff, unmet, p
):  # fmt: skip
    """Measure vacancy and move asking rents; add floor where it is short.

    `staff` works in the firms here; `unmet` m² of floor were looked for this month and not found.
    """
    m, p, norm, operator = market[0], p[0], norms[0], operators[0]
    office = lab = production = home = amenity = 0.0
    let_office = let_lab = let_production = let_home = 0.0
    for c in range(cells.size):
        office += cells[c].floor_office
        lab += cells[c].floor_lab
        production += cells[c].floor_production
        home += cells[c].floor_housing
        amenity += cells[c].floor_amenity
        let_office += cells[c].let_office
        let_lab += cells[c].let_lab
        let_production += cells[c].let_production
        let_home += cells[c].let_housing + cells[c].housing_outside
    m.vacancy_office = vacancy(let_office, office, m.vacancy_office)
    m.vacancy_lab = vacancy(let_lab, lab, m.vacancy_lab)
    m.vacancy_production = vacancy(let_production, production, m.vacancy_production)
    # Apartments and dormitories, let or kept for those who queue, are no part of the market.
    let_home -= m.flats_held * HOME_M2 + m.beds_held * BED_M2
    home -= m.flats_stock * HOME_M2 + m.beds_stock * BED_M2
    m.vacancy_home = vacancy(let_home, home, m.vacancy_home)
    office_gap = p.normal_vacancy - m.vacancy_office
    # A firm that finds no floor beside its own is no sign of a full place while others stand empty.
    office_gap += unmet / max(office + lab, 1.0) * max(0.0, office_gap / p.normal_vacancy)
    lab_gap = p.normal_vacancy - m.vacancy_lab
    production_gap = p.normal_vacancy - m.vacancy_production
    dearer = max(1.0, norm.rival_rent)
    m.rent_office *= 1 + change(m.rent_office, dearer * norm.rent_office, office_gap, p)
    m.rent_lab *= 1 + change(m.rent_lab, dearer * norm.rent_lab, lab_gap, p)
    m.rent_production *= 1 + change(
        m.rent_production, dearer * norm.rent_production, production_gap, p
    )
    homes = norm.rent_home * (max(staff, 1.0) / max(norm.staff, 1.0)) ** p.home_demand
    m.rent_home *= 1 + change(m.rent_home, homes, norm.vacancy - m.vacancy_home, p)
    discipline = 1 + weight_rent - 0.35
    operator.asking *= 1 + discipline * change(
        operator.asking, dearer * norm.rent_office, office_gap, p
    )
    add_office = m.vacancy_office < p.supply_vacancy
    add_lab = m.vacancy_lab < p.supply_vacancy
    if production_share_min > 0 and production > 0:
        whole = office + lab + production + home + amenity
        whole += m.flats_stock * HOME_M2 + m.beds_stock * BED_M2
        if production / (1 + p.supply_most / 12) < production_share_min * whole:
            add_office = add_lab = False
    grow = p.supply_most / 12
    for c in range(cells.size):
        cell = cells[c]
        room = cell.far * norm.cell_m * norm.cell_m * 4
        built = cell.floor_office + cell.floor_lab + cell.floor_production
        if built <= 0 or built > room:
            continue
        if add_office:
            cell.floor_office *= 1 + grow
            # Its own buildings grow with the others: floor to run, and a debt to pay.
            operator.owned_m2 += grow * cell.owned_office
            operator.debt += grow * cell.owned_office * p.build_cost
            cell.owned_office *= 1 + grow
        if add_lab:
            cell.floor_lab *= 1 + grow


def step(world: World) -> None:
    """Move rents by a month."""
    rule = float(world.rule["weight_rent"][0])
    weight = rule if rule == rule else float(world.operators.rows["weight_rent"][0])
    move_rents(
        world.cells.rows, world.market, world.norms, world.operators.rows, weight,
        float(world.rule["production_share_min"][0]),
        float(world.firms.rows["staff"].sum()), float(world.tally["unmet_space"][0]),
        world.params["rents"],
    )  # fmt: skip
