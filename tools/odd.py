"""Write what docs/odd.md and its reference pages take from the declarations: `make docs`.

docs/odd.md is written by hand, in the order of the ODD protocol; what stands between
`<!-- generated: NAME -->` and `<!-- end -->` is put in here, from the schedule, the docstrings at the
head of the processes and the declarations of parameters, columns, indicators and levers. The large
tables are pages of their own in docs/reference/. A process without a section gets one.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

from sim import schedule
from sim.declare import ASSUMPTION, Field
from sim.indicators import INDICATORS
from sim.levers import all_levers
from sim.processes import all_parameters
from sim.scenario.initial import bounds_of, model_of
from sim.scenario.initial_texts import text_of_field
from sim.scenario.schema import Initial, source_of, unit_of
from sim.state.columns import TABLES
from sim.state.rule_columns import RULES

ROOT = Path(__file__).resolve().parents[1]
ODD = ROOT / "docs" / "odd.md"
BLOCK = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
NOTE = "Written by `make docs` from the declarations; do not edit it by hand.\n"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    heads = list(head)
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(_cell(one) for one in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:g}..{high:g}"


def name_of(process: ModuleType) -> str:
    """Return the name that a process goes by."""
    return process.__name__.rsplit(".", 1)[-1]


def is_assumed(source: str) -> bool:
    """Return whether a number rests on an assumption, alone or beside evidence."""
    return ASSUMPTION in source


def overview() -> str:
    """Return the order of the month."""
    rows = [
        (k + 1, f"[{name_of(process)}](odd.md#{name_of(process)})", sentence)
        for k, (process, sentence) in enumerate(schedule.MONTH)
    ]
    return table(("", "process", "what it does"), rows)


def counts() -> str:
    """Return how many numbers rest on an assumption."""
    own = [p for group in all_parameters().values() for p in group.declared.values()]
    fields = [f for one in all_levers().values() for f in one.fields.values() if f.low is not None]
    leaves = [source for *_, default, source in place_rows() if default not in ("", "required")]
    told = []
    for name, sources in (
        ("parameters of processes", [p.source for p in own]),
        ("numbers among the fields of levers", [f.source for f in fields]),
        ("defaults among the numbers of a place", leaves),
    ):
        assumed = sum(is_assumed(one) for one in sources)
        told.append(f"- **{assumed} of {len(sources)}** {name} rest on an assumption.")
    return "\n".join(told) + "\n"


def submodel(name: str) -> str:
    """Return what the head of a process says, and what it reads and writes."""
    process, sentence = next(one for one in schedule.MONTH if name_of(one[0]) == name)
    head = inspect.getdoc(process) or sentence
    paragraphs = [_paragraph(part) for part in re.split(r"\n\s*\n", head)]
    group = all_parameters().get(name)
    used = f"[{len(group.declared)}](reference/parameters.md#{name})" if group else "none"
    reads, writes = ", ".join(process.READS), ", ".join(process.WRITES)
    facts = (
        f"Parameters: {used}. Reads: {reads}. Writes: {writes}. Code: `sim/processes/{name}.py`."
    )
    return "\n\n".join([*paragraphs, facts]) + "\n"


def _paragraph(text: str) -> str:
    """Return a paragraph of a docstring; lines of equations, which are set off, as code."""
    lines = text.splitlines()
    if all(line.startswith("    ") for line in lines):
        return "```text\n" + "\n".join(line[4:] for line in lines) + "\n```"
    if any(mark in text for mark in (" = ", "←")) and len(lines) <= 3 and "`" not in text:
        return "```text\n" + text + "\n```"
    return text


def submodels_missing(text: str) -> str:
    """Return sections for the processes of the month that the page does not have yet."""
    return "".join(
        f"### {name}\n\n<!-- generated: submodel-{name} -->\n<!-- end -->\n\n"
        for name in (name_of(process) for process, _ in schedule.MONTH)
        if f"<!-- generated: submodel-{name} -->" not in text
    )


def state() -> str:
    """Return the tables with the number of their columns."""
    rows = [
        (f"[{name}](reference/columns.md#{name})", len(columns)) for name, columns in TABLES.items()
    ]
    return table(("table", "columns"), rows)


def headline() -> str:
    """Return the headline indicators."""
    rows = [(f"`{i.name}`", i.unit, i.formula) for i in INDICATORS.values() if i.headline]
    return table(("indicator", "unit", "formula"), rows)


def families() -> str:
    """Return the levers by family."""
    found: dict[str, list[str]] = {}
    for lever in all_levers().values():
        found.setdefault(lever.family, []).append(
            f"[{lever.name}](reference/levers.md#{lever.name})"
        )
    return table(("family", "levers"), [(k, ", ".join(v)) for k, v in found.items()])


def parameters_page() -> str:
    """Return the page of all parameters of processes."""
    parts = ["# Parameters\n", NOTE, counts()]
    for process, group in all_parameters().items():
        rows = [
            (f"`{n}`", p.default, _range(p.low, p.high), p.unit, p.source, p.text.en, p.text.zh)
            for n, p in group.declared.items()
        ]
        assumed = sum(is_assumed(p.source) for p in group.declared.values())
        head = ("parameter", "default", "range", "unit", "source", "meaning", "含义")
        parts.append(f"## {process}\n\n{assumed} of {len(rows)} assumed.\n\n" + table(head, rows))
    head = ("number", "default", "range", "unit", "source", "meaning")
    parts.append(
        "## Numbers of a place\n\n"
        + table(head, [(n, d, r, u, s, t) for n, t, r, u, d, s in place_rows()])
    )
    return "\n".join(parts)


def place_rows() -> list[tuple[str, str, str, str, object, str]]:
    """Return the numbers of a place: name, meaning, range, unit, default, source of the default."""
    rows: list[tuple[str, str, str, str, object, str]] = []

    def walk(model: type, path: str) -> None:
        for name, info in model.model_fields.items():  # type: ignore[attr-defined]
            inner, unit = model_of(info.annotation), unit_of(info)
            if inner is not None:
                walk(inner, f"{path}{name}.")
            elif unit:
                low, high = bounds_of(info)
                default = "required" if info.is_required() else _default(info.default)
                source = "" if info.is_required() else source_of(info)
                text = text_of_field(model.__name__, name).en
                rows.append((f"`{path}{name}`", text, f"{low:g}..{high:g}", unit, default, source))

    walk(Initial, "")
    return rows


def _default(value: object) -> object:
    if isinstance(value, tuple):
        return ", ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in value)
    return "none" if value is None else value


def columns_page() -> str:
    """Return the page of all columns of all tables, and of the month's rules."""
    parts = ["# Columns\n", NOTE]
    for name, columns in TABLES.items():
        rows = [
            (f"`{c.name}`", c.unit, c.refers, "" if c.low is None else f">= {c.low:g}", c.text.en, c.text.zh)
            for c in columns
        ]  # fmt: skip
        head = ("column", "unit", "refers to", "floor", "meaning", "含义")
        parts.append(f"## {name}\n\n" + table(head, rows))
    rules = [(f"`{r.name}`", r.unit, r.text.en, r.text.zh) for r in RULES]
    said = "Quantities that levers speak of and processes listen to.\n\n"
    parts.append("## rules\n\n" + said + table(("rule", "unit", "meaning", "含义"), rules))
    return "\n".join(parts)


