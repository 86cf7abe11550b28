"""Sweeps: many worlds, a few policies, and only what is asked for kept of each run."""
