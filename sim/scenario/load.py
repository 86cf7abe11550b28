"""Load a place and a policy into a checked scenario; every mistake is reported at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.levers import all_levers
from sim.scenario import overrides as changes
from sim.scenario.documents import (
    DEFAULT_MONTHS,
    DEFAULT_START,
    MOST_MONTHS,
    Document,
    open_document,
    read_horizon,
    read_reference,
)
from sim.scenario.extend import extended
from sim.scenario.fields import Reading
from sim.scenario.find import find, place_folders, policy_folders
from sim.scenario.initial import read_initial
from sim.scenario.names import is_field, read_expect, read_parameters, read_uncertain
from sim.scenario.problems import Mark, Problems
from sim.scenario.scaling import scale_to
from sim.scenario.scenario import AS_IS, AS_IS_TITLE, Scenario
from sim.scenario.tree import Value
from sim.scenario.uses import read_levers

if TYPE_CHECKING:
    from sim.scenario.schema import Initial


@dataclass(frozen=True)
class Files:
    """The files that a scenario is made of; `policy` None is the place as it is."""

    main: Document
    place: Document
    policy: Document | None


def load_scenario(
    name_or_path: str | Path,
    policy: str | Path | None = None,
    *,
    months: int | None = None,
    overrides: Sequence[str] = (),
) -> Scenario:
    """Return the scenario of a place (or scenario file), a policy and changes.

    `name_or_path` and `policy` are paths or shipped names; without `policy` it is the file's own,
    else the place as it is today. `overrides` read `lever.field=value` or `process.parameter=value`.

    Raises:
        ScenarioErrors: with every mistake found in the files and the overrides.
    """
    problems = Problems()
    files = _open(str(name_or_path), None if policy is None else str(policy), problems)
    if files is None:
        problems.stop_if_any()
        raise AssertionError("files are missing but no mistake was noted")
    scenario = resolve(files, months, tuple(overrides), problems)
    problems.stop_if_any()
    assert scenario is not None
    return scenario


def open_place(path: Path | None, problems: Problems) -> Document | None:
    """Return a community, whole; None after a noted mistake."""
    place = open_document(path, ("community",), problems) if path else None
    return extended(place, problems) if place else None


def _open(name: str, policy: str | None, problems: Problems) -> Files | None:
    path = find(name, place_folders(), problems)
    main = open_document(path, ("community", "scenario"), problems) if path else None
    place = main
    if main and main.kind == "community":
        main = place = extended(main, problems)
    wanted, asked_at = policy, None
    if main and main.kind == "scenario":
        place, stated, asked_at = _taken(main, problems)
        wanted = policy or stated
    if wanted in (None, AS_IS):
        return Files(main, place, None) if main and place else None
    here = [document.path.resolve().parent for document in (main, place) if document]
    at = asked_at if policy is None else None
    found = find(str(wanted), policy_folders(*here), problems, at)
    chosen = open_document(found, ("policy",), problems) if found else None
    return Files(main, place, chosen) if main and place and chosen else None


def _taken(main: Document, problems: Problems) -> tuple[Document | None, str | None, Mark | None]:
    """Return the community that a scenario extends, and its policy's name and place."""
    extends = main.get("extends")
    if extends is None or extends.entries is None:
        at = extends.at if extends else main.root.at
        problems.add("missing_key", at, key="extends.community", allowed="{community, policy}")
        return None, None, None
    for key, entry in extends.entries.items():
        if key not in ("community", "policy"):
            problems.add("unknown_key", entry.at, key, allowed=("community", "policy"))
    community, policy = extends.get("community"), extends.get("policy")
    if community is None or not isinstance(community.scalar, str):
        problems.add("missing_key", extends.at, key="extends.community")
        return None, None, None
    beside = main.path.resolve().parent
    path = find(community.scalar, place_folders(beside), problems, community.at)
    place = open_place(path, problems)
    if policy is None or policy.is_null:
        return place, None, None
    return place, str(policy), policy.at


def resolve(
    files: Files, months: int | None, overrides: tuple[str, ...], problems: Problems
) -> Scenario | None:
    """Return the scenario of opened files; None after noted mistakes."""
    start, horizon = _horizon(files, months, problems)
    reading = Reading(start, problems)
    initial = _initial(files.place, reading)
    source = files.policy or files.place
    levers = tuple(placed.use for placed in read_levers(source.get("levers"), reading))
    parameters = _parameters(files, reading)
    reference = read_reference(source, reading)
    scale = _scale_lever(source, reading)
    if initial is None or problems.found:
        changes.apply(overrides, (), {}, reading)
        _checks_of_scenario(files.main, reading)
        return None
    if reference:
        levers = scale_to(levers, initial.firms.total, reference)
    levers, parameters = changes.apply(overrides, levers, parameters, reading)
    uncertain, expect = _checks_of_scenario(files.main, reading)
    return Scenario(
        name=files.main.name,
        title=files.main.title,
        policy=files.policy.name if files.policy else AS_IS,
        policy_title=files.policy.title if files.policy else AS_IS_TITLE,
        start=start,
        months=horizon,
        initial=initial,
        parameters=parameters,
        levers=levers,
        reference_firms=reference,
        scale_lever=scale,
        expect=expect,
        sources=reading.sources,
        uncertain=uncertain,
        path=str(files.main.path),
        overrides=overrides,
    )


def _horizon(files: Files, months: int | None, problems: Problems) -> tuple[str, int]:
    own_start, own_months = read_horizon(files.main, problems)
    if files.main is not files.place:
        start, there = read_horizon(files.place, problems)
        own_start, own_months = own_start or start, own_months or there
    if months is not None and not 1 <= months <= MOST_MONTHS:
        allowed = f"1..{MOST_MONTHS} months"
        problems.add("out_of_range", Mark("--months"), months, key="months", allowed=allowed)
    return own_start or DEFAULT_START, months or own_months or DEFAULT_MONTHS


def _initial(place: Document, reading: Reading) -> Initial | None:
    value = place.get("initial")
    if value is None:
        reading.problems.add("missing_key", place.root.at, key="initial")
        return None
    return read_initial(value, reading)


def _parameters(files: Files, reading: Reading) -> dict[str, dict[str, float]]:
    """Return overridden parameters: a policy's over a place's, a scenario's over both."""
    merged: dict[str, dict[str, float]] = {}
    documents = [files.place, files.policy, files.main if files.main is not files.place else None]
    for document in documents:
        value = document.get("parameters") if document else None
        for process, values in read_parameters(value, reading).items():
            merged.setdefault(process, {}).update(values)
    return merged


def _checks_of_scenario(
    main: Document, reading: Reading
) -> tuple[dict[str, tuple[str, tuple[float, ...]]], tuple]:
    return (
        read_uncertain(main.get("uncertain"), reading),
        read_expect(main.get("expect"), reading),
    )


def _scale_lever(source: Document, reading: Reading) -> str | None:
    """Return the field, or fields joined by commas, that equal cost scales."""
    value = source.get("scale_lever")
    if value is None:
        return None
    items: tuple[Value, ...] = value.items if value.items is not None else (value,)
    names: list[str] = []
    for item in items:
        name = str(item)
        used = (source.root.get("levers") or source.root).entries or {}
        if is_field(name) and name.partition(".")[0] in used:
            names.append(name)
            continue
        allowed = [
            f"{lever}.firms_max"
            for lever in used
            if lever in all_levers() and all_levers()[lever].programme
        ]
        reading.problems.add("unknown_name", item.at, name, key="scale_lever", allowed=allowed)
    return ", ".join(names) or None
