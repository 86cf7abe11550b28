"""Is the hash behind every draw as good as chance?

All seeds are fixed, so a test passes or fails for good. A threshold of p > 1e-4 is crossed by a
perfect generator once in ten thousand statistics; about two hundred are looked at here.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from sim import draw
from tests.draw import reference, samples

ALPHA = 1e-4
NAMES = (
    "uids in a row",
    "uids 2^32 apart",
    "uids of newborns",
    "months",
    "months before 0",
    "seeds",
    "seeds 2^40 apart",
    "purposes",
    "ordinals",
)

_grids = cache(samples.grids)


@pytest.fixture(params=NAMES)
def words(request):
    return _grids()[request.param]


def chi_square(cells, bins):
    """Return the p-value of `cells`, integers below `bins`, being equally frequent."""
    return stats.chisquare(np.bincount(cells.astype(np.int64), minlength=bins)).pvalue


def correlation_in_sigmas(a, b):
    """Return the correlation of two samples in its standard deviations under independence."""
    return np.corrcoef(a, b)[0, 1] * np.sqrt(a.size)


def test_every_grid_is_named():
    assert tuple(_grids()) == NAMES


def test_compiled_hash_equals_whole_number_arithmetic():
    """Signed, unsigned, narrow and negative arguments all mean the same number modulo 2^64."""
    rng = np.random.default_rng(1)
    wide = rng.integers(-(2**63), 2**63 - 1, size=(300, 4))
    edges = [0, 1, -1, 2**31, -(2**31), 2**63 - 1, -(2**63)]
    rows = [*wide.tolist(), *([e, 1, e, e] for e in edges), *([3, e, 1, e] for e in edges)]
    for seed, what, month, uid in rows:
        purpose = what % 2**64
        key = draw.stream(seed, np.uint64(purpose), month)
        assert int(key) == reference.stream(seed, purpose, month)
        assert int(draw.bits(np.uint64(key), uid)) == reference.bits(int(key), uid)
        assert int(draw.substream(np.uint64(key), 3)) == reference.substream(int(key), 3)
        born = draw.newborn(uid, month, 2, np.uint64(purpose))
        assert int(born) == reference.newborn(uid, month, 2, purpose)


def test_narrow_integers_give_the_same_bits():
    key = np.uint64(draw.stream(1, samples.PURPOSES[0], 5))
    given = [np.int32(77), np.uint32(77), np.int64(77), np.uint64(77), np.int16(77)]
    assert len({int(draw.bits(key, uid)) for uid in given}) == 1


def test_uniform_stays_inside_its_bounds():
    """The largest and the smallest number that bits can stand for are neither 1 nor 0."""
    for word in (np.uint64(0), np.uint64(2**64 - 1)):
        number = reference.uniforms(np.array([word]))[0]
        assert 0.0 < number < 1.0
    key = np.uint64(draw.stream(1, samples.PURPOSES[0], 5))
    by_hand = reference.uniforms(samples.words_by_uid(1, samples.PURPOSES[0], 5, np.arange(99)))
    assert [draw.uniform(key, uid) for uid in range(99)] == by_hand.tolist()


@pytest.mark.parametrize("shift", [0, 20, 52])
def test_bits_fill_all_cells_equally(words, shift):
    cells = (words >> np.uint64(shift)) & np.uint64(4095)
    assert chi_square(cells, 4096) > ALPHA
    assert chi_square(cells, 4096) < 1 - ALPHA


def test_numbers_are_uniform(words):
    assert stats.kstest(reference.uniforms(words), "uniform").pvalue > ALPHA


def test_each_bit_is_set_half_of_the_time(words):
    shares = np.unpackbits(words.view(np.uint8)).reshape(-1, 64).mean(axis=0)
    assert np.abs(shares - 0.5).max() < 5 * 0.5 / np.sqrt(words.size)


def test_neighbours_are_unrelated(words):
    numbers = reference.uniforms(words)
    for lag in (1, 2, 3, 12, 64, 1000):
        assert abs(correlation_in_sigmas(numbers[lag:], numbers[:-lag])) < 4.5
    cells = words >> np.uint64(58)
    assert chi_square(cells[1:] * np.uint64(64) + cells[:-1], 4096) > ALPHA


def test_p_values_over_many_keys_are_uniform():
    """One key after the other: not one bad key hidden in a good average."""
    uids = np.arange(1 << 14)
    rows = [(seed, samples.PURPOSES[seed % 16], seed % 120) for seed in range(400)]
    p_values = [chi_square(samples.words_by_uid(*row, uids) >> np.uint64(56), 256) for row in rows]
    assert stats.kstest(p_values, "uniform").pvalue > ALPHA


def test_months_of_many_agents_are_unrelated():
    """Rows are agents, columns are months: no month foretells another."""
    uids = np.arange(20_000)
    table = np.array(
        [
            reference.uniforms(samples.words_by_uid(4, samples.PURPOSES[2], month, uids))
            for month in range(60)
        ]
    )
    found = np.corrcoef(table)[np.triu_indices(60, 1)] * np.sqrt(uids.size)
    assert np.abs(found).max() < 5
    assert stats.kstest(found, "norm").pvalue > ALPHA


KEYS = {
    "purposes": [(1, what, 0) for what in samples.PURPOSES],
    "seeds": [(seed, samples.PURPOSES[0], 0) for seed in range(16)],
    "months": [(1, samples.PURPOSES[0], month) for month in range(16)],
}


@pytest.mark.parametrize("axis", KEYS)
def test_keys_do_not_share_luck(axis):
    """The same agents under two keys: neither alike, nor opposite, nor dependent otherwise."""
    uids = np.arange(1 << 17)
    drawn = [samples.words_by_uid(*key, uids) for key in KEYS[axis]]
    for a, b in combinations(drawn, 2):
        sigmas = correlation_in_sigmas(reference.uniforms(a), reference.uniforms(b))
        assert abs(sigmas) < 5
        both = (a >> np.uint64(59)) * np.uint64(32) + (b >> np.uint64(59))
        assert chi_square(both, 1024) > ALPHA / 10


def test_ordinals_do_not_share_luck():
    uids = np.arange(1 << 17)
    key = np.uint64(draw.stream(1, samples.PURPOSES[0], 3))
    keys = [key, *(np.uint64(draw.substream(key, ordinal)) for ordinal in range(8))]
    drawn = [np.array([draw.uniform(k, uid) for uid in uids[:30_000]]) for k in keys]
    for a, b in combinations(drawn, 2):
        assert abs(correlation_in_sigmas(a, b)) < 5


@pytest.mark.parametrize("argument", ["seed", "purpose", "month", "uid"])
def test_one_changed_bit_changes_half_of_all_bits(argument):
    """Avalanche: each of 64 result bits flips with probability one half for each input bit."""
    rng = np.random.default_rng(11)
    trials = 4096
    given = rng.integers(0, 2**62, size=(trials, 4), dtype=np.int64).astype(np.uint64)
    place = ["seed", "purpose", "month", "uid"].index(argument)
    before = _bits_of_rows(given)
    shares = np.empty((64, 64))
    for bit in range(64):
        changed = given.copy()
        changed[:, place] ^= np.uint64(1) << np.uint64(bit)
        flips = (before ^ _bits_of_rows(changed)).view(np.uint8)
        shares[bit] = np.unpackbits(flips).reshape(trials, 64).mean(axis=0)
    sigma = 0.5 / np.sqrt(trials)
    assert np.abs(shares - 0.5).max() < 5.5 * sigma
    assert abs(shares.mean() - 0.5) < 5 * sigma / 64


@samples.inlined
def _bits_of_rows(rows):
    out = np.empty(rows.shape[0], np.uint64)
    for i in range(rows.shape[0]):
        out[i] = draw.bits(draw.stream(rows[i, 0], rows[i, 1], rows[i, 2]), rows[i, 3])
    return out


def test_a_purpose_is_registered_once():
    draw.purpose("tests: registered once")
    with pytest.raises(ValueError, match="registered twice"):
        draw.purpose("tests: registered once")
    assert draw.purposes()["tests: registered once"].dtype == np.uint64
