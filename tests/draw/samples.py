"""Compiled loops that fill arrays with draws, and the grids of keys on which the hash is tried."""

from __future__ import annotations

import numpy as np

from sim import draw
from sim.kernel import inlined

# Fixed constants, so that the tests do not depend on which purposes are registered.
PURPOSES = np.array(
    [draw.purpose(f"tests: purpose {number}") for number in range(16)], dtype=np.uint64
)


@inlined
def words_by_uid(seed, what, month, uids):
    """Return the bits, shape (uids,), of many agents under one key."""
    out = np.empty(uids.size, np.uint64)
    key = draw.stream(seed, what, month)
    for i in range(uids.size):
        out[i] = draw.bits(key, uids[i])
    return out


@inlined
def words_by_month(seed, what, months, uid):
    """Return the bits, shape (months,), of one agent in many months."""
    out = np.empty(months.size, np.uint64)
    for i in range(months.size):
        out[i] = draw.bits(draw.stream(seed, what, months[i]), uid)
    return out


@inlined
def words_by_seed(seeds, what, month, uid):
    """Return the bits, shape (seeds,), of one agent under many seeds."""
    out = np.empty(seeds.size, np.uint64)
    for i in range(seeds.size):
        out[i] = draw.bits(draw.stream(seeds[i], what, month), uid)
    return out


@inlined
def words_by_purpose(seed, purposes, month, uid):
    """Return the bits, shape (purposes,), of one agent for many purposes."""
    out = np.empty(purposes.size, np.uint64)
    for i in range(purposes.size):
        out[i] = draw.bits(draw.stream(seed, purposes[i], month), uid)
    return out


@inlined
def words_by_ordinal(seed, what, month, uid, count):
    """Return the bits, shape (count,), of the draws 0..count-1 of one agent."""
    out = np.empty(count, np.uint64)
    key = draw.stream(seed, what, month)
    for i in range(count):
        out[i] = draw.bits(draw.substream(key, i), uid)
    return out


@inlined
def children(parents, months, ordinals, what):
    """Return the uids, shape (parents · months · ordinals,), of all children."""
    out = np.empty(parents.size * months * ordinals, np.int64)
    at = 0
    for parent in parents:
        for month in range(months):
            for ordinal in range(ordinals):
                out[at] = draw.newborn(parent, month, ordinal, what)
                at += 1
    return out


GRID_SIZE = 1 << 20


def grids() -> dict[str, np.ndarray]:
    """Return the bits, shape (GRID_SIZE,), along each argument that a draw is keyed by."""
    what, n = PURPOSES[0], GRID_SIZE
    counting = np.arange(n, dtype=np.int64)
    hashed = np.array([draw.purpose(f"tests: {i}") for i in range(1 << 12)], dtype=np.uint64)
    by_purpose = [words_by_purpose(5, hashed, 3, uid) for uid in range(n >> 12)]
    born = children(counting[: n >> 4], 4, 4, PURPOSES[1])
    return {
        "uids in a row": words_by_uid(1, what, 0, counting),
        "uids 2^32 apart": words_by_uid(1, what, 7, counting << 32),
        "uids of newborns": words_by_uid(2, what, 7, born),
        "months": words_by_month(3, what, counting, 17),
        "months before 0": words_by_month(3, what, -counting, 17),
        "seeds": words_by_seed(counting, what, 12, 405),
        "seeds 2^40 apart": words_by_seed(counting << 40, what, 12, 405),
        "purposes": np.concatenate(by_purpose),
        "ordinals": words_by_ordinal(9, what, 30, 11, n),
    }
