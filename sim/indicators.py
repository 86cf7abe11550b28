"""Indicators: what is recorded every month, declared once with unit, kind and formula (model 8).

`measure` reads the tables once a month into a record of raw quantities; `derive` turns a run's raw
records into the series, where sums over months and present values are taken.
"""

from __future__ import annotations

import math

import numpy as np

from sim.declare import Indicator, indicator
from sim.kernel import kernel
from sim.state.catalogue import SECTORS
from sim.state.columns import BRANCH, SUPPLY
from sim.state.focus import in_focus
from sim.state.ledger import (
    BRAND_FEE,
    CLAWBACK,
    COVER,
    DISTRIBUTION,
    DIVIDEND,
    EXIT,
    FIRM,
    FUND,
    GOVERNMENT,
    HOUSEHOLDS,
    LAND,
    MANAGEMENT_FEE,
    MENTORING,
    OPERATOR,
    PILOT_PLATFORM,
    POC_CENTRE,
    REDEMPTION,
    RENT,
    RENT_SUBSIDY,
    RESIDENTS,
    SALES,
    SCENE_OPENING,
    SERVICE_FEE,
    SHARED_LAB,
    SHARED_MANUFACTURING,
    SITE_TRANSFER,
    SUPPLIES,
    TAX_PAYROLL,
    TAX_REVENUE,
    WORLD,
)  # fmt: skip
from sim.state.records import AGES

_SERVICES = SECTORS.index("services")
# What firms pay the operator for by programme, beside the fees of its menu: service income too.
SOLD = (
    MENTORING, POC_CENTRE, PILOT_PLATFORM, SCENE_OPENING, SHARED_LAB, SHARED_MANUFACTURING,
)  # fmt: skip

