"""Say in words what a file comes to: the text of `hotbed scenario validate`."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from sim.declare import ASSUMPTION, Text
from sim.levers import all_levers
from sim.scenario.consistency import total_staff
from sim.scenario.dates import date_of
from sim.scenario.evidence import OWN_DATA
from sim.scenario.scenario import Scenario
from sim.state.rules import OPEN_END, LeverUse

PLACE = Text("Place: {name}", "地点：{name}")
POLICY = Text("Policy: {name}", "政策：{name}")
HORIZON = Text("From {start}, {months} months", "自{start}起，共{months}个月")
STOCK = Text(
    "{firms} firms with {staff} staff; {students} students; {floor:,.0f} m2 of offices and labs",
    "企业{firms}家，员工{staff}人；学生{students}人；办公与实验室{floor:,.0f}平方米",
)
SOURCED = Text(
    "Numbers: {sourced} from evidence ({kinds} ids), {assumed} assumptions",
    "数字：{sourced}个有证据（{kinds}条），{assumed}个为假设",
)
OWN_NUMBERS = Text("{count} numbers of your own", "您自己的数字{count}个")
SCALED = Text(
    "Extensive fields were written for {reference} firms; here they stand for {firms}",
    "规模类字段按{reference}家企业填写，已换算为{firms}家",
)
SCALE_LEVER = Text("Equal cost scales {name}", "等成本比较时缩放{name}")
NO_LEVERS = Text(
    "No levers: the place's own stock and operator", "无政策工具：仅保留现有存量与运营商"
)
MONTHS = Text("months {start} to {end}", "第{start}至{end}月")
ALL_MONTHS = Text("from month {start}", "自第{start}月起")
RAMP = Text("rising over {months} months", "爬坡{months}个月")
TAPER = Text("fading over {months} months", "退坡{months}个月")
ELIGIBLE = Text("for firms with {filter}", "适用于{filter}")
WHEN = Text("when {trigger}", "当{trigger}时")
AWARDS = Text("at most {count:g} awards a year", "每年至多{count:g}项")
SITE = Text(
    "Site {name} ({place}) at {east:g} m east, {north:g} m north: {firms} firms",
    "社区{name}（{place}）：东{east:g}米、北{north:g}米，企业{firms}家",
)
ONE_OPERATOR = Text("One operator runs all sites on one account", "各社区由同一运营商统一核算")
PARAMETER = Text("Parameter {name} = {value:g}", "参数{name} = {value:g}")


def describe(scenario: Scenario, language: str = "en") -> str:
    """Return the resolved scenario in words, one fact a line."""
    lines = describe_head(scenario, language)
    if not scenario.levers:
        lines.append(NO_LEVERS.in_language(language))
    lines += [describe_lever(use, scenario.start, language) for use in scenario.levers]
    return "\n".join(lines)


def describe_head(scenario: Scenario, language: str = "en") -> list[str]:
    """Return place, policy, size, sources, scaling and changed parameters, one fact a line."""

    def say(text: Text, **parts: Any) -> str:
        return text.in_language(language).format(**parts)

    place, floor = scenario.initial, scenario.initial.floor
    lines = [
        say(PLACE, name=scenario.title.in_language(language)),
        say(POLICY, name=scenario.policy_title.in_language(language)),
        say(
            HORIZON,
            start=scenario.start,
            months=scenario.months,
        ),
        say(
            STOCK,
            firms=place.firms.total,
            staff=total_staff(place),
            students=place.people.students,
            floor=floor.office_m2 + floor.lab_m2,
        ),
        say(SOURCED, **count_sources(scenario)),
    ]
    for site in scenario.sites:
        lines.append(
            say(
                SITE,
                name=site.name,
                place=site.scenario.title.in_language(language),
                east=site.at[0],
                north=site.at[1],
                firms=site.scenario.initial.firms.total,
            )
        )
    if scenario.one_operator:
        lines.append(say(ONE_OPERATOR))
    own = sum(source == OWN_DATA for source in scenario.sources.values())
    if own:
        lines.append(say(OWN_NUMBERS, count=own))
    if scenario.reference_firms and scenario.reference_firms != place.firms.total:
        lines.append(say(SCALED, reference=scenario.reference_firms, firms=place.firms.total))
    if scenario.scale_lever:
        lines.append(say(SCALE_LEVER, name=scenario.scale_lever))
    for process, values in sorted(scenario.parameters.items()):
        lines += [say(PARAMETER, name=f"{process}.{k}", value=v) for k, v in sorted(values.items())]
    return lines


def count_sources(scenario: Scenario) -> dict[str, int]:
    """Return how many numbers come from evidence, from how many ids, and how many are assumed."""
    counted = Counter(scenario.sources.values())
    assumed = counted.pop(ASSUMPTION, 0)
    counted.pop(OWN_DATA, 0)
    return {"sourced": sum(counted.values()), "kinds": len(counted), "assumed": assumed}


def describe_lever(use: LeverUse, start: str, language: str = "en") -> str:
    """Return one lever in force: its name, dates, and the fields that differ from the default."""
    lever = all_levers()[use.lever]
    changed = [
        f"{name} = {_shown(value)} {lever.fields[name].unit}"
        for name, value in use.values.items()
        if value != lever.fields[name].default
    ]
    dates = describe_dates(use, start, language)
    head = f"- {lever.text.in_language(language)} ({use.lever}): {dates}"
    return "\n".join([head, *(f"    {line}" for line in changed)])


def describe_dates(use: LeverUse, start: str, language: str = "en") -> str:
    """Return when a lever is in force, for whom and how often."""

    def say(text: Text, **parts: Any) -> str:
        return text.in_language(language).format(**parts)

    first = f"{use.start} ({date_of(start, use.start)})"
    parts = [say(ALL_MONTHS, start=first)]
    if use.end < OPEN_END:
        parts = [say(MONTHS, start=first, end=f"{use.end} ({date_of(start, use.end)})")]
    if use.ramp:
        parts.append(say(RAMP, months=use.ramp))
    if use.taper:
        parts.append(say(TAPER, months=use.taper))
    if use.eligible is not None:
        parts.append(say(ELIGIBLE, filter=str(use.eligible)))
    if use.when is not None:
        parts.append(say(WHEN, trigger=str(use.when)))
    if not math.isinf(use.firms_max):
        parts.append(say(AWARDS, count=use.firms_max))
    return "; ".join(parts)


def _shown(value: Any) -> str:
    if isinstance(value, float | int):
        return f"{value:,.10g}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_shown(one)}" for name, one in value.items()) + "}"
    return str(value)
