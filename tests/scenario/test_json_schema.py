"""The schemas for editors: committed as declared, and of one mind with the loader about values."""

from __future__ import annotations

import pytest
import yaml
from jsonschema import Draft202012Validator

from sim.levers import all_levers
from sim.scenario.documents import KINDS
from sim.scenario.fields import Reading
from sim.scenario.initial_texts import BLOCK_TEXTS
from sim.scenario.json_leaves import plain
from sim.scenario.json_schema import all_schemas, printed
from sim.scenario.names import parameters, read_parameters
from sim.scenario.patterns import between, with_unit
from sim.scenario.problems import Mark, Problems
from sim.scenario.schema import Initial
from sim.scenario.shipped import shipped_root
from sim.scenario.tree import Entry, Value, parse, read
from sim.scenario.units import accepted_units, quantity
from sim.scenario.uses import read_levers

ROOT = shipped_root()
SCHEMAS = all_schemas()
VALIDATORS = {kind: Draft202012Validator(schema) for kind, schema in SCHEMAS.items()}
FILES = sorted((ROOT / "scenarios").rglob("*.yaml"))
HERE = Mark("x.yaml", 1, 1)
# What a schema cannot know: it looks at one value at a time.
BETWEEN_VALUES = {"contradiction", "does_not_add_up", "dates_out_of_order", "too_many_programmes"}


def data(value: Value):
    if value.entries is not None:
        return {key: data(entry.value) for key, entry in value.entries.items()}
    if value.items is not None:
        return [data(item) for item in value.items]
    return value.scalar


def tree(content) -> Value:
    if isinstance(content, dict):
        return Value(HERE, entries={k: Entry(HERE, tree(v)) for k, v in content.items()})
    if isinstance(content, list | tuple):
        return Value(HERE, items=tuple(map(tree, content)))
    return Value(HERE, scalar=content)


def accepts(kind: str, content) -> bool:
    return VALIDATORS[kind].is_valid(content)


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schema_is_what_the_declarations_say(kind):
    path = ROOT / "docs" / "reference" / f"{kind}.schema.json"
    committed = path.read_text(encoding="utf-8") if path.exists() else ""
    told = "out of step: run `hotbed scenario schema --out docs/reference`"
    assert committed == printed(SCHEMAS[kind]), f"{path.name} is {told}"
    Draft202012Validator.check_schema(SCHEMAS[kind])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_file_is_valid_and_names_its_schema(path):
    text = path.read_text(encoding="utf-8")
    kind = yaml.safe_load(text)["kind"]
    errors = list(VALIDATORS[kind].iter_errors(data(read(path, Problems()))))
    assert not errors, errors[0]
    assert accepts(kind, yaml.safe_load(text))  # as an editor reads it
    up = "../" * len(path.relative_to(ROOT).parent.parts)
    line = f"# yaml-language-server: $schema={up}docs/reference/{kind}.schema.json"
    assert text.startswith(line + "\n")


WRONG = {
    "policy": [
        "levers: {rent_subsidy: {discount: 140%}}",
        "levers: {rent_subsidy: {discount: 1.4}}",
        "levers: {rent_subsidy: {discount: lots}}",
        "levers: {rent_subsidy: {discont: 40%}}",
        "levers: {rent_subsidy: {discount: {value: 140%, source: assumption}}}",
        "levers: {rent_subsidy: {discount: {value: 40%, sorce: assumption}}}",
        "levers: {rent_subsidy: {months_max: 1.5}}",
        "levers: {rent_subsidy: {eligible: size < 5}}",
        "levers: {rent_subsidy: {start: 2026-13}}",
        "levers: {rent_subsidy: {when: vacancie > 0.1 for 3}}",
        "levers: {rent_subsidy: {when: vacancy above 0.1}}",
        "levers: {rent_subsidi: {discount: 40%}}",
        "levers: {event_series: [{format: partying}]}",
        "levers: {living_circle: {minutes: [15, 15]}}",
        "levers: {living_circle: {eligible: staff < 5}}",
        "levers: {settlement_grant: {amount_per_year: 200000 EUR}}",
        "levers: [rent_subsidy]",
        "scale_lever: rent_subsidy.discont",
        "kind: community",
        "schema: hotbed/2",
        "horizon: {months: 12}",
        "parameters: {location.cost_sensitivity: 1e9}",
        "reference_firms: 0",
    ],
    "community": [
        "initial: {}",
        "horizon: {start: 2026}",
        "levers: {rent_subsidy: 60%}",
    ],
    "scenario": [
        "extends: {policy: cash}",
        "uncertain: {market.growth: uniform}",
        "expect: [{indicator: jobs}]",
        "expect: [{indicator: jobz, vs: no-policy, diff: '< 0'}]",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(k, t) for k, ts in WRONG.items() for t in ts])
def test_what_is_wrong_is_not_valid(kind, text):
    assert not accepts(kind, {"kind": kind} | yaml.safe_load(text))


