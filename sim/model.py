"""InnovationCommunity: the engine as a Mesa model, for `mesa.batch_run` and Mesa's own pages.

The tables stay what they are; Mesa sees agents as read-only views on rows, built when asked for.
A month stepped here is the month that `recorder.simulate` steps, so the digests are equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import mesa
import numpy as np
import pandas as pd

from sim import schedule
from sim.build import build
from sim.indicators import INDICATORS
from sim.recorder import Recorder, digest
from sim.scenario import Scenario, load_scenario
from sim.scenario import overrides as changes
from sim.scenario.fields import Reading
from sim.scenario.problems import Problems, nearest_name
from sim.state.columns import TABLES


class ReadOnlyError(AttributeError):
    """A view was written to; agents change only by the processes of the month."""


class Row(mesa.Agent):
    """A read-only Mesa agent: one row of a table, found again by its uid every month.

    Every column is an attribute; `unique_id` is the uid. A column that holds row numbers of another
    table (`firm.cell`) fits the index of that table's DataFrame.
    """

    table = ""

    def __init__(self, model: InnovationCommunity, uid: int, row: int) -> None:
        # Mesa's own __init__ would register the view with the model as an agent of its own.
        for name, value in (("model", model), ("unique_id", uid), ("pos", None), ("_row", row)):
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        """Read a column; raises AttributeError for another name, or for an agent that has left."""
        known = {c.name for c in TABLES[self.table]}
        if name not in known:
            near = nearest_name(name, known)
            hint = f"; is it {near!r}?" if near else ""
            raise AttributeError(f"{type(self).__name__} has no column {name!r}{hint}")
        return self._column(name)[self._find()].tolist()

    def __setattr__(self, name: str, value: Any) -> None:
        raise ReadOnlyError(f"{name}: {type(self).__name__} {self.unique_id} is a read-only view")

    def remove(self) -> None:
        """Views cannot be removed: firms and people leave by the processes of the month.

        Raises:
            ReadOnlyError: always.
        """
        raise ReadOnlyError(f"{type(self).__name__} {self.unique_id} is a read-only view")

    def _column(self, name: str) -> np.ndarray:
        return _columns(self.model.world.table(self.table).rows, name)

    def _find(self) -> int:
        """Return the row now, which moves as others come and leave."""
        uids = self._column("uid")
        if self._row >= uids.size or uids[self._row] != self.unique_id:
            found = np.flatnonzero(uids == self.unique_id)
            if not found.size:
                raise AttributeError(f"{type(self).__name__} {self.unique_id} has left")
            object.__setattr__(self, "_row", int(found[0]))
        return self._row


class Firm(Row):
    """An operating firm on the site."""

    table = "firms"


class Person(Row):
    """A student, developer, scientist or worker."""

    table = "people"


class Founder(Row):
    """A founding team, nascent or with its firm."""

    table = "founders"


class Fund(Row):
    """A venture fund."""

    table = "funds"


class Operator(Row):
    """The operator of a site."""

    table = "operators"


class Institution(Row):
    """A university or institute."""

    table = "institutions"


class Government(Row):
    """The government of a site."""

    table = "governments"


AGENTS: tuple[type[Row], ...] = (Firm, Person, Founder, Fund, Operator, Institution, Government)


class Views(mesa.agent.AgentSet):
    """An AgentSet that keeps its views alive; Mesa's own holds its members weakly."""

    def __init__(self, views: list[Row], random: Random) -> None:
        super().__init__(views, random=random)
        self._kept = views


class ViewsByType(Mapping[type[Row], Views]):
    """All agents by type; those of a type become views when it is looked up."""

    def __init__(self, model: InnovationCommunity) -> None:
        self._model = model
        self._built: dict[type[Row], Views] = {}

    def __getitem__(self, kind: type[Row]) -> Views:
        if kind not in AGENTS:
            raise KeyError(kind)
        if kind not in self._built:
            uids = _columns(self._model.world.table(kind.table).rows, "uid").tolist()
            views = [kind(self._model, uid, row) for row, uid in enumerate(uids)]
            self._built[kind] = Views(views, random=self._model.random)
        return self._built[kind]

    def __iter__(self) -> Iterator[type[Row]]:
        return iter(AGENTS)

    def __len__(self) -> int:
        return len(AGENTS)


def _columns(rows: Any, name: str) -> np.ndarray:
    """Return one column of a wide or a long table."""
    return getattr(rows, name) if isinstance(rows, tuple) else rows[name]


def _frame(table: str) -> property:
    return property(lambda self: self.frame(table), doc=f"The table `{table}` as a DataFrame.")


