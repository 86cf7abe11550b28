"""A place of one's own from ten numbers: the rest in the proportions of the nearest preset."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.declare import Text
from sim.scenario.consistency import total_staff
from sim.scenario.fresh_parts import apportion, classes_of, grid_of, people_of, scaled_count
from sim.scenario.names import parameters
from sim.scenario.problems import Mark, Problems
from sim.scenario.schema import Initial
from sim.scenario.tree import Value, scalar
from sim.scenario.units import quantity, whole

PRESETS = ("starter-park", "beijing-ai-origin")


@dataclass(frozen=True)
class Asked:
    """One of the ten numbers: unit, inclusive bounds, and what it is."""

    unit: str
    low: float
    high: float
    integer: bool
    text: Text


ASKED: dict[str, Asked] = {
    "firms": Asked("firms", 3, 20_000, True, Text("firms on the site", "园区企业数")),
    "staff": Asked("people", 3, 1_000_000, True, Text("staff of all firms", "全部企业员工数")),
    "area": Asked("m2", 50, 50_000_000, False, Text("offices and laboratories", "办公与实验面积")),
    "rent": Asked("CNY/m2/month", 1, 5000, False, Text("asking rent of offices", "办公挂牌租金")),
    "vacancy": Asked("share", 0, 0.9, False, Text("share of that floor that is empty", "空置率")),
    "housing": Asked("units", 0, 1_000_000, True, Text("homes on the site", "区内住房套数")),
    "students": Asked("people", 0, 1_000_000, True, Text("students on or beside the site", "区内及周边学生数")),
    "budget": Asked("CNY/year", 0, 1e11, False, Text("public budget a year", "政府年度预算")),
    "flats": Asked("units", 0, 1_000_000, True, Text("talent apartments among the homes", "其中人才公寓套数")),
    "funds": Asked("funds", 0, 10_000, True, Text("funds that invest here", "在此投资的基金数")),
}  # fmt: skip

CONTRADICTIONS = {
    "staff": Text("a firm has at least one head of staff", "每家企业至少一名员工"),
    "flats": Text("talent apartments are among the homes", "人才公寓包含在住房之内"),
    "area": Text(
        "the floor that is let must give {low:.3g} to {high:.3g} m2 to each head of staff, and gives {here:.3g}",
        "已租面积应合每名员工{low:.3g}至{high:.3g}平方米，现为{here:.3g}平方米",
    ),
}  # fmt: skip


def read_number(name: str, given: str, problems: Problems) -> float | int | None:
    """Return one of the ten numbers from what a user typed; None after a noted mistake."""
    asked = ASKED[name]
    value = Value(Mark(f"--{name}"), scalar=scalar(given.strip()))
    found = quantity(value, name, asked.unit, asked.low, asked.high, problems)
    return whole(found, value, name, problems) if asked.integer else found


def nearest_preset(firms: float, staff: float, presets: Mapping[str, Initial]) -> str:
    """Return the preset that is nearest in size: firms and staff by ratio."""

    def away(name: str) -> float:
        place = presets[name]
        return abs(math.log(firms / place.firms.total)) + abs(math.log(staff / total_staff(place)))

    return min(presets, key=away)


def suggestion(name: str, known: Mapping[str, float], place: Initial) -> float:
    """Return what one of the ten numbers would be in the proportions of a preset."""
    factor = known.get("firms", place.firms.total) / place.firms.total
    heads = known.get("staff", total_staff(place) * factor) / total_staff(place)
    floor = place.floor.office_m2 + place.floor.lab_m2
    let = place.floor.office_let_m2 + place.floor.lab_let_m2
    found = {
        "firms": place.firms.total,
        "staff": total_staff(place) * factor,
        "area": floor * heads,
        "rent": place.rents.office,
        "vacancy": round(1 - let / floor, 3),
        "housing": place.floor.housing_units * heads,
        "students": place.people.students * factor,
        "budget": place.government.budget_cny_year * factor,
        "flats": place.apartments.units * heads,
        "funds": (place.funds.tied + place.funds.other) * factor,
    }[name]
    return found if name in ("rent", "vacancy") else float(math.floor(found + 0.5))


def check(known: Mapping[str, float], place: Initial, problems: Problems) -> None:
    """Note numbers that contradict each other, with what is allowed."""
    if known["staff"] < known["firms"]:
        _contradict("staff", known, "firms", f">= {known['firms']:g}", problems)
    if known["flats"] > known["housing"]:
        _contradict("flats", known, "housing", f"<= {known['housing']:g}", problems)
    if problems.found:
        return
    low, high = head_room(known, place)
    here = known["area"] * (1 - known["vacancy"])
    if not low <= here <= high:
        staff, occupied = known["staff"], 1 - known["vacancy"]
        why = CONTRADICTIONS["area"]
        sizes = {"low": low / staff, "high": high / staff, "here": here / staff}
        detail = Text(why.en.format(**sizes), why.zh.format(**sizes))
        allowed = f"{math.ceil(low / occupied)}..{math.floor(high / occupied)} m2"
        _contradict("area", known, "staff", allowed, problems, detail)


def _contradict(
    name: str, known: Mapping[str, float], other: str, allowed: str, problems: Problems,
    detail: Text | None = None,
) -> None:  # fmt: skip
    problems.add(
        "contradiction", Mark(f"--{name}"), known[name], allowed=allowed, key=name,
        other=f"{other} = {known[other]:g}", detail=detail or CONTRADICTIONS[name],
    )  # fmt: skip


def _heads(known: Mapping[str, float], place: Initial) -> tuple[float, float]:
    """Return heads in offices and heads in laboratories."""
    people = people_of(int(known["staff"]), place)
    return people["developers_in_firms"], people["scientists_in_firms"] + people["workers_in_firms"]


def head_room(known: Mapping[str, float], place: Initial) -> tuple[float, float]:
    """Return the least and most floor that the staff can be given, m2, by the model's own bounds."""
    developers, others = _heads(known, place)
    office, lab = (parameters()[f"accounts.{name}_m2_head"] for name in ("office", "lab"))
    least = max(office.low / office.default, lab.low / lab.default)
    most = min(office.high / office.default, lab.high / lab.default)
    usual = developers * office.default + others * lab.default
    return least * usual, most * usual


