"""The columns of every table: what an agent is made of.

Wide tables (few rows) are structured arrays, one record an agent; `people`, long and narrow, is a
tuple of arrays. `refers` marks columns that hold row numbers of another table: the table moves them
along when rows move, and digests print the uid they stand for.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from sim.declare import Column, column
from sim.state.catalogue import SECTORS
from sim.state.rules import MOST_PROGRAMMES

I8, F8, I4, I2, I1, F4 = np.int64, np.float64, np.int32, np.int16, np.int8, np.float32

# Where a person works, when not in a firm of the site (`people.employer`).
NOBODY, OUTSIDE, INSTITUTION = -1, -2, -3
# Kinds of people; GONE marks a row that `exits` removes.
STUDENT, DEVELOPER, SCIENTIST, WORKER, GONE = 0, 1, 2, 3, -1
# Origins of firms and founding teams, as numbered in `catalogue.ORIGINS`.
SCHOLAR, GRADUATE, GIANT_LEAVER, SPIN_OUT, RETURNEE, INDEPENDENT, RELOCATED = range(7)
# Ambition, drawn at birth.
STAY_SMALL, GROW, VENTURE, BRANCH = 0, 1, 2, 3
# Kinds of ties between firms.
CONTACT, ALUMNI, SUPPLY = 0, 1, 2
# A fund made of what founders got for a firm they sold (`funds.kind`).
ANGEL = 3
# Uses of floor area.
OFFICE, LAB, PRODUCTION = 0, 1, 2
# What becomes of a firm; HERE is a living tenant.
HERE, CLOSED, MOVED_REGION, MOVED_AWAY, ACQUIRED = 0, 1, 2, 3, 4
# Moved to another site of the same place: what is told of the whole place is what became of it there.
MOVED_SITE = 5
FATES = ("here", "closed", "moved within the region", "moved away", "sold")
# What is built: new floor, old floor renewed, floor of another use, the plant of an anchor firm.
NEW, RENEWAL, CONVERSION, PLANT = 0, 1, 2, 3
# Who builds: the operator with debt, the government for the operator, or owners of their own.
BY_OPERATOR, BY_GOVERNMENT, BY_OWNERS = 0, 1, 2
# What a proof-of-concept centre found out about a project.
UNPROVEN, SCREENED, PROVEN, ENDED = 0, 1, 2, 3
# A month that never comes.
NEVER = 1_000_000
# A budget that is not split by family of levers, CNY.
NO_CAP = 1e15
# Funds that invest in every sector.
ALL_SECTORS = (1 << len(SECTORS)) - 1


def _n(
    name: str, unit: str, en: str, zh: str, low: float | None = None, default: float = 0
) -> Column:
    return column(name, F8, unit, en, zh, low=low, default=default)


def _i(
    name: str, unit: str, en: str, zh: str, low: float | None = None, refers: str | None = None,
    default: float = 0,
) -> Column:  # fmt: skip
    return column(name, I8, unit, en, zh, low=low, refers=refers, default=default)


_UID = _i("uid", "id", "identity, never reused", "唯一编号", 0)

CELLS = (
    _UID,
    _i("site", "index", "community", "社区", 0),
    _i("zone", "index", "zone", "功能区", 0),
    _i("column", "cells", "position east", "东向格号", 0),
    _i("line", "cells", "position north", "北向格号", 0),
    _n("floor_office", "m2", "office floor", "办公面积", 0),
    _n("floor_lab", "m2", "lab floor", "实验面积", 0),
    _n("floor_production", "m2", "production floor", "生产面积", 0),
    _n("floor_housing", "m2", "housing floor", "住房面积", 0),
    _n("floor_amenity", "m2", "amenity floor", "配套面积", 0),
    _n("let_office", "m2", "office let", "已租办公", 0),
    _n("let_lab", "m2", "lab let", "已租实验", 0),
    _n("let_production", "m2", "production let", "已租生产", 0),
    _n("let_housing", "m2", "housing let", "已租住房", 0),
    _n("housing_outside", "m2", "homes let to others", "外部住户面积", 0),
    _n("owned_office", "m2", "office owned by the operator", "运营商自持办公", 0),
    _n("owned_lab", "m2", "laboratories owned by the operator", "运营商自持实验", 0),
    _n("owned_production", "m2", "plants owned by the operator", "运营商自持厂房", 0),
    _n("old", "share", "old, inefficient stock", "老旧低效存量占比", 0),
    _i("upstairs", "0/1", "plants on upper storeys", "工业上楼", 0),
    _n("third_place", "0..1", "draw of third places", "第三空间吸引力", 0),
    _n("third_added", "0..1", "draw added by levers", "新增第三空间吸引力", 0),
    _n("showroom", "0..1", "reach of a showroom", "展厅可达", 0),
    _n("amenity_access", "0..1", "amenities within the walk", "步行可达配套", 0),
    _n("price_land", "CNY/m2", "land price", "地价", 0),
    _n("far", "ratio", "allowed floor area ratio", "容积率", 0),
)

FIRMS = (
    _UID,
    _i("born", "month", "month of birth", "成立月"),
    _i("arrived", "month", "month of arrival on the site", "入驻月"),
    _i("origin", "index", "origin", "来源", 0),
    _i("parent", "uid", "parent firm or institution", "母体", 0),
    _i("generation", "count", "spin-out generation", "衍生代次", 0),
    _i("institution", "row", "institution its founders come from", "创始人院校", refers="institutions", default=-1),
    _i("site", "index", "community", "社区", 0),
    _i("cell", "row", "cell of the lease", "所在格", 0, refers="cells"),
    _i("sector", "index", "sector", "行业", 0),
    _i("layer", "index", "position in the value chain", "链条环节", -1),
    _i("use", "index", "use of its floor", "空间用途", 0),
    _n("quality", "sd", "latent quality", "潜在质量"),
    _i("maturity", "0..4", "maturity of its product", "产品成熟度", 0),
    _n("knowledge", "index", "knowledge", "知识", 0),
    _i("staff", "people", "staff", "员工", 0),
    _i("developers", "people", "developers", "开发者", 0),
    _i("scientists", "people", "scientists", "科学家", 0),
    _i("workers", "people", "workers", "工人", 0),
    _i("locals", "people", "staff living on the site", "就地居住员工", 0),
    _n("skill", "sd", "mean skill of its staff", "平均技能"),
    _n("wanted", "people", "staff wanted", "目标员工", 0),
    column("pay", F8, "ratio", "pay over the market's", "相对市场薪酬", low=0, default=1),
    _i("vacancies", "people", "open posts", "空缺", 0),
    _n("area", "m2", "leased floor", "租用面积", 0),
    _n("rent", "CNY/m2/month", "contract rent", "合同租金", 0),
    _i("owns_space", "0/1", "owns its space", "自有空间", 0),
    _i("lease_end", "month", "end of the lease", "租约到期"),
    _n("loan", "CNY/month", "instalment on the unit it bought", "购房月供", 0),
    _i("loan_until", "month", "last instalment", "月供截止月", default=-1),
    _i("work_until", "month", "its work here ends", "在此作业截止月", default=NEVER),
    _n("revenue", "CNY/month", "revenue from products", "产品收入", 0),
    _n("growth", "log/year", "growth rate of this year", "当年增速"),
    _n("growth_last", "log/year", "growth of the last 12 months", "上年增速"),
    _i("growth_due", "month", "next draw of growth", "下次增速抽取"),
    _n("cash", "CNY", "cash", "现金"),
    _n("burn", "CNY/month", "cash used a month", "月净支出"),
    _n("cost", "CNY/month", "gross cost", "月成本", 0),
    _n("income", "CNY/month", "gross income", "月收入", 0),
    _i("rounds", "count", "financing rounds closed", "融资轮次", 0),
    _n("valuation", "CNY", "last post-money valuation", "投后估值", 0),
    _i("last_round", "month", "month of the last round", "上轮月份"),
    _n("round_value", "CNY", "money raised in the last round", "上轮金额", 0),
    _n("raised", "CNY", "money raised in all", "累计融资", 0),
    _i("sought_since", "month", "seeking money since", "开始融资月份"),
    _n("share_founders", "share", "founders' share", "创始人股比", 0),
    _n("share_operator", "share", "operator's share", "运营商股比", 0),
    _n("share_funds", "share", "funds' share", "基金股比", 0),
    _n("share_staff", "share", "staff pool", "员工股比", 0),
    _i("subsidy_end", "month", "month support last ended", "扶持结束月"),
    _i("incubated_until", "month", "end of its incubator place", "在孵至"),
    _i("graduated", "0/1", "left an incubator", "已毕业", 0),
    _i("tenure", "months", "months on the site", "入驻时长", 0),
    _i("ties", "count", "ties to firms here", "联系数", 0),
    _i("supply_ties", "count", "ties to suppliers and customers here", "供应联系数", 0),
    _i("peers", "count", "young firms it is tied to", "相识的新创企业数", 0),
    _i("cross_ties", "count", "ties to firms of other sectors", "跨行业联系数", 0),
    _n("chain", "share", "links of the chain within 1 km", "一公里内链条完整度", 0),
    _n("density", "people", "staff of others within 1 km", "一公里内员工", 0),
    _i("neighbours", "count", "firms of its sector within 1 km", "一公里内同业", 0),
    _n("local_supply", "share", "local suppliers and customers", "本地供应占比", 0),
    _n("embeddedness", "0..1", "embeddedness", "嵌入度", 0),
    _n("mobility_cost", "months of rent", "cost of moving", "搬迁成本", 0),
    _i("lead_investor_local", "0/1", "lead investor is local", "本地领投", 0),
    _i("open_issues", "count", "open issues", "未结诉求", 0),
    _i("hidden_issues", "count", "issues nobody has noticed", "未被发现的诉求", 0),
    _i("committee", "index", "reached by the committee: 1, a member: 2", "委员会覆盖", 0),
    _n("satisfaction", "0..1", "satisfaction", "满意度", 0),
    column("belonging", F8, "0..1", "belonging", "归属感", low=0, default=0.5),
    _n("wage_supplement", "CNY/month", "wage supplement of a worker", "工人工资补贴", 0),
    _i("hosts_event", "0/1", "hosts an event this month", "本月联办活动", 0),
    _n("showroom", "0..1", "showroom within reach", "附近展厅", 0),
    _i("campus_open", "0/1", "its amenities are open to all", "园区设施开放", 0),
    _n("task_heads", "people", "labour bought on the task market, sold below 0", "任务市场净购人力"),
    _i("registered_exit", "month", "month of deregistration", "注销月"),
    _i("floor", "floor", "floor in the building", "楼层", 0),
    _n("x", "m", "position east", "东向位置"),
    _n("y", "m", "position north", "北向位置"),
    _i("ambition", "index", "small, grow, venture, branch", "抱负", 0),
    _n("staff_ceiling", "people", "most staff it wants", "员工上限", 0),
    _i("footloose", "0/1", "footloose", "游走型", 0),
    _i("landlord", "0/1", "operator is the landlord", "运营商为房东", 0),
    _i("supported_by", "bits", "programmes that ever supported it", "受扶持项目"),
    column("award_start", (I8, MOST_PROGRAMMES), "month", "first month of awards", "扶持起始月", default=-1),
    column("award_end", (I8, MOST_PROGRAMMES), "month", "last month of awards", "扶持截止月", default=-1),
    column("award_count", (I8, MOST_PROGRAMMES), "count", "awards received", "受扶持次数"),
    column("award_stake", (F8, MOST_PROGRAMMES), "share", "stake given for awards", "换得股比"),
    _i("supported_at_stop", "0/1", "supported when support stopped", "扶持停止时受扶持", 0),
    _n("support", "CNY/month", "support received this month", "本月扶持"),
    _n("rent_support", "CNY/month", "rent paid by others this month", "本月代付租金"),
    _n("support_total", "CNY", "support received in all", "累计扶持", 0),
    _i("occasion_until", "month", "an occasion to move is open until", "搬迁时机至"),
    _n("contract_income", "CNY/month", "contract work before the market", "合同收入", 0),
    _n("runway_at_birth", "months", "runway at birth", "初始跑道", 0),
    _i("dependence_until", "month", "dependence after support until", "依赖期至"),
    _i("first_order", "month", "month of the first order", "首单月", default=NEVER),
    _n("market_lag", "months", "from birth to the market", "上市用时"),
    _n("service_hours", "hours", "services of the last 12 months", "近12月服务"),
    _n("mentor_hours", "hours", "mentoring of the last 12 months", "近12月辅导"),
    _i("mentor_until", "month", "mentoring raises growth until", "辅导效用至"),
    _i("served", "bits", "desks that served it this month", "本月受理窗口"),
    _i("station", "bits", "desks of the one-stop station that served it", "服务站本月受理窗口"),
    column("mentor_gain", F8, "log/year", "growth by its mentoring, -1 = as usual", "辅导增速", default=-1),
    _i("proven", "index", "0 no proof, 1 screened, 2 proven, 3 project ended", "概念验证状态", 0),
    _i("scene_until", "month", "a scene vouches for it until", "场景背书至", default=-1),
    _n("shared_m2", "m2", "floor used in shared manufacturing", "共享制造使用面积", 0),
    _i("lab_member", "0/1", "member of the shared lab", "共享实验室会员", 0),
    _i("extra_place", "0/1", "its incubator place is a programme's", "新增孵化工位", 0),
    _n("transfer_fee", "share", "first round owed for a result", "成果转化费率", 0),
    _i("insolvent_months", "months", "months without cash", "资不抵债月数", 0),
    _i("sold", "0/1", "sold to new owners", "已被收购或上市", 0),
    _i("displaced", "0/1", "came from elsewhere in the region", "区域内迁入", 0),
    _i("branch_outside", "0/1", "has a branch outside", "设有外部分支", 0),
    _i("fate", "index", "what became of it", "去向", 0),
)  # fmt: skip

PEOPLE = (
    _UID,
    column("kind", I1, "index", "kind", "类别", low=-1),
    column("site", I1, "index", "community", "社区"),
    column("home_cell", I4, "row", "home, -1 outside", "居住格", refers="cells", default=-1),
    column("employer", I4, "row", "employer", "雇主", refers="firms", default=NOBODY),
    # Wages only enter burdens and averages, never accounts, so seven digits are enough.
    column("wage", F4, "CNY/month", "loaded wage", "用工成本", low=0),
    column("skill", F4, "sd", "skill", "技能"),
    column("tenure", I2, "months", "months in the job", "在职月数", low=0),
    column("graduates", I2, "month", "month of graduation or of giving up search", "毕业月", default=-1),
    column("institution", I2, "row", "school", "院校", refers="institutions", default=-1),
    column("apartment", I1, "index", "holds a talent apartment: 1, a bed in a dormitory: 2", "人才公寓或宿舍"),
    column("migrant", I1, "0/1", "migrant", "外来"),
    column("founder_of", I8, "uid", "firm it founded", "所创企业"),
    column("sector", I1, "index", "sector", "行业"),
    column("field_experience", I2, "months", "months in the sector", "行业经验", low=0),
)  # fmt: skip

FOUNDERS = (
    _UID,
    _i("born", "month", "month the team formed", "成团月"),
    _i("person", "uid", "person, 0 = not yet a row", "本人"),
    _i("origin", "index", "origin", "来源", 0),
    _n("ability", "sd", "ability", "能力"),
    _n("idea", "0..1", "idea", "创意", 0),
    _i("dual_identity", "0/1", "keeps a post", "双重身份", 0),
    _i("cofounder", "0/1", "has a cofounder", "有合伙人", 0),
    _n("runway", "months", "months it can live on", "跑道", 0),
    _i("waiting", "months", "months waiting", "等待", 0),
    _i("venture", "uid", "its firm, 0 = nascent", "所创企业", 0),
    _i("previous_ventures", "count", "firms founded before", "此前创业次数", 0),
    _i("sector", "index", "sector", "行业", 0),
    _i("parent", "uid", "parent", "母体", 0),
    _i("generation", "count", "generation of its firm", "代次", 0),
    _i("institution", "row", "institution", "机构", refers="institutions", default=-1),
    _i("site", "index", "community", "社区", 0),
    _i("cell", "row", "where it works", "所在格", refers="cells", default=-1),
    _n("cash", "CNY", "cash", "现金"),
    _n("quality", "sd", "latent quality", "潜在质量"),
    _n("knowledge", "index", "knowledge", "知识", 0),
    _i("ambition", "index", "ambition", "抱负", 0),
    _n("contract_factor", "ratio", "contract income over cost", "合同收入比", 0),
    column("award_start", (I8, MOST_PROGRAMMES), "month", "first month of awards", "扶持起始月", default=-1),
    column("award_end", (I8, MOST_PROGRAMMES), "month", "last month of awards", "扶持截止月", default=-1),
    column("award_count", (I8, MOST_PROGRAMMES), "count", "awards received", "受扶持次数"),
    column("award_stake", (F8, MOST_PROGRAMMES), "share", "stake promised", "承诺股比"),
    _i("supported_by", "bits", "programmes that ever supported it", "受扶持项目"),
    _n("support_total", "CNY", "support received in all", "累计扶持", 0),
    _n("service_hours", "hours", "services of the last 12 months", "近12月服务"),
    _n("mentor_hours", "hours", "mentoring of the last 12 months", "近12月辅导"),
    _i("station", "bits", "desks of the one-stop station that served it", "服务站本月受理窗口"),
    _n("transfer_fee", "share", "first round owed for a result", "成果转化费率", 0),
    _i("gone", "0/1", "has given up", "已放弃", 0),
)  # fmt: skip

FUNDS = (
    _UID,
    _i(
        "kind",
        "index",
        "0 other, 1 tied to the operator, 2 raised with it by policy, 3 angel out of a sale",
        "类别",
        0,
    ),
    _i("stage_from", "round", "first round it joins", "起始轮次", 0),
    _i("stage_to", "round", "last round it joins", "截止轮次", 0),
    _i("cell", "row", "seat, -1 outside", "所在格", refers="cells", default=-1),
    _n("capital", "CNY", "capital", "规模", 0),
    _n("dry_powder", "CNY", "uncalled and unspent capital", "可投资金", 0),
    _i("vintage", "month", "month it was raised", "成立月"),
    _n("operator_share", "share", "operator's share", "运营商份额", 0),
    _n("government_share", "share", "government's share", "政府份额", 0),
    _i("sectors", "bits", "sectors it invests in", "投资行业", 0, default=ALL_SECTORS),
    _n("cash", "CNY", "cash", "现金"),
    _n("called", "CNY", "capital called", "已缴", 0),
    _n("distributed", "CNY", "paid to partners", "已分配", 0),
    _i("successor", "0/1", "has a successor", "已续期", 0),
)

OPERATORS = (
    _UID,
    _i("site", "index", "community", "社区", 0),
    _n("cash", "CNY", "cash", "现金"),
    _n("weight_rent", "share", "weight on rent", "租金权重", 0),
    _n("weight_service", "share", "weight on services", "服务权重", 0),
    _n("weight_equity", "share", "weight on equity", "股权权重", 0),
    _n("weight_mission", "share", "weight on mission", "使命权重", 0),
    _n("service_staff", "people", "service staff", "服务人员", 0),
    _n("capacity", "cases/desk/month", "capacity of a desk", "窗口月容量", 0),
    _n("reputation", "0..1", "reputation", "声誉", 0),
    _n("owned_m2", "m2", "owned floor", "自持面积", 0),
    _n("owned_plants", "m2", "of it, plants", "其中厂房", 0),
    _n("debt", "CNY", "debt", "债务", 0),
    _n("menu", "bits", "services sold", "增值服务", 0),
    _n("price_factor", "of cost", "price of services", "价格系数", 0),
    _n("asking", "CNY/m2/month", "asking rent of its floor", "自持挂牌租金", 0),
    _n("effort", "ratio", "effort left after cuts", "投入比例", 0),
    _n("cumulative", "CNY", "cumulative cash flow", "累计现金流"),
    _n("cover", "CNY", "gaps covered by government", "政府兜底", 0),
    _i("funds_raised", "count", "funds raised with it by policy", "政策下参与设立基金", 0),
    _n("drive", "ratio", "effort that a contract calls forth", "绩效激励投入", 0, 1.0),
    _n("away", "share", "service staff away at remote parks", "外派人员占比", 0),
    _n("service_margin", "CNY/month", "service income less its staff, 12 months", "服务毛利"),
    _n("income_mean", "CNY/month", "own income, mean of 12 months", "月均自有收入", 0),
    _n("nurtured", "1/year", "births and graduates per firm, 12 months", "育成率", 0),
    _n("lost", "1/year", "own tenants lost per tenant, 12 months", "租户流失率", 0),
    _n("launched", "1/year", "products launched per firm, 12 months", "产品上市率", 0),
)

INSTITUTIONS = (
    _UID,
    _i("kind", "index", "0 university, 1 institute", "类别", 0),
    _i("cell", "row", "cell", "所在格", refers="cells", default=-1),
    _n("faculty", "people", "faculty", "教研人员", 0),
    _n("students", "people", "students", "学生", 0),
    _n("graduates_per_year", "people/year", "graduates", "年毕业生", 0),
    _n("frontier", "index", "knowledge", "知识前沿", 0),
    _i("opened", "month", "month it was brought in, -1 = there at the start", "引进月", default=-1),
    _n("places", "people", "students it will have", "学生规模", 0),
)

STAKES = (
    _UID,
    _i("holder_kind", "account kind", "kind of holder", "持有人类别", 0),
    _i("holder", "uid", "holder", "持有人", 0),
    _i("firm", "uid", "firm", "企业", 0),
    _n("share", "share", "share", "股比", 0),
    _n("cost", "CNY", "what was paid", "成本", 0),
    _i("month", "month", "month", "月份"),
    _i("round", "round", "round, -1 = service or space", "轮次"),
    _n("preference", "CNY", "liquidation preference", "清算优先", 0),
)

TIES = (
    _UID,
    _i("a", "row", "one firm", "甲方", refers="firms"),
    _i("b", "row", "the other", "乙方", refers="firms"),
    _i("kind", "index", "0 contact, 1 alumni, 2 supply", "类别", 0),
    _n("strength", "0..1", "strength", "强度", 0),
    _i("since", "month", "month it formed", "形成月"),
    _i("layers", "bits", "kinds of link that the pair has had", "联系层次", 0),
)

PROJECTS = (
    _UID,
    _i("site", "index", "community", "社区", 0),
    _i("cell", "row", "where it is built", "所在格", 0, refers="cells"),
    _i("kind", "index", "0 new, 1 renewal, 2 conversion, 3 plant of an anchor firm", "类别", 0),
    _i(
        "lever", "index", "lever that asked for it, -1 = owners of their own accord", "发起政策", -1
    ),
    _i("use", "index", "use of the floor once it opens", "用途", 0),
    _n("m2", "m2", "floor that opens", "面积", 0),
    _i("begun", "month", "month it began", "开工月"),
    _i("opens", "month", "month it opens", "竣工月"),
    _i("payer", "index", "0 operator, 1 government, 2 owners", "出资方", 0),
    _i("upstairs", "0/1", "plants on upper storeys", "工业上楼", 0),
    _n("staff", "people", "staff of the plant once it runs in full", "满产员工", 0),
    _n("purchase", "share", "of its other cost, bought from firms here", "本地采购占比", 0),
    _n("task_force", "share", "task force that speeds it up", "攻坚力量", 0),
    _i("open", "0/1", "has opened", "已竣工", 0),
)

GOVERNMENTS = (
    _UID,
    _i("site", "index", "community", "社区", 0),
    _n("budget_left", "CNY", "budget left this year", "年度预算余额", 0),
    _n("spent_year", "CNY", "spent this year", "本年支出", 0),
    _n("base_level", "share", "level of free base services", "基础服务水平", 0),
    _n("issue_staff", "people", "staff that solve issues", "诉求办理人员", 0),
    _n("worker_issues", "count", "open issues of workers", "工人未结诉求", 0),
    _n("worker_hidden", "count", "issues of workers nobody has noticed", "未被发现的工人诉求", 0),
    column(
        "worker_belonging", F8, "0..1", "belonging of workers", "工人归属感", low=0, default=0.5
    ),
    _n("refused", "count", "requests refused this month", "本月拒绝", 0),
    _n("returnees", "people", "returnees settled this year", "本年安置海归", 0),
    column("family_spent", (F8, 4), "CNY", "spent this year by family of levers", "本年分类支出"),
    column(
        "family_cap",
        (F8, 4),
        "CNY",
        "most a year by family of levers",
        "分类年度上限",
        default=NO_CAP,
    ),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "cells": CELLS,
    "firms": FIRMS,
    "people": PEOPLE,
    "founders": FOUNDERS,
    "funds": FUNDS,
    "operators": OPERATORS,
    "institutions": INSTITUTIONS,
    "stakes": STAKES,
    "ties": TIES,
    "projects": PROJECTS,
    "governments": GOVERNMENTS,
}


@cache
def dtype_of(columns: tuple[Column, ...]) -> np.dtype:
    """Return the structured dtype of `columns`, the same object for every world.

    numba knows a dtype by its address; a new object of the same layout would be compared field by
    field at every call of a kernel, which took a third of a small run.
    """
    fields: list[tuple] = []
    for c in columns:
        fields.append((c.name, *c.dtype) if isinstance(c.dtype, tuple) else (c.name, c.dtype))
    return np.dtype(fields)


class People(NamedTuple):
    """The columns of `people`, each of shape (capacity,)."""

    uid: np.ndarray
    kind: np.ndarray
    site: np.ndarray
    home_cell: np.ndarray
    employer: np.ndarray
    wage: np.ndarray
    skill: np.ndarray
    tenure: np.ndarray
    graduates: np.ndarray
    institution: np.ndarray
    apartment: np.ndarray
    migrant: np.ndarray
    founder_of: np.ndarray
    sector: np.ndarray
    field_experience: np.ndarray
