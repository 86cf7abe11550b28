"""A life is told as it was: watching changes nothing, and every sentence has its event."""

from __future__ import annotations

import numpy as np
import pytest

from sim.recorder import simulate
from sim.scenario.load import load_scenario
from sim.state.columns import FATES
from sim.story import Event, Watcher, parting, sentence
from sim.story.events import BEFORE
from sim.story.words import SENTENCES

MONTHS = 30
SEED = 3


class Every:
    """Watches a world with many watchers at once, as one observer."""

    def __init__(self) -> None:
        self.watchers: dict[int, Watcher] = {}

    def __call__(self, world, month):
        if month == BEFORE:
            teams, firms = world.founders.rows["uid"], world.firms.rows["uid"]
            self.watchers = {int(uid): Watcher(int(uid)) for uid in (*teams, *firms)}
        for watcher in self.watchers.values():
            watcher(world, month)


def lived(policy):
    every = Every()
    run = simulate(load_scenario("starter-park", policy), SEED, MONTHS, observe=every)
    return run, {uid: watcher.life for uid, watcher in every.watchers.items()}


@pytest.fixture(scope="module")
def cash():
    return lived("cash")


@pytest.fixture(scope="module")
def none():
    return lived("no-policy")


def test_a_run_that_is_watched_is_the_run(cash):
    unseen = simulate(load_scenario("starter-park", "cash"), SEED, MONTHS)
    assert cash[0].digest == unseen.digest
    assert np.array_equal(cash[0].series, unseen.series, equal_nan=True)


def test_lives_end_as_the_fates_say(cash):
    run, lives = cash
    fates = {int(fate["uid"]): fate for fate in run.fates}
    firms = [life for life in lives.values() if life.kind == "firm"]
    assert len(firms) == 40
    for life in firms:
        fate, last = fates[life.uid], life.events[-1]
        assert life.events[0].kind == "stands" and life.events[0].month == BEFORE
        months = [event.month for event in life.events]
        assert months == sorted(months)
        if fate["left"] < 0:
            assert (last.kind, last.month) == ("end", MONTHS - 1)
        else:
            assert (last.kind, last.month) == ("left", fate["left"])
        assert last.values["how"] == FATES[fate["how"]]
        assert last.values["staff"] == fate["staff_end"]


def test_whoever_was_supported_is_told_to_have_been(cash, none):
    run, lives = cash
    for fate in run.fates[np.isin(run.fates["uid"], list(lives))]:
        kinds = [event.kind for event in lives[int(fate["uid"])].events]
        assert ("award" in kinds) == (fate["supported"] > 0)
    assert any(fate["supported"] for fate in run.fates)
    assert not any(e.kind == "award" for life in none[1].values() for e in life.events)


def test_staff_products_and_rounds_add_up_to_the_end(cash):
    grown = 0
    for life in cash[1].values():
        rows = [row for _, row in sorted(life.rows.items())]
        if life.kind != "firm" or not rows:
            continue
        steps = [event.values["step"] for event in life.events if event.kind == "product"]
        assert steps == sorted(set(steps))
        assert not steps or steps[-1] == rows[-1]["maturity"]
        sizes = [e for e in life.events if e.kind in ("grew", "shrank")]
        assert all((e.values["staff"] > e.values["was"]) == (e.kind == "grew") for e in sizes)
        grown += len(sizes)
    assert grown > 5


def test_a_founder_is_followed_into_its_firm(none):
    founders = [life for life in none[1].values() if life.kind == "founder"]
    assert founders and all(life.events[0].kind in ("team", "stands") for life in founders)
    founded = [life for life in founders if any(e.kind == "founded" for e in life.events)]
    assert founded
    kinds = [event.kind for event in founded[0].events]
    assert kinds[0] == "team" and kinds.index("founded") > 0
    assert founded[0].rows and kinds[-1] in ("end", "left", "gave_up", "still_nascent")


def test_two_lives_part_where_their_events_do(cash, none):
    parted = 0
    for uid, life in none[1].items():
        other = cash[1][uid]
        assert parting(life, life).month is None and parting(life, life).row_month is None
        part = parting(life, other)
        if part.month is None:
            assert life.events == other.events
            continue
        parted += 1
        before = [e for e in life.events if e.month < part.month]
        assert before == [e for e in other.events if e.month < part.month] and part.a != part.b
        if life.kind == "firm":
            assert part.row_month is not None and part.row_month <= part.month
            for month in range(part.row_month):
                assert life.rows[month].tobytes() == other.rows[month].tobytes()
    assert parted > 5


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_event_of_these_lives_is_a_sentence(cash, none, language):
    for _, lives in (cash, none):
        for life in lives.values():
            for event in life.events:
                text = sentence(event, "2026-04", language)
                assert text and "{" not in text and text[-1] in ".。"


@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_every_kind_of_event_can_be_told(kind):
    values = {
        "firm": 7, "origin": "scholar", "sector": "ai", "layer": "", "staff": 4, "was": 2, "born": -5,
        "parent": 0, "maturity": 2, "step": 3, "round": "angel", "formed": 1, "incubated": 1,
        "region": 1, "waiting": 2, "cofounder": 1, "lever": "cash_grant", "last": 9, "stake": 0.06,
        "money": 1e6, "value": 2e6, "founders": 0.8, "local": 1, "area": 50.0, "cash": -1.0,
        "ties": 4, "supply": 1, "count": 3, "here": 1, "outside": 1, "seeking": 1, "away": 0,
        "child": 9, "how": "closed", "months": 5, "support": 0.0, "operator": 0.05,
    }  # fmt: skip
    told = {
        language: sentence(Event(3, kind, values), "2026-04", language) for language in ("en", "zh")
    }
    assert told["en"] != told["zh"] and "{" not in told["en"] + told["zh"]


def test_who_is_not_in_the_run_is_not_found():
    watcher = Watcher(5)
    simulate(load_scenario("starter-park", "no-policy"), SEED, 2, observe=watcher)
    assert not watcher.life.found and watcher.life.events == [] and watcher.founders
