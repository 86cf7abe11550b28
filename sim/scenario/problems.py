"""Mistakes in files: collected while a file is checked, reported all at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from sim.declare import Text
from sim.scenario.messages import COUNTED, compose

SHOWN = 80


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; line and column count from 1, and are 0 where there is no file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where, what was given, what is allowed, the nearest right name, in words."""

    file: str
    line: int
    column: int
    code: str
    value: str
    allowed: str
    nearest: str
    text: Text

    def message(self, language: str = "en") -> str:
        """Return file:line:column and the text in `language`."""
        return f"{Mark(self.file, self.line, self.column)}: {self.text.in_language(language)}"


class ScenarioErrors(Exception):  # noqa: N818 -- it carries several errors
    """All mistakes found in the files of a scenario, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.message())

    def message(self, language: str = "en") -> str:
        """Return one line per mistake, and their number if there are several."""
        lines = [problem.message(language) for problem in self.problems]
        if len(lines) > 1:
            lines.append(COUNTED.in_language(language).format(count=len(lines)))
        return "\n".join(lines)

    def __reduce__(self) -> tuple[type[ScenarioErrors], tuple[tuple[Problem, ...]]]:
        """Let worker processes hand the mistakes back whole."""
        return ScenarioErrors, (self.problems,)


def nearest_name(name: str, names: Iterable[str]) -> str:
    """Return the one of `names` that is most like `name`, or "" if none is."""
    found = difflib.get_close_matches(name.lower(), list(names), n=1, cutoff=0.6)
    return found[0] if found else ""


def shown(value: object) -> str:
    """Return `value` as a message shows it: one line, not too long, numbers without noise."""
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


@dataclass
class Problems:
    """The mistakes found so far."""

    found: list[Problem] = field(default_factory=list)

    def add(
        self,
        code: str,
        at: Mark,
        value: object = "",
        *,
        allowed: str | Text | Iterable[str] = "",
        nearest: str = "",
        **parts: object,
    ) -> None:
        """Note one mistake; `allowed` as names also looks for the nearest one to `value`."""
        if not isinstance(allowed, str | Text):
            names = list(allowed)
            nearest = nearest or nearest_name(str(value), names)
            allowed = ", ".join(names)
        said = shown(value)
        text = compose(code, allowed, nearest, value=said, **parts)
        wanted = allowed.en if isinstance(allowed, Text) else allowed
        self.found.append(Problem(at.file, at.line, at.column, code, said, wanted, nearest, text))

    def stop_if_any(self) -> None:
        """Raise all mistakes found so far.

        Raises:
            ScenarioErrors: if there is one.
        """
        if self.found:
            raise ScenarioErrors(sorted(self.found, key=lambda p: (p.file, p.line, p.column)))
