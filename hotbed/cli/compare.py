"""`hotbed compare`: policies against a baseline on paired replicates."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from hotbed.cli import expected, winners
from hotbed.cli import face as shared
from hotbed.cli.face import BAD_INPUT, CHECK_FAILED, DONE, INTERRUPTED, SOME_FAILED, Ending, Face

PAGE = "report.html"


def compare(
    scenario: Annotated[str, typer.Argument(help="option.scenario", metavar="SCENARIO")],
    policy: Annotated[list[str] | None, typer.Option("--policy", help="option.policies")] = None,
    baseline: Annotated[
        str, typer.Option("--baseline", help="option.baseline", show_default=True)
    ] = "no-policy",
    reps: Annotated[str, typer.Option("--reps", help="option.reps_auto", show_default=True)] = "16",
    ci: Annotated[str | None, typer.Option("--ci", help="option.ci")] = None,
    seed: Annotated[int, typer.Option("--seed", help="option.first_seed")] = 0,
    months: shared.Months = None,
    overrides: shared.Overrides = None,
    equal_cost: Annotated[bool, typer.Option("--equal-cost", help="option.equal_cost")] = False,
    by: Annotated[str | None, typer.Option("--by", help="option.by")] = None,
    jobs: shared.Jobs = "auto",
    executor: shared.Where = "process",
    out: shared.Out = None,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Compare policies."""
    face = shared.make_face(lang, quiet)
    for name, value, low in (("--seed", seed, 0), ("--months", months, 1)):
        shared.at_least(face, name, value, low)
    workers, where = shared.count_jobs(face, jobs), shared.choose_executor(face, executor)
    count, precision = _replicates(face, reps, ci)
    kinds = winners.kinds_of(face, by)
    if not policy:
        raise Ending(BAD_INPUT, face.say("no_policy_given"))
    arms = _load(face, scenario, [baseline, *policy], months, tuple(overrides or ()), as_json)
    own = _own(face, scenario, as_json)
    from experiments.runner import real_engine
    from experiments.session import Request

    engine = real_engine()
    shared.warn_of_compiling(face, engine.is_compiled())
    seeds = tuple(range(seed, seed + count))
    length = arms[0].scenario.months
    request = Request(
        arms[0], tuple(arms[1:]), seeds, length, workers, equal_cost, where, precision
    )
    folder = Path(out) if out is not None else _folder(request)
    options = {"--months": months, "--reps": reps, "--ci": ci, "--seed": seed}
    command = _again(request, options, tuple(overrides or ()))
    with _resumable(face, folder) as progress:
        report = _run(face, engine, request, folder, progress, command)
        for notice in report.notices:
            face.note(notice.in_language(face.language))
        wanted = expected.judged(own, report.comparison)
        if as_json:
            _show_json(face, engine, report, folder, kinds, wanted)
        else:
            _show(face, engine, arms[0].scenario, report, folder, kinds, wanted)
            again = {**options, "--reps": None, "--ci": None, "--seed": seed or None}
            known = _again(request, again, tuple(overrides or ()))
            face.note(face.say("next", command=_next(known, report.comparison)))
    if not report.failures and not all(one.met for one in wanted):
        face.problem(face.say("expected_missed"))
        return CHECK_FAILED
    return _end(face, report, folder)


def _replicates(face: Face, reps: str, ci: str | None) -> tuple[int, Any]:
    """Return how many replicates there may be, and the rule that stops them where that is auto."""
    if reps != "auto":
        if not reps.isascii() or not reps.isdecimal() or int(reps) < 1:
            allowed = face.say("reps_allowed")
            text = face.say("bad_number", name="--reps", value=reps, allowed=allowed)
            raise Ending(BAD_INPUT, text)
        if ci is not None:
            raise Ending(BAD_INPUT, face.say("ci_alone"))
        return int(reps), None
    from experiments.sequential import Precision

    word = "5%" if ci is None else ci
    try:
        width = float(word.removesuffix("%")) / (100 if word.endswith("%") else 1)
    except ValueError:
        width = 0.0
    if not 0.001 <= width <= 1:
        text = face.say("bad_number", name="--ci", value=word, allowed=face.say("ci_allowed"))
        raise Ending(BAD_INPUT, text)
    rule = Precision(width)
    return rule.most, rule


