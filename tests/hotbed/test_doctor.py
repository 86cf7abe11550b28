"""`hotbed doctor`: what is there, what is missing and what to do, and an exit code to rely on."""

import json
import sys
from importlib import metadata

import pytest

from hotbed import doctor as looks
from hotbed.cli import app
from hotbed.doctor import engine, machine, packages
from hotbed.doctor.finding import MISSING, NOTE, OK


def doctor(capsys, *words):
    code = app.call(["doctor", *words])
    return code, *capsys.readouterr()


def test_here_it_can_run_and_says_so_in_both_languages(capsys):
    code, out, err = doctor(capsys)
    assert code == 0 and "can run here" in out and "hotbed run starter-park" in err
    for name in ("numpy", "numba", "typer", "memory", "disk", "kernel cache"):
        assert name in out
    code, out, _ = doctor(capsys, "--lang", "zh")
    assert code == 0 and "可以在本机运行" in out and "内存" in out


def test_json_has_every_finding_with_advice_in_both_languages(capsys):
    code, out, _ = doctor(capsys, "--json")
    told = json.loads(out)
    assert code == 0 and told["able"] is True
    assert {"name", "state", "found", "wanted", "advice"} == told["findings"][0].keys()
    for finding in told["findings"]:
        assert bool(finding["advice"]["en"]) == bool(finding["advice"]["zh"])
        assert finding["state"] == "ok" or finding["advice"]["en"], finding


@pytest.mark.parametrize("version", [None, "0.1"])
def test_a_core_package_that_is_missing_or_too_old_ends_with_1(capsys, monkeypatch, version):
    whole = packages.installed
    monkeypatch.setattr(packages, "installed", lambda n: version if n == "numba" else whole(n))
    code, out, err = doctor(capsys)
    assert code == 1 and "cannot run here" in out and "make setup" in err
    line = next(line for line in out.splitlines() if "numba" in line)
    assert line.startswith("✗")


def test_an_old_python_is_missing_and_another_pin_only_a_note(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 11, 4))
    assert next(packages.check_python()).state == MISSING
    monkeypatch.setattr(packages, "pins", lambda: {"numpy": "1.99"})
    found = {one.name: one for one in packages.check_core()}
    assert found["numpy"].state == NOTE and found["numpy"].values == {"pin": "1.99"}
    assert found["typer"].state == OK


def test_an_engine_that_does_not_load_and_a_machine_that_is_small(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "sim.kernel", None)
    monkeypatch.delattr("sim.kernel")
    assert [one.state for one in engine.check_kernels()] == [MISSING]
    monkeypatch.setattr(machine, "memory_gb", lambda: 0.5)
    found = {one.name: one.state for one in machine.check_machine()}
    assert found["memory"] == NOTE


def test_without_fonts_and_browser_it_still_can(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert {one.state for one in machine.check_optional()} == {NOTE}


def test_nothing_installed_is_missing(monkeypatch):
    def nothing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", nothing)
    assert next(packages.check_core()).state == MISSING


@pytest.mark.parametrize(
    ("version", "wanted", "inside"),
    [
        ("3.5.1", ">=3.5,<4", True),
        ("4.0", ">=3.5,<4", False),
        ("3.4.9", "<4,>=3.5", False),
        ("2.0rc1", ">=2.0", True),
        ("0.61.0", ">=0.61", True),
        ("10.0", ">=9", True),
        ("1.0", "", True),
        ("1.0", "==1", True),
    ],
)
def test_versions_and_ranges(version, wanted, inside):
    assert packages.within(version, wanted) is inside


def test_every_declared_package_is_looked_at():
    declared = {name for name, _, extra in packages.requirements() if not extra}
    assert {"numba", "mesa", "typer", "pydantic"} <= declared
    assert {extra for _, _, extra in packages.requirements()} >= {"report", "dev", "dashboard"}
    assert {one.name for one in looks.examine()} >= declared
