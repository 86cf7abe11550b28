"""What all tests share: the command as a user has it, and reproducible property tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]

# The same examples every time: a red test is red for everybody, and timing never fails one.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.load_profile("steady")

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shell_in() -> Callable[..., Command]:
    """Return a function that gives the command of a folder, in the locale `locale`.

    A command runs a shell line, `hotbed` being installed, and returns the finished process with its
    output as text; there is no terminal and no input.
    """
    scripts = Path(sys.executable).parent

    def command_of(folder: Path, locale: str = "C.UTF-8") -> Command:
        surroundings = os.environ | {
            "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
            "LC_ALL": locale,
            "NO_COLOR": "1",
        }

        def run(line: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["/bin/sh", "-c", line],
                cwd=folder,
                env=surroundings,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=timeout,
                check=False,
            )

        return run

    return command_of


@pytest.fixture
def command(tmp_path: Path, shell_in: Callable[..., Command]) -> Command:
    """Return a function that runs a shell line in an empty folder."""
    return shell_in(tmp_path)
