"""Whose a results folder is: each kind of result is known by one file, and keeps to folders of its own."""

from __future__ import annotations

from pathlib import Path

from experiments.durable import StoreError
from sim.declare import Text

COMPARISON, SWEEP, DESK, SHELF = "manifest.json", "sweep.json", "desk.json", "runs.hotbed"
_KINDS = {
    COMPARISON: Text("a comparison or of single runs", "比较或单次运行"),
    SWEEP: Text("a sweep, a search or sensitivities", "扫描、组合搜索或敏感性分析"),
    DESK: Text("tipping, neutral or why", "tipping、neutral 或 why"),
    SHELF: Text("claims or a factorial", "论断检验或析因实验"),
}


def refuse_others(folder: Path, own: str) -> None:
    """Refuse a folder that holds results of another kind than that whose file is `own`.

    Raises:
        StoreError: if it does; nothing is changed.
    """
    for name, kind in _KINDS.items():
        if name != own and (folder / name).exists():
            raise StoreError(
                2,
                Text(
                    f"{folder} holds results of {kind.en}. Nothing was changed; choose another "
                    "folder with --out",
                    f"{folder} 中是{kind.zh}的结果。未作任何改动；请用 --out 指定其他文件夹",
                ),
            )
