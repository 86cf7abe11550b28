"""hotbed: a laboratory for innovation communities.

    import hotbed as hb
    origin = hb.load("beijing-ai-origin")
    run = hb.run(origin, policy="service-for-equity", seed=1)
    cmp = hb.compare(origin, policies=["heavy-rent-subsidy", "service-for-equity"], reps=64)

Nothing heavy is loaded before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "load": "hotbed.api",
    "run": "hotbed.api",
    "compare": "hotbed.api",
    "RunResult": "hotbed.api",
    "ComparisonResult": "hotbed.api",
    "ScenarioErrors": "sim.scenario",
    "InnovationCommunity": "sim.model",
}
__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> Any:
    """Load a public name from its home on first use."""
    if name == "__version__":
        from importlib.metadata import version

        return version("hotbed")
    if name not in _HOME:
        raise AttributeError(f"module 'hotbed' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
