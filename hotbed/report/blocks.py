"""What a page is made of: tables, figures with their data, and lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.declare import Text

Cell = Text | str


@dataclass(frozen=True)
class Table:
    """Rows under a head; the first `left` columns hold words, the others numbers.

    `notes` marks a last column of words, `folded` a table that opens on a click, `kinds` gives rows a
    class where they differ.
    """

    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    left: int = 1
    caption: Text | None = None
    kinds: Sequence[str] = ()
    notes: bool = False
    folded: bool = False


@dataclass(frozen=True)
class Figure:
    """Drawings side by side, what they show, and their data as a table."""

    title: Text
    drawings: Sequence[str]
    data: Table | None
    note: Text | None = None
    columns: int = 0  # drawings in a row on a wide screen, 0 = as fits their number

    @property
    def across(self) -> int:
        """How many drawings stand in a row."""
        count = len(self.drawings)
        return self.columns or {1: 1, 2: 2, 4: 2}.get(count, 3)


@dataclass(frozen=True)
class Section:
    """A part of the page: words, tables and figures in their order."""

    key: str
    title: Text
    lead: Text
    blocks: Sequence[object] = field(default_factory=tuple)


@dataclass(frozen=True)
class Words:
    """A heading with paragraphs or a list under it."""

    title: Text | None
    lines: Sequence[Text]
    is_list: bool = False
    lead: Text | None = None
    is_code: bool = False


def joined(texts: Sequence[Text], between: Text = Text("", "")) -> Text:
    """Return texts in a row."""
    return Text(between.en.join(t.en for t in texts), between.zh.join(t.zh for t in texts))


COMMA = Text(", ", "、")
THEN = Text(" › ", " › ")
