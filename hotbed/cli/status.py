"""`hotbed status`: what ran, what failed and what is left, at once."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hotbed.cli import face as shared
from hotbed.cli.face import BAD_INPUT, DONE, Ending, Face

RESULTS = Path("results")


def status(
    result: Annotated[str | None, typer.Argument(help="option.status", metavar="RESULT")] = None,
    as_json: shared.Json = False,
    quiet: shared.Quiet = False,
    lang: shared.Lang = None,
) -> int:
    """Tell how far results are."""
    face = shared.make_face(lang, quiet)
    folders = [Path(result)] if result is not None else _folders(RESULTS)
    found = [told for folder in folders if (told := _told(folder)) is not None]
    if result is not None and not found:
        raise Ending(BAD_INPUT, face.say("no_result", folder=result))
    if as_json:
        shared.show_json(face, {"results": found})
    elif not found:
        face.out(face.say("no_results"))
    else:
        _show(face, found)
        left = next((one for one in found if one["left"]), None)
        if left is not None:
            face.note(face.say("status_left", folder=left["result"]))
    return DONE


def _folders(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if path.is_dir())


def _told(folder: Path) -> dict[str, Any] | None:
    """Return what one folder says of itself; None where it is no result with runs to count."""
    from experiments.folders import DESK, SWEEP
    from experiments.sweeps.session import read_index

    for name, counted in ((SWEEP, _sweep), (DESK, _desk)):
        index = read_index(folder, name)
        if index is not None:
            return counted(folder, index)
    return _shelf(folder) or _comparison(folder)


def _sweep(folder: Path, index: dict[str, Any]) -> dict[str, Any]:
    """Count by the sizes of the files: a sweep of any length is told at once."""
    from experiments.sweeps import records
    from experiments.sweeps.session import failures_of

    done = min(records.count(folder, index["model_version"], index["record_bytes"]), index["runs"])
    failed = min(len(failures_of(folder)), index["runs"] - done)
    left = index["runs"] - done - failed
    what = str(index["specification"]["command"])
    return _row(folder, what, index["study"], index["runs"], done, failed, left)


def _desk(folder: Path, index: dict[str, Any]) -> dict[str, Any]:
    """Count what was run to answer a question; only an answer tells whether more would be asked."""
    from experiments.sweeps import records
    from experiments.sweeps.session import failures_of

    told = index["specification"]
    form = records.form(1, len(told["names"]))
    held = records.Held(folder, form, index["model_version"])
    done, failed = len(held.place), len(failures_of(folder).keys() - held.place.keys())
    return _row(folder, str(told["command"]), index["place"], done + failed, done, failed, None)


def _shelf(folder: Path) -> dict[str, Any] | None:
    """Count the runs of claims and factorials; what is left only their own `--dry-run` can tell."""
    from experiments.claims.shelf import commands_of, runs_of

    runs = runs_of(folder)
    if runs is None:
        return None
    done, failed = map(len, runs)
    what = ", ".join(commands_of(folder)) or "claims"
    return _row(folder, what, folder.name, done + failed, done, failed, None)


def _comparison(folder: Path) -> dict[str, Any] | None:
    """Count what a comparison's log says; its pilots are among its runs."""
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        lines = (folder / "log.jsonl").read_text("utf-8", errors="replace").splitlines()
        runs = manifest["runs"]
        names = {run["scenario"] for run in runs.values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    events: dict[str, str] = {}
    for line in lines:
        try:
            told = json.loads(line)
            if told["event"] in ("finished", "failed"):
                events[told["run_id"]] = told["event"]
        except (ValueError, KeyError, TypeError):  # a line that a crash cut off
            continue
    done = sum(events.get(run_id) == "finished" for run_id in runs)
    failed = sum(events.get(run_id) == "failed" for run_id in runs)
    what = str(manifest.get("specification", {}).get("command", "run"))
    left = len(runs) - done - failed
    return _row(folder, what, ", ".join(sorted(names)), len(runs), done, failed, left)


def _row(
    folder: Path,
    what: str,
    name: str,
    runs: int,
    done: int,
    failed: int,
    left: int | None,
) -> dict[str, Any]:
    return {
        "result": str(folder), "command": what, "name": name, "runs": runs, "done": done,
        "failed": failed, "left": left,
    }  # fmt: skip


def _show(face: Face, found: list[dict[str, Any]]) -> None:
    from rich.table import Table

    from hotbed.cli.tables import show

    table = Table(header_style="bold")
    for i, key in enumerate(("result", "runs", "done", "failed_count", "left")):
        justify = "left" if i == 0 else "right"
        table.add_column(face.say(f"column.{key}"), justify=justify, no_wrap=i > 0)
    for one in found:
        counts = (one[key] for key in ("runs", "done", "failed", "left"))
        numbers = ("–" if count is None else f"{count:,}" for count in counts)
        table.add_row(one["result"], *numbers)
    show(face, table)
