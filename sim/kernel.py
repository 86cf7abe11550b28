"""The one place that knows numba: compiling kernels and keeping them on disk.

The compiled kernels of a file are cached in a folder named after this file and all it imports, and
after the place of these: an edit never meets stale machine code of another file, and recompiles no
more than it reaches.
"""

from __future__ import annotations

import gc
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from llvmlite.binding import ffi as _ffi  # type: ignore[import-untyped]
from numba import config as _config
from numba import types as _types
from numba.core.dispatcher import OmittedArg as _OmittedArg
from numba.core.registry import CPUDispatcher as _CPUDispatcher
from numba.core.targetconfig import TargetConfig as _TargetConfig

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


# numba looks its flags up some hundred thousand times while the engine compiles. Its own hash depends
# on their names alone, which are those of the class, but takes 50 times as long.
_flags: Any = _TargetConfig
_flags_are_equal = _flags.__eq__


def _equal_flags(one: Any, other: Any) -> Any:
    """Return whether flags are equal; nearly always the few that were set are."""
    return one is other or (
        type(one) is type(other) and one._values == other._values
    ) or _flags_are_equal(one, other)  # fmt: skip


_flags.__hash__ = lambda flags: hash(type(flags))
_flags.__eq__ = _equal_flags


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Compile without what only costs time: the search for garbage, and reports of every lock."""
    thresholds = gc.get_threshold()
    reports = getattr(getattr(_ffi.lib, "_lock", None), "_cblist", [])
    kept = list(reports)
    gc.set_threshold(100_000, 20, 20)
    reports.clear()
    try:
        yield
    finally:
        reports[:] = kept
        gc.set_threshold(*thresholds)


_Dispatcher: Any = _CPUDispatcher


class _Kernel(_Dispatcher):
    """Compiled once for each type of its arguments, not once for each constant handed over.

    numba would compile `pay` anew for every purpose and every draw for its ordinal. LLVM, which
    inlines them, sees the constants all the same.
    """

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Return how compiled code calls this."""
        plain = {name: _types.unliteral(kind) for name, kind in dict(kws).items()}
        return super().get_call_template([_types.unliteral(kind) for kind in args], plain)

    def compile(self, sig: Any) -> Any:
        """Compile for a signature unless that is done, and return the way in."""
        with _undisturbed():
            return super().compile(sig)


class _Helper(_Kernel):
    """A kernel without a way in from Python, which would be most of the work of compiling it.

    Called from Python all the same (by a test, or to make a key), it becomes a kernel of its own.
    """

    def add_overload(self, cres: Any) -> None:
        """Keep what was compiled, for other kernels to call."""
        self.overloads[tuple(cres.signature.args)] = cres

    def _compile_for_args(self, *args: Any, **kws: Any) -> Any:
        """Compile for the arguments of a call from Python."""
        if "outside" not in self.__dict__:
            self.outside = _Kernel(self.py_func, targetoptions=dict(_OPTIONS))
        kinds: tuple[Any, ...] = tuple(
            _types.Omitted(arg.value) if isinstance(arg, _OmittedArg) else self.typeof_pyval(arg)
            for arg in args
        )
        way_in = self.outside.compile(kinds)
        self._insert([kind._code for kind in kinds], way_in, False)
        return way_in


_OPTIONS = {
    "nopython": True,
    "boundscheck": None,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,  # nobody calls kernels from C
}


def kernel(function: Callable[..., Any]) -> Any:
    """Compile `function` with numba on first use and cache it on disk."""
    source = Path(function.__code__.co_filename).resolve()
    inside = source.is_relative_to(SOURCES)
    # numba asks for the folder when a kernel is declared; a test's own kernels go with all sources.
    _config.CACHE_DIR = str(_folder(hash_of(source) if inside else source_hash()))  # type: ignore[attr-defined]  # set at run time by numba
    made = _Kernel(function, targetoptions=dict(_OPTIONS))
    made.enable_caching()
    return made


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a small helper that other kernels call; LLVM inlines it into them."""
    return _Helper(function, targetoptions={**_OPTIONS, "no_cpython_wrapper": True})
