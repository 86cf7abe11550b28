"""Progress with the time left, on standard error."""

from __future__ import annotations

import sys
import time
from typing import Any

from hotbed.cli.face import Face

EVERY = 5.0  # seconds between lines where there is no terminal


class Progress:
    """Tells how far a batch of runs is; a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.done = self.total = 0
        self._stage = ""
        self._begun = self._told = time.monotonic()
        self._at_begin = self._first = 0  # runs that were there when the clock, or the stage, began
        self._bar: Any = None
        self._task: Any = None

    def __call__(self, what: str, done: int, total: int, stored: int) -> None:
        """Take note that `done` of `total` runs are there, `stored` of them from before."""
        stage = self._name(what)
        if stage != self._stage:
            self._enter(stage, done, total, stored)
        # Another batch of the same stage; or its first run, which may have compiled for all others.
        elif done < self.done or self._at_begin == done - 1 == self._first:
            self._begun, self._at_begin = time.monotonic(), done
        self.done, self.total = done, total
        if self.face.quiet:
            return
        if sys.stderr.isatty():
            self._draw()
        elif time.monotonic() - self._told > EVERY:
            self._told = time.monotonic()
            self.face.note(self._line())

    def stop(self) -> None:
        """Take the bar off the screen."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _name(self, what: str) -> str:
        kind, _, policy = what.partition(" ")
        return self.face.say(f"progress.{kind}", policy=policy)

    def _enter(self, stage: str, done: int, total: int, stored: int) -> None:
        self._stage, self._begun, self._at_begin = stage, time.monotonic(), done
        self._first = done
        if stored:
            self.face.note(self.face.say("resumed", stored=stored, total=total))
        if self._bar is not None:
            self._task = self._bar.add_task(stage, total=total, completed=done)

    def _draw(self) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bars

            parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            self._bar = Bars(
                *parts, TimeRemainingColumn(), console=Console(stderr=True), transient=True
            )
            self._bar.start()
            self._task = self._bar.add_task(self._stage, total=self.total)
        self._bar.update(self._task, completed=self.done, total=self.total)

    def _line(self) -> str:
        ran = self.done - self._at_begin
        if ran < 1:
            return self.face.say(
                "progress.done", stage=self._stage, done=self.done, total=self.total
            )
        seconds = (time.monotonic() - self._begun) / ran * (self.total - self.done)
        left = f"{int(seconds // 60)}:{int(seconds % 60):02d}"
        return self.face.say(
            "progress.left", stage=self._stage, done=self.done, total=self.total, left=left
        )
