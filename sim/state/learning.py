"""What one firm can learn of another, shared by spillovers on a site and contacts between sites."""

from __future__ import annotations

from sim.kernel import inlined


@inlined
def absorption(gap, same_sector, p):
    """Return f(x) of a tie whose firms differ by `gap` in log knowledge; `p` is that of spillovers."""
    x = min(1.0, abs(gap) + (0.0 if same_sector else p.other_sector))
    return max(0.0, 1 - p.narrowness * (x - p.best_distance) ** 2)
