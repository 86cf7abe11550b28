"""The one place that knows numba: compiling kernels and keeping them on disk.

Compiled kernels are cached in a folder named after the sources they were made from and the place of
these, so that an edit of one file never meets a stale machine code of another.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).resolve().parent


@cache
def source_hash() -> str:
    """Return the sha256 of all Python sources under `sim/`, in path order."""
    digest = hashlib.sha256()
    for path in sorted(SOURCES.rglob("*.py")):
        digest.update(path.relative_to(SOURCES).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


@cache
def cache_folder() -> Path:
    """Return the folder of compiled kernels, made if needed.

    numba finds a kernel by the path of its file, so another copy of the same sources shares nothing
    and has a folder of its own. `HOTBED_CACHE` or `XDG_CACHE_HOME` move it; where neither it nor
    the home folder can be written, the system's temporary folder serves.
    """
    home = os.environ.get("HOTBED_CACHE") or os.environ.get("XDG_CACHE_HOME")
    base = Path(home) if home else Path.home() / ".cache"
    place = hashlib.sha256(os.fsencode(SOURCES)).hexdigest()[:8]
    python = f"py{sys.version_info.major}{sys.version_info.minor}"
    version = f"{source_hash()[:16]}-{place}-{python}"
    folder = base / "hotbed" / version
    if not _writable(folder):
        folder = Path(tempfile.gettempdir()) / f"hotbed-{os.getuid()}" / version
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def is_compiled() -> bool:
    """Return whether an earlier run on this machine finished compiling these sources."""
    return (cache_folder() / "complete").exists()


def mark_compiled() -> None:
    """Remember that every kernel is on disk."""
    (cache_folder() / "complete").touch()


os.environ["NUMBA_CACHE_DIR"] = str(cache_folder())
from numba import config as _config  # noqa: E402  (the folder must be set before the first kernel)
from numba import njit as _njit  # noqa: E402

_config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]  # set at run time by numba


def kernel(function: Callable[..., Any]) -> Any:
    """Compile `function` with numba on first use and cache it on disk."""
    return _njit(cache=True, error_model="numpy")(function)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a small helper that other kernels call; LLVM inlines it into them."""
    return _njit(error_model="numpy")(function)
