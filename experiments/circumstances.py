"""When, where and with what a result was made."""

from __future__ import annotations

import platform
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any


def now() -> dict[str, str]:
    """Return the time in UTC, as `at`."""
    return {"at": datetime.now(UTC).isoformat(timespec="milliseconds")}


@cache
def circumstances() -> dict[str, Any]:
    """Return versions, platform and commit of this process."""
    packages = ("numpy", "numba", "mesa", "scipy", "pandas", "pyarrow")
    return {
        "versions": {"python": platform.python_version()} | {p: version(p) for p in packages},
        "platform": f"{sys.platform} {platform.machine()} {platform.release()}",
        "git_commit": _commit(),
    }


def _commit() -> str | None:
    """Return the commit of the sources, None where they are no git checkout."""
    here = Path(__file__).resolve().parent.parent
    if not (here / ".git").exists():
        return None
    try:
        asked = subprocess.run(
            ["git", "-C", str(here), "rev-parse", "HEAD"], capture_output=True, text=True, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return asked.stdout.strip() or None
