"""Where compiled kernels are kept: another copy of the sources has to compile anew, and says so."""

import shutil

import pytest

from sim import kernel


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """Ask for folders under an empty cache, whatever was asked before."""
    monkeypatch.setenv("HOTBED_CACHE", str(tmp_path / "cache"))
    cached = (kernel.cache_folder, kernel.source_hash)
    for function in cached:
        function.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    for function in cached:
        function.cache_clear()


def at(place, monkeypatch):
    monkeypatch.setattr(kernel, "SOURCES", place)
    kernel.cache_folder.cache_clear()
    kernel.source_hash.cache_clear()


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
