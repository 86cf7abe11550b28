"""A community that extends another: the parts it lists change, the rest is the other's.

    extends: beijing-ai-origin                                  # levers, if any, replace the other's
    extends: {community: beijing-ai-origin, levers: add}        # levers are added, by name

Blocks of `initial:` are joined key by key; a leaf, a list and a count by name (sectors, layers) is
taken whole. What results is read and checked like any place, and every number keeps the source that
stands with it in its own file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import get_origin

from pydantic import BaseModel

from sim.scenario.documents import Document, open_document
from sim.scenario.fields import LEAF_KEYS, REMARKS, text_of
from sim.scenario.find import find, place_folders
from sim.scenario.initial import model_of
from sim.scenario.problems import Problems
from sim.scenario.schema import Initial
from sim.scenario.tree import Entry, Value

HOW = ("replace", "add")
MOST_DEPTH = 8
# What belongs to a policy that is taken whole, and to the place.
OF_LEVERS = ("levers", "reference_firms", "scale_lever")


def extended(place: Document, problems: Problems, depth: int = 0) -> Document | None:
    """Return a community with what it takes from the one that it extends; None after a mistake."""
    extends = place.get("extends")
    if extends is None:
        return place
    asked = _asked(extends, problems)
    if asked is None:
        return None
    name, how = asked
    if depth >= MOST_DEPTH:
        allowed = f"a chain of at most {MOST_DEPTH} places"
        problems.add("wrong_type", extends.at, name, key="extends", allowed=allowed)
        return None
    folders = place_folders(place.path.resolve().parent)
    path = find(str(name), folders, problems, name.at)
    document = open_document(path, ("community",), problems) if path else None
    parent = extended(document, problems, depth + 1) if document else None
    return _joined(parent, place, how) if parent else None


def _asked(extends: Value, problems: Problems) -> tuple[Value, str] | None:
    """Return the place that is extended and how levers join; None after a noted mistake."""
    if isinstance(extends.scalar, str):
        return extends, HOW[0]
    for key, entry in (extends.entries or {}).items():
        if key not in ("community", "levers"):
            problems.add("unknown_key", entry.at, key, allowed=("community", "levers"))
    name, how = extends.get("community"), extends.get("levers")
    if name is None or not isinstance(name.scalar, str):
        allowed = "NAME, or {community, levers}"
        problems.add("missing_key", extends.at, key="extends.community", allowed=allowed)
        return None
    if how is not None and how.scalar not in HOW:
        problems.add("unknown_name", how.at, how, key="extends.levers", allowed=HOW)
        return None
    return name, HOW[0] if how is None else str(how.scalar)


def _joined(parent: Document, child: Document, how: str) -> Document:
    entries = dict(parent.root.entries or {})
    own = {key: entry for key, entry in (child.root.entries or {}).items() if key != "extends"}
    if "levers" in own and how == "replace":
        for key in OF_LEVERS:
            entries.pop(key, None)
    for key, entry in own.items():
        there = entries.get(key)
        if there is None or entry.value.entries is None or there.value.entries is None:
            entries[key] = entry
        elif key == "initial":
            entries[key] = Entry(entry.at, _block(there.value, entry.value, Initial))
        elif key == "levers" and how == "replace":
            entries[key] = entry
        elif key in ("levers", "parameters", "horizon"):
            entries[key] = Entry(entry.at, _listed(there.value, entry.value, key == "parameters"))
        else:
            entries[key] = entry
    return replace(child, root=Value(child.root.at, entries=entries))


def _listed(there: Value, here: Value, deeper: bool) -> Value:
    """Return a mapping with the keys of another put in, and those of mappings in it too."""
    entries = dict(there.entries or {})
    for key, entry in (here.entries or {}).items():
        old = entries.get(key)
        if deeper and old and old.value.entries is not None and entry.value.entries is not None:
            entry = Entry(entry.at, _listed(old.value, entry.value, False))
        entries[key] = entry
    return Value(here.at, entries=entries)


def _block(there: Value, here: Value, model: type[BaseModel]) -> Value:
    """Return a block of the stock with what another file says of it."""
    entries = dict(there.entries or {})
    source = text_of(here.get("source"))
    for key, entry in (here.entries or {}).items():
        if key in REMARKS:
            continue
        info = model.model_fields.get(key)
        inner = model_of(info.annotation) if info else None
        old = entries.get(key)
        value = entry.value
        is_block = (
            inner is not None and info is not None and get_origin(info.annotation) is not tuple
        )
        if is_block and old and value.entries is not None and old.value.entries is not None:
            value = _block(old.value, sourced(value, source), inner)  # type: ignore[arg-type]
        else:
            value = sourced(value, source)
        entries[key] = Entry(entry.at, value)
    return Value(here.at, entries=entries)


def sourced(value: Value, source: str | None) -> Value:
    """Return a value that names the source of the block it was taken from, unless it names its own."""
    if source is None or value.is_null:
        return value
    remark = Entry(value.at, Value(value.at, scalar=source))
    if value.entries is not None:
        return Value(value.at, entries={"source": remark} | value.entries)
    if value.items is not None and all(item.entries is not None for item in value.items):
        is_leaf = any(key in LEAF_KEYS[:1] for item in value.items for key in item.entries or {})
        if not is_leaf:
            return Value(value.at, items=tuple(sourced(item, source) for item in value.items))
    return Value(value.at, entries={"value": Entry(value.at, value), "source": remark})
