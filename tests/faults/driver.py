"""The real command line on the fake engine: `python driver.py compare toy --policy gift …`.

HOTBED_TEST_SLEEP slows every run down, HOTBED_TEST_FAILS names a seed that fails, and
HOTBED_TEST_PAUSE names a function that leaves a file `reached` and waits when it is first called;
HOTBED_TEST_STOP names a function at which the process ends as by `kill -9`;
with HOTBED_TEST_BEGUN a file `begun` says when the command itself begins.
"""

import os
import signal
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import sim.scenario
from experiments import runner
from hotbed.cli import main
from sim.declare import Text
from sim.scenario import problems
from tests.experiments import fake_engine as fake

GIFTS = {"no-policy": 0.0, "empty": 0.0, "gift": 10.0, "big": 40.0}


def load_scenario(name, policy=None, *, months=None, overrides=()):
    if policy not in (None, *GIFTS):
        words = Text("there is no such policy", "没有此政策")
        raise problems.ScenarioErrors(
            [problems.Problem("toy.yaml", 3, 7, "missing_file", policy, "", "gift", words)]
        )
    policy = policy or "no-policy"
    place = fake.Place(policy, GIFTS[policy], months=months or 48)
    fails = os.environ.get("HOTBED_TEST_FAILS")
    slow = replace(
        place,
        sleeps=float(os.environ.get("HOTBED_TEST_SLEEP", 0)),
        fails_on=(int(fails),) if fails and policy == "gift" else (),
    )
    return slow.with_support() if GIFTS[policy] else slow


def install():
    """Put the fake engine where the command line looks for the real one."""
    runner.real_engine = fake.engine
    sim.scenario.load_scenario = load_scenario
    sim.scenario.ScenarioErrors = problems.ScenarioErrors


def wait_once():
    """Wait, the first time, until somebody interrupts."""
    reached = Path("reached")
    if not reached.exists():
        reached.touch()
        time.sleep(60)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def call_before(function, place):
    """Have `function` called whenever `module:name` is about to be."""
    module, _, name = place.partition(":")
    home = import_module(module)
    *path, last = name.split(".")
    for part in path:
        home = getattr(home, part)
    real = getattr(home, last)

    def called(*values, **named):
        function()
        return real(*values, **named)

    setattr(home, last, called)


if __name__ == "__main__":
    install()
    for name, function in (("PAUSE", wait_once), ("STOP", die)):
        if place := os.environ.get(f"HOTBED_TEST_{name}"):
            call_before(function, place)
    if "HOTBED_TEST_BEGUN" in os.environ:
        Path("begun").touch()
    main()