_ALL: tuple[Indicator, ...] = (
    indicator("firms", "firms", "stock", "end", "up", "firms", "企业数", "operating firms on the site, branches and relocated included, nascent teams not", headline=True),
    indicator("firms_focal_share", "share", "share", "end", "none", "focal-sector share of firms", "主赛道企业占比", "firms of the focal sector / firms"),
    indicator("entries", "firms", "flow", "sum", "none", "entries", "新增企业", "births and arrivals"),
    indicator("entries_relocated", "firms", "flow", "sum", "none", "relocated entries", "迁入企业", "arrivals from outside"),
    indicator("closures", "firms", "flow", "sum", "down", "closures", "关闭企业", "firms that close"),
    indicator("leavers", "firms", "flow", "sum", "down", "leavers", "迁出企业", "firms that move away"),
    indicator("leavers_region", "firms", "flow", "sum", "down", "leavers from the region", "迁出区域企业", "firms that leave the region"),
    indicator("closure_rate", "1/year", "share", "mean", "down", "closure rate", "年关闭率", "12·closures / firms"),
    indicator("leave_rate", "1/year", "share", "mean", "down", "leave rate", "年迁出率", "12·leavers / firms"),
    indicator("spin_outs", "firms", "flow", "sum", "up", "spin-outs", "衍生企业", "births with a parent firm"),
    indicator("spin_out_share", "share", "share", "mean", "none", "spin-out share of births", "衍生占新生比", "spin-outs / births, last 12 months"),
    indicator("max_generation", "generations", "index", "end", "up", "deepest generation", "最深代次", "largest generation among firms"),
    indicator("graduates_incubator", "firms", "flow", "sum", "up", "incubator graduates", "孵化毕业企业", "tenants that leave the incubator"),
    indicator("survival_1y", "share", "share", "end", "up", "survival to 1 year", "1年存活率", "product over years of age of 1 - closed/at risk"),
    indicator("survival_3y", "share", "share", "end", "up", "survival to 3 years", "3年存活率", "as survival_1y"),
    indicator("survival_5y", "share", "share", "end", "up", "survival to 5 years", "5年存活率", "as survival_1y"),
    indicator("survival_10y", "share", "share", "end", "up", "survival to 10 years", "10年存活率", "as survival_1y"),
    indicator("jobs", "jobs", "stock", "end", "up", "jobs", "就业岗位", "staff of firms", headline=True),
    indicator("jobs_net_of_displacement", "jobs", "stock", "end", "up", "jobs net of displacement", "净新增后岗位", "jobs less firms moved within the region and local hires at the displacement share"),
    indicator("job_years", "job-years", "flow", "sum", "up", "job-years", "岗位年", "sum of jobs/12", headline=True),
    indicator("residents", "people", "stock", "end", "none", "residents", "常住成人", "adults who live on the site"),
    indicator("talent", "people", "stock", "end", "up", "talent", "人才", "developers and scientists employed here", headline=True),
    indicator("talent_retention_12m", "share", "share", "mean", "up", "talent kept for a year", "人才年保留率", "talent here for 12 months / talent 12 months ago"),
    indicator("talent_left", "people", "flow", "sum", "down", "talent that left", "人才流出", "developers and scientists who leave the site's firms"),
    indicator("students_retained_share", "share", "share", "mean", "up", "graduates who work here", "毕业生留用率", "graduates hired / graduates, last 12 months"),
    indicator("revenue", "CNY", "flow", "sum", "up", "firms' revenue", "企业收入", "sales and contract work"),
    indicator("rd_share", "share", "share", "mean", "up", "R&D share of revenue", "研发强度", "R&D, with a floor before revenue / revenue"),
    indicator("products_launched", "products", "flow", "sum", "up", "products launched", "上市产品", "arrivals at maturity 4", headline=True),
    indicator("months_to_market_median", "months", "index", "end", "down", "months to market", "上市用时中位数", "median from birth to maturity 4 of firms born in the run"),
    indicator("knowledge_mean", "index", "index", "end", "up", "knowledge", "平均知识", "mean of knowledge over the outside frontier"),
    indicator("ties_mean", "ties", "index", "end", "up", "ties per firm", "企均联系", "2·ties / firms"),
    indicator("partner_search_months", "months", "index", "mean", "down", "months to find a cofounder", "找合伙人用时", "team-months of search / cofounders found, last 12 months"),
    indicator("local_supply_share", "share", "share", "end", "up", "local supply", "本地供应占比", "mean of local supply"),
    indicator("operating_cost_index", "index", "index", "end", "down", "operating cost index", "运营成本指数", "other operating cost per unit of revenue, 100 at month 0"),
    indicator("funding_raised", "CNY", "flow", "sum", "up", "funding raised", "融资额", "money raised in rounds"),
    indicator("rounds_closed", "rounds", "flow", "sum", "up", "rounds closed", "融资轮次", "financing rounds"),
    indicator("seed_raise_again_share", "share", "share", "end", "up", "seed firms that raise again", "种子后再融资占比", "second rounds / first rounds that are 48 months old or decided"),
    indicator("unicorns", "firms", "flow", "end", "up", "unicorns", "独角兽", "firms that passed 7 bn CNY in the run"),
    indicator("listings", "firms", "flow", "sum", "up", "listings", "上市企业", "listings"),
    indicator("acquisitions", "firms", "flow", "sum", "none", "acquisitions", "并购", "acquisitions"),
    indicator("exit_value", "CNY", "flow", "sum", "up", "exit value", "退出价值", "value of acquisitions and listings"),
    indicator("vacancy", "share", "share", "end", "none", "office vacancy", "办公空置率", "1 - let / floor, office", headline=True),
    indicator("vacancy_lab", "share", "share", "end", "none", "laboratory vacancy", "实验空置率", "1 - let / floor, laboratories"),
    indicator("vacancy_production", "share", "share", "end", "none", "plant vacancy", "厂房空置率", "1 - let / floor, plants"),
    indicator("production_share", "share", "share", "end", "none", "plants' share of floor", "生产面积占比", "floor of plants / all floor"),
    indicator("floor_work", "m2", "stock", "end", "up", "floor for firms", "产业建筑面积", "offices, laboratories and plants"),
    indicator("old_stock_share", "share", "share", "end", "down", "old stock", "老旧存量占比", "old floor for firms / floor for firms"),
    indicator("owners_share", "share", "share", "end", "none", "firms that own their space", "自有空间企业占比", "owners / firms"),
    indicator("owner_leave_rate", "1/year", "share", "mean", "down", "leave rate of owners", "自有企业年迁出率", "12·owners that leave / owners"),
    indicator("units_sold_m2", "m2", "flow", "sum", "none", "plant units sold", "厂房分割转让面积", "units that firms bought"),
    indicator("solar_roof_share", "share", "share", "end", "up", "roofs with solar panels", "光伏屋顶占比", "roofs of plants with panels"),
    indicator("land_revenue", "CNY", "flow", "sum", "none", "land revenue", "土地收入", "industrial land sold"),
    indicator("rent_production", "CNY/m2/month", "index", "end", "none", "plant rent", "厂房租金", "asking rent of plants"),
    indicator("rent_office", "CNY/m2/month", "index", "end", "none", "office rent", "办公租金", "asking rent weighted by floor", headline=True),
    indicator("rent_home", "CNY/m2/month", "index", "end", "down", "home rent", "住房租金", "asking rent of homes"),
    indicator("amenity_access_mean", "share", "share", "end", "up", "amenity access", "配套可达", "share of functions within the walk"),
    indicator("issue_days", "days", "index", "mean", "down", "days to solve an issue", "诉求办理天数", "30·backlog / cases solved"),
    indicator("satisfaction", "0..1", "index", "end", "up", "satisfaction", "满意度", "mean over firms"),
    indicator("operator_rent_income", "CNY", "flow", "sum", "none", "operator: rent", "运营商租金收入", "tenants' own rent"),
    indicator("operator_rent_public", "CNY", "flow", "sum", "none", "operator: rent paid by government", "运营商公共租金收入", "public part of tenants' rent"),
    indicator("operator_service_income", "CNY", "flow", "sum", "up", "operator: services", "运营商服务收入", "fees of tenants and buyers"),
    indicator("operator_equity_income", "CNY", "flow", "sum", "up", "operator: equity", "运营商股权收入", "exits, dividends and redemptions of stakes"),
    indicator("operator_fund_income", "CNY", "flow", "sum", "up", "operator: funds", "运营商基金收入", "distributions of funds"),
    indicator("operator_brand_income", "CNY", "flow", "sum", "up", "operator: brand", "运营商品牌收入", "brand and entrusted operation"),
    indicator("zombies_kept", "firms", "flow", "sum", "down", "insolvent tenants carried", "垫付维持的租户", "tenants out of money whose arrears the operator paid to keep its bonus"),
    indicator("operator_cost", "CNY", "flow", "sum", "down", "operator: outlays", "运营商支出", "all payments of the operator"),
    indicator("operator_cash", "CNY", "stock", "end", "up", "operator: cash", "运营商现金", "cash at the end of the month"),
    indicator("operator_npv", "CNY", "stock", "end", "up", "operator: net present value", "运营商净现值", "net cash without public cover, discounted at the operator's rate", headline=True),
    indicator("operator_break_even_month", "month", "index", "end", "down", "operator: break-even month", "运营商盈亏平衡月", "first month from which cumulative cash stays positive"),
    indicator("service_to_rent", "ratio", "index", "end", "none", "service income over rent", "服务租金比", "operator's service income / tenants' own rent, last 12 months", headline=True),
    indicator("self_sufficiency", "ratio", "index", "end", "up", "self-sufficiency", "自给率", "operator's own income / cash cost, last 12 months"),
    indicator("equity_unrealised", "CNY", "stock", "end", "up", "unrealised stakes", "未实现股权", "probability of exit times share of value, discounted"),
    indicator("public_cost", "CNY", "flow", "sum", "down", "public outlays", "公共支出", "payments of government but those for residents, less clawbacks and fund returns, and land revenue forgone"),
    indicator("public_tax", "CNY", "flow", "sum", "up", "public revenue", "公共收入", "local taxes on revenue and wages"),
    indicator("public_npv", "CNY", "stock", "end", "up", "public net present value", "公共净现值", "taxes and land revenue less outlays and residents' cost, discounted"),
    indicator("public_cost_pv", "CNY", "stock", "end", "down", "public cost, present value", "公共成本现值", "public outlays discounted", headline=True),
    indicator("operator_cost_pv", "CNY", "stock", "end", "down", "operator cost, present value", "运营商成本现值", "operator's outlays and rent forgone, less cost of services sold and fund returns, discounted", headline=True),
    indicator("public_cost_per_job_year", "CNY/job-year", "index", "end", "down", "public cost per job-year", "每岗位年公共成本", "public_cost_pv / job-years so far"),
    indicator("founder_value", "CNY", "stock", "end", "up", "founders' value", "创始人价值", "pay, dividends and sales of founders discounted, plus their shares"),
    indicator("unmet_space_demand", "m2", "flow", "mean", "down", "unmet demand for space", "未满足空间需求", "floor asked for and not found"),
    indicator("refused_awards", "requests", "flow", "sum", "none", "refused requests", "被拒申请", "requests beyond limits and budgets"),
    indicator("retention_after_support_12m", "share", "share", "end", "up", "kept 12 months after support", "扶持结束12月保留率", "supported firms here at the stop that are here 12 months later"),
    indicator("retention_after_support_24m", "share", "share", "end", "up", "kept 24 months after support", "扶持结束24月保留率", "as 12 months", headline=True),
    indicator("retention_after_support_36m", "share", "share", "end", "up", "kept 36 months after support", "扶持结束36月保留率", "as 12 months"),
    indicator("site_moves", "firms", "flow", "sum", "none", "moves between sites", "社区间迁移企业", "firms that moved to a site from another site of the place"),
    indicator("site_people", "people", "flow", "sum", "none", "people who moved between sites", "社区间流动人员", "staff of such firms, and people without work who went to another site"),
    indicator("reproduction_number", "ratio", "index", "end", "up", "reproduction number", "再生数", "local births with a local parent firm / firms that died or reached 10 years"),
    indicator("local_partner_share", "share", "share", "mean", "up", "first orders with a partner here", "本地伙伴首单占比", "first orders of firms with a supply tie here / first orders, last 12 months"),
    indicator("service_firms_per_100", "firms", "index", "end", "none", "service firms per 100 firms", "每百家企业的服务企业", "100·firms of the sector services / firms"),
    indicator("births_institution_share", "share", "share", "mean", "none", "births out of institutions", "院校创业占新生比", "births of scholars' and graduates' firms / births, last 12 months"),
    indicator("founding_contagion", "ratio", "index", "mean", "none", "spread of founding", "创业传染", "share of spin-outs whose parent knows young firms / share of staff in such firms, last 12 months"),
    indicator("founders_top_university_share", "share", "share", "end", "none", "founders from the top two universities", "顶尖高校创始人占比", "firms founded out of the two universities with most graduates / firms without branches"),
    indicator("tie_overlap", "share", "share", "end", "none", "overlap of networks", "正式与非正式网络重叠", "ties of supply that are contacts or alumni as well / ties"),
    indicator("tie_distance_slope", "log per log", "index", "end", "none", "fall of ties with distance", "联系随距离的衰减", "log of ties per pair across buildings over that within one, per log of distance"),
    indicator("chain_completeness", "share", "share", "end", "up", "completeness of the chain", "链条完整度", "links of the chain within 1 km / links, mean over its firms"),
    indicator("idea_to_market_share", "share", "share", "end", "up", "ideas that reach the market", "从想法到上市占比", "firms born in the run that reached the market / those and firms that closed before"),
    indicator("recycled_funding_share", "share", "share", "end", "up", "recycled funding", "循环资金占融资比", "money of angels who sold a firm here / money raised, so far"),
    indicator("branches_outside", "firms", "stock", "end", "none", "firms with a branch outside", "设有外部分支的企业", "firms that opened a branch elsewhere since space or rent bound"),
    indicator("hq_outside_share_top_decile", "share", "share", "end", "down", "large firms gone elsewhere", "头部企业迁出占比", "firms that left among the largest tenth / those and the largest tenth here"),
    indicator("adopting_cities", "cities", "stock", "end", "none", "cities that copy the policy", "效仿政策的城市", "cities on the Bass curve"),
    indicator("sectors_active", "sectors", "stock", "end", "up", "sectors with firms", "有企业的行业数", "sectors that have a firm"),
    indicator("recovery_months", "months", "index", "end", "down", "longest slump of jobs", "就业低谷最长月数", "longest spell so far in which jobs were below 95% of their highest before"),
    indicator("commute_minutes_mean", "minutes", "index", "end", "down", "way to work", "平均通勤时间", "mean way to work of staff; a set time for who lives elsewhere"),
)  # fmt: skip

