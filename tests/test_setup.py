"""Setting up from nothing: which Python is taken, what is said without one, and only once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("sh", "make", "awk", "cat", "cksum", "dirname", "rm")
SOURCES = ("hotbed", "sim", "experiments", "calibration", "scenarios", "evidence", "tools")
FILES = ("Makefile", "pyproject.toml", "constraints.txt", "README.md", "LICENSE")


@pytest.fixture
def bare(tmp_path):
    """Return a folder for PATH with the usual small tools and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool))
    return folder


def add_python(folder, name, version):
    """Put a Python on PATH that says it is `version`, such as "3, 9, 18"."""
    script = folder / name
    change = f"import sys; sys._base_executable = '{script}'; sys.version_info = ({version})"
    script.write_text(
        f'#!/bin/sh\nexec \'{sys.executable}\' -c "{change}; exec(sys.argv[1])" "$2"\n'
    )
    script.chmod(0o755)


def run(*words, path, cwd=ROOT, **more):
    """Run with nothing but `path` on PATH, no home folder and no input."""
    surroundings = {"PATH": str(path), "HOME": str(path), "PYENV_ROOT": str(path)} | more
    return subprocess.run(
        words,
        cwd=cwd,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_too_old_pythons_are_named(bare):
    add_python(bare, "python3", "3, 9, 18")
    add_python(bare, "python3.11", "3, 11, 7")
    done = run("sh", "tools/find_python.sh", path=bare)
    assert done.returncode == 2
    assert done.stdout == ""
    for said in ("3.12", "Python 3.9.18", "Python 3.11.7", str(bare), "What to do", "需要"):
        assert said in done.stderr


def test_no_python_at_all(bare):
    done = run("sh", "tools/find_python.sh", path=bare)
    assert done.returncode == 2
    assert "No Python was found" in done.stderr


@pytest.mark.parametrize("target", ["demo", "test"])
def test_make_stops_with_the_message(bare, tmp_path, target):
    place = tmp_path / "a clone"
    shutil.copytree(ROOT / "tools", place / "tools")
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, place / name)
    add_python(bare, "python3", "3, 8, 1")
    done = run("make", target, path=bare, cwd=place)
    assert done.returncode == 2
    assert "Python 3.8.1" in done.stderr
    assert not (place / ".venv").exists()


def test_a_python_without_venv_is_not_taken(bare):
    script = bare / "python3"
    hide = "import sys; sys.modules['ensurepip'] = None"
    script.write_text(f'#!/bin/sh\nexec \'{sys.executable}\' -c "{hide}; exec(sys.argv[1])" "$2"\n')
    script.chmod(0o755)
    done = run("sh", "tools/find_python.sh", path=bare)
    assert done.returncode == 2
    assert "venv module is missing" in done.stderr


def test_a_launcher_that_fails_is_passed_over(bare):
    """Version managers put names on PATH that only work where a version is chosen."""
    broken = bare / "python3.12"
    broken.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    broken.chmod(0o755)
    add_python(bare, "python3.13", "3, 13, 0")
    done = run("sh", "tools/find_python.sh", path=bare)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(bare / "python3.13")


def test_pyenv_versions_are_found_off_the_path(bare):
    folder = bare / "versions" / "3.12.1" / "bin"
    folder.mkdir(parents=True)
    add_python(folder, "python", "3, 12, 1")
    done = run("sh", "tools/find_python.sh", path=bare)
    assert done.stdout.strip() == str(folder / "python")


def test_a_python_can_be_chosen_by_hand(bare):
    add_python(bare, "mine", "3, 14, 0")
    done = run("sh", "tools/find_python.sh", path=bare, PYTHON=str(bare / "mine"))
    assert done.stdout.strip() == str(bare / "mine")
    done = run("sh", "tools/find_python.sh", path=bare, PYTHON="/nowhere/python")
    assert done.returncode == 2
    assert "/nowhere/python" in done.stderr


def test_help_lists_the_targets():
    done = run("make", "help", path=os.environ["PATH"])
    for target in ("demo", "test", "check", "bench"):
        assert f"make {target} " in done.stdout


@pytest.mark.slow
def test_setting_up_in_a_folder_with_spaces_and_only_once(tmp_path):
    place = tmp_path / "my hotbed 温床"
    for name in SOURCES:
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, place / name)
    for name in FILES:
        shutil.copy(ROOT / name, place / name)
    # Where packages come from is the user's own setting, so the surroundings stay as they are.
    surroundings = {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"}
    words = ("sh", "tools/setup.sh", "core")
    first = subprocess.run(words, cwd=place, env=surroundings, capture_output=True, check=False)
    assert first.returncode == 0, first.stderr
    begun = time.perf_counter()
    again = subprocess.run(words, cwd=place, env={"PATH": os.environ["PATH"]}, capture_output=True)
    assert (again.returncode, again.stdout, again.stderr) == (0, b"", b"")
    assert time.perf_counter() - begun < 1.0
    shown = subprocess.run([".venv/bin/hotbed", "--help"], cwd=place, capture_output=True)
    assert shown.returncode == 0, shown.stderr
    installed = {path.name.partition("-")[0] for path in place.glob(".venv/lib/*/site-packages/*")}
    assert "pytest" not in installed
