"""Firms of the Mesa port: what they want to employ, whom they take, what they pay."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mesa

from sim.state.columns import BRANCH, DEVELOPER, LAB, OFFICE, SCIENTIST, VENTURE, WORKER
from tests.benchmarks.peers.mesa_people import Adult

if TYPE_CHECKING:
    from tests.benchmarks.peers.mesa_model import PeopleOnly

LOOKS = 60  # people in the queue that a post goes past at most


@dataclass(slots=True)
class Cell:
    """A cell of ground: where it lies and how much of its homes is let, m²."""

    column: int
    line: int
    housing: float
    let: float
    outside: float

    @property
    def free(self) -> float:
        """Homes that nobody lives in, m²."""
        return self.housing - self.let - self.outside


class Firm(mesa.Agent):
    """A firm; `record` has its columns at the start, of which most never change here."""

    def __init__(self, model: PeopleOnly, record: Any, cell: Cell) -> None:
        super().__init__(model)
        for name in _COPIED:
            setattr(self, name, record[name].item())
        self.cell = cell
        self.heads = [0, self.developers, self.scientists, self.workers]
        lean = not self.sold and self.rounds == 0 and self.maturity < 4 and self.ambition != BRANCH
        self.is_lean = lean
        self.layoff_share = self.quit_hazard = self.skill_sum = 0.0
        self.opened = 0
        self.tied = 1.0

    @property
    def offer(self) -> float:
        """Pay over the market's; lean teams pay a share of it."""
        return self.pay * (self.model.acc.lean_share if self.is_lean else 1.0)

    def lose(self, person: Adult) -> None:
        """Count a person out."""
        self.staff -= 1
        self.heads[person.kind] -= 1
        self.locals -= person.home is not None

    def join(self, person: Adult) -> None:
        """Count a person in."""
        self.staff += 1
        self.heads[person.kind] += 1
        self.locals += person.home is not None

    def full_cost(self) -> float:
        """Return what the firm costs a month at full pay, CNY."""
        acc, norm = self.model.acc, self.model.norm
        wages = (
            self.heads[DEVELOPER] * acc.wage_developer
            + self.heads[SCIENTIST] * acc.wage_scientist
            + self.heads[WORKER] * acc.wage_worker
        )
        wages *= self.model.wage_level * self.pay
        compute = acc.compute_share if self.sector == 0 else acc.compute_other
        cost = wages * (1 + acc.tax_payroll + compute + acc.other_share)
        return cost + self.area * self.rent * (1 - self.owns_space) + norm.fee_per_head * self.staff

    def wanted_staff(self) -> float:
        """Return the staff that income and, for venture firms, cash pay for."""
        acc, p = self.model.acc, self.model.hiring
        if self.staff < 1:
            return 0.0
        if self.is_lean:
            if self.cash < 2 * max(self.cost - self.income, 0.0):
                return max(2.0, 0.7 * self.staff) if self.staff > 2 else float(self.staff)
            return self.staff * max(1.0, p.lean_hiring * self.income / max(self.cost, 1.0))
        head = self.full_cost() / self.staff
        means = self.revenue * (1 - acc.tax_revenue - self.model.norm.input_share)
        means += self.contract_income
        if self.ambition == VENTURE and self.rounds > 0:
            if self.model.month - self.last_round <= p.patience_months:
                means += max(self.cash, 0.0) / p.cash_months
        return means / max(head, 1.0)

    def open_posts(self) -> None:
        """Set wanted staff, open posts and the chances by which people go this month."""
        acc, p, random = self.model.acc, self.model.hiring, self.model.random
        target = max(min(self.wanted_staff(), self.staff_ceiling), 1.0)
        self.wanted = target
        head = acc.office_m2_head
        if self.use != OFFICE:
            head = acc.lab_m2_head if self.use == LAB else acc.production_m2_head
        target = min(target, max(self.area / (p.crowding * head), float(self.staff)))
        up = p.change_most
        if self.rounds > 0 and self.revenue < self.cost:
            up = min(up, p.funded_growth / 12)
        change = max(target - self.staff, -p.change_most * self.staff)
        change = min(change, up * self.staff + 0.5)
        whole = math.floor(abs(change))
        whole += random.random() < abs(change) - whole
        self.vacancies = self.opened = whole if change >= 0 else 0
        cut = min(whole, self.staff - 1) if change < 0 else 0
        self.layoff_share = cut / max(self.staff, 1)
        self.quit_hazard = p.job_moves / 12 * self.model.tight * self.pay**-p.pay_response
        self.skill_sum = 0.0

    def average_skill(self) -> None:
        """Take the mean skill of those who stayed."""
        if self.staff > 0:
            self.skill = self.skill_sum / self.staff

    def best_seeker(self, queue: list[Adult], taken: set[Adult], kind: int) -> Adult | None:
        """Return the most skilled of the few looked at who accept a post, or None."""
        best, best_score, looked = None, -1e9, 0
        total = len(queue)
        start = int(self.model.random.random() * total)
        for k in range(min(total, LOOKS)):
            person = queue[(start + k) % total]
            if person.kind != kind or person.employer is self or person in taken:
                continue
            looked += 1
            if person.accepts(self):
                score = person.score(self)
                if score > best_score:
                    best, best_score = person, score
            if looked >= self.model.hiring.search_width:
                break
        return best

    def take_on(self, person: Adult) -> None:
        """Employ a seeker, with the know-how learnt at the last firm."""
        model, old = self.model, person.employer
        if old is not None:
            old.lose(person)
            gap = max(math.log(old.knowledge / self.knowledge), 0.0)
            self.knowledge *= math.exp(model.hiring.knowhow * gap / max(self.staff, 1))
            model.counts["moves"] += 1
        else:
            model.counts["stayed"] += person.school is not None
        person.employer = self
        person.tenure = 0
        person.gives_up = -1
        person.wage = model.wage_of(person.kind) * self.pay
        person.sector = self.sector
        self.join(person)

    def take_from_outside(self, kind: int) -> None:
        """Employ a newcomer."""
        person = Adult(self.model, kind, self, self.sector)
        person.wage *= self.pay
        self.join(person)

    def set_pay(self, usual: float) -> None:
        """Pay more where posts stay open longer than others' do, less where not."""
        p = self.model.hiring
        more = p.pay_step * (self.vacancies - usual * self.opened) / max(self.staff, 1)
        gap = (self.pay - 1) * (1 - p.pay_return / 12) + more
        self.pay = 1 + min(max(gap, -p.pay_most), p.pay_most)


_COPIED = (
    "staff", "developers", "scientists", "workers", "locals", "pay", "vacancies", "wanted", "area",
    "use", "rent", "owns_space", "revenue", "contract_income", "cash", "cost", "income", "rounds",
    "last_round", "ambition", "staff_ceiling", "sector", "maturity", "sold", "satisfaction",
    "belonging", "knowledge", "skill",
)  # fmt: skip
