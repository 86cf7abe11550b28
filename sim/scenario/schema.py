"""What a place is made of: the models of a community's `initial:` block.

Every leaf carries its unit, bounds and, where it has a default, the source of that default. The
models check names, types and bounds of single values; `sim.scenario.consistency` checks what must
hold between them. A loaded place is read by attribute, e.g. `initial.firms.cash_months_low`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.fields import FieldInfo

from sim.declare import ASSUMPTION
from sim.state.catalogue import AGE_BAND_ENDS, LAYERS, SECTORS

MANY = 100_000_000
MUCH = 1e12


class Block(BaseModel):
    """A group of leaves: no unknown key, no silent conversion, no later change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def leaf(unit: str, low: float, high: float, default: Any = ..., source: str = ASSUMPTION) -> Any:
    """Declare a number: unit, inclusive bounds, and default with source if it may be left out."""
    return Field(default, ge=low, le=high, json_schema_extra={"unit": unit, "source": source})


def leaves(unit: str, default: Any = ..., source: str = ASSUMPTION) -> Any:
    """Declare a list or mapping of numbers, whose bounds stand on its element type."""
    return Field(default, json_schema_extra={"unit": unit, "source": source})


def unit_of(info: FieldInfo) -> str:
    """Return the unit that a leaf was declared with, or "" for a block."""
    extra = info.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def source_of(info: FieldInfo) -> str:
    """Return the source of a leaf's default value."""
    extra = info.json_schema_extra
    return str(extra.get("source", ASSUMPTION)) if isinstance(extra, dict) else ASSUMPTION


Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=MANY)]
FourShares = Annotated[tuple[Share, Share, Share, Share], Field(strict=False)]
FourYears = Annotated[tuple[float, float, float, float], Field(strict=False)]
FiveShares = Annotated[tuple[Share, Share, Share, Share, Share], Field(strict=False)]
SevenShares = Annotated[tuple[Share, Share, Share, Share, Share, Share, Share], Field(strict=False)]


class Zones(Block):
    """Shares of the ground by zone; what is left of 1 is open ground without floor area."""

    campus: float = leaf("share", 0, 1, 0.0)
    park: float = leaf("share", 0, 1, 0.0)
    street: float = leaf("share", 0, 1, 0.0)
    production: float = leaf("share", 0, 1, 0.0)
    housing: float = leaf("share", 0, 1, 0.0)
    front: float = leaf("share", 0, 1, 0.0)
    back: float = leaf("share", 0, 1, 0.0)


class Grid(Block):
    """The ground: square cells, of which a disc or all are active.

    In a corridor the street runs along the middle line; in a field it lies like the other zones.
    """

    cells_x: int = leaf("cells", 2, 2000)
    cells_y: int = leaf("cells", 2, 2000)
    cell_m: float = leaf("m", 10, 1000, 50.0)
    radius_m: float | None = leaf("m", 50, 100_000, None)
    far: float = leaf("floor area / land", 0.1, 15)
    zones: Zones
    form: str = "field"
    interleave: float = leaf("share", 0, 1, 1.0)
    use_mix: float = leaf("share", 0, 1, 0.0)


class SizeClass(Block):
    """So many firms of the place's own, of a mean staff."""

    firms: int = leaf("firms", 0, MANY)
    staff: float = leaf("people", 1, 100_000)


class GiantClass(SizeClass):
    """Branches of giants, counted in the firms of `sector`.

    Those with a month in which their work here ends, such as builders, need no floor and leave then.
    """

    sector: str
    leaves_month: int | None = leaf("month", 1, 600, None)


class Origins(Block):
    """Where the founders of the standing firms came from."""

    scholar: float = leaf("share", 0, 1, 0.06)
    graduate: float = leaf("share", 0, 1, 0.20)
    giant_leaver: float = leaf("share", 0, 1, 0.14)
    spin_out: float = leaf("share", 0, 1, 0.12)
    returnee: float = leaf("share", 0, 1, 0.06)
    independent: float = leaf("share", 0, 1, 0.17)
    relocated: float = leaf("share", 0, 1, 0.25)


