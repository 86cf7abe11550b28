"""Posts and seekers of the NumPy port: all posts look at once, and conflicts are settled in rounds."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.peers.numpy_state import State, lean

LOOKS = 60  # people in the queue that a post goes past at most


def queue_up(state: State, idle: np.ndarray, movers: np.ndarray, openings: int) -> np.ndarray:
    """Return the rows of those in the queue: some without work, all movers, by luck."""
    p, rng = state.hiring, state.rng
    luck = rng.random(idle.size)
    stand = luck < (2 * p.search_width * p.fill_here * openings + 40) / max(idle.size, 1)
    rows = np.concatenate((idle[stand], movers))
    return rows[np.argsort(np.concatenate((luck[stand], rng.random(movers.size))))]


def match(state: State, queue: np.ndarray, e: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """Return the place in the queue of whom each post takes, or -1; posts come in order."""
    p, a, rng = state.hiring, state.adults, state.rng
    found = np.full(e.size, -1)
    if queue.size == 0 or e.size == 0:
        return found
    start = (rng.random(e.size) * queue.size).astype(np.int64)
    seat = (start[:, None] + np.arange(min(queue.size, LOOKS))) % queue.size
    person = queue[seat]
    fits = (a.kind[person] == kind[:, None]) & (a.employer[person] != e[:, None])
    accepts = rng.random(seat.shape) < _acceptance(state, person, e[:, None])
    known = a.known[person]
    score = a.skill[person] + p.sector_match * (
        a.sector[person] == state.firms["sector"][e][:, None]
    )
    score += p.experience * known / (known + p.experience_months)
    taken = np.zeros(queue.size, np.bool_)
    open_ = np.arange(e.size)
    # Every post picks; where two pick the same person the first has them and the others look again.
    while open_.size:
        there = fits[open_] & ~taken[seat[open_]]
        looked = there & (np.cumsum(there, 1) <= p.search_width) & accepts[open_]
        best = np.where(looked, score[open_], -np.inf).argmax(1)
        some = np.flatnonzero(looked[np.arange(open_.size), best])
        picked = seat[open_[some], best[some]]
        _, first = np.unique(picked, return_index=True)
        found[open_[some[first]]] = picked[first]
        taken[picked[first]] = True
        again = np.ones(some.size, np.bool_)
        again[first] = False
        open_ = open_[some[again]]
    return found


def _acceptance(state: State, person: np.ndarray, e: np.ndarray) -> np.ndarray:
    """Return the chance that people take posts, shape of `person`."""
    f, p, a = state.firms, state.hiring, state.adults
    offer = f["pay"] * np.where(lean(f), state.acc.lean_share, 1.0)
    cell = np.where(a.school[person] >= 0, state.school_cell[a.school[person]], -1)
    cell = np.where(a.home[person] >= 0, a.home[person], cell)
    gap = state.place[cell] - state.place[f["cell"][e]]
    way = np.hypot(gap[..., 0], gap[..., 1]) * state.norm.cell_m / 1000
    way = np.where(cell >= 0, way, a.far_km[person])
    employer = a.employer[person]
    now = np.where(employer >= 0, offer[employer], 1.0)
    return np.exp(-way / p.commute_km) * (offer[e] / now) ** p.pay_response
