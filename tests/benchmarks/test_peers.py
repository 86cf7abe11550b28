"""The ports of the people processes do the same work as the engine, and a wrong one is found out."""

from __future__ import annotations

import json
import stat

import pytest

from sim.build import build
from sim.scenario import load_scenario
from tests.benchmarks.peers import numpy_model, starsim_sir
from tests.benchmarks.peers.programs import COMPARED, PORTS, checked
from tests.benchmarks.peers.work import ours

PLACE, MONTHS = "starter-park", 24


def place():
    return load_scenario(PLACE, "no-policy")


@pytest.mark.slow
def test_the_ports_agree_with_the_engine():
    gaps, disagree = checked(place(), MONTHS)
    assert disagree == []
    assert all(gaps["mesa"][count]["ours"] > 1 for count in COMPARED)


def restless(world, months, seed):
    """Run the NumPy port with people who move half as often again."""
    own = world.params["hiring"]
    world.params["hiring"] = own.copy()
    world.params["hiring"]["job_moves"] *= 1.5
    done = numpy_model.run(world, months, seed)
    world.params["hiring"] = own
    return done


@pytest.mark.slow
def test_a_port_that_does_something_else_is_found_out():
    _, disagree = checked(place(), MONTHS, {"restless": restless})
    assert ("restless", "quits") in disagree


def test_all_programs_look_at_the_same_adults():
    steps = {}
    for name, program in (*PORTS.items(), ("ours", ours)):
        world = build(place(), 3, MONTHS)
        adults = world.people.adults().size
        done = program(world, 1, 3)
        assert done.agent_steps == adults < len(world.people)
        assert done.ns_per_agent_step == pytest.approx(1e9 * done.cpu_s / adults)
        world = build(place(), 3, MONTHS)
        steps[name] = program(world, MONTHS, 3).agent_steps
    assert max(steps.values()) < 1.05 * min(steps.values())


def test_the_ports_leave_the_built_place_as_it_is():
    world = build(place(), 5, MONTHS)
    before = [column.tobytes() for column in world.people.rows]
    firms = world.firms.rows.tobytes()
    for port in PORTS.values():
        port(world, 6, 5)
    assert [column.tobytes() for column in world.people.rows] == before
    assert world.firms.rows.tobytes() == firms


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Return a function that puts a script in the place of the Python that has Starsim."""

    def put(script: str) -> None:
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("STARSIM_PYTHON", str(path))

    return put


def test_starsim_is_measured_per_agent_and_step(stand_in):
    stand_in(f"echo '{json.dumps({'version': '9.9', 'steps': 50, 'cpu_s': 0.5})}'")
    assert starsim_sir.measure(1000, 2)["ns_per_agent_step"] == pytest.approx(10_000)


def test_starsim_is_skipped_with_a_word_where_it_is_not(stand_in):
    stand_in(f"exit {starsim_sir.NOT_INSTALLED}")
    assert starsim_sir.measure() == {"skipped": "starsim is not installed"}


def test_a_starsim_that_breaks_is_no_skip(stand_in):
    stand_in("echo broken >&2; exit 1")
    with pytest.raises(RuntimeError, match="broken"):
        starsim_sir.measure()
