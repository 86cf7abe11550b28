"""What an evidence id stands for, from the files that travel with the model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from sim.declare import ASSUMPTION, Text
from sim.scenario.shipped import shipped_root
from sim.scenario.tree import Loader

OWN_DATA = "own-data"  # stated by whoever wrote the file
OWN = Text("a number of your own", "您自己的数字")
ASSUMED = Text("an assumption: no source gives it", "假设：没有来源给出该数")
UNKNOWN = Text("not in the evidence files", "证据文件中没有")


@cache
def entries() -> dict[str, dict[str, Any]]:
    """Return every entry of the evidence by its id."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((shipped_root() / "evidence").glob("*.yaml")):
        with open(path, encoding="utf-8") as file:
            # Our own files; the loader makes plain data only.
            content = yaml.load(file, Loader=Loader)
        for entry in _with_id(content):
            found.setdefault(str(entry["id"]), entry)
    return found


def _with_id(content: Any) -> Iterator[dict[str, Any]]:
    """Yield the entries of lists: mappings with an id, but not the quantities that cite one."""
    if isinstance(content, dict):
        for inner in content.values():
            yield from _with_id(inner)
    elif isinstance(content, list):
        for inner in content:
            if isinstance(inner, dict) and "id" in inner and len(inner) > 3:
                yield inner


def told(source: str) -> Text:
    """Return in words what an evidence id, or "assumption", stands for."""
    if source == ASSUMPTION:
        return ASSUMED
    if source == OWN_DATA:
        return OWN
    entry = entries().get(source)
    if entry is None:
        return UNKNOWN
    if "name_en" in entry:
        return Text(str(entry["name_en"]), str(entry.get("name_zh") or entry["name_en"]))
    said = next((entry[key] for key in ("statement", "hypothesis", "pattern", "reading", "name")
                 if entry.get(key)), "")  # fmt: skip
    where = entry.get("source") or entry.get("source_file") or ""
    text = f"{said} ({where})" if where else str(said)
    return Text(text, text)
