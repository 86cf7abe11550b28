"""An ensemble: parameter sets that fit the facts about as well as one another, read from files.

A file is JSON, YAML or CSV. It holds a list of sets, or a mapping with such a list under one of `KEYS`;
a set maps `process.parameter` to a number, or holds such a mapping under `parameters`. What is
no number (an id, a note) is passed over. A folder stands for all of its files, in order.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sim.scenario.problems import Problems
from sim.scenario.tree import Value, read

KEYS = ("members", "sets", "ensemble", "accepted", "parameter_sets")
ENDINGS = (".json", ".yaml", ".yml", ".csv")
INNER = ("parameters", "values")

Member = dict[str, float]


class NoEnsembleError(Exception):
    """A path that holds no parameter sets."""


def read_members(path: Path, most: int | None = None) -> list[Member]:
    """Return the parameter sets of a file or folder, `most` of them spread evenly over all.

    Raises:
        NoEnsembleError: if there are none.
        ScenarioErrors: if a YAML file is none.
    """
    paths = [path] if path.is_file() else []
    if path.is_dir():
        paths = sorted(p for p in path.iterdir() if p.suffix in ENDINGS)
    found = [member for one in paths for member in _members(_content(one)) if member]
    if not found:
        raise NoEnsembleError(str(path))
    if most is not None and most < len(found):
        found = [found[k * len(found) // most] for k in range(most)]
    return found


def _content(path: Path) -> Any:
    if path.suffix == ".csv":
        with open(path, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))
    problems = Problems()
    tree = read(path, problems)
    problems.stop_if_any()
    return None if tree is None else _plain(tree)


def _plain(value: Value) -> Any:
    if value.entries is not None:
        return {key: _plain(entry.value) for key, entry in value.entries.items()}
    if value.items is not None:
        return [_plain(item) for item in value.items]
    return value.scalar


def _members(content: Any) -> Iterable[Member]:
    listed: list[Any]
    if isinstance(content, dict):
        listed = next((content[key] for key in KEYS if isinstance(content.get(key), list)), [])
    else:
        listed = content if isinstance(content, list) else []
    for one in listed:
        if isinstance(one, dict):
            inner = next((one[key] for key in INNER if isinstance(one.get(key), dict)), one)
            yield {k: n for k, v in inner.items() if "." in k and (n := _number(v)) is not None}


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
