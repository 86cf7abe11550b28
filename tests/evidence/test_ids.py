"""Every evidence id that is cited exists, and no id means two things."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.declare import ASSUMPTION
from sim.levers import all_levers
from sim.scenario.schema import Initial, source_of
from sim.scenario.shipped import shipped_names, shipped_root

ROOT = shipped_root()
FILES = ("article_facts", "claims", "literature", "mechanisms", "places")
CITATION = re.compile(r"\bsource: ([A-Za-z0-9-]+)")
NOTED = re.compile(r"\b(A-[A-Z]{2,3}-\d{2}|[A-L]\d{2}|PAT\d{2}|PL\d{2}|CL\d{2}|M\d{3})\b")


@cache
def evidence() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {
        name: yaml.load((ROOT / "evidence" / f"{name}.yaml").read_text("utf-8"), Loader=loader)
        for name in FILES
    }


def entries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for content in evidence().values():
        for block in content.values():
            if isinstance(block, list):
                found += [one for one in block if isinstance(one, dict) and "id" in one]
    return found


@cache
def ids() -> frozenset[str]:
    return frozenset(one["id"] for one in entries())


def test_no_id_means_two_things():
    counted = Counter(one["id"] for one in entries())
    assert [name for name, count in counted.items() if count > 1] == []
    assert len(counted) > 650


def test_renamed_ids_keep_the_old_one():
    for one in entries():
        if one["id"].startswith(("PAT", "PL", "CL")):
            kind, number = re.fullmatch(r"(PAT|PL|CL)(\d\d[a-z]?)", one["id"]).groups()
            old = {"PAT": f"P{number.lstrip('0')}", "PL": f"P{number}", "CL": f"H{number}"}[kind]
            assert one["old_id"] == old
        else:
            assert "old_id" not in one


def test_the_evidence_refers_to_itself_by_the_new_ids():
    for name in ("claims", "places", "article_facts"):
        text = (ROOT / "evidence" / f"{name}.yaml").read_text("utf-8")
        text = re.sub(r"old_id: \S+", "", text)
        assert re.findall(r"\b[PH]\d{2}[a-z]?\b", text) == [], name
        cited = re.findall(r"\b(?:PL|CL)\d{2}[a-z]?\b", text)
        assert [one for one in cited if one not in ids()] == [], name
    text = re.sub(r"old_id: \S+", "", (ROOT / "evidence" / "literature.yaml").read_text("utf-8"))
    assert re.findall(r"pattern P\d+", text) == []
    assert {f"PAT{k:02d}" for k in range(1, 13)} <= ids()


# A measure of many places that the articles do not speak of, so no mechanism of theirs names it.
NAMED_BY_NONE = {"tax_relief"}


def test_mechanisms_cited_by_claims_and_levers_exist():
    for claim in evidence()["claims"]["claims"]:
        assert set(claim["mechanisms"]) <= ids(), claim["id"]
    for lever in all_levers().values():
        assert lever.mechanisms or lever.name in NAMED_BY_NONE
        assert set(lever.mechanisms) <= ids(), lever.name


@pytest.mark.parametrize("kind", ["communities", "policies"])
def test_every_id_in_a_shipped_file_exists(kind):
    for name in shipped_names(kind):
        text = (ROOT / "scenarios" / kind / f"{name}.yaml").read_text("utf-8")
        cited = CITATION.findall(text) + NOTED.findall(text)
        assert cited or name == "no-policy"
        assert {one for one in cited if one != ASSUMPTION} <= ids(), name


def test_every_source_in_a_declaration_exists():
    cited = {lever.source for lever in all_levers().values()}
    cited |= {f.source for lever in all_levers().values() for f in lever.fields.values()}
    for block in Initial.model_fields.values():
        for info in getattr(block.annotation, "model_fields", {}).values():
            cited.add(source_of(info))
    assert len(cited) > 20
    assert cited - {ASSUMPTION} <= ids()


def test_every_source_written_in_the_engine_exists():
    from sim.processes import all_parameters

    for process, group in all_parameters().items():
        for name, declared in group.declared.items():
            for part in re.split(r"[,;/ ]+", declared.source):
                assert part in ids() | {ASSUMPTION}, (process, name, declared.source)


def test_no_path_of_a_workshop_is_left_in_the_evidence():
    for name in FILES:
        text = Path(ROOT / "evidence" / f"{name}.yaml").read_text("utf-8")
        assert "shared/" not in text
