"""Rows of people: how a person enters the table, joins a firm and leaves it."""

from __future__ import annotations

from sim.draw import normal, purpose, stream, uniform2
from sim.kernel import inlined
from sim.state.columns import DEVELOPER, GONE, NOBODY, OUTSIDE, SCIENTIST, STUDENT, WORKER

_TRAITS = purpose("people.traits")


@inlined
def wage_of(kind, acc, wage_level):
    """Return the loaded wage of a kind of worker, CNY a month."""
    if kind == SCIENTIST:
        return acc.wage_scientist * wage_level
    if kind == WORKER:
        return acc.wage_worker * wage_level
    return acc.wage_developer * wage_level


HOME_M2, BED_M2 = 30.0, 15.0  # floor a developer or scientist, and a worker, lives on (semantics 6)


@inlined
def home_m2(kind):
    """Return the floor a person of a kind lives on, m²."""
    return BED_M2 if kind == WORKER else HOME_M2


@inlined
def write_person(people, at, uid, kind, employer, sector, wage, migrant_share, seed):
    """Write a new adult into row `at`; traits are keyed by the uid."""
    key = stream(seed, _TRAITS, 0)
    people.uid[at] = uid
    people.kind[at] = kind
    people.site[at] = 0
    people.home_cell[at] = -1
    people.employer[at] = employer
    people.wage[at] = wage
    people.skill[at] = normal(key, uid)
    people.tenure[at] = 0
    people.graduates[at] = -1
    people.institution[at] = -1
    people.apartment[at] = 0
    people.migrant[at] = 1 if uniform2(key, uid, 1) < migrant_share else 0
    people.founder_of[at] = 0
    people.sector[at] = sector
    people.field_experience[at] = 0


@inlined
def join(firm, kind):
    """Count a person into a firm's staff."""
    firm.staff += 1
    if kind == SCIENTIST:
        firm.scientists += 1
    elif kind == WORKER:
        firm.workers += 1
    else:
        firm.developers += 1


@inlined
def quit_firm(firm, kind, lives_here):
    """Count a person out of a firm's staff."""
    firm.staff -= 1
    if kind == SCIENTIST:
        firm.scientists -= 1
    elif kind == WORKER:
        firm.workers -= 1
    else:
        firm.developers -= 1
    if lives_here:
        firm.locals -= 1


@inlined
def pick_kind(u, norm):
    """Return the kind of a hire from a uniform number, in the place's proportions."""
    if u < norm.worker_share:
        return WORKER
    return DEVELOPER if u < norm.worker_share + norm.developer_share else SCIENTIST


@inlined
def release(people, i):
    """Leave a person without an employer."""
    people.employer[i] = NOBODY
    people.tenure[i] = 0


@inlined
def remove_person(people, i, cells, count):
    """Mark a person gone and give the home back."""
    if people.home_cell[i] >= 0 and people.kind[i] != STUDENT:
        cells[people.home_cell[i]].let_housing -= home_m2(people.kind[i])
    people.home_cell[i] = -1
    people.apartment[i] = 0
    people.employer[i] = NOBODY
    people.kind[i] = GONE
    count.people_left += 1


@inlined
def leave_or_commute(people, i, cells, keeps_home, count):
    """Let a person who works elsewhere now stay as a resident or leave the place."""
    people.tenure[i] = 0
    if people.home_cell[i] >= 0 and keeps_home:
        people.employer[i] = OUTSIDE
        people.apartment[i] = 0  # flats are for those who work here
        return
    remove_person(people, i, cells, count)
