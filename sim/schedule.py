"""The month on one page: which process runs when, and what it does."""

from __future__ import annotations

from types import ModuleType

from sim.processes import (
    accounts,
    development,
    encounters,
    exits,
    finance,
    founding,
    governance,
    government,
    hiring,
    housing,
    incubation,
    land,
    location,
    market,
    operator,
    policy,
    rents,
    sales,
    services,
    spillovers,
)  # fmt: skip
from sim.state.watch import allowed, changed, snapshot
from sim.state.world import World

MONTH: tuple[tuple[ModuleType, str], ...] = (
    (policy, "Levers in force set this month's rules; programme budgets are released."),
    (market, "Sector demand, the funding climate and shocks move."),
    (encounters, "People of neighbouring firms meet; ties form and fade."),
    (
        spillovers,
        "Firms learn from ties, institutions and the world, as far as they can absorb it.",
    ),
    (founding, "Universities, giants, firms, returnees and outsiders produce founding teams."),
    (incubation, "Teams complete themselves, apply, are admitted and graduate."),
    (services, "The operator's desks and platforms serve firms until capacity is full."),
    (development, "Products mature from idea to market."),
    (sales, "Orders come in; revenue follows each firm's growth; suppliers are chosen."),
    (accounts, "Firms earn and pay: wages, rent, compute, supplies, fees, taxes, subsidies."),
    (finance, "Funds look at firms and invest; funds return money to their partners."),
    (hiring, "Firms open and fill vacancies; people change jobs."),
    (housing, "Flats are allotted; people come and leave; students graduate."),
    (governance, "Issues arise and are solved; belonging grows or wears off."),
    (location, "Firms with an occasion decide to stay, move or leave; outsiders come in."),
    (exits, "Insolvent firms close; some are sold or listed; stakes are paid; rows leave."),
    (rents, "Asking rents move towards normal vacancy."),
    (land, "Land is sold; floor is built, renewed, converted and opened; firms buy units."),
    (operator, "The operator closes its books and decides on services."),
    (government, "Taxes and subsidies are booked; public accounts close."),
)


def step(world: World) -> None:
    """Run one month; the caller records it and then moves `world.month` on."""
    world.put_in_order()
    for process, _ in MONTH:
        process.step(world)


# Between sites, firms that leave look for another site once they have decided and before they are gone.
_DECIDED = next(k for k, (process, _) in enumerate(MONTH) if process is location) + 1
DECIDING, CARRYING_OUT = slice(0, _DECIDED), slice(_DECIDED, len(MONTH))


def step_part(world: World, part: slice, watched: bool = False) -> None:
    """Run a part of the month, `DECIDING` or `CARRYING_OUT`, as `step` or `step_watched` does."""
    if part is DECIDING:
        world.put_in_order()
    if watched:
        _watched(world, part)
        return
    for process, _ in MONTH[part]:
        process.step(world)


class UndeclaredWriteError(AssertionError):
    """A process changed something that its WRITES do not name."""


def step_watched(world: World) -> None:
    """Run one month and fail where a process writes what it did not declare (slow).

    Raises:
        UndeclaredWriteError: with month, process and what it changed.
    """
    world.put_in_order()
    _watched(world, slice(None))


def _watched(world: World, part: slice) -> None:
    after = snapshot(world)
    for process, _ in MONTH[part]:
        before = after
        process.step(world)
        after = snapshot(world)
        undeclared = changed(before, after) - allowed(process)
        if undeclared:
            name = process.__name__.rsplit(".", 1)[-1]
            raise UndeclaredWriteError(f"month {world.month}: {name} wrote {sorted(undeclared)}")
