"""What must hold between the numbers of a place."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.scenario.problems import Mark, Problems
from sim.scenario.schema import Initial
from sim.state.catalogue import FORMS, LAYERS, MENU, SECTORS

TOLERANCE = 1e-6
USES = ("office", "lab", "production", "housing")

# A mistake: path, code, value, allowed.
Finding = tuple[str, str, object, str | tuple[str, ...]]


def class_total(firms: int, staff: float) -> int:
    """Return the staff of a size class, rounded half up."""
    return math.floor(firms * staff + 0.5)


def total_staff(initial: Initial) -> int:
    """Return the staff of all firms, giants' branches included."""
    classes = (*initial.firms.classes, *initial.firms.giants)
    return sum(class_total(one.firms, one.staff) for one in classes)


def check_place(initial: Initial, marks: dict[str, Mark], problems: Problems) -> None:
    """Note every number of a place that does not fit the others."""
    for check in (_names, _sums, _counts, _floor, _order):
        for path, code, value, allowed in check(initial):
            at = marks.get(path, marks.get(path.rpartition(".")[0], marks["initial"]))
            problems.add(code, at, value, allowed=allowed, key=path)


def _names(initial: Initial) -> Iterator[Finding]:
    firms = initial.firms
    for name in firms.sectors:
        if name not in SECTORS:
            yield f"initial.firms.sectors.{name}", "unknown_name", name, SECTORS
    for name in firms.layers:
        if name not in LAYERS:
            yield f"initial.firms.layers.{name}", "unknown_name", name, LAYERS
    present = tuple(firms.sectors)
    for name in firms.focal:
        if name not in firms.sectors:
            yield "initial.firms.focal", "unknown_name", name, present
    if not firms.focal:
        yield "initial.firms.focal", "does_not_add_up", 0, ">= 1 sector"
    if initial.grid.form not in FORMS:
        yield "initial.grid.form", "unknown_name", initial.grid.form, FORMS
    for k, giant in enumerate(firms.giants):
        if giant.sector not in firms.sectors:
            yield f"initial.firms.giants.{k}.sector", "unknown_name", giant.sector, present
    for k, name in enumerate(initial.operator.menu):
        if name not in MENU:
            yield f"initial.operator.menu.{k}", "unknown_name", name, MENU


def _sums(initial: Initial) -> Iterator[Finding]:
    firms, operator = initial.firms, initial.operator
    whole = {
        "initial.firms.age_shares": sum(firms.age_shares),
        "initial.firms.maturity_shares": sum(firms.maturity_shares),
        "initial.firms.rounds_shares": sum(firms.rounds_shares),
        "initial.firms.origin_shares": sum(firms.origin_shares.model_dump().values()),
        "initial.operator.weight_rent": operator.weight_rent
        + operator.weight_service
        + operator.weight_equity
        + operator.weight_mission,
    }
    for path, total in whole.items():
        if abs(total - 1) > TOLERANCE:
            yield path, "does_not_add_up", total, "1"
    ground = sum(initial.grid.zones.model_dump().values())
    if ground > 1 + TOLERANCE:
        yield "initial.grid.zones", "does_not_add_up", ground, "<= 1"


def _counts(initial: Initial) -> Iterator[Finding]:
    firms, people = initial.firms, initial.people
    sized = sum(one.firms for one in (*firms.classes, *firms.giants))
    if sized != firms.total:
        yield "initial.firms.classes", "does_not_add_up", sized, f"{firms.total} firms by sector"
    first = firms.focal[0] if firms.focal else ""
    focal = firms.sectors.get(first, 0)
    layered = sum(firms.layers.values())
    if firms.layers and layered not in (focal, firms.total):  # of the focal sector, or of all
        yield "initial.firms.layers", "does_not_add_up", layered, f"{focal} {first} firms"
    for sector, count in firms.sectors.items():
        giants = sum(one.firms for one in firms.giants if one.sector == sector)
        if giants > count:
            yield "initial.firms.giants", "does_not_add_up", giants, f"<= {count} {sector} firms"
    staff = total_staff(initial)
    employed = people.developers_in_firms + people.scientists_in_firms + people.workers_in_firms
    if staff != employed:
        yield "initial.people", "does_not_add_up", employed, f"{staff} staff of the size classes"
    for kind in ("developers", "scientists", "workers"):
        inside, every = getattr(people, f"{kind}_in_firms"), getattr(people, kind)
        if inside > every:
            yield f"initial.people.{kind}_in_firms", "out_of_range", inside, f"<= {every} {kind}"


def _floor(initial: Initial) -> Iterator[Finding]:
    floor = initial.floor
    for use in USES:
        let, every = getattr(floor, f"{use}_let_m2"), getattr(floor, f"{use}_m2")
        if let > every:
            yield f"initial.floor.{use}_let_m2", "out_of_range", let, f"<= {every:g} m2"
    for use in ("office", "lab", "production"):
        owned, every = getattr(initial.operator, f"owned_{use}_m2"), getattr(floor, f"{use}_m2")
        if owned > every:
            yield f"initial.operator.owned_{use}_m2", "out_of_range", owned, f"<= {every:g}"
    if initial.apartments.units > floor.housing_units:
        units = initial.apartments.units
        yield "initial.apartments.units", "out_of_range", units, f"<= {floor.housing_units} units"


def _order(initial: Initial) -> Iterator[Finding]:
    firms, grid = initial.firms, initial.grid
    if firms.cash_months_low > firms.cash_months_high:
        low, high = firms.cash_months_low, firms.cash_months_high
        yield "initial.firms.cash_months_low", "out_of_range", low, f"<= {high:g} months"
    if list(firms.age_band_years) != sorted(firms.age_band_years):
        ends = "rising years"
        yield "initial.firms.age_band_years", "out_of_range", firms.age_band_years[0], ends
    if firms.total == 0:
        yield "initial.firms.sectors", "does_not_add_up", 0, ">= 1 firm"
    if grid.radius_m is not None and 2 * grid.radius_m > grid.cell_m * min(
        grid.cells_x, grid.cells_y
    ):
        most = grid.cell_m * min(grid.cells_x, grid.cells_y) / 2
        yield "initial.grid.radius_m", "out_of_range", grid.radius_m, f"<= {most:g} m"
