"""Asking rents move towards normal vacancy; owners add floor where space is short (model 6.16).

Plants are built on land of their own, see `land`; a rule on land use may leave no room for more offices.

rent' = rent·(1 + e/12·(v* - v))
"""

from __future__ import annotations

from sim.declare import Parameters, param
from sim.kernel import inlined, kernel
from sim.state.persons import BED_M2, HOME_M2
from sim.state.world import World

READS = ("cells", "market", "norms", "operators", "rule")
WRITES = ("market", "operators.asking", "cells.floor_office", "cells.floor_lab")

PARAMETERS = Parameters(
    "rents",
    speed=param(1.0, "1/year", 0.3, 2.5, "assumption", "speed of asking rents", "租金调整速度"),
    normal_vacancy=param(0.12, "share", 0.05, 0.2, "I08", "normal vacancy", "自然空置率"),
    supply_vacancy=param(0.08, "share", 0.02, 0.15, "assumption", "vacancy below which owners build", "新增供给触发空置率"),
    supply_most=param(0.04, "1/year", 0, 0.1, "assumption", "most floor added a year", "年新增面积上限"),
    flat_crowding=param(0.3, "% of rent per % of stock", 0, 0.8, "assumption", "market rent lifted by flats", "公寓占用抬升租金"),
)  # fmt: skip


@inlined
def vacancy(let, floor, before):
    """Return the share of floor that is not let; `before` where there is no floor."""
    return 1 - let / floor if floor > 0 else before


@kernel
def move_rents(cells, market, norms, operators, weight_rent, production_share_min, p):
    """Measure vacancy and move asking rents; add floor where it is short."""
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
    step = p.speed / 12
    m.rent_office *= 1 + step * (p.normal_vacancy - m.vacancy_office)
    m.rent_lab *= 1 + step * (p.normal_vacancy - m.vacancy_lab)
    m.rent_production *= 1 + step * (p.normal_vacancy - m.vacancy_production)
    m.rent_home *= 1 + step * (norm.vacancy - m.vacancy_home)
    discipline = 1 + weight_rent - 0.35
    operator.asking *= 1 + step * (p.normal_vacancy - m.vacancy_office) * discipline
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
        if add_lab:
            cell.floor_lab *= 1 + grow


def step(world: World) -> None:
    """Move rents by a month."""
    rule = float(world.rule["weight_rent"][0])
    weight = rule if rule == rule else float(world.operators.rows["weight_rent"][0])
    move_rents(
        world.cells.rows, world.market, world.norms, world.operators.rows, weight,
        float(world.rule["production_share_min"][0]), world.params["rents"],
    )  # fmt: skip
