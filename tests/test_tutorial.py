"""The tutorial works as it is printed: its commands, its files and what it says they show.

Besides the ways of `tests.blocks`, `fails N` runs a line that must end with exit code N, and `shown`
is output of the commands right before it. There any number stands for a number, and `…` for anything.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field

import pytest

from tests.blocks import Block, blocks, dead_links

PAGES = {"C.UTF-8": "docs/tutorial.md", "zh_CN.UTF-8": "docs/tutorial.zh-CN.md"}
ENGLISH, CHINESE = PAGES.values()
WAYS = ("", "small", "file", "skip", "fails", "shown")
NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?")


def doing(name: str) -> list[Block]:
    """Return the blocks of a page that do something."""
    return [block for block in blocks(name) if block.how != "shown"]


def pattern(shown: str) -> re.Pattern[str]:
    """Return what a shown line looks like in an output."""
    plain = re.escape("\x00".join(NUMBER.sub("\x01", shown).split()))
    for mark, means in (("\x00", r"\s+"), ("\x01", r"[+-]?[\d,]+(?:\.\d+)?\*?"), ("…", r".*")):
        plain = plain.replace(re.escape(mark), means).replace(mark, means)
    return re.compile(plain)


def test_a_shown_line_stands_for_its_like_and_no_other():
    assert pattern("firms   45 … 51").search("x firms 1,234  up to 6 y")
    assert not pattern("firms 45").search("firms –")
    assert not pattern("firms 45").search("jobs 45")


def test_both_languages_do_the_same():
    assert doing(ENGLISH) == doing(CHINESE)
    places = [[block.how == "shown" for block in blocks(name)] for name in PAGES.values()]
    assert places[0] == places[1]


@pytest.mark.parametrize("name", PAGES.values())
def test_links_lead_somewhere_and_every_block_says_how_it_is_tried(name):
    assert dead_links(name) == []
    for block in blocks(name):
        assert block.how in WAYS
        assert (block.language == "text") == (block.how == "shown")
        if block.how == "skip":
            assert {line.split()[0] for line in block.lines()} <= {"make", "git", "cd", "source"}


def test_the_commands_that_the_tutorial_is_about_are_there():
    lines = " ".join(line for b in doing(ENGLISH) if b.language == "sh" for line in b.lines())
    for needed in (
        "hotbed run", "--equal-cost", "scenario new", "scenario explain", "scenario validate",
        "scenario diff", "--set", "--story", "hotbed verify", "hotbed doctor",
    ):  # fmt: skip
        assert needed in lines, needed


@dataclass
class Walk:
    """What came of one language's walk: each command, and what was shown after it."""

    ended: list[tuple[str, int, subprocess.CompletedProcess[str]]] = field(default_factory=list)
    shown: list[tuple[str, str]] = field(default_factory=list)  # (shown block, output before it)


@pytest.fixture(scope="module")
def walks(tmp_path_factory, shell_in) -> dict[str, Walk]:
    """Walk through both pages in one folder: what the second asks for again is on disk already."""
    folder = tmp_path_factory.mktemp("tutorial")
    return {name: _walk(name, folder, shell_in(folder, locale)) for locale, name in PAGES.items()}


def _walk(name, folder, command) -> Walk:
    walk, output = Walk(), ""
    for path in folder.glob("*.yaml"):
        path.unlink()
    for block in blocks(name):
        if block.how == "file":
            (folder / block.words[0]).write_text(block.text, encoding="utf-8")
        elif block.how == "shown":
            walk.shown.append((block.text, output))
        elif block.how != "skip":
            wanted = int(block.words[0]) if block.how == "fails" else 0
            output = ""
            for line in block.lines():
                done = command(line)
                output += done.stdout + done.stderr
                walk.ended.append((line, wanted, done))
    return walk


@pytest.mark.slow
@pytest.mark.xdist_group("tutorial")
@pytest.mark.parametrize("name", PAGES.values())
def test_every_command_ends_as_it_says(walks, name):
    assert len(walks[name].ended) > 10
    for line, wanted, done in walks[name].ended:
        assert done.returncode == wanted, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert done.stdout.strip() or wanted
        assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.xdist_group("tutorial")
@pytest.mark.parametrize("name", PAGES.values())
def test_what_is_shown_is_what_comes(walks, name):
    assert walks[name].shown
    for text, output in walks[name].shown:
        lines = output.splitlines()
        for line in text.splitlines():
            wanted = pattern(line)
            assert any(wanted.search(" ".join(one.split())) for one in lines), f"{line}\n{output}"
