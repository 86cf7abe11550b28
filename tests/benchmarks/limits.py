"""What is measured, how it is named in both languages, and the limits it has to keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.declare import Text

Found = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One measured number; `most` or `least` is its limit, none where it is only shown.

    `read` returns None where the number was not measured.
    """

    text: Text
    unit: str
    read: Callable[[Found], float | None]
    most: float | None = None
    least: float | None = None

    def limit(self) -> str:
        """Return the limit as text, empty where there is none."""
        if self.most is not None:
            return f"<= {self.most:g}"
        return f">= {self.least:g}" if self.least is not None else ""

    def missed_by(self, found: Found) -> float | None:
        """Return how many times over (or under) its limit a number is; None where it keeps it."""
        value = self.read(found)
        if value is None:
            return None
        if self.most is not None and value > self.most:
            return value / self.most
        return self.least / value if self.least is not None and value < self.least else None


def _at(*path: str) -> Callable[[Found], float | None]:
    def read(found: Found) -> float | None:
        value: Any = found
        for key in path:
            value = (value or {}).get(key)
        return value

    return read


def _times(factor: float, *path: str) -> Callable[[Found], float | None]:
    def read(found: Found) -> float | None:
        value = _at(*path)(found)
        return None if value is None else factor * value

    return read


ROWS: tuple[Row, ...] = (
    Row(Text("full scale, no policy, 120 months", "全规模，无政策，120个月"), "CPU s",
        _at("full_scale", "cpu_s"), most=0.3),
    Row(Text("full scale, every lever on, 120 months", "全规模，全部政策工具，120个月"), "CPU s",
        _at("every_lever", "cpu_s"), most=0.35),
    Row(Text("full scale, peak memory", "全规模，峰值内存"), "MB", _at("full_scale", "peak_mb"),
        most=400),
    Row(Text("full scale, per person and month", "全规模，每人每月"), "ns",
        _at("full_scale", "ns_per_person_month")),
    Row(Text("starter park, 120 months", "起步园区，120个月"), "CPU ms",
        _times(1000, "small", "cpu_s"), most=25),
    Row(Text("ten times the people and firms", "人口与企业为十倍"), "times the time",
        _at("scaled_10x", "ratio"), most=11),
    Row(Text("city of 10 million, per person and month", "千万人口城市，每人每月"), "ns",
        _at("city", "ns_per_person_month"), most=40),
    Row(Text("city of 10 million, memory per person", "千万人口城市，每人内存"), "bytes",
        _at("city", "bytes_per_person"), most=120),
    Row(Text("64 replicates of 3 policies, 2 jobs", "3个政策各64次，2进程"), "s",
        _at("sweep", "wall_s"), most=60),
    Row(Text("runs per minute, 2 jobs", "每分钟运行次数，2进程"), "runs/min",
        _at("sweep", "runs_per_minute")),
    Row(Text("`hotbed --help`", "`hotbed --help`"), "s", _at("startup_s", "help"), most=0.4),
    Row(Text("`hotbed run starter-park`, kernels on disk", "`hotbed run starter-park`，已编译"), "s",
        _at("startup_s", "warm_run"), most=2.5),
    Row(Text("`hotbed run starter-park`, first ever", "`hotbed run starter-park`，首次编译"), "s",
        _at("startup_s", "cold_run"), most=60),
    Row(Text("people processes: plain Mesa over ours", "人员过程：Mesa写法耗时比"), "times",
        _at("peers", "ratios", "mesa"), least=200),
    Row(Text("people processes: NumPy over ours", "人员过程：NumPy写法耗时比"), "times",
        _at("peers", "ratios", "numpy")),
    Row(Text("agent-step: Starsim's SIR over ours", "单主体单步：Starsim SIR耗时比"), "times",
        _at("peers", "ratios", "starsim"), least=8),
)  # fmt: skip
