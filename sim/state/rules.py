"""Rules: what the levers in force ask of the month, compiled before the first month.

Two records. `rules` has one row per month and one column per quantity that a lever moves; several
levers on one column combine as the column declares. `programmes` has one row per lever that makes
awards to firms or teams, with the terms of its awards and, beside it, its intensity by month.
A column at its default means: no lever speaks, the place's own stock holds. A lever that waits for a
trigger, or whose bill the budget refuses, falls silent for the month: its rows are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.declare import Bill, Lever, Works
from sim.state.awards import OTHER, family_of_lever
from sim.state.ledger import PURPOSES
from sim.state.rule_columns import RULE_ROW, RULES
from sim.state.triggers import Trigger

MOST_PROGRAMMES = 8

# "To the horizon" and "until the lever ends", whatever the number of months of a run.
OPEN_END = 100_000
NO_LIMIT = 1_000_000


PROGRAMME_KINDS = (
    "rent_subsidy",
    "free_office",
    "settlement_grant",
    "compute_voucher",
    "cash_grant",
    "service_for_equity",
    "space_for_equity",
    "mentoring",
    "tax_relief",
)

PROGRAMME = np.dtype(
    [
        ("kind", np.int64),  # index into PROGRAMME_KINDS
        ("start", np.int64),  # first month in which awards begin
        ("end", np.int64),  # last month in which awards begin
        ("ramp", np.int64),
        ("taper", np.int64),
        ("months_max", np.int64),  # length of an award in months; a large number is "until the end"
        ("firms_max", np.float64),  # awards begun per year, inf = no limit
        ("share", np.float64),  # share of rent or of a bill that is paid
        ("cap", np.float64),  # CNY a month (rent: CNY/m2/month for rent_subsidy)
        ("cny_month", np.float64),
        ("cny_once", np.float64),
        ("cny_head", np.float64),  # once, per head of staff
        ("stake", np.float64),
        ("public_share", np.float64),  # of the outlay, the rest is the operator's
        ("mentor_share", np.float64),
        ("quality_bar", np.float64),  # NaN = the operator's own bar does not apply
        ("rounds_max", np.int64),
        ("max_per_firm", np.int64),
        ("milestone", np.int64),
        ("pick", np.int64),  # 0 queue, 1 quality, 2 wealth (poorest first)
        ("recipient", np.int64),  # 0 team, 1 firm, 2 founder, 3 worker
        ("m2", np.float64),  # free office per team
        ("places", np.float64),  # teams served at once
        ("setup_months", np.float64),
        ("clawback_months", np.int64),
        ("model_share", np.float64),
        ("model_cap", np.float64),  # CNY a year
        ("payroll_share", np.float64),  # share of the tax on wages that is given back
        ("hours", np.float64),  # of mentoring a month
        ("gain", np.float64),  # growth by mentoring, log a year
        ("accountable", np.int64),  # 0/1: mentored firms answer for their progress
        ("price", np.float64),  # that a firm pays, CNY an hour
        ("cost", np.float64),  # CNY an hour
    ]
)


@dataclass(frozen=True)
class LeverUse:
    """One lever of a policy, checked: field values after units, scaling and defaults.

    `eligible` is a parsed filter (see `sim.scenario.filters`) or None for all; `end` is the last
    month in force; `origin` is file:line for messages.
    """

    lever: str
    values: dict[str, Any]
    start: int
    end: int
    ramp: int = 0
    taper: int = 0
    eligible: Any = None
    firms_max: float = float("inf")
    when: Trigger | None = None
    origin: str = ""


def intensity(start: int, end: int, ramp: int, taper: int, months: int) -> np.ndarray:
    """Return the intensity of a lever by month, shape (months,), in 0..1.

    It rises over `ramp` months from `start`; from its value at `end` it falls over `taper` months.
    """
    m = np.arange(months)
    rising = np.minimum(1.0, (m - start + 1) / (ramp + 1))
    reached = min(1.0, (end - start + 1) / (ramp + 1))
    falling = reached * np.maximum(0.0, 1.0 - (m - end) / (taper + 1))
    return np.where(m < start, 0.0, np.where(m <= end, rising, falling))


@dataclass(frozen=True)
class Spoken:
    """What one lever that makes no awards says by month, and what that costs.

    `said` maps rule columns to values by month; `public` and `operator` are CNY by month, shape
    (months,); `trigger` is its place among the rules' triggers, -1 for none; `eligible` the filter of
    whom it serves, None for all.
    """

    said: dict[str, Any]
    purpose: int = 0
    public: np.ndarray = field(default_factory=lambda: np.zeros(0))
    operator: np.ndarray = field(default_factory=lambda: np.zeros(0))
    works: Works | None = None
    trigger: int = -1
    end: int = OPEN_END
    eligible: Any = None
    family: int = OTHER


@dataclass(frozen=True)
class Rules:
    """All levers of a run, compiled.

    `rows` has one record per month, with every lever speaking; `programmes` one record per award
    lever in file order; `intensity` has shape (programmes, months); `eligible` one parsed filter or
    None per programme, `waits` the place of its trigger among `triggers`, -1 for none. `purposes` and
    `families`, shape (spoken,), and `bills`, shape (2, spoken, months), are what government and operator pay.
    """

    rows: np.ndarray
    programmes: np.ndarray
    intensity: np.ndarray
    eligible: tuple[Any, ...]
    spoken: tuple[Spoken, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    waits: tuple[int, ...] = ()
    purposes: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    families: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    bills: np.ndarray = field(default_factory=lambda: np.zeros((2, 0, 0)))
    _partial: dict[frozenset[int], np.ndarray] = field(default_factory=dict, compare=False)

    def without(self, silent: frozenset[int]) -> np.ndarray:
        """Return the rows by month where the levers numbered in `silent` do not speak."""
        if not silent:
            return self.rows
        if silent not in self._partial:
            heard = [one for k, one in enumerate(self.spoken) if k not in silent]
            self._partial[silent] = _join(heard, self.rows.size)
        return self._partial[silent]


# What a programme's record holds where its lever says nothing.
_PLAIN_PROGRAMME: dict[str, float] = {
    "months_max": NO_LIMIT,
    "firms_max": np.inf,
    "cap": np.inf,
    "public_share": 1.0,
    "quality_bar": np.nan,
    "rounds_max": NO_LIMIT,
    "max_per_firm": 1,
    "recipient": 1,
    "places": np.inf,
    "model_cap": np.inf,
}


def compile_rules(
    levers: tuple[LeverUse, ...], registry: Mapping[str, Lever], months: int
) -> Rules:
    """Compile the levers of a policy into new rules for `months` months.

    Levers that make awards become programmes; one whose intensities are all zero becomes none. Where
    public outlays stop, every lever that costs anything fades with them.

    Raises:
        ValueError: if more than MOST_PROGRAMMES levers make awards.
    """
    triggers: list[Trigger] = []
    stopped = _stopped(levers, registry, months)
    spoken: list[Spoken] = []
    awards: list[tuple[LeverUse, dict[str, float], np.ndarray, int]] = []
    for use in levers:
        lever = registry[use.lever]
        if lever.compile is None:
            continue
        strength = intensity(use.start, use.end, use.ramp, use.taper, months)
        if lever.outlay:
            strength = strength * (1 - stopped)
        waits = -1
        if use.when is not None:
            waits = len(triggers)
            triggers.append(use.when)
        if lever.programme is None:
            end = use.end if lever.outlay else OPEN_END
            said = _spoken(lever.compile(use.values, strength), months, waits, end)
            family = family_of_lever(lever.family)
            spoken.append(replace(said, eligible=use.eligible, family=family))
        elif _has_dose(lever, use):
            awards.append((use, lever.compile(use.values, None), strength, waits))
    if len(awards) > MOST_PROGRAMMES:
        raise ValueError(f"{len(awards)} award programmes, at most {MOST_PROGRAMMES}")
    return Rules(
        _join(spoken, months),
        np.array(
            [_programme(registry[use.lever], use, terms) for use, terms, _, _ in awards], PROGRAMME
        ),
        np.array([strength for _, _, strength, _ in awards], np.float64).reshape(
            len(awards), months
        ),
        tuple(use.eligible for use, _, _, _ in awards),
        tuple(spoken),
        tuple(triggers),
        tuple(waits for _, _, _, waits in awards),
        np.array([one.purpose for one in spoken], np.int64),
        np.array([one.family for one in spoken], np.int64),
        np.array([[one.public for one in spoken], [one.operator for one in spoken]]).reshape(
            2, len(spoken), months
        ),
    )


def _stopped(
    levers: tuple[LeverUse, ...], registry: Mapping[str, Lever], months: int
) -> np.ndarray:
    """Return the share of outlays that has stopped by month, shape (months,)."""
    stop = np.zeros(months)
    for use in levers:
        lever = registry[use.lever]
        if lever.compile is None or lever.programme is not None or lever.outlay:
            continue
        said = lever.compile(use.values, intensity(use.start, use.end, use.ramp, use.taper, months))
        stop = np.maximum(stop, said.get("public_stop", 0.0))
    return stop


def stop_month(rules: Rules, months: int) -> int:
    """Return the first month after support that ends has ended, -1 where none does."""
    ends = [int(end) + 1 for end in rules.programmes["end"]]
    ends += [one.end + 1 for one in rules.spoken if _costs(one) and one.end < OPEN_END]
    ends = [end for end in ends if end < months]
    stopped = np.flatnonzero(rules.rows["public_stop"] > 0)
    if stopped.size:
        ends.append(int(stopped[0]))
    return max(ends) if ends else -1


def _costs(one: Spoken) -> bool:
    return one.works is not None or bool((one.public + one.operator).any())


def _spoken(said: dict[str, Any], months: int, waits: int, end: int) -> Spoken:
    """Return what a lever says and costs; its compile's answer is left as it was."""
    bill: Bill = said.get("bill") or Bill(PURPOSES[0])
    return Spoken(
        {name: value for name, value in said.items() if name not in ("bill", "works")},
        PURPOSES.index(bill.purpose),
        np.array(np.broadcast_to(bill.public, months), np.float64),
        np.array(np.broadcast_to(bill.operator, months), np.float64),
        said.get("works"),
        waits,
        end,
    )


