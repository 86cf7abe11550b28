"""The quantities that levers move from month to month.

A column at its default means: no lever speaks, the place's own stock holds. Several levers on one
column join as the column declares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.declare import Text

NOTHING = float("nan")


@dataclass(frozen=True, slots=True)
class RuleColumn:
    """A monthly quantity: its value without any lever and how several levers join on it."""

    name: str
    default: float
    combine: str  # sum, max, or replace (the later lever in the file wins where it is in force)
    unit: str
    text: Text


def _rule(name: str, default: float, combine: str, unit: str, en: str, zh: str) -> RuleColumn:
    return RuleColumn(name, default, combine, unit, Text(en, zh))


RULES: tuple[RuleColumn, ...] = (
    _rule(
        "budget_cny_year",
        NOTHING,
        "replace",
        "CNY/year",
        "public budget of the year",
        "年度公共预算",
    ),
    _rule(
        "public_stop", 0.0, "max", "share", "share of public outlays stopped", "公共支出停止的比例"
    ),
    _rule(
        "share_support", NOTHING, "replace", "share", "budget share of support", "扶持类预算占比"
    ),
    _rule(
        "share_services", NOTHING, "replace", "share", "budget share of services", "服务类预算占比"
    ),
    _rule(
        "share_finance", NOTHING, "replace", "share", "budget share of finance", "资本类预算占比"
    ),
    _rule("share_other", NOTHING, "replace", "share", "budget share of the rest", "其他类预算占比"),
    _rule("stage_weight_0", 1.0, "replace", "weight", "weight of maturity 0", "成熟度0的权重"),
    _rule("stage_weight_1", 1.0, "replace", "weight", "weight of maturity 1", "成熟度1的权重"),
    _rule("stage_weight_2", 1.0, "replace", "weight", "weight of maturity 2", "成熟度2的权重"),
    _rule("stage_weight_3", 1.0, "replace", "weight", "weight of maturity 3", "成熟度3的权重"),
    _rule("stage_weight_4", 1.0, "replace", "weight", "weight of maturity 4", "成熟度4的权重"),
    _rule(
        "council_quality",
        0.0,
        "replace",
        "share",
        "weight of quality in awards",
        "评审中质量的权重",
    ),
    _rule(
        "goods_speed",
        0.0,
        "sum",
        "share",
        "speed-up of AI work by public goods",
        "公共品带来的研发提速",
    ),
    _rule("regulation_demand", 0.0, "max", "share", "cut of the spread of demand", "需求波动降幅"),
    _rule("regulation_data", 0.0, "max", "share", "speed-up by access to data", "数据开放提速"),
    _rule("regulation_tail", 0.0, "max", "share", "cut of busts", "萧条冲击降幅"),
    _rule(
        "regulation_compliance", 0.0, "sum", "CNY/month", "compliance per firm", "单家企业合规成本"
    ),
    _rule("living_coverage", 0.0, "max", "share", "amenity coverage aimed at", "生活圈覆盖目标"),
    _rule(
        "living_minutes",
        NOTHING,
        "replace",
        "minutes",
        "walking time of the circle",
        "步行圈分钟数",
    ),
    _rule("living_leisure", 0.0, "max", "share", "leisure and schools in the circle", "休闲与学校"),
    _rule("living_in_building", 0.0, "max", "share", "points inside buildings", "楼内服务点占比"),
    _rule(
        "living_cost_point", 0.0, "max", "CNY/year", "cost of a service point", "单个服务点年费用"
    ),
    _rule("flats_built", 0.0, "sum", "units", "talent apartments built", "新建人才公寓"),
    _rule(
        "flats_market", 0.0, "sum", "units", "homes taken for talent apartments", "市场筹集人才公寓"
    ),
    _rule(
        "flats_discount",
        NOTHING,
        "replace",
        "share",
        "discount of added apartments",
        "新增公寓折扣",
    ),
    _rule(
        "flats_priority", NOTHING, "replace", "index", "who comes first for them", "公寓优先顺序"
    ),
    _rule("dorm_units", 0.0, "sum", "units", "dormitory units built", "新建宿舍套数"),
    _rule("dorm_beds", NOTHING, "replace", "beds", "beds in a unit", "每套床位"),
    _rule("dorm_rent", NOTHING, "replace", "CNY/month", "rent of a bed", "床位月租"),
    _rule("worker_centre", 0.0, "sum", "m2", "neighbourhood centre", "邻里中心面积"),
    _rule("worker_micro", 0.0, "sum", "1/year", "small services opened", "便民服务点"),
    _rule("vendor_evict", 0.0, "max", "share", "street vendors evicted", "清退摊贩"),
    _rule("vendor_relief", 0.0, "max", "share", "street vendors given a place", "摊贩疏导"),
    _rule("returnee_places", 0.0, "sum", "1/year", "places for returnees", "海归名额"),
    _rule("returnee_settle", 0.0, "max", "CNY", "settling-in money of a returnee", "海归安家费"),
    _rule("returnee_frontier", 1.0, "max", "ratio", "knowledge of returnees", "海归知识倍数"),
    _rule("whistle_parallel", 0.0, "max", "share", "departments that work at once", "部门并联办理"),
    _rule("whistle_staff", NOTHING, "replace", "people", "staff that solve issues", "诉求办理人员"),
    _rule("whistle_visits", 0.0, "max", "1/month", "visits of a member of staff", "人均月走访"),
    _rule("whistle_files", 0.0, "max", "share", "firms with a file of their own", "一企一档覆盖"),
    _rule("committee_members", 0.0, "sum", "people", "members of the committee", "委员会人数"),
    _rule(
        "committee_selection", NOTHING, "replace", "index", "how they are chosen", "委员产生方式"
    ),
    _rule(
        "committee_levels", NOTHING, "replace", "levels", "levels a case can be taken to", "层级"
    ),
    _rule(
        "committee_participation", NOTHING, "replace", "share", "members who take part", "参与率"
    ),
    _rule(
        "committee_coverage", NOTHING, "replace", "share", "migrants it speaks for", "外来工人覆盖"
    ),
    _rule(
        "event_person_days", 0.0, "sum", "person-days/month", "attendance of events", "活动参与人天"
    ),
    _rule("event_matching", 0.0, "sum", "events/month", "matching events", "对接会场次"),
    _rule("event_youth", 0.0, "sum", "events/month", "youth events", "青年活动场次"),
    _rule("event_festival", 0.0, "sum", "events/month", "festival days", "节庆天数"),
    _rule(
        "event_hosts", 0.0, "sum", "firms/month", "firms that host events", "参与主办活动的企业数"
    ),
    _rule("event_host_fee", 0.0, "max", "CNY", "what a host pays for an event", "联办企业单次分担"),
    _rule("third_cafe", 0.0, "sum", "cells", "cafes", "咖啡厅"),
    _rule("third_showroom", 0.0, "sum", "cells", "showrooms", "展厅"),
    _rule("third_culture", 0.0, "sum", "cells", "culture spaces", "文化空间"),
    _rule("third_draw", 0.0, "max", "0..1", "draw of these places", "第三空间吸引力"),
    _rule("campus_open", 0.0, "max", "share", "giants' amenities open to all", "企业园区开放比例"),
    _rule(
        "campus_operator", 0.0, "replace", "share", "of the cost, by the operator", "运营商承担比例"
    ),
    _rule(
        "alliance_introductions",
        0.0,
        "sum",
        "1/month per firm",
        "introductions in the chain",
        "链上企业引荐",
    ),
    _rule(
        "alliance_building", 0.0, "max", "share", "space offered beside the chain", "同楼配租权重"
    ),
    _rule(
        "virtual_contact", 0.0, "sum", "1/year per pair", "contacts at any distance", "线上接触率"
    ),
    _rule("virtual_search", 0.0, "max", "share", "search sped up by platforms", "平台搜寻提速"),
    _rule("virtual_tasks", 0.0, "max", "0/1", "a market for tasks", "任务市场"),
    _rule("capital_meet_gain", 0.0, "max", "share", "faster meetings with funds", "资本对接增益"),
    _rule("capital_stage_to", -1.0, "max", "round", "last round that gains", "对接覆盖的最后轮次"),
    _rule("capital_signal", 0.0, "max", "share", "noise cut by syndicates", "联合尽调降噪"),
    _rule(
        "fund_count", 0.0, "sum", "funds", "funds raised with the operator", "运营商参与设立的基金"
    ),
    _rule("fund_capital", 0.0, "sum", "CNY", "capital of these funds", "参与基金规模"),
    _rule("fund_operator", 0.0, "sum", "CNY", "the operator's part of it", "其中运营商出资"),
    _rule("fund_public", 0.0, "sum", "CNY", "the government's part of it", "其中政府出资"),
    _rule("fund_local", 0.0, "sum", "funds", "of these, funds seated here", "其中设在本地的基金"),
    _rule("fund_sectors", NOTHING, "replace", "bits", "sectors they invest in", "基金投资行业"),
    _rule(
        "dual_allowed", NOTHING, "replace", "0/1", "scholars may keep their post", "允许双重身份"
    ),
    _rule(
        "dual_effort", NOTHING, "replace", "share", "effort of scholar-founders", "双重身份者投入"
    ),
    _rule(
        "dual_leave_months",
        NOTHING,
        "replace",
        "months",
        "leave that scholar-founders may take",
        "离岗创业期限",
    ),
    _rule("base_level", 0.0, "max", "share", "level of free base services", "基础服务水平"),
    _rule(
        "base_cost_firm_year",
        12_000.0,
        "replace",
        "CNY/year",
        "cost of full base services per firm",
        "单家企业基础服务年成本",
    ),
    _rule("menu_mask", NOTHING, "replace", "bits", "priced services offered", "增值服务清单"),
    _rule(
        "menu_price", NOTHING, "replace", "of cost", "price of priced services", "增值服务价格系数"
    ),
    _rule("menu_stage_fit", 0.0, "max", "share", "fit of services to stage", "服务与阶段匹配"),
    _rule("menu_voucher_rate", 0.0, "max", "share", "service voucher rate", "服务券比例"),
    _rule("menu_voucher_cap", 0.0, "max", "CNY/year", "service voucher cap", "服务券年上限"),
    _rule("admission_focal", 0.0, "max", "share", "focal share aimed at", "赛道占比目标"),
    _rule("admission_chain", 0.0, "max", "share", "weight of fit to the chain", "链条匹配权重"),
    _rule("admission_bar", NOTHING, "replace", "sd", "admission bar on quality", "准入质量门槛"),
    _rule("layout_interleave", NOTHING, "replace", "share", "mixing of zones", "三区交错程度"),
    _rule("layout_radius_km", NOTHING, "replace", "km", "radius of the place", "社区半径"),
    _rule("layout_use_mix", NOTHING, "replace", "entropy", "mixing of uses", "用途混合度"),
    _rule("weight_rent", NOTHING, "replace", "share", "operator's weight on rent", "租金权重"),
    _rule(
        "weight_service", NOTHING, "replace", "share", "operator's weight on services", "服务权重"
    ),
    _rule("weight_equity", NOTHING, "replace", "share", "operator's weight on equity", "股权权重"),
    _rule(
        "weight_mission", NOTHING, "replace", "share", "operator's weight on mission", "使命权重"
    ),
    _rule("nurture_share", NOTHING, "replace", "share", "spending on nurture", "育商支出占比"),
    _rule("run_share", NOTHING, "replace", "share", "spending on running", "运营支出占比"),
    _rule("one_pool", NOTHING, "replace", "0/1", "one pool of money", "资金池统一"),
    _rule(
        "station_capacity", 0.0, "sum", "cases/desk/month", "station's cases", "服务站窗口月容量"
    ),
    _rule("station_gain", 0.0, "max", "share", "faster search by the station", "服务站搜寻增益"),
    _rule("station_desks", NOTHING, "replace", "bits", "desks of the station", "服务站窗口"),
    _rule("station_radius", 0.0, "max", "km", "reach of the station", "服务站半径"),
    _rule("station_cost", 0.0, "max", "CNY/case", "cost of a case", "单件成本"),
    _rule("launch_lift", 0.0, "max", "share", "promotion at launch", "首发推广力度"),
    _rule("launch_months", 0.0, "max", "months", "months of promotion", "推广月数"),
    _rule("launch_orders", 0.0, "sum", "orders/month", "public first orders", "政府首购单数"),
    _rule("launch_order_cny", 0.0, "max", "CNY", "size of a first order", "首单金额"),
    _rule("launch_rebate", 0.0, "max", "share", "rebate to first buyers", "首用买方补贴"),
    _rule("transfer_results", 0.0, "sum", "results/month", "results on offer", "可转化成果数"),
    _rule("transfer_gain", 0.0, "max", "share", "gain of a matched result", "成果匹配增益"),
    _rule("transfer_fee", 0.0, "max", "share", "fee on the first round", "成果转化费率"),
    _rule("team_staff", 0.0, "sum", "per firm", "service staff added", "增配服务人员"),
    _rule("team_skill", 1.0, "replace", "ratio", "skill of the staff added", "服务团队能力"),
    _rule("team_partners", 0.0, "max", "share", "service income of partners", "合伙人分成"),
    _rule("team_wage", 0.0, "max", "CNY/month", "wage of the staff added", "服务团队月薪"),
    _rule("incubator_extra", 0.0, "sum", "places", "incubator places added", "新增孵化工位"),
    _rule("incubator_months", 0.0, "max", "months", "longest stay in them", "最长孵化期"),
    _rule("incubator_bar", NOTHING, "replace", "sd", "bar on quality", "入孵质量门槛"),
    _rule("incubator_mentor", 0.0, "max", "share", "mentoring of tenants", "在孵辅导力度"),
    _rule("poc_extra", 0.0, "sum", "slots/month", "proof slots added", "新增概念验证档期"),
    _rule("poc_gain", 0.0, "max", "share", "gain of a proof slot", "概念验证提速"),
    _rule("poc_screen", 0.0, "max", "share", "weak projects ended", "淘汰弱项目比例"),
    _rule("poc_price", 0.0, "max", "CNY", "price of a proof slot", "概念验证价格"),
    _rule("plant_m2", 0.0, "sum", "m2", "shared manufacturing floor", "共享制造面积"),
    _rule("plant_cut", 0.0, "max", "share", "fixed cost it saves", "固定成本节省"),
    _rule("plant_price", 0.0, "max", "CNY/m2/month", "price of its floor", "共享制造价格"),
    _rule("lab_m2", 0.0, "sum", "m2", "shared lab", "共享实验室面积"),
    _rule("lab_speed", 0.0, "max", "share", "gain of lab members", "共享实验室提速"),
    _rule("lab_quality", 0.0, "max", "sd/year", "quality gained by members", "会员质量提升"),
    _rule("lab_draw", 0.0, "max", "0..1", "third place for members", "会员交往吸引力"),
    _rule("lab_price", 0.0, "max", "CNY/month", "price of a membership", "会员价格"),
    _rule("scene_extra", 0.0, "sum", "slots/month", "scene slots added", "新增场景档期"),
    _rule("scene_gain", 0.0, "max", "share", "gain of a scene slot", "场景提速"),
    _rule("scene_quality", 0.0, "max", "0/1", "slots go by quality", "按质量分配场景"),
    _rule("scene_fee", 0.0, "max", "CNY", "fee of a match", "场景对接费"),
    _rule("pilot_extra", 0.0, "sum", "slots/month", "pilot slots built", "新建中试档期"),
    _rule("pilot_gain", 0.0, "max", "share", "gain of a pilot slot", "中试提速"),
    _rule("pilot_price", 0.0, "max", "CNY", "price of a pilot slot", "中试价格"),
    _rule("pilot_own", 0.0, "max", "0/1", "the operator owns them", "运营商自有中试"),
    _rule("pilot_running", 0.0, "max", "CNY/month", "running cost of a slot", "中试运行成本"),
    _rule("placed_institutions", 0.0, "sum", "institutions", "institutions built", "引进机构"),
    _rule("placed_universities", 0.0, "sum", "institutions", "of them universities", "其中高校"),
    _rule("placed_faculty", 0.0, "max", "people", "faculty of each", "单所教研人员"),
    _rule("placed_students", 0.0, "max", "people", "students of each", "单所学生"),
    _rule("contract_bonus", 0.0, "max", "share", "bonus share of income", "绩效奖金占收入比"),
    _rule("contract_nurture", 0.0, "replace", "weight", "bonus on nurture", "育成绩效权重"),
    _rule("contract_retention", 0.0, "replace", "weight", "bonus on retention", "留存绩效权重"),
    _rule("contract_innovation", 0.0, "replace", "weight", "bonus on innovation", "创新绩效权重"),
    _rule("contract_audit", 0.0, "replace", "share", "depth of audit", "审计力度"),
    _rule("brand_spend", 0.0, "sum", "CNY/year", "spending on the brand", "品牌投入"),
    _rule("brand_parks", 0.0, "sum", "parks", "remote parks run", "托管园区数"),
    _rule("brand_fees", 0.0, "sum", "CNY/year", "fees asked of remote parks", "输出园区应收费用"),
    _rule("brand_staff", 0.0, "sum", "people", "staff that remote parks need", "外派人员需求"),
    _rule("link_strength", 0.0, "max", "share", "strength of links to other sites", "社区联动强度"),
    _rule("link_services", 0.0, "max", "share", "spare cases lent to other sites", "服务共享程度"),
    _rule(
        "front_referral", 0.0, "max", "share", "leavers referred to the back site", "后厂引荐比例"
    ),
    _rule(
        "front_staff_min",
        0.0,
        "max",
        "people",
        "least staff of a referred firm",
        "引荐企业最低员工数",
    ),
    _rule(
        "front_head", 0.0, "max", "CNY", "support of a move to the back, a head", "后厂搬迁人均补助"
    ),
    _rule("front_joint", 0.0, "max", "0/1", "one account for linked operators", "前后厂统一核算"),
    _rule("world_links", 0.0, "sum", "links", "links to the world", "国际链接数"),
    _rule(
        "world_gain", 0.0, "max", "1/year", "frontier gap closed by a link", "单个链接弥合前沿差距"
    ),
    _rule("world_export", 0.0, "max", "share", "reach of the export service", "出海服务力度"),
    _rule("build_office", 0.0, "sum", "m2", "offices asked for so far", "拟建办公累计"),
    _rule("build_lab", 0.0, "sum", "m2", "laboratories asked for so far", "拟建实验累计"),
    _rule("build_production", 0.0, "sum", "m2", "plants asked for so far", "拟建厂房累计"),
    _rule("yearly_office", 0.0, "sum", "m2/month", "offices asked for", "每月拟建办公"),
    _rule("yearly_lab", 0.0, "sum", "m2/month", "laboratories asked for", "每月拟建实验"),
    _rule("yearly_production", 0.0, "sum", "m2/month", "plants asked for", "每月拟建厂房"),
    _rule("renew_share", 0.0, "sum", "1/year", "old stock to be renewed", "老旧存量年更新比例"),
    _rule("convert_m2", 0.0, "sum", "m2", "floor to be converted so far", "拟转换面积累计"),
    _rule("convert_from", NOTHING, "replace", "index", "use it is taken from", "转换前用途"),
    _rule("convert_to", NOTHING, "replace", "index", "use it is given to", "转换后用途"),
    _rule("build_cost", NOTHING, "replace", "CNY/m2", "cost of building", "建设成本"),
    _rule("build_months", NOTHING, "replace", "months", "time of building", "建设周期"),
    _rule("build_payer", NOTHING, "replace", "index", "who pays for it", "建设出资方"),
    _rule("production_share_min", 0.0, "max", "share", "least share of plants", "生产面积占比下限"),
    _rule(
        "support_share_max",
        NOTHING,
        "replace",
        "share",
        "most share of homes and amenities",
        "配套面积占比上限",
    ),
    _rule("pooling_saving", 0.0, "max", "share", "saved by pooled facilities", "统筹配套节省"),
    _rule(
        "land_factor", NOTHING, "replace", "ratio", "price of industrial land", "工业用地起价系数"
    ),
    _rule("approval_saved", 0.0, "max", "months", "months of approval saved", "审批节省月数"),
    _rule("land_conditions", 0.0, "max", "0/1", "land is sold with a plan", "带条件、带方案出让"),
    _rule("split_allowed", 0.0, "max", "0/1", "units may be sold", "允许分割转让"),
    _rule("split_unit", NOTHING, "replace", "m2", "least size of a unit", "分割最小面积"),
    _rule("split_price", NOTHING, "replace", "CNY/m2", "price of a unit", "分割转让价格"),
    _rule("split_lock", NOTHING, "replace", "months", "months without resale", "转让限制期"),
    _rule(
        "upstairs_far",
        NOTHING,
        "replace",
        "ratio",
        "floor area ratio of new plants",
        "新建厂房容积率",
    ),
    _rule("upstairs_premium", 0.0, "max", "share", "cost of a further storey", "每层成本溢价"),
    _rule(
        "upstairs_fit",
        NOTHING,
        "replace",
        "share",
        "makers that can work upstairs",
        "适宜上楼企业占比",
    ),
    _rule("pv_roof", 0.0, "max", "share", "roofs to be covered", "拟铺光伏屋顶占比"),
    _rule("pv_saving", 0.0, "max", "share", "other cost saved by it", "光伏节省"),
    _rule("pv_cost", 0.0, "max", "CNY/m2", "cost of a roof", "光伏单位投资"),
    _rule("recruit_effort", 0.0, "sum", "CNY/year", "spending on recruitment", "招商投入"),
    _rule("recruit_rule", NOTHING, "replace", "index", "whom it looks for", "招商对象"),
    _rule("recruit_next_door", 0.0, "max", "share", "recruits placed beside users", "隔墙布局比例"),
    _rule(
        "anchor_staff", 0.0, "sum", "people", "staff of anchor projects so far", "龙头项目累计员工"
    ),
    _rule("anchor_capex", 0.0, "max", "CNY", "investment in them", "龙头项目投资"),
    _rule("anchor_months", NOTHING, "replace", "months", "time of building them", "龙头项目建设期"),
    _rule("anchor_purchase", 0.0, "max", "share", "bought from firms here", "本地采购比例"),
    _rule("anchor_task", 0.0, "max", "share", "task force for them", "攻坚力量"),
)

RULE_ROW = np.dtype([(rule.name, np.float64) for rule in RULES])
