"""Where the shipped places, policies and evidence are: beside the sources, or in the package."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

ENDINGS = (".yaml", ".yml")


@cache
def shipped_root() -> Path:
    """Return the folder that holds `scenarios/` and `evidence/`.

    A checkout has them beside `sim/`; a wheel carries them in `sim/_shipped/`.
    """
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "scenarios" / "communities").is_dir():
        return checkout
    return Path(str(resources.files("sim"))) / "_shipped"


def shipped_names(kind: str) -> tuple[str, ...]:
    """Return the names of the shipped files of one folder, "communities" or "policies"."""
    return names_in(shipped_root() / "scenarios" / kind)


def names_in(folder: Path) -> tuple[str, ...]:
    """Return the names of the YAML files of a folder, sorted."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.stem for path in folder.iterdir() if path.suffix in ENDINGS))


def named_file(folder: Path, name: str) -> Path | None:
    """Return the file of `name` in a folder, or None."""
    for ending in ENDINGS:
        path = folder / f"{name}{ending}"
        if path.is_file():
            return path
    return None
