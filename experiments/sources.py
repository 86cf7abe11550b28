"""Where a comparison's numbers come from, and which of its signs are put in rather than found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.declare import ASSUMPTION, Text
from sim.levers import all_levers
from sim.processes import all_parameters


@dataclass(frozen=True)
class Sources:
    """How many numbers of a kind come from evidence, and how many are assumed."""

    kind: Text
    sourced: int
    assumed: int


def count_sources(scenarios: list[Any]) -> list[Sources]:
    """Count the numbers behind some scenarios of one place, each once."""
    parameters = [
        p.source for process in all_parameters().values() for p in process.declared.values()
    ]
    used = {use.lever for scenario in scenarios for use in scenario.levers}
    fields = [
        f.source
        for name, lever in all_levers().items()
        if name in used
        for f in lever.fields.values()
    ]
    stated: dict[str, dict[str, str]] = {"initial": {}, "levers": {}}
    for scenario in scenarios:
        for path, source in getattr(scenario, "sources", {}).items():
            head = path.partition(".")[0]
            key = path if head == "initial" else f"{scenario.policy}: {path}"
            stated["initial" if head == "initial" else "levers"][key] = source
    return [
        _counted(Text("the place at its start", "地点的初始状态"), stated["initial"].values()),
        _counted(Text("what the policies' files state", "政策文件所载"), stated["levers"].values()),
        _counted(Text("parameters of the mechanisms", "机制参数"), parameters),
        _counted(
            Text("fields of the levers used, with defaults", "所用政策工具的字段（含默认值）"),
            fields,
        ),
    ]


def _counted(kind: Text, sources: Any) -> Sources:
    sources = list(sources)
    assumed = sum(source == ASSUMPTION for source in sources)
    return Sources(kind, len(sources) - assumed, assumed)


@dataclass(frozen=True)
class BuiltIn:
    """A sign that a parameter puts into the model, so that no result may be read as finding it."""

    process: str
    parameter: str
    text: Text


BUILT_IN = (
    BuiltIn("location", "cost_sensitivity", Text(
        "a place that costs more than elsewhere is left more often, whatever the policy",
        "成本高于别处的地点更易被离开，与政策无关",
    )),
    BuiltIn("location", "operator_equity", Text(
        "a stake of the operator as such holds a firm by this much (0: not at all); equity keeps firms only "
        "through what comes with it",
        "运营商持股本身对企业的黏性（0 即没有）；股权只能通过随之而来的服务留住企业",
    )),
    BuiltIn("location", "embeddedness", Text(
        "embedded firms (ties, local suppliers, staff who live here) leave less",
        "嵌入度高（联系、本地供应、员工就近居住）的企业更少迁出",
    )),
    BuiltIn("location", "neighbours", Text(
        "firms of the same sector nearby hold a firm", "周边同业企业使企业留驻",
    )),
    BuiltIn("location", "rival_match", Text(
        "share of a subsidy that rival parks match (0: they do not react)",
        "竞争园区跟进补贴的比例（0 即不跟进）",
    )),
    BuiltIn("location", "pass_through", Text(
        "part of a rent discount ends up in the rent when space is short",
        "空间紧张时，部分租金优惠转化为更高租金",
    )),
    BuiltIn("incubation", "stake_dislike", Text(
        "founders dislike giving stakes, good ones more", "创始人不愿让渡股权，优质者尤甚",
    )),
    BuiltIn("finance", "stake_burden", Text(
        "an early stake of the operator makes the next round harder",
        "运营商早期持股会增加下一轮融资难度",
    )),
    BuiltIn("finance", "first_grant", Text(
        "a first grant makes the first round easier", "首笔资助使首轮融资更易",
    )),
    BuiltIn("sales", "mentor_growth", Text(
        "mentoring raises growth for a time; cash and cheap space do not by themselves",
        "辅导在一段时间内提高增速；现金和低价空间本身不会",
    )),
    BuiltIn("exits", "dependence", Text(
        "a long stay in an incubator raises the hazard afterwards", "孵化时间过长会提高其后的失败率",
    )),
)  # fmt: skip


def built_in_value(sign: BuiltIn, scenario: Any) -> tuple[float, Any] | None:
    """Return a sign's value in a scenario and its declaration, None where it is not there."""
    process = all_parameters().get(sign.process)
    declared = process.declared.get(sign.parameter) if process else None
    if declared is None:
        return None
    own = getattr(scenario, "parameters", {}).get(sign.process, {})
    return float(own.get(sign.parameter, declared.default)), declared


@dataclass(frozen=True)
class Scan:
    """A number that rankings are known to hang on, and the values to try it at.

    `path` leads to it from a scenario: `initial.…` by attribute, else `process.parameter`.
    """

    path: str
    values: tuple[float, ...]
    unit: str
    text: Text


SCANS = (
    Scan("initial.firms.footloose_share", (0, 0.25, 0.5), "ratio", Text(
        "share of footloose firms among relocated and outside ones", "迁入与外来企业中游走型占比",
    )),
    Scan("location.cost_sensitivity", (1, 3, 6), "ratio", Text(
        "how strongly firms react to what a place costs", "企业对地点成本的敏感度",
    )),
    Scan("location.rival_match", (0, 0.5, 1), "ratio", Text(
        "share of a subsidy that rival parks match", "竞争园区跟进补贴的比例",
    )),
    Scan("location.operator_equity", (0, 0.6, 1.2), "ratio", Text(
        "hold of the operator's stake as such", "运营商持股本身的黏性",
    )),
    Scan("government.displacement", (0.4, 0.7, 0.95), "ratio", Text(
        "share of a local hire that only displaces", "本地招聘的挤出比例",
    )),
)  # fmt: skip


def value_of(scan: Scan, scenario: Any) -> float | None:
    """Return the value that a scenario holds, None where it knows no such number."""
    first, _, rest = scan.path.partition(".")
    if first != "initial":
        found = built_in_value(BuiltIn(first, rest, scan.text), scenario)
        return found[0] if found else None
    place = getattr(scenario, "initial", None)
    for name in rest.split("."):
        place = getattr(place, name, None)
    return None if place is None else float(place)
