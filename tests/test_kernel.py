"""Where compiled kernels are kept: another copy of the sources has to compile anew, and says so."""

import shutil

import pytest

from sim import kernel


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """Ask for folders under an empty cache, whatever was asked before."""
    monkeypatch.setenv("HOTBED_CACHE", str(tmp_path / "cache"))
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()


def forget():
    for function in (kernel.cache_folder, kernel._reaches, kernel.hash_of, kernel.source_hash):
        function.cache_clear()


def at(place, monkeypatch):
    monkeypatch.setattr(kernel, "SOURCES", place)
    forget()


def test_a_copy_at_another_place_is_not_taken_for_compiled(fresh, monkeypatch):
    for name in ("here", "there"):
        (fresh / name).mkdir()
        shutil.copy(kernel.__file__, fresh / name / "kernel.py")
    at(fresh / "here", monkeypatch)
    assert not kernel.is_compiled()
    kernel.mark_compiled()
    assert kernel.is_compiled()
    at(fresh / "there", monkeypatch)
    assert not kernel.is_compiled()
    at(fresh / "here", monkeypatch)
    assert kernel.is_compiled()


def test_an_edit_of_any_source_is_not_taken_for_compiled(fresh, monkeypatch):
    (fresh / "here").mkdir()
    source = fresh / "here" / "a.py"
    source.write_text("x = 1\n")
    at(fresh / "here", monkeypatch)
    kernel.mark_compiled()
    source.write_text("x = 2\n")
    at(fresh / "here", monkeypatch)
    assert not kernel.is_compiled()


def test_an_edit_reaches_the_files_that_import_it_and_no_others(fresh, monkeypatch):
    here = fresh / "here"
    (here / "state").mkdir(parents=True)
    (here / "state" / "costs.py").write_text("x = 1\n")
    (here / "state" / "__init__.py").write_text("from sim.state import costs\n")
    (here / "one.py").write_text("from sim.state.costs import (\n    x,\n)\n")
    (here / "two.py").write_text("from sim import one\n")
    (here / "three.py").write_text("import math\n")
    names = ("one.py", "two.py", "three.py")
    at(here, monkeypatch)
    before = [kernel.hash_of(here / name) for name in names]
    (here / "state" / "costs.py").write_text("x = 2\n")
    at(here, monkeypatch)
    after = [kernel.hash_of(here / name) for name in names]
    assert [a != b for a, b in zip(after, before, strict=True)] == [True, True, False]


@kernel.inlined
def _shifted(x, by):
    return x + by


@kernel.inlined
def _shifted_thrice(x):
    return _shifted(_shifted(_shifted(x, 1), 2), 40)


def test_constants_do_not_compile_a_helper_again():
    assert _shifted_thrice(5) == 48
    assert len(_shifted.overloads) == 1


def test_a_helper_can_be_called_from_python_before_and_after_kernels():
    assert _shifted(5.0, 1) == 6.0
    assert _shifted_thrice(6.0) == 49.0
    assert _shifted(7.0, 1) == 8.0
    assert _shifted(7, 1) == 8
