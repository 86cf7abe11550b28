"""Firms learn from ties, institutions and their own research, as far as they can absorb it (model 6.3).

    d ln K / year = -decay + own·(R&D share/.10) + min(.2, absorb·Σ f(x))·gap + link·frontier gap
    f(x) = max(0, 1 - narrowness·(x - x*)²): too near and too far teach little (evidence D02)

Density and neighbours (people and firms of the sector within 1 km) are counted here as well.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.kernel import inlined, kernel
from sim.state.space import disc_counts
from sim.state.world import World

READS = ("firms", "ties", "institutions", "cells", "market", "norms", "rule")
WRITES = ("firms.knowledge", "firms.density", "firms.neighbours")

PARAMETERS = Parameters(
    "spillovers",
    decay=param(0.15, "1/year", 0.05, 0.3, "assumption", "decay of knowledge", "知识折旧"),
    own_research=param(0.15, "1/year", 0.05, 0.3, "assumption", "gain from own R&D", "自主研发增益"),
    rd_share=param(0.10, "share of revenue", 0.02, 0.3, "A-IOT-12", "R&D share of revenue", "研发占收入比"),
    absorb=param(0.2, "1/year", 0.05, 0.5, "assumption", "absorption from a tie", "联系吸收率"),
    gap_closed_most=param(0.2, "1/year", 0.1, 0.4, "assumption", "most of the gap that ties close", "差距最大弥合"),
    best_distance=param(0.5, "index", 0.2, 0.8, "D02", "best knowledge distance", "最佳知识距离"),
    narrowness=param(3, "index", 1, 6, "D02", "narrowness around it", "距离敏感度"),
    other_sector=param(0.5, "index", 0.1, 1.0, "assumption", "distance of another sector", "跨行业距离"),
    link=param(0.05, "1/year", 0.0, 0.15, "assumption", "learning from institutions", "院校溢出"),
    radius_m=param(1000, "m", 500, 2000, "D04", "radius of density", "密度半径"),
)  # fmt: skip


@inlined
def absorption(gap, same_sector, p):
    """Return f(x) of a tie whose firms differ by `gap` in log knowledge."""
    x = min(1.0, abs(gap) + (0.0 if same_sector else p.other_sector))
    return max(0.0, 1 - p.narrowness * (x - p.best_distance) ** 2)


@kernel
def learn(firms, ties, institutions, market, transfer, p):
    """Move each firm's knowledge by one month; `transfer` raises the link to institutions."""
    p = p[0]
    n = firms.size
    level = np.empty(n)
    reach = np.zeros(n)
    pull = np.zeros(n)
    for i in range(n):
        level[i] = math.log(firms[i].knowledge)
    for t in range(ties.size):
        a, b = ties[t].a, ties[t].b
        f = ties[t].strength * absorption(
            level[a] - level[b], firms[a].sector == firms[b].sector, p
        )
        if f > 0:
            reach[a] += f
            reach[b] += f
            pull[a] += f * max(0.0, level[b] - level[a])
            pull[b] += f * max(0.0, level[a] - level[b])
    top = 0.0
    for k in range(institutions.size):
        top = max(top, institutions[k].frontier)
    top = math.log(max(top, 1e-9) * market[0].frontier)
    own = p.own_research * p.rd_share / 0.10
    for i in range(n):
        change = own - p.decay
        if reach[i] > 0:
            change += min(p.gap_closed_most, p.absorb * reach[i]) * pull[i] / reach[i]
        change += p.link * (1 + transfer) * max(0.0, top - level[i])
        firms[i].knowledge = math.exp(level[i] + change / 12)


@kernel
def count_surroundings(firms, cells, norms, p, sectors):
    """Count staff of others and firms of the sector within the radius."""
    norm = norms[0]
    n = firms.size
    radius = int(p[0].radius_m / norm.cell_m + 0.5)
    columns, lines = int(norm.columns), int(norm.lines)
    column = np.empty(n, np.int64)
    line = np.empty(n, np.int64)
    weight = np.empty(n)
    for i in range(n):
        column[i] = cells[firms[i].cell].column
        line[i] = cells[firms[i].cell].line
        weight[i] = firms[i].staff
    density = disc_counts(column, line, weight, columns, lines, radius)
    for i in range(n):
        firms[i].density = density[i] - firms[i].staff
    for s in range(sectors):
        count = 0
        for i in range(n):
            if firms[i].sector == s:
                count += 1
        if count == 0:
            continue
        rows = np.empty(count, np.int64)
        count = 0
        for i in range(n):
            if firms[i].sector == s:
                rows[count] = i
                count += 1
        near = disc_counts(column[rows], line[rows], np.ones(count), columns, lines, radius)
        for k in range(count):
            firms[rows[k]].neighbours = int(near[k]) - 1


def spill(world: World) -> None:
    """Let knowledge flow for a month; used by the burn-in as well.

    Results on offer tighten the link to institutions, the less the more firms share them.
    """
    rule = world.rule
    transfer = 0.0
    if rule["transfer_results"][0] > 0 and world.month >= 0:
        per_firm = 12 * float(rule["transfer_results"][0]) / max(len(world.firms), 1)
        transfer = float(rule["transfer_gain"][0]) * (1 - math.exp(-per_firm))
    learn(
        world.firms.rows, world.ties.rows, world.institutions.rows, world.market, transfer,
        world.params["spillovers"],
    )  # fmt: skip


def step(world: World) -> None:
    """Count surroundings and let knowledge flow."""
    sectors = world.market["demand"].shape[1]
    count_surroundings(
        world.firms.rows, world.cells.rows, world.norms, world.params["spillovers"], sectors
    )
    spill(world)
