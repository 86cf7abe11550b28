"""Seeds of tuning and of judging, declared once and kept apart.

No number below `JUDGED` was ever looked at while a parameter or a form was chosen; none of `TUNED`
is ever used to report a verdict.
"""

from __future__ import annotations

JUDGED = range(960_000, 961_000)
TUNED = range(700_000, 701_000)


def judged(count: int, start: int = 0) -> list[int]:
    """Return `count` seeds that verdicts are reported on, from the `start`-th on."""
    return list(JUDGED[start : start + count])


def tuned(count: int, start: int = 0) -> list[int]:
    """Return `count` seeds that parameters may be tuned on, from the `start`-th on."""
    return list(TUNED[start : start + count])
