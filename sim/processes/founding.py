"""Universities, giants, firms, returnees and outsiders produce founding teams (model 6.4).

Each stream draws the same potential founders under every policy, at the realised rate over the mean
founding chance; who of them founds is decided by

    P(found) = logit⁻¹(b0 + idea + role models + runway + cofounder prospect - wage - living cost)

with every term a deviation from the place's mean (evidence C01-C16), so a policy moves it both ways.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Parameters, param
from sim.draw import (
    keys,
    newborn,
    newborns,
    normal,
    of_site,
    poisson,
    purpose,
    stream,
    uniform,
    uniform2,
    uniforms,
)
from sim.kernel import inlined, kernel
from sim.state.awards import afford
from sim.state.columns import (
    BRANCH,
    GIANT_LEAVER,
    GRADUATE,
    GROW,
    INDEPENDENT,
    NOBODY,
    RETURNEE,
    SCHOLAR,
    SPIN_OUT,
    STAY_SMALL,
    STUDENT,
    VENTURE,
)  # fmt: skip
from sim.state.costs import programme_resources, team_cost
from sim.state.ledger import (
    FOUNDING_CAPITAL,
    GOVERNMENT,
    HOUSEHOLDS,
    RETURNEE_PROGRAMME,
    TEAM,
    pay,
)  # fmt: skip
from sim.state.table import reordered
from sim.state.world import World

READS = (
    "firms",
    "institutions",
    "market",
    "norms",
    "operators",
    "rule",
    "programme_state",
    "people",
)
WRITES = (
    "founders", "institutions", "people", "purse", "flows", "tally", "governments.returnees",
    "governments.budget_left", "governments.spent_year", "governments.family_spent", "governments.refused",
)  # fmt: skip

PARAMETERS = Parameters(
    "founding",
    rate=param(1, "ratio", 0, 4, "assumption", "scale of all founding", "创业总倍率"),
    tech_share=param(0.2, "share", 0.05, 0.5, "assumption", "technology ventures among founders", "科技创业占比"),
    faculty_rate=param(0.008, "1/year", 0.002, 0.02, "C06", "founding by faculty", "教师创业率"),
    graduate_rate=param(0.016, "1/year", 0.004, 0.03, "C05", "founding by recent graduates", "毕业生创业率"),
    local_start=param(0.08, "share", 0.05, 0.3, "assumption", "teams that look for space here", "就地落户比例"),
    campus_km=param(0, "km", 0, 60, "assumption", "way to the institutions beyond what the place says", "社区距校园的额外距离"),
    campus_reach_km=param(10, "km", 3, 40, "assumption", "way at which a third of their teams still come", "校园辐射衰减距离"),
    staff_rate=param(0.001, "1/year", 0.001, 0.008, "C09", "spin-outs per head", "员工创业率"),
    staff_exponent=param(0.3, "exponent", 0.0, 0.6, "C12", "fewer per head in large firms", "大企业递减指数"),
    staff_quality=param(0.5, "per sd", 0.0, 1.0, "C10", "more from good firms", "优质企业增益"),
    slump=param(0.3, "share", 0.0, 1.0, "C14", "more when growth slumps", "增速下滑增益"),
    venture_backed=param(0.509, "share", 0.0, 1.0, "C13", "more from venture-backed firms", "风投企业增益"),
    outsiders_per_year=param(40, "1/year at 405 firms", 40, 600, "assumption", "outside candidates", "外来潜在创业者"),
    outsiders_exponent=param(0.106, "exponent", 0.0, 1.0, "assumption", "their growth with firms", "随企业数弹性"),
    returnee_share=param(0.26, "share", 0.0, 1.0, "assumption", "returnees among outsiders", "海归占比"),
    chance=param(0.25, "share", 0.1, 0.5, "assumption", "mean chance that a candidate founds", "平均创业概率"),
    idea=param(1, "logit", 0, 2, "assumption", "weight of the idea", "创意权重"),
    role_models=param(0.5, "logit per log", 0, 1.5, "C08", "weight of role models", "榜样权重"),
    peers=param(0.2, "logit per log", 0, 1, "assumption", "weight of young firms the employer knows", "相识新创企业的示范"),
    recombination=param(0, "share", 0, 0.5, "assumption", "spin-outs that open a new sector", "跨界重组催生新行业占比"),
    recombination_ties=param(3, "ties", 1, 20, "assumption", "ties across sectors that it takes", "跨界重组所需联系"),
    youth=param(1, "log", 0, 3, "assumption", "founders known through youth events, many a month", "青年活动带来的榜样"),
    runway=param(0.05, "logit/month", 0, 0.15, "assumption", "weight of runway", "跑道权重"),
    cofounder_prospect=param(0.5, "logit", 0, 1.5, "assumption", "weight of cofounder prospects", "合伙人前景权重"),
    opportunity_wage=param(1, "logit per log", 0, 2, "assumption", "weight of the wage forgone", "机会工资权重"),
    living_cost=param(1, "logit", 0, 3, "assumption", "weight of the rent burden", "生活成本权重"),
    dual_relief=param(0.3, "logit", 0, 1, "assumption", "wage kept by scholars with a post", "双重身份缓解"),
    leave_relief=param(0.05, "logit per year", 0, 0.3, "assumption", "safety of a year's leave from the post", "离岗年限缓解"),
    dual_share=param(0.3, "share", 0, 1, "assumption", "scholars who keep a post without the rule", "默认双重身份占比"),
    dual_share_allowed=param(0.6, "share", 0, 1, "assumption", "scholars who keep a post if allowed", "允许后双重身份占比"),
    inherited_quality=param(0.445, "share", 0.1, 0.7, "C10", "quality inherited from the parent", "质量继承"),
    inherited_knowledge=param(0.1, "share", 0.02, 0.25, "C11", "knowledge inherited", "知识继承"),
    same_domain=param(0.75, "share", 0.4, 0.95, "C03", "locals who stay in the domain", "留在原行业"),
    runway_median=param(4.81, "months", 4, 18, "assumption", "median runway at birth", "初始跑道中位数"),
    runway_sd=param(1.2, "log", 0.3, 1.2, "assumption", "spread of runway at birth", "初始跑道离散度"),
    stay_small=param(0.703, "share", 0.5, 0.9, "assumption", "founders who stay small by choice", "甘于小规模占比"),
    venture_share=param(0.676, "share of growers", 0.2, 0.8, "assumption", "growers who seek venture money", "寻求风投占比"),
    contract_median=param(1.31, "of cash cost", 0.7, 1.5, "assumption", "median contract income", "合同收入中位数"),
    contract_sd=param(0.8, "log", 0.2, 0.8, "assumption", "spread of contract income", "合同收入离散度"),
    head_start=param(1.16, "ratio", 1.0, 1.6, "C10", "contract work that spin-outs bring along", "同业衍生自带合同"),
    fee_dislike=param(3, "logit per share", 0, 15, "assumption", "dislike of a fee on the first round", "对转化费的抵触"),
    frontier_university=param(2, "index", 0, 10, "assumption", "knowledge of universities brought in", "引进高校知识前沿"),
    frontier_institute=param(3, "index", 0, 10, "assumption", "knowledge of institutes brought in", "引进院所知识前沿"),
    alumni_years=param(3, "years", 1, 5, "assumption", "years in which graduates found", "毕业创业年限"),
    experience=param(1.5, "ratio", 1.0, 2.0, "C15", "weight of experience in the sector", "同业经验权重"),
)  # fmt: skip

_COUNT = purpose("founding.count")
_CHILD = purpose("founding.child")
_FOUND = purpose("founding.decide")
_QUALITY = purpose("founding.quality")
_TRAIT = purpose("founding.trait")
_INTAKE = purpose("founding.intake")
_PLACED = purpose("founding.placed")
_PLACED_STREAM = 8_800_011  # stands for the parent of institutions brought in
_OUTSIDERS = np.int64(7_700_001)  # stands for the stream of outsiders where others have a parent


@inlined
def draw_ambition(u, p):
    """Return the ambition of a founder from a uniform number."""
    if u < p.stay_small:
        return STAY_SMALL
    return VENTURE if u < p.stay_small + (1 - p.stay_small) * p.venture_share else GROW


@inlined
def pick(cumulative, u):
    """Return the index that a uniform number picks from cumulative shares."""
    for i in range(cumulative.size):
        if u < cumulative[i]:
            return i
    return cumulative.size - 1


@inlined
def expected_support(programmes, state, intensity, month, acc, market):
    """Return what a team may expect of the programmes in force, CNY."""
    total = 0.0
    for k in range(programmes.size):
        g = programmes[k]
        if intensity[k] <= 0 or month < g.start or month > g.end:
            continue
        if g.kind == 4 or g.kind == 6 or g.kind == 0:
            chance = state[k].granted / state[k].asked if state[k].asked > 0 else 1.0
            months = min(g.months_max, g.end - month + 1 + g.taper)
            area = 3 * acc.office_m2_head
            worth = programme_resources(g, acc, area, market.rent_office, months)
            total += min(1.0, chance) * intensity[k] * worth
    return total


@inlined
def institution_rate(inst, norm, p):
    """Return the teams of an institution that look for space here a year, as they would be realised.

    Fewer do where the campuses lie far off; institutions brought in stand in the place itself.
    """
    graduates = p.graduate_rate * 3 * inst.graduates_per_year
    teams = p.tech_share * p.local_start * (p.faculty_rate * inst.faculty + graduates)
    way = p.campus_km + (norm.campus_km if inst.opened < 0 else 0.0)
    return teams * math.exp(-way / p.campus_reach_km)


@kernel
def found(
    firms, institutions, operators, programmes, state, intensity, rule, market, norms, mix,
    p, acc, people_near, settle, taken, seed, month, records, log,
):  # fmt: skip
    """Fill `records` with the teams that form this month; return (teams, candidates).

    `settle` is what a returnee may expect for settling in, CNY; `taken` the tally that counts results
    of institutions matched with candidates.

    `log` takes the logit of each candidate while there is room, for the build, which solves the
    intercept from them.
    """
    p, acc, market, norm, rule = p[0], acc[0], market[0], norms[0], rule[0]
    wage_level = norm.city_factor * market.wage
    month_key = stream(seed, _COUNT, month)
    count = 0
    seen = 0
    support = expected_support(programmes, state, intensity, month, acc, market)
    take_home = acc.wage_developer * wage_level / 1.3 * 0.78
    # Flats and the living circle lower what living here costs.
    home = market.rent_home * 30 * (1 - market.home_relief)
    burden = home / take_home * (1 - 0.1 * (market.living_access - norm.living_access))
    role = math.log((1.0 + firms.size) / (1.0 + norm.firms))
    prospect = people_near / (people_near + norm.cofounder_mean) - 0.5
    common = (
        norm.found_intercept
        + p.cofounder_prospect * prospect
        - p.opportunity_wage * math.log(market.wage)
        - p.living_cost * (burden - norm.burden_mean)
    )
    reputation = operators[0].reputation
    # A result on offer goes to as many potential founders of institutions as there are results.
    potential = 0.0
    for s in range(institutions.size):
        potential += institution_rate(institutions[s], norm, p)
    potential *= p.rate / p.chance / 12
    matched = min(1.0, rule.transfer_results / max(potential, 1e-12))
    streams = institutions.size + firms.size + 1
    for s in range(streams):
        parent = _OUTSIDERS
        row = -1
        if s < institutions.size:
            inst = institutions[s]
            parent = inst.uid
            rate = institution_rate(inst, norm, p)
            scholars = p.faculty_rate * inst.faculty
            total = scholars + p.graduate_rate * 3 * inst.graduates_per_year
            scholar_share = scholars / max(total, 1e-12)
        elif s < institutions.size + firms.size:
            row = s - institutions.size
            firm = firms[row]
            parent = firm.uid
            slump = firm.growth < firm.growth_last - 0.1
            rate = p.staff_rate * firm.staff * (max(firm.staff, 1) / 50.0) ** -p.staff_exponent
            rate *= max(0.0, 1 + p.staff_quality * firm.quality)
            rate *= (1 + p.slump * slump) * (1 + p.venture_backed * (firm.rounds > 0))
        else:
            size = (firms.size / 405.0) ** p.outsiders_exponent
            rate = p.outsiders_per_year * p.chance * size * (0.5 + reputation)
        rate *= p.rate / p.chance / 12
        k_total = poisson(month_key, parent, rate)
        for k in range(k_total):
            uid = newborn(of_site(parent, seed), month, k, _CHILD)
            trait = stream(seed, _TRAIT, month)
            quality = normal(stream(seed, _QUALITY, month), uid)
            idea = uniform2(trait, uid, 0)
            runway = p.runway_median * math.exp(p.runway_sd * _normal2(trait, uid, 1))
            dual = 0
            wage_relief = 0.0
            fee = 0.0
            origin = INDEPENDENT
            generation = 0
            sector = pick(mix[0], uniform2(trait, uid, 2))
            knowledge = market.frontier * math.exp(0.5 * _normal2(trait, uid, 3))
            if s < institutions.size:
                origin = SCHOLAR if uniform2(trait, uid, 4) < scholar_share else GRADUATE
                allowed = p.dual_share
                if not math.isnan(rule.dual_allowed):
                    allowed = p.dual_share_allowed * rule.dual_allowed
                if origin == SCHOLAR and uniform2(trait, uid, 5) < allowed:
                    dual = 1
                    wage_relief = p.dual_relief
                    if rule.dual_leave_months > 0:
                        wage_relief += p.leave_relief * rule.dual_leave_months / 12
                # A result is taken where what it adds to the idea outweighs the fee.
                better = min(1.0, idea + rule.transfer_gain)
                worth = p.idea * (better - idea) - p.fee_dislike * rule.transfer_fee
                if matched > 0 and worth > 0 and uniform2(trait, uid, 12) < matched:
                    idea = better
                    fee = rule.transfer_fee
                    wage_relief -= p.fee_dislike * fee
                    taken[0].results_taken += 1
            elif row >= 0:
                firm = firms[row]
                origin = GIANT_LEAVER if firm.ambition == BRANCH else SPIN_OUT
                generation = firm.generation + 1
                h = p.inherited_quality
                quality = h * firm.quality + math.sqrt(1 - h * h) * quality
                knowledge *= (firm.knowledge / market.frontier) ** p.inherited_knowledge
                if uniform2(trait, uid, 6) < p.same_domain:
                    sector = firm.sector
                    quality += 0.1 * (p.experience - 1)
                if firm.cross_ties >= p.recombination_ties and norm.new_sector >= 0:
                    if uniform2(trait, uid, 13) < p.recombination:
                        sector = int(norm.new_sector)
            elif uniform2(trait, uid, 7) < p.returnee_share:
                origin = RETURNEE
            if market.shift > 0 and sector == int(market.shift_from):
                if uniform2(trait, uid, 14) < market.shift:
                    sector = int(market.shift_to)
            brings = p.head_start if row >= 0 and sector == firms[row].sector else 1.0
            cofounder = 1 if uniform2(trait, uid, 8) < 0.5 else 0
            cost = team_cost(acc, wage_level, 1)
            logit = common + wage_relief + p.idea * (idea - 0.5)
            if s < streams - 1:  # those from outside know founders elsewhere
                logit += p.role_models * role
            if row >= 0:  # who sees founders among the firms that the employer knows
                logit += p.peers * (math.log(1.0 + firms[row].peers) - norm.peers_mean)
            if origin == GRADUATE:  # who met founders at youth events
                logit += p.role_models * p.youth * (1 - math.exp(-rule.event_youth))
            money = support + (settle if origin == RETURNEE else 0.0)
            logit += p.runway * (min(runway + money / cost, 48.0) - norm.runway_mean)
            chance = 1 / (1 + math.exp(-logit))
            if seen < log.size:
                log[seen] = logit
            seen += 1
            if uniform(stream(seed, _FOUND, month), uid) >= chance or count >= records.size:
                continue
            team = records[count]
            team.uid = uid
            team.born = month
            team.origin = origin
            team.ability = _normal2(trait, uid, 9)
            team.idea = idea
            team.dual_identity = dual
            team.cofounder = cofounder
            team.runway = runway
            team.sector = sector
            team.parent = parent if parent != _OUTSIDERS else 0
            team.generation = generation
            team.institution = s if s < institutions.size else -1
            team.quality = quality
            team.knowledge = knowledge
            team.transfer_fee = fee
            team.ambition = draw_ambition(uniform2(trait, uid, 10), p)
            team.contract_factor = (
                brings * p.contract_median * math.exp(p.contract_sd * _normal2(trait, uid, 11))
            )
            count += 1
    return count, seen


@inlined
def _normal2(key, uid, ordinal):
    return normal(stream(key, np.uint64(ordinal), 0), uid)


@kernel
def endow(books, first, acc, market, norms):
    """Give the teams from row `first` on their savings: runway times what they live on."""
    wage_level = norms[0].city_factor * market[0].wage
    for i in range(first, books.teams.size):
        team = books.teams[i]
        pay(
            books, HOUSEHOLDS, 0, TEAM, i, FOUNDING_CAPITAL,
            team.runway * team_cost(acc[0], wage_level, 1),
        )  # fmt: skip


@kernel
def settle_returnees(books, governments, first, rule):
    """Give founders who return, from row `first` on, their places while the year has any.

    Whoever takes one brings what is known at the world's frontier.
    """
    government, rule = governments[0], rule[0]
    for i in range(first, books.teams.size):
        team = books.teams[i]
        if team.origin != RETURNEE or government.returnees + 1 > rule.returnee_places:
            continue
        if not afford(government, rule.returnee_settle):
            continue
        government.returnees += 1
        team.knowledge *= rule.returnee_frontier
        pay(books, GOVERNMENT, 0, TEAM, i, RETURNEE_PROGRAMME, rule.returnee_settle)


@kernel
def enrol(people, n, count, institution, uid, month, study_months):
    """Write an intake of `count` students behind row `n`; return the number of people."""
    for k in range(count):
        people.uid[n] = newborn(uid, month, k, _INTAKE)
        people.kind[n] = STUDENT
        people.site[n] = 0
        people.home_cell[n] = -1
        people.employer[n] = NOBODY
        people.wage[n] = 0.0
        people.skill[n] = 0.0
        people.tenure[n] = 0
        people.graduates[n] = month + study_months
        people.institution[n] = institution
        people.apartment[n] = 0
        people.migrant[n] = 0
        people.founder_of[n] = 0
        people.sector[n] = 0
        people.field_experience[n] = 0
        n += 1
    return n


def place_institutions(world: World) -> None:
    """Open the institutions that were built, universities first (lever `institution_placement`)."""
    rule, p = world.rule, world.params["founding"]
    known = int((world.institutions.rows["opened"] >= 0).sum())
    new = int(rule["placed_institutions"][0]) - known
    if new <= 0:
        return
    rows = world.institutions.make(new)
    rows["uid"] = newborns(_PLACED_STREAM, known + new, _PLACED, world.seed)[known:]
    order = known + np.arange(new)
    rows["kind"] = order >= rule["placed_universities"][0]
    spot = uniforms(keys(world.seed, _PLACED, 1)[0], rows["uid"])
    rows["cell"] = (spot * len(world.cells)).astype(np.int64)
    rows["faculty"] = rule["placed_faculty"][0]
    rows["places"] = np.where(rows["kind"] == 0, rule["placed_students"][0], 0.0)
    frontier = p["frontier_university"][0], p["frontier_institute"][0]
    rows["frontier"] = np.where(rows["kind"] == 0, *frontier)
    rows["opened"] = world.month
    world.institutions.append(rows)


def teach(world: World) -> None:
    """Take in the students of new universities year by year; their graduates found in time."""
    p = world.params["founding"][0]
    study = int(world.params["housing"]["study_months"][0])
    for i, one in enumerate(world.institutions.rows):
        age = world.month - int(one["opened"])
        if one["opened"] < 0 or one["places"] <= 0:
            continue
        a_year = int(one["places"] * 12 / study)
        if age % 12 == 0 and age < study:
            people = world.people.reserve(a_year)
            world.people.n = enrol(
                people, world.people.n, a_year, i, one["uid"], world.month, study
            )
            world.people.regroup()
            world.institutions.rows["students"][i] += a_year
            world.tally["people_born"] += a_year
        # Founders come from the graduates of the last years, who are few at first.
        grown = min(1.0, max(0.0, (age - study) / 12 / float(p["alumni_years"])))
        world.institutions.rows["graduates_per_year"][i] = a_year * grown


def candidates(world: World, records: np.ndarray, log: np.ndarray) -> tuple[int, int]:
    """Draw this month's potential founders; see `found`."""
    near = world.market["seekers"][0] + world.firms.rows["developers"].sum()
    settle = 0.0
    if world.rule["returnee_places"][0] >= world.governments.rows["returnees"][0] + 1:
        settle = float(world.rule["returnee_settle"][0])
    return found(
        world.firms.rows, world.institutions.rows, world.operators.rows, world.rules.programmes,
        world.programme_state, world.intensity, world.rule, world.market, world.norms, world.mix,
        world.params["founding"], world.params["accounts"], float(near), settle, world.tally, world.seed,
        world.month, records, log,
    )  # fmt: skip


_NO_LOG = np.zeros(0)


def step(world: World) -> None:
    """Open new institutions and let new founding teams form."""
    place_institutions(world)
    if (world.institutions.rows["opened"] >= 0).any():
        teach(world)
    records = world.founders.make(48 + len(world.firms) // 8)
    count, seen = candidates(world, records, _NO_LOG)
    first = len(world.founders)
    world.founders.append(reordered(records, np.argsort(records["uid"][:count])))
    endow(world.books, first, world.params["accounts"], world.market, world.norms)
    if world.rule["returnee_places"][0] > 0:
        settle_returnees(world.books, world.governments.rows, first, world.rule)
    world.tally["candidates"] += seen
