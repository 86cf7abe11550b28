"""The ground from above: a square per cell with floor, and a disc for the firms in it."""

from __future__ import annotations

import math

import numpy as np

from experiments.figures.numbers import plain
from experiments.figures.svg import drawing, label, n
from experiments.ground import Ground
from sim.declare import Text

SIDE = 300.0
FOOT = 46.0
FIRMS = Text("firms in a cell", "格内企业数")
LET = Text("share of floor let", "已租面积占比")


def ground_map(title: Text, ground: Ground, extent: tuple[int, int, int, int], most: float) -> str:
    """Draw a ground.

    Args:
        title: which arm, and when.
        ground: cells with floor.
        extent: first and last column, first and last line to be shown; one for maps side by side.
        most: firms that the largest disc stands for.
    """
    first, last, south, north = extent
    pitch = SIDE / max(last - first + 1, north - south + 1)
    radius = 0.5 * min(max(pitch, 18.0), 28.0)
    body = [f'<rect class="ground" x="0" y="20" width="{n(SIDE)}" height="{n(SIDE)}"/>']
    body.append(label(title, 2, 14, room=SIDE - 4, kind="head"))
    discs = []
    # From the fullest to the emptiest, so that no small disc is hidden.
    for i in np.argsort(-ground.firms, kind="stable").tolist():
        x = (int(ground.column[i]) - first) * pitch
        y = 20 + (north - int(ground.line[i])) * pitch  # north is up
        known = ground.floor[i] > 0 and math.isfinite(ground.let[i])
        part = ground.let[i] / ground.floor[i] if known else 0.0
        grey = round(245 - 120 * min(max(part, 0.0), 1.0))
        shade = f'fill="rgb({grey},{grey},{grey})"'
        size = f'width="{n(pitch)}" height="{n(pitch)}"'
        body.append(f'<rect class="cell" x="{n(x)}" y="{n(y)}" {size} {shade}/>')
        if ground.firms[i] > 0:
            r = radius * math.sqrt(ground.firms[i] / max(most, 1e-9))
            cx = min(max(x + pitch / 2, r), SIDE - r)
            cy = min(max(y + pitch / 2, 20 + r), 20 + SIDE - r)
            discs.append(f'<circle class="firms" cx="{n(cx)}" cy="{n(cy)}" r="{n(max(r, 0.8))}"/>')
    body += discs
    body.append(_key(radius, most))
    count = plain(float(np.nansum(ground.firms)))
    told = Text(
        f"{count} firms in {ground.firms.size} cells",
        f"{ground.firms.size} 个格内共 {count} 家企业",
    )
    return drawing(title, told, SIDE, SIDE + 20 + FOOT, "".join(body), "map")


def _key(radius: float, most: float) -> str:
    """Return what disc sizes and shades stand for."""
    top = SIDE + 20
    body = [label(FIRMS, 2, top + 16, room=130), label(LET, 2, top + 36, room=130)]
    x = 142.0
    for part in (0.25, 1.0):
        r = radius * math.sqrt(part)
        body.append(f'<circle class="firms" cx="{n(x + r)}" cy="{n(top + 12)}" r="{n(r)}"/>')
        text = plain(round(most * part, 1))
        body.append(label(text, x + 2 * r + 4, top + 16, kind="tick"))
        x += 2 * r + 50
    for i, part in enumerate((0.0, 0.5, 1.0)):
        grey = round(245 - 120 * part)
        at = 142 + 52 * i
        body.append(
            f'<rect x="{n(at)}" y="{n(top + 27)}" width="12" height="10" fill="rgb({grey},{grey},{grey})"'
            ' stroke="#555" stroke-width=".5"/>'
        )
        body.append(label(f"{part:.0%}", at + 16, top + 36, kind="tick"))
    return "".join(body)
