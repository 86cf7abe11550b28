"""Places of several sites: `sites:` of a community file, and their stock added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from sim.declare import Text
from sim.scenario.documents import Document, open_document
from sim.scenario.extend import extended
from sim.scenario.fields import text_of
from sim.scenario.find import find, place_folders
from sim.scenario.problems import Problems
from sim.scenario.schema import Initial, unit_of
from sim.scenario.tree import Entry, Value
from sim.scenario.units import quantity

KEYS = ("name", "community", "at", "initial", "parameters", "levers", "note")
FORM = "[{name: front, community: beijing-ai-origin, at: [0 m, 0 m]}, …]"
FARTHEST_M = 1_000_000.0
ONE_STOCK = Text(
    "a place has a stock of its own, or sites that have one each",
    "一个地方要么自有存量，要么由各社区分别持有",
)
NOT_NESTED = Text("a site is a single place", "社区须是单一地方")
# Units of what adds up over sites; everything else is told as the mean over their firms.
ADD_UP = (
    "firms", "people", "people/year", "institutions", "places", "slots/month", "m2", "units", "cells",
    "teams", "funds", "stakes", "cases/month per desk",
)  # fmt: skip
ADD_UP_TOO = ("cash_cny", "budget_cny_year")


@dataclass(frozen=True)
class SiteEntry:
    """A site as a file names it: the community it is made from, and what it says differently."""

    name: str
    at: tuple[float, float]
    place: Document
    initial: Value
    levers: Value | None
    parameters: Value | None
    own_levers: bool


def read_sites(main: Document, problems: Problems) -> list[SiteEntry]:
    """Return the sites of a community file; mistakes are noted."""
    value = main.get("sites")
    assert value is not None
    initial = main.get("initial")
    if initial is not None:
        problems.add(
            "contradiction", initial.at, initial, key="initial", other="sites", detail=ONE_STOCK
        )
    if not value.items:
        problems.add("wrong_type", value.at, value, key="sites", allowed=FORM)
        return []
    found: list[SiteEntry] = []
    for item in value.items:
        site = _site(item, main, problems)
        if site is None:
            continue
        if any(site.name == other.name for other in found):
            problems.add("repeated_key", item.at, site.name, other="sites")
        found.append(site)
    return found


def _site(item: Value, main: Document, problems: Problems) -> SiteEntry | None:
    if item.entries is None:
        problems.add("wrong_type", item.at, item, key="sites", allowed=FORM)
        return None
    for key, entry in item.entries.items():
        if key not in KEYS:
            problems.add("unknown_key", entry.at, key, allowed=KEYS)
    name, community = text_of(item.get("name")), text_of(item.get("community"))
    for key, given in (("name", name), ("community", community)):
        if not given:
            problems.add("missing_key", item.at, key=f"sites.{key}", allowed=FORM)
    if not name or not community:
        return None
    wanted = item.get("community")
    folders = place_folders(main.path.resolve().parent)
    path = find(community, folders, problems, wanted.at if wanted else item.at)
    opened = open_document(path, ("community",), problems) if path else None
    place = extended(opened, problems) if opened else None
    at = _position(item.get("at"), item, problems)
    if place is None or at is None:
        return None
    stock = place.get("initial")
    if stock is None:
        problems.add(
            "contradiction", item.at, community,
            key="sites.community", other=str(place.path), detail=NOT_NESTED,
        )  # fmt: skip
        return None
    levers = _given(item.get("levers"))
    return SiteEntry(
        name, at, place, _changed(stock, _given(item.get("initial"))),
        place.get("levers") if levers is None else levers, _given(item.get("parameters")),
        levers is not None,
    )  # fmt: skip


def _given(value: Value | None) -> Value | None:
    return None if value is None or value.is_null else value


def _position(value: Value | None, item: Value, problems: Problems) -> tuple[float, float] | None:
    """Return the place of a site on the map, m east and north."""
    if value is None or value.items is None or len(value.items) != 2:
        problems.add(
            "wrong_type", (value or item).at, value or item, key="sites.at", allowed="[m, m]"
        )
        return None
    found = [
        quantity(one, "sites.at", "m", -FARTHEST_M, FARTHEST_M, problems) for one in value.items
    ]
    if any(one is None for one in found):
        return None
    return float(found[0] or 0.0), float(found[1] or 0.0)


def _changed(stock: Value, change: Value | None) -> Value:
    """Return the stock of a community with what a site says differently, a field of a block at a time."""
    if change is None or stock.entries is None or change.entries is None:
        return change or stock
    entries = dict(stock.entries)
    for key, entry in change.entries.items():
        block = stock.get(key)
        if block is None or block.entries is None or entry.value.entries is None:
            entries[key] = entry
            continue
        entries[key] = Entry(
            entry.at, Value(entry.value.at, entries={**block.entries, **entry.value.entries})
        )
    return Value(change.at, entries=entries)


def together(stocks: Sequence[Initial]) -> Initial:
    """Return the stock of several sites as one, for words: sums, and means over firms."""
    weights = [max(one.firms.total, 1) for one in stocks]
    merged = _join(list(stocks), weights)
    assert isinstance(merged, Initial)
    return merged


def _join(blocks: list[Any], weights: list[int]) -> BaseModel:
    first = blocks[0]
    values: dict[str, Any] = {}
    for name, info in type(first).model_fields.items():
        parts = [getattr(block, name) for block in blocks]
        if any(part is None for part in parts):
            values[name] = next((part for part in parts if part is not None), None)
            continue
        unit = unit_of(info)
        if isinstance(parts[0], BaseModel):
            values[name] = _join(parts, weights)
        elif isinstance(parts[0], dict):
            names = dict.fromkeys(key for part in parts for key in part)
            values[name] = {key: sum(part.get(key, 0) for part in parts) for key in names}
        elif isinstance(parts[0], tuple) and any(p and isinstance(p[0], BaseModel) for p in parts):
            values[name] = tuple(one for part in parts for one in part)
        elif not isinstance(parts[0], int | float):
            values[name] = parts[0]
        elif unit in ADD_UP or name in ADD_UP_TOO:
            values[name] = sum(parts)
        else:
            mean = sum(p * w for p, w in zip(parts, weights, strict=True)) / sum(weights)
            values[name] = round(mean) if isinstance(parts[0], int) else mean
    return type(first).model_construct(**values)