class Firms(Block):
    """Firms at month 0: how many, of what sector, layer and size, and the state they are in."""

    sectors: dict[str, Count] = leaves("firms")
    focal: Annotated[tuple[str, ...], Field(strict=False)]
    layers: dict[str, Count] = leaves("firms")
    classes: Annotated[tuple[SizeClass, ...], Field(strict=False)]
    giants: Annotated[tuple[GiantClass, ...], Field(strict=False)] = ()
    age_shares: FourShares = leaves("share", (0.16, 0.38, 0.22, 0.24), "A14")
    age_band_years: FourYears = leaves("years", tuple(float(end) for end in AGE_BAND_ENDS), "A14")
    origin_shares: Origins = Origins()
    maturity_shares: FiveShares = leaves("share", (0.10, 0.20, 0.20, 0.15, 0.35))
    vacancy_share: float = leaf("share", 0, 0.5, 0.05)
    owners_share: float = leaf("share", 0, 1, 0.02)
    lease_months: int = leaf("months", 1, 240, 36)
    cash_months_low: float = leaf("months", 0, 60, 3.0, "G12")
    cash_months_high: float = leaf("months", 0, 120, 24.0, "G12")
    grow_large_venture: float = leaf("share", 0, 1, 0.6)
    small_venture: float = leaf("share", 0, 1, 0.10)
    small_grow: float = leaf("share", 0, 1, 0.10)
    large_stay: float = leaf("share", 0, 1, 0.0)
    knowledge_median: float = leaf("index", 0.05, 5, 1.0)
    revenue_head_cny_year: float | None = leaf("CNY/year", 100_000, 10_000_000, None)
    rounds_shares: SevenShares = leaves(
        "share", (0.18, 0.42, 0.24, 0.10, 0.04, 0.015, 0.005), "G08"
    )
    incubated_share: float = leaf("share", 0, 1, 0.10)
    graduated_share: float = leaf("share", 0, 1, 0.15)
    tenure_months_max: int = leaf("months", 0, 600, 60)
    mobility_median: float = leaf("months", 0, 120, 8.0)
    mobility_median_footloose: float = leaf("months", 0, 120, 2.0)
    mobility_sd: float = leaf("log sd", 0, 2, 0.5)
    local_supply: float = leaf("share", 0, 1, 0.10)
    lead_investor_local: float = leaf("share", 0, 1, 0.30)
    footloose_share: float = leaf("share", 0, 1, 0.25)

    @field_validator("focal", mode="before")
    @classmethod
    def _one_or_more(cls, names: Any) -> Any:
        """Take a single track for a list of one."""
        return (names,) if isinstance(names, str) else names

    @field_validator("sectors", "layers")
    @classmethod
    def _in_order(cls, counts: dict[str, int], info: ValidationInfo) -> dict[str, int]:
        """Put names in the order of the catalogue: firms are dealt out by it, not by the file's."""
        names = SECTORS if info.field_name == "sectors" else LAYERS
        order = {name: k for k, name in enumerate(names)}
        return dict(sorted(counts.items(), key=lambda one: order.get(one[0], len(order))))

    @property
    def total(self) -> int:
        """Number of firms at month 0, giants' branches included."""
        return sum(self.sectors.values())


class People(Block):
    """People at month 0; `*_in_firms` are staff of firms, the rest work for others."""

    students: int = leaf("people", 0, MANY)
    developers: int = leaf("people", 0, MANY)
    developers_in_firms: int = leaf("people", 0, MANY)
    scientists: int = leaf("people", 0, MANY)
    scientists_in_firms: int = leaf("people", 0, MANY)
    workers: int = leaf("people", 0, MANY)
    workers_in_firms: int = leaf("people", 0, MANY)
    migrant_share: float = leaf("share", 0, 1, 0.5)
    living_inside_share: float = leaf("share", 0, 1, 0.35)
    tenure_mean_years: float = leaf("years", 0.1, 40, 2.5, "H03")


class Institutions(Block):
    """Universities, institutes, incubators, platforms and owners of test scenes."""

    universities: int = leaf("institutions", 0, 1000)
    institutes: int = leaf("institutions", 0, 1000)
    faculty: int = leaf("people", 0, MANY)
    graduates_per_year: int = leaf("people/year", 0, MANY)
    incubators: int = leaf("institutions", 0, 1000, 0)
    incubator_places: int = leaf("places", 0, 100_000, 0)
    poc_slots_month: float = leaf("slots/month", 0, 1000, 0.0)
    pilot_slots_month: float = leaf("slots/month", 0, 1000, 0.0)
    scene_owners: int = leaf("institutions", 0, 1000, 0)
    scene_slots_month: float = leaf("slots/month", 0, 1000, 0.0)
    frontier_university: float = leaf("index", 0, 10, 2.0)
    frontier_institute: float = leaf("index", 0, 10, 3.0)
    distance_km: float = leaf("km", 0, 100, 0.0)


class Floor(Block):
    """Floor area by use, and how much of it is let at month 0."""

    office_m2: float = leaf("m2", 0, MUCH)
    office_let_m2: float = leaf("m2", 0, MUCH)
    lab_m2: float = leaf("m2", 0, MUCH)
    lab_let_m2: float = leaf("m2", 0, MUCH)
    production_m2: float = leaf("m2", 0, MUCH, 0.0)
    production_let_m2: float = leaf("m2", 0, MUCH, 0.0)
    housing_m2: float = leaf("m2", 0, MUCH)
    housing_let_m2: float = leaf("m2", 0, MUCH)
    housing_units: int = leaf("units", 0, MANY)
    amenity_m2: float = leaf("m2", 0, MUCH)
    old_share: float = leaf("share", 0, 1, 0.0)


