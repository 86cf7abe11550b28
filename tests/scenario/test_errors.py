"""Every kind of bad input gets one clear message, in both languages, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario.load import load_scenario
from sim.scenario.messages import MESSAGES
from sim.scenario.problems import Problem, ScenarioErrors
from sim.scenario.shipped import shipped_root

STARTER = shipped_root() / "scenarios" / "communities" / "starter-park.yaml"


def mistakes(path: Path | str, **more: object) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario("starter-park", path, **more)
    return caught.value.problems


def policy(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "p.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def place_mistakes(tmp_path: Path, old: str, new: str) -> tuple[Problem, ...]:
    text = STARTER.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "place.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(path)
    return caught.value.problems


ONE_LINERS = [
    ("rent_subsidi: {}", "unknown_lever", "rent_subsidy", "did you mean 'rent_subsidy'?"),
    ("rent_subsidy: {discont: 1}", "unknown_key", "discount", "unknown key 'discont'"),
    ("rent_subsidy: {discount: 140%}", "out_of_range", "", "140% is out of range; allowed: 0..1"),
    ("rent_subsidy: {discount: 60}", "missing_unit", "", "60 may mean 60% or 60 times"),
    ("rent_subsidy: {discount: .nan}", "not_finite", "", "nan is not a finite number"),
    ("rent_subsidy: {discount: .inf}", "not_finite", "", "inf is not a finite number"),
    ("rent_subsidy: {discount: yes}", "wrong_type", "", "'yes' cannot stand for"),
    ("rent_subsidy: {discount: true}", "wrong_type", "", "'True' cannot stand for"),
    ("rent_subsidy: {months_max: 3.5}", "wrong_type", "", "allowed: a whole number"),
    ("rent_subsidy: 3", "wrong_type", "", "'3' cannot stand for 'levers.rent_subsidy'"),
    ("cash_grant: {cny_month: 5 m2}", "wrong_unit", "", "'5 m2' has the wrong unit"),
    ("cash_grant: {recipient: frm}", "unknown_name", "firm", "did you mean 'firm'?"),
    ("cash_grant: {eligible: staf < 3}", "bad_filter", "staff", "breaks at 'staf'"),
    ("cash_grant: {eligible: sector == aii}", "bad_filter", "ai", "did you mean 'ai'?"),
    ("cash_grant: {eligible: sector < ai}", "bad_filter", "", "allowed: ==, !="),
    ("cash_grant: {eligible: __import__('os')}", "bad_filter", "", "breaks at '__import__'"),
    ("cash_grant: {start: 2026-13}", "wrong_date", "", "'2026-13' is not a month"),
    ("cash_grant: {start: 2025-01}", "out_of_range", "", "2025-01 is out of range"),
    ("cash_grant: {start: 9, end: 5}", "dates_out_of_order", "", "lies before the start"),
    ("cash_grant: {end: 5, stop_month: 9}", "contradiction", "", "stop_month is end + 1"),
    ("event_series: {firms_max: 3}", "only_awards", "", "works only on levers that make awards"),
    ("event_series: {whom: all}", "unknown_key", "", "unknown key 'whom'"),
    ("event_series: {when: vacency > 0.1}", "bad_trigger", "vacancy", "breaks at 'vacency'"),
    ("operator_weights: {rent: 0.5}", "does_not_add_up", "", "comes to 0.5; allowed: 1"),
    ("special_fund: {shares: {support: 2%}}", "does_not_add_up", "", "comes to 0.02; allowed: 1"),
    ("special_fund: {stage_weights: [1, 2]}", "wrong_type", "", "allowed: 5 numbers"),
    ("dual_identity: {allowed: 2}", "wrong_type", "", "allowed: 0, 1"),
    ("rent_subsidy: {discount: {value: 1, src: B11}}", "unknown_key", "source", "'src'"),
]


@pytest.mark.parametrize(("line", "code", "nearest", "words"), ONE_LINERS)
def test_a_bad_lever_is_named_with_place_and_remedy(tmp_path, line, code, nearest, words):
    (problem,) = mistakes(policy(tmp_path, f"kind: policy\nlevers:\n  {line}\n"))
    assert problem.code == code
    assert problem.nearest == nearest
    assert words in problem.text.en
    assert problem.line == 3
    assert problem.column > 2
    assert problem.message().startswith(f"{tmp_path}/p.yaml:3:{problem.column}: ")


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("levers: [", "syntax", "not valid YAML"),
        ("a: b: c", "syntax", "not valid YAML"),
        ("kind: policy\n---\nkind: policy", "syntax", "not valid YAML"),
        ("levers: &a {}\nname: *a", "alias", "anchors and aliases"),
        ("levers: !!python/object:os.system {}", "tag", "tags such as"),
        ("x: " + "[" * 400 + "]" * 400, "too_deep", "nested too deeply"),
        (b"\x00\x01\xff\xfe", "binary", "not a text file"),
        (b"kind: pol\xe9icy", "binary", "not a text file"),
        ("- a\n- b", "wrong_type", "kind: community, policy, scenario"),
        ("kind: polici", "unknown_name", "did you mean 'policy'?"),
        ("kind: community", "wrong_kind", "this is a community file"),
        ("schema: hotbed/9\nlevers: {}", "wrong_schema", "did you mean 'hotbed/1'?"),
        ("levers: {}\nlevers: {}", "repeated_key", "first at"),
        ("#" + "x" * (1 << 20), "too_big", "<= 1048576"),
    ],
)
def test_a_broken_file_gets_one_clear_message(tmp_path, content, code, words):
    (problem,) = mistakes(policy(tmp_path, content))
    assert problem.code == code
    assert words in problem.text.en


def test_aliases_are_refused_before_they_grow(tmp_path):
    lines = ["a: &a [x, x]"]
    lines += [f"{chr(98 + k)}: &{chr(98 + k)} [*{chr(97 + k)}, *{chr(97 + k)}]" for k in range(20)]
    (problem,) = mistakes(policy(tmp_path, "\n".join(lines)))
    assert problem.code == "alias"


def test_missing_names_folders_and_empty_places(tmp_path):
    (missing,) = mistakes("heavy-rent-subsidi")
    assert (missing.code, missing.nearest) == ("missing_file", "heavy-rent-subsidy")
    (folder,) = mistakes(f"{tmp_path}/")
    assert folder.code == "directory"
    empty = policy(tmp_path, "# nothing\n")
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(empty)
    assert [p.code for p in caught.value.problems] == ["empty"]


def test_all_mistakes_come_at_once_in_the_order_of_the_file(tmp_path):
    text = """kind: policy
