"""JSON Schemas of the three kinds of files, printed from the declarations: for editors.

A schema knows what one value may be: names, types, bounds, units. What holds between values (sums,
dates in order, levers that contradict each other) only `hotbed scenario validate` knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sim.declare import Text
from sim.levers import all_levers
from sim.scenario.documents import KEYS, KINDS, MOST_MONTHS, SCHEMA
from sim.scenario.json_initial import initial_needs, initial_schema
from sim.scenario.json_leaves import (
    MONTH,
    Schema,
    described,
    laid_out,
    leaf,
    one_of,
    quantity_schema,
    with_definitions,
)
from sim.scenario.json_levers import levers_schema, scale_lever_schema
from sim.scenario.names import CONDITION, DISTRIBUTION, EXPECT_KEYS, parameters
from sim.scenario.scenario import AS_IS
from sim.scenario.sites import FARTHEST_M

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REFERENCE_MOST = 1_000_000
TITLES = {
    "community": Text("hotbed community: the stock of a place", "hotbed社区：一个地方的存量"),
    "policy": Text("hotbed policy: measures in force", "hotbed政策：生效的措施"),
    "scenario": Text("hotbed scenario: a place under a policy", "hotbed情景：某地实施某政策"),
}
REQUIRED = {"community": ["kind"], "policy": [], "scenario": ["kind", "extends"]}
KEY_TEXTS = {
    "schema": Text("version of the file format", "文件格式版本"),
    "kind": Text("kind of file", "文件类型"),
    "name": Text("name in English and Chinese, or one for both", "中英文名称，或共用一个"),
    "note": Text("a remark", "备注"),
    "horizon": Text("first month and number of months", "起始月与月数"),
    "reference_firms": Text("firms that extensive fields were written for", "规模类字段所依据的企业数"),
    "scale_lever": Text("field, or fields, that equal cost scales", "等成本比较时缩放的字段"),
    "parameters": Text("changed parameters of processes", "修改的过程参数"),
    "levers": Text("measures in force, by lever", "生效的措施"),
    "initial": Text("the stock at month 0", "起始存量"),
    "sites": Text("the sites of a place of several, each made from a community", "多社区地方的各社区"),
    "one_operator": Text("one operator runs all sites on one account", "各社区由同一运营商统一核算"),
    "extends": Text("the place taken over, and the policy if any", "所沿用的社区，及政策（如有）"),
    "uncertain": Text("distributions of parameters or fields", "参数或字段的概率分布"),
    "expect": Text("conditions that a comparison should meet", "比较应满足的条件"),
}  # fmt: skip


def json_schema(kind: str) -> Schema:
    """Return the JSON Schema (Draft 2020-12) of a kind of file.

    Raises:
        KeyError: if there is no such kind.
    """
    keys = {key: described(KEY_SCHEMAS[key](kind), KEY_TEXTS[key]) for key in KEYS[kind]}
    title = f"{TITLES[kind].en} · {TITLES[kind].zh}"
    schema = _object(keys, REQUIRED[kind])
    if kind == "community":
        schema |= _whole_unless_extending()
    return {"$schema": DIALECT, "title": title} | with_definitions(schema)


def all_schemas() -> dict[str, Schema]:
    """Return the schemas of all kinds of files."""
    return {kind: json_schema(kind) for kind in KINDS}


def printed(schema: Schema) -> str:
    """Return a schema as the text of a file."""
    return laid_out(schema) + "\n"


def _object(properties: Schema, required: Iterable[str] = ()) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": properties,
    }


def _nullable(schema: Schema) -> Schema:
    return one_of([schema, {"type": "null"}])


def _name() -> Schema:
    word = {"type": ["string", "number", "boolean", "null"]}
    return one_of([word, _object({"en": word, "zh": word})])


def _horizon() -> Schema:
    months = quantity_schema("months", 1, MOST_MONTHS, integer=True)
    return _nullable(_object({"start": {"type": "string", "pattern": MONTH}, "months": months}))


def _parameters() -> Schema:
    found = {}
    for name, declared in parameters().items():
        bounds = (declared.unit, declared.low, declared.high)
        schema = leaf(quantity_schema(*bounds))
        found[name] = described(schema, declared.text, *bounds, declared.default, declared.source)
    return _nullable(_object(found))


def _uncertain() -> Schema:
    from sim.scenario.json_levers import field_names

    pattern = {"type": "string", "pattern": _search(DISTRIBUTION.pattern)}
    return _nullable(_object(dict.fromkeys((*parameters(), *field_names()), pattern)))


def _expect() -> Schema:
    from sim.indicators import INDICATORS

    keys: Schema = {
        "indicator": {"enum": list(INDICATORS)},
        "vs": {"type": "string"},
        "diff": {"type": "string", "pattern": _search(CONDITION.pattern)},
        "p": quantity_schema("share", 0, 1),
        "at": {"type": ["string", "number"]},
    }
    one = _object({key: keys[key] for key in EXPECT_KEYS}, ("indicator", "vs", "diff"))
    return _nullable(one_of([one, {"type": "array", "items": one}]))


def _sites() -> Schema:
    from sim.scenario.shipped import shipped_names

    place = quantity_schema("m", -FARTHEST_M, FARTHEST_M)
    keys = {
        "name": {"type": "string"},
        "community": {"type": "string", "examples": list(shipped_names("communities"))},
        "at": {"type": "array", "items": place, "minItems": 2, "maxItems": 2},
        "initial": {"type": ["object", "null"]},
        "parameters": _parameters(),
        "levers": _nullable(levers_schema(all_levers())),
        "note": {},
    }
    return {"type": "array", "minItems": 1, "items": _object(keys, ("name", "community", "at"))}


def _extends(kind: str) -> Schema:
    from sim.scenario.extend import HOW
    from sim.scenario.shipped import shipped_names

    community: Schema = {"type": "string", "examples": list(shipped_names("communities"))}
    policy = {"type": ["string", "null"], "examples": [AS_IS, *shipped_names("policies")]}
    if kind == "community":
        levers = {"enum": list(HOW)}
        return one_of(
            [community, _object({"community": community, "levers": levers}, ["community"])]
        )
    return _object({"community": community, "policy": policy}, ("community",))


def _whole_unless_extending() -> Schema:
    """Return the condition that a place which extends no other and has no sites declares all of its stock."""
    return {
        "if": {"not": {"anyOf": [{"required": ["extends"]}, {"required": ["sites"]}]}},
        "then": {"required": ["initial"], "properties": {"initial": initial_needs()}},
    }


def _search(pattern: str) -> str:
    """Return a pattern of Python's `match` as JSON Schema reads it: anchored, with `$`."""
    return "^" + pattern.replace(r"\Z", "$")


# What each top key may hold, by kind of file.
KEY_SCHEMAS: dict[str, Callable[[str], Schema]] = {
    "schema": lambda _: {"const": SCHEMA},
    "kind": lambda kind: {"const": kind},
    "name": lambda _: _name(),
    "note": lambda _: {},
    "horizon": lambda _: _horizon(),
    "reference_firms": lambda _: _nullable(
        quantity_schema("firms", 1, REFERENCE_MOST, integer=True)
    ),
    "scale_lever": lambda _: _nullable(scale_lever_schema()),
    "parameters": lambda _: _parameters(),
    "levers": lambda _: _nullable(levers_schema(all_levers())),
    "initial": lambda _: initial_schema(),
    "sites": lambda _: _sites(),
    "one_operator": lambda _: {"type": ["boolean", "null"]},
    "extends": _extends,
    "uncertain": lambda _: _uncertain(),
    "expect": lambda _: _expect(),
}
