"""The hash of `sim/draw.py` once more, in whole numbers that cannot overflow or mix signs."""

from __future__ import annotations

import numpy as np

_WORD = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_M1 = 0xBF58476D1CE4E5B9
_M2 = 0x94D049BB133111EB


def mix(x: int) -> int:
    """Return 64 scrambled bits of `x`, as SplitMix64 does in Stafford's variant 13."""
    x &= _WORD
    x = ((x ^ (x >> 30)) * _M1) & _WORD
    x = ((x ^ (x >> 27)) * _M2) & _WORD
    return x ^ (x >> 31)


def stream(seed: int, what: int, month: int) -> int:
    """Return the key of (seed, purpose, month)."""
    return mix(mix(mix(seed + _GOLDEN) ^ what) + month * _GOLDEN)


def bits(key: int, uid: int) -> int:
    """Return the 64 bits of an agent."""
    return mix(mix(uid * _GOLDEN + key) ^ key)


def substream(key: int, ordinal: int) -> int:
    """Return the key of a further draw."""
    return mix(key + (ordinal + 1) * _M2)


def newborn(parent: int, month: int, ordinal: int, what: int) -> int:
    """Return the uid of a child."""
    return mix(stream(parent, what, month) + ordinal * _M1) >> 1 | 1


def uniforms(words: np.ndarray) -> np.ndarray:
    """Return the numbers in (0, 1) that `words`, shape (n,), stand for."""
    return ((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
