"""`hotbed run`: one scenario, once."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli.face import BAD_INPUT, DONE, Ending, Face


def run(
    scenario: Annotated[str, typer.Argument(help="option.scenario", metavar="SCENARIO")],
    policy: Annotated[list[str] | None, typer.Option("--policy", help="option.policy")] = None,
    seed: Annotated[int, typer.Option("--seed", help="option.seed")] = 0,
    months: shared.Months = None,
    overrides: shared.Overrides = None,
    story: Annotated[str | None, typer.Option("--story", help="option.story")] = None,
    out: shared.Out = None,
    strict: Annotated[bool, typer.Option("--strict", help="option.strict")] = False,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Run one scenario once."""
    face = shared.make_face(lang, quiet)
    shared.at_least(face, "--seed", seed, 0)
    shared.at_least(face, "--months", months, 1)
    policies = _policies(face, policy, story, out)
    with shared.scenario_mistakes(face, as_json):
        from sim.scenario import load_scenario

        changes = tuple(overrides or ())
        every = [load_scenario(scenario, p, months=months, overrides=changes) for p in policies]
    from experiments.runner import real_engine

    engine = real_engine()
    shared.warn_of_compiling(face, engine.is_compiled())
    if story is not None:
        if any(one.sites for one in every):
            raise Ending(BAD_INPUT, face.say("story_sites", name=every[0].name))
        from hotbed.cli.story import Asked, tell

        return tell(face, Asked(scenario, policies, every, seed, story, strict), as_json)
    asked = every[0]
    done = _simulate(face, engine, asked, seed, strict)
    if out is not None:
        _keep(face, engine, asked, done, Path(out))
    if as_json:
        shared.show_json(face, form(engine, done))
    else:
        _show(face, engine, asked, done, out)
        if not asked.sites:
            _offer_stories(face, done)
        place = ["hotbed", "compare", scenario, "--policy", policies[0] or "service-for-equity"]
        face.note(face.say("next", command=shlex.join(place)))
    return DONE


def _policies(
    face: Face, policy: list[str] | None, story: str | None, out: str | None
) -> list[str | None]:
    """Return the policies asked for: one, or two where a life is told under both."""
    asked: list[str | None] = list(dict.fromkeys(policy or ())) or [None]
    if len(asked) > 1 and story is None:
        raise Ending(BAD_INPUT, face.say("one_policy", given=", ".join(map(str, asked))))
    if story is not None and out is not None:
        raise Ending(BAD_INPUT, face.say("story_out"))
    if len(asked) > 2:
        raise Ending(BAD_INPUT, face.say("two_policies", given=", ".join(map(str, asked))))
    return asked


def _offer_stories(face: Face, run: Any) -> None:
    """Tell how to read a firm's life, with one that was supported or else the largest."""
    from hotbed.cli.story import interesting

    firms = interesting(run.fates)
    offered = (*firms.get("supported", ()), *firms.get("largest", ()))
    if offered:
        face.note(face.say("story_offer", uid=offered[0]))


def _simulate(face: Face, engine: Any, scenario: Any, seed: int, strict: bool) -> Any:
    try:
        return engine.simulate(scenario, seed, scenario.months, strict)
    except Exception as error:
        key, code = ("check_failed", shared.CHECK_FAILED) if strict else ("run_failed", 3)
        raise Ending(code, face.say(key, text=f"{type(error).__name__}: {error}")) from error


def form(engine: Any, run: Any) -> dict[str, Any]:
    """Return the machine-readable form of a run; undefined is null."""
    from experiments.rows import plain
    from experiments.runner import finals
    from hotbed.cli.story import interesting

    names = ("scenario", "policy", "seed", "months", "model_version", "digest")
    stories = interesting(run.fates)
    series = {
        name: [plain(x) for x in run.series[:, i].tolist()] for i, name in enumerate(run.names)
    }
    final = {name: plain(x) for name, x in finals(engine, run).items()}
    sites = {
        name: {key: plain(x) for key, x in finals(engine, replace(run, series=own)).items()}
        for name, own in getattr(run, "sites", ())
    }
    told = {name: getattr(run, name) for name in names} | ({"sites": sites} if sites else {})
    return told | {
        "final": final,
        "series": series,
        "stories": stories,
    }


def _keep(face: Face, engine: Any, scenario: Any, run: Any, folder: Path) -> None:
    from experiments.results import Results, StoreError
    from experiments.runner import Arm, Result, make_tasks

    try:
        specification = {"command": "run", "seeds": [run.seed]}
        with Results(folder, engine.model_version()) as store:
            store.claim(specification)
            task = make_tasks(engine, Arm(run.policy, scenario), [run.seed], run.months)[0]
            if not store.load([task.run_id]):
                store.keep(task, Result.of(run))
            store.write_json("run.json", form(engine, run))
            store.finish(specification)
            for text in store.notices:
                face.note(text.in_language(face.language))
    except StoreError as error:
        raise Ending(error.code, error.text.in_language(face.language)) from None


def _show(face: Face, engine: Any, scenario: Any, run: Any, out: str | None) -> None:
    from experiments.verdict import CONDITIONAL
    from hotbed.cli.tables import run_table

    run_table(face, engine, scenario, run)
    face.out(face.say("digest", digest=run.digest))
    if out is not None:
        face.out(face.say("results_in", folder=out))
    face.out(CONDITIONAL.in_language(face.language))