def _load(
    face: Face,
    scenario: str,
    policies: list[str],
    months: int | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> list[Any]:
    """Return an arm per policy, the baseline first; a policy that is given twice counts once."""
    with shared.scenario_mistakes(face, as_json):
        from sim.scenario import load_scenario

        loaded = [load_scenario(scenario, p, months=months, overrides=overrides) for p in policies]
    from experiments.runner import Arm

    arms: dict[str, Any] = {}
    for asked, word in zip(loaded, policies, strict=True):
        arm = Arm(asked.policy, asked, place=scenario, asked=word)
        known = arms.setdefault(asked.policy, arm)
        if known.scenario.canonical() != asked.canonical():
            raise Ending(BAD_INPUT, face.say("same_label", name=asked.policy))
    if len(arms) < 2:
        raise Ending(BAD_INPUT, face.say("only_baseline", name=loaded[0].policy))
    return list(arms.values())


def _own(face: Face, scenario: str, as_json: bool) -> Any:
    """Return the scenario with its own policy: what it expects is said of that."""
    with shared.scenario_mistakes(face, as_json):
        from sim.scenario import load_scenario

        return load_scenario(scenario)


def _folder(request: Any) -> Path:
    from experiments.results import default_folder

    return default_folder("compare", request.baseline.scenario.name, request.specification())


@contextmanager
def _resumable(face: Face, folder: Path) -> Iterator[Any]:
    """Answer Ctrl-C, at any stage, with what is kept and how to go on."""
    from hotbed.cli.progress import Progress

    progress = Progress(face)
    try:
        yield progress
    except KeyboardInterrupt:
        progress.stop()
        kept = face.say("interrupted_kept", folder=folder)
        key = "interrupted" if progress.done else "interrupted_start"
        text = face.say(key, done=progress.done, total=progress.total, kept=kept)
        raise Ending(INTERRUPTED, text) from None


def _run(face: Face, engine: Any, request: Any, folder: Path, progress: Any, command: str) -> Any:
    from experiments.session import compare_policies
    from hotbed import report

    try:
        page = report.files(engine, face.language, command)
        with shared.trouble(face):
            return compare_policies(engine, request, folder, progress, page)
    finally:
        progress.stop()


def _sentences(engine: Any, comparison: Any) -> tuple[list[Any], list[Any]]:
    """Return the verdict and the warnings as texts in both languages."""
    from experiments.verdict import verdict, warnings

    names = {name: declared.text for name, declared in engine.indicators.items()}
    headline = {name: names[name] for name, d in engine.indicators.items() if d.headline}
    return verdict(comparison, names), warnings(comparison, headline)


def _show_json(
    face: Face, engine: Any, report: Any, folder: Path, kinds: tuple[str, ...], wanted: list[Any]
) -> None:
    from experiments.session import as_json
    from experiments.verdict import CONDITIONAL

    sentences, warnings = _sentences(engine, report.comparison)

    def both(texts: list[Any]) -> dict[str, list[str]]:
        return {"en": [t.en for t in texts], "zh": [t.zh for t in texts]}

    told = {
        "adaptive": None if report.stopped is None else _stopped(report.stopped),
        "verdict": both([*sentences, CONDITIONAL]),
        "warnings": both(warnings),
        "failed": len(report.failures),
        "results": str(folder),
        "page": str(folder / PAGE),
    }
    if wanted:
        told["expected"] = expected.form(wanted)
    if kinds:
        told["winners"] = winners.form(report.comparison, kinds)
    shared.show_json(face, as_json(report.comparison) | told)


def _show(
    face: Face, engine: Any, scenario: Any, report: Any, folder: Path, kinds: tuple[str, ...],
    wanted: list[Any],
) -> None:  # fmt: skip
    from experiments.verdict import CONDITIONAL
    from hotbed.cli.tables import comparison_table

    comparison, say = report.comparison, face.say
    if comparison.at_equal_cost is not None:
        face.out(say("at_equal" if comparison.at_equal_cost else "not_equal"))
    for i, record in enumerate(comparison.scaling or ()):
        face.out(_scaling(face, record, first=i == 0))
    comparison_table(face, engine, scenario, comparison)
    winners.show(face, comparison, kinds)
    expected.show(face, engine, wanted)
    if report.stopped is not None:
        _tell_stopped(face, engine, report.stopped)
    sentences, warnings = _sentences(engine, comparison)
    for text in sentences:
        face.out(text.in_language(face.language))
    for text in warnings:
        face.out(say("warning", text=text.in_language(face.language)))
    face.out(CONDITIONAL.in_language(face.language))
    face.out(say("results_in", folder=folder))
    face.out(say("page_at", path=folder / PAGE))


def _stopped(stopped: Any) -> dict[str, Any]:
    """Return how adaptive replicates ended; widths are shares of the level."""
    widths = {
        name: float(width) if width == width and abs(width) != float("inf") else None
        for name, width in zip(stopped.names, stopped.half_width, strict=True)
    }
    return {
        "reached": bool(stopped.reached), "reps": stopped.n, "looks": list(stopped.looks),
        "level_of_a_look": stopped.level, "widest": stopped.widest, "half_widths": widths,
    }  # fmt: skip


def _tell_stopped(face: Face, engine: Any, stopped: Any) -> None:
    import numpy as np

    key = "auto_reached" if stopped.reached else "auto_not_reached"
    widest = stopped.widest or ""
    policy, _, name = widest.rpartition(" ")
    text = engine.indicators[name].text.in_language(face.language) if name else "–"
    width = float(np.nanmax(stopped.half_width)) if name else float("nan")
    said = face.say(
        key, n=stopped.n, looks=len(stopped.looks), name=text, policy=policy, width=width
    )
    face.out(said)


def _scaling(face: Face, record: dict[str, Any], first: bool) -> str:
    values = {
        "policy": record["policy"],
        "lever": record["scale_lever"],
        "factor": record["factor"],
        "cost": _millions(record["cost"]),
        "target": _millions(record["target"]),
        "residual": record["residual"] or 0.0,
        "note": record["note_zh"] if face.language == "zh" else record["note"],
    }
    if first:
        return face.say("scaled_first", **values)
    return face.say("scaled_note" if record["note"] else "scaled", **values)


def _millions(money: float | None) -> float:
    return float("nan") if money is None else money / 1e6


def _words(asked: Any) -> list[str]:
    """Return the command that names the arms of a request or a comparison."""
    place, _, baseline = asked.baseline.words()
    words = ["hotbed", "compare", place]
    for arm in asked.policies:
        words += arm.words()[1:]
    return words if baseline == "no-policy" else [*words, "--baseline", baseline]


def _again(request: Any, options: dict[str, Any], overrides: tuple[str, ...]) -> str:
    """Return the command that makes the same comparison again."""
    words = _words(request)
    for name, value in options.items():
        words += [] if value is None else [name, str(value)]
    for change in overrides:
        words += ["--set", change]
    return shlex.join([*words, *(["--equal-cost"] if request.equal_cost else [])])


def _next(command: str, comparison: Any) -> str:
    """Return the command that would teach the most: equal cost first, then more replicates."""
    reps = len(comparison.seeds)
    if comparison.at_equal_cost is False and comparison.scaling is None:
        return f"{command} --reps {reps} --equal-cost"
    return f"{command} --reps {max(64, 2 * reps)}"


def _end(face: Face, report: Any, folder: Path) -> int:
    if not report.failures:
        return DONE
    say = face.say
    path = folder / "failures.jsonl"
    lines = [say("failed", count=len(report.failures), path=path)]
    for failure in report.failures[:3]:
        task = failure.task
        lines.append(say("failed_run", policy=task.arm.label, seed=task.seed, error=failure.error))
        lines.append(say("failed_repeat", command=task.command()))
    face.problem("\n".join(lines))
    return SOME_FAILED
