"""Firms learn from ties, institutions and their own research, as far as they can absorb it (model 6.3).

    d ln K / year = -decay + own·(R&D share/.10) + min(.2, absorb·Σ f(x))·gap
                    + link·frontier gap·e^(-km to campuses/reach)
                    + (1 - e^(-gain·links))·gap to the world, where there are international links
                    - leak·(1 - guard)·min(1, Σ f(x) of ties to firms that know less)
    f(x) = max(0, 1 - narrowness·(x - x*)²): too near and too far teach little (evidence D02)

What a firm knows is worth less to it as others come to know it: that is the leak, which advice on intellectual
property guards against. Density, neighbours (people and firms of the sector within 1 km) and the links of the
value chain within 1 km are counted here as well.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.kernel import kernel
from sim.state.catalogue import LAYERS
from sim.state.learning import absorption
from sim.state.space import disc_counts
from sim.state.world import World

READS = ("firms", "ties", "institutions", "cells", "market", "norms", "rule")
WRITES = ("firms.knowledge", "firms.density", "firms.neighbours", "firms.chain")

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
    leak=param(0.01, "1/year", 0, 0.1, "assumption", "knowledge whose worth is lost to those who learn it", "知识外泄损失"),
    ip_guard=param(0.5, "share", 0, 1, "assumption", "of it prevented by advice on intellectual property", "知识产权服务防漏"),
    link_reach_km=param(2, "km", 0.5, 10, "assumption", "way to institutions at which it falls to 37%", "院校溢出的距离衰减"),
    world_lead=param(4, "ratio", 1, 10, "assumption", "the world's frontier over that of the city", "国际前沿与本市之比"),
    radius_m=param(1000, "m", 500, 2000, "D04", "radius of density", "密度半径"),
)  # fmt: skip


@kernel
def learn(firms, ties, institutions, market, norms, transfer, world_rate, p, hours_scale):
    """Move each firm's knowledge by one month; `transfer` raises the link to institutions.

    `world_rate` is the share of the gap to the world's frontier that links abroad close in a year.
    """
    p = p[0]
    n = firms.size
    level = np.empty(n)
    reach = np.zeros(n)
    pull = np.zeros(n)
    taught = np.zeros(n)
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
            if level[a] > level[b]:
                taught[a] += f
            elif level[b] > level[a]:
                taught[b] += f
    top = 0.0
    near = math.exp(-norms[0].campus_km / p.link_reach_km)
    for k in range(institutions.size):
        top = max(top, institutions[k].frontier)
        if institutions[k].opened >= 0:  # brought in, so in the place itself
            near = 1.0
    top = math.log(max(top, 1e-9) * market[0].frontier)
    abroad = math.log(p.world_lead * market[0].frontier)
    own = p.own_research * p.rd_share / 0.10
    for i in range(n):
        change = own - p.decay
        if reach[i] > 0:
            change += min(p.gap_closed_most, p.absorb * reach[i]) * pull[i] / reach[i]
        change += p.link * near * (1 + transfer) * max(0.0, top - level[i])
        if taught[i] > 0:
            advice = market[0].ip * (1 - math.exp(-firms[i].service_hours / hours_scale))
            change -= p.leak * (1 - p.ip_guard * advice) * min(1.0, taught[i])
        if world_rate > 0:
            change += world_rate * max(0.0, abroad - level[i])
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


@kernel
def link_presence(firms, cells, norms, p, counts):
    """Set each firm's share of the chain's links that are there within the radius.

    `counts`, shape (layers,), tells which links the chain of the place has. Firms of one cell share
    the answer, so the cost is that of the cells in use.
    """
    norm = norms[0]
    radius = int(p[0].radius_m / norm.cell_m + 0.5)
    columns, lines = int(norm.columns), int(norm.lines)
    used = np.full(cells.size, -1, np.int64)
    rows = np.empty(firms.size, np.int64)
    found = 0
    for i in range(firms.size):
        if used[firms[i].cell] < 0:
            used[firms[i].cell] = found
            rows[found] = firms[i].cell
            found += 1
    column = np.empty(found, np.int64)
    line = np.empty(found, np.int64)
    for k in range(found):
        column[k], line[k] = cells[rows[k]].column, cells[rows[k]].line
    there = np.zeros(found)
    links = 0
    for layer in range(counts.size):
        if not counts[layer]:
            continue
        links += 1
        weight = np.zeros(found)
        for i in range(firms.size):
            if firms[i].layer == layer:
                weight[used[firms[i].cell]] += 1
        there += disc_counts(column, line, weight, columns, lines, radius) > 0.5
    for i in range(firms.size):
        firms[i].chain = there[used[firms[i].cell]] / links if links else 0.0


def count_links(world: World) -> None:
    """Count the links of the chain around every firm; used by the build as well."""
    links = np.diff(world.mix[1], prepend=0.0)[: len(LAYERS)] > 0
    link_presence(
        world.firms.rows, world.cells.rows, world.norms, world.params["spillovers"], links
    )


def spill(world: World) -> None:
    """Let knowledge flow for a month; used by the burn-in as well.

    Results on offer tighten the link to institutions, the less the more firms share them.
    """
    rule = world.rule
    transfer = world_rate = 0.0
    if rule["world_links"][0] > 0 and world.month >= 0:
        world_rate = -math.expm1(-float(rule["world_gain"][0]) * float(rule["world_links"][0]))
    if rule["transfer_results"][0] > 0 and world.month >= 0:
        per_firm = 12 * float(rule["transfer_results"][0]) / max(len(world.firms), 1)
        transfer = float(rule["transfer_gain"][0]) * (1 - math.exp(-per_firm))
    learn(
        world.firms.rows, world.ties.rows, world.institutions.rows, world.market, world.norms,
        transfer, world_rate, world.params["spillovers"],
        float(world.params["services"]["hours_scale"][0]),
    )  # fmt: skip


def step(world: World) -> None:
    """Count surroundings and let knowledge flow."""
    sectors = world.market["demand"].shape[1]
    count_surroundings(
        world.firms.rows, world.cells.rows, world.norms, world.params["spillovers"], sectors
    )
    count_links(world)
    spill(world)
