"""Benchmarks of the engine: `make bench`, or `python -m tests.benchmarks`."""
