"""Files that are whole or absent: written under a temporary name, synced, renamed."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from sim.declare import Text

TEMPORARY = ".writing"


class StoreError(Exception):
    """A results folder that cannot be used; `code` is the exit code, `text` the message."""

    def __init__(self, code: int, text: Text) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text


def explain(error: OSError, path: Path) -> StoreError:
    """Return what to tell a user about `error` at `path`.

    A full disk comes while runs are under way, and what is finished stays (3); anything else is a
    place that cannot be written (2).
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


def write(path: Path, content: bytes) -> str:
    """Write `content` to `path` so that it survives a crash; return its sha256.

    Raises:
        StoreError: if the disk is full or the place cannot be written; no partial file is left.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise explain(error, path) from error
    return hashlib.sha256(content).hexdigest()


def append(path: Path, record: dict[str, Any]) -> None:
    """Append one JSON line to `path`; a line that a crash cut off does not swallow the new one.

    Raises:
        StoreError: if the line cannot be written.
    """
    line = json.dumps(record, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    try:
        with open(path, "a+b") as file:
            if file.tell() and os.pread(file.fileno(), 1, file.tell() - 1) != b"\n":
                line = b"\n" + line
            file.write(line)
    except OSError as error:
        raise explain(error, path) from error


def make_folder(path: Path) -> None:
    """Make `path` with its parents.

    Raises:
        StoreError: if it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain(error, path) from error


def lock(folder: Path) -> int:
    """Take the folder for this process alone and return the descriptor that holds it.

    Raises:
        StoreError: if another process has it, or the lock file cannot be written.
    """
    path = folder / "lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise explain(error, path) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip() or "?"
        os.close(descriptor)
        raise StoreError(
            2,
            Text(
                f"another process ({holder}) is writing to {folder}. Wait until it has finished, "
                "or choose another folder with --out",
                f"另一个进程（{holder}）正在写入 {folder}。请等它结束，或用 --out 指定其他文件夹",
            ),
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def set_aside(path: Path) -> Path:
    """Rename a file that cannot be used, so that nothing is lost, and return its new name."""
    number = 1
    while (aside := path.with_name(f"{path.name}.set-aside-{number}")).exists():
        number += 1
    os.replace(path, aside)
    return aside


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
