"""Hiring of the NumPy port: whole columns at a time."""

from __future__ import annotations

import numpy as np

from sim.state.columns import (
    DEVELOPER,
    LAB,
    NOBODY,
    OFFICE,
    OUTSIDE,
    SCIENTIST,
    VENTURE,
    WORKER,
)
from tests.benchmarks.peers.numpy_matching import match, queue_up
from tests.benchmarks.peers.numpy_state import State, lean


def wanted_staff(state: State) -> np.ndarray:
    """Return the staff that income and, for venture firms, cash pay for, shape (firms,)."""
    f, p, acc = state.firms, state.hiring, state.acc
    staff = f["staff"]
    wages = (
        state.heads[DEVELOPER] * acc.wage_developer + state.heads[SCIENTIST] * acc.wage_scientist
    )
    wages = (wages + state.heads[WORKER] * acc.wage_worker) * state.wage_level * f["pay"]
    compute = np.where(f["sector"] == 0, acc.compute_share, acc.compute_other)
    cost = wages * (1 + acc.tax_payroll + compute + acc.other_share)
    cost += f["area"] * f["rent"] * (1 - f["owns_space"]) + state.norm.fee_per_head * staff
    means = f["revenue"] * (1 - acc.tax_revenue - state.norm.input_share) + f["contract_income"]
    funded = (f["ambition"] == VENTURE) & (f["rounds"] > 0)
    funded &= state.month - f["last_round"] <= p.patience_months
    means = means + np.where(funded, np.maximum(f["cash"], 0) / p.cash_months, 0)
    paid = means / np.maximum(cost / np.maximum(staff, 1), 1)
    short = f["cash"] < 2 * np.maximum(f["cost"] - f["income"], 0)
    less = np.where(staff > 2, np.maximum(2.0, 0.7 * staff), staff)
    work = p.lean_hiring * f["income"] / np.maximum(f["cost"], 1)
    kept = np.where(short, less, staff * np.maximum(1.0, work))
    return np.where(staff < 1, 0.0, np.where(lean(f), kept, paid))


def open_posts(state: State) -> np.ndarray:
    """Set wanted staff and vacancies; return how many each firm must let go."""
    f, p, acc = state.firms, state.hiring, state.acc
    staff = f["staff"]
    target = np.maximum(np.minimum(wanted_staff(state), f["staff_ceiling"]), 1)
    f["wanted"] = target
    head = np.where(f["use"] == LAB, acc.lab_m2_head, acc.production_m2_head)
    head = np.where(f["use"] == OFFICE, acc.office_m2_head, head)
    target = np.minimum(target, np.maximum(f["area"] / (p.crowding * head), staff))
    held = (f["rounds"] > 0) & (f["revenue"] < f["cost"])
    up = np.where(held, min(p.change_most, p.funded_growth / 12), p.change_most)
    change = np.clip(target - staff, -p.change_most * staff, up * staff + 0.5)
    whole = np.floor(np.abs(change))
    whole += state.rng.random(whole.size) < np.abs(change) - whole
    f["vacancies"] = np.where(change >= 0, whole, 0).astype(np.int64)
    return np.where(change < 0, np.minimum(whole, staff - 1), 0)