levers:
  rent_subsidy: {discount: 140%, months_max: 0}
  rent_subsidy: {}
  cash_grant: {cny_month: 5 m2, pick: luck}
nam: x
"""
    found = mistakes(policy(tmp_path, text))
    assert [p.code for p in found] == [
        "out_of_range",
        "out_of_range",
        "repeated_key",
        "wrong_unit",
        "unknown_name",
        "unknown_key",
    ]
    assert [p.line for p in found] == [3, 3, 4, 5, 5, 6]


def test_contradicting_levers_name_both_lines(tmp_path):
    text = """kind: policy
levers:
  service_for_equity: {service_cny_month: 1, stake: 6%}
  space_for_equity:
    rent_waived_share: 1
    stake: 5%
"""
    (problem,) = mistakes(policy(tmp_path, text))
    assert problem.code == "contradiction"
    assert problem.line == 3
    assert f"{tmp_path}/p.yaml:6" in problem.text.en
    assert "0.11" in problem.text.en
    assert "0.11" in problem.text.zh
    assert "矛盾" in problem.text.zh


def test_more_programmes_than_there_are_places_for_are_refused(tmp_path):
    uses = ", ".join(["{cny_month: 1}"] * 9)
    (problem,) = mistakes(policy(tmp_path, f"levers: {{cash_grant: [{uses}]}}"))
    assert (problem.code, problem.value, problem.allowed) == ("too_many_programmes", "9", "<= 8")


@pytest.mark.parametrize(
    ("override", "code", "nearest"),
    [
        ("rent_subsidy", "bad_override", ""),
        ("rent_subsidy.discount", "bad_override", ""),
        ("rent_subsidy.discont=1", "unknown_key", "discount"),
        ("rent_subsidy.discount=1.5 years", "wrong_unit", ""),
        ("rent_subsidy.discount=-1", "out_of_range", ""),
    ],
)
def test_a_bad_override_is_named(override, code, nearest):
    (problem,) = mistakes("no-policy", overrides=[override])
    assert (problem.code, problem.nearest) == (code, nearest)
    assert problem.message().startswith(f"--set {override}: ")


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("ai: 30", "aii: 30", "unknown_name", "did you mean 'ai'?"),
        ("ai: 30", "ai: 31", "does_not_add_up", "31 ai firms"),
        ("ai: 30", "ai: 30.5", "wrong_type", "whole number"),
        ("focal: ai", "focal: nano", "unknown_name", "ai, software, hardware, services"),
        ("{firms: 2, staff: 60}", "{firms: 2, staff: 61}", "does_not_add_up", "381 staff"),
        ("developers: 397", "developers: 300", "out_of_range", "<= 300 developers"),
        ("office_let_m2: 4128 m2", "office_let_m2: 9128 m2", "out_of_range", "<= 4787 m2"),
        ("office_let_m2: 4128 m2", "office_let_m2: 4128 CNY", "wrong_unit", "allowed: m2"),
        ("office: 186", "offise: 186", "unknown_key", "did you mean 'office'?"),
        ("weight_rent: 0.35", "weight_rent: 0.55", "does_not_add_up", "1.2; allowed: 1"),
        ("students: 200", "students: -1", "out_of_range", "-1 is out of range"),
        ("units: 148", "units: 1480", "out_of_range", "<= 316 units"),
        ("menu: [science_venture", "menu: [science_ventur", "unknown_name", "science_venture"),
        ("teams: 4,", "", "missing_key", "'initial.founders.teams' is missing"),
        ("cells_x: 20", "cells_x: null", "wrong_type", "'null'"),
        ("start: 2026-04", "start: soon", "wrong_date", "YYYY-MM"),
        ("months: 120", "months: 999", "out_of_range", "1..360 months"),
        ("initial:", "initials:", "unknown_key", "did you mean 'initial'?"),
    ],
)
def test_a_place_that_does_not_fit_itself_is_refused(tmp_path, old, new, code, words):
    problems = place_mistakes(tmp_path, old, new)
    said = [problem.text.en for problem in problems if problem.code == code]
    assert any(words in text for text in said), problems
    assert all(problem.file.endswith("place.yaml") for problem in problems)
    assert all(problem.line for problem in problems)


def test_every_message_has_both_languages_with_the_same_blanks():
    import string

    def blanks(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for code, text in MESSAGES.items():
        assert blanks(text.en) == blanks(text.zh), code
        assert text.zh != text.en
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh), code


def test_messages_come_in_the_language_asked_for(tmp_path):
    path = policy(tmp_path, "levers:\n  rent_subsidy: {discount: 140%}\n  rent: {}\n")
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario("starter-park", path)
    chinese = caught.value.message("zh").splitlines()
    assert chinese[0].endswith("levers.rent_subsidy.discount：140%超出范围；允许：0..1 share")
    assert chinese[-1] == "共2处错误"
    assert caught.value.message("en").splitlines()[-1] == "2 mistakes"
