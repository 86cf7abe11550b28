"""Scenario to World: the synthetic population of a place, and the constants solved from it."""

from sim.build.assemble import build

__all__ = ["build"]
