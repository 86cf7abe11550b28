"""Whatever a file says, the loader answers with a scenario or with mistakes."""

from __future__ import annotations

import contextlib

import hypothesis.strategies as st
import numpy as np
import yaml
from hypothesis import HealthCheck, given, settings

from sim.levers import all_levers
from sim.scenario.fields import Reading
from sim.scenario.filters import Filter, FilterError, parse_filter
from sim.scenario.load import load_scenario
from sim.scenario.problems import Problems, ScenarioErrors
from sim.scenario.shipped import shipped_root
from sim.scenario.tree import parse
from sim.scenario.uses import keys_of, read_levers
from sim.state.rules import intensity

FAST = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PLACE = yaml.safe_load(
    (shipped_root() / "scenarios" / "communities" / "starter-park.yaml").read_text("utf-8")
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.sampled_from(["60%", "5 m2", "2026-04", "1e3 CNY", "staff < 5", "", "ai", "𝟙", "²"])
    | st.text(max_size=12)
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@st.composite
def levers(draw: st.DrawFn) -> dict:
    names = draw(st.lists(st.sampled_from([*all_levers(), "no_such"]), max_size=3, unique=True))
    found = {}
    for name in names:
        lever = all_levers().get(name)
        keys = st.sampled_from(keys_of(lever)) if lever else st.text(max_size=5)
        use = st.dictionaries(keys, trees, max_size=4)
        found[name] = draw(use | st.lists(use, max_size=2) | trees)
    return found


@FAST
@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "ignore"))
)
def test_any_text_as_policy_and_place(tmp_path, content):
    path = tmp_path / "any.yaml"
    path.write_bytes(content)
    with contextlib.suppress(ScenarioErrors):
        load_scenario("starter-park", path)
    with contextlib.suppress(ScenarioErrors):
        load_scenario(path)


@FAST
@given(
    levers(), st.dictionaries(st.sampled_from(["name", "scale_lever", "reference_firms"]), trees)
)
def test_any_levers(tmp_path, found, more):
    path = tmp_path / "any.yaml"
    path.write_text(yaml.safe_dump({"levers": found, **more}), encoding="utf-8")
    with contextlib.suppress(ScenarioErrors):
        load_scenario("starter-park", path).canonical()


@FAST
@given(st.data(), trees)
def test_any_leaf_of_a_place_replaced(tmp_path, data, leaf):
    place = yaml.safe_load(yaml.safe_dump(PLACE))
    node, key = place, "initial"
    while isinstance(node[key], dict) and data.draw(
        st.booleans() if node is not place else st.just(True)
    ):
        node = node[key]
        key = data.draw(st.sampled_from(sorted(node)))
    node[key] = leaf
    path = tmp_path / "place.yaml"
    path.write_text(yaml.safe_dump(place), encoding="utf-8")
    with contextlib.suppress(ScenarioErrors):
        load_scenario(path).canonical()


@FAST
@given(
    st.lists(
        st.text(max_size=30)
        | st.sampled_from(["cash_grant.cny_month=5", "a.b=[", "event_series.=1"]),
        max_size=3,
    )
)
def test_any_overrides(texts):
    # Dotted names outside the levers would ask for the parameters of all processes.
    with contextlib.suppress(ScenarioErrors):
        load_scenario("starter-park", "no-policy", overrides=texts)


@FAST
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ["staff", "<", "5", "(", ")", "and", "or", "not", "sector", "==", "ai", "%"]
        ),
        max_size=12,
    ).map(" ".join)
)
def test_any_filter_parses_or_says_where_it_breaks(text):
    found = parsed(text)
    if isinstance(found, FilterError):
        assert 0 <= found.offset <= len(text)
        assert found.allowed
    else:
        assert parse_filter(str(found)) == found


def parsed(text: str) -> Filter | FilterError:
    try:
        return parse_filter(text)
    except FilterError as error:
        return error


@FAST
@given(st.integers(0, 80), st.integers(0, 80), st.integers(0, 24), st.integers(0, 24))
def test_intensity_rises_holds_and_falls(start, length, ramp, taper):
    end = start + length
    months = intensity(start, end, ramp, taper, 240)
    assert months.min() >= 0
    assert months.max() <= 1
    assert not months[:start].any()
    assert not months[end + taper + 1 :].any()
    assert (np.diff(months[start : end + 1]) >= 0).all()
    assert (np.diff(months[end:]) <= 0).all()
    if length >= ramp:
        assert months[end] == 1
    assert (months[start : end + 1] > 0).all()


@FAST
@given(levers())
def test_what_is_read_twice_is_the_same(found):
    text = yaml.safe_dump(found).encode()
    results = []
    for _ in range(2):
        problems = Problems()
        tree = parse(text, "file", problems)
        uses = read_levers(tree, Reading("2026-04", problems))
        results.append((repr([placed.use for placed in uses]), problems.found))
    assert results[0] == results[1]
