"""The twenty processes of the month, one mechanism a file, and what sites exchange after it."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from sim.declare import Parameters

NAMES = (
    "policy", "market", "encounters", "spillovers", "founding", "incubation", "services",
    "development", "sales", "accounts", "finance", "hiring", "housing", "governance", "location",
    "exits", "rents", "land", "operator", "government",
)  # fmt: skip

# Not of the month of a site: it couples the sites of a place once their months are over.
BETWEEN_SITES = "region"


@cache
def all_parameters() -> dict[str, Parameters]:
    """Return the parameters of every process that has some, by process."""
    found = {}
    for name in (*NAMES, BETWEEN_SITES):
        module = import_module(f"sim.processes.{name}")
        if hasattr(module, "PARAMETERS"):
            found[name] = module.PARAMETERS
    return found
