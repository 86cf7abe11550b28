"""Places of several sites: one world a site, stepped side by side, then coupled (model 6.20)."""

from sim.region.federation import Federation, build_federation

__all__ = ["Federation", "build_federation"]