class Rents(Block):
    """Asking rents at month 0, and the price of land.

    Laboratories and amenities stand in proportion to offices; plants that name no rent cost as much.
    """

    office: float = leaf("CNY/m2/month", 1, 5000)
    housing: float = leaf("CNY/m2/month", 1, 5000)
    lab_factor: float = leaf("of office rent", 0.1, 10, 1.15)
    amenity_factor: float = leaf("of office rent", 0.1, 10, 1.5)
    production: float | None = leaf("CNY/m2/month", 1, 5000, None)
    land: float = leaf("CNY/m2", 10, 1_000_000, 20_000.0)


class Apartments(Block):
    """Talent apartments that stand already; they keep their discount under every policy."""

    units: int = leaf("units", 0, MANY, 0)
    discount: float = leaf("share", 0, 0.6, 0.0)


class Amenities(Block):
    """Third places and what can be reached on foot."""

    third_place_cells: int = leaf("cells", 0, 100_000, 0)
    third_place_draw: float = leaf("share", 0, 1, 0.5)
    access: float = leaf("share", 0, 1, 0.4)
    minutes: float = leaf("minutes", 5, 30, 15.0)


class Founders(Block):
    """Teams that have not founded yet."""

    teams: int = leaf("teams", 0, 1_000_000)
    runway_months: float = leaf("months", 0, 60, 9.0)
    waiting_months_max: int = leaf("months", 0, 60, 6)
    cofounder_share: float = leaf("share", 0, 1, 0.5)
    dual_identity_share: float = leaf("share", 0, 1, 0.3)


class Funds(Block):
    """Funds at month 0: tied to the operator, and others."""

    tied: int = leaf("funds", 0, 10_000)
    other: int = leaf("funds", 0, 10_000)
    capital_cny_each: float = leaf("CNY", 1e5, 1e11)
    seat_local_share: float = leaf("share", 0, 1, 0.5)
    tied_operator_share: float = leaf("share", 0, 0.5, 0.05)


class Operator(Block):
    """The operator's weights, space, people, menu, money and equity at month 0."""

    weight_rent: float = leaf("share", 0, 1)
    weight_service: float = leaf("share", 0, 1)
    weight_equity: float = leaf("share", 0, 1)
    weight_mission: float = leaf("share", 0, 1)
    owned_office_m2: float = leaf("m2", 0, MUCH)
    owned_lab_m2: float = leaf("m2", 0, MUCH, 0.0)
    owned_production_m2: float = leaf("m2", 0, MUCH, 0.0)
    service_staff: float = leaf("people", 0, 100_000)
    cases_month: float = leaf("cases/month per desk", 0, 100_000)
    search_gain: float = leaf("share", 0, 3, 1.0)
    menu: Annotated[tuple[str, ...], Field(strict=False)] = ()
    menu_price_factor: float = leaf("of cost", 0, 3, 1.2)
    spend_per_head_year_cny: float = leaf("CNY/year", 0, 1_000_000, 0.0)
    service_to_rent_target: float = leaf("ratio", 0, 10, 0.9, "A-AIO-22")
    cash_cny: float = leaf("CNY", 0, MUCH)
    debt_cny_m2: float = leaf("CNY/m2", 0, 35_000, 12_000.0)
    stakes: int = leaf("stakes", 0, 100_000, 0)
    stake_share: float = leaf("share", 0, 0.5, 0.0)
    reputation: float = leaf("index", 0, 1, 0.5)
    issue_staff: float = leaf("people", 0, 10_000, 1.0)

    @property
    def owned_m2(self) -> float:
        """All floor for firms that it owns."""
        return self.owned_office_m2 + self.owned_lab_m2 + self.owned_production_m2


class Government(Block):
    """The public side: budget, floor of base services, city factor of wages and costs."""

    budget_cny_year: float = leaf("CNY/year", 0, MUCH)
    base_level: float = leaf("share", 0, 1, 0.3)
    city_factor: float = leaf("factor", 0.2, 3, 1.0)


class Outside(Block):
    """What rival places offer."""

    rival_subsidy: float = leaf("share", 0, 1, 0.20)
    rival_subsidy_months: int = leaf("months", 0, 240, 24)
    rival_rent: float = leaf("of rent here", 0.1, 3, 0.90)


class Initial(Block):
    """The stock of a place at month 0; it keeps its terms under every policy."""

    grid: Grid
    firms: Firms
    people: People
    institutions: Institutions
    floor: Floor
    rents: Rents
    apartments: Apartments = Apartments()
    amenities: Amenities = Amenities()
    founders: Founders
    funds: Funds
    operator: Operator
    government: Government
    outside: Outside = Outside()
