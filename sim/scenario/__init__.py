"""Scenario files: places, policies and what a run is made of."""
