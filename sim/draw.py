"""Keyed random numbers: every draw is a function of (seed, purpose, month, agent[, ordinal]).

There is no stream: a draw does not depend on what was drawn before, so two runs that differ by a
policy meet the same luck wherever they do the same thing. Uniform bits come from a 64-bit
counter-based hash: the finaliser of SplitMix64 in the variant "13" of Stafford (Steele, Lea and
Flood 2014, Fast splittable pseudorandom number generators), applied to key and counter in turn.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

from sim.kernel import inlined, kernel

_PURPOSES: dict[str, np.uint64] = {}

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_TO_UNIT = 2.0**-52


def purpose(name: str) -> np.uint64:
    """Register a purpose of draws once and return its 64-bit constant.

    Raises:
        ValueError: if the name is registered already, or its constant collides with another.
    """
    value = np.uint64(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little"))
    if name in _PURPOSES or value in _PURPOSES.values():
        raise ValueError(f"purpose registered twice: {name}")
    _PURPOSES[name] = value
    return value


def purposes() -> dict[str, np.uint64]:
    """Return all registered purposes."""
    return dict(_PURPOSES)


@inlined
def mix(x):
    """Return 64 scrambled bits of the 64-bit integer `x`."""
    x = np.uint64(x)
    x = (x ^ (x >> _S30)) * _M1
    x = (x ^ (x >> _S27)) * _M2
    return x ^ (x >> _S31)


@inlined
def stream(seed, what, month):
    """Return the key of (seed, purpose, month), to be joined with an agent by `bits`."""
    key = mix(np.uint64(seed) + _GOLDEN)
    key = mix(key ^ np.uint64(what))
    return mix(key + np.uint64(month) * _GOLDEN)


@inlined
def bits(key, uid):
    """Return 64 random bits of `key` for the agent `uid`."""
    return mix(mix(np.uint64(uid) * _GOLDEN + np.uint64(key)) ^ np.uint64(key))


@inlined
def substream(key, ordinal):
    """Return a further key, for the `ordinal`-th draw of the same agents."""
    return mix(np.uint64(key) + (np.uint64(ordinal) + np.uint64(1)) * _M2)


@inlined
def uniform(key, uid):
    """Return a number in (0, 1) for the agent `uid`, both ends excluded."""
    # 52 bits and a half are exact; with 53 the largest would be rounded to 1.
    return (float(bits(key, uid) >> _S12) + 0.5) * _TO_UNIT


@inlined
def uniform2(key, uid, ordinal):
    """Return the `ordinal`-th number in (0, 1) for the agent `uid`."""
    return uniform(substream(key, ordinal), uid)


@inlined
def newborn(parent, month, ordinal, what):
    """Return the uid of the `ordinal`-th child of `parent` (or stream) in `month`.

    The top bit is 0, so that uids fit a signed 64-bit integer; 0 is never returned.
    """
    key = mix(np.uint64(parent) + _GOLDEN)
    key = mix(key ^ np.uint64(what))
    key = mix(key + np.uint64(month) * _GOLDEN)
    return np.int64(mix(key + np.uint64(ordinal) * _M1) >> np.uint64(1)) | np.int64(1)


# A seed holds the number of the run in its lower bits and, in a place of several sites, the mark of
# the site above them: sites have luck and newborns of their own, and what is common to all of them
# (demand, the funding climate) is keyed by the number of the run alone.
SEED_BITS = 40
_RUN = (1 << SEED_BITS) - 1
_STREAM_BITS = 24  # constants that stand for streams of newborns are smaller


@inlined
def of_site(parent, seed):
    """Return the constant `parent` of a stream of newborns as the seed's site has it."""
    return np.int64(parent) + ((np.int64(seed) >> SEED_BITS) << _STREAM_BITS)


def run_of(seed: int) -> int:
    """Return the number of the run that a seed holds, without the mark of a site."""
    return seed & _RUN


