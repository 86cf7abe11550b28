"""Scenario files: places, policies and what a run is made of.

Names are imported when they are first asked for, so that a command that loads no file starts fast.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Scenario": "scenario",
    "ScenarioErrors": "problems",
    "Problem": "problems",
    "load_scenario": "load",
    "shipped_root": "shipped",
    "shipped_names": "shipped",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
