"""The engine as Mesa knows a model: same run, read-only agents, and a batch that loses nothing."""

from __future__ import annotations

import mesa
import numpy as np
import pandas as pd
import pytest

import hotbed
from sim.indicators import INDICATORS
from sim.model import Firm, Government, InnovationCommunity, Person, ReadOnlyError
from sim.recorder import simulate
from sim.scenario import ScenarioErrors
from sim.state.columns import TABLES
from tests.engine.runs import finished, scenario

MONTHS = 24


def _run(*args, **kwargs):
    community = InnovationCommunity(*args, months=MONTHS, **kwargs)
    while community.running:
        community.step()
    return community


@pytest.fixture(scope="module")
def community():
    return _run("starter-park", "heavy-rent-subsidy", rng=3)


def test_it_is_the_run_that_simulate_makes(community):
    run = finished("starter-park", "heavy-rent-subsidy", 3, MONTHS)
    assert community.steps == MONTHS
    assert not community.running
    assert community.digest == run.digest
    assert np.array_equal(community.series.to_numpy(), run.series, equal_nan=True)


def test_the_datacollector_holds_every_indicator_of_every_month(community):
    kept = community.datacollector.get_model_vars_dataframe()
    assert list(kept.columns) == list(INDICATORS)
    assert len(kept) == MONTHS + 1
    run = finished("starter-park", "heavy-rent-subsidy", 3, MONTHS)
    assert np.array_equal(kept.to_numpy()[1:], run.series, equal_nan=True)
    assert kept["firms"].iloc[0] == 40
    assert np.isnan(kept["entries"].iloc[0])


def test_looking_changes_nothing():
    def looked_at():
        community = InnovationCommunity(months=MONTHS, rng=3, policy="heavy-rent-subsidy")
        while community.running:
            community.step()
            for name in TABLES:
                frame = community.frame(name)
                frame[:] = 0
            assert community.agents_by_type[Firm].agg("staff", sum) == community.firms.staff.sum()
            yield community.series.iloc[-1]
        yield community.digest

    assert list(looked_at())[-1] == finished("starter-park", "heavy-rent-subsidy", 3, MONTHS).digest


def test_tables_are_frames_that_are_copies(community):
    for name, columns in TABLES.items():
        frame = getattr(community, name)
        assert isinstance(frame, pd.DataFrame)
        assert len(frame) == len(community.world.table(name))
        assert len(frame.columns) >= len(columns)
    mine = community.firms
    mine["cash"] = 0.0
    assert (community.firms.cash != 0).any()


def test_agents_are_views_on_rows(community):
    firms = community.agents_by_type[Firm]
    assert isinstance(firms, mesa.agent.AgentSet)
    frame = community.firms.set_index("uid")
    assert len(firms) == len(frame)
    for firm in firms:
        assert isinstance(firm, mesa.Agent)
        assert firm.staff == frame.staff[firm.unique_id]
    large = firms.select(lambda f: f.staff >= 10)
    assert len(large) == (frame.staff >= 10).sum() > 0
    assert len(community.agents_by_type[Person]) == len(community.people)
    assert len(community.agents_by_type[Government]) == 1
    assert len(community.agents) == sum(map(len, community.agents_by_type.values()))


def test_a_view_cannot_be_written_or_removed(community):
    firm = next(iter(community.agents_by_type[Firm]))
    before = firm.cash
    with pytest.raises(ReadOnlyError, match="read-only"):
        firm.cash = 1.0
    with pytest.raises(ReadOnlyError):
        firm.anything = 1
    with pytest.raises(ReadOnlyError):
        firm.remove()
    with pytest.raises(AttributeError, match="'staff'"):
        firm.staf  # noqa: B018
    assert firm.cash == before


def test_a_view_follows_its_row_until_the_agent_leaves():
    community = InnovationCommunity("starter-park", "no-policy", rng=1, months=120)
    kept = list(community.agents_by_type[Firm])
    born = {firm.unique_id: firm.born for firm in kept}
    while community.running:
        community.step()
    left = 0
    for firm in kept:
        if firm.unique_id in set(community.firms.uid):
            assert firm.born == born[firm.unique_id]
        else:
            left += 1
            with pytest.raises(AttributeError, match="has left"):
                firm.staff  # noqa: B018
    assert 0 < left < len(kept)


def test_dotted_levers_are_those_of_the_command_line():
    changes = {"rent_subsidy.discount": 0.5, "location.cost_sensitivity": 2}
    plain = scenario("starter-park", "no-policy", *(f"{k}={v}" for k, v in changes.items()))
    wanted = simulate(plain, 1, MONTHS).digest
    assert _run("starter-park", "no-policy", **changes).digest == wanted
    assert _run(scenario("starter-park"), **changes).digest == wanted
    assert _run(scenario("starter-park", "cash"), "no-policy", **changes).digest == wanted
    assert _run(scenario("starter-park")).digest != wanted


@pytest.mark.parametrize(
    "place", ["starter-park", scenario("starter-park")], ids=["name", "loaded"]
)
def test_all_wrong_levers_are_told_at_once(place):
    with pytest.raises(ScenarioErrors) as caught:
        InnovationCommunity(place, **{"rent_subsidi.discount": 0.5, "cash_grant.cny_once": -1})
    assert "rent_subsidy.discount" in str(caught.value)
    assert "cash_grant.cny_once" in str(caught.value)


def test_seeds_of_every_kind_that_mesa_knows():
    assert (
        _run(rng=np.int64(3), policy="heavy-rent-subsidy").digest
        == _run(rng=3, policy="heavy-rent-subsidy").digest
    )
    assert InnovationCommunity(rng=None).seed != InnovationCommunity(rng=None).seed
    by_sequence = [InnovationCommunity(rng=np.random.SeedSequence(5)).seed for _ in range(2)]
    assert by_sequence[0] == by_sequence[1]


def test_it_stops_at_its_horizon(community):
    with pytest.raises(RuntimeError, match="horizon of 24 months"):
        community.step()
    assert community.steps == MONTHS


def test_batch_run_keeps_the_last_month_and_pairs_the_seeds():
    rows = pd.DataFrame(
        mesa.batch_run(
            InnovationCommunity,
            {"policy": "no-policy", "months": MONTHS, "rent_subsidy.discount": [0, 0.5]},
            rng=[1, 2],
            number_processes=1,
            data_collection_period=6,
            display_progress=False,
        )
    )
    assert sorted(rows.Step.unique()) == [0, 6, 12, 18, 24]
    assert len(rows) == 2 * 2 * 5
    last = rows[rows.Step == MONTHS].set_index(["rng", "rent_subsidy.discount"])
    for seed in (1, 2):
        run = finished("starter-park", "no-policy", seed, MONTHS)
        assert last.jobs[seed, 0.0] == run.series[-1, run.names.index("jobs")]
        assert last.public_cost[seed, 0.5] > last.public_cost[seed, 0.0]


def test_batch_run_takes_iterations_and_whole_horizons():
    with pytest.warns(DeprecationWarning, match="iterations"):
        rows = mesa.batch_run(
            InnovationCommunity,
            {"months": 3, "location.cost_sensitivity": [2, 4]},
            iterations=2,
            number_processes=1,
            display_progress=False,
        )
    assert [row["Step"] for row in rows] == [3, 3, 3, 3]


def test_hotbed_offers_it():
    assert hotbed.InnovationCommunity is InnovationCommunity
