"""Constants solved when a place is built, under no policy: rates that give the means asked for."""

from __future__ import annotations

import math

import numpy as np

from sim.kernel import kernel
from sim.processes import founding, location
from sim.processes.encounters import tie_weight
from sim.state.costs import offer_value, team_cost
from sim.state.world import World

_SAMPLE = 100
_CANDIDATES = 400
_FIXED_SEED = 20_260_401  # the same candidates for every run, so that the intercept is the place's


@kernel
def mean_weight(firms, cells, p, sample):
    """Return the mean over `sample` firms of the weights to all others, third places included."""
    p = p[0]
    count = min(sample, firms.size)
    total = 0.0
    for i in range(count):
        for j in range(firms.size):
            if i != j:
                third = cells[firms[i].cell].third_place + cells[firms[j].cell].third_place
                total += tie_weight(firms[i], firms[j], p) * (1 + 0.5 * third)
    return total / max(count, 1)


@kernel
def leave_terms(firms, norms, p):
    """Return each firm's logit of leaving at equal cost without its intercept, shape (firms,)."""
    result = np.empty(firms.size)
    for i in range(firms.size):
        occasion = 1.0 if firms[i].occasion_until >= 0 else 0.0
        e = location.embeddedness(firms[i], p[0])
        result[i] = location.leave_logit(firms[i], 0.0, occasion, e, norms[0], p[0])
    return result


@kernel
def embed_all(firms, p):
    """Set each firm's embeddedness and return their mean."""
    total = 0.0
    for i in range(firms.size):
        firms[i].embeddedness = location.embeddedness(firms[i], p[0])
        total += firms[i].embeddedness
    return total / max(firms.size, 1)


@kernel
def intercept(terms, mean):
    """Return the intercept at which the logistic of `terms` has this mean, by bisection."""
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        total = 0.0
        for k in range(terms.size):
            total += 1 / (1 + math.exp(-middle - terms[k]))
        if total / max(terms.size, 1) < mean:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def offer_terms(acc, norms):
    """Return value and value elsewhere of 240,000 CNY for a team of average means."""
    acc, norm = acc[0], norms[0]
    cost = team_cost(acc, norm.city_factor, 1)
    area = 3 * acc.office_m2_head
    rival = norm.rival_subsidy * norm.rival_rent * norm.rent_office * area * norm.rival_months
    return offer_value(240_000.0, cost, 12.0), offer_value(rival, cost, 12.0)


def solve_founding(world: World) -> None:
    """Solve b0 so that a quarter of the potential candidates found under no policy."""
    norms = world.norms
    norms["found_intercept"] = 0.0
    log = np.zeros(_CANDIDATES)
    records = world.founders.make(_CANDIDATES)
    seed, month = world.seed, world.month
    logits = []
    world.month = 0  # whatever the horizon: a longer run begins as a shorter one
    for m in range(240):
        world.seed = _FIXED_SEED + m
        _, seen = founding.candidates(world, records, log)
        logits.append(log[: min(seen, log.size)].copy())
        if sum(part.size for part in logits) >= _CANDIDATES:
            break
    world.seed, world.month = seed, month
    terms = np.concatenate(logits)
    chance = float(world.params["founding"]["chance"][0])
    norms["found_intercept"] = intercept(terms, chance) if terms.size else 0.0


def solve_leaving(world: World) -> None:
    """Solve a0 so that firm-years average the leave rate at equal cost."""
    p = world.params["location"]
    firms = world.firms.rows
    norms = world.norms
    norms["embed_mean"] = embed_all(firms, p)
    norms["occasion_mean"] = float((firms["occasion_until"] >= 0).mean()) if firms.size else 0.0
    norms["neighbours_mean"] = float(firms["neighbours"].mean()) if firms.size else 0.0
    norms["tenure_mean"] = float(firms["tenure"].mean()) if firms.size else 0.0
    norms["density_mean"] = float(firms["density"].mean()) if firms.size else 0.0
    terms = leave_terms(firms, norms, p)
    monthly = 1 - (1 - float(p["leave"][0])) ** (1 / 12)
    norms["leave_intercept"] = intercept(terms, monthly)


def solve_offers(world: World) -> None:
    """Solve x0 so that half of the teams of quality 0 take 240,000 CNY for 6%."""
    value, elsewhere = offer_terms(world.params["accounts"], world.norms)
    dislike = float(world.params["incubation"]["stake_dislike"][0])
    world.norms["accept_intercept"] = dislike * 0.06 - value + elsewhere


def solve_ties(world: World) -> None:
    """Solve the tie rate so that a tenant gains the ties a year asked for."""
    p = world.params["encounters"]
    weight = mean_weight(world.firms.rows, world.cells.rows, p, _SAMPLE)
    rate = float(p["ties_per_year"][0])
    world.norms["tie_rate"] = rate / weight if weight > 0 else 0.0
