"""Put a world together: ground, tenants, people, capital, then constants and burn-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.build.capital import (
    balance_books,
    close_old_rounds,
    gather_teams,
    raise_funds,
    seat_operator,
    write_stakes,
)  # fmt: skip
from sim.build.ground import build_homes, lay_ground
from sim.build.layout import asked, laid_out, settle
from sim.build.people import settle_people
from sim.build.solve import solve_founding, solve_leaving, solve_offers, solve_ties
from sim.build.tenants import Luck, found_stock, take_space
from sim.draw import keys, newborns, purpose, uniforms
from sim.levers import all_levers
from sim.processes import all_parameters, encounters, governance, housing, spillovers
from sim.state.catalogue import LAYERS, OPEN_GROUND, SECTORS, ZONES
from sim.state.columns import BRANCH, GRADUATE, SCHOLAR
from sim.state.focus import focus_of
from sim.state.ledger import ENTRY
from sim.state.persons import HOME_M2
from sim.state.rules import compile_rules, stop_month
from sim.state.triggers import Watch
from sim.state.world import World

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.scenario.schema import Initial

_INSTITUTION = purpose("build.institution")
_TRAIT = purpose("build.institution_trait")
_BURN_IN = 24
_STRICT_ENTRIES = 400_000


def build(scenario: Scenario, seed: int, months: int | None = None, strict: bool = False) -> World:
    """Build the world of a scenario at month 0.

    Args:
        scenario: a checked scenario.
        seed: any whole number from 0.
        months: horizon, by default the scenario's.
        strict: keep every ledger entry, for the identities of a strict run.
    """
    if scenario.sites:
        raise ValueError(f"{scenario.name} has several sites; each is built by itself")
    months = months or scenario.months
    initial = scenario.initial
    rules = compile_rules(scenario.levers, all_levers(), months)
    params = {
        name: declared.record(scenario.parameters.get(name))
        for name, declared in all_parameters().items()
    }
    layout = rules.rows[0]
    plain = None
    if asked(layout):
        plain = build(scenario.with_levers(()), seed, months)
        initial = laid_out(initial, layout)
    world = World(seed, months, rules, params)
    world.notes["use_mix"] = initial.grid.use_mix
    world.built = np.zeros(len(rules.spoken))
    world.watch = Watch(rules.triggers)
    if strict:
        world.entries = np.zeros(_STRICT_ENTRIES, ENTRY)
    _norms(world, initial)
    _market(world, initial)
    lay_ground(world, initial)
    build_homes(world, initial)
    firms, luck = found_stock(world, initial)
    world.mix = _mix(firms, initial)
    take_space(world, firms, luck, initial, params["accounts"])
    m, norm = world.market[0], world.norms[0]
    asking = np.array([m["rent_office"], m["rent_lab"], m["rent_production"]])
    firms["rent"] = asking[firms["use"]]
    firms["rent"] *= 1 - norm["old_discount"] * world.cells.rows["old"][firms["cell"]]
    schools = _institutions(world, initial)
    _alma_mater(world, firms, luck)
    settle_people(world, firms, initial, schools)
    close_old_rounds(firms, initial.firms, luck, params["finance"])
    _fees(world, initial)
    balance_books(world, firms, initial.firms, luck)
    raise_funds(world, initial)
    write_stakes(world, firms, initial, luck)
    world.firms.append(firms)
    gather_teams(world, firms, initial)
    seat_operator(world, initial)
    governance.open_issues(world, firms)
    _settle_norms(world, firms)
    world.put_in_order()
    spillovers.count_surroundings(
        world.firms.rows, world.cells.rows, world.norms, params["spillovers"], len(SECTORS)
    )
    spillovers.count_links(world)
    solve_ties(world)
    if plain:
        world.norms["tie_rate"] = plain.norms["tie_rate"]
    _burn_in(world)
    _network_norms(world)
    solve_leaving(world)
    solve_offers(world)
    _solve_founding_unruled(world, months)
    if plain:
        settle(world, plain)
    world.stop_month = stop_month(rules, months)
    return world


def _norms(world: World, initial: Initial) -> None:
    n = world.norms
    firms, people, floor = initial.firms, initial.people, initial.floor
    n["firms"] = firms.total
    in_firms = people.developers_in_firms + people.scientists_in_firms + people.workers_in_firms
    n["staff"] = in_firms
    n["developer_share"] = people.developers_in_firms / max(in_firms, 1)
    n["worker_share"] = people.workers_in_firms / max(in_firms, 1)
    n["openings_per_worker"] = firms.vacancy_share
    flats = initial.apartments.units * HOME_M2
    if floor.housing_m2 > flats:  # apartments are no part of the market for homes
        n["vacancy"] = 1 - max(floor.housing_let_m2 - flats, 0.0) / (floor.housing_m2 - flats)
    n["city_factor"] = initial.government.city_factor
    n["rent_office"] = initial.rents.office
    n["rent_lab"] = initial.rents.office * initial.rents.lab_factor
    n["rent_production"] = initial.rents.production or initial.rents.office
    n["price_land"] = initial.rents.land
    n["layers_of_all"] = sum(firms.layers.values()) == firms.total
    for name in ("old_discount", "old_running"):
        n[name] = world.params["land"][name]
    n["rent_home"] = initial.rents.housing
    n["rival_subsidy"] = initial.outside.rival_subsidy
    n["rival_months"] = initial.outside.rival_subsidy_months
    n["rival_rent"] = initial.outside.rival_rent
    n["footloose_share"] = firms.footloose_share
    n["mobility_median"] = firms.mobility_median
    n["mobility_footloose"] = firms.mobility_median_footloose
    n["mobility_sd"] = firms.mobility_sd
    n["living_inside_share"] = people.living_inside_share
    n["migrant_share"] = people.migrant_share
    n["apartments"] = initial.apartments.units
    n["apartments_discount"] = initial.apartments.discount
    n["flats_share"] = initial.apartments.units / max(floor.housing_units, 1)
    n["home_units"] = floor.housing_units
    n["living_access"] = initial.amenities.access
    n["desk_gain"] = initial.operator.search_gain
    n["incubator_places"] = initial.institutions.incubator_places
    n["poc_slots"] = initial.institutions.poc_slots_month
    n["pilot_slots"] = initial.institutions.pilot_slots_month
    n["scene_slots"] = initial.institutions.scene_slots_month
    n["students_total"] = people.students
    n["budget_cny_year"] = initial.government.budget_cny_year
    n["focal"] = SECTORS.index(firms.focal[0])
    n["focus"] = focus_of(firms.focal)
    n["campus_km"] = initial.institutions.distance_km
    n["cell_m"] = initial.grid.cell_m
    n["columns"] = initial.grid.cells_x
    n["lines"] = initial.grid.cells_y
    n["weights_preset"] = 1 - initial.operator.weight_rent
    n["owned_share"] = initial.operator.owned_office_m2 / max(floor.office_m2, 1.0)
    n["runway_mean"] = 12.0
    n["cofounder_mean"] = max(people.developers_in_firms, 1)


def _market(world: World, initial: Initial) -> None:
    m, n = world.market, world.norms
    m["demand"] = 1.0
    m["climate"] = m["wage"] = m["frontier"] = 1.0
    m["openings_per_worker"] = n["openings_per_worker"]
    for use in ("office", "lab", "production", "home"):
        m[f"rent_{use}"] = n[f"rent_{use}"]
    floor = initial.floor
    m["vacancy_office"] = 1 - floor.office_let_m2 / max(floor.office_m2, 1.0)
    m["vacancy_lab"] = 1 - floor.lab_let_m2 / max(floor.lab_m2, 1.0)
    if floor.production_m2 > 0:
        m["vacancy_production"] = 1 - floor.production_let_m2 / floor.production_m2
    m["vacancy_home"] = n["vacancy"]
    m["living_access"] = initial.amenities.access
    m["flats_stock"] = m["flats_held"] = n["apartments"]
    m["flats_discount"] = n["apartments_discount"]
    m["home_relief"] = n["apartments_discount"] * n["flats_share"]
    m["service_effort"] = 1.0


def _mix(firms: np.ndarray, initial: Initial) -> np.ndarray:
    """Return cumulative shares of sectors and of the focal sector's layers, padded to one length.

    Where no layers are told apart the second row is 0.
    """
    own = firms[firms["ambition"] != BRANCH]
    sectors = np.bincount(own["sector"], minlength=len(SECTORS)) / max(own.size, 1)
    counts = np.zeros(len(LAYERS))
    for name, count in initial.firms.layers.items():
        counts[LAYERS.index(name)] = count
    layers = counts / max(counts.sum(), 1)
    width = max(len(SECTORS), len(LAYERS))
    mix = np.ones((2, width))
    mix[0, : len(SECTORS)] = np.cumsum(sectors)
    mix[1] = np.cumsum(layers)[np.minimum(np.arange(width), len(LAYERS) - 1)]
    return mix


def _institutions(world: World, initial: Initial) -> np.ndarray:
    """Fill `institutions`; return the cumulative shares of students."""
    spec = initial.institutions
    n = spec.universities + spec.institutes
    table = world.institutions.make(n)
    if n:
        table["uid"] = np.sort(newborns(8_800_009, n, _INSTITUTION, world.seed))
        traits = keys(world.seed, _TRAIT, 4)
        u = [uniforms(k, table["uid"]) for k in traits]
        rank = np.argsort(np.argsort(u[0], kind="stable"), kind="stable")
        university = rank < spec.universities
        table["kind"] = ~university
        weight = 0.5 + u[1]
        table["faculty"] = spec.faculty * weight / weight.sum()
        taught = np.where(university, weight, 0.0)
        taught = taught / taught.sum() if taught.any() else np.full(n, 1 / n)
        table["students"] = initial.people.students * taught
        table["graduates_per_year"] = spec.graduates_per_year * taught
        table["frontier"] = np.where(university, spec.frontier_university, spec.frontier_institute)
        table["cell"] = (u[2] * len(world.cells)).astype(np.int64)
        world.institutions.append(table)
        return np.cumsum(taught)
    return np.ones(1)


def _alma_mater(world: World, firms: np.ndarray, luck: Luck) -> None:
    """Give the firms of scholars and graduates the institution they came from, by its founding rate."""
    schools, p = world.institutions.rows, world.params["founding"]
    if not len(schools):
        return
    rate = p["faculty_rate"] * schools["faculty"]
    rate = np.cumsum(rate + 3 * p["graduate_rate"] * schools["graduates_per_year"])
    if rate[-1] <= 0:
        return
    picked = np.searchsorted(rate / rate[-1], luck.u(40), side="right")
    from_school = np.isin(firms["origin"], (SCHOLAR, GRADUATE)) & (firms["ambition"] != BRANCH)
    firms["institution"] = np.where(from_school, np.minimum(picked, len(schools) - 1), -1)


def _network_norms(world: World) -> None:
    """Set what the network, the chain and the way to work were like at the start."""
    n, firms = world.norms, world.firms.rows
    chained = firms["layer"] >= 0
    n["chain_mean"] = firms["chain"][chained].mean() if chained.any() else 0.0
    n["peers_mean"] = np.log1p(firms["peers"]).mean() if firms.size else 0.0
    by_sector = np.bincount(firms["sector"], minlength=len(SECTORS))
    services = by_sector[SECTORS.index("services")]
    n["services_each"] = firms.size / services if services else 0.0
    absent = np.flatnonzero(by_sector == 0)
    n["new_sector"] = absent[0] if absent.size else -1
    n["commute"] = world.market["commute"] = housing.mean_commute(world)


def _fees(world: World, initial: Initial) -> None:
    """Set what a head spends on services a month, so that the start's mean is the preset's."""
    world.norms["fee_per_head"] = initial.operator.spend_per_head_year_cny / 12


def _settle_norms(world: World, firms: np.ndarray) -> None:
    n = world.norms
    acc = world.params["accounts"][0]
    take_home = acc["wage_developer"] * n["city_factor"] / 1.3 * 0.78
    home = n["rent_home"] * 30 * (1 - n["apartments_discount"] * n["flats_share"])
    n["burden_mean"] = home / take_home
    world.notes["residents_start"] = int(
        ((world.people.rows.kind > 0) & (world.people.rows.home_cell >= 0)).sum()
    )
    cost = firms["cost"].sum()
    revenue = max(float(firms["income"].sum()), 1.0)
    world.norms["operating_cost"] = float(cost / revenue)
    area = len(world.cells) * float(n["cell_m"][0]) ** 2
    n["area_active_km2"] = area / 1e6
    for_plants = np.isin(world.cells.rows["zone"], (ZONES.index("production"), OPEN_GROUND))
    n["industrial_m2"] = for_plants.sum() * float(n["cell_m"][0]) ** 2


def _burn_in(world: World) -> None:
    """Let ties and knowledge settle for 24 months while every other table is frozen."""
    for month in range(-_BURN_IN, 0):
        encounters.meet(world, month)
        spillovers.spill(world)


def _solve_founding_unruled(world: World, months: int) -> None:
    ruled = world.rules
    world.rules = compile_rules((), all_levers(), months)
    solve_founding(world)
    world.rules = ruled
