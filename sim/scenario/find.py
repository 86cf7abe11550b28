"""Find the file that a name or path means."""

from __future__ import annotations

import os
from pathlib import Path

from sim.scenario.problems import Mark, Problems, nearest_name
from sim.scenario.shipped import ENDINGS, named_file, names_in, shipped_root

# Folders whose names are offered when a name is not found.
LISTED = ("policies", "communities")


def looks_like_path(text: str) -> bool:
    """Return whether a user means a file rather than a shipped name."""
    return text.endswith(ENDINGS) or os.sep in text or "/" in text


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def find(
    text: str, folders: tuple[Path, ...], problems: Problems, at: Mark | None = None
) -> Path | None:
    """Return the file of a name in one of `folders`, or of a path; None after a noted mistake."""
    if not text or "\0" in text:
        problems.add("missing_file", at or Mark(text or '""'), text)
        return None
    path = Path(text).expanduser() if text.startswith("~") else Path(text)
    base = Path(at.file).parent if at else Path()
    if looks_like_path(text):
        beside = base / path
        if _exists(beside):
            return beside
        if _exists(path):
            return path
    else:
        for folder in folders:
            found = named_file(folder, text)
            if found:
                return found
        if _exists(path):
            return path
    kind = next((k for k in LISTED if any(f.name == k for f in folders)), "")
    listed = [folder for folder in folders if folder.name == kind]
    names = sorted({name for folder in listed for name in names_in(folder)})
    problems.add(
        "missing_file", at or Mark(text), text,
        allowed=", ".join(names), nearest=nearest_name(Path(text).stem, names),
    )  # fmt: skip
    return None


def place_folders(beside: Path | None = None) -> tuple[Path, ...]:
    """Return where communities and scenarios are looked for by name."""
    root = shipped_root() / "scenarios"
    near = (beside, beside / "communities", beside.parent / "communities") if beside else ()
    return (*near, root / "communities", root)


def policy_folders(*beside: Path) -> tuple[Path, ...]:
    """Return where policies are looked for by name: beside the folders given, then the shipped."""
    near = [
        folder
        for start in beside
        for folder in (start.parent / "policies", start / "policies", start)
    ]
    return (*near, shipped_root() / "scenarios" / "policies")
