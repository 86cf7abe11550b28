"""Cores, memory, disk; and what only reports and pages use."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hotbed.doctor.finding import NOTE, OK, Finding

LEAST_MEMORY_GB = 1.0  # one worker at full scale takes about a third of it
LEAST_DISK_MB = 200.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")


def check_machine() -> Iterator[Finding]:
    """Look at cores, memory, and the disk under the folder in which results would be written."""
    from experiments.executors import cores

    yield Finding("cores", OK, str(cores()), ">=1")
    memory = memory_gb()
    if memory is not None:
        enough = memory >= LEAST_MEMORY_GB
        yield Finding(
            "memory", OK if enough else NOTE, f"{memory:.1f} GB", f">={LEAST_MEMORY_GB:g} GB",
            "" if enough else "doctor_memory",
        )  # fmt: skip
    here = Path.cwd()
    free = shutil.disk_usage(here).free / 1e6
    enough = free >= LEAST_DISK_MB
    yield Finding(
        "disk", OK if enough else NOTE, f"{free / 1e3:.1f} GB free", f">={LEAST_DISK_MB:g} MB",
        "" if enough else "doctor_disk",
    )  # fmt: skip
    if _writable(here):
        yield Finding("this folder", OK, "writable")
    else:
        yield Finding("this folder", NOTE, str(here), "writable", "doctor_folder")


def memory_gb() -> float | None:
    """Return the machine's memory in GB, limited by the control group; None where not known."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (ValueError, OSError, AttributeError):
        return None
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        return min(whole, int(limit) / 1e9)
    except (OSError, ValueError):
        return whole


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def check_optional() -> Iterator[Finding]:
    """Look for a font with Chinese and for a browser; only figures and tests of pages use them."""
    fonts = chinese_fonts()
    if fonts:
        yield Finding("chinese font", OK, fonts[0])
    else:
        yield Finding("chinese font", NOTE, "–", "", "doctor_font")
    browser = next((name for name in BROWSERS if shutil.which(name)), "")
    if browser:
        yield Finding("browser", OK, browser)
    else:
        yield Finding("browser", NOTE, "–", "", "doctor_browser")


def chinese_fonts() -> list[str]:
    """Return installed fonts that have Chinese, as far as fontconfig knows."""
    try:
        asked = subprocess.run(
            ["fc-list", ":lang=zh", "family"], capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return sorted({line.partition(",")[0].strip() for line in asked.stdout.splitlines() if line})
