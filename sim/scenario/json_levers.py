"""The `levers:` of a file as JSON Schema, from the declarations of the levers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.declare import Field, Lever, Text
from sim.levers import all_levers
from sim.scenario.fields import REMARKS
from sim.scenario.filters import FILTER_COLUMNS, LONGEST
from sim.scenario.json_leaves import (
    NULL,
    Schema,
    described,
    leaf,
    month_schema,
    one_of,
    quantity_schema,
)
from sim.scenario.triggers import NAMES
from sim.scenario.uses import (
    COMMON,
    DATES,
    FIRMS_MAX,
    LAST_MONTH,
    LONGEST_SLOPE,
    TRIGGER_FORM,
    WHEN,
    keys_of,
)
from sim.state.triggers import COMPARISONS

COMMON_TEXTS = {
    "start": Text("first month in force, a number from 0 or YYYY-MM", "生效首月，自0起或YYYY-MM"),
    "end": Text("last month in force", "生效末月"),
    "stop_month": Text("first month out of force, end + 1", "失效首月，即end + 1"),
    "ramp_months": Text("months over which it rises", "爬坡月数"),
    "taper_months": Text("months over which it fades after its end", "结束后的退坡月数"),
    "eligible": Text(
        "firms that may ask, e.g. staff < 50 and tenure < 36; columns: "
        + ", ".join(FILTER_COLUMNS),
        "可申请的企业，如 staff < 50 and tenure < 36",
    ),
    "when": Text(
        f"in force only while last month shows: {TRIGGER_FORM}",
        f"仅在上月满足时生效：{TRIGGER_FORM}",
    ),
    "firms_max": COMMON["firms_max"].text,
    "source": Text("evidence id, or assumption", "证据编号，或assumption"),
    "note": Text("a remark", "备注"),
}
FILTER = r"^\s*(?:not\s+|\(\s*)*(?:" + "|".join(FILTER_COLUMNS) + r")\s*(?:<=?|>=?|==|!=)\s*\S"
TRIGGER = (
    r"^\s*(?:" + "|".join(NAMES) + r")\s*(?:" + "|".join(COMPARISONS) + r")\s*[-+]?[0-9][0-9_]*\.?[0-9]*%?"
    r"(?:\s+for\s+[0-9]+(?:\s+months)?)?(?:\s+latch)?\s*$"
)  # fmt: skip


def levers_schema(levers: Mapping[str, Lever]) -> Schema:
    """Return the schema of `levers:`: each lever once, or a list of uses of it."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _lever(one) for name, one in levers.items()},
    }


def field_names() -> tuple[str, ...]:
    """Return every field that may be named as `lever.field`, common ones included."""
    return tuple(
        f"{lever.name}.{name}"
        for lever in all_levers().values()
        for name in dict.fromkeys((*lever.fields, *COMMON))
    )


def scale_lever_schema() -> Schema:
    """Return the schema of `scale_lever`: one field or a list of them."""
    one: Schema = {"enum": list(field_names())}
    return one_of([one, {"type": "array", "items": one}])


def _lever(lever: Lever) -> Schema:
    use: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: _key(lever, key) for key in keys_of(lever)},
    }
    forms = one_of([use, NULL, {"type": "array", "items": one_of([use, NULL])}])
    return described(forms, lever.text, source=lever.source)


def _key(lever: Lever, key: str) -> Schema:
    if key in lever.fields:
        return _own(lever.fields[key])
    text = COMMON_TEXTS[key]
    if key in REMARKS:
        return described({"type": "string"} if key == "source" else {}, text)
    if key in DATES:
        return described(leaf(one_of([month_schema(LAST_MONTH), NULL])), text)
    if key == "firms_max":
        number = quantity_schema("firms/year", 0, FIRMS_MAX)
        return described(leaf(one_of([number, NULL])), text, "firms/year", 0, FIRMS_MAX, None)
    if key == "eligible":
        wanted = {"type": "string", "maxLength": LONGEST, "pattern": FILTER}
        return described(leaf(one_of([wanted, NULL])), text)
    if key == WHEN:
        return described(leaf(one_of([{"type": "string", "pattern": TRIGGER}, NULL])), text)
    slope = quantity_schema("months", 0, LONGEST_SLOPE, integer=True)
    return described(leaf(slope), text, "months", 0, LONGEST_SLOPE, 0)


def _own(declared: Field) -> Schema:
    value = FORMS.get(declared.kind, _number)(declared)
    if declared.nullable:
        value = one_of([value, NULL])
    facts = (declared.unit, declared.low, declared.high, declared.default, declared.source)
    return described(leaf(value), declared.text, *facts)


def _bounds(declared: Field) -> tuple[float, float]:
    return declared.low or 0.0, declared.high if declared.high is not None else 0.0


def _number(declared: Field) -> Schema:
    low, high = _bounds(declared)
    if declared.unit == "month":
        return month_schema(int(high))
    return quantity_schema(declared.unit, low, high, integer=declared.kind == "integer")


def _choice(declared: Field) -> Schema:
    return {"enum": list(declared.choices)}


def _choices(declared: Field) -> Schema:
    return one_of([_choice(declared), {"type": "array", "items": _choice(declared)}])


def _numbers(declared: Field) -> Schema:
    one = quantity_schema(declared.unit, *_bounds(declared))
    several: Schema = {
        "type": "array",
        "items": one,
        "minItems": declared.length,
        "maxItems": declared.length,
    }
    return one_of([one, several])


def _shares(declared: Field) -> Schema:
    share = quantity_schema("share", 0, 1)
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(declared.choices, share),
    }


FORMS: dict[str, Any] = {
    "switch": lambda declared: {"enum": [0, 1, False, True]},
    "choice": _choice,
    "choices": _choices,
    "numbers": _numbers,
    "shares": _shares,
}
