"""The page of performance is the one that its numbers print, and it says what misses its limit."""

from __future__ import annotations

import copy
import json
import re

import pytest

from tests.benchmarks.limits import ROWS
from tests.benchmarks.page import NUMBERS, PAGE, missed, page


@pytest.fixture(scope="module")
def found():
    return json.loads(NUMBERS.read_text(encoding="utf-8"))


def kept(found):
    """Return the numbers with all limits kept."""
    good = copy.deepcopy(found)
    good["full_scale"] |= {"cpu_s": 0.1, "peak_mb": 100.0}
    good["every_lever"]["cpu_s"] = 0.2
    good["small"]["cpu_s"] = 0.01
    good["scaled_10x"]["ratio"] = 10.0
    good["city"] = {
        "people": 10_000_000, "firms": 50_000, "months": 12, "cpu_s": 3.6,
        "ns_per_person_month": 30.0, "bytes_per_person": 100.0, "by_process": {"housing": 0.123},
    }  # fmt: skip
    good["sweep"] = {"wall_s": 30.0, "runs_per_minute": 384.0}
    good["startup_s"] = {"help": 0.1, "warm_run": 1.0, "cold_run": 30.0}
    good["peers"]["ratios"] |= {"mesa": 300.0, "starsim": 10.0}
    return good


def test_the_page_is_in_step_with_its_numbers(found):
    assert PAGE.read_text(encoding="utf-8") == page(found)


def test_every_number_is_there(found):
    for row in ROWS:
        assert row.read(kept(found)) is not None, row.text.en


def test_a_page_without_misses_says_so(found):
    text = page(kept(found))
    assert "Every limit is kept." in text
    assert "missed" not in text
    assert "未达标" not in text


def test_the_city_is_told_by_process_once_it_is_measured(found):
    assert "a community of the city" not in page(found | {"city": None})
    text = page(kept(found))
    assert "10,000,000 people and 50,000 firms" in text
    assert "| housing | 123.0 |" in text


def test_each_miss_is_said_in_both_languages(found):
    bad = kept(found)
    bad["peers"]["ratios"]["mesa"] = 100.0
    bad["small"]["cpu_s"] = 0.05
    assert {row.text.en for row in missed(bad)} == {
        "people processes: plain Mesa over ours",
        "starter park, 120 months",
    }
    text = page(bad)
    assert text.count("**missed, 2 times**") == 2
    assert text.count("未达标") == 2


def test_what_was_not_measured_is_no_miss(found):
    without = kept(found)
    without["peers"]["starsim"] = {"skipped": "starsim is not installed"}
    for name in ("starsim", "starsim_everybody"):
        without["peers"]["ratios"].pop(name, None)
    text = page(without)
    assert missed(without) == []
    assert "not measured: starsim is not installed" in text


def test_a_disagreement_is_said(found):
    bad = kept(found)
    bad["peers"]["disagree"] = [["mesa", "quits"]]
    assert "**do not agree on quits of mesa**" in page(bad)


def test_no_path_of_a_machine_is_told():
    for path in (PAGE, NUMBERS):
        assert not re.search(r"(?<![\w.])/(\w+/)+", path.read_text(encoding="utf-8"))
