"""Patterns and calibration: what a credible model reproduces, and the search that brings it there."""
