"""What tests of sweeps share."""

import pytest

from experiments import runner
from tests.experiments import sweep_toy as toy


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Write the toy's study, and put its engine where the sweep looks for the real one."""
    monkeypatch.setattr(runner, "real_engine", toy.engine)
    path = tmp_path / "toy.yaml"
    path.write_text(toy.SMALL)
    return path
