"""The page as text: complete in both languages, escaped, from the data alone."""

import re
import time
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from experiments.runner import Arm
from experiments.session import Request, compare_policies
from hotbed.report import names, operator_part, page
from hotbed.report.cohort_part import arrivals
from hotbed.report.names import PAYMENTS, account, group, payment
from sim.declare import Text
from sim.levers import all_levers
from sim.state.catalogue import ORIGINS, SECTORS, ZONES
from sim.state.ledger import FIRM, HOUSEHOLDS, KINDS, OPERATOR, PURPOSES
from tests.experiments import fake_engine as fake

EVIL = '<script>alert("x")</script>'
SECTIONS = ("verdict", "headline", "paths", "money", "supported", "winners", "map", "trust")
CHINESE = re.compile("[\u4e00-\u9fff]")


def compared(policies=("gift",), months=48, reps=4, **rest):
    arms = [Arm("no-policy", fake.Place(policy_title=Text("No policy", "无政策")))]
    for i, name in enumerate(policies):
        place = fake.Place(name, 10.0 + 30 * i, policy_title=Text(name, name), **rest)
        arms.append(Arm(name, place.with_support()))
    request = Request(arms[0], tuple(arms[1:]), tuple(range(reps)), months)
    return compare_policies(fake.engine(), request).comparison


def written(comparison, language="en", command="hotbed compare toy"):
    return page(comparison, fake.engine(), {"versions": {"python": "3"}}, language, command)


class Reader(HTMLParser):
    """Collects tags that were opened and not closed, ids, addresses and visible text by language."""

    void = frozenset({"meta", "link", "br", "img"})

    def __init__(self, html):
        super().__init__()
        self.open, self.ids, self.addresses, self.tags = [], [], [], []
        self.text = {"en": [], "zh": []}
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.addresses += [found[k] for k in ("href", "src") if k in found]
        if tag not in self.void:
            self.open.append((tag, found.get("lang")))

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        names = [tag for tag, _ in self.open]
        if "style" in names or "script" in names or not data.strip():
            return
        hidden = {lang for tag, lang in self.open if lang and tag != "html"}
        for language in self.text:
            if not hidden or language in hidden:
                self.text[language].append(data.strip())


def test_the_page_is_whole_and_has_every_section():
    found = Reader(written(compared()))
    assert found.open == []
    assert set(SECTIONS) <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))


def test_nothing_comes_from_elsewhere():
    html = written(compared())
    addresses = [a for a in Reader(html).addresses if not a.startswith("#")]
    assert addresses == ["data:,"]
    assert "@import" not in html and "fetch(" not in html
    assert not re.search(r"https?://(?!www\.w3\.org/)", html)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_language_opens_first_where_it_is_asked_for(language):
    html = written(compared(), language)
    assert f'<html lang="{language}">' in html
    text = Reader(html).text
    assert "never a forecast" in " ".join(text["en"]) and "绝非预测" in " ".join(text["zh"])


def test_english_has_no_chinese_and_chinese_is_as_long():
    text = Reader(written(compared())).text
    english = [t for t in text["en"] if CHINESE.search(t)]
    # The brand, the switch, and titles of figures for screen readers hold both.
    assert all("温床" in t or t == "中文" or " · " in t for t in english)
    sentences = [t for t in text["zh"] if re.fullmatch(r"[A-Za-z ,.;’']{25,}", t)]
    assert sentences == []
    assert abs(len(text["en"]) - len(text["zh"])) <= 2


def test_names_from_files_are_escaped():
    html = written(compared((EVIL,)), command=f"hotbed compare {EVIL}")
    assert EVIL not in html
    assert "&lt;script&gt;alert" in html
    assert Reader(html).tags.count("script") == 1


def test_a_name_that_is_a_template_stays_a_name():
    assert "{{ 7 * 7 }}" in written(compared(("{{ 7 * 7 }}",)))


def test_undefined_is_said_and_never_nought():
    comparison = compared(reps=1)
    text = Reader(written(comparison)).text
    assert "not defined" in text["en"] and "无定义" in text["zh"]
    row = comparison.row("gift", "firms")
    assert row["lo"] is None  # one pair has no interval
    assert "nan" not in " ".join(text["en"]).split() and "None" not in text["en"]


def test_unequal_cost_heads_the_page_and_two_arms_at_one_cost_do_not():
    assert "NOT AT EQUAL COST." in written(compared(("gift", "big")))
    comparison = compared(("gift", "big"))
    equal = replace(comparison, at_equal_cost=True)
    assert "NOT AT EQUAL COST." not in written(equal)