class InnovationCommunity(mesa.Model):
    """A community that steps a month at a time and stops at its horizon.

    Attributes:
        setup: the checked scenario (Mesa keeps `scenario` for an object of its own).
        seed: the number that, with the scenario, decides the run.
        months: the horizon.
        world: the tables and records; changing them makes the run another one.
        datacollector: every indicator for step 0 (stocks only) and for each month.
        digest: sha256 of the state and of the series so far.

    `firms`, `people`, `founders` and the other tables are DataFrames, copied at each look.
    """

    firms, people, founders = _frame("firms"), _frame("people"), _frame("founders")
    cells, funds, operators = _frame("cells"), _frame("funds"), _frame("operators")
    institutions, stakes, ties = _frame("institutions"), _frame("stakes"), _frame("ties")
    governments, projects = _frame("governments"), _frame("projects")

    def __init__(
        self,
        scenario: str | Path | Scenario = "starter-park",
        policy: str | Path | None = None,
        rng: Any = 1,
        months: int | None = None,
        **levers: Any,
    ) -> None:
        """Load, check and build.

        Args:
            scenario: a shipped name, a file, or a loaded scenario.
            policy: replaces the scenario's levers.
            rng: the seed, a whole number from 0; None draws one, as everywhere in Mesa.
            months: horizon, the scenario's own by default.
            **levers: changes by dotted name, `**{"rent_subsidy.discount": 0.5}`, as `--set` takes
                them; parameters of processes too.

        Raises:
            ScenarioErrors: with every mistake at once.
        """
        whole = isinstance(rng, int | np.integer)
        seed = rng if whole else np.random.default_rng(rng).integers(2**31)
        super().__init__(rng=int(seed))
        self.seed = int(seed)
        self.setup = _resolve(scenario, policy, months, levers)
        self.months = months or self.setup.months
        self.world = build(self.setup, self.seed, self.months)
        self._recorder = Recorder(self.world)
        self._views = ViewsByType(self)
        self._latest = self._at_start()
        # Collected at step 0 too, so that every period that divides the horizon ends on its last
        # month: batch_run takes each k-th collection from the first one on.
        self.datacollector = mesa.DataCollector({name: partial(_read, name) for name in INDICATORS})
        self.datacollector.collect(self)

    def step(self) -> None:
        """Run a month and collect it.

        Raises:
            RuntimeError: if the horizon has been reached.
        """
        month = self.steps - 1  # Mesa has counted this step already
        if month >= self.months:
            self.steps -= 1
            raise RuntimeError(f"the horizon of {self.months} months is reached; ask for `months`")
        self.world.month = month
        schedule.step(self.world)
        self._recorder.take(self.world)
        self._views = ViewsByType(self)
        self._latest = dict(zip(INDICATORS, self._rows()[month].tolist(), strict=True))
        self.datacollector.collect(self)
        self.running = self.steps < self.months

    @property
    def series(self) -> pd.DataFrame:
        """Every indicator so far; the index is the number of months that have passed."""
        index = pd.RangeIndex(1, self.steps + 1, name="month")
        return pd.DataFrame(self._rows(), index=index, columns=list(INDICATORS))

    @property
    def digest(self) -> str:
        """The sha256 of state and series; at the horizon that of `recorder.simulate`."""
        return digest(self.world, self._rows())

    def frame(self, table: str) -> pd.DataFrame:
        """Return a copy of a table; a column of several numbers becomes `name_0`, `name_1`, …."""
        rows = self.world.table(table).rows
        content: dict[str, np.ndarray] = {}
        for column in TABLES[table]:
            values = _columns(rows, column.name)
            if values.ndim == 1:
                content[column.name] = values.copy()
            else:
                parts = {f"{column.name}_{k}": v.copy() for k, v in enumerate(values.T)}
                content.update(parts)
        return pd.DataFrame(content)

    @property
    def agents_by_type(self) -> Mapping[type[Row], Views]:
        """Read-only agents by type, valid until the next step."""
        return self._views

    @property
    def agent_types(self) -> list[type[Row]]:
        """The types of agents there are."""
        return list(AGENTS)

    @property
    def agents(self) -> Views:
        """All agents as read-only views."""
        return Views([a for kind in AGENTS for a in self._views[kind]], random=self.random)

    def _rows(self) -> np.ndarray:
        """Return the series so far, shape (months passed, indicators)."""
        if self.steps == 0:
            return np.empty((0, len(INDICATORS)))
        return self._recorder.series(self.world, self.steps)

    def _at_start(self) -> dict[str, float]:
        """Return what can be read off the tables before the first month; the rest is undefined."""
        start = Recorder(self.world)
        start.take(self.world)
        found = dict(zip(INDICATORS, start.series(self.world, 1)[0].tolist(), strict=True))
        return {
            name: found[name] if i.kind == "stock" and i.report == "end" else float("nan")
            for name, i in INDICATORS.items()
        }


def _read(name: str, community: InnovationCommunity) -> float:
    return community._latest[name]


def _resolve(
    scenario: str | Path | Scenario,
    policy: str | Path | None,
    months: int | None,
    levers: Mapping[str, Any],
) -> Scenario:
    """Return the checked scenario with policy and changes."""
    texts = tuple(f"{name}={_text(value)}" for name, value in levers.items())
    if not isinstance(scenario, Scenario):
        return load_scenario(scenario, policy, months=months, overrides=texts)
    if policy is not None:
        scenario = scenario.with_policy(str(policy))
    problems = Problems()
    uses, parameters = changes.apply(
        texts, scenario.levers, scenario.parameters, Reading(scenario.start, problems)
    )
    problems.stop_if_any()
    return replace(scenario, levers=uses, parameters=parameters)


def _text(value: Any) -> str:
    """Return a value as it would stand behind `--set name=`."""
    if isinstance(value, str):
        return value
    return json.dumps(value.item() if isinstance(value, np.generic) else value)
