"""The `initial:` block of a place as JSON Schema, from its models."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.scenario.fields import REMARKS
from sim.scenario.initial import bounds_of, model_of
from sim.scenario.initial_texts import text_of_field
from sim.scenario.json_leaves import NULL, Schema, described, leaf, one_of, quantity_schema
from sim.scenario.json_levers import COMMON_TEXTS
from sim.scenario.schema import MANY, Initial, source_of, unit_of
from sim.state.catalogue import FORMS, LAYERS, MENU, SECTORS

# Names that a leaf, or the keys of a mapping, may take; `consistency` checks them.
NAMED = {"sectors": SECTORS, "layers": LAYERS, "focal": SECTORS, "sector": SECTORS, "menu": MENU}
NAMED["form"] = FORMS


def initial_schema() -> Schema:
    """Return the schema of `initial:`, in which nothing is required: see `initial_needs`."""
    return _block(Initial, whole=False)


def initial_needs(model: type[BaseModel] = Initial) -> Schema:
    """Return what `initial:` must hold in a place that extends no other."""
    inner = {
        name: model_of(info.annotation)
        for name, info in model.model_fields.items()
        if get_origin(info.annotation) is not tuple
    }
    found: Schema = {
        "required": [name for name, info in model.model_fields.items() if info.is_required()]
    }
    deeper = {name: initial_needs(block) for name, block in inner.items() if block is not None}
    deeper = {name: needs for name, needs in deeper.items() if needs["required"]}
    return found | ({"properties": deeper} if deeper else {})


def _remarks() -> Schema:
    forms: Schema = {"source": {"type": "string"}, "note": {}}
    return {key: described(forms[key], COMMON_TEXTS[key]) for key in REMARKS}


def _block(model: type[BaseModel], whole: bool = True) -> Schema:
    fields = model.model_fields
    needed = [name for name, info in fields.items() if info.is_required()] if whole else []
    return {
        "type": "object",
        "required": needed,
        "additionalProperties": False,
        "properties": {name: _field(model, name, info) for name, info in fields.items()}
        | _remarks(),
    }


def _field(model: type[BaseModel], name: str, info: FieldInfo) -> Schema:
    text = text_of_field(model.__name__, name)
    inner, origin = model_of(info.annotation), get_origin(info.annotation)
    if inner is not None and origin is not tuple:
        return described(_block(inner, whole=False), text)
    unit = unit_of(info)
    facts: tuple[Any, ...] = (unit, None, None)
    if (unit and origin is None) or _is_optional(info):
        facts = (unit, *bounds_of(info))
    if not info.is_required() and unit:
        facts = (*facts, info.default, source_of(info))
    if origin is dict:
        return described(_mapping(name, info), text, *facts)
    if origin is tuple:
        return described(leaf(_list(name, info, inner)), text, *facts)
    return described(leaf(_scalar(name, info)), text, *facts)


def _is_optional(info: FieldInfo) -> bool:
    return type(None) in get_args(info.annotation)


def _scalar(name: str, info: FieldInfo) -> Schema:
    unit = unit_of(info)
    if not unit:
        return {"enum": list(NAMED[name])} if name in NAMED else {"type": "string"}
    number = quantity_schema(unit, *bounds_of(info), integer=info.annotation is int)
    return one_of([number, NULL]) if _is_optional(info) else number


def _mapping(name: str, info: FieldInfo) -> Schema:
    one = leaf(quantity_schema(unit_of(info), 0, MANY, integer=True))
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(NAMED[name], one) | _remarks(),
    }


def _list(name: str, info: FieldInfo, inner: type[BaseModel] | None) -> Schema:
    elements = get_args(info.annotation)
    if inner is not None:
        item = _block(inner)
    elif unit_of(info):
        item = leaf(quantity_schema(unit_of(info), *bounds_of(info)))
    else:
        item = leaf({"enum": list(NAMED[name])})
    found: Schema = {"type": "array", "items": item}
    if Ellipsis not in elements:
        found |= {"minItems": len(elements), "maxItems": len(elements)}
    # A place with one track names it bare.
    return one_of([{"enum": list(NAMED[name])}, found]) if name == "focal" else found