INDICATORS: dict[str, Indicator] = {i.name: i for i in _ALL}

RAW = np.dtype(
    [(name, np.float64) for name in (
        "firms", "focal", "entries", "entries_relocated", "born", "closures", "leavers",
        "leavers_region", "spin_outs", "max_generation", "graduates_incubator", "survival_1",
        "survival_3", "survival_5", "survival_10", "jobs", "jobs_moved_in", "job_local",
        "job_world", "residents", "talent", "talent_veterans", "talent_left",
        "students_graduated", "students_retained", "income", "rd", "products_launched",
        "lag_median", "knowledge", "ties", "partner_search", "partner_found", "local_supply",
        "supplies", "sales", "funding_raised", "rounds_closed", "seed_due", "seed_again",
        "unicorns", "listings", "acquisitions", "exit_value", "vacancy", "rent_office",
        "rent_home", "access", "issue_days", "satisfaction", "rent_own", "rent_public",
        "service", "equity", "fund", "operator_out", "operator_in", "cover", "menu_cost",
        "rent_forgone", "operator_cash", "unrealised", "public_out", "residents_cost",
        "clawback", "brand", "public_fund", "zombies", "tax", "founder_flow", "founder_stock", "unmet", "refused", "births_local",
        "deaths_or_ten", "first_orders", "first_orders_partner", "services", "born_institution",
        "spin_outs_peers", "staff_peers", "schooled_top", "independent", "tie_overlap", "tie_slope",
        "chain", "chained", "ideas_launched", "ideas_ended", "recycled", "branches_outside",
        "top_left", "adopters", "sectors", "commute", "site_moves", "site_people",
        "lab", "lab_let", "plants", "plants_let", "offices", "all_floor", "old",
        "owners", "owners_left", "units_sold", "solar", "land", "land_forgone", "rent_production",
    )]
)  # fmt: skip

