"""Imports point downwards only: the floors of the house, read from the sources.

5 hotbed · 4 calibration · 3 experiments · 2 sim/scenario < build < schedule < region < recorder <
model ·
1 sim/processes, levers, indicators, kept (none knows another) · 0 sim/declare, draw, kernel, state.
Imports inside functions and under TYPE_CHECKING count as well.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ("hotbed", "calibration", "experiments", "sim")

# Where a module lives, by the longest prefix of its name. Within one floor, arrows go from the
# higher step to the lower one; rooms that share a step on floor 1 do not know each other.
PLACES: dict[str, tuple[int, int]] = {
    "hotbed": (5, 0),
    "calibration": (4, 0),
    "experiments": (3, 0),
    "sim.model": (2, 6),
    "sim.recorder": (2, 5),
    "sim.story": (2, 5),
    "sim.region": (2, 4),
    "sim.schedule": (2, 3),
    "sim.build": (2, 2),
    "sim.scenario": (2, 1),
    "sim.processes": (1, 0),
    "sim.levers": (1, 0),
    "sim.indicators": (1, 0),
    "sim.kept": (1, 0),
    "sim.declare": (0, 0),
    "sim.draw": (0, 0),
    "sim.kernel": (0, 0),
    "sim.state": (0, 0),
}

# Packages that only the named modules may import (a trailing "*" stands for any ending).
KEEPERS: dict[str, tuple[str, ...]] = {
    "mesa": ("sim.model",),
    "numba": ("sim.kernel",),
    "llvmlite": ("sim.kernel",),
    "pydantic": ("sim.scenario",),
    "yaml": ("sim.scenario", "calibration.targets"),
    "pyarrow": ("experiments.store*",),
    "SALib": ("experiments.sensitivity",),
    "optuna": ("experiments.mixes",),
    "distributed": ("experiments.cluster",),
    "dask": ("experiments.cluster",),
    "typer": ("hotbed",),
    "click": ("hotbed",),
    "rich": ("hotbed",),
    "jinja2": ("hotbed.report",),
    "markupsafe": ("hotbed.report",),
}

# What else the engine may use: it has to stay small enough to be read.
ENGINE_PACKAGES = {"numpy", "pandas", "scipy"}


def module_of(path: Path, root: Path) -> str:
    """Return the dotted name of the module in `path`."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def place_of(module: str) -> tuple[int, int] | None:
    """Return (floor, step) of a module, or None where the house has no such room."""
    name = module
    while name:
        if name in PLACES:
            return PLACES[name]
        name = name.rpartition(".")[0]
    return None