@pytest.mark.parametrize("words", [
    "levers: {rent_subsidy: {discount: 60%, months_max: 24 months, start: 2026-04, end: 59}}",
    "levers: {settlement_grant: {amount_per_year: '200,000 CNY', ramp_months: 6 months}}",
    "levers: {settlement_grant: {amount_per_year: {value: 2e5 CNY, low: 1, high: 2, note: x}}}",
    "levers: {event_series: [{format: matching, per_year: 12}, {format: social}], dual_identity: }",
    "levers: {living_circle: {minutes: 15 minutes, functions: [work, housing]}}",
    "levers: {rent_subsidy: {eligible: not (staff < 50) and sector == ai, firms_max: null}}",
    "levers: {rent_subsidy: {when: vacancy > 15% for 6 months latch}}",
    "levers: {space_for_equity: {start: '2026-04', taper_months: 12}}",
    "scale_lever: [rent_subsidy.firms_max, settlement_grant.firms_max]",
])  # fmt: skip
def test_units_dates_lists_and_sources_are_valid_as_the_loader_takes_them(words):
    assert accepts("policy", {"kind": "policy"} | yaml.safe_load(words))
    problems = Problems()
    read_levers(
        parse(words.encode(), "x.yaml", problems).get("levers"), Reading("2026-04", problems)
    )
    assert not problems.found


def test_a_scenario_file_is_valid():
    words = """
kind: scenario
extends: {community: beijing-ai-origin, policy: heavy-rent-subsidy}
horizon: {start: 2026-04, months: 120}
parameters: {location.cost_sensitivity: 3.5}
uncertain: {location.cost_sensitivity: "uniform(0, 0.2)"}
expect: [{indicator: jobs, vs: no-policy, diff: "< 0", p: 0.9}]
"""
    assert accepts("scenario", yaml.safe_load(words))


def tried(unit: str, low: float, high: float, default: object) -> list[object]:
    """Return values at, inside and outside the bounds, bare and with units, and wrong types."""
    found: list[object] = [low, high, high * 1.5 + 1, low - 1, "many", [], True, default]
    percent = accepted_units(unit) == ("%",)
    suffix, factor = ("%", 100) if percent else (f" {accepted_units(unit)[0]}", 1)
    for number in (low, high, high * 1.5 + 1):
        found.append(f"{number * factor:.15g}{suffix}".replace("e+", "e"))
    return [*found, f"{high:.15g} parsecs"]


def test_schema_and_loader_agree_on_every_field_of_every_lever():
    for lever in all_levers().values():
        for name, declared in lever.fields.items():
            values = [
                *declared.choices,
                list(declared.choices),
                0,
                1,
                None,
                plain(declared.default),
            ]
            if declared.high is not None:
                values += tried(declared.unit, declared.low or 0, declared.high, declared.default)
            for value in map(plain, values):
                content = {lever.name: {name: value}}
                problems = Problems()
                read_levers(tree(content), Reading("2026-04", problems))
                wrong = [p.code for p in problems.found if p.code not in BETWEEN_VALUES]
                assert accepts("policy", {"levers": content}) == (not wrong), (content, wrong)


def test_schema_and_loader_agree_on_every_parameter():
    for name, declared in parameters().items():
        for value in tried(declared.unit, declared.low, declared.high, declared.default):
            problems = Problems()
            read_parameters(tree({name: value}), Reading("2026-04", problems))
            valid = accepts("policy", {"parameters": {name: value}})
            assert valid == (not problems.found), (name, value, problems.found)


def test_whole_numbers_of_a_range_and_no_others():
    import re

    for low, high in [(0, 0), (0, 7), (1, 120), (95, 1203), (10, 10), (99, 100_000), (1990, 2010)]:
        pattern = re.compile(f"^(?:{between(low, high)})$")
        near = {*range(max(0, low - 12), low + 40), *range(max(0, high - 40), high + 12)}
        for number in near:
            assert bool(pattern.match(str(number))) == (low <= number <= high), (low, high, number)


@pytest.mark.parametrize(
    "text", ["60%", "100%", "100.5%", " 7 %", ".5%", "1e1%", "0007%", "6", "60 %x"]
)
def test_percentages_match_as_they_are_read(text):
    import re

    problems = Problems()
    quantity(Value(HERE, scalar=text), "k", "share", 0, 1, problems)
    assert bool(re.match(with_unit("share", 0, 1), text)) == (not problems.found)


def test_every_number_of_a_place_has_words_in_both_languages():
    from sim.scenario.initial import model_of

    def blocks(model):
        yield model
        for info in model.model_fields.values():
            inner = model_of(info.annotation)
            if inner is not None:
                yield from blocks(inner)

    known = {model.__name__: set(model.model_fields) for model in blocks(Initial)}
    assert known == {name: set(texts) for name, texts in BLOCK_TEXTS.items()}
    for texts in BLOCK_TEXTS.values():
        assert all(text.en and text.zh and text.en != text.zh for text in texts.values())


def test_descriptions_are_in_both_languages():
    fields = SCHEMAS["policy"]["properties"]["levers"]
    assert "施" in fields["x-zh"] and "lever" in fields["description"]