# How the raw quantities of a place's sites join to those of the place: sums, but for these. A name is
# the weight of a mean; "history" is taken from the life tables, "union" from the firms, of all sites together.
JOINS = {
    "max_generation": "largest",
    "lag_median": "firms",
    "issue_days": "firms",
    "access": "firms",
    "vacancy": "floor_office",
    "rent_office": "floor_office",
    "rent_home": "floor_housing",
    "rent_production": "floor_production",
    "tie_overlap": "firms",
    "tie_slope": "firms",
    "commute": "firms",
    "adopters": "largest",
    "sectors": "union",
    "solar": "floor_production",
    "survival_1": "history",
    "survival_3": "history",
    "survival_5": "history",
    "survival_10": "history",
}


@kernel
def survival(history, years):
    """Return the share of firms that reach an age in years, by the life table so far."""
    alive = 1.0
    for y in range(min(years, AGES)):
        at_risk = history.at_risk[y] / 12.0
        if at_risk <= 0:
            return math.nan
        alive *= max(0.0, 1 - history.closed[y] / (at_risk + 0.5 * history.closed[y]))
    return alive


@kernel
def _measure_links(firms, ties, cells, cell_m, r):
    """Write what the network is like: by distance, by layer, along the chain."""
    across = overlap = 0
    for k in range(ties.size):
        across += firms[ties[k].a].cell != firms[ties[k].b].cell
        formal = (ties[k].layers >> SUPPLY) & 1
        overlap += formal and ties[k].layers != 1 << SUPPLY
    r.tie_overlap = overlap / ties.size if ties.size else math.nan
    count = firms.size
    here = np.zeros(cells)
    x = y = xx = yy = chain = 0.0
    chained = peers = 0
    within = 0.0
    for i in range(count):
        firm = firms[i]
        within += here[firm.cell]  # pairs of one building
        here[firm.cell] += 1
        x, y = x + firm.x, y + firm.y
        xx, yy = xx + firm.x * firm.x, yy + firm.y * firm.y
        if firm.layer >= 0:
            chain += firm.chain
            chained += 1
        peers += firm.staff * (firm.peers > 0)
    r.chain, r.chained, r.staff_peers = chain, chained, peers
    pairs = count * (count - 1) / 2 - within
    r.tie_slope = math.nan
    if pairs > 0 and within > 0 and 0 < across < ties.size:
        spread = (xx - x * x / count + yy - y * y / count) / count
        far = math.log(math.sqrt(2 * max(spread, 1.0)) / (cell_m / 2))
        near = math.log((ties.size - across) / within)
        r.tie_slope = (math.log(across / pairs) - near) / far if far > 0 else math.nan


