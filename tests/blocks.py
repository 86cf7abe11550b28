"""Fenced blocks of the project's pages, and how a comment before a block says to try it.

`<!-- test: HOW … -->` stands right before a block: `small "A" "B"` puts B for A so that it ends
sooner, `file NAME` makes it a file that the commands find, `skip WHY` leaves it out, `shown` is what
the commands before it print. A page may know further ways.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_BLOCK = re.compile(
    r"(?:<!-- test: (?P<note>[^\n]*?) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL
)
_LINK = re.compile(r"\]\((?!http)([^)#]+)[^)]*\)")


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

    @property
    def words(self) -> list[str]:
        """Return the words of the note after the first, as a shell would take them."""
        return shlex.split(self.note)[1:]

    def tried(self) -> str:
        """Return the text with its replacement made."""
        if self.how != "small":
            return self.text
        large, small = self.words
        assert large in self.text, f"nothing to replace: {large}"
        return self.text.replace(large, small)

    def lines(self) -> list[str]:
        """Return the commands of a shell block, continued lines joined."""
        return self.tried().replace("\\\n", " ").splitlines()


def blocks(name: str) -> list[Block]:
    """Return all fenced blocks of a page in their order."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = list(_BLOCK.finditer(text))
    assert text.count("```") == 2 * len(found)
    return [Block(b["language"], b["text"], b["note"] or "") for b in found]


def dead_links(name: str) -> list[str]:
    """Return the links of a page that lead nowhere in the project."""
    page = ROOT / name
    targets = _LINK.findall(page.read_text(encoding="utf-8"))
    return [target for target in targets if not (page.parent / target).exists()]
