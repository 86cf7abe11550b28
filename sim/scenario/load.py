"""Load a place and a policy into a checked scenario; every mistake is reported at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from sim.scenario.scenario import AS_IS, AS_IS_TITLE, Scenario, Site
from sim.scenario.sites import SiteEntry, read_sites, together
from sim.scenario.tree import Value
from sim.scenario.uses import Placed, check_together, read_levers

if TYPE_CHECKING:
    from sim.scenario.schema import Initial
    from sim.state.rules import LeverUse


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
        if place is None:
            _look_through(main, problems)
    if wanted in (None, AS_IS):
        return Files(main, place, None) if main and place else None
    here = [document.path.resolve().parent for document in (main, place) if document]
    at = asked_at if policy is None else None
    found = find(str(wanted), policy_folders(*here), problems, at)
    chosen = open_document(found, ("policy",), problems) if found else None
    return Files(main, place, chosen) if main and place and chosen else None


def _look_through(main: Document, problems: Problems) -> None:
    """Note the mistakes of a scenario whose place is not there, so that one try tells them all."""
    reading = Reading(read_horizon(main, problems)[0] or DEFAULT_START, problems)
    read_parameters(main.get("parameters"), reading)
    _checks_of_scenario(main, reading)


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
    if files.place.get("sites") is not None:
        return _resolve_sites(files, horizon, overrides, reading)
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


def _resolve_sites(
    files: Files, horizon: int, overrides: tuple[str, ...], reading: Reading
) -> Scenario | None:
    """Return the scenario of a place of several sites: each site resolved, and what is told of all."""
    entries = sorted(read_sites(files.place, reading.problems), key=lambda entry: entry.name)
    source = files.policy or files.place
    common = tuple(placed.use for placed in read_levers(source.get("levers"), reading))
    reference = read_reference(source, reading)
    parameters = _parameters(files, reading)
    joint = _one_operator(files.place, reading)
    scale = _scale_lever(source, reading)
    stocks = [_stock(entry, reading) for entry in entries]
    own = [_own(entry, files, reading) for entry in entries]
    uncertain, expect = _checks_of_scenario(files.main, reading)
    if reading.problems.found or not entries:
        changes.apply(overrides, (), {}, reading)
        return None
    parts = zip(entries, stocks, own, strict=True)
    known = [(entry, stock, *mine) for entry, stock, mine in parts if stock is not None]
    whole = together([stock for _, stock, _, _ in known])
    shared = scale_to(common, whole.firms.total, reference) if reference else common
    shared, changed = changes.apply(overrides, shared, parameters, reading)
    scenario = Scenario(
        name=files.main.name,
        title=files.main.title,
        policy=files.policy.name if files.policy else AS_IS,
        policy_title=files.policy.title if files.policy else AS_IS_TITLE,
        start=reading.start,
        months=horizon,
        initial=whole,
        parameters=changed,
        levers=shared,
        reference_firms=reference,
        scale_lever=scale,
        expect=expect,
        sources=reading.sources,
        uncertain=uncertain,
        path=str(files.main.path),
        overrides=overrides,
        one_operator=joint,
    )
    sites = []
    for entry, stock, levers, own_parameters in known:
        here = scale_to(common, stock.firms.total, reference) if reference else common
        merged = {name: dict(values) for name, values in own_parameters.items()}
        for process, values in parameters.items():
            merged.setdefault(process, {}).update(values)
        here, merged = changes.apply(overrides, (*levers, *here), merged, reading)
        check_together(tuple(Placed(use, Mark(use.origin), {}) for use in here), reading)
        one = replace(
            scenario, name=entry.name, title=entry.place.title, initial=stock, parameters=merged,
            levers=here, one_operator=False, path=str(entry.place.path),
        )  # fmt: skip
        sites.append(Site(entry.name, entry.at, one))
    return replace(scenario, sites=tuple(sites), levers=_every_lever(shared, sites))


def _stock(entry: SiteEntry, reading: Reading) -> Initial | None:
    """Return the checked stock of a site; sources are noted under its name."""
    inner = Reading(reading.start, reading.problems)
    stock = read_initial(entry.initial, inner)
    named = {f"sites.{entry.name}.{path}": source for path, source in inner.sources.items()}
    reading.sources.update(named)
    return stock


def _own(
    entry: SiteEntry, files: Files, reading: Reading
) -> tuple[tuple[LeverUse, ...], dict[str, dict[str, float]]]:
    """Return the levers in force at one site only, none under a policy, and its parameters."""
    found: dict[str, dict[str, float]] = {}
    for value in (entry.place.get("parameters"), entry.parameters):
        for process, values in read_parameters(value, reading).items():
            found.setdefault(process, {}).update(values)
    if files.policy is not None:
        return (), found
    levers = tuple(placed.use for placed in read_levers(entry.levers, reading))
    reference = None if entry.own_levers else read_reference(entry.place, reading)
    stock = read_initial(entry.initial, Reading(reading.start, Problems()))
    if reference and stock is not None:
        levers = scale_to(levers, stock.firms.total, reference)
    return levers, found


def _every_lever(shared: tuple[LeverUse, ...], sites: list[Site]) -> tuple[LeverUse, ...]:
    """Return the levers of all sites together, then those of single sites, each once."""
    found = list(shared)
    names = {use.lever for use in shared}
    for site in sites:
        found += [use for use in site.scenario.levers if use.lever not in names]
        names |= {use.lever for use in found}
    return tuple(found)


def _one_operator(place: Document, reading: Reading) -> bool:
    value = place.get("one_operator")
    if value is not None and not isinstance(value.scalar, bool):
        allowed = "true, false"
        reading.problems.add("wrong_type", value.at, value, key="one_operator", allowed=allowed)
    return value is not None and value.scalar is True


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
