"""No result depends on the order of rows: every table is shuffled at months 0 and 36."""

from __future__ import annotations

import numpy as np
import pytest

from sim.draw import keys, uniforms
from sim.state.columns import TABLES
from sim.state.world import World
from tests.engine.runs import Stepped, finished, scenario

MONTHS = 48
_KEY = keys(99, np.uint64(1), 1)[0]


def shuffle(world: World, names: tuple[str, ...] = tuple(TABLES)) -> None:
    """Bring the rows of tables into a random order that their uids decide."""
    for name in names:
        rows = world.table(name).rows
        uid = rows.uid if name == "people" else rows["uid"]
        order = np.argsort(uniforms(_KEY, np.ascontiguousarray(uid)))
        assert uid.size < 2 or not np.array_equal(order, np.arange(uid.size))
        world.take(name, order)


@pytest.mark.parametrize(
    ("place", "policy"),
    [
        ("starter-park", "no-policy"),
        ("starter-park", "service-for-equity-taper"),
        ("starter-park", "heavy-rent-subsidy"),
        pytest.param("beijing-ai-origin", "as-is", marks=pytest.mark.slow),
        pytest.param("beijing-ai-origin", "cash-for-equity", marks=pytest.mark.slow),
    ],
)
def test_the_order_of_rows_decides_nothing(place, policy):
    shuffled = Stepped(scenario(place, policy), 3, MONTHS, {0: shuffle, 36: shuffle})
    assert shuffled.digest() == finished(place, policy, 3, MONTHS).digest


@pytest.mark.parametrize("table", TABLES)
def test_each_table_alone_may_stand_in_any_order(table):
    alone = Stepped(
        scenario("starter-park", "cash-for-equity"), 4, 6, {1: lambda w: shuffle(w, (table,))}
    )
    assert alone.digest() == finished("starter-park", "cash-for-equity", 4, 6).digest


def test_a_wrong_reference_is_seen():
    def mislead(world):
        cell = world.firms.rows["cell"]
        other = int(np.flatnonzero(cell != cell[0])[0])
        cell[[0, other]] = cell[[other, 0]]

    run = Stepped(scenario("starter-park"), 3, 2, {1: mislead})
    assert run.digest() != finished("starter-park", "no-policy", 3, 2).digest
