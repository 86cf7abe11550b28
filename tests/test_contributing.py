"""What CONTRIBUTING.md tells you to type works: all three walks, in a copy of the sources.

Besides the ways of `tests.blocks`, a comment before a block says: `new PATH` makes a file, `in PATH
after "TEXT"` and `in PATH before "TEXT"` put it beside the first line that begins so, `end of PATH`
appends it, `run` are commands.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.blocks import ROOT, Block, blocks, dead_links
from tests.engine.runs import finished

PAGE = "CONTRIBUTING.md"
EDITS = ("new", "in", "end")
COPIED = ("hotbed", "experiments", "sim", "scenarios", "evidence", "tests", "docs", "tools")
LEFT_OUT = shutil.ignore_patterns("__pycache__")


def edit(block: Block, place: Path) -> Path:
    """Apply a block that edits a file under `place`, and return the file."""
    path = place / block.words[-1 if block.how == "end" else 0]
    if block.how == "new":
        assert not path.exists(), f"{path.name} is there already"
        path.write_text(block.text, encoding="utf-8")
        return path
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = len(lines) if block.how == "end" else _line(block, lines)
    path.write_text("".join([*lines[:at], block.text, *lines[at:]]), encoding="utf-8")
    return path


def _line(block: Block, lines: list[str]) -> int:
    """Return before which line a block stands."""
    _, where, text = re.fullmatch(r'in (\S+) (after|before) "(.+)"', block.note).groups()
    found = [k for k, line in enumerate(lines) if line.startswith(text)]
    assert found, f"no line of {block.words[0]} begins with {text}"
    return found[0] + (where == "after")


def test_every_block_says_how_it_is_tried():
    for block in blocks(PAGE):
        assert block.how in (*EDITS, "run", "skip"), block.text
        assert (block.language == "sh") == (block.how in ("run", "skip"))


def test_links_and_names_of_files_lead_somewhere():
    assert dead_links(PAGE) == []
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    made = {block.words[0] for block in blocks(PAGE) if block.how == "new"}
    later = {"results/bench/latest.json", "results/before"}
    for name in re.findall(r"[` ]((?:sim|tests|docs|evidence|hotbed|experiments)/[\w./]*)", text):
        assert name in made | later or (ROOT / name.rstrip(".")).exists(), name


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Return a copy of the sources in which every walk was followed, and a way to run in it."""
    place = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        shutil.copytree(ROOT / name, place / name, ignore=LEFT_OUT)
    for path in [*ROOT.glob("*.md"), ROOT / "pyproject.toml", ROOT / "Makefile"]:
        shutil.copy(path, place / path.name)
    (place / ".venv").symlink_to(Path(sys.executable).parents[1])
    edited = {edit(block, place) for block in blocks(PAGE) if block.how in EDITS}
    _count_one_more_lever(place / "tests" / "levers" / "test_compile.py")
    # The copy goes before the installed sources; its kernels go where it goes.
    surroundings = os.environ | {"PYTHONPATH": str(place), "HOTBED_CACHE": str(place / ".cache")}

    def run(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "-c", line], cwd=place, env=surroundings, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip

    return place, edited, run


def _count_one_more_lever(path: Path) -> None:
    """Do what the walk says in words only."""
    text = path.read_text(encoding="utf-8")
    more, count = re.subn(
        r"(len\(all_levers\(\)\) == )(\d+)", lambda m: f"{m[1]}{int(m[2]) + 1}", text
    )
    assert count == 1
    path.write_text(more, encoding="utf-8")


def indicators(run, line: str) -> dict[str, list]:
    done = run(line)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["series"]


@pytest.mark.slow
@pytest.mark.walk
@pytest.mark.xdist_group("contributing")
@pytest.mark.parametrize("line", [x for b in blocks(PAGE) if b.how == "run" for x in b.lines()])
def test_every_command_of_a_walk_succeeds(copy, line):
    done = copy[2](line)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert done.stdout.strip()
    if "pytest" in line:
        assert " passed" in done.stdout


@pytest.mark.xdist_group("contributing")
def test_what_the_walks_add_is_as_the_project_wants_it(copy):
    _, edited, run = copy
    names = " ".join(str(path) for path in sorted(edited))
    for words in ("format --check --diff", "check"):
        done = run(f".venv/bin/ruff {words} {names}")
        assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.walk
@pytest.mark.xdist_group("contributing")
def test_the_walks_change_nothing_until_they_are_used_and_something_then(copy):
    _, _, run = copy
    plain = ".venv/bin/hotbed run starter-park --policy no-policy --months 24 --json"
    before, after = finished("starter-park", "no-policy", 0, 24), indicators(run, plain)
    small = after.pop("firms_small_share")
    assert list(after) == list(before.names)
    told = np.array([*after.values()], float).T  # null becomes NaN
    assert np.array_equal(told, before.series, equal_nan=True)
    assert all(0 < share < 1 for share in small)
    promised = indicators(run, f"{plain} --set rent_promise.rise_max=1%")
    assert promised["rent_office"][-1] < after["rent_office"][-1]
    dark = indicators(run, f"{plain} --set outages.rate=6")
    assert dark["satisfaction"][-1] < after["satisfaction"][-1]
