"""Read `when:`, the condition a lever waits for: `vacancy > 0.15 for 6 latch`."""

from __future__ import annotations

from sim.indicators import INDICATORS
from sim.scenario.filters import TOKEN, FilterError
from sim.state.triggers import COMPARISONS, Trigger

LONGEST_WAIT = 120

# What a run knows month by month; the retention after a stop is only known when it is over.
NAMES = tuple(name for name in INDICATORS if not name.startswith("retention_"))


def parse_trigger(text: str) -> Trigger:
    """Parse a trigger.

    Raises:
        FilterError: with the place of the first mistake and what would be right.
    """
    pieces: list[tuple[int, str]] = []
    end = 0
    while text[end:].strip():
        match = TOKEN.match(text, end)
        if not match:
            start = end + len(text[end:]) - len(text[end:].lstrip())
            raise FilterError(start, text[start : start + 20], tuple(COMPARISONS))
        kind = match.lastgroup or ""
        pieces.append((match.start(kind), match.group(kind)))
        end = match.end()
    reader = _Pieces(pieces, len(text))
    name = reader.one_of(NAMES)
    comparison = reader.one_of(tuple(COMPARISONS))
    number = reader.number()
    months = 1
    if reader.follows("for"):
        months = int(reader.number(whole=True))
        reader.follows("months")
    latch = reader.follows("latch")
    reader.end(("for", "latch"))
    return Trigger(name, comparison, number, months, latch)


class _Pieces:
    """The tokens of one trigger, read from left to right."""

    def __init__(self, pieces: list[tuple[int, str]], length: int) -> None:
        self.pieces = pieces
        self.length = length
        self.at = 0

    def _next(self) -> tuple[int, str]:
        return self.pieces[self.at] if self.at < len(self.pieces) else (self.length, "")

    def one_of(self, allowed: tuple[str, ...]) -> str:
        offset, piece = self._next()
        if piece not in allowed:
            raise FilterError(offset, piece, allowed)
        self.at += 1
        return piece

    def number(self, whole: bool = False) -> float:
        offset, piece = self._next()
        try:
            found = float(piece.removesuffix("%").replace("_", ""))
        except ValueError:
            raise FilterError(offset, piece, ("a number",)) from None
        if piece.endswith("%"):
            found /= 100
        if whole and (found != int(found) or not 1 <= found <= LONGEST_WAIT):
            raise FilterError(offset, piece, (f"1..{LONGEST_WAIT}",))
        self.at += 1
        return found

    def follows(self, word: str) -> bool:
        if self._next()[1] != word:
            return False
        self.at += 1
        return True

    def end(self, allowed: tuple[str, ...]) -> None:
        offset, piece = self._next()
        if piece:
            raise FilterError(offset, piece, allowed)
