"""The files that travel with hotbed, and the compiled kernels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hotbed.doctor.finding import MISSING, NOTE, OK, Finding


def check_files() -> Iterator[Finding]:
    """Look for the shipped places, policies and evidence."""
    from sim.scenario.shipped import shipped_names, shipped_root

    for kind in ("communities", "policies"):
        names = shipped_names(kind)
        state, advice = (OK, "") if names else (MISSING, "doctor_install")
        yield Finding(kind, state, str(len(names)), ">=1", advice)
    sources = sorted((shipped_root() / "evidence").glob("*.yaml"))
    state, advice = (OK, "") if sources else (NOTE, "doctor_install")
    yield Finding("evidence", state, f"{len(sources)} files", ">=1", advice)


def check_kernels() -> Iterator[Finding]:
    """Look whether the engine loads, where its compiled kernels are and whether they are there."""
    try:
        from sim import kernel
    except ImportError as error:
        yield Finding("engine", MISSING, str(error), "", "doctor_install")
        return
    except OSError as error:
        yield Finding("kernel cache", MISSING, str(error), "", "doctor_cache")
        return
    folder = kernel.cache_folder()
    home = Path.home()
    shown = f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)
    yield Finding("kernel cache", OK, f"{shown} ({size_mb(folder):.0f} MB)")
    if kernel.is_compiled():
        yield Finding("kernels", OK, "compiled")
    else:
        yield Finding("kernels", NOTE, "–", "compiled", "doctor_compile")


def size_mb(folder: Path) -> float:
    """Return what the files of a folder take, in MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
