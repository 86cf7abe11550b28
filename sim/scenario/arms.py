"""The arms of a study: a place and a policy, each with what the study changes in them.

An arm is put together as a tree of values that still know their place in a file, and then resolved
as every other scenario is, so that its mistakes are found and told in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sim.declare import Text
from sim.scenario.documents import Document, open_document
from sim.scenario.find import find, place_folders, policy_folders
from sim.scenario.load import Files, open_place, resolve
from sim.scenario.names import read_parameter
from sim.scenario.problems import Mark, Problems
from sim.scenario.scenario import AS_IS, Scenario
from sim.scenario.tree import Entry, Value

KEYS = (
    "place", "policy", "initial", "levers", "parameters", "scale_lever", "factors", "note",
)  # fmt: skip
STOCK = "initial."
NO_POLICY = "no-policy"

Changes = Mapping[str, Value]  # by dotted name: of the stock, a parameter, a field of a lever


@dataclass
class Library:
    """The files that the arms of studies are made of, each read once."""

    beside: Path
    problems: Problems
    read: dict[Path, Document | None] = field(default_factory=dict)

    def place(self, name: str, at: Mark) -> Document | None:
        """Return a community; None after a noted mistake."""
        path = find(name, place_folders(self.beside), self.problems, at)
        if path is not None and path not in self.read:
            self.read[path] = open_place(path, self.problems)
        return None if path is None else self.read[path]

    def policy(self, name: str, at: Mark, place: Document) -> Document | None:
        """Return a policy, or the levers of the place as it is; None after a noted mistake."""
        if name == AS_IS:
            kept = ("levers", "reference_firms", "scale_lever")
            own = {k: e for k, e in (place.root.entries or {}).items() if k in kept}
            return Document(place.path, "policy", Value(place.root.at, entries=own), place.title)
        # A study beside it may bear a policy's name, so only a folder of policies counts.
        folders = (self.beside / "policies", *policy_folders(place.path.resolve().parent))
        path = find(name, folders, self.problems, at)
        if path is not None and path not in self.read:
            self.read[path] = open_document(path, ("policy",), self.problems)
        return None if path is None else self.read[path]


@dataclass(frozen=True)
class ArmFile:
    """An arm as its study writes it, with the changes that the study makes to all of its arms."""

    name: str
    value: Value
    place: Value
    shared: Value
    months: int
    reference_firms: Value | None

    def get(self, key: str) -> Value | None:
        """Return what stands under a key; null counts as absent."""
        found = self.value.get(key)
        return None if found is None or found.is_null else found

    def resolved(self, library: Library, changes: Changes) -> Scenario | None:
        """Return the scenario of this arm with some numbers changed; None after noted mistakes."""
        asked = self.get("place") or self.place
        place = library.place(str(asked), asked.at)
        word = self.get("policy")
        policy = None
        if place is not None:
            name = NO_POLICY if word is None else str(word)
            policy = library.policy(name, word.at if word else self.value.at, place)
        if place is None or policy is None:
            return None
        place = _with_stock(place, [self.shared.get("initial"), self.get("initial")], changes)
        document = self._policy(policy, changes)
        return resolve(Files(place, place, document), self.months, (), library.problems)

    def _policy(self, base: Document, changes: Changes) -> Document:
        """Return the policy with this arm's levers and parameters in the place of its own."""
        entries = dict(base.root.entries or {})
        levers = _entries(base.get("levers"))
        levers |= _entries(self.get("levers"))
        parameters = _entries(base.get("parameters"))
        parameters |= _entries(self.shared.get("parameters"))
        for name, value in changes.items():
            if name.startswith(STOCK):
                continue
            lever, _, short = name.partition(".")
            if lever in levers:
                levers[lever] = _with_field(levers[lever], short, value)
            elif not _is_lever(lever):
                parameters[name] = Entry(value.at, value)
        parameters |= _entries(self.get("parameters"))  # what makes the arm, at every level
        at = self.value.at
        entries["levers"] = Entry(at, Value(at, entries=levers))
        entries["parameters"] = Entry(at, Value(at, entries=parameters))
        if self.reference_firms is not None and "reference_firms" not in entries:
            entries["reference_firms"] = Entry(at, self.reference_firms)
        scale = self.get("scale_lever")
        if scale is not None:
            entries["scale_lever"] = Entry(scale.at, scale)
        root = Value(base.root.at, entries=entries)
        return Document(Path(self.name), "policy", root, Text(self.name, self.name))


def _is_lever(name: str) -> bool:
    from sim.levers import all_levers

    return name in all_levers()


def _entries(value: Value | None) -> dict[str, Entry]:
    return dict((value.entries if value else None) or {})


def _with_field(entry: Entry, field_name: str, value: Value) -> Entry:
    """Return a lever with one field changed in each of its uses that has it switched on."""

    def changed(use: Value) -> Value:
        return Value(use.at, entries={**_entries(use), field_name: Entry(value.at, value)})

    uses = entry.value.items
    if uses is not None:
        return Entry(entry.at, Value(entry.value.at, items=tuple(changed(use) for use in uses)))
    return Entry(entry.at, changed(entry.value))


def _with_stock(place: Document, patches: list[Value | None], changes: Changes) -> Document:
    """Return the place with parts of its stock at the start changed."""
    entries = dict(place.root.entries or {})
    if "initial" not in entries:
        return place
    stock = entries["initial"].value
    for patch in patches:
        if patch is not None:
            stock = merged(stock, patch)
    for name, value in changes.items():
        if name.startswith(STOCK):
            stock = merged(stock, _nested(name.split(".")[1:], value))
    entries["initial"] = Entry(entries["initial"].at, stock)
    return Document(place.path, place.kind, Value(place.root.at, entries=entries), place.title)


def mapping(at: Mark, values: Mapping[str, Value]) -> Value:
    """Return a mapping as a file at that place would have it."""
    return Value(at, entries={name: Entry(value.at, value) for name, value in values.items()})


def _nested(path: list[str], value: Value) -> Value:
    for key in reversed(path):
        value = Value(value.at, entries={key: Entry(value.at, value)})
    return value


def merged(below: Value, above: Value) -> Value:
    """Return a mapping with the entries of `above` over those of `below`, level by level."""
    if below.entries is None or above.entries is None or "value" in below.entries:
        return above
    entries = dict(below.entries)
    for key, entry in above.entries.items():
        old = entries.get(key)
        value = entry.value if old is None else merged(old.value, entry.value)
        entries[key] = Entry(entry.at, value)
    return Value(above.at, entries=entries)


def with_parameters(scenario: Scenario, values: Mapping[str, float], where: str) -> Scenario:
    """Return a scenario with parameters changed over its own, at each of its sites.

    `where` names the set in messages.

    Raises:
        ScenarioErrors: if there is no such parameter, or a value is out of its range.
    """
    problems = Problems()
    parameters = {process: dict(own) for process, own in scenario.parameters.items()}
    for name, value in values.items():
        at = Mark(where)
        found = read_parameter(name, at, Value(at, scalar=value), problems)
        process, _, short = name.partition(".")
        if found is not None:
            parameters.setdefault(process, {})[short] = found
    problems.stop_if_any()
    sites = tuple(
        replace(site, scenario=with_parameters(site.scenario, values, where))
        for site in scenario.sites
    )
    return replace(scenario, parameters=parameters, sites=sites)
