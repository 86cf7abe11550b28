"""The kinds of files and the keys that each may have."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.declare import Text
from sim.scenario.fields import Reading, text_of
from sim.scenario.problems import Mark, Problems
from sim.scenario.tree import Value, read
from sim.scenario.units import quantity, whole

SCHEMA = "hotbed/1"
KINDS = ("community", "policy", "scenario")  # of scenarios; a study is made of these
KEYS = {
    "community": (
        "schema", "kind", "name", "note", "extends", "horizon", "initial", "sites", "one_operator",
        "parameters", "levers", "reference_firms", "scale_lever",
    ),
    "policy": (
        "schema", "kind", "name", "note", "reference_firms", "scale_lever", "parameters", "levers",
    ),
    "scenario": (
        "schema", "kind", "name", "note", "extends", "horizon", "parameters", "uncertain", "expect",
    ),
    "study": (
        "schema", "kind", "name", "note", "design", "claim", "circularity", "place", "horizon",
        "reps", "reference_firms", "initial", "parameters", "arms", "equal_cost", "scan",
        "outcomes", "falsified_if", "members", "not_tested", "proxy", "not_testable",
    ),
}  # fmt: skip
# The other form of a study: worlds and policies to sweep over instead of arms to test a claim with.
SWEEP_KEYS = (
    "schema", "kind", "name", "note", "place", "horizon", "reference_firms", "initial", "parameters",
    "policies", "levers", "uncertainties", "outcomes", "goals", "search", "versus", "replicates",
    "design", "keep",
)  # fmt: skip
DEFAULT_START = "2026-04"
DEFAULT_MONTHS = 120
MOST_MONTHS = 360


@dataclass(frozen=True)
class Document:
    """A file of one kind, read but not yet checked below its top keys."""

    path: Path
    kind: str
    root: Value
    title: Text

    @property
    def name(self) -> str:
        """The name that the file goes by."""
        return self.path.stem

    def get(self, key: str) -> Value | None:
        """Return the value under a top key; null counts as absent."""
        value = self.root.get(key)
        return None if value is None or value.is_null else value


def open_document(
    path: Path, expected: tuple[str, ...], problems: Problems, keys: tuple[str, ...] = ()
) -> Document | None:
    """Return a file whose kind is one of `expected`; None after noted mistakes.

    A policy file without content is a policy without levers. `keys` stand in the place of those of
    the kind, for a kind of more than one form.
    """
    before = len(problems.found)
    root = read(path, problems)
    at = Mark(str(path))
    if root is None and len(problems.found) > before:
        return None
    if root is None or root.is_null:
        if expected == ("policy",):
            return Document(path, "policy", Value(at, entries={}), Text(path.stem, path.stem))
        problems.add("empty", at)
        return None
    if root.entries is None:
        problems.add("wrong_type", root.at, root, key="file", allowed="kind: " + ", ".join(KINDS))
        return None
    kind = _kind(root, expected, problems)
    if kind is None:
        return None
    allowed = keys or KEYS[kind]
    for key, entry in root.entries.items():
        if key not in allowed:
            problems.add("unknown_key", entry.at, key, allowed=allowed)
    return Document(path, kind, root, _title(root, path, problems))


def _kind(root: Value, expected: tuple[str, ...], problems: Problems) -> str | None:
    schema, kind = root.get("schema"), root.get("kind")
    if schema is not None and schema.scalar != SCHEMA:
        problems.add("wrong_schema", schema.at, schema, allowed=(SCHEMA,))
    if kind is None and expected == ("policy",):
        return "policy"
    if kind is None:
        problems.add("missing_key", root.at, key="kind", allowed=", ".join(expected))
        return None
    if kind.scalar not in KEYS:
        problems.add("unknown_name", kind.at, kind, key="kind", allowed=expected)
        return None
    if kind.scalar not in expected:
        problems.add("wrong_kind", kind.at, kind, allowed=", ".join(expected))
        return None
    return str(kind.scalar)


def _title(root: Value, path: Path, problems: Problems) -> Text:
    """Return the name in both languages; one given alone stands for both."""
    name = root.get("name")
    if name is None or name.is_null:
        return Text(path.stem, path.stem)
    if name.entries is None:
        if name.is_list:
            problems.add("wrong_type", name.at, name, key="name", allowed="{en: …, zh: …}")
        return Text(str(name), str(name))
    for key, entry in name.entries.items():
        if key not in ("en", "zh"):
            problems.add("unknown_key", entry.at, key, allowed=("en", "zh"))
    en, zh = text_of(name.get("en")), text_of(name.get("zh"))
    return Text(en or zh or path.stem, zh or en or path.stem)


def read_horizon(document: Document, problems: Problems) -> tuple[str | None, int | None]:
    """Return start (YYYY-MM) and months that a file declares; None for what it leaves open."""
    from sim.scenario.dates import DATE

    horizon = document.get("horizon")
    if horizon is None:
        return None, None
    if horizon.entries is None:
        problems.add("wrong_type", horizon.at, horizon, key="horizon", allowed="{start, months}")
        return None, None
    for key, entry in horizon.entries.items():
        if key not in ("start", "months"):
            problems.add("unknown_key", entry.at, key, allowed=("start", "months"))
    start, months = horizon.get("start"), horizon.get("months")
    if start is not None and not (isinstance(start.scalar, str) and DATE.match(start.scalar)):
        problems.add("wrong_date", start.at, start, key="horizon.start", allowed="YYYY-MM")
        start = None
    number = None
    if months is not None:
        found = quantity(months, "horizon.months", "months", 1, MOST_MONTHS, problems)
        number = whole(found, months, "horizon.months", problems)
    return (None if start is None else str(start.scalar)), number


def read_reference(document: Document, reading: Reading) -> int | None:
    """Return the number of firms that extensive fields were written for, or None."""
    value = document.get("reference_firms")
    if value is None:
        return None
    found = quantity(value, "reference_firms", "firms", 1, 1_000_000, reading.problems)
    return whole(found, value, "reference_firms", reading.problems)
