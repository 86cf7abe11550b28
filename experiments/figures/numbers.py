"""Numbers as a reader wants them, in both languages: about four digits, money in millions."""

from __future__ import annotations

import math

from sim.declare import Text

UNDEFINED = Text("not defined", "无定义")
MILLION, HUNDRED_MILLION = 1e6, 1e8
_SHARES = ("share", "1/year")

UNITS = {
    "CNY": Text("million CNY", "百万元"),
    "CNY/m2/month": Text("CNY per m² and month", "元/平方米/月"),
    "CNY/job-year": Text("CNY per job-year", "元/岗位年"),
    "share": Text("%", "%"),
    "1/year": Text("% a year", "%/年"),
    "ratio": Text("ratio", "比值"),
    "firms": Text("firms", "家"),
    "firms/year": Text("firms a year", "家/年"),
    "CNY/year": Text("CNY a year", "元/年"),
    "CNY/month": Text("CNY a month", "元/月"),
    "jobs": Text("jobs", "个岗位"),
    "people": Text("people", "人"),
    "job-years": Text("job-years", "岗位年"),
    "products": Text("products", "个产品"),
    "month": Text("month", "月"),
    "months": Text("months", "个月"),
    "m2": Text("m²", "平方米"),
    "index": Text("index", "指数"),
    "days": Text("days", "天"),
    "years": Text("years", "年"),
    "generations": Text("generations", "代"),
    "ties": Text("ties", "条联系"),
    "rounds": Text("rounds", "轮"),
    "requests": Text("requests", "项申请"),
}


def unit_name(unit: str) -> Text:
    """Return a unit in words, the declared one where it has none."""
    return UNITS.get(unit, Text(unit, unit))


def plain(value: float, sign: bool = False) -> str:
    """Return a bare number with about four digits."""
    plus = "+" if sign else ""
    if abs(value) >= 1000 or float(value).is_integer():
        return _zero(f"{value:{plus},.0f}")
    if abs(value) >= 100:
        return _zero(f"{value:{plus}.1f}")
    return _zero(f"{value:{plus}.3g}" if abs(value) >= 0.001 else f"{value:{plus}.1g}")


def _zero(text: str) -> str:
    """Return a number without the sign of a zero."""
    return text.lstrip("+-") if not any(c in "123456789" for c in text) else text


def number(value: float | None, unit: str, sign: bool = False) -> Text:
    """Return a number with its unit where that is money or a share; undefined is said."""
    if value is None or not math.isfinite(value):
        return UNDEFINED
    if unit == "CNY":
        return money(value, sign)
    if unit in _SHARES:
        return share(value, sign)
    text = plain(value, sign)
    return Text(text, text)


def money(value: float, sign: bool = False) -> Text:
    """Return CNY in millions, in Chinese from a hundred million on in 亿."""
    plus = "+" if sign else ""
    digits = 2 if abs(value) < 10 * MILLION else 1
    english = _zero(f"{value / MILLION:{plus},.{digits}f}") + " m"
    if abs(value) >= HUNDRED_MILLION:
        return Text(english, f"{value / HUNDRED_MILLION:{plus},.2f} 亿")
    return Text(english, _zero(f"{value / MILLION:{plus},.{digits}f}") + " 百万")


def share(value: float, sign: bool = False) -> Text:
    """Return a share in per cent; a signed one is a difference in percentage points."""
    text = _zero(f"{100 * value:{'+' if sign else ''}.1f}")
    return Text(f"{text} pp", f"{text} 个百分点") if sign else Text(f"{text}%", f"{text}%")


def span(low: float | None, high: float | None, unit: str, sign: bool = True) -> Text:
    """Return an interval, of a difference with signs; undefined is said."""
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return UNDEFINED
    a, b = number(low, unit, sign), number(high, unit, sign)
    return Text(f"{a.en} … {b.en}", f"{a.zh} … {b.zh}")