def imports_of(path: Path, root: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, imported module) for every import in a file, however late it happens."""
    package = module_of(path, root).split(".")
    if path.name != "__init__.py":
        package.pop()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, _submodule(source, alias.name, root)
        elif isinstance(node, ast.Call) and _imports_by_name(node.func) and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield node.lineno, name.value


def _submodule(source: str, name: str, root: Path) -> str:
    folder = root.joinpath(*source.split("."))
    inside = (folder / f"{name}.py").exists() or (folder / name / "__init__.py").exists()
    return f"{source}.{name}" if inside else source


def _imports_by_name(function: ast.expr) -> bool:
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return called in {"import_module", "__import__"}


def fault(importer: str, imported: str) -> str | None:
    """Return why `importer` may not import `imported`, or None if it may."""
    top = imported.split(".")[0]
    if top not in HOUSE:
        return _foreign_fault(importer, top)
    if importer == "sim":
        return "sim/__init__.py imports nothing"
    if imported == "sim" or (_room(importer) == _room(imported) and not _one_each(importer)):
        return None
    above, below = place_of(importer), place_of(imported)
    if above is None or below is None:
        return f"{importer if above is None else imported} has no place in this house"
    if above[0] == 1 == below[0]:
        return "mechanisms, levers and indicators never import each other"
    return None if above > below or above[0] == below[0] == 0 else "an arrow that points upwards"


def _room(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "sim" else parts[0]


def _one_each(module: str) -> bool:
    """Return whether the files of this room stand alone: one mechanism, one lever each."""
    return _room(module) in {"sim.processes", "sim.levers"}


def _foreign_fault(importer: str, package: str) -> str | None:
    if package in KEEPERS:
        allowed = any(_kept(importer, keeper) for keeper in KEEPERS[package])
        return None if allowed else f"{package} belongs in {', '.join(KEEPERS[package])} only"
    engine = importer.split(".")[0] == "sim"
    if engine and package not in ENGINE_PACKAGES | sys.stdlib_module_names:
        return f"the engine does without {package}"
    return None


def _kept(importer: str, keeper: str) -> bool:
    if keeper.endswith("*"):
        return importer.startswith(keeper[:-1])
    return importer == keeper or importer.startswith(f"{keeper}.")


def faults(root: Path) -> list[str]:
    """Return all wrong arrows under `root`, each as file:line: reason."""
    found = []
    for top in HOUSE:
        for path in sorted((root / top).rglob("*.py")):
            importer = module_of(path, root)
            if importer not in HOUSE and place_of(importer) is None:
                found.append(f"{path.relative_to(root)}: has no place in this house")
            for line, imported in imports_of(path, root):
                if reason := fault(importer, imported):
                    found.append(f"{path.relative_to(root)}:{line}: {imported}: {reason}")
    return found


def test_no_arrow_points_upwards():
    assert faults(ROOT) == []


def test_every_room_is_read():
    read = {module_of(path, ROOT) for top in HOUSE for path in (ROOT / top).rglob("*.py")}
    assert {"sim.draw", "sim.kernel", "sim.declare"} <= read
    assert any(name.startswith("sim.processes.") for name in read)


PLANTED = {
    "sim/draw.py": "import sim.schedule",
    "sim/state/table.py": "from sim.processes import rents",
    "sim/processes/rents.py": "from sim.processes import exits",
    "sim/processes/exits.py": "from ..levers import rent_subsidy",
    "sim/levers/rent_subsidy.py": "def f():\n    from sim.processes.rents import step",
    "sim/indicators.py": "import sim.levers",
    "sim/build.py": "from sim import schedule",
    "sim/scenario/load.py": "from sim.build import build",
    "sim/schedule.py": "import mesa",
    "sim/recorder.py": "from importlib import import_module\nimport_module('sim.model')",
    "sim/strange.py": "",
    "experiments/compare.py": "from calibration import fit",
    "experiments/runner.py": "import pyarrow.parquet as pq",
    "experiments/design.py": "import yaml",
    "experiments/robustness.py": "from SALib.analyze import sobol",
    "experiments/tipping.py": "def f():\n    import optuna",
    "experiments/executors.py": "def f():\n    from distributed import Client",
    "sim/state/columns.py": "from numba import njit",
    "sim/state/ledger.py": "import typing\nif typing.TYPE_CHECKING:\n    import requests",
    "calibration/fit.py": "import hotbed",
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_arrow_is_caught(tmp_path, name):
    for other in PLANTED:
        (tmp_path / other).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / other).write_text("")
    (tmp_path / "sim/strange.py").unlink()
    (tmp_path / name).write_text(PLANTED[name])
    (found,) = faults(tmp_path)
    assert found.startswith(name)


ALLOWED = {
    "hotbed/cli/run.py": "import typer\nfrom experiments import runner\nfrom sim.model import X",
    "experiments/store_files.py": "import pyarrow",
    "sim/model.py": "import mesa\nfrom sim import recorder, schedule",
    "sim/kernel.py": "import numba",
    "sim/draw.py": "from sim.kernel import inlined",
    "sim/state/world.py": "from sim.state import table\nfrom . import rules\nimport numpy",
    "sim/processes/rents.py": "from sim.state.world import World\nfrom sim import draw",
    "sim/scenario/load.py": "import yaml\nfrom sim.scenario.schema import X\nimport sim.levers",
}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_good_arrow_passes(tmp_path, name):
    for other, text in ALLOWED.items():
        (tmp_path / other).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / other).write_text(text if other == name else "")
    assert faults(tmp_path) == []
