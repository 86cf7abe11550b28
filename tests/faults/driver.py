"""The real command line on the fake engine: `python driver.py compare toy --policy gift …`.

HOTBED_TEST_SLEEP slows every run down, HOTBED_TEST_FAILS names a seed that fails.
"""

import os
from dataclasses import replace

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


if __name__ == "__main__":
    runner.real_engine = fake.engine
    sim.scenario.load_scenario = load_scenario
    sim.scenario.ScenarioErrors = problems.ScenarioErrors
    main()
