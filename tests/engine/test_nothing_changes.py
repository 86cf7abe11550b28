"""Two runs differ only by what was decided: what decides nothing changes nothing, bit for bit."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from sim import recorder
from sim.declare import indicator
from sim.indicators import INDICATORS
from sim.levers import all_levers
from sim.recorder import simulate
from sim.scenario import load_scenario
from sim.state.rules import LeverUse
from tests.engine.runs import PLACES, finished, scenario

MONTHS = 24
EMPTY = {"nothing": "", "no-levers": "schema: hotbed/1\nkind: policy\nlevers: {}\n"}


@pytest.mark.parametrize("text", EMPTY.values(), ids=EMPTY)
@pytest.mark.parametrize("place", PLACES)
def test_an_empty_policy_is_no_policy(tmp_path, place, text):
    path = tmp_path / "empty.yaml"
    path.write_text(text)
    run = simulate(load_scenario(place, path), 1, MONTHS)
    assert run.digest == finished(place, "no-policy", 1, MONTHS).digest


def _unused(lever, values=None):
    """Return the digest of a run with a lever of neutral intensity in the policy."""
    fields = {name: f.default for name, f in all_levers()[lever].fields.items()}
    use = LeverUse(lever, fields | (values or {}), 0, MONTHS - 1)
    return simulate(scenario("starter-park").with_levers((use,)), 1, MONTHS).digest


@pytest.mark.parametrize("lever", sorted(all_levers()))
def test_an_unused_lever_changes_nothing(lever):
    assert _unused(lever) == finished("starter-park", "no-policy", 1, MONTHS).digest


@pytest.mark.parametrize("bound", ["low", "high"])
@pytest.mark.parametrize(
    "lever",
    [n for n, d in sorted(all_levers().items()) if any(f.intensity for f in d.fields.values())],
)
def test_the_other_fields_are_inert_while_intensities_are_neutral(lever, bound):
    """Null fields stay null: there null, not a number, is what leaves the place as it is."""
    values = {
        name: type(f.default)(getattr(f, bound))
        for name, f in all_levers()[lever].fields.items()
        if not f.intensity and isinstance(f.default, int | float) and not f.nullable
    }
    assert _unused(lever, values) == finished("starter-park", "no-policy", 1, MONTHS).digest


def test_a_lever_that_is_used_does_change_something():
    run = simulate(scenario("starter-park", "no-policy", "rent_subsidy.discount=0.5"), 1, MONTHS)
    assert run.digest != finished("starter-park", "no-policy", 1, MONTHS).digest


def test_an_added_indicator_changes_nothing(monkeypatch):
    plain = finished("starter-park", "no-policy", 1, MONTHS)
    extra = indicator("two_firms", "firms", "stock", "end", "up", "twice", "两倍", "2·firms")
    derive = recorder.derive
    monkeypatch.setattr(recorder, "INDICATORS", {"two_firms": extra, **INDICATORS})
    monkeypatch.setattr(
        recorder, "derive", lambda *a: (found := derive(*a)) | {"two_firms": 2 * found["firms"]}
    )
    seen = []
    digest = recorder.digest
    monkeypatch.setattr(
        recorder, "digest", lambda w, s: seen.append(digest(w, s[:, 1:])) or digest(w, s)
    )
    more = simulate(scenario("starter-park"), 1, MONTHS)
    assert more.names[0] == "two_firms"
    assert np.array_equal(more.series[:, 1:], plain.series, equal_nan=True)
    assert seen == [plain.digest]
    assert more.digest != plain.digest


def test_other_processes_and_another_order_of_runs_give_the_same_digest():
    code = (
        "from sim.recorder import simulate\n"
        "from sim.scenario import load_scenario\n"
        "for seed in (2, 1):\n"
        f"    run = simulate(load_scenario('starter-park', 'services'), seed, {MONTHS})\n"
        "print(run.digest)\n"
    )
    for hashing in ("0", "77"):
        found = subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": hashing, **_environment()},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert found.stdout.strip() == finished("starter-park", "services", 1, MONTHS).digest


def _environment():
    import os

    from tests.conftest import ROOT

    return {k: v for k, v in os.environ.items() if k != "PYTHONHASHSEED"} | {
        "PYTHONPATH": str(ROOT)
    }


def test_another_seed_gives_another_run():
    one, other = (finished("starter-park", "no-policy", seed, MONTHS) for seed in (1, 2))
    assert one.digest != other.digest