def fresh(known: Mapping[str, float], place: Initial) -> tuple[dict[str, Any], dict[str, float]]:
    """Return the `initial:` of a new place, as plain data, and the parameters that go with it.

    Args:
        known: the ten numbers, which `check` has found consistent.
        place: the preset that gives the proportions.
    """
    data = place.model_dump(exclude_defaults=True)
    firms, staff = int(known["firms"]), int(known["staff"])
    size = firms / place.firms.total
    data["firms"] |= classes_of(firms, staff, place)
    data["people"] |= people_of(staff, place) | {"students": int(known["students"])}
    floor, per_head = _floor(known, place)
    data["floor"] = floor
    data["grid"] |= grid_of(sum(v for k, v in floor.items() if k in BUILT), place)
    data["rents"] = {
        "office": known["rent"],
        "housing": round(place.rents.housing * known["rent"] / place.rents.office, 1),
    }
    data["apartments"] = place.apartments.model_dump() | {"units": int(known["flats"])}
    data["institutions"] = _institutions(known, place, size)
    data["founders"]["teams"] = scaled_count(place.founders.teams, size)
    split = {"tied": place.funds.tied, "other": place.funds.other}
    data["funds"] |= apportion(split, int(known["funds"]))
    data["operator"] |= _operator(floor["office_m2"], place, size)
    data["government"]["budget_cny_year"] = known["budget"]
    if "amenities" in data and "third_place_cells" in data["amenities"]:
        cells = place.amenities.third_place_cells
        data["amenities"]["third_place_cells"] = scaled_count(cells, size)
    return data, per_head


BUILT = ("office_m2", "lab_m2", "housing_m2", "amenity_m2")


def _floor(known: Mapping[str, float], place: Initial) -> tuple[dict[str, Any], dict[str, float]]:
    """Return the floor by use, and how much a head takes: let floor over staff."""
    developers, others = _heads(known, place)
    office, lab = (parameters()[f"accounts.{name}_m2_head"] for name in ("office", "lab"))
    occupied = 1 - known["vacancy"]
    let = known["area"] * occupied
    part = developers * office.default / (developers * office.default + others * lab.default)
    stretch = let / (developers * office.default + others * lab.default)
    units, preset = int(known["housing"]), place.floor
    homes = round(units * preset.housing_m2 / max(preset.housing_units, 1), 1)
    let_homes = preset.housing_let_m2 / max(preset.housing_m2, 1.0)
    floor = {
        "office_m2": round(known["area"] * part, 1),
        "office_let_m2": round(let * part, 1),
        "lab_m2": round(known["area"] * (1 - part), 1),
        "lab_let_m2": round(let * (1 - part), 1),
        "housing_m2": homes,
        "housing_let_m2": math.floor(homes * let_homes),
        "housing_units": units,
        "amenity_m2": round(preset.amenity_m2 * known["staff"] / total_staff(place), 1),
    }
    per_head = {
        "accounts.office_m2_head": round(office.default * stretch, 3),
        "accounts.lab_m2_head": round(lab.default * stretch, 3),
    }
    return floor, per_head


def _institutions(known: Mapping[str, float], place: Initial, size: float) -> dict[str, Any]:
    preset = place.institutions
    taught = known["students"] / max(place.people.students, 1)
    counted = ("universities", "institutes", "incubators", "incubator_places", "scene_owners")
    found = preset.model_dump(exclude_defaults=True)
    found |= {name: scaled_count(getattr(preset, name), size) for name in counted}
    found |= {
        name: scaled_count(int(getattr(preset, name)), size)
        for name in ("poc_slots_month", "pilot_slots_month", "scene_slots_month")
    }
    found["universities"] = max(found["universities"], 1 if known["students"] else 0)
    found["faculty"] = scaled_count(preset.faculty, taught)
    found["graduates_per_year"] = scaled_count(preset.graduates_per_year, taught)
    return found


def _operator(office_m2: float, place: Initial, size: float) -> dict[str, Any]:
    preset = place.operator
    share = preset.owned_office_m2 / max(place.floor.office_m2, 1.0)
    return {
        "owned_office_m2": math.floor(office_m2 * share),
        "service_staff": scaled_count(int(preset.service_staff), size),
        "cases_month": scaled_count(int(preset.cases_month), size),
        "cash_cny": round(preset.cash_cny * size),
        "stakes": scaled_count(preset.stakes, size),
        "issue_staff": scaled_count(int(preset.issue_staff), size),
    }
