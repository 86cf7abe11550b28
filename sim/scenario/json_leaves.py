"""Pieces of JSON Schema: numbers with units, values with a source, descriptions in two languages."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from sim.declare import Text
from sim.scenario.fields import LEAF_KEYS
from sim.scenario.patterns import grouped, with_unit

Schema = dict[str, Any]

MONTH = "^[0-9]{4}-(?:0[1-9]|1[0-2])$"
WIDTH = 200  # of a line of a printed schema
NULL: Schema = {"type": "null"}


def quantity_schema(unit: str, low: float, high: float, *, integer: bool = False) -> Schema:
    """Return what a number of `unit` in low..high may look like: bare, or with its unit as text."""
    number: Schema = {
        "type": "integer" if integer else "number",
        "minimum": tidy(low),
        "maximum": tidy(high),
    }
    forms = [number, {"type": "string", "pattern": grouped(low)}]
    written = with_unit(unit, low, high)
    if written:
        forms.append({"type": "string", "pattern": written})
    return one_of(forms)


def month_schema(high: int) -> Schema:
    """Return what a month may look like: its number from 0, or a date."""
    number = {"type": "integer", "minimum": 0, "maximum": high}
    return one_of([number, {"type": "string", "pattern": MONTH}])


def leaf(value: Schema) -> Schema:
    """Return a value that may carry its source: `300`, or `{value: 300, source: A-AIO-02}`."""
    wrapped: Schema = {
        "type": "object",
        "required": ["value"],
        "propertyNames": {"enum": list(LEAF_KEYS)},
        "properties": {"value": value, "source": {"type": "string"}},
    }
    return one_of([value, wrapped])


def one_of(forms: list[Schema]) -> Schema:
    """Return a schema that any of `forms` meets."""
    return forms[0] if len(forms) == 1 else {"anyOf": forms}


def described(
    schema: Schema,
    text: Text,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    default: Any = ...,
    source: str = "",
) -> Schema:
    """Return a schema with its description in both languages, unit, bounds, default and source."""
    facts = [unit] if unit else []
    if low is not None and high is not None:
        facts.append(f"{low:.10g}..{high:.10g}")
    if default is not ...:
        facts.append(f"default {shown(default)}")
    if source:
        facts.append(f"source {source}")
    tail = f" [{', '.join(facts)}]" if facts else ""
    words: Schema = {"description": f"{text.en} · {text.zh}{tail}", "x-zh": text.zh}
    if default is not ... and default is not None:
        words["default"] = plain(default)
    return words | schema


def plain(value: Any) -> Any:
    """Return a default as JSON holds it."""
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return tidy(value) if isinstance(value, float) else value


def tidy(number: float) -> float | int:
    """Return a whole number as an integer, so that it is printed without `.0`."""
    return int(number) if float(number).is_integer() and abs(number) < 1e15 else number


def shown(value: Any) -> str:
    """Return a default in words."""
    if value is None:
        return "null"
    if isinstance(value, int | float):
        return f"{value:.10g}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {shown(one)}" for name, one in value.items()) + "}"
    return str(value)


def with_definitions(schema: Schema) -> Schema:
    """Return a schema with the alternatives that it repeats moved to `$defs`."""
    counted: Counter[str] = Counter()
    _count(schema, counted)
    names: dict[str, str] = {}
    definitions: Schema = {}
    small = _replaced(schema, counted, names, definitions)
    return small | {"$defs": definitions}


def _alternatives(schema: Schema) -> str:
    return json.dumps(schema["anyOf"], sort_keys=True)


def _count(part: Any, counted: Counter[str]) -> None:
    if isinstance(part, dict):
        if "anyOf" in part:
            counted[_alternatives(part)] += 1
            if counted[_alternatives(part)] > 1:
                return  # what stands inside is defined with it
        for inner in part.values():
            _count(inner, counted)
    elif isinstance(part, list):
        for inner in part:
            _count(inner, counted)


def _replaced(part: Any, counted: Counter[str], names: dict[str, str], definitions: Schema) -> Any:
    if isinstance(part, list):
        return [_replaced(inner, counted, names, definitions) for inner in part]
    if not isinstance(part, dict):
        return part
    if "anyOf" not in part or counted[_alternatives(part)] < 2:
        return {k: _replaced(inner, counted, names, definitions) for k, inner in part.items()}
    key = _alternatives(part)
    if key not in names:
        inside = _replaced(part["anyOf"], counted, names, definitions)
        # Named by content, so that a new lever does not rename what others refer to.
        names[key] = "form-" + hashlib.sha256(key.encode()).hexdigest()[:8]
        definitions[names[key]] = {"anyOf": inside}
    words = {name: inner for name, inner in part.items() if name != "anyOf"}
    return words | {"$ref": f"#/$defs/{names[key]}"}


def laid_out(content: Any, depth: int = 0) -> str:
    """Return JSON as text in which what fits on a line stands on one."""
    line = json.dumps(content, ensure_ascii=False)
    if len(line) + depth <= WIDTH or not isinstance(content, dict | list) or not content:
        return line
    inner, end = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(content, dict):
        parts = [
            f"{json.dumps(key, ensure_ascii=False)}: {laid_out(value, depth + 1)}"
            for key, value in content.items()
        ]
        return "{" + inner + ("," + inner).join(parts) + end + "}"
    return "[" + inner + ("," + inner).join(laid_out(v, depth + 1) for v in content) + end + "]"