def test_scaling_is_told():
    record = {
        "policy": "gift", "scale_lever": "grant.cny", "factor": 1.25, "cost": 9e6, "target": 10e6,
        "residual": -0.1, "note": "cannot spend the sum", "note_zh": "无法花出这笔资金",
    }  # fmt: skip
    scaled = replace(compared(("gift", "big")), scaling=(record | {"policy": "big"}, record))
    text = Reader(written(scaled)).text
    assert any("grant.cny × 1.250" in t and "cannot spend" in t for t in text["en"])
    assert any("grant.cny × 1.250" in t and "无法花出" in t for t in text["zh"])


@pytest.mark.parametrize("months", [1, 5, 13, 30])
def test_short_runs_make_a_page_too(months):
    assert Reader(written(compared(months=months))).open == []


def test_failed_runs_are_told():
    comparison = compared(fails_on=(1,))
    assert "1 run(s) failed" in written(comparison)
    everything = compared(fails_on=(0, 1, 2, 3))
    assert "4 run(s) failed" in written(everything)


def test_three_policies_and_64_replicates_stay_small_and_quick():
    comparison = compared(("gift", "big", "huge"), months=120, reps=64)
    start = time.process_time()
    html = written(comparison)
    assert time.process_time() - start < 10
    assert len(html.encode()) < 3_000_000


def test_many_policies_make_a_page():
    names = tuple(f"policy {i}" for i in range(7))
    assert all(name in written(compared(names)) for name in names)


def test_policies_of_one_title_are_told_apart():
    comparison = compared(("gift", "big"))
    same = Text("Twin", "双胞胎")
    arms = [
        replace(a, scenario=replace(a.scenario, policy_title=same)) for a in comparison.policies
    ]
    html = written(replace(comparison, policies=tuple(arms)))
    assert "Twin (gift)" in html and "Twin (big)" in html


def test_every_purpose_of_the_ledger_has_a_name_in_both_languages():
    for at, name in enumerate(PURPOSES):
        found = payment(at)
        assert CHINESE.search(found.zh) and not CHINESE.search(found.en), name
    assert set(PAYMENTS) <= set(PURPOSES)


def test_a_purpose_is_called_like_its_lever_and_else_like_its_ledger(monkeypatch):
    levers = [name for name in PURPOSES if name in all_levers() and name not in PAYMENTS]
    name = levers[0]
    assert payment(PURPOSES.index(name)) == all_levers()[name].text
    monkeypatch.setattr(names, "PURPOSES", ("new_thing",))
    assert payment(0) == Text("new thing", "账目 new thing")


def test_every_account_and_group_has_a_name_in_both_languages():
    for by, known in (("sector", SECTORS), ("origin", ORIGINS), ("zone", ZONES)):
        for index in range(len(known)):
            assert CHINESE.search(group(by, index).zh), (by, known[index])
    for kind in range(len(KINDS)):
        assert CHINESE.search(account(kind).zh)


def test_what_is_left_to_the_operator_is_what_it_receives_less_what_it_pays():
    comparison, years = compared(), np.array([2e6, 4e6])
    rent, staff = PURPOSES.index("rent"), PURPOSES.index("service_staff")
    sides = {"gift": {(FIRM, OPERATOR, rent): years, (OPERATOR, HOUSEHOLDS, staff): years / 4}}
    found = operator_part.left(names.Names(comparison, fake.INDICATORS), sides)
    rows = [[str(getattr(cell, "en", cell)) for cell in row] for row in found.data.rows]
    assert rows == [["gift", "rent", "+6.00 m"], ["", "service staff", "-1.50 m"],
                    ["", "what is left", "+4.50 m"]]  # fmt: skip
    many = {(FIRM, OPERATOR, p): years / (p + 1) for p in range(7)}
    told = [row[1].en for row in operator_part.left(
        names.Names(comparison, fake.INDICATORS), {"gift": many}).data.rows]  # fmt: skip
    assert len(told) == 6 and told[-2] == "other receipts"


def test_firms_that_arrive_are_followed_under_every_arm():
    figure = arrivals(compared(months=30), names.Names(compared(), fake.INDICATORS))
    rows = [[str(getattr(cell, "en", cell)) for cell in row] for row in figure.data.rows]
    assert [row[1] for row in rows] == ["0", "12", "24"] * 2
    # All of the toy's firms come at the start, four a run and two more with a gift; two leave.
    assert [row[4] for row in rows] == ["16", "16", "12", "24", "24", "16"]
