"""Policy levers, one a file, found by its file name."""
