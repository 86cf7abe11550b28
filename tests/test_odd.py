"""docs/odd.md and its reference pages are in step with the declarations, and complete in form."""

from __future__ import annotations

import re

import pytest

from sim import schedule
from sim.indicators import INDICATORS
from sim.levers import all_levers
from sim.processes import all_parameters
from sim.state.columns import TABLES
from tools import odd

PAGES = odd.pages()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_is_what_the_declarations_say(path):
    committed = path.read_text(encoding="utf-8") if path.exists() else ""
    assert committed == PAGES[path], f"{path.name} is out of step: run `make docs`"


def test_the_page_follows_the_protocol():
    text = odd.ODD.read_text(encoding="utf-8")
    heads = re.findall(r"^## (\d)\. (.+)$", text, re.MULTILINE)
    assert [head for _, head in heads] == [
        "Purpose and patterns", "Entities, state variables and scales",
        "Process overview and scheduling", "The eleven concepts", "Initialisation", "Input data",
        "Submodels",
    ]  # fmt: skip
    concepts = re.findall(
        r"^\*\*(\w[\w ]+)\.\*\*", text.split("# Design concepts")[1], re.MULTILINE
    )
    assert concepts[:11] == [
        "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction",
        "Sensing", "Interaction", "Stochasticity", "Collectives", "Observation",
    ]  # fmt: skip


def test_every_process_table_lever_and_indicator_has_its_place():
    text = PAGES[odd.ODD]
    sections = re.findall(r"^### ([\w-]+)$", text, re.MULTILINE)
    assert sections == [odd.name_of(process) for process, _ in schedule.MONTH]
    pages = {path.name: page for path, page in PAGES.items()}
    for process, group in all_parameters().items():
        section = pages["parameters.md"].split(f"## {process}\n")[1].split("\n## ")[0]
        for name, declared in group.declared.items():
            row = next(line for line in section.splitlines() if line.startswith(f"| `{name}` "))
            assert declared.unit in row and declared.source in row, (process, name)
    assert all(f"## {name}\n" in pages["columns.md"] for name in TABLES)
    assert all(f"## {name}\n" in pages["levers.md"] for name in all_levers())
    assert all(f"| `{name}` |" in pages["indicators.md"] for name in INDICATORS)


def test_assumptions_are_counted_on_top():
    own = [p for group in all_parameters().values() for p in group.declared.values()]
    assumed = sum("assumption" in p.source for p in own)
    told = f"**{assumed} of {len(own)}** parameters of processes rest on an assumption"
    top = PAGES[odd.ODD].split("# Overview")[0]
    assert told in top


def test_a_new_process_gets_a_section():
    text = odd.ODD.read_text(encoding="utf-8")
    without = text.replace("<!-- generated: submodel-rents -->", "")
    assert "### rents\n\n<!-- generated: submodel-rents -->" in odd.submodels_missing(without)
