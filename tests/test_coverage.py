"""docs/coverage.md: every mechanism of the articles has a home, an indicator and a test."""

from __future__ import annotations

import pytest
import yaml

from tools import coverage


def test_the_page_is_in_step_with_declarations_and_tests():
    assert coverage.PAGE.read_text(encoding="utf-8") == coverage.page()


def test_138_mechanisms_none_missing_and_core_ones_are_built():
    rows = coverage.rows()
    assert len({row.id for row in rows}) == 138
    assert [row.id for row in rows if not row.file and row.priority != "optional"] == []


@pytest.mark.parametrize(
    ("id_", "change"),
    [
        ("M016", {"fields": ["no_such_field"]}),
        ("M016", {"case": "no such channel"}),
        ("M016", {"indicator": "no_such_indicator"}),
        ("M038", {"test": "tests/processes/test_governance.py::test_no_such"}),
        ("M040", {"home": "sim/processes/founding.py:no_such_name"}),
    ],
)
def test_what_does_not_exist_is_refused(tmp_path, monkeypatch, id_, change):
    said = yaml.safe_load(coverage.SOURCE.read_text(encoding="utf-8"))
    said[id_] |= change
    path = tmp_path / "coverage.yaml"
    path.write_text(yaml.safe_dump(said), encoding="utf-8")
    monkeypatch.setattr(coverage, "SOURCE", path)
    with pytest.raises(coverage.CoverageError, match=id_):
        coverage.rows()


def test_a_mechanism_without_a_row_is_refused(tmp_path, monkeypatch):
    said = yaml.safe_load(coverage.SOURCE.read_text(encoding="utf-8"))
    del said["M001"]
    path = tmp_path / "coverage.yaml"
    path.write_text(yaml.safe_dump(said), encoding="utf-8")
    monkeypatch.setattr(coverage, "SOURCE", path)
    with pytest.raises(coverage.CoverageError, match="M001"):
        coverage.rows()
