"""Every command and every snippet of the READMEs runs as it is printed, and both say the same.

A comment before a fenced block changes how it is tried: `test: small "A" "B"` puts B for A so that
it ends sooner, `test: file NAME` makes it a file that the commands find, `test: skip WHY` leaves it
out, which only `make` and `pip` lines may ask for.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh-CN.md")

_BLOCK = re.compile(
    r"(?:<!-- test: (?P<note>[^\n]*?) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text and how it is tried."""

    language: str
    text: str
    note: str

    @property
    def how(self) -> str:
        """Return the first word of the note, or an empty text."""
        return self.note.partition(" ")[0]

    def tried(self) -> str:
        """Return the text with its replacement made."""
        if self.how != "small":
            return self.text
        _, large, small = shlex.split(self.note)
        assert large in self.text, f"nothing to replace: {large}"
        return self.text.replace(large, small)


def blocks(name: str) -> list[Block]:
    """Return all fenced blocks of a README in their order."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = list(_BLOCK.finditer(text))
    assert text.count("```") == 2 * len(found)
    return [Block(b["language"], b["text"], b["note"] or "") for b in found]


def commands() -> list[tuple[str, str]]:
    """Return (language, text) of everything to run: shell lines one by one, snippets whole."""
    runs = [block for block in blocks("README.md") if block.how not in ("skip", "file")]
    return [
        (block.language, line)
        for block in runs
        for line in (block.tried().splitlines() if block.language == "sh" else [block.tried()])
    ]


@pytest.fixture
def files(tmp_path):
    for block in blocks("README.md"):
        if block.how == "file":
            (tmp_path / block.note.split()[1]).write_text(block.text, encoding="utf-8")


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
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target
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
