"""Triggers in files: what parses, what is refused and where."""

from __future__ import annotations

import pytest

from sim.scenario.filters import FilterError
from sim.scenario.triggers import parse_trigger
from sim.state.triggers import Trigger


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vacancy > 0.15 for 6", Trigger("vacancy", ">", 0.15, 6)),
        ("vacancy>=15% for 6 latch", Trigger("vacancy", ">=", 0.15, 6, True)),
        ("jobs < 12_000", Trigger("jobs", "<", 12_000, 1)),
        ("operator_cash <= -5e6 for 3 months", None),
        ("firms <= 300 latch", Trigger("firms", "<=", 300, 1, True)),
        ("operator_cash < -5000000 for 3 months", Trigger("operator_cash", "<", -5e6, 3)),
    ],
)
def test_triggers_read_as_they_are_written(text, expected):
    if expected is None:
        with pytest.raises(FilterError):
            parse_trigger(text)
        return
    assert parse_trigger(text) == expected
    assert parse_trigger(str(expected)) == expected


@pytest.mark.parametrize(
    ("text", "offset", "piece", "allowed"),
    [
        ("vacency > 0.15", 0, "vacency", "vacancy"),
        ("vacancy = 0.15", 8, "=", ">="),
        ("vacancy > high", 10, "high", "a number"),
        ("vacancy > 0.15 for 0", 19, "0", "1..120"),
        ("vacancy > 0.15 for 2.5", 19, "2.5", "1..120"),
        ("vacancy > 0.15 until 6", 15, "until", "for"),
        ("retention_after_support_24m < 0.5", 0, "retention_after_support_24m", "firms"),
        ("", 0, "", "firms"),
        ("vacancy > 0.15 ; 6", 15, "; 6", ">"),
    ],
)
def test_a_mistake_is_found_where_it_stands(text, offset, piece, allowed):
    with pytest.raises(FilterError) as found:
        parse_trigger(text)
    assert (found.value.offset, found.value.piece) == (offset, piece)
    assert allowed in found.value.allowed
