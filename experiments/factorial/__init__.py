"""The factorial of form of support by taking equity: effects, and when the ranking turns."""
