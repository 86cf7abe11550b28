"""What Python users call: load, run, compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

    from experiments.compare import Comparison
    from experiments.sequential import Stopped


@dataclass(frozen=True)
class RunResult:
    """One run.

    Attributes:
        final: every indicator as one number for the whole run; NaN where undefined.
        series: month x indicator; the index is the number of months that have passed.
        fates: one row per firm that was ever on the site.
        sites: for a place of several sites, the series of each by its name.
    """

    scenario: str
    policy: str
    seed: int
    months: int
    model_version: str
    digest: str
    final: dict[str, float]
    series: pd.DataFrame
    fates: pd.DataFrame
    sites: dict[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class ComparisonResult:
    """A comparison: its rows, what it means, and where it is kept.

    `stopped` says how replicates ended that were run until intervals were narrow, else None.
    """

    comparison: Comparison
    failures: tuple[Any, ...]
    folder: Path | None
    stopped: Stopped | None = None

    def table(self) -> pd.DataFrame:
        """Return the tidy table: a row per policy, indicator and time."""
        import pandas as pd

        return pd.DataFrame(self.comparison.rows).assign(reps=lambda rows: rows["n"])

    def verdict(self, language: str = "en") -> list[str]:
        """Return the three sentences of the verdict."""
        from experiments.runner import real_engine
        from experiments.verdict import verdict

        names = {name: i.text for name, i in real_engine().indicators.items()}
        return [text.in_language(language) for text in verdict(self.comparison, names)]


def load(name_or_path: str | Path, policy: str | Path | None = None, **rest: Any) -> Any:
    """Load and check a community or scenario.

    Args:
        name_or_path: a shipped name or a file.
        policy: replaces the levers of the file.
        **rest: `months` and `overrides`, as in `sim.scenario.load_scenario`.

    Raises:
        ScenarioErrors: all mistakes at once.
    """
    from sim.scenario import load_scenario

    return load_scenario(name_or_path, policy, **rest)


def run(
    scenario: Any,
    policy: str | Path | None = None,
    seed: int = 0,
    months: int | None = None,
    strict: bool = False,
) -> RunResult:
    """Run a scenario once.

    Args:
        scenario: what `load` returned, a shipped name or a file.
        policy: replaces the scenario's levers.
        seed: the same seed gives the same run, and pairs runs under different policies.
        months: length, the scenario's own by default.
        strict: check every identity in every month.

    Raises:
        ScenarioErrors: if a file is wrong.
    """
    import pandas as pd

    from experiments.runner import finals, real_engine

    engine = real_engine()
    scenario = _scenario(scenario, policy)
    done = engine.simulate(scenario, seed, months or scenario.months, strict)
    index = pd.RangeIndex(1, done.months + 1, name="month")

    def frame(series: Any) -> pd.DataFrame:
        return pd.DataFrame(series, index=index, columns=list(done.names))

    return RunResult(
        done.scenario,
        done.policy,
        done.seed,
        done.months,
        done.model_version,
        done.digest,
        finals(engine, done),
        frame(done.series),
        pd.DataFrame.from_records(done.fates),
        {name: frame(series) for name, series in getattr(done, "sites", ())},
    )


def compare(
    scenario: Any,
    policies: Sequence[str | Path],
    baseline: str | Path = "no-policy",
    reps: int | Literal["auto"] = 16,
    seed: int = 0,
    months: int | None = None,
    jobs: int = 1,
    equal_cost: bool = False,
    out: str | Path | None = None,
    executor: str = "process",
    ci: float = 0.05,
) -> ComparisonResult:
    """Compare policies on the same seeds.

    Args:
        scenario: what `load` returned, a shipped name or a file.
        policies: names or files.
        baseline: what differences are taken from.
        reps: number of paired replicates, or "auto": until every headline interval is narrow.
        seed: seed of the first replicate.
        months: length of the runs, the scenario's own by default.
        jobs: runs at the same time; with more than one, the calling script needs the usual
            `if __name__ == "__main__":`.
        equal_cost: scale every policy to the cost of the first one.
        out: folder to keep the runs in, to resume from, and to write the page into; None keeps
            nothing.
        executor: where runs happen: `process`, `dask` (a cluster here) or `dask:ADDRESS`.
        ci: half-width at which an interval is narrow, as a share of the level; only for "auto".

    Raises:
        ScenarioErrors: if a file is wrong.
        StoreError: if the folder cannot be used or the disk is full.
        ClusterError: if the cluster cannot be used or was lost.
    """
    from experiments.runner import Arm, real_engine
    from experiments.sequential import Precision
    from experiments.session import Request, compare_policies
    from hotbed import report as pages
    from hotbed.locale import language_of

    engine = real_engine()
    scenarios = [_scenario(scenario, policy) for policy in (baseline, *policies)]
    base, *others = [Arm(s.policy, s) for s in scenarios]
    precision = Precision(ci) if reps == "auto" else None
    most = precision.most if precision else int(reps)
    seeds = tuple(range(seed, seed + most))
    length = months or scenarios[0].months
    request = Request(base, tuple(others), seeds, length, jobs, equal_cost, executor, precision)
    folder = Path(out) if out is not None else None
    words = ", ".join([repr(base.scenario.name), f"policies={[arm.label for arm in others]}"])
    words += f", baseline={base.label!r}, reps={reps!r}, seed={seed}, months={length}"
    words += f", ci={ci}" if precision else ""
    page = pages.files(engine, language_of(), f"hb.compare({words}, equal_cost={equal_cost})")
    report = compare_policies(engine, request, folder, also=page)
    return ComparisonResult(report.comparison, tuple(report.failures), folder, report.stopped)


def _scenario(scenario: Any, policy: str | Path | None) -> Any:
    if isinstance(scenario, (str, Path)):
        return load(scenario, policy)
    return scenario if policy is None else scenario.with_policy(policy)
