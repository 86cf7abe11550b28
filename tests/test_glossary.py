"""The glossary knows every headline indicator, every family of levers and every term linked to.

It stands in both languages, in order, and what it names as the carrier of a term exists.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from experiments.support import LATER, rows_after_support
from hotbed.cli.app import build
from hotbed.locale import Speech
from sim.indicators import INDICATORS
from sim.levers import all_levers
from sim.processes import all_parameters
from sim.scenario.documents import KEYS
from sim.scenario.uses import COMMON, keys_of
from sim.state.columns import TABLES
from sim.state.records import NORMS

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
TERMS, HEADLINES, FAMILIES = "Terms", "Headline indicators", "Lever families"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LINK = re.compile(r"\]\((?:[\w./-]*glossary\.md)?#([\w-]+)\)")
AWAITED = {"region"}  # families whose levers may come later


@cache
def table(heading: str) -> tuple[tuple[str, ...], ...]:
    """Return the cells of the table under a heading, row by row, without its head."""
    text = GLOSSARY.read_text(encoding="utf-8")
    part = text.partition(f"\n## {heading} · ")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    return tuple(rows[2:])


@cache
def anchors() -> dict[str, str]:
    """Return the English name of each term by its anchor."""
    found = {}
    for term, *_ in table(TERMS):
        anchor, name = re.fullmatch(r'<a id="([\w-]+)"></a>(.+)', term).groups()
        found[anchor] = CHINESE.split(name)[0].strip()
    return found


@cache
def known() -> frozenset[str]:
    """Return every name that may carry a term, but for files."""
    command = build(Speech("en"))
    nested = [getattr(c, "commands", {"": c}) for c in command.commands.values()]
    options = {o for group in nested for c in group.values() for p in c.params for o in p.opts}
    levers = all_levers()
    arm = SimpleNamespace(label="a")
    after = rows_after_support(arm, arm, {"a": []}, 1, 100)
    return frozenset(
        {*INDICATORS, *COMMON, *options, *after[0], *(row["indicator"] for row in after)}
        | {f"{name}.{c.name}" for name, columns in TABLES.items() for c in columns}
        | {f"norms.{name}" for name in NORMS.names}
        | {f"{name}.{p}" for name, group in all_parameters().items() for p in group.declared}
        | {key for lever in levers.values() for key in keys_of(lever)}
        | {f"{name}.{f}" for name, lever in levers.items() for f in lever.fields}
        | {key for keys in KEYS.values() for key in keys}
    )


@pytest.mark.parametrize("heading", [TERMS, HEADLINES, FAMILIES])
def test_both_languages_are_there(heading):
    rows = table(heading)
    assert len({len(row) for row in rows}) == 1
    for _, english, chinese, *rest in rows:
        assert english.endswith(".") and not CHINESE.search(english), english
        assert chinese.endswith("。") and CHINESE.search(chinese), chinese
        assert english.count(". ") <= 1 and chinese.count("。") <= 2, english
        assert all(rest)


@pytest.mark.parametrize("heading", [HEADLINES, FAMILIES])
def test_names_are_in_order(heading):
    names = [row[0].strip("`") for row in table(heading)]
    assert names == sorted(set(names))


def test_terms_are_in_order_and_have_a_name_in_both_languages():
    names = list(anchors().values())
    assert names == sorted(set(names))
    assert len(names) == len(table(TERMS)) >= 40
    assert all(CHINESE.search(term) for term, *_ in table(TERMS))


def test_every_headline_indicator_is_there_with_its_own_names_and_unit():
    declared = {name: i for name, i in INDICATORS.items() if i.headline}
    assert {row[0].strip("`") for row in table(HEADLINES)} == set(declared)
    for name, english, chinese, unit in table(HEADLINES):
        one = declared[name.strip("`")]
        assert english.startswith(f"{one.text.en}: "), name
        assert chinese.startswith(f"{one.text.zh}："), name
        assert unit == one.unit


def test_every_family_of_levers_is_there():
    families = {lever.family for lever in all_levers().values()}
    listed = {row[0].strip("`") for row in table(FAMILIES)}
    assert families <= listed <= families | AWAITED


@pytest.mark.parametrize(("term", "carriers"), [(row[0], row[3]) for row in table(TERMS)])
def test_what_carries_a_term_exists(term, carriers):
    names = re.findall(r"`([^`]+)`", carriers)
    assert names
    assert re.sub(r"`[^`]+`", "", carriers).strip(", ") == ""
    for name in names:
        assert name in known() or _is_file(name), f"{term}: {name}"


def _is_file(name: str) -> bool:
    """Return whether a file or folder of the project, or of a result, has this name."""
    if "/" in name:
        return (ROOT / name).exists()
    return f'"{name}"' in (ROOT / "experiments" / "results.py").read_text(encoding="utf-8")


def test_every_term_that_a_page_links_to_is_there():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    linked = {
        (path.name, anchor)
        for path in pages
        for anchor in LINK.findall(path.read_text(encoding="utf-8"))
        if path == GLOSSARY or "glossary.md" in path.read_text(encoding="utf-8")
    }
    assert {one for one in linked if one[1] not in anchors()} == set()


def test_the_words_of_the_field_are_there():
    wanted = "spin-out tenant graduation vacancy runway additionality displacement deadweight"
    assert set(wanted.split()) <= set(anchors())
    assert len(LATER) == 3  # retention and excess are told for each
