"""The runs that patterns are read from: a place without policy, and what it is paired with.

An arm is the place with changes as `--set` takes them, or with another stock at the start. Arms of one
seed meet the same luck, so differences between them are the change's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sim.scenario import load_scenario
from sim.scenario.fresh_parts import scaled_count

MONTHS = 120
VENTURE = 180  # months of the run without policy, for rounds need more of them
LONG = 300  # months that equity needs
STOP = 60  # first month after the end of support
# A new place has a seventh of its offices let, opens at 70% of the market's rent, and its operator has
# borrowed what building cost (model 9, P11).
OPENS_LET, OPENS_RENT, CAPEX = 0.15, 0.70, 15_000.0
PARK = 0.35  # floor of a park by one operator, over the whole place
OWNS = 0.4  # of a new place's offices stay with the operator that built it; it sells the rest
CITY_COST = 35_000.0  # CNY/m2, land and building at the city's prices, where equity is asked about
REINVESTS = 0.3  # of gross rent, into rounds of firms here, where equity is asked about
# The first round that it joins, C: stakes at A and B are so many that some are sold every year.
JOINS = 4
FOLLOWS = (f"finance.follow_from={JOINS}", f"finance.operator_follows={REINVESTS}")


@dataclass(frozen=True)
class Arm:
    """One kind of run: changes by `--set`, a policy, and a change of the stock at the start."""

    name: str
    sets: tuple[str, ...] = ()
    policy: str = "no-policy"
    stock: Callable[[Any], Any] | None = None
    months: int = MONTHS

    def scenario(self, place: str, overrides: tuple[str, ...] = ()) -> Any:
        """Return the checked scenario of this arm; `overrides` hold in every arm."""
        made = load_scenario(
            place, self.policy, months=self.months, overrides=(*overrides, *self.sets)
        )
        if self.stock is None:
            return made
        return replace(made, initial=self.stock(made.initial))


def lever(name: str, **fields: Any) -> tuple[str, ...]:
    """Return `--set` texts that put a lever in force until support stops."""
    return tuple(f"{name}.{key}={value}" for key, value in {**fields, "end": STOP - 1}.items())


def _classes(classes: Any, factor: float) -> tuple[Any, ...]:
    """Return the size classes with fewer firms, half up; the smallest keeps one at least."""
    counts = [math.floor(factor * c.firms + 0.5) for c in classes]
    counts[0] = max(counts[0], 1)
    return tuple(c.model_copy(update={"firms": n}) for c, n in zip(classes, counts, strict=True))


def greenfield(initial: Any, size: float = 1.0) -> Any:
    """Return the stock of a new place, a seventh of its floor let; `size` is its floor over the old."""
    firms = initial.firms
    floor = initial.floor.model_copy(update={
        name: size * getattr(initial.floor, name)
        for name in ("office_m2", "office_let_m2", "lab_m2", "lab_let_m2")
    })  # fmt: skip
    let = OPENS_LET * floor.office_m2
    # The branches of giants do not come at once: firms of its own take the floor.
    standing = sum(c.firms * c.staff for c in firms.classes)
    heads = standing + sum(g.firms * g.staff for g in firms.giants)
    factor = let / max(initial.floor.office_let_m2, 1.0) * heads / max(standing, 1.0)
    classes = _classes(firms.classes, factor)
    count = sum(c.firms for c in classes)
    own = sum(c.firms * c.staff for c in classes)
    let = own / max(heads, 1.0) * initial.floor.office_let_m2
    sectors = _deal(firms.sectors, count)
    # Layers are those of the first focal sector, or of all firms where the chain runs through all.
    through_all = sum(firms.layers.values()) == firms.total
    layers = _deal(firms.layers, count if through_all else sectors[firms.focal[0]])
    people = initial.people
    shares = people.developers_in_firms, people.scientists_in_firms, people.workers_in_firms
    total = max(sum(shares), 1)
    staff = [round(own * s / total) for s in shares]
    staff[0] += int(own + 0.5) - sum(staff)
    outside = (
        people.developers - shares[0], people.scientists - shares[1], people.workers - shares[2]
    )  # fmt: skip
    around = [round(factor * o) for o in outside]
    few = {name: scaled_count(getattr(initial.institutions, name), factor) for name in (
        "universities", "institutes", "faculty", "graduates_per_year", "incubator_places")}  # fmt: skip
    return initial.model_copy(update={
        "firms": firms.model_copy(update={
            "sectors": sectors, "layers": layers, "classes": classes, "giants": (),
        }),
        "people": people.model_copy(update={
            "students": round(people.students * factor),
            "developers": staff[0] + around[0], "developers_in_firms": staff[0],
            "scientists": staff[1] + around[1], "scientists_in_firms": staff[1],
            "workers": staff[2] + around[2], "workers_in_firms": staff[2],
        }),
        "institutions": initial.institutions.model_copy(update=few),
        "floor": floor.model_copy(update={
            "office_let_m2": let, "lab_let_m2": own / heads * initial.floor.lab_let_m2,
        }),
        "rents": initial.rents.model_copy(update={"office": OPENS_RENT * initial.rents.office}),
        "founders": initial.founders.model_copy(
            update={"teams": scaled_count(initial.founders.teams, factor)}
        ),
        "operator": initial.operator.model_copy(update={
            "debt_cny_m2": CAPEX, "owned_office_m2": OWNS * floor.office_m2, "stakes": 0, "stake_share": 0.0,
            "service_staff": initial.operator.service_staff * factor,
            "cash_cny": initial.operator.cash_cny * factor,
        }),
        # Rivals ask what they ask at the mature place, which here is more than the opening rent.
        "outside": initial.outside.model_copy(
            update={"rival_rent": initial.outside.rival_rent / OPENS_RENT}
        ),
    })  # fmt: skip


def at_city_cost(initial: Any) -> Any:
    """Return the stock with an operator that paid the city's prices for its floor."""
    operator = initial.operator.model_copy(update={"debt_cny_m2": CITY_COST})
    return initial.model_copy(update={"operator": operator})


