"""The interval of a comparison holds the truth in 95 of 100 comparisons, from seeds to rows.

A share of 95% has a standard error of 0.7% in 1,000 trials, so 93-97% is what luck may do.
"""

from functools import lru_cache

import numpy as np
import pytest

from experiments.compare import compare
from experiments.runner import Arm, Outcome, Result
from tests.experiments import fake_engine as fake

TRIALS, REPS = 1000, 24
TRUTH = {"firms": 3.0, "jobs": 5.0, "closures": -1.0}
NONE = np.zeros(0, fake.FATES), np.zeros(0, fake.FLOWS), np.zeros(0, fake.GROUND)


@lru_cache(maxsize=1)
def of_a_trial(trial):
    return np.random.default_rng([0, trial]).normal(size=(REPS, 11))


def draw(seed, gift):
    """Return a run of one month: luck that both arms share, luck of one's own, a known effect.

    Effects: even luck; luck that grows with the level; luck skewed to one side.
    """
    luck = of_a_trial(seed // REPS)[seed % REPS]
    shared, own = luck[:3], luck[7:] if gift else luck[3:7]
    effect = np.array(list(TRUTH.values())) * (gift > 0)
    spread = np.array([2.0, 6.0 if gift else 1.0, 1.0])
    values = 100 + 10 * shared + effect + spread * own[:3]
    values[2] += (np.exp(0.5 * own[3]) - np.exp(0.125)) * (gift > 0)
    return values


def test_the_interval_of_compare_covers_a_known_truth():
    names = tuple(TRUTH)
    engine = fake.engine()
    indicators = {name: fake.INDICATORS[name] for name in names}
    engine = type(engine)(**(vars(engine) | {"indicators": indicators}))

    def run(tasks, what):
        results = {
            task.run_id: Result(
                task.run_id,
                names, draw(task.seed, task.arm.scenario.gift)[None], *NONE,
            )
            for task in tasks
        }  # fmt: skip
        return Outcome(results=results)

    without, given = Arm("no-policy", fake.Place()), Arm("gift", fake.Place(gift=1.0))
    covered = dict.fromkeys(names, 0)
    for trial in range(TRIALS):
        seeds = list(range(trial * REPS, (trial + 1) * REPS))
        found = compare(engine, without, [given], seeds, 1, run)
        for name, truth in TRUTH.items():
            row = found.row("gift", name)
            covered[name] += row["lo"] <= truth <= row["hi"]
    for name, count in covered.items():
        assert 0.93 <= count / TRIALS <= 0.97, (name, count)
    assert pytest.approx(TRUTH["firms"], abs=3) == found.row("gift", "firms")["diff"]