@kernel
def _measure_origins(firms, institutions, r):
    """Write who the firms are: founders' schools, sectors, branches outside."""
    first = second = -1
    for k in range(institutions.size):
        if institutions[k].kind != 0:
            continue
        if first < 0 or institutions[k].graduates_per_year > institutions[first].graduates_per_year:
            first, second = k, first
        elif second < 0 or (
            institutions[k].graduates_per_year > institutions[second].graduates_per_year
        ):
            second = k
    counts = np.zeros(len(SECTORS))
    schooled = independent = outside = 0
    for i in range(firms.size):
        firm = firms[i]
        counts[firm.sector] += 1
        independent += firm.ambition != BRANCH
        if firm.institution >= 0:
            schooled += firm.institution == first or firm.institution == second
        outside += firm.branch_outside
    r.schooled_top, r.independent = schooled, independent
    r.branches_outside = outside
    r.services = counts[_SERVICES]
    r.sectors = (counts > 0).sum()


@kernel
def measure(
    firms, ties, institutions, operators, cells, flows, market, norms, tally, history, exits,
    government, rd_share, row,
):  # fmt: skip
    """Write this month's raw quantities into `row`, shape (1,)."""
    r, m, n, t, h = row[0], market[0], norms[0], tally[0], history[0]
    operator = operators[0]
    exits, government = exits[0], government[0]
    count = firms.size
    focal = staff = talent = moved_in = generation = owners = 0
    knowledge = supply = satisfaction = rd = unrealised = founders = 0.0
    lags = np.empty(count)
    lagged = 0
    for i in range(count):
        firm = firms[i]
        focal += in_focus(firm.sector, n)
        staff += firm.staff
        talent += firm.developers + firm.scientists
        moved_in += firm.staff * firm.displaced
        generation = max(generation, firm.generation)
        knowledge += firm.knowledge
        supply += firm.local_supply
        satisfaction += firm.satisfaction
        owners += firm.owns_space
        rd += rd_share * max(firm.income, firm.cost)
        if firm.market_lag > 0:
            lags[lagged] = firm.market_lag
            lagged += 1
        value = firm.valuation if firm.rounds > 0 else 12 * (firm.revenue + firm.contract_income)
        if firm.sold == 0 and firm.ambition != BRANCH:
            founders += firm.share_founders * value
        if firm.share_operator > 0:
            exit_rate = exits.acquired + exits.acquired_round * firm.rounds
            if firm.valuation >= exits.listed_value:
                exit_rate += exits.listed
            left = value - (1 - firm.share_operator) * min(firm.raised, value) * 0.5
            worth = firm.share_operator * max(left, 0.0) * (1 - exits.public_haircut)
            unrealised += worth * exit_rate / (exit_rate + government.stake_discount + 0.05)
    r.firms, r.focal, r.jobs, r.talent, r.jobs_moved_in = count, focal, staff, talent, moved_in
    r.max_generation = generation
    _measure_links(firms, ties, cells.size, n.cell_m, r)
    _measure_origins(firms, institutions, r)
    r.first_orders, r.first_orders_partner = t.first_orders, t.first_orders_partner
    r.born_institution, r.spin_outs_peers = t.born_institution, t.spin_outs_peers
    r.ideas_launched, r.ideas_ended = t.ideas_launched, t.ideas_ended
    r.recycled, r.top_left = t.recycled, t.top_left
    r.adopters, r.commute = m.adopters, m.commute
    r.knowledge = knowledge / m.frontier
    r.local_supply, r.satisfaction, r.rd = supply, satisfaction, rd
    r.unrealised, r.founder_stock = unrealised, founders
    r.lag_median = np.median(lags[:lagged]) if lagged else math.nan
    r.ties = ties.size
    r.entries, r.entries_relocated, r.born = t.entries, t.entries_relocated, t.born
    r.closures, r.leavers, r.leavers_region = t.closures, t.leavers, t.leavers_region
    r.spin_outs, r.graduates_incubator = t.spin_outs, t.graduates_incubator
    r.survival_1, r.survival_3 = survival(h, 1), survival(h, 3)
    r.survival_5, r.survival_10 = survival(h, 5), survival(h, 10)
    r.job_local, r.job_world, r.residents = t.job_local, t.job_world, t.residents
    r.talent_veterans, r.talent_left = t.talent_veterans, t.talent_left
    r.students_graduated, r.students_retained = t.students_graduated, t.students_retained
    r.products_launched = t.products_launched
    r.partner_search, r.partner_found = t.partner_search, t.partner_found
    r.funding_raised, r.rounds_closed = t.funding_raised, t.rounds_closed
    r.seed_due, r.seed_again, r.unicorns = h.seed_due, h.seed_again, h.unicorns
    r.listings, r.acquisitions, r.exit_value = t.listings, t.acquisitions, t.exit_value
    r.issue_days, r.unmet, r.refused = t.issue_days, t.unmet_space, t.refused
    r.site_moves, r.site_people = t.sites_in, t.sites_people_in
    r.lab = r.lab_let = r.plants = r.plants_let = r.offices = r.all_floor = r.old = 0.0
    for c in range(cells.size):
        cell = cells[c]
        work = cell.floor_office + cell.floor_lab + cell.floor_production
        r.offices += cell.floor_office
        r.lab += cell.floor_lab
        r.lab_let += cell.let_lab
        r.plants += cell.floor_production
        r.plants_let += cell.let_production
        r.all_floor += work + cell.floor_housing + cell.floor_amenity
        r.old += work * cell.old
    r.owners, r.owners_left = owners, t.owners_left
    r.units_sold, r.land_forgone = t.units_sold_m2, t.land_forgone
    r.solar, r.rent_production = m.pv_share, m.rent_production
    r.land = flows[:, GOVERNMENT, LAND].sum()
    r.births_local, r.deaths_or_ten = t.births_local_parent, h.deaths_or_ten
    r.vacancy, r.rent_home, r.access = m.vacancy_office, m.rent_home, m.living_access
    owned = n.owned_share
    r.rent_office = (1 - owned) * m.rent_office + owned * operator.asking
    r.sales = flows[8, FIRM, SALES]
    r.income = 0.0
    for purpose in range(flows.shape[2]):
        r.income += flows[8, FIRM, purpose] if purpose == SALES or purpose == SALES + 1 else 0.0
    r.supplies = flows[FIRM, WORLD, SUPPLIES]
    r.rent_own = flows[FIRM, OPERATOR, RENT]
    r.rent_public = flows[GOVERNMENT, OPERATOR, RENT_SUBSIDY]
    r.service = flows[FIRM, OPERATOR, SERVICE_FEE] + flows[FIRM, OPERATOR, MANAGEMENT_FEE]
    for purpose in SOLD:
        r.service += flows[FIRM, OPERATOR, purpose]
    r.equity = (
        flows[WORLD, OPERATOR, EXIT] + flows[FIRM, OPERATOR, DIVIDEND]
        + flows[FIRM, OPERATOR, REDEMPTION]
    )  # fmt: skip
    r.fund = flows[FUND, OPERATOR, DISTRIBUTION]
    r.brand = flows[WORLD, OPERATOR, BRAND_FEE]
    r.public_fund = flows[FUND, GOVERNMENT, DISTRIBUTION]
    r.zombies = t.zombies_kept
    r.cover = flows[GOVERNMENT, OPERATOR, COVER]
    # What one account of several sites moves between them is neither income nor cost.
    r.operator_out = flows[OPERATOR].sum() - flows[OPERATOR, WORLD, SITE_TRANSFER]
    r.operator_in = flows[:, OPERATOR].sum() - flows[WORLD, OPERATOR, SITE_TRANSFER]
    r.menu_cost, r.rent_forgone = t.menu_cost, t.rent_forgone
    r.operator_cash = operator.cash
    r.residents_cost = flows[GOVERNMENT, WORLD, RESIDENTS]
    r.public_out = flows[GOVERNMENT].sum() - r.residents_cost
    r.clawback = flows[FIRM, GOVERNMENT, CLAWBACK]
    r.tax = flows[FIRM, GOVERNMENT, TAX_REVENUE] + flows[FIRM, GOVERNMENT, TAX_PAYROLL]
    r.founder_flow = (
        t.founder_pay + flows[FIRM, HOUSEHOLDS, DIVIDEND] + flows[WORLD, HOUSEHOLDS, EXIT]
    )


