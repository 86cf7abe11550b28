"""Fill the disk before one write after the other: `python full_disk.py injected|real FOLDER`.

A comparison on the fake engine is run in this process in fresh folders below FOLDER, again and
again: with a disk that is full from the first write on, from the second one on, and so on until it
ends without meeting the full disk. Every time it is given again with space on the disk. A line of
JSON tells what each of these came to.

`injected` counts what the interpreter and `os` are asked to do in the results folder, so that a
write that is added anywhere counts by itself. `real` mounts file systems of one page more each time.
"""

import errno
import io
import json
import os
import subprocess
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path

from hotbed.cli.app import call
from tests.faults import driver
from tests.faults.command import ROOT, on_disk

ASK = ["compare", "toy", "--policy", "gift", "--reps", "2", "--months", "12", "--jobs", "1"]
PAGE = 4096
MOST = 400  # a bound for a comparison that would never come through


class Disk:
    """Counts writes below a folder, and refuses them from a certain one on."""

    def __init__(self):
        self.folder = self.full_from = None
        self.calls, self.refused = [], None
        sys.addaudithook(self._asked)
        for name, half in (("write", True), ("pwrite", True), ("fsync", False)):
            setattr(os, name, self._counted(name, getattr(os, name), half))

    def watch(self, folder, full_from):
        self.folder, self.full_from = str(folder), full_from
        self.calls, self.refused = [], None

    def _asked(self, event, details):
        if self.folder is None:
            return
        if event == "open" and details[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            self._count("open", details[0])
        elif event in ("os.rename", "os.link", "os.symlink"):
            self._count(event, details[1])
        elif event in ("os.mkdir", "os.truncate"):
            self._count(event, details[0])

    def _counted(self, name, real, half):
        def counted(descriptor, content=b"", *rest):
            arguments = (descriptor, content, *rest) if half else (descriptor,)
            try:
                self._count(name, descriptor)
            except OSError:
                if half:  # a disk takes what it still can
                    with suppress(OSError):
                        real(descriptor, bytes(content)[: len(content) // 2], *rest)
                raise
            return real(*arguments)

        return counted

    def _count(self, what, place):
        if self.folder is None:
            return
        path = os.readlink(f"/proc/self/fd/{place}") if isinstance(place, int) else place
        path = os.path.abspath(os.fsdecode(path))
        if not path.startswith(self.folder):
            return
        self.calls.append((what, os.path.relpath(path, self.folder), _writer()))
        if len(self.calls) >= self.full_from:
            self.refused = self.refused or self.calls[-1]
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)


def _writer():
    """Return which of our own files asks for a write."""
    frame = sys._getframe(2)
    while True:
        path = Path(frame.f_code.co_filename)
        if (
            path.parent.is_relative_to(ROOT)
            and path != Path(__file__)
            and ".venv" not in path.parts
        ):
            return path.relative_to(ROOT).as_posix()
        frame = frame.f_back


def ask(folder, *more, fails=None):
    """Give the command; return (exit code, standard output, standard error)."""
    out, err = io.StringIO(), io.StringIO()
    os.environ.pop("HOTBED_TEST_FAILS", None)
    if fails is not None:
        os.environ["HOTBED_TEST_FAILS"] = str(fails)
    with redirect_stdout(out), redirect_stderr(err):
        code = call([*ASK, "--json", "--out", str(folder), *more])
    return code, out.getvalue(), err.getvalue()


def spoil(folder):
    """Leave a manifest that cannot be used, so that setting it aside is among the writes."""
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{")


def told(code, out, err):
    return {"code": code, "err": err, "out": json.loads(out) if out else None}


def stored(folder):
    return len(on_disk(folder)) if (folder / "runs").is_dir() else 0


def injected(root):
    disk = Disk()
    for number in range(1, MOST):
        for language in ("en", "zh"):
            folder = root / f"{language}-{number}"
            spoil(folder)
            disk.watch(folder, number)
            broken = ask(folder, "--lang", language, fails=1)
            calls, refused = disk.calls, disk.refused
            disk.watch(folder, MOST)
            disk.folder = None
            kept = stored(folder)
            yield {
                "language": language,
                "refused": refused,
                "broken": told(*broken),
                "kept": kept,
                "calls": [] if refused else calls,
                "files": [] if refused else _files(folder),
                "resumed": told(*ask(folder, "--lang", "en")),
                "left": _files(folder),
            }
        if refused is None:
            return


def _files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@contextmanager
def mounted(folder, pages):
    folder.mkdir()
    size = f"size={pages * PAGE}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def real(root):
    for pages in range(1, MOST):
        place = root / str(pages)
        with mounted(place, pages):
            folder = place / "kept"
            broken = ask(folder, fails=1)
            kept = stored(folder)
            files = _files(folder)
            more = f"remount,size={MOST * PAGE}"
            subprocess.run(["mount", "-o", more, str(place)], check=True)
            resumed = told(*ask(folder))
            yield {"broken": told(*broken), "kept": kept, "files": files, "resumed": resumed}
        if "disk is full" not in broken[2]:
            return


if __name__ == "__main__":
    driver.install()
    for line in {"injected": injected, "real": real}[sys.argv[1]](Path(sys.argv[2]).resolve()):
        sys.stdout.write(json.dumps(line) + "\n")
