"""What Python users call, on the fake engine."""

import numpy as np
import pandas as pd
import pytest

import hotbed as hb
from experiments import runner
from sim.declare import Text
from tests.experiments import fake_engine as fake


class Toy(fake.Place):
    def with_policy(self, policy):
        gift = {"no-policy": 0.0, "gift": 10.0}[policy]
        return Toy(policy, gift, policy_title=Text(policy, policy)).with_support()


@pytest.fixture(autouse=True)
def fake_engine(monkeypatch):
    monkeypatch.setattr(runner, "real_engine", fake.engine)


def test_a_run_has_a_frame_of_months_and_indicators():
    run = hb.run(Toy(), policy="gift", seed=3)
    assert run.policy == "gift" and run.seed == 3
    assert list(run.series.index) == list(range(1, 49))
    assert list(run.series.columns) == list(fake.INDICATORS)
    assert run.final["firms"] == run.series["firms"].iloc[-1]
    assert run.fates["uid"].tolist() == [1, 2, 3, 4, 5, 6]


def test_a_comparison_has_a_tidy_table_and_a_verdict():
    cmp = hb.compare(Toy(), policies=["gift"], reps=5)
    table = cmp.table()
    assert isinstance(table, pd.DataFrame)
    assert {"policy", "indicator", "mean", "diff", "lo", "hi", "p_better", "reps"} <= set(table)
    row = table[(table.policy == "gift") & (table.indicator == "firms") & (table["at"] == "m012")]
    assert row["diff"].item() == pytest.approx(10) and row["reps"].item() == 5
    assert len(cmp.verdict()) == 3 and "企业数" in cmp.verdict("zh")[0]
    assert cmp.folder is None and cmp.failures == ()


def test_a_comparison_with_a_folder_is_kept_and_resumed(tmp_path):
    first = hb.compare(Toy(), policies=["gift"], reps=3, out=tmp_path / "here")
    again = hb.compare(Toy(), policies=["gift"], reps=4, out=tmp_path / "here")
    log = (tmp_path / "here" / "log.jsonl").read_text()
    assert log.count('"started"') == 8
    assert np.array_equal(
        again.comparison.values["gift"][("firms", "end")][:3],
        first.comparison.values["gift"][("firms", "end")],
    )


def test_replicates_may_go_on_until_intervals_are_narrow():
    cmp = hb.compare(Toy(), policies=["gift"], reps="auto", ci=0.01)
    assert cmp.stopped.reached and cmp.stopped.n == len(cmp.comparison.seeds) >= 16
    assert np.nanmax(cmp.stopped.half_width) <= 0.01
    assert hb.compare(Toy(), policies=["gift"], reps=3).stopped is None
    with pytest.raises(ValueError, match="many"):
        hb.compare(Toy(), policies=["gift"], reps="many")


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = hb.nonsense
    assert "compare" in dir(hb)