def indicators_page() -> str:
    """Return the page of all indicators."""
    rows = [
        (f"`{i.name}`", i.unit, i.kind, i.report, i.direction, "yes" if i.headline else "",
         i.formula, i.text.en, i.text.zh)
        for i in INDICATORS.values()
    ]  # fmt: skip
    head = (
        "indicator", "unit", "kind", "reported as", "better", "headline", "formula", "meaning", "含义",
    )  # fmt: skip
    return f"# Indicators\n\n{NOTE}\n{len(rows)} indicators, recorded every month.\n\n" + table(
        head, rows
    )


def levers_page() -> str:
    """Return the page of all levers with their fields."""
    parts = [f"# Levers\n\n{NOTE}\n{len(all_levers())} levers.\n"]
    for lever in all_levers().values():
        rows = [
            (f"`{n}`", _default(f.default), _allowed(f), f.unit, f.source, f.text.en, f.text.zh)
            for n, f in lever.fields.items()
        ]
        head = ("field", "default", "range", "unit", "source", "meaning", "含义")
        ids = ", ".join(lever.mechanisms) or "none of the articles'"
        told = f"{lever.text.en} · {lever.text.zh}. Family: {lever.family}. Mechanisms: {ids}. "
        told += f"Paid by: {lever.payer}. Source: {lever.source}."
        parts.append(f"## {lever.name}\n\n{told}\n\n" + table(head, rows))
    return "\n".join(parts)


def _allowed(field: Field) -> str:
    return ", ".join(field.choices) or _range(field.low, field.high)


def odd_page(text: str) -> str:
    """Return docs/odd.md with its generated blocks as the declarations have them."""
    makers: dict[str, Callable[[], str]] = {
        "counts": counts, "overview": overview, "state": state, "headline": headline,
        "families": families,
    }  # fmt: skip
    text = (
        text.rstrip("\n") + "\n" + ("\n" + missing if (missing := submodels_missing(text)) else "")
    )

    def fill(match: re.Match[str]) -> str:
        name = match.group(2)
        made = (
            submodel(name.removeprefix("submodel-"))
            if name.startswith("submodel-")
            else makers[name]()
        )
        return f"{match.group(1)}\n{made}\n{match.group(3)}"

    return BLOCK.sub(fill, text).rstrip("\n") + "\n"


def pages() -> dict[Path, str]:
    """Return the text of every page by its path."""
    reference = ROOT / "docs" / "reference"
    return {
        ODD: odd_page(ODD.read_text(encoding="utf-8")),
        reference / "parameters.md": parameters_page(),
        reference / "columns.md": columns_page(),
        reference / "indicators.md": indicators_page(),
        reference / "levers.md": levers_page(),
    }


def main() -> int:
    """Write the pages that are out of step, and say which."""
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))
    print(f"{len(pages())} pages are in step with the declarations")
    return 0


if __name__ == "__main__":
    sys.exit(main())
