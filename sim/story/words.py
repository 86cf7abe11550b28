"""The sentences of a life, in English and Chinese."""

from __future__ import annotations

from typing import Any

from sim.declare import Text
from sim.levers import all_levers
from sim.scenario.dates import date_of
from sim.story.events import BEFORE, Event

SENTENCES: dict[str, Text] = {
    "team": Text("A team forms: {origin}, in {sector}{parent}.", "团队成形：{origin}，{sector}{parent}。"),
    "cofounder": Text("A cofounder joins.", "合伙人加入。"),
    "gave_up": Text("The team gives up after {waiting} months of waiting.", "团队等待{waiting}个月后放弃。"),
    "still_nascent": Text("At the end the team has not founded yet.", "期末团队仍未创办企业。"),
    "stands": Text("Firm {firm} stands here: {origin}, {sector}{layer}, {staff} staff, founded {years} years before{parent}; product at {product}, last round {round}.",
                   "企业{firm}已在此：{origin}，{sector}{layer}，员工{staff}人，成立{years}年{parent}；产品处于{product}，最近轮次{round}。"),
    "founded": Text("Firm {firm} is founded: {origin}, {sector}{layer}, {staff} staff{parent}; the team formed {formed}{incubated}.",
                    "企业{firm}成立：{origin}，{sector}{layer}，员工{staff}人{parent}；团队于{formed}成形{incubated}。"),
    "moved_in": Text("Firm {firm} moves in{region}: {sector}{layer}, {staff} staff, {years} years old; product at {product}, last round {round}.",
                     "企业{firm}迁入{region}：{sector}{layer}，员工{staff}人，成立{years}年；产品处于{product}，最近轮次{round}。"),
    "product": Text("Its product reaches {product}.", "产品达到{product}。"),
    "first_order": Text("The first order comes in.", "获得首单。"),
    "award": Text("It receives {lever} until {last}{stake}.", "获得{lever}，至{last}{stake}。"),
    "award_ended": Text("{lever} ends.", "{lever}结束。"),
    "round": Text("Round {round} closes: {money} at a value of {value}; the founders keep {founders:.0%}{local}.",
                  "完成{round}轮融资：{money}，估值{value}；创始人持股{founders:.0%}{local}。"),
    "graduated": Text("It leaves the incubator.", "从孵化器毕业。"),
    "moved_here": Text("It moves within the place, to {area:,.0f} m2.", "在区内搬迁，租用{area:,.0f}平方米。"),
    "no_cash": Text("Its cash runs out.", "现金耗尽。"),
    "cash_again": Text("It has cash again: {cash}.", "现金恢复：{cash}。"),
    "sold": Text("It is sold or listed at {value} and stays.", "以{value}被收购或上市，继续经营。"),
    "grew": Text("Staff grow from {was} to {staff}.", "员工由{was}人增至{staff}人。"),
    "shrank": Text("Staff shrink from {was} to {staff}.", "员工由{was}人减至{staff}人。"),
    "ties": Text("Its ties to firms here: {ties}, {supply} of them to suppliers or customers.", "与区内{ties}家企业建立联系，其中供应关系{supply}家。"),
    "ties_faded": Text("Its ties fade from {was} to {ties}.", "联系由{was}家减至{ties}家。"),
    "founder_left": Text("A founder leaves the firm.", "一名创始人离开。"),
    "people_left": Text("{count} people leave: {here} to firms here, {outside} to jobs outside, {seeking} without a job, {away} from the place.",
                        "{count}人离职：{here}人去区内企业，{outside}人去区外工作，{seeking}人待业，{away}人离开本地。"),
    "spin_out": Text("One of its people founds firm {child}.", "其员工创办企业{child}。"),
    "left": Text("It is gone: {how}, after {months} months here, with {staff} staff and {cash} in cash; support in all {support}.",
                 "离场：{how}，在此{months}个月，员工{staff}人，现金{cash}；累计扶持{support}。"),
    "end": Text("At the end it is here: {staff} staff, product at {product}, last round {round}, {ties} ties, cash {cash}, support in all {support}{operator}.",
                "期末仍在此：员工{staff}人，产品处于{product}，最近轮次{round}，联系{ties}家，现金{cash}，累计扶持{support}{operator}。"),
}  # fmt: skip

