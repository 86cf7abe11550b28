"""Print docs/coverage.md: where each mechanism of the articles lives, and what shows it at work.

`python -m tools.coverage` writes the page. The homes of levers are read from their declarations, the
rest from docs/coverage.yaml; `rows` refuses a mechanism without a home, and what does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sim.indicators import INDICATORS
from sim.levers import all_levers
from tests.engine.test_channels import CASES

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "docs" / "coverage.yaml"
PAGE = ROOT / "docs" / "coverage.md"
HEAD = """# Where each mechanism lives

Printed by `python -m tools.coverage` from the declarations and `docs/coverage.yaml`; do not edit.

The five articles name {total} mechanisms ([evidence/mechanisms.yaml](../evidence/mechanisms.yaml)): {core} core,
{secondary} secondary, {optional} optional. {levers} live in levers, {others} in processes, places and outcomes,
{missing} are not built. A test of a *channel* builds a world, sets the lever to nothing, half and full, runs only the
processes named and reads one quantity: nothing equals the lever left out bit for bit, half and full go one way.

| id | mechanism | priority | home | what carries it | shown by | at work in |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Row:
    """One mechanism: its home (file, name), what carries it, its indicator, and the test."""

    id: str
    name: str
    priority: str
    file: str
    carried_by: str
    indicator: str
    test: str
    lever: bool = False

    def line(self) -> str:
        """Return the row of the table."""
        home = f"[{self.file}](../{self.file})" if self.file else "not built"
        return (
            f"| {self.id} | {self.name} | {self.priority} | {home} | {self.carried_by} | "
            f"{self.indicator} | {self.test} |"
        )


class CoverageError(ValueError):
    """A mechanism has no home, or what its row names does not exist."""


def _test(row: Row | str, text: str) -> str:
    """Return a test that exists, as `file::function`."""
    file, _, name = text.partition("::")
    path = ROOT / file
    if not path.is_file() or f"def {name}(" not in path.read_text(encoding="utf-8"):
        raise CoverageError(f"{row}: no test {text!r}")
    return f"`{text}`"


def _indicator(id_: str, name: str) -> str:
    if name not in INDICATORS and name != "copied_mix_regret":  # a comparison over places has that
        raise CoverageError(f"{id_}: no indicator {name!r}")
    return f"`{name}`"


def _of_lever(mechanism: dict[str, Any], said: dict[str, Any], lever: str) -> Row:
    id_ = mechanism["id"]
    fields = all_levers()[lever].fields
    unknown = [name for name in said["fields"] if name not in fields]
    if unknown:
        raise CoverageError(f"{id_}: {lever} has no field {unknown}")
    if "case" in said:
        if not any(c.lever == lever and c.name == said["case"] for c in CASES):
            raise CoverageError(f"{id_}: {lever} has no channel {said['case']!r}")
        test = f"channel *{said['case']}*"
    else:
        test = _test(id_, said["test"])
    carried = f"`{lever}`: " + ", ".join(f"`{name}`" for name in said["fields"])
    return Row(
        id_, mechanism["name_en"], mechanism["priority"], f"sim/levers/{lever}.py", carried,
        _indicator(id_, said["indicator"]), test, True,
    )  # fmt: skip


def _of_engine(mechanism: dict[str, Any], said: dict[str, Any]) -> Row:
    id_ = mechanism["id"]
    if "not_built" in said:
        return Row(id_, mechanism["name_en"], mechanism["priority"], "", said["not_built"], "", "")
    file, _, name = said["home"].partition(":")
    path = ROOT / file
    if not path.is_file() or name not in path.read_text(encoding="utf-8"):
        raise CoverageError(f"{id_}: no {name!r} in {file!r}")
    return Row(
        id_, mechanism["name_en"], mechanism["priority"], file, f"`{name}`",
        _indicator(id_, said["indicator"]), _test(id_, said["test"]),
    )  # fmt: skip


def rows() -> list[Row]:
    """Return one row per mechanism, in the order of their ids.

    Raises:
        CoverageError: for a mechanism without a row, and for a home, field, indicator, channel or
            test that does not exist.
    """
    known = yaml.safe_load((ROOT / "evidence" / "mechanisms.yaml").read_text(encoding="utf-8"))
    said = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    levers = {id_: name for name, lever in all_levers().items() for id_ in lever.mechanisms}
    found = []
    for mechanism in known["mechanisms"]:
        id_ = mechanism["id"]
        if id_ not in said:
            raise CoverageError(f"{id_}: no row in {SOURCE.name}")
        if "fields" in said[id_]:
            found.append(_of_lever(mechanism, said[id_], levers.get(id_, "(none)")))
        else:
            found.append(_of_engine(mechanism, said[id_]))
    return found


def page() -> str:
    """Return the page."""
    table = rows()
    count = {p: sum(r.priority == p for r in table) for p in ("core", "secondary", "optional")}
    levers, missing = sum(r.lever for r in table), sum(not r.file for r in table)
    head = HEAD.format(
        total=len(table), levers=levers, missing=missing, others=len(table) - levers - missing,
        **count,
    )  # fmt: skip
    return head + "\n".join(row.line() for row in table) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
