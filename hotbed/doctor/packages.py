"""Python and the packages: there, in range, and those that the checks passed with."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from hotbed.doctor.finding import MISSING, NOTE, OK, Finding

OLDEST = (3, 12)
PROJECT = "hotbed"
REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)(?:\[[^\]]*\])?\s*(?P<range>[^;]*?)\s*(?:;.*?extra\s*==\s*['\"](?P<extra>[\w-]+)['\"].*)?$"
)
BOUND = re.compile(r"\s*(>=|<=|==|<|>)\s*([\w.]+)\s*$")
NUMBERS = re.compile(r"\d+")


def check_python() -> Iterator[Finding]:
    """Look at the version of Python."""
    good = sys.version_info[:2] >= OLDEST
    wanted = ">=" + ".".join(map(str, OLDEST))
    yield Finding(
        "python", OK if good else MISSING, platform.python_version(), wanted,
        "" if good else "doctor_python",
    )  # fmt: skip


def requirements() -> list[tuple[str, str, str]]:
    """Return (package, range, extra) of everything that hotbed declares; extra "" is the core."""
    try:
        declared = metadata.requires(PROJECT) or []
    except metadata.PackageNotFoundError:
        return []
    matches = [REQUIREMENT.match(one) for one in declared]
    return [(m["name"], m["range"].strip("() "), m["extra"] or "") for m in matches if m]


def pins() -> dict[str, str]:
    """Return the versions that the checks passed with, by package; empty outside a checkout."""
    path = Path(__file__).resolve().parents[2] / "constraints.txt"
    if not path.is_file():
        return {}
    lines = [line.partition("==") for line in path.read_text(encoding="utf-8").splitlines()]
    return {plain(name): version for name, sign, version in lines if sign}


def plain(name: str) -> str:
    """Return a package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def installed(name: str) -> str | None:
    """Return the version of an installed package, else None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def within(version: str, wanted: str) -> bool:
    """Return whether a version lies in a range such as `>=3.5,<4`; what is not understood passes."""
    here = _numbers(version)
    for part in wanted.split(","):
        bound = BOUND.match(part)
        if not bound:
            continue
        there = _numbers(bound[2])
        size = max(len(here), len(there))
        a, b = (one + (0,) * (size - len(one)) for one in (here, there))
        if not {">=": a >= b, "<=": a <= b, "==": a == b, "<": a < b, ">": a > b}[bound[1]]:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    """Return the release numbers of a version; what follows a letter does not count."""
    release = re.match(r"[\d.]*", version)
    return tuple(int(n) for n in NUMBERS.findall(release[0] if release else ""))


def check_core() -> Iterator[Finding]:
    """Look at every package that hotbed needs, against its range and the pinned version."""
    wanted = [(name, limits) for name, limits, extra in requirements() if not extra]
    if not wanted:
        yield Finding(PROJECT, MISSING, "–", "", "doctor_install")
    pinned = pins()
    for name, limits in wanted:
        version = installed(name)
        pin = pinned.get(plain(name), "")
        if version is None:
            yield Finding(name, MISSING, "–", limits, "doctor_install")
        elif not within(version, limits):
            yield Finding(name, MISSING, version, limits, "doctor_install")
        elif pin and version != pin:
            yield Finding(name, NOTE, version, limits, "doctor_pin", {"pin": pin})
        else:
            yield Finding(name, OK, version, limits)


def check_extras() -> Iterator[Finding]:
    """Look at the optional parts: all packages of one there, or which are missing."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for name, limits, extra in requirements():
        if extra:
            parts.setdefault(extra, []).append((name, limits))
    for extra, packages in parts.items():
        lacking = [
            name
            for name, limits in packages
            if (version := installed(name)) is None or not within(version, limits)
        ]
        if lacking:
            values = {"extra": extra}
            yield Finding(f"[{extra}]", NOTE, "–", ", ".join(lacking), "doctor_extra", values)
        else:
            yield Finding(f"[{extra}]", OK, f"{len(packages)} packages")