def part_ways(state: State, cut: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lay off and let people move on; return rows of the idle, of movers, and of leavers."""
    f, p, a, rng = state.firms, state.hiring, state.adults, state.rng
    tight = min(3.0, state.market.openings_per_worker / p.job_moves_openings)
    hazard = p.job_moves / 12 * tight * f["pay"] ** -p.pay_response
    rows = np.flatnonzero(a.employer >= 0)
    e = a.employer[rows]
    a.tenure[rows] += 1
    a.known[rows] += 1
    free = ~a.founder[rows]
    cut_off = free & (rng.random(rows.size) < (cut / np.maximum(f["staff"], 1))[e])
    moves = np.flatnonzero(free & ~cut_off & (rng.random(rows.size) < hazard[e]))
    here = rng.random(moves.size) < p.moves_here
    movers, quitters = rows[moves[here]], rows[moves[~here]]
    laid = rows[cut_off]
    stays = ~cut_off
    stays[moves[~here]] = False
    skill = np.bincount(e[stays], a.skill[rows[stays]], f["staff"].size)
    state.veterans = ((a.known[rows] >= 12) & (a.kind[rows] != WORKER) & stays).sum()
    state.count_out(laid)
    state.count_out(quitters)
    f["skill"] = np.where(f["staff"] > 0, skill / np.maximum(f["staff"], 1), f["skill"])
    a.gives_up[laid] = state.month + int(p.search_months)
    a.tenure[laid] = a.tenure[quitters] = 0
    a.employer[laid] = NOBODY
    idle = np.flatnonzero(a.employer == NOBODY)
    keeps = (a.home[quitters] >= 0) & (rng.random(quitters.size) < p.keeps_home)
    a.employer[quitters] = OUTSIDE
    a.flat[quitters[keeps]] = 0
    leavers = quitters[~keeps]
    state.counts["layoffs"] += laid.size
    state.counts["quits"] += quitters.size
    return idle, movers, leavers


def take_on(state: State, rows: np.ndarray, e: np.ndarray) -> None:
    """Move seekers to firms, with the know-how learnt at the last one."""
    f, a = state.firms, state.adults
    old = a.employer[rows]
    moved = old >= 0
    state.count_out(rows)
    to, source = e[moved], old[moved]
    gap = np.maximum(np.log(f["knowledge"][source] / f["knowledge"][to]), 0)
    gain = state.hiring.knowhow * gap / np.maximum(f["staff"][to], 1)
    np.multiply.at(f["knowledge"], to, np.exp(gain))
    state.counts["moves"] += int(moved.sum())
    state.counts["stayed"] += int((~moved & (a.school[rows] >= 0)).sum())
    a.employer[rows] = e
    a.tenure[rows] = 0
    a.gives_up[rows] = -1
    a.wage[rows] = state.wages(a.kind[rows]) * f["pay"][e]
    a.sector[rows] = f["sector"][e]
    state.count_in(rows)


def fill_posts(state: State, idle: np.ndarray, movers: np.ndarray) -> None:
    """Fill vacancies from seekers and from outside."""
    f, p, norm, m, rng = state.firms, state.hiring, state.norm, state.market, state.rng
    posts = rng.permutation(np.repeat(np.arange(f["staff"].size), f["vacancies"]))
    bounds = np.array((norm.worker_share, norm.worker_share + norm.developer_share))
    kinds = np.array((WORKER, DEVELOPER, SCIENTIST))
    kind = kinds[np.searchsorted(bounds, rng.random(posts.size), "right")]
    meets = rng.random(posts.size)
    near = np.flatnonzero(meets < p.fill_here)
    queue = queue_up(state, idle, movers, posts.size)
    found = match(state, queue, posts[near], kind[near])
    hired = found >= 0
    take_on(state, queue[found[hired]], posts[near[hired]])
    dearer = m.rent_home / norm.rent_home if norm.rent_home > 0 else 1.0
    pull = p.fill_outside * m.wage**p.pull_wage * dearer**-p.pull_home
    far = meets < p.fill_here + pull * f["pay"][posts] ** p.pull_wage
    far &= meets >= p.fill_here
    e, kind = posts[far], kind[far]
    first = state.adults.n
    wage = state.wages(kind) * f["pay"][e]
    state.adults.add(
        e.size, norm.migrant_share, kind=kind, employer=e, sector=f["sector"][e], wage=wage
    )
    state.count_in(np.arange(first, state.adults.n))
    filled = np.concatenate((posts[near[hired]], e))
    f["vacancies"] -= np.bincount(filled, minlength=f["staff"].size)
    state.counts["hires"] += filled.size


def set_pay(state: State, opened: np.ndarray) -> None:
    """Let firms whose posts stay open longer than others' pay more, and easy ones less."""
    f, p = state.firms, state.hiring
    usual = f["vacancies"].sum() / max(opened.sum(), 1)
    more = p.pay_step * (f["vacancies"] - usual * opened) / np.maximum(f["staff"], 1)
    gap = (f["pay"] - 1) * (1 - p.pay_return / 12) + more
    f["pay"] = 1 + np.clip(gap, -p.pay_most, p.pay_most)


def step(state: State) -> None:
    """Open posts, part ways, fill posts, set pay."""
    cut = open_posts(state)
    opened = state.firms["vacancies"].copy()
    staff = int(state.firms["staff"].sum())
    idle, movers, leavers = part_ways(state, cut)
    state.market.openings_per_worker = opened.sum() / max(staff, 1)
    fill_posts(state, idle, movers)
    set_pay(state, opened)
    state.give_home_back(leavers)
    stays = np.ones(state.adults.n, np.bool_)
    stays[leavers] = False
    state.counts["left"] += leavers.size
    state.adults.keep(stays)
