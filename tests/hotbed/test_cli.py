"""What a user types and gets: forms, languages, exit codes."""

import hashlib
import json
import re
import subprocess
import sys
import time

import pytest

from hotbed.cli import app
from hotbed.locale import en, language_of, zh
from sim import scenario
from tests.faults import driver
from tests.faults.command import ROOT, call

ASK = ("compare", "toy", "--policy", "gift", "--reps", "4")


def test_both_languages_have_the_same_texts_with_the_same_places():
    assert en.TEXTS.keys() == zh.TEXTS.keys()
    for key, text in en.TEXTS.items():
        places = re.findall(r"{(\w+)", text)
        assert sorted(set(places)) == sorted(set(re.findall(r"{(\w+)", zh.TEXTS[key]))), key
        if len(text) > 3 and key not in ("error",):
            assert re.search(r"[\u4e00-\u9fff]", zh.TEXTS[key]), key


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_TW"}, "zh"),
        ({}, "en"),
    ],
)
def test_the_language_is_the_locales(environment, language):
    assert language_of(environment) == language


def test_compare_shows_table_verdict_path_and_next_command(tmp_path):
    code, out, err = call(*ASK, cwd=tmp_path)
    assert code == 0, err
    for part in (
        "firms",
        "95% interval",
        "After 48 months",
        "not a forecast",
        "Warning",
        "Results:",
    ):
        assert part in out
    folder = out.split("Results: ")[1].split()[0]
    assert re.fullmatch(r"results/compare-toy-[0-9a-f]{8}", folder)
    assert (tmp_path / folder / "comparison.json").exists()
    page = out.split("Page: ")[1].split()[0]
    assert page == f"{folder}/report.html"
    written = (tmp_path / page).read_text()
    assert '<html lang="en">' in written and "hotbed compare toy --policy gift" in written
    manifest = json.loads((tmp_path / folder / "manifest.json").read_text())
    assert manifest["files"]["report.html"] == hashlib.sha256(written.encode()).hexdigest()
    assert "Next: hotbed compare toy" in err


def test_the_page_is_written_again_in_the_language_that_is_asked_for(tmp_path):
    assert call(*ASK, cwd=tmp_path)[0] == 0
    code, out, _ = call(*ASK, "--lang", "zh", cwd=tmp_path)
    assert code == 0 and "网页报告" in out
    (page,) = tmp_path.glob("results/*/report.html")
    assert '<html lang="zh">' in page.read_text()
    told = json.loads(call(*ASK, "--json", cwd=tmp_path)[1])
    assert tmp_path / told["page"] == page


def test_unequal_cost_heads_the_table_and_equal_cost_is_reported(tmp_path):
    ask = (*ASK, "--policy", "big")
    assert "NOT AT EQUAL COST" in call(*ask, cwd=tmp_path)[1]
    code, out, _ = call(*ask, "--equal-cost", "--json", cwd=tmp_path)
    told = json.loads(out)
    assert code == 0 and told["at_equal_cost"] is True
    assert told["equal_cost"][1]["factor"] == pytest.approx(0.25, rel=0.02)
    assert "grant.cny x 0.25" in call(*ask, "--equal-cost", cwd=tmp_path)[1]
    assert "are not run again" in call(*ask, "--equal-cost", cwd=tmp_path)[2]


def test_compare_json_has_its_form_and_nothing_else_on_standard_output(tmp_path):
    code, out, _ = call(*ASK, "--json", "--seed", "5", cwd=tmp_path)
    told = json.loads(out)
    assert code == 0 and told["seeds"] == [5, 6, 7, 8] and told["reps"] == 4
    assert {"scenario", "baseline", "reps", "seeds", "equal_cost", "rows"} <= told.keys()
    keys = "policy indicator at unit direction mean diff lo hi p_better variance_reduction n note"
    assert list(told["rows"][0])[:13] == keys.split()
    assert len(told["verdict"]["en"]) == len(told["verdict"]["zh"]) == 4
    odd = next(r for r in told["rows"] if r["indicator"].endswith("only_policy"))
    assert odd["diff"] is None and odd["note"]


def test_winners_and_losers_are_told_by_what_is_asked_for(tmp_path):
    code, out, _ = call(*ASK, "--by", "sector, size", "--json", cwd=tmp_path)
    rows = json.loads(out)["winners"]
    assert code == 0 and {(row["policy"], row["by"]) for row in rows} == {
        ("gift", "sector"),
        ("gift", "size"),
    }
    for row in rows:
        net = row["saved"] - row["lost"] + row["brought"] - row["crowded_out"]
        assert row["net_firms"] == pytest.approx(net)
        assert row["net_firms_lo"] <= row["net_firms"] <= row["net_firms_hi"]
    by = {kind: sum(r["net_firms"] for r in rows if r["by"] == kind) for kind in ("sector", "size")}
    assert by["sector"] == pytest.approx(by["size"]) and by["size"] != 0
    assert all(
        row["group"] in ("1-4", "5-9", "10-49", "50+") for row in rows if row["by"] == "size"
    )
    assert "winners" not in json.loads(call(*ASK, "--json", cwd=tmp_path)[1])
    out = call(*ASK, "--by", "size", "--lang", "zh", cwd=tmp_path)[1]
    assert "期末企业，政策减 no-policy，按初始规模" in out and "挤出" in out