def new_park(initial: Any) -> Any:
    """Return the stock of a small new park, which fills in about the years that B21 tells of."""
    return greenfield(initial, PARK)


def _deal(counts: Any, total: int) -> dict[str, int]:
    """Return whole parts of `total` in proportion to `counts`, by largest remainder."""
    whole = max(sum(counts.values()), 1)
    exact = {name: total * count / whole for name, count in counts.items()}
    parts = {name: int(x) for name, x in exact.items()}
    for name in sorted(exact, key=lambda n: parts[n] - exact[n])[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def no_third_places(initial: Any) -> Any:
    """Return the stock without third places."""
    return initial.model_copy(
        update={"amenities": initial.amenities.model_copy(update={"third_place_cells": 0})}
    )


def cheap_rivals(initial: Any) -> Any:
    """Return the stock with rivals that ask a fifth less."""
    rival = 0.8 * initial.outside.rival_rent
    return initial.model_copy(
        update={"outside": initial.outside.model_copy(update={"rival_rent": rival})}
    )


GRANT = lever(
    "cash_grant", cny_once=1_000_000, recipient="firm", eligible="rounds == 0 and maturity < 3"
)
START_UP = (
    *lever("cash_grant", cny_once=290_000, recipient="team", max_per_firm=1),
    *lever("free_office", m2_per_team=30, months_max=12, teams_max=400),
)
FLATS = ("talent_apartments.units=1500", "talent_apartments.supply=market")
BUILT = (
    *lever("institution_placement", universities=1, institutes=2, faculty_each=3000,
           students_each=20_000, capex_cny_each=70_000_000),
)  # fmt: skip
CAFES = lever("third_places", cells=12)

ARMS = (
    Arm("base", months=VENTURE),
    Arm("today", policy="as-is"),
    Arm("cliff", policy="heavy-rent-subsidy"),
    Arm("boom", ("market.growth=0.15", "market.growth_ai_late=0.15", "market.growth_ai=0.4")),
    Arm("flats", FLATS),
    Arm("cash", START_UP),
    Arm("school", (*START_UP, *lever("mentoring", hours_month=8, accountability=1))),
    Arm("grant", GRANT),
    Arm("second", (*GRANT, "cash_grant.max_per_firm=2")),
    Arm("rent", lever("rent_subsidy", discount=0.5, months_max=60)),
    Arm("built", BUILT),
    Arm("bare", stock=no_third_places),
    Arm("first_cafes", CAFES, stock=no_third_places),
    Arm("more_cafes", CAFES),
    Arm("rivals", stock=cheap_rivals),
    Arm("greenfield", stock=greenfield, months=LONG),
    Arm("park", stock=new_park, months=LONG),
    Arm("mature", stock=at_city_cost, sets=FOLLOWS, months=LONG),
)  # fmt: skip
BY_NAME = {arm.name: arm for arm in ARMS}
