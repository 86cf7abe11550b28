"""Every command and every snippet of the READMEs runs as it is printed, and both say the same.

How a block is tried is told in `tests.blocks`; only `make` and `pip` lines may be left out.
"""

from __future__ import annotations

import json
import re

import pytest

from tests.blocks import ROOT, blocks, dead_links

READMES = ("README.md", "README.zh-CN.md")


def commands() -> list[tuple[str, str]]:
    """Return (language, text) of everything to run: shell lines one by one, snippets whole."""
    runs = [block for block in blocks("README.md") if block.how not in ("skip", "file")]
    return [
        (block.language, line)
        for block in runs
        for line in (block.lines() if block.language == "sh" else [block.tried()])
    ]


@pytest.fixture
def files(tmp_path):
    for block in blocks("README.md"):
        if block.how == "file":
            (tmp_path / block.words[0]).write_text(block.text, encoding="utf-8")


def test_both_languages_show_the_same_blocks():
    assert blocks(READMES[0]) == blocks(READMES[1])


def test_the_main_commands_are_shown():
    shown = " ".join(text for language, text in commands() if language == "sh")
    for needed in ("run starter-park", "--seed 7 --json", "compare beijing", "scenario validate"):
        assert needed in shown


def test_only_set_up_is_left_out():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for block in blocks("README.md"):
        if block.how != "skip":
            continue
        for line in block.text.splitlines():
            words = line.split()
            assert words[0] == "make" or words[:4] == ["python3", "-m", "pip", "install"]
            assert words[0] != "make" or words[1] in targets


@pytest.mark.parametrize("name", READMES)
def test_links_lead_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert dead_links(name) == []
    for folder in re.findall(r"`([\w./-]+/)`", text):
        assert folder == "runs/" or (ROOT / folder).is_dir(), folder


def test_the_wheel_in_the_text_is_this_version():
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert f"hotbed-{version[1]}-py3" in (ROOT / "README.md").read_text()


@pytest.mark.slow
@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(("language", "text"), commands())
def test_block_runs(command, tmp_path, language, text):
    if language == "python":
        (tmp_path / "snippet.py").write_text(text)
        text = "python snippet.py"
    done = command(text)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert "Traceback" not in done.stderr
    if "--json" in text:
        assert json.loads(done.stdout)