PRODUCTS = (
    Text("idea", "想法"), Text("proof of concept", "概念验证"), Text("pilot", "中试"),
    Text("field validation", "场景验证"), Text("market", "上市"),
)  # fmt: skip
NAMES: dict[str, Text] = {
    "scholar": Text("a scholar's", "学者创业"), "graduate": Text("a graduate's", "毕业生创业"),
    "giant_leaver": Text("by a leaver of a giant", "巨头离职者创业"), "spin_out": Text("a spin-out", "企业衍生"),
    "returnee": Text("a returnee's", "海归创业"), "independent": Text("independent", "独立创业"),
    "relocated": Text("relocated", "迁入企业"),
    "ai": Text("ai", "人工智能"), "software": Text("software", "软件"), "hardware": Text("hardware", "硬件"),
    "services": Text("services", "服务"), "biotech": Text("biotech", "生物医药"), "nano": Text("nano", "纳米"),
    "iot": Text("iot", "物联网"), "equipment": Text("equipment", "装备"), "electronics": Text("electronics", "电子"),
    "materials": Text("materials", "材料"), "textile": Text("textile", "纺织"), "chemicals": Text("chemicals", "化工"),
    "food": Text("food", "食品"), "construction": Text("construction", "建筑"), "chips": Text("chips", "芯片"),
    "models": Text("models", "模型"), "applications": Text("applications", "应用"), "embodied": Text("embodied", "具身智能"),
    "sensing": Text("sensing", "传感"), "network": Text("network", "网络"), "platform": Text("platform", "平台"),
    "integration": Text("integration", "集成"), "parts": Text("parts", "零部件"), "systems": Text("systems", "系统"),
    "none": Text("none", "无"), "angel": Text("angel", "天使"), "pre_a": Text("pre-A", "Pre-A"),
    "closed": Text("closed", "关闭"), "moved within the region": Text("moved within the region", "迁往区域内其他地方"),
    "moved away": Text("moved away", "迁离"), "sold": Text("sold and moved away", "被收购并迁走"),
    "here": Text("here", "在此"),
}  # fmt: skip
PARENT = Text(", from {uid}", "，源自{uid}")
INCUBATED = Text("; it takes a place in the incubator", "；入驻孵化器")
REGION = Text(" from elsewhere in the region", "（自区域内其他地方）")
STAKE = Text(", for a stake of {stake:.1%}", "，让出股权{stake:.1%}")
LOCAL = Text("; a fund of the place leads", "；本地基金领投")
OPERATOR = Text(", the operator holds {operator:.1%}", "，运营商持股{operator:.1%}")
MONEY = Text("{millions:,.2f} m CNY", "{millions:,.2f}百万元")
AT_START = Text("at the start", "起始时")
MONEYS = ("money", "value", "cash", "support")


def name_of(word: str, language: str) -> str:
    """Return a catalogue's name in a language."""
    return NAMES[word].in_language(language) if word in NAMES else word.upper()


def when(event: Event, start: str, language: str) -> str:
    """Return the date of an event."""
    return AT_START.in_language(language) if event.month == BEFORE else date_of(start, event.month)


def sentence(event: Event, start: str, language: str = "en") -> str:
    """Return an event in a sentence, without its date."""

    def say(text: Text, **parts: Any) -> str:
        return text.in_language(language).format(**parts)

    v = dict(event.values)
    words: dict[str, Any] = v | {
        name: say(MONEY, millions=v[name] / 1e6) for name in MONEYS if name in v
    }
    for name in ("origin", "sector", "round", "how"):
        if name in v:
            words[name] = name_of(v[name], language)
    if v.get("layer"):
        words["layer"] = f" ({name_of(v['layer'], language)})"
    step = v.get("step", v.get("maturity"))
    if step is not None:
        words["product"] = PRODUCTS[min(step, len(PRODUCTS) - 1)].in_language(language)
    if "born" in v:
        words["years"] = f"{max(event.month - v['born'], 0) / 12:.0f}"
    if "formed" in v:
        words["formed"] = date_of(start, v["formed"])
    if "lever" in v:
        lever = all_levers().get(v["lever"])
        words["lever"] = lever.text.in_language(language) if lever else v["lever"]
    if "last" in v:
        words["last"] = date_of(start, v["last"])
    extras = {"parent": (PARENT, "uid"), "incubated": (INCUBATED, "yes"), "region": (REGION, "yes"),
              "stake": (STAKE, "stake"), "local": (LOCAL, "yes"),
              "operator": (OPERATOR, "operator")}  # fmt: skip
    for name, (text, part) in extras.items():
        if name in v:
            words[name] = say(text, **{part: v[name]}) if v[name] else ""
    return say(SENTENCES[event.kind], **words)
