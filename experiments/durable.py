"""Files that are whole or absent: written under a temporary name, synced, renamed.

Everything that hotbed writes goes through this module, so that a full disk, a place that cannot be
written and a crash mean the same for every file.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import platform
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from sim.declare import Text

TEMPORARY = ".writing"


class StoreError(Exception):
    """A results folder that cannot be used; `code` is the exit code, `text` the message."""

    def __init__(self, code: int, text: Text) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text


def explain(error: OSError, path: Path | str) -> StoreError:
    """Return what to tell a user about `error` at `path`.

    A full disk comes while runs are under way, and what is finished stays (3); anything else is a
    place that cannot be used (2).
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(
            3,
            Text(
                f"the disk is full: could not write {path}. Every finished run is kept; "
                "free some space and give the same command again",
                f"磁盘已满：无法写入 {path}。已完成的运行均已保存；请清理空间后重新执行同一命令",
            ),
        )
    reason = os.strerror(error.errno) if error.errno else str(error)
    return StoreError(
        2,
        Text(
            f"cannot write to {path}: {reason}. Choose another folder with --out",
            f"无法写入 {path}：{reason}。请用 --out 指定其他文件夹",
        ),
    )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the system says about `path` into a StoreError."""
    try:
        yield
    except OSError as error:
        raise explain(error, path) from error


@contextmanager
def writing(path: Path, shared: bool = False) -> Iterator[BinaryIO]:
    """Give a file to write to that becomes `path`, whole and synced, where the block ends well.

    Other processes may write a `shared` one at the same time; the last of them stays.

    Raises:
        StoreError: if the disk is full or the place cannot be written; no partial file is left.
    """
    mark = ""
    if shared:
        _sweep_up(path)
        mark = f".{platform.node()}-{os.getpid()}-{secrets.token_hex(4)}"
    temporary = path.with_name(path.name + mark + TEMPORARY)
    with explained(path):
        try:
            with open(temporary, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:  # Ctrl-C, too
            with suppress(OSError):
                temporary.unlink()
            raise
        _sync_folder(path.parent)


def _sweep_up(path: Path) -> None:
    """Remove what processes of this machine that are gone have left of a shared file."""
    for left in path.parent.glob(f"{path.name}.{platform.node()}-*{TEMPORARY}"):
        with suppress(ValueError, OSError):
            number = int(left.name.removesuffix(TEMPORARY).rsplit("-", 2)[1])
            try:
                os.kill(number, 0)
            except ProcessLookupError:
                left.unlink()


def write(path: Path, content: bytes, shared: bool = False) -> str:
    """Write `content` to `path` so that it survives a crash; return its sha256.

    Raises:
        StoreError: as `writing`.
    """
    with writing(path, shared) as file:
        put(file.fileno(), content)
    return hashlib.sha256(content).hexdigest()


def append(path: Path, record: dict[str, Any]) -> None:
    """Append one JSON line to `path`; a line that a crash cut off does not swallow the new one.

    Raises:
        StoreError: if the line cannot be written.
    """
    line = json.dumps(record, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    with explained(path), open(path, "a+b", buffering=0) as file:
        if file.tell() and os.pread(file.fileno(), 1, file.tell() - 1) != b"\n":
            line = b"\n" + line
        put(file.fileno(), line)


def make_folder(path: Path) -> None:
    """Make `path` with its parents.

    Raises:
        StoreError: if it cannot be made.
    """
    with explained(path):
        path.mkdir(parents=True, exist_ok=True)


def lock(folder: Path) -> int:
    """Take the folder for this process alone and return the descriptor that holds it.

    The system lets go of it when the process ends, however it ends; the number in the file only
    tells others whom they wait for.

    Raises:
        StoreError: if another process has it, or the lock file cannot be written.
    """
    path = folder / "lock"
    with explained(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            put(descriptor, str(os.getpid()).encode())
        except BlockingIOError:
            holder = _holder(descriptor)
            os.close(descriptor)
            raise _held(folder, holder) from None
        except BaseException:
            os.close(descriptor)
            raise
    return descriptor


def _holder(descriptor: int) -> str:
    """Return the number of the process that has the lock; it writes it just after taking it."""
    for _ in range(20):
        if told := os.pread(descriptor, 20, 0).decode(errors="replace").strip():
            return told
        time.sleep(0.01)
    return "?"


def _held(folder: Path, holder: str) -> StoreError:
    return StoreError(
        2,
        Text(
            f"another process ({holder}) is writing to {folder}. Wait until it has finished, "
            "or choose another folder with --out",
            f"另一个进程（{holder}）正在写入 {folder}。请等它结束，或用 --out 指定其他文件夹",
        ),
    )


def set_aside(path: Path) -> Path:
    """Rename a file that cannot be used, so that nothing is lost, and return its new name.

    Raises:
        StoreError: if it cannot be renamed.
    """
    number = 1
    while (aside := path.with_name(f"{path.name}.set-aside-{number}")).exists():
        number += 1
    with explained(path):
        os.replace(path, aside)
    return aside


def remove(path: Path) -> None:
    """Remove a file whose content is elsewhere, or that was never finished.

    Raises:
        StoreError: if it is there and cannot be removed.
    """
    with explained(path):
        path.unlink(missing_ok=True)


def put(descriptor: int, content: bytes) -> None:
    """Write all of `content`; the system may take it in parts."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