def test_a_wrong_group_is_told_with_the_nearest(tmp_path):
    code, _, err = call(*ASK, "--by", "size,secter", cwd=tmp_path)
    assert code == 2 and "secter" in err and "did you mean sector?" in err


def test_run_json_has_its_form_and_undefined_is_null(tmp_path):
    code, out, _ = call("run", "toy", "--seed", "3", "--json", cwd=tmp_path)
    told = json.loads(out)
    assert code == 0
    assert list(told) == [
        "scenario", "policy", "seed", "months", "model_version", "digest", "final", "series",
        "stories",
    ]  # fmt: skip
    assert told["seed"] == 3 and len(told["series"]["firms"]) == told["months"] == 48
    assert told["series"]["odd"][0] is None and told["final"]["odd"] is None
    assert told["final"]["firms"] == told["series"]["firms"][-1]
    again = json.loads(call("run", "toy", "--seed", "3", "--json", cwd=tmp_path)[1])
    assert again["digest"] == told["digest"]
    assert list(tmp_path.iterdir()) == []


def test_run_shows_headlines_over_time_and_keeps_what_it_is_told_to(tmp_path):
    code, out, _ = call("run", "toy", "--months", "40", "--out", "here", cwd=tmp_path)
    assert code == 0 and "m036" in out and "Results: here" in out
    assert {"manifest.json", "run.json", "runs"} <= {p.name for p in (tmp_path / "here").iterdir()}


def test_chinese_everywhere(tmp_path):
    code, out, err = call(*ASK, "--lang", "zh", cwd=tmp_path)
    assert code == 0
    for part in ("企业数", "差值", "个月后", "不是预测", "注意", "结果："):
        assert part in out
    assert "下一步" in err
    assert "用法" in call("compare", "--help", cwd=tmp_path, LANG="zh_CN.UTF-8")[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("compare", "toy"), "--policy"),
        ((*ASK, "--reps", "0"), "--reps"),
        ((*ASK, "--jobs", "many"), "--jobs"),
        ((*ASK, "--jobs", "0"), "--jobs"),
        ((*ASK, "--lang", "fr"), "--lang"),
        (("compare", "toy", "--policy", "no-policy"), "no-policy"),
        (("run", "toy", "--seed", "-1"), "--seed"),
        (("run", "toy", "--months", "0"), "--months"),
        (("run", "toy", "--policy", "gitf"), "toy.yaml:3:7"),
        (("run", "toy", "--seed", "seven"), "--seed"),
        (("run", "toy", "--nonsense"), "--nonsense"),
        (("run",), "SCENARIO"),
        (("nonsense",), "nonsense"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_bad_usage_is_one_message_and_exit_code_2(capsys, monkeypatch, words, told, language):
    monkeypatch.setattr(scenario, "load_scenario", driver.load_scenario, raising=False)
    if "--lang" not in words:
        words = (*words, "--lang", language)
    code = app.call(words)
    out, err = capsys.readouterr()
    assert code == 2 and told in err and not out
    assert "Traceback" not in err and len(err.splitlines()) <= 2
    if "--lang" in words and language == "zh" and words[-1] == "zh":
        assert err.startswith("错误：")


def test_mistakes_in_files_come_in_both_languages_as_json(tmp_path):
    code, out, _ = call("run", "toy", "--policy", "gitf", "--json", cwd=tmp_path)
    mistake = json.loads(out)["errors"][0]
    assert code == 2 and mistake["line"] == 3 and mistake["nearest"] == "gift"
    assert mistake["en"] and "没有" in mistake["zh"]


def test_a_failed_strict_run_is_a_failed_check(tmp_path):
    fails = {"HOTBED_TEST_FAILS": "1"}
    ask = ("run", "toy", "--policy", "gift", "--seed", "1")
    assert call(*ask, "--strict", cwd=tmp_path, **fails)[0] == 1
    code, _, err = call(*ask, cwd=tmp_path, **fails)
    assert code == 3 and "month 7" in err and "Traceback" not in err


def test_quiet_leaves_standard_error_empty(tmp_path):
    assert call(*ASK, "--quiet", cwd=tmp_path)[2] == ""


def test_help_comes_at_once_and_loads_nothing_heavy():
    code = (
        "import sys; from hotbed.cli.app import call; assert call(['--help']) == 0;"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'numba', 'mesa', 'rich', 'scipy', 'pydantic'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - begun < 1  # 0.1 s on a quiet machine


def test_public_names_are_found_lazily():
    code = (
        "import sys, hotbed as hb; assert 'numpy' not in sys.modules;"
        "assert callable(hb.load) and callable(hb.run) and callable(hb.compare)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
