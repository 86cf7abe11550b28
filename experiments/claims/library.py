"""The studies that come with hotbed, and what the evidence says of the claims they test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.claims.measures import MEASURES
from sim.declare import Text
from sim.scenario.evidence import entries
from sim.scenario.problems import nearest_name
from sim.scenario.studies import Study, read_study

STUDIES = Path(__file__).resolve().parents[1] / "studies"
CLAIMS = STUDIES / "claims"
FACTORIALS = (STUDIES / "factorial.yaml", STUDIES / "factorial-origin.yaml")


class UnknownClaimError(Exception):
    """A claim that nobody has; `nearest` is the most like it, or ""."""

    def __init__(self, name: str, nearest: str) -> None:
        super().__init__(name)
        self.name = name
        self.nearest = nearest


@dataclass(frozen=True)
class Claim:
    """What the evidence files say of a claim or a counter-hypothesis."""

    id: str
    hypothesis: str
    priority: str
    circularity: str
    falsified_if: str


def claim_of(name: str) -> Claim:
    """Return a claim of the evidence; a counter-hypothesis has no priority of its own."""
    entry: dict[str, Any] = entries().get(name, {})
    return Claim(
        name,
        str(entry.get("hypothesis", "")),
        str(entry.get("priority", "counter-hypothesis")),
        str(entry.get("circularity", "")),
        str(entry.get("falsified_if") or entry.get("test") or ""),
    )


def files(folder: Path = CLAIMS) -> tuple[Path, ...]:
    """Return the files of all claims, in the order of their names."""
    return tuple(sorted(folder.glob("*.yaml")))


def chosen(words: Iterable[str]) -> tuple[Path, ...]:
    """Return the files that words name: a claim's id, or a path; all claims where there are none.

    Raises:
        UnknownClaimError: if a word names no claim and no file.
    """
    known = {path.stem.upper(): path for path in files()}
    found = []
    for word in words:
        path = known.get(word.upper())
        if path is None and word.endswith((".yaml", ".yml")) and Path(word).exists():
            path = Path(word)
        if path is None:
            raise UnknownClaimError(
                word, nearest_name(word.lower(), [n.lower() for n in known]).upper()
            )
        found.append(path)
    return tuple(dict.fromkeys(found)) or tuple(known.values())


def load(path: Path) -> Study:
    """Return a study; raises ScenarioErrors with all of its mistakes."""
    return read_study(path, MEASURES)


CIRCULARITY = {
    "built_in": Text("code check", "代码检验"),
    "calibration": Text("code check (calibration)", "代码检验（校准）"),
    "mixed": Text("partly assumed", "部分为假设"),
    "emergent": Text("emergent", "涌现"),
}
