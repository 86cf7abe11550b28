"""Read a community's `initial:` block: units, sources, then the strict models."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from sim.scenario.consistency import check_place
from sim.scenario.fields import LEAF_KEYS, REMARKS, Reading, text_of, unwrap
from sim.scenario.messages import A_VALUE, WANTED
from sim.scenario.problems import Mark
from sim.scenario.schema import Block, Initial, source_of, unit_of
from sim.scenario.tree import Value
from sim.scenario.units import quantity

Marks = dict[str, Mark]
UNBOUNDED = 1e15


def read_initial(value: Value, reading: Reading) -> Initial | None:
    """Return the checked stock of a place; None after noted mistakes."""
    marks: Marks = {}
    before = len(reading.problems.found)
    data = _block(value, "initial", Initial, "", marks, reading)
    if data is None:
        return None
    try:
        initial = Initial.model_validate(data)
    except ValidationError as error:
        _note(error, marks, before, reading)
        return None
    if len(reading.problems.found) > before:
        return None
    check_place(initial, marks, reading.problems)
    return initial if len(reading.problems.found) == before else None


def _block(
    value: Value, path: str, model: type[BaseModel], inherited: str, marks: Marks, reading: Reading
) -> dict[str, Any] | None:
    """Return the plain data of a block; unknown keys are left for the model to refuse."""
    marks[path] = value.at
    if value.entries is None:
        reading.problems.add("wrong_type", value.at, value, key=path, allowed=model.model_fields)
        return None
    source = text_of(value.get("source")) or inherited
    data: dict[str, Any] = {}
    for key, entry in value.entries.items():
        here = f"{path}.{key}"
        if key in REMARKS:
            continue
        info = model.model_fields.get(key)
        if info is None:
            reading.problems.add("unknown_key", entry.at, key, allowed=model.model_fields)
            continue
        marks[here] = entry.at
        data[key] = _field(entry.value, here, info, source, marks, reading)
    for key, info in model.model_fields.items():
        if key not in value.entries:
            _note_default(f"{path}.{key}", info, reading)
    return data


def _note_default(path: str, info: FieldInfo, reading: Reading) -> None:
    """Note the source of a default that the file leaves as it is."""
    inner = model_of(info.annotation)
    if inner is not None and not info.is_required() and not isinstance(info.default, tuple):
        for key, deeper in inner.model_fields.items():
            _note_default(f"{path}.{key}", deeper, reading)
    elif not info.is_required() and unit_of(info):
        reading.sources[path] = source_of(info)


def model_of(annotation: Any) -> type[BaseModel] | None:
    """Return the model that an annotation holds: itself, or the element of a tuple."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        if isinstance(argument, type) and issubclass(argument, Block):
            return argument
    return None


def _field(
    value: Value, path: str, info: FieldInfo, source: str, marks: Marks, reading: Reading
) -> Any:
    model = model_of(info.annotation)
    origin = get_origin(info.annotation)
    if model is not None and origin is not tuple:
        return _block(value, path, model, source, marks, reading)
    if value.get("value") is not None:
        own = text_of(value.get("source")) or source
        value, source = unwrap(value, path, source, reading), own
    if value.items is not None:
        return [
            _block(item, f"{path}.{k}", model, source, marks, reading)
            if model
            else _leaf(item, f"{path}.{k}", info, source, marks, reading)
            for k, item in enumerate(value.items)
        ]
    if origin is dict and value.entries is not None:
        own = text_of(value.get("source")) or source
        return {
            key: _leaf(entry.value, f"{path}.{key}", info, own, marks, reading)
            for key, entry in value.entries.items()
            if key not in REMARKS
        }
    return _leaf(value, path, info, source, marks, reading)


def _leaf(
    value: Value, path: str, info: FieldInfo, source: str, marks: Marks, reading: Reading
) -> Any:
    """Return the plain value of a leaf, in its unit; None after a noted mistake."""
    marks[path] = value.at
    if any(key in LEAF_KEYS for key in value.entries or {}):
        value = unwrap(value, path, source, reading)
    elif source and path not in reading.sources:
        reading.sources[path] = source
    unit = unit_of(info)
    if value.is_null or not unit:
        return value.scalar
    low, high = bounds_of(info)
    found = quantity(value, path, unit, low, high, reading.problems)
    is_count = info.annotation is int or int in get_args(get_args(info.annotation)[-1:] or ())
    if found is not None and float(found).is_integer() and (is_count or unit == "firms"):
        return int(found)
    return found


def bounds_of(info: FieldInfo) -> tuple[float, float]:
    """Return the inclusive bounds of a leaf, or those of a list's elements by its unit."""
    low = [float(m.ge) for m in info.metadata if getattr(m, "ge", None) is not None]
    high = [float(m.le) for m in info.metadata if getattr(m, "le", None) is not None]
    if low and high:
        return low[0], high[0]
    return 0.0, 1.0 if unit_of(info) == "share" else UNBOUNDED


def _note(error: ValidationError, marks: Marks, before: int, reading: Reading) -> None:
    """Turn what the models refuse into problems, but for leaves that were refused already."""
    refused = {(p.file, p.line) for p in reading.problems.found[before:]}
    for one in error.errors():
        parts = ["initial", *(str(part) for part in one["loc"] if part != "[key]")]
        path = ".".join(parts)
        if one["type"] == "missing":
            at = marks.get(".".join(parts[:-1]), marks["initial"])
            reading.problems.add("missing_key", at, key=path)
            continue
        at = marks.get(path, marks["initial"])
        if ((at.file, at.line) not in refused and one["input"] is not None) or path not in marks:
            wanted = WANTED.get(one["type"], A_VALUE)
            given = "null" if one["input"] is None else one["input"]
            reading.problems.add("wrong_type", at, given, key=path, allowed=wanted)
        elif (at.file, at.line) not in refused:
            reading.problems.add("wrong_type", at, "null", key=path, allowed=A_VALUE)
