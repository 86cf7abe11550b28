"""Say in words what a file means: the place, the levers, who pays, and where the numbers are from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.declare import Lever, Text
from sim.levers import all_levers
from sim.scenario.describe import NO_LEVERS, describe_dates, describe_head
from sim.scenario.evidence import told
from sim.scenario.facts import named_uses
from sim.scenario.json_leaves import shown
from sim.scenario.scenario import Scenario
from sim.state.rules import LeverUse

MAIN_NUMBERS = (
    (Text("Offices: {office_m2:,.0f} m2, {vacancy:.0%} empty, asking {rent:g} CNY/m2 a month",
          "办公{office_m2:,.0f}平方米，空置{vacancy:.0%}，挂牌租金每平方米每月{rent:g}元")),
    (Text("Homes: {units:,} flats at {home:g} CNY/m2 a month, {flats:,} talent apartments",
          "住房{units:,}套，租金每平方米每月{home:g}元，人才公寓{flats:,}套")),
    (Text("Operator: owns {owned:,.0f} m2 of offices, {desk:g} service staff, {stakes} stakes",
          "运营商：自持办公{owned:,.0f}平方米，服务人员{desk:g}人，持股{stakes}家")),
    (Text("Government: {budget:,.0f} CNY a year", "政府：年度预算{budget:,.0f}元")),
    (Text("Money and teams: {funds} funds of {capital:,.0f} CNY, {teams} teams about to found",
          "资金与团队：基金{funds}支，每支{capital:,.0f}元；筹备团队{teams}个")),
)  # fmt: skip
ACTS = Text("acts through: {names}", "作用机制：{names}")
PAYS = Text("paid by: {payer}", "出资方：{payer}")
NOT_SET = Text("all fields at their defaults", "各字段均为默认值")
SCALED = Text(
    "written for {reference} firms, scaled to {firms}", "按{reference}家企业填写，已换算为{firms}家"
)
NO_UNITS = ("name", "names", "0/1")
SEVERAL = Text(", ", "、")

# Who pays, in Chinese; declarations of levers name payers in English.
PAYERS = {
    "operator (space left empty)": "运营商（空置空间）", "institution (wage goes on)": "原单位（续发工资）",
    "remote parks pay the fee": "异地园区付费", "operator and members, half each": "运营商与成员各半",
    "operator and government, half each": "运营商与政府各半", "government as owner": "政府（作为业主）",
    "government as planner": "政府（作为规划方）", "firms of the focal sector, for compliance": "主导行业企业（合规成本）",
    "firms give members' time": "企业出成员时间", "orders and rebates": "订单与返还", "promotion": "推广",
    "by the share of each in every call": "每次出资按各自份额", "outside partners": "外部合伙人",
    "partners by share": "合作方按份额", "scene owners": "场景方", "leading firms": "龙头企业",
    "firm by fee": "企业付费", "firm by price": "企业按价付费", "by its share": "按其份额",
    "shops pay part": "商户分担", "base and voucher": "基础服务与服务券", "firm to operator": "企业付给运营商",
    "operator with debt": "运营商（举债）", "by land revenue forgone": "少收土地收入",
    "government for the task force": "政府（攻坚力量）",
    "host firms": "联合主办企业", "government": "政府", "operator": "运营商", "institutions": "机构",
    "institution": "机构", "institutes": "院所", "giants": "巨头", "owners": "业主", "owner": "业主",
    "operators": "运营商", "firms": "企业", "firm": "企业", "menu": "菜单", "funds": "基金", "city": "市级政府",
    "; ": "；", ", ": "、", ": ": "：", "政府 按": "政府按", "运营商 按": "运营商按", "巨头 按": "巨头按",
}  # fmt: skip


def payer_of(lever: Lever) -> Text:
    """Return who pays for a lever, in both languages."""
    said = lever.payer
    for en, zh in sorted(PAYERS.items(), key=lambda one: -len(one[0])):
        said = said.replace(en, zh)
    return Text(lever.payer, said)


def explain(scenario: Scenario, language: str = "en") -> str:
    """Return what a scenario means, a fact a line."""
    lines = [*describe_head(scenario, language), *main_numbers(scenario, language)]
    if not scenario.levers:
        lines.append(NO_LEVERS.in_language(language))
    for name, use in named_uses(scenario):
        lines += explain_use(name, use, scenario, language)
    return "\n".join(lines)


def main_numbers(scenario: Scenario, language: str) -> list[str]:
    """Return what one has to know of a place, in a few lines."""
    place = scenario.initial
    floor, funds = place.floor, place.funds
    numbers = {
        "office_m2": floor.office_m2,
        "vacancy": 1 - floor.office_let_m2 / max(floor.office_m2, 1.0),
        "rent": place.rents.office,
        "units": floor.housing_units,
        "home": place.rents.housing,
        "flats": place.apartments.units,
        "owned": place.operator.owned_office_m2,
        "desk": place.operator.service_staff,
        "stakes": place.operator.stakes,
        "budget": place.government.budget_cny_year,
        "funds": funds.tied + funds.other,
        "capital": funds.capital_cny_each,
        "teams": place.founders.teams,
    }
    return [text.in_language(language).format(**numbers) for text in MAIN_NUMBERS]


def explain_use(name: str, use: LeverUse, scenario: Scenario, language: str) -> Iterator[str]:
    """Yield a lever in force: dates, values that are set, mechanisms, who pays."""
    lever = all_levers()[use.lever]

    def say(text: Text, **parts: Any) -> str:
        return text.in_language(language).format(**parts)

    yield f"- {say(lever.text)} ({name}): {describe_dates(use, scenario.start, language)}"
    changed = [field for field in lever.fields if use.values[field] != lever.fields[field].default]
    for field in changed:
        declared = lever.fields[field]
        unit = "" if declared.unit in NO_UNITS else f" {declared.unit}"
        line = f"    {say(declared.text)} ({field}) = {shown(use.values[field])}{unit}"
        if declared.extensive and _is_scaled(scenario):
            firms = scenario.initial.firms.total
            line += f" [{say(SCALED, reference=scenario.reference_firms, firms=firms)}]"
        yield line
    if not changed:
        yield f"    {say(NOT_SET)}"
    names = [f"{one} {told(one).in_language(language)}" for one in lever.mechanisms]
    yield "    " + say(ACTS, names=say(SEVERAL).join(names))
    yield "    " + say(PAYS, payer=payer_of(lever).in_language(language))


def _is_scaled(scenario: Scenario) -> bool:
    reference = scenario.reference_firms
    return reference is not None and reference != scenario.initial.firms.total
