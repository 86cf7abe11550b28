"""`hotbed scenario schema`, `diff` and `explain`: forms, languages, exit codes, next commands."""

import json

import pytest

from hotbed.cli import app


def scenario(capsys, *words):
    code = app.call(["scenario", *map(str, words)])
    return code, *capsys.readouterr()


def test_schemas_are_printed_or_written(capsys, tmp_path):
    code, out, err = scenario(capsys, "schema", "--kind", "policy")
    assert code == 0 and json.loads(out)["$schema"].endswith("2020-12/schema")
    assert "hotbed scenario validate" in err
    assert json.loads(scenario(capsys, "schema")[1]).keys() == {"community", "policy", "scenario"}
    code, out, _ = scenario(capsys, "schema", "--out", tmp_path / "new" / "er")
    assert code == 0 and "# yaml-language-server: $schema=" in out
    assert len(list((tmp_path / "new" / "er").glob("*.schema.json"))) == 3
    code, out, err = scenario(capsys, "schema", "--kind", "politics")
    assert code == 2 and "community, policy, scenario" in err and not out


def test_diff_of_policies_places_and_both(capsys):
    code, out, err = scenario(capsys, "diff", "cash", "heavy-rent-subsidy")
    assert code == 0 and "levers.cash_grant.cny_month" in out and "CNY/month" in out
    assert "hotbed compare beijing-ai-origin --policy cash --policy heavy-rent-subsidy" in err
    code, out, _ = scenario(capsys, "diff", "starter-park", "beijing-ai-origin", "--lang", "zh")
    assert code == 0 and "initial.firms.sectors.ai" in out and "各行业企业数" in out
    code, out, err = scenario(capsys, "diff", "cash", "starter-park", "--json")
    told = json.loads(out)
    paths = {one["path"]: one for one in told["differences"]}
    assert code == 0 and not any(path.startswith("initial.") for path in paths)
    one = paths["levers.cash_grant.firms_max"]
    assert one["a"] == 12 and one["b"] is None and one["unit"] == "firms/year" and one["zh"]
    assert "mean the same" in scenario(capsys, "diff", "cash", "cash")[1]


def test_explain_of_a_file_and_a_name(capsys):
    code, out, err = scenario(capsys, "explain", "cash", "--place", "starter-park")
    assert code == 0 and "paid by" in out and "hotbed compare starter-park --policy cash" in err
    code, out, _ = scenario(capsys, "explain", "cash", "cash_grant.cny_month", "--lang", "zh")
    assert code == 0 and "范围" in out and "本文件中" in out and "10000" in out
    told = json.loads(scenario(capsys, "explain", "starter-park", "exits.shape", "--json")[1])
    assert told["unit"] == "shape" and told["source"] == "A04" and told["text"]["zh"]
    told = json.loads(scenario(capsys, "explain", "starter-park", "--json")[1])
    assert told["explained"]["en"] != told["explained"]["zh"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_typo_is_bad_input_with_the_nearest_name(capsys, language):
    code, out, err = scenario(capsys, "explain", "cash", "cash_grant.cny_mouth", "--lang", language)
    assert code == 2 and not out and "cash_grant.cny_month" in err and len(err.splitlines()) == 1
    code, out, err = scenario(capsys, "diff", "cash", "cahs", "--lang", language)
    assert code == 2 and "cash" in err
