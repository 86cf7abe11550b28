"""`hotbed scenario new`: a file for one's own park from ten numbers."""

import shlex
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli.face import BAD_INPUT, DONE, Ending, Face

Given = str | None


def new(
    out: Annotated[str, typer.Argument(help="option.new_out", metavar="OUT.yaml")] = "my-park.yaml",
    firms: Annotated[Given, typer.Option("--firms", help="ask.firms")] = None,
    staff: Annotated[Given, typer.Option("--staff", help="ask.staff")] = None,
    area: Annotated[Given, typer.Option("--area", help="ask.area")] = None,
    rent: Annotated[Given, typer.Option("--rent", help="ask.rent")] = None,
    vacancy: Annotated[Given, typer.Option("--vacancy", help="ask.vacancy")] = None,
    housing: Annotated[Given, typer.Option("--housing", help="ask.housing")] = None,
    students: Annotated[Given, typer.Option("--students", help="ask.students")] = None,
    budget: Annotated[Given, typer.Option("--budget", help="ask.budget")] = None,
    flats: Annotated[Given, typer.Option("--flats", help="ask.flats")] = None,
    funds: Annotated[Given, typer.Option("--funds", help="ask.funds")] = None,
    preset: Annotated[str | None, typer.Option("--preset", help="option.preset")] = None,
    name: Annotated[str | None, typer.Option("--name", help="option.new_name")] = None,
    force: Annotated[bool, typer.Option("--force", help="option.force")] = False,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Ask for what was not given, fill in the rest, check the file and write it."""
    face = shared.make_face(lang, quiet)
    path = Path(out)
    if path.suffix not in (".yaml", ".yml"):
        raise Ending(BAD_INPUT, face.say("new_ending", path=out))
    if path.exists() and not force:
        raise Ending(BAD_INPUT, face.say("new_exists", path=out))
    typed = {
        "firms": firms, "staff": staff, "area": area, "rent": rent, "vacancy": vacancy,
        "housing": housing, "students": students, "budget": budget, "flats": flats, "funds": funds,
    }  # fmt: skip
    with shared.scenario_mistakes(face, as_json):
        places = _presets(face, preset)
        known = _read(face, typed)
        given = frozenset(known)
        known = _complete(face, known, places)
        if not sys.stdin.isatty():
            given = frozenset(known)
        chosen = _nearest(known, places)
        text = _compose(known, given, chosen, places[chosen], name or path.stem)
        scenario = _checked(text, path.name)
    _write(face, path, text)
    _show(face, path, scenario, chosen, places, known, as_json)
    words = ["hotbed", "compare", out, "--policy", "service-for-equity", "--reps", "4"]
    face.note(face.say("next", command=shlex.join(words)))
    return DONE


def _presets(face: Face, preset: str | None) -> dict[str, Any]:
    from sim.scenario import load_scenario
    from sim.scenario.fresh import PRESETS

    if preset is not None and preset not in PRESETS:
        text = face.say("bad_number", name="--preset", value=preset, allowed=", ".join(PRESETS))
        raise Ending(BAD_INPUT, text)
    names = PRESETS if preset is None else (preset,)
    return {one: load_scenario(one, "no-policy").initial for one in names}


def _read(face: Face, typed: dict[str, str | None]) -> dict[str, float]:
    """Return the numbers that stand on the command line; where none can be asked for, all must."""
    from sim.scenario.fresh import read_number
    from sim.scenario.problems import Problems

    problems = Problems()
    read = {n: read_number(n, text, problems) for n, text in typed.items() if text is not None}
    problems.stop_if_any()
    missing = [name for name in typed if name not in read]
    if missing and not sys.stdin.isatty():
        options = " ".join(f"--{name}" for name in missing)
        raise Ending(BAD_INPUT, face.say("new_missing", count=len(missing), options=options))
    return {name: value for name, value in read.items() if value is not None}


def _complete(face: Face, known: dict[str, float], places: dict[str, Any]) -> dict[str, float]:
    """Ask for what is missing, with a suggestion each; the numbers are then in their order."""
    from sim.scenario.fresh import ASKED, suggestion

    known = dict(known)
    for name in ASKED:
        if name not in known:
            place = places[_nearest(known, places)]
            known[name] = _ask(face, name, suggestion(name, known, place))
    return {name: known[name] for name in ASKED}


def _ask(face: Face, name: str, suggested: float) -> float:
    from sim.scenario.fresh import ASKED, read_number
    from sim.scenario.problems import Problems

    asked = ASKED[name]
    while True:
        words = asked.text.in_language(face.language)
        sys.stderr.write(f"{words} ({asked.unit}) [{suggested:g}]: ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise typer.Abort
        if not line.strip():
            return suggested
        problems = Problems()
        found = read_number(name, line, problems)
        if found is not None and not problems.found:
            return found
        sys.stderr.write("  " + problems.found[0].message(face.language) + "\n")


def _nearest(known: dict[str, float], places: dict[str, Any]) -> str:
    from sim.scenario.consistency import total_staff
    from sim.scenario.fresh import nearest_preset

    small = next(iter(places.values()))
    firms = known.get("firms", small.firms.total)
    heads = total_staff(small) / small.firms.total
    return nearest_preset(firms, known.get("staff", firms * heads), places)


def _compose(
    known: dict[str, float], given: frozenset[str], chosen: str, place: Any, name: str
) -> str:
    from sim.scenario.fresh import check, fresh
    from sim.scenario.fresh_file import text_of
    from sim.scenario.problems import Problems

    problems = Problems()
    check(known, place, problems)
    problems.stop_if_any()
    initial, per_head = fresh(known, place)
    return text_of({"en": name, "zh": name}, chosen, initial, per_head, known, given)


def _checked(text: str, name: str) -> Any:
    """Return the scenario that the text means, checked as any file is."""
    from sim.scenario import load_scenario

    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / name
        trial.write_text(text, encoding="utf-8")
        return load_scenario(trial)


def _write(face: Face, path: Path, text: str) -> None:
    from experiments import durable

    try:
        durable.make_folder(path.parent)
        durable.write(path, text.encode())
    except durable.StoreError as error:
        raise Ending(error.code, error.text.in_language(face.language)) from None


def _show(
    face: Face, path: Path, scenario: Any, chosen: str, places: dict[str, Any],
    known: dict[str, float], as_json: bool,
) -> None:  # fmt: skip
    from sim.scenario.consistency import total_staff
    from sim.scenario.describe import describe

    place = places[chosen]
    if as_json:
        told = {"file": str(path), "preset": chosen, "numbers": known, "valid": True}
        shared.show_json(face, told)
        return
    firms, staff = place.firms.total, total_staff(place)
    face.out(face.say("new_written", path=path))
    key = "new_nearest" if len(places) > 1 else "new_asked"
    face.out(face.say(key, preset=chosen, firms=firms, staff=staff))
    face.out(describe(scenario, face.language))
