"""Experiments: many runs, kept on disk, and what they say about policies."""
