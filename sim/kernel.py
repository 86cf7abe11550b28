"""The one place that knows numba: compiling kernels and keeping them on disk.

The compiled kernels of a file are cached in a folder named after this file and all it imports, and
after the place of these: an edit never meets stale machine code of another file, and recompiles no
more than it reaches.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba import config as _config
from numba import njit as _njit

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
    """Return the folder of all compiled kernels, made if needed.

    `HOTBED_CACHE` or `XDG_CACHE_HOME` move it; where neither it nor the home folder can be written,
    the system's temporary folder serves.
    """
    home = os.environ.get("HOTBED_CACHE") or os.environ.get("XDG_CACHE_HOME")
    base = (Path(home) if home else Path.home() / ".cache") / "hotbed"
    if not _writable(base):
        base = Path(tempfile.gettempdir()) / f"hotbed-{os.getuid()}"
        base.mkdir(parents=True, exist_ok=True)
    return base


def _folder(sources: str) -> Path:
    """Return the folder of kernels made from sources with a hash.

    numba finds a kernel by the path of its file, so another copy of the same sources shares nothing
    and has a folder of its own.
    """
    place = hashlib.sha256(os.fsencode(SOURCES)).hexdigest()[:8]
    python = f"py{sys.version_info.major}{sys.version_info.minor}"
    return cache_folder() / f"{sources[:16]}-{place}-{python}"


_IMPORT = re.compile(r"^\s*from sim([\w.]*) import (\([^)]*\)|[^\n]*)", re.MULTILINE)


@cache
def _reaches(path: Path) -> frozenset[Path]:
    """Return the files under `sim/` that a file imports by name, itself included."""
    found = {path}
    for package, names in _IMPORT.findall(path.read_text(encoding="utf-8")):
        place = SOURCES.joinpath(*package.split(".")[1:])
        parts = [place / f"{name}.py" for name in re.findall(r"\w+", names)]
        for part in (place.with_suffix(".py"), place / "__init__.py", *parts):
            if part.is_file():
                found.add(part)
    return frozenset(found)


@cache
def hash_of(path: Path) -> str:
    """Return the sha256 of a source file and of all it reaches through imports."""
    known: set[Path] = set()
    ahead = {path}
    while ahead:
        known |= ahead
        ahead = {other for one in ahead for other in _reaches(one)} - known
    digest = hashlib.sha256()
    for one in sorted(known):
        digest.update(one.relative_to(SOURCES).as_posix().encode())
        digest.update(one.read_bytes())
    return digest.hexdigest()


def is_compiled() -> bool:
    """Return whether an earlier run on this machine finished compiling these sources."""
    return (_folder(source_hash()) / "complete").exists()


def mark_compiled() -> None:
    """Remember that every kernel is on disk."""
    folder = _folder(source_hash())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "complete").touch()


def kernel(function: Callable[..., Any]) -> Any:
    """Compile `function` with numba on first use and cache it on disk."""
    source = Path(function.__code__.co_filename).resolve()
    inside = source.is_relative_to(SOURCES)
    # numba asks for the folder when a kernel is declared; a test's own kernels go with all sources.
    _config.CACHE_DIR = str(_folder(hash_of(source) if inside else source_hash()))  # type: ignore[attr-defined]  # set at run time by numba
    return _njit(cache=True, error_model="numpy")(function)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a small helper that other kernels call; LLVM inlines it into them."""
    return _njit(error_model="numpy")(function)
