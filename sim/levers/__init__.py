"""Policy levers, one a file, found by its file name."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from sim.declare import Lever


@cache
def all_levers() -> dict[str, Lever]:
    """Return every lever by name, in alphabetical order.

    Raises:
        ValueError: if a lever's name is not that of its file.
    """
    levers: dict[str, Lever] = {}
    for module in sorted(iter_modules(__path__), key=lambda m: m.name):
        lever = import_module(f"{__name__}.{module.name}").LEVER
        if lever.name != module.name:
            raise ValueError(f"lever {lever.name} stands in the file {module.name}.py")
        levers[lever.name] = lever
    return levers
