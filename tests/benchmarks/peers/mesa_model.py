"""The Mesa port of the people processes, in Mesa's own idioms: agents, agent sets, `model.step`."""

from __future__ import annotations

import time

import mesa

from sim.state.columns import DEVELOPER, NOBODY, SCIENTIST, STUDENT, WORKER
from sim.state.world import World
from tests.benchmarks.peers import mesa_housing
from tests.benchmarks.peers.mesa_firms import Cell, Firm
from tests.benchmarks.peers.mesa_people import Adult, Student
from tests.benchmarks.peers.work import COUNTS, Work, scalars


class PeopleOnly(mesa.Model):
    """Hiring and housing of a place that was built by the engine."""

    def __init__(self, world: World, seed: int) -> None:
        super().__init__(rng=seed)
        self.norm = scalars(world.norms)
        self.market = scalars(world.market)
        self.market.living_access = min(self.norm.living_access + self.norm.layout_access, 1.0)
        self.acc = scalars(world.params["accounts"])
        self.hiring = scalars(world.params["hiring"])
        self.housing = scalars(world.params["housing"])
        self.sectors = world.mix[0].tolist()
        self.worker_belonging = float(world.governments.rows["worker_belonging"][0])
        self.leisure = float(world.rule["living_leisure"][0])
        self.month = 0
        self.developer = DEVELOPER
        self.wage_level = self.norm.city_factor * self.market.wage
        self.counts = dict.fromkeys((*COUNTS, "graduated"), 0)
        self.agent_steps = 0
        self.veterans = self.residents = self.flats_held = 0
        self.idle: list[Adult] = []
        self.movers: list[Adult] = []
        self.newcomers: list[Adult] = []
        self._populate(world)

    def _populate(self, world: World) -> None:
        """Make an agent of every firm and person of the built place."""
        ground = world.cells.rows
        names = ("column", "line", "floor_housing", "let_housing", "housing_outside")
        cells = [Cell(*row) for row in zip(*(ground[n].tolist() for n in names), strict=True)]
        self.homes = [cells[k] for k in world.homes.tolist()]
        firms = [Firm(self, r, cells[int(r["cell"])]) for r in world.firms.rows]
        uids = world.firms.rows["uid"].tolist()
        schools = [cells[k] for k in world.institutions.rows["cell"].tolist()]
        self.classes: dict[int, list[Student]] = {k: [] for k in range(self.course)}
        people = world.people.rows
        for kind, employer, home, skill, tenure, known, due, school, flat, founded, sector in zip(
            *(getattr(people, name).tolist() for name in _PERSON), strict=True
        ):
            at = schools[school] if school >= 0 else None
            if kind == STUDENT:
                self.classes[due % self.course].append(Student(self, at, due))
                continue
            firm = firms[employer] if employer >= 0 else None
            person = Adult(self, kind, firm, sector, school=at, gives_up=due)
            person.elsewhere = firm is None and employer != NOBODY
            person.home = cells[home] if home >= 0 else None
            person.skill, person.tenure, person.experience = skill, tenure, known
            person.flat = bool(flat)
            person.founder = firm is not None and founded == uids[employer]

    @property
    def course(self) -> int:
        """Months of a course."""
        return int(self.housing.study_months)

    def wage_of(self, kind: int) -> float:
        """Return the loaded wage of a kind of worker, CNY a month."""
        acc = self.acc
        if kind == DEVELOPER:
            return acc.wage_developer * self.wage_level
        return (acc.wage_scientist if kind == SCIENTIST else acc.wage_worker) * self.wage_level

    def draw_sector(self) -> int:
        """Draw a sector in the place's proportions."""
        u = self.random.random()
        return next((s for s, top in enumerate(self.sectors) if u < top), len(self.sectors) - 1)

    def draw_kind(self) -> int:
        """Draw the kind of a hire in the place's proportions."""
        u, norm = self.random.random(), self.norm
        if u < norm.worker_share:
            return WORKER
        return DEVELOPER if u < norm.worker_share + norm.developer_share else SCIENTIST

    def step(self) -> None:
        """Run a month: posts, partings, hires, pay; graduation, leaving, homes."""
        adults, firms = self.agents_by_type[Adult], self.agents_by_type[Firm]
        self.agent_steps += len(adults)
        self.idle, self.movers, self.newcomers = [], [], []
        self.tight = min(3.0, self.market.openings_per_worker / self.hiring.job_moves_openings)
        self.veterans = 0
        staff = sum(firms.get("staff"))
        firms.do("open_posts")
        openings = sum(firms.get("vacancies"))
        adults.do("part_ways")
        firms.do("average_skill")
        self.market.openings_per_worker = openings / max(staff, 1)
        self._fill_posts(firms, openings)
        still = sum(firms.get("vacancies"))
        firms.do("set_pay", still / max(openings, 1))
        for student in self.classes[self.month % self.course]:
            student.graduate()
        mesa_housing.set_leaving(self, firms)
        adults.do("stay_or_leave")
        mesa_housing.settle(self, adults)
        self.counts["residents"] = self.residents
        self.month += 1

    def _fill_posts(self, firms: mesa.agent.AgentSet, openings: int) -> None:
        """Go through the open posts in random order: seekers of the place, else from outside."""
        p, random = self.hiring, self.random.random
        queue = self._queue(2 * p.search_width * p.fill_here * openings + 40)
        taken: set[Adult] = set()
        pull = p.fill_outside * self._pull()
        posts = [firm for firm in firms for _ in range(firm.vacancies)]
        self.random.shuffle(posts)
        for firm in posts:
            kind, meets, best = self.draw_kind(), random(), None
            if meets < p.fill_here:
                best = firm.best_seeker(queue, taken, kind)
            if best is not None:
                taken.add(best)
                firm.take_on(best)
            elif p.fill_here <= meets < p.fill_here + pull * firm.pay**p.pull_wage:
                firm.take_from_outside(kind)
            else:
                continue
            firm.vacancies -= 1
            self.counts["hires"] += 1

    def _queue(self, most: float) -> list[Adult]:
        """Return about `most` of those without work, then all movers, in order of luck."""
        random, front = self.random.random, most / max(len(self.idle), 1)
        luck = [(random(), False, person) for person in self.idle]
        luck += [(random(), True, person) for person in self.movers]
        queue = [(u, person) for u, moves, person in luck if moves or u < front]
        return [person for _, person in sorted(queue, key=lambda pair: pair[0])]

    def _pull(self) -> float:
        """Return how many come from outside for a post, over the start."""
        p, m, norm = self.hiring, self.market, self.norm
        dearer = m.rent_home / norm.rent_home if norm.rent_home > 0 else 1.0
        return m.wage**p.pull_wage * dearer**-p.pull_home


_PERSON = (
    "kind", "employer", "home_cell", "skill", "tenure", "field_experience", "graduates",
    "institution", "apartment", "founder_of", "sector",
)  # fmt: skip


def run(world: World, months: int, seed: int) -> Work:
    """Run the Mesa port; making the agents is not timed."""
    model = PeopleOnly(world, seed)
    start = time.process_time()
    for _ in range(months):
        model.step()
    cpu = time.process_time() - start
    return Work({name: float(model.counts[name]) for name in COUNTS}, model.agent_steps, cpu)
