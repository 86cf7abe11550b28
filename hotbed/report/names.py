"""What things are called on the page: arms, indicators, accounts, payments and groups of firms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from experiments.compare import Comparison
from experiments.figures.svg import Style, style_of
from experiments.winners import SIZES
from sim.declare import Text
from sim.levers import all_levers
from sim.state.catalogue import ORIGINS, SECTORS, ZONES
from sim.state.ledger import KINDS, PURPOSES

ACCOUNTS = {
    "firm": Text("firms", "企业"),
    "team": Text("founding teams", "创业团队"),
    "fund": Text("funds", "基金"),
    "operator": Text("operator", "运营商"),
    "households": Text("households", "居民家庭"),
    "government": Text("government", "政府"),
    "owners": Text("owners of space", "物业业主"),
    "social": Text("social fund", "社保账户"),
    "market": Text("market (customers)", "市场（客户）"),
    "world": Text("outside world", "外部"),
}

PAYMENTS = {
    "wages": Text("wages", "工资"),
    "rent": Text("rent", "租金"),
    "rent_waived": Text("rent waived", "代付租金（运营商）"),
    "compute": Text("computing", "算力"),
    "supplies": Text("supplies", "采购"),
    "service_fee": Text("service fees", "服务费"),
    "management_fee": Text("management fees", "管理费"),
    "tax_revenue": Text("tax on revenue", "营收税"),
    "tax_payroll": Text("tax on wages", "工资税"),
    "social_charges": Text("social charges", "社保缴费"),
    "sales": Text("sales", "销售"),
    "contract_work": Text("contract work", "合同收入"),
    "clawback": Text("clawback", "追回补贴"),
    "award_services": Text("services given as awards", "扶持性服务"),
    "base_services": Text("free base services", "基础服务"),
    "service_voucher": Text("service vouchers", "服务券"),
    "investment": Text("investment", "投资"),
    "founding_capital": Text("founding capital", "创业资本"),
    "capital_call": Text("capital calls of funds", "基金出资"),
    "distribution": Text("distributions of funds", "基金分配"),
    "exit": Text("exits", "退出"),
    "dividend": Text("dividends", "分红"),
    "redemption": Text("redemption of stakes", "股权回购"),
    "moving": Text("moving", "搬迁"),
    "service_staff": Text("service staff", "服务人员"),
    "platforms": Text("platforms", "平台"),
    "public_goods": Text("public goods", "公共品"),
    "amenities": Text("amenities", "生活配套"),
    "events": Text("events", "活动"),
    "space_running": Text("running of space", "空间运营"),
    "debt_service": Text("debt service", "还本付息"),
    "cover": Text("cover of the operator's deficit", "弥补运营商亏空"),
    "budget": Text("budget", "预算"),
    "residents": Text("cost of added residents", "新增居民公共成本"),
    "closing": Text("closing of accounts", "清算"),
    "opening": Text("opening of accounts", "开户"),
    "living": Text("living of founders", "创始人生活支出"),
    "task_market": Text("tasks traded among firms", "任务市场"),
    "forbearance": Text("rent forborne", "缓收租金"),
    "site_transfer": Text("moved between sites", "社区间转移"),
    "land": Text("industrial land", "工业用地"),
    "inputs": Text("inputs that makers work on", "外购投入"),
    "support_floor": Text("homes and amenities beside plants", "厂区配套建设"),
    "own_building": Text("building by owners", "业主自建"),
    "brand_fee": Text("fees for brand and entrusted operation", "品牌与受托运营费"),
}

_SECTORS = (
    "人工智能", "软件", "硬件", "服务", "生物技术", "纳米", "物联网", "装备", "电子", "材料", "纺织",
    "零部件", "化工", "食品", "建筑",
)  # fmt: skip
_ORIGINS = ("学者", "毕业生", "大厂离职", "衍生", "海归", "独立创业", "迁入")
_ZONES = ("校园", "园区", "街区", "生产区", "住区", "前店", "后厂")

GROUPS = {
    "size": Text("by size when first seen", "按初始规模"),
    "sector": Text("by sector", "按行业"),
    "origin": Text("by origin", "按来源"),
    "zone": Text("by zone of the first lease", "按首租功能区"),
}


def account(kind: int) -> Text:
    """Return what a kind of account is called."""
    name = KINDS[kind]
    return ACCOUNTS.get(name, Text(name, name))


def payment(purpose: int) -> Text:
    """Return what a payment is for: its own text, its lever's name, else the ledger's own word."""
    name = PURPOSES[purpose]
    if name in PAYMENTS:
        return PAYMENTS[name]
    lever = all_levers().get(name)
    words = name.replace("_", " ")
    return lever.text if lever else Text(words, f"账目 {words}")


def group(by: str, index: int) -> Text:
    """Return what a group of firms is called."""
    if by == "size":
        low, high = SIZES[index], SIZES[index + 1] - 1 if index + 1 < len(SIZES) else None
        span = f"{low}–{high}" if high else f"{low}+"
        return Text(f"{span} staff", f"{span} 人")
    english, chinese = {
        "sector": (SECTORS, _SECTORS),
        "origin": (ORIGINS, _ORIGINS),
        "zone": (ZONES, _ZONES),
    }[by]
    word = "AI" if english[index] == "ai" else english[index].replace("_", " ")
    return Text(word, chinese[index] if index < len(chinese) else word)


class Names:
    """Names and styles of a comparison's arms, and names of its indicators."""

    def __init__(self, comparison: Comparison, indicators: dict[str, Any]) -> None:
        self._arms = told_apart({arm.label: arm.scenario.policy_title for arm in comparison.arms})
        self._order = {arm.label: i for i, arm in enumerate(comparison.arms)}
        self._indicators = indicators

    def arm(self, label: str) -> Text:
        """Return the title of an arm."""
        return self._arms[label]

    def in_words(self, text: Text) -> Text:
        """Return a text with the titles of arms in the place of their names."""
        longest = sorted(self._arms, key=len, reverse=True)
        name = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest))})(?![\w-])")
        return Text(
            name.sub(lambda found: self._arms[found[1]].en, text.en),
            name.sub(lambda found: self._arms[found[1]].zh, text.zh),
        )

    def style(self, label: str) -> Style:
        """Return how an arm's series look."""
        return style_of(self._order[label])

    def indicator(self, name: str) -> Text:
        """Return the declared name of an indicator."""
        declared = self._indicators.get(name)
        return declared.text if declared else Text(name, name)


def told_apart(titles: Mapping[str, Text]) -> dict[str, Text]:
    """Return titles by label; two that are the same are told apart by their labels."""
    known = list(titles.values())
    return {
        label: title if known.count(title) == 1 else _with_label(title, label)
        for label, title in titles.items()
    }


def _with_label(title: Text, label: str) -> Text:
    return Text(f"{title.en} ({label})", f"{title.zh}（{label}）")
