"""Measures of the twelve patterns, each from a run's panel to numbers; NaN is undefined."""
