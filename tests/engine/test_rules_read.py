"""Every quantity that a lever may move is read by some mechanism: a lever that nobody hears is mute."""

from __future__ import annotations

import re
from pathlib import Path

import sim
from sim.state.rule_columns import RULES
from sim.state.rules import PROGRAMME

SOURCES = [
    path.read_text(encoding="utf-8")
    for room in ("processes", "build", "region")
    for path in sorted((Path(sim.__file__).parent / room).glob("*.py"))
]
HELPERS = [
    (Path(sim.__file__).parent / "state" / name).read_text(encoding="utf-8")
    for name in ("awards.py", "chain.py", "costs.py", "projects.py", "third_places.py")
]

# Said but read by no mechanism: of the operator's four weights, which sum to 1, two tell enough.
MUTE_RULES = {
    "weight_service", "weight_mission",
}  # fmt: skip
# `ramp` is in the intensity already.
MUTE_TERMS = {"ramp"}


def _heard(name: str) -> bool:
    """Return whether a mechanism reads `rule.name`, `g.name` or `["name"]`."""
    pattern = re.compile(rf"\b(?:rule|g|programme|programmes\[k\])\.{name}\b|[\"']{name}[\"']")
    return any(pattern.search(source) for source in (*SOURCES, *HELPERS))


def test_every_rule_is_heard_or_known_to_be_mute():
    unheard = {rule.name for rule in RULES if not _heard(rule.name)}
    assert unheard - {"public_stop"} == MUTE_RULES  # the stop is read when levers are compiled


def test_every_term_of_an_award_is_heard_or_known_to_be_mute():
    assert {name for name in PROGRAMME.names or () if not _heard(name)} == MUTE_TERMS