def _join(spoken: Sequence[Spoken], months: int) -> np.ndarray:
    """Return one record per month of what levers say together."""
    rows = np.empty(months, dtype=RULE_ROW)
    for rule in RULES:
        rows[rule.name] = rule.default
    for one in spoken:
        _speak(rows, one.said)
    return rows


def _has_dose(lever: Lever, use: LeverUse) -> bool:
    return any(use.values[name] for name, f in lever.fields.items() if f.intensity)


def _speak(rows: np.ndarray, said: Mapping[str, Any]) -> None:
    """Join what one lever says on `rows`; NaN means that it says nothing in that month."""
    for rule in RULES:
        if rule.name not in said:
            continue
        value = np.broadcast_to(np.asarray(said[rule.name], np.float64), rows.shape)
        before = rows[rule.name]
        if rule.combine == "sum":
            rows[rule.name] = before + np.nan_to_num(value)
        elif rule.combine == "max":
            rows[rule.name] = np.fmax(before, value)
        else:
            rows[rule.name] = np.where(np.isnan(value), before, value)


def _programme(lever: Lever, use: LeverUse, terms: Mapping[str, float]) -> tuple[float, ...]:
    """Return one PROGRAMME record: the dates of the use, the terms of the lever."""
    dates = {
        "kind": PROGRAMME_KINDS.index(str(lever.programme)),
        "start": use.start,
        "end": use.end,
        "ramp": use.ramp,
        "taper": use.taper,
        "firms_max": use.firms_max,
    }
    record: dict[str, Any] = {**_PLAIN_PROGRAMME, **dates, **terms}
    return tuple(record.get(name, 0) for name in PROGRAMME.names or ())
