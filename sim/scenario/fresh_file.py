"""The text of a new community file: what was given, what was filled in, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from sim.declare import ASSUMPTION
from sim.scenario.documents import DEFAULT_MONTHS, DEFAULT_START, SCHEMA
from sim.scenario.evidence import OWN_DATA

HEAD = """\
# {name}: made by `hotbed scenario new` from ten numbers.
# Given numbers are marked `source: {own}`; everything else follows the proportions of {preset}, the
# nearest preset by firms and staff, and is an assumption until you replace it by a number of your own.
# 由 hotbed scenario new 根据十个数字生成。所给数字标为 source: {own}；其余按规模最接近的预设 {preset}
# 的比例补齐，均为假设，请逐步换成您自己的数字。
"""
LEVERS = """
# Measures that are on there today; a policy replaces them whole. 当前已有措施；政策会整体替换。
levers: {}
"""
# Where each of the ten numbers stands as it was given.
PLACES = {
    "rent": "rents.office",
    "housing": "floor.housing_units",
    "students": "people.students",
    "budget": "government.budget_cny_year",
    "flats": "apartments.units",
}
# Those that are spread over several numbers, and the block that tells of them.
NOTES = {
    "firms": ("firms", "{firms:g} firms and {staff:g} staff were {how}"),
    "area": ("floor", "{area:g} m2 of offices and laboratories, {vacancy:.1%} empty, were {how}"),
    "funds": ("funds", "{funds:g} funds in all were {how}"),
}


def text_of(
    name: Mapping[str, str],
    preset: str,
    initial: dict[str, Any],
    per_head: Mapping[str, float],
    known: Mapping[str, float],
    given: frozenset[str],
) -> str:
    """Return the text of a community file.

    Args:
        name: in `en` and `zh`.
        preset: where the proportions are from.
        initial: plain data of the stock.
        per_head: parameters that go with it.
        known: the ten numbers.
        given: those of them that the user gave; the others were suggested by the preset.
    """
    blocks = {block: _marked(block, content, given) for block, content in initial.items()}
    for key, (block, words) in NOTES.items():
        how = "given" if key in given else f"taken from {preset}"
        blocks[block] = {"note": words.format(how=how, **known), **blocks[block]}
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": "community",
        "name": dict(name),
        "horizon": {"start": DEFAULT_START, "months": DEFAULT_MONTHS},
        "initial": blocks,
        "parameters": {
            key: {"value": value, "source": ASSUMPTION, "note": "let floor over staff"}
            for key, value in per_head.items()
        },
    }
    head = HEAD.format(name=name["en"], own=OWN_DATA, preset=preset)
    body = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
    return head + body + LEVERS


def _marked(block: str, content: dict[str, Any], given: frozenset[str]) -> dict[str, Any]:
    """Return a block whose numbers are assumptions, but for those that were given."""
    marked: dict[str, Any] = {"source": ASSUMPTION} | _plain(content)
    for key, path in PLACES.items():
        at, _, field = path.partition(".")
        if at == block and key in given:
            marked[field] = {"value": marked[field], "source": OWN_DATA}
    return marked


def _plain(data: Any) -> Any:
    """Return data that YAML writes without tags: lists for tuples, whole floats as integers."""
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    if isinstance(data, float) and data.is_integer():
        return int(data)
    return data
