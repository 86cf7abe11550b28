"""Read a YAML file into a tree of values that know their line and column.

Only plain data is accepted: no anchors or aliases, no tags, bounded size and depth. Nothing is ever
constructed from what a file says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sim.scenario.problems import Mark, Problems

MOST_BYTES = 1 << 20
MOST_DEPTH = 24
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

INTEGER = re.compile(r"[-+]?[0-9][0-9_]*\Z")
FLOAT = re.compile(r"[-+]?([0-9][0-9_]*)?\.?[0-9][0-9_]*\.?([eE][-+]?[0-9]+)?\Z")
SPECIAL = {
    ".inf": float("inf"),
    "+.inf": float("inf"),
    "-.inf": float("-inf"),
    ".nan": float("nan"),
}
LONGEST_INTEGER = 18
LONGEST_NUMBER = 60

Scalar = str | int | float | bool | None


@dataclass(frozen=True)
class Value:
    """A scalar, a list or a mapping, and where it stands."""

    at: Mark
    scalar: Scalar = None
    items: tuple[Value, ...] | None = None
    entries: dict[str, Entry] | None = None

    @property
    def is_map(self) -> bool:
        """Whether it is a mapping."""
        return self.entries is not None

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return self.items is not None

    @property
    def is_null(self) -> bool:
        """Whether it is an explicit or implicit null."""
        return self.scalar is None and not self.is_map and not self.is_list

    def get(self, key: str) -> Value | None:
        """Return the value under `key` of a mapping, else None."""
        entry = (self.entries or {}).get(key)
        return entry.value if entry else None

    def __str__(self) -> str:
        if self.entries is not None:
            return "{" + ", ".join(self.entries) + "}"
        if self.items is not None:
            return "[" + ", ".join(map(str, self.items)) + "]"
        return "null" if self.scalar is None else str(self.scalar)


@dataclass(frozen=True)
class Entry:
    """A key of a mapping, where it stands, and its value."""

    at: Mark
    value: Value = field(repr=False)


def read(path: Path, problems: Problems) -> Value | None:
    """Return the tree of a file; None if it is empty or a mistake was noted."""
    name = str(path)
    try:
        size = path.stat().st_size
        if path.is_dir():
            problems.add("directory", Mark(name), name)
            return None
        if size > MOST_BYTES:
            problems.add("too_big", Mark(name), size, allowed=f"<= {MOST_BYTES}")
            return None
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        problems.add("missing_file", Mark(name), name)
        return None
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        problems.add("unreadable", Mark(name), name, detail=detail)
        return None
    return parse(content, name, problems)


def parse(content: bytes, name: str, problems: Problems) -> Value | None:
    """Return the tree of a text; None if it is empty or a mistake was noted."""
    if len(content) > MOST_BYTES:
        problems.add("too_big", Mark(name), len(content), allowed=f"<= {MOST_BYTES}")
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        problems.add("binary", Mark(name))
        return None
    if "\0" in text:
        problems.add("binary", Mark(name))
        return None
    before = len(problems.found)
    try:
        _refuse_tricks(text, name, problems)
        node = None if len(problems.found) > before else yaml.compose(text, Loader=Loader)
    except yaml.YAMLError as error:
        _note_syntax(error, name, problems)
        return None
    return None if node is None else _value(node, name, problems)


def _mark(mark: Any, name: str) -> Mark:
    return Mark(name, mark.line + 1, mark.column + 1)


def _note_syntax(error: yaml.YAMLError, name: str, problems: Problems) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    detail = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    at = _mark(mark, name) if mark else Mark(name)
    problems.add("syntax", at, detail=" ".join(str(detail).split()))


def _refuse_tricks(text: str, name: str, problems: Problems) -> None:
    """Note the first alias, anchor, tag or too deep nesting, before anything is expanded."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        code = ""
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            code = "alias"
        elif tag and tag != "!":
            code = "tag"
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            code = "too_deep" if depth > MOST_DEPTH else ""
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if code:
            problems.add(code, _mark(event.start_mark, name), tag or "")
            return


def _value(node: yaml.Node, name: str, problems: Problems) -> Value:
    at = _mark(node.start_mark, name)
    if isinstance(node, yaml.SequenceNode):
        return Value(at, items=tuple(_value(item, name, problems) for item in node.value))
    if isinstance(node, yaml.MappingNode):
        return Value(at, entries=dict(_entries(node, name, problems)))
    plain = isinstance(node, yaml.ScalarNode) and not node.style
    return Value(at, scalar=scalar(node.value) if plain else node.value)


def _entries(node: yaml.MappingNode, name: str, problems: Problems) -> Iterator[tuple[str, Entry]]:
    seen: dict[str, Mark] = {}
    for key_node, value_node in node.value:
        at = _mark(key_node.start_mark, name)
        if not isinstance(key_node, yaml.ScalarNode):
            problems.add("wrong_type", at, _value(key_node, name, problems), key="key")
            continue
        key = key_node.value
        value = _value(value_node, name, problems)
        if key in seen:
            problems.add("repeated_key", at, key, other=f"{seen[key].file}:{seen[key].line}")
            continue
        seen[key] = at
        yield key, Entry(at, value)


def scalar(text: str) -> Scalar:
    """Return what a plain word means: null, true or false, a number, or the word itself."""
    if len(text) > LONGEST_NUMBER:
        return text
    lowered = text.lower()
    if lowered in ("", "~", "null"):
        return None
    if lowered in ("true", "false"):
        return lowered == "true"
    if lowered in SPECIAL:
        return SPECIAL[lowered]
    if INTEGER.match(text) and len(text) <= LONGEST_INTEGER:
        return int(text.replace("_", ""))
    if INTEGER.match(text) or FLOAT.match(text):
        try:
            return float(text.replace("_", ""))
        except ValueError:
            return text
    return text
