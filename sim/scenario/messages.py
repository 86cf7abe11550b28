"""Every message about a bad file, in English and Chinese, in one place.

A template names `value`, and may name `key`, `other` (file:line of a second place) and `detail`.
What is allowed and the nearest right name are added behind it, the same way for all.
"""

from __future__ import annotations

from sim.declare import Text

MESSAGES: dict[str, Text] = {
    "missing_file": Text("there is no file or name '{value}'", "找不到文件或名称“{value}”"),
    "directory": Text("'{value}' is a folder, not a file", "“{value}”是文件夹，不是文件"),
    "unreadable": Text("the file cannot be read: {detail}", "文件无法读取：{detail}"),
    "too_big": Text("the file has {value} bytes", "文件大小为{value}字节"),
    "binary": Text("this is not a text file (UTF-8)", "这不是文本文件（UTF-8）"),
    "empty": Text("the file is empty", "文件为空"),
    "syntax": Text("this is not valid YAML: {detail}", "不是有效的YAML：{detail}"),
    "alias": Text("anchors and aliases (&, *) are not accepted", "不接受锚点和别名（&、*）"),
    "tag": Text("tags such as '{value}' are not accepted", "不接受标签“{value}”"),
    "too_deep": Text("the file is nested too deeply", "文件嵌套过深"),
    "unknown_key": Text("unknown key '{value}'", "未知的键“{value}”"),
    "repeated_key": Text(
        "key '{value}' stands here again, first at {other}", "键“{value}”重复，首次出现在{other}"
    ),
    "missing_key": Text("'{key}' is missing", "缺少“{key}”"),
    "wrong_type": Text("'{value}' cannot stand for '{key}'", "“{value}”不能作为“{key}”的值"),
    "out_of_range": Text("{key}: {value} is out of range", "{key}：{value}超出范围"),
    "not_finite": Text("{key}: {value} is not a finite number", "{key}：{value}不是有限数"),
    "wrong_unit": Text("{key}: '{value}' has the wrong unit", "{key}：“{value}”的单位不对"),
    "missing_unit": Text(
        "{key}: {value} may mean {value}% or {value} times, say which",
        "{key}：{value}可能是{value}%或{value}倍，请写明单位",
    ),
    "wrong_date": Text("{key}: '{value}' is not a month", "{key}：“{value}”不是月份"),
    "dates_out_of_order": Text(
        "{key}: month {value} lies before the start at {other}",
        "{key}：第{value}月早于{other}的开始时间",
    ),
    "unknown_name": Text("{key}: unknown name '{value}'", "{key}：未知名称“{value}”"),
    "unknown_lever": Text("unknown lever '{value}'", "未知的政策工具“{value}”"),
    "unknown_parameter": Text("unknown parameter '{value}'", "未知的参数“{value}”"),
    "unknown_indicator": Text("unknown indicator '{value}'", "未知的指标“{value}”"),
    "contradiction": Text(
        "{key} = {value} contradicts {other}: {detail}", "{key} = {value}与{other}矛盾：{detail}"
    ),
    "does_not_add_up": Text("{key} comes to {value}", "{key}合计为{value}"),
    "only_at_start": Text(
        "{key} is decided before month 0: '{value}' cannot be set",
        "{key}在第0月之前确定，不能设置“{value}”",
    ),
    "only_awards": Text(
        "'{value}' works only on levers that make awards, not on {key}",
        "“{value}”只适用于发放支持的工具，不适用于{key}",
    ),
    "too_many_programmes": Text(
        "{value} levers make awards to firms", "有{value}项工具向企业发放支持"
    ),
    "bad_filter": Text(
        "the filter '{value}' breaks at '{detail}'", "筛选条件“{value}”在“{detail}”处有误"
    ),
    "bad_trigger": Text(
        "the trigger '{value}' breaks at '{detail}'", "触发条件“{value}”在“{detail}”处有误"
    ),
    "bad_distribution": Text("'{value}' is no distribution", "“{value}”不是概率分布"),
    "bad_expectation": Text("'{value}' is no condition", "“{value}”不是条件"),
    "bad_expression": Text(
        "the expression '{value}' breaks at '{detail}'", "算式“{value}”在“{detail}”处有误"
    ),
    "bad_override": Text(
        "'{value}' does not read NAME.FIELD=VALUE", "“{value}”不符合“名称.字段=值”的格式"
    ),
    "wrong_kind": Text("this is a {value} file", "这是一个{value}文件"),
    "wrong_schema": Text("schema '{value}' is not known", "未知的schema“{value}”"),
}

ALLOWED = Text("; allowed: {allowed}", "；允许：{allowed}")
NEAREST = Text("; did you mean '{nearest}'?", "；是否指“{nearest}”？")
WHOLE_NUMBER = Text("a whole number", "整数")

# What the models of a place ask for, by the kind of error that they report.
WANTED: dict[str, Text] = {
    "int_type": WHOLE_NUMBER,
    "float_type": Text("a number", "数字"),
    "string_type": Text("a name", "名称"),
    "dict_type": Text("{name: number}", "{名称: 数字}"),
    "tuple_type": Text("a list", "列表"),
    "too_long": Text("a shorter list", "更短的列表"),
}
A_VALUE = Text("a value", "一个值")
COUNTED = Text("{count} mistakes", "共{count}处错误")


def compose(code: str, allowed: str | Text, nearest: str, **parts: object) -> Text:
    """Return the full message of `code` in both languages."""

    def one(language: str) -> str:
        words = {k: v.in_language(language) if isinstance(v, Text) else v for k, v in parts.items()}
        said = MESSAGES[code].in_language(language).format(**words)
        if allowed:
            wanted = allowed.in_language(language) if isinstance(allowed, Text) else allowed
            said += ALLOWED.in_language(language).format(allowed=wanted)
        if nearest:
            said += NEAREST.in_language(language).format(nearest=nearest)
        return said

    return Text(one("en"), one("zh"))