def seed_of_site(seed: int, name: str) -> int:
    """Return the seed of a site in run `seed`: the site's mark, made from its name, above the run's number."""
    mark = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    return (mark % ((1 << 22) - 1) + 1) << SEED_BITS | run_of(seed)


@inlined
def normal_quantile(p):
    """Return the standard normal quantile of `p` in (0, 1).

    A rational start (relative error 1.15e-9; Acklam's constants) is precise enough for draws.
    """
    a0, a1, a2 = -3.969683028665376e01, 2.209460984245205e02, -2.759285104469687e02
    a3, a4, a5 = 1.383577518672690e02, -3.066479806614716e01, 2.506628277459239e00
    b0, b1, b2 = -5.447609879822406e01, 1.615858368580409e02, -1.556989798598866e02
    b3, b4 = 6.680131188771972e01, -1.328068155288572e01
    c0, c1, c2 = -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e00
    c3, c4, c5 = -2.549732539343734e00, 4.374664141464968e00, 2.938163982698783e00
    d0, d1, d2, d3 = (
        7.784695709041462e-03,
        3.224671290700398e-01,
        2.445134137142996e00,
        3.754408661907416e00,
    )
    if p < 0.02425 or p > 0.97575:
        tail = p if p < 0.5 else 1.0 - p
        q = math.sqrt(-2.0 * math.log(tail))
        x = (((((c0 * q + c1) * q + c2) * q + c3) * q + c4) * q + c5) / (
            (((d0 * q + d1) * q + d2) * q + d3) * q + 1.0
        )
        return x if p < 0.5 else -x
    q = p - 0.5
    r = q * q
    return (
        (((((a0 * r + a1) * r + a2) * r + a3) * r + a4) * r + a5)
        * q
        / (((((b0 * r + b1) * r + b2) * r + b3) * r + b4) * r + 1.0)
    )


@inlined
def normal(key, uid):
    """Return a standard normal number for the agent `uid`."""
    return normal_quantile(uniform(key, uid))


@inlined
def laplace(key, uid):
    """Return a Laplace number of location 0 and scale 1 for the agent `uid`."""
    u = uniform(key, uid) - 0.5
    return -math.copysign(1.0, u) * math.log(1.0 - 2.0 * abs(u))


@inlined
def exponential(key, uid):
    """Return an exponential number of mean 1 for the agent `uid`."""
    return -math.log(uniform(key, uid))


@inlined
def poisson(key, uid, mean):
    """Return a Poisson number of `mean` (up to about 700) by inversion, for the agent `uid`."""
    u = uniform(key, uid)
    term = math.exp(-mean)
    total = term
    k = 0
    # Past the mean the terms fade; one that no longer moves the sum ends the search.
    while u > total and (k < mean or term > 1e-17):
        k += 1
        term *= mean / k
        total += term
    return k


@inlined
def round_keyed(key, uid, x):
    """Round `x` down or up at random so that its mean is kept."""
    base = math.floor(x)
    return int(base) + (1 if uniform(key, uid) < x - base else 0)


@kernel
def uniforms(key, uids):
    """Return one number in (0, 1) for each uid, shape (n,)."""
    result = np.empty(uids.size)
    for i in range(uids.size):
        result[i] = uniform(key, uids[i])
    return result


@kernel
def normals(key, uids):
    """Return one standard normal number for each uid, shape (n,)."""
    result = np.empty(uids.size)
    for i in range(uids.size):
        result[i] = normal(key, uids[i])
    return result


@kernel
def newborns(parent, count, what, seed=0):
    """Return the uids of the first `count` children of `parent` in month 0, shape (count,).

    With a `seed`, `parent` is the constant of a stream and the children are those of the seed's site.
    """
    result = np.empty(count, np.int64)
    for i in range(count):
        result[i] = newborn(of_site(parent, seed), 0, i, what)
    return result


@kernel
def keys(seed, what, count):
    """Return `count` keys of a purpose, for as many traits of the same agents."""
    result = np.empty(count, np.uint64)
    for i in range(count):
        result[i] = stream(seed, what, i)
    return result
