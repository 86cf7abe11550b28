"""Runs the code of a notebook in its order, as Jupyter would, and keeps what its cells show.

    python -m tests.notebook NOTEBOOK RESULT.json [CODE]

CODE runs in the end, in the same names, and leaves a dictionary `facts`. A cell that fails ends it
with the cell's id and the traceback.
"""

from __future__ import annotations

import ast
import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any


def code_cells(path: Path) -> list[dict[str, Any]]:
    """Return the cells that hold code."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def run_cell(source: str, name: str, names: dict[str, Any]) -> dict[str, str]:
    """Return what a cell prints, and its last value as HTML where it has such a form."""
    body = ast.parse(source, name)
    last = body.body.pop() if isinstance(body.body[-1], ast.Expr) else None
    value = None
    with redirect_stdout(io.StringIO()) as printed:
        exec(compile(body, name, "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), names)
    html = getattr(value, "_repr_html_", lambda: "")()
    return {"printed": printed.getvalue(), "html": html}


def main(notebook: str, result: str, code: str = "facts = {}") -> None:
    """Run a notebook and write what came of it."""
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = {}
    for cell in code_cells(Path(notebook)):
        try:
            shown[cell["id"]] = run_cell("".join(cell["source"]), cell["id"], names)
        except Exception:
            sys.stderr.write(f"failed: {cell['id']}\n")
            raise
    exec(code, names)
    told = {"cells": shown, "facts": names["facts"]}
    Path(result).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
