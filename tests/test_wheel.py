"""A wheel in an empty environment works without the repository: places and policies inside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def run(*words, cwd, **surroundings):
    """Run a program and return its standard output; its complaints are shown if it fails."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=clean | surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(
        *(sys.executable, *PIP, "wheel", "--no-deps", "--no-build-isolation"),
        *("--wheel-dir", folder, ROOT),
        cwd=folder,
    )
    (made,) = folder.glob("hotbed-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Return the scripts' folder of a new environment that holds the wheel and nothing of ours."""
    place = tmp_path_factory.mktemp("empty environment")
    run(sys.executable, "-m", "venv", place / "venv", cwd=place)
    scripts = place / "venv" / "bin"
    run(scripts / "python", *PIP, "install", "-c", ROOT / "constraints.txt", wheel, cwd=place)
    return scripts


def test_what_travels_inside(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for kind in ("scenarios", "evidence"):
        for path in (ROOT / kind).rglob("*.yaml"):
            assert f"sim/_shipped/{path.relative_to(ROOT).as_posix()}" in names
    for room in ("hotbed", "experiments", "sim"):
        for path in (ROOT / room).rglob("*.py"):
            assert path.relative_to(ROOT).as_posix() in names
    styles = ROOT / "experiments" / "figures" / "figures.css"
    for path in (styles, *(ROOT / "hotbed" / "report" / "templates").iterdir()):
        assert path.relative_to(ROOT).as_posix() in names
    assert not [name for name in names if name.startswith(("tests/", "tools/", "results/"))]
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.parametrize("name", ["beijing-ai-origin", "starter-park", "heavy-rent-subsidy"])
def test_shipped_names_are_known_without_the_repository(installed, tmp_path, name):
    assert run(installed / "hotbed", "scenario", "validate", name, cwd=tmp_path).strip()


def test_a_run_outside_the_repository(installed, tmp_path):
    out = run(
        *(installed / "hotbed", "run", "starter-park", "--months", "6", "--seed", "3", "--json"),
        cwd=tmp_path,
    )
    result = json.loads(out)
    assert result["months"] == 6
    assert len(result["series"]["firms"]) == 6
    here = run(
        *(Path(sys.executable).parent / "hotbed", "run", "starter-park"),
        *("--months", "6", "--seed", "3", "--json"),
        cwd=tmp_path,
    )
    assert json.loads(here)["digest"] == result["digest"]


def test_nothing_is_left_in_the_package(installed, tmp_path):
    """Results go where the user stands, never into the installed package."""
    run(
        *(installed / "hotbed", "compare", "starter-park", "--policy", "services"),
        *("--reps", "2", "--months", "12", "--jobs", "1"),
        cwd=tmp_path,
    )
    assert list((tmp_path / "results").glob("compare-starter-park-*/manifest.json"))
    (package,) = installed.parent.glob("lib/python3.*/site-packages/sim")
    assert not list(package.parent.rglob("manifest.json"))