def _last_year(values: np.ndarray) -> np.ndarray:
    """Return sums over the last 12 months (fewer at the start), shape as `values`."""
    total = np.cumsum(values)
    result = total.copy()
    result[12:] -= total[:-12]
    return result


def _over(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(b > 0, a / b, np.nan)


def _present(values: np.ndarray, rate: float) -> np.ndarray:
    """Return the cumulative present value of monthly `values` at a yearly `rate`."""
    return np.cumsum(values / (1 + rate) ** (np.arange(values.size) / 12))


def _break_even(net: np.ndarray) -> np.ndarray:
    """Return, by month, the first month from which cumulative `net` stayed positive so far."""
    months = np.arange(net.size)
    last_bad = np.maximum.accumulate(np.where(np.cumsum(net) > 0, -1, months))
    return np.where(last_bad < months, last_bad + 1.0, np.nan)


def _longest_slump(jobs: np.ndarray, jobs_at_start: float) -> np.ndarray:
    """Return, by month, the longest spell so far with jobs below 95% of their highest before."""
    most, spell, longest = jobs_at_start, 0, 0
    result = np.empty(jobs.size)
    for month, now in enumerate(jobs):
        spell = spell + 1 if now < 0.95 * most else 0
        most = max(most, now)
        longest = max(longest, spell)
        result[month] = longest
    return result


def derive(raw: np.ndarray, rates: dict[str, float], jobs_at_start: float) -> dict[str, np.ndarray]:
    """Turn raw records, shape (months,), into every indicator's series but retention.

    `rates` holds the yearly discount rates `public` and `operator` and the `displacement` share.
    """
    r = {name: np.ascontiguousarray(raw[name]) for name in RAW.names or ()}
    public, private = rates["public"], rates["operator"]
    net = r["operator_in"] - r["cover"] - r["operator_out"]
    own = r["rent_own"] + r["service"] + r["equity"] + r["fund"] + r["brand"]
    local = _over(np.cumsum(r["job_local"]), np.cumsum(r["job_local"] + r["job_world"]))
    stayed = r["jobs"] - r["jobs_moved_in"]
    added = np.maximum(stayed - jobs_at_start, 0.0)
    talent_before = np.full(raw.size, np.nan)
    talent_before[12:] = r["talent"][:-12]
    cost_ratio = _over(r["supplies"], r["sales"])
    spent = r["public_out"] - r["clawback"] - r["public_fund"]
    cost = spent + r["land_forgone"]
    support = r["operator_out"] + r["rent_forgone"] - r["menu_cost"] - r["fund"]
    public_pv = _present(cost, public)
    job_years = r["jobs"] / 12
    births = _last_year(r["born"])
    launched, gone = np.cumsum(r["ideas_launched"]), np.cumsum(r["top_left"])
    same = (
        "firms", "entries", "entries_relocated", "closures", "leavers", "leavers_region",
        "spin_outs", "max_generation", "graduates_incubator", "jobs", "residents", "talent",
        "talent_left", "products_launched", "funding_raised", "rounds_closed", "unicorns",
        "listings", "acquisitions", "exit_value", "vacancy", "rent_office", "rent_home",
        "issue_days", "operator_cash", "rent_production",
    )  # fmt: skip
    return {name: r[name] for name in same} | {
        "vacancy_lab": 1 - _over(r["lab_let"], r["lab"]),
        "vacancy_production": 1 - _over(r["plants_let"], r["plants"]),
        "production_share": _over(r["plants"], r["all_floor"]),
        "floor_work": r["offices"] + r["lab"] + r["plants"],
        "old_stock_share": _over(r["old"], r["offices"] + r["lab"] + r["plants"]),
        "owners_share": _over(r["owners"], r["firms"]),
        "owner_leave_rate": 12 * _over(r["owners_left"], r["owners"]),
        "units_sold_m2": r["units_sold"],
        "solar_roof_share": r["solar"],
        "land_revenue": r["land"],
        "firms_focal_share": _over(r["focal"], r["firms"]),
        "closure_rate": 12 * _over(r["closures"], r["firms"]),
        "leave_rate": 12 * _over(r["leavers"], r["firms"]),
        "spin_out_share": _over(_last_year(r["spin_outs"]), births),
        "survival_1y": r["survival_1"],
        "survival_3y": r["survival_3"],
        "survival_5y": r["survival_5"],
        "survival_10y": r["survival_10"],
        "jobs_net_of_displacement": stayed - rates["displacement"] * np.nan_to_num(local) * added,
        "job_years": job_years,
        "talent_retention_12m": _over(r["talent_veterans"], talent_before),
        "students_retained_share": _over(
            _last_year(r["students_retained"]), _last_year(r["students_graduated"])
        ),
        "revenue": r["income"],
        "rd_share": _over(r["rd"], r["income"]),
        "months_to_market_median": r["lag_median"],
        "knowledge_mean": _over(r["knowledge"], r["firms"]),
        "ties_mean": _over(2 * r["ties"], r["firms"]),
        "partner_search_months": _over(
            _last_year(r["partner_search"]), _last_year(r["partner_found"])
        ),
        "local_supply_share": _over(r["local_supply"], r["firms"]),
        "operating_cost_index": 100 * cost_ratio / cost_ratio[0],
        "seed_raise_again_share": _over(r["seed_again"], r["seed_due"]),
        "amenity_access_mean": r["access"],
        "satisfaction": _over(r["satisfaction"], r["firms"]),
        "operator_rent_income": r["rent_own"],
        "operator_rent_public": r["rent_public"],
        "operator_service_income": r["service"],
        "operator_equity_income": r["equity"],
        "operator_fund_income": r["fund"],
        "operator_brand_income": r["brand"],
        "zombies_kept": r["zombies"],
        "operator_cost": r["operator_out"],
        "operator_npv": _present(net, private),
        "operator_break_even_month": _break_even(net),
        "service_to_rent": _over(_last_year(r["service"]), _last_year(r["rent_own"])),
        "self_sufficiency": _over(_last_year(own), _last_year(r["operator_out"])),
        "equity_unrealised": r["unrealised"],
        "public_cost": cost,
        "public_tax": r["tax"],
        "public_npv": _present(r["tax"] + r["land"] - spent - r["residents_cost"], public),
        "public_cost_pv": public_pv,
        "operator_cost_pv": _present(support, private),
        "public_cost_per_job_year": _over(public_pv, np.cumsum(job_years)),
        "founder_value": _present(r["founder_flow"], private)
        + r["founder_stock"] / (1 + private) ** (np.arange(raw.size) / 12),
        "unmet_space_demand": r["unmet"],
        "refused_awards": r["refused"],
        "site_moves": r["site_moves"],
        "site_people": r["site_people"],
        "reproduction_number": _over(np.cumsum(r["births_local"]), r["deaths_or_ten"]),
        "local_partner_share": _over(
            _last_year(r["first_orders_partner"]), _last_year(r["first_orders"])
        ),
        "service_firms_per_100": 100 * _over(r["services"], r["firms"]),
        "births_institution_share": _over(_last_year(r["born_institution"]), births),
        "founding_contagion": _over(
            _over(_last_year(r["spin_outs_peers"]), _last_year(r["spin_outs"])),
            _over(_last_year(r["staff_peers"]), _last_year(r["jobs"])),
        ),
        "founders_top_university_share": _over(r["schooled_top"], r["independent"]),
        "tie_overlap": r["tie_overlap"],
        "tie_distance_slope": r["tie_slope"],
        "chain_completeness": _over(r["chain"], r["chained"]),
        "idea_to_market_share": _over(launched, launched + np.cumsum(r["ideas_ended"])),
        "recycled_funding_share": _over(np.cumsum(r["recycled"]), np.cumsum(r["funding_raised"])),
        "branches_outside": r["branches_outside"],
        "hq_outside_share_top_decile": _over(gone, gone + r["independent"] / 10),
        "adopting_cities": r["adopters"],
        "sectors_active": r["sectors"],
        "recovery_months": _longest_slump(r["jobs"], jobs_at_start),
        "commute_minutes_mean": r["commute"],
    }


def reported(declared: Indicator, series: np.ndarray, month: int) -> float:
    """Return one number for months 0 to `month`: value, sum or mean, as the indicator declares.

    NaN stands for undefined; a mean is over the months that have a value.
    """
    if declared.report == "end":
        return float(series[month])
    part = series[: month + 1]
    if declared.report == "sum":
        return float(part.sum())
    known = part[~np.isnan(part)]
    return float(known.mean()) if known.size else float("nan")
