"""People of the Mesa port: how an adult lives through a month, and a student's one event."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

from sim.state.columns import WORKER
from sim.state.persons import BED_M2, HOME_M2

if TYPE_CHECKING:
    from tests.benchmarks.peers.mesa_firms import Cell, Firm
    from tests.benchmarks.peers.mesa_model import PeopleOnly


class Student(mesa.Agent):
    """A student: nothing happens but, one month in 48, graduation."""

    def __init__(self, model: PeopleOnly, school: Cell, graduates: int) -> None:
        super().__init__(model)
        self.school = school
        self.graduates = graduates
        self.skill = 0.0

    def graduate(self) -> None:
        """Stay as a seeker or leave; the place at school goes to a new student."""
        model = self.model
        p, random = model.housing, model.random.random
        model.counts["graduated"] += 1
        if random() < p.graduates_stay * p.graduates_look:
            sector = model.draw_sector()
            span = p.search_most - p.search_least + 1
            gives_up = model.month + int(p.search_least + span * random())
            Adult(model, model.developer, None, sector, school=self.school, gives_up=gives_up)
        else:
            model.counts["left"] += 1
        self.graduates = model.month + int(p.study_months)
        self.skill = 0.0


class Adult(mesa.Agent):
    """A developer, scientist or worker; `elsewhere` is a job outside or in an institution."""

    def __init__(
        self,
        model: PeopleOnly,
        kind: int,
        employer: Firm | None,
        sector: int,
        *,
        school: Cell | None = None,
        gives_up: int = -1,
    ) -> None:
        super().__init__(model)
        random = model.random
        self.kind = kind
        self.employer = employer
        self.elsewhere = False
        self.sector = sector
        self.school = school
        self.gives_up = gives_up
        self.skill = random.gauss(0.0, 1.0)
        self.migrant = random.random() < model.norm.migrant_share
        self.wage = model.wage_of(kind)
        self.tenure = 0
        self.experience = 0
        self.home: Cell | None = None
        self.flat = False
        self.founder = False
        # Traits for life: the way from a home elsewhere, and how much one wants to live here.
        self.far_km = random.expovariate(1.0) * model.hiring.outside_km
        self.wish = random.random()
        self.luck = random.random()

    @property
    def home_m2(self) -> float:
        """The floor a person of this kind lives on, m²."""
        return BED_M2 if self.kind == WORKER else HOME_M2

    def part_ways(self) -> None:
        """Gain a month of experience; be laid off, look for another post, or quit."""
        firm, model = self.employer, self.model
        if firm is None:
            if not self.elsewhere:
                model.idle.append(self)
            return
        self.tenure += 1
        self.experience += 1
        if not self.founder:
            random = model.random.random
            if firm.layoff_share > 0 and random() < firm.layoff_share:
                firm.lose(self)
                self.employer = None
                self.tenure = 0
                self.gives_up = model.month + int(model.hiring.search_months)
                model.idle.append(self)
                model.counts["layoffs"] += 1
                return
            if random() < firm.quit_hazard:
                if random() >= model.hiring.moves_here:
                    self.quit(firm)
                    return
                model.movers.append(self)
        firm.skill_sum += self.skill
        model.veterans += self.experience >= 12 and self.kind != WORKER

    def quit(self, firm: Firm) -> None:
        """Take a post elsewhere: commute from a home here, or leave the place."""
        model = self.model
        model.counts["quits"] += 1
        firm.lose(self)
        self.employer = None
        self.tenure = 0
        if self.home is not None and model.random.random() < model.hiring.keeps_home:
            self.elsewhere = True
            self.flat = False
        else:
            self.leave()

    def leave(self) -> None:
        """Leave the place for good."""
        if self.home is not None:
            self.home.let -= self.home_m2
        self.model.counts["left"] += 1
        self.remove()

    def commute_km(self, firm: Firm) -> float:
        """Return the way to a firm, km: from home, school or, elsewhere, as far as luck has it."""
        start = self.home if self.home is not None else self.school
        if start is None:
            return self.far_km
        way = math.hypot(start.column - firm.cell.column, start.line - firm.cell.line)
        return way * self.model.norm.cell_m / 1000

    def accepts(self, firm: Firm) -> bool:
        """Return whether a seeker takes a post: near and well paid ones sooner."""
        p, now = self.model.hiring, 1.0
        if self.employer is not None:
            now = self.employer.offer
        chance = math.exp(-self.commute_km(firm) / p.commute_km)
        chance *= (firm.offer / now) ** p.pay_response
        return self.model.random.random() < chance

    def score(self, firm: Firm) -> float:
        """Return what a seeker is worth to a firm, sd of skill."""
        p = self.model.hiring
        known = self.experience / (self.experience + p.experience_months)
        return self.skill + p.sector_match * (self.sector == firm.sector) + p.experience * known

    def stay_or_leave(self) -> None:
        """Leave by rent burden, amenities and attachment; who seeks gives up in time."""
        firm, model = self.employer, self.model
        if firm is None and not self.elsewhere:
            if self.gives_up <= model.month:
                self.leave()
            return
        u = model.random.random()
        if u >= model.most_leaving:
            return
        p = model.housing
        place = 2 if self.home is None else int(self.flat)
        tied = model.mean_tied if firm is None else firm.tied
        if self.kind == WORKER:
            tied = model.workers_tied
        settled = self.tenure / (self.tenure + p.settled_months)
        tied *= 1 + p.settled_relief * (1 - 2 * settled)
        if u >= model.leaving[self.kind][place] * tied or self.founder:
            return
        if firm is not None:
            firm.lose(self)
        self.leave()

    def look_for_home(self) -> None:
        """Be counted as a resident, or ask for a home in the first two months of a job."""
        if self.home is not None:
            self.model.residents += 1
            self.model.flats_held += self.flat
        elif self.employer is not None and self.tenure <= 1 and self.wish < self.model.wish_share:
            self.model.newcomers.append(self)

    def wants_flat(self) -> bool:
        """Return whether one queues for a talent apartment."""
        if self.employer is None or self.flat or self.kind == WORKER:
            return False
        return self.home is not None or self.wish < self.model.flat_share

    def move_in(self, cell: Cell) -> None:
        """Take a home."""
        cell.let += self.home_m2
        self.home = cell
        self.employer.locals += 1
        self.model.residents += 1
