"""A place from ten numbers: it adds up, keeps the preset's shape and tells of contradictions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.consistency import total_staff
from sim.scenario.fresh import ASKED, PRESETS, check, fresh, nearest_preset, read_number, suggestion
from sim.scenario.fresh_file import text_of
from sim.scenario.fresh_parts import apportion
from sim.scenario.load import load_scenario
from sim.scenario.problems import Problems

PLACES = {name: load_scenario(name, "no-policy").initial for name in PRESETS}
USUAL = {"firms": 120, "staff": 1500, "area": 22_000, "rent": 90, "vacancy": 0.14, "housing": 800,
         "students": 3000, "budget": 2e7, "flats": 200, "funds": 4}  # fmt: skip


def made(tmp_path, **changes):
    known = USUAL | changes
    preset = nearest_preset(known["firms"], known["staff"], PLACES)
    problems = Problems()
    check(known, PLACES[preset], problems)
    problems.stop_if_any()
    initial, per_head = fresh(known, PLACES[preset])
    text = text_of({"en": "x", "zh": "某园区"}, preset, initial, per_head, known, frozenset(known))
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path)


@given(
    firms=st.integers(3, 3000),
    heads=st.floats(1, 60),
    room=st.floats(7.5, 24),
    vacancy=st.floats(0, 0.8),
    housing=st.integers(0, 5000),
    students=st.integers(0, 50_000),
    funds=st.integers(0, 60),
)
def test_any_ten_numbers_make_a_place_that_loads_and_has_them(
    tmp_path_factory, firms, heads, room, vacancy, housing, students, funds
):
    staff = int(firms * heads)
    preset = PLACES[nearest_preset(firms, staff, PLACES)]
    from sim.scenario.fresh import head_room

    low, high = head_room({"staff": staff}, preset)
    let = min(max(staff * room, low * 1.001), high * 0.999)
    area = round(let / (1 - vacancy), 1)
    place = made(
        tmp_path_factory.mktemp("fresh"), firms=firms, staff=staff, area=area, vacancy=vacancy,
        housing=housing, students=students, funds=funds, flats=housing // 3,
    ).initial  # fmt: skip
    assert place.firms.total == firms and total_staff(place) == staff
    assert place.floor.office_m2 + place.floor.lab_m2 == pytest.approx(area, abs=0.3)
    let_m2 = place.floor.office_let_m2 + place.floor.lab_let_m2
    assert let_m2 == pytest.approx(area * (1 - vacancy), abs=0.3)
    assert place.floor.housing_units == housing and place.apartments.units == housing // 3
    assert place.people.students == students and place.funds.tied + place.funds.other == funds
    assert all(giant.staff == int(giant.staff) for giant in place.firms.giants)


def test_the_shape_of_the_preset_is_kept(tmp_path):
    park = PLACES["starter-park"]
    again = made(tmp_path, firms=park.firms.total, staff=total_staff(park), area=6420)
    assert again.initial.firms.sectors == park.firms.sectors
    assert again.initial.firms.layers == park.firms.layers
    for one, other in zip(again.initial.firms.classes, park.firms.classes, strict=True):
        assert one.firms == other.firms and one.staff == pytest.approx(other.staff, rel=0.05)


def test_a_head_takes_as_much_floor_as_is_let(tmp_path):
    scenario = made(tmp_path)
    people, heads = scenario.initial.people, scenario.parameters["accounts"]
    labs = people.scientists_in_firms + people.workers_in_firms
    taken = heads["office_m2_head"] * people.developers_in_firms + heads["lab_m2_head"] * labs
    assert taken == pytest.approx(22_000 * 0.86, rel=1e-3)


def test_what_was_given_and_what_was_filled_in_are_marked(tmp_path):
    sources = made(tmp_path).sources
    for path in ("rents.office", "floor.housing_units", "people.students"):
        assert sources[f"initial.{path}"] == "own-data"
    for path in ("rents.housing", "operator.service_staff", "firms.sectors.ai", "far"):
        path = "grid.far" if path == "far" else path
        assert sources[f"initial.{path}"] == "assumption"
    stated = {path for path in sources if not path.startswith("initial.")}
    assert all(sources[path] == "assumption" for path in stated)


def test_the_nearest_preset_is_the_one_of_its_size():
    assert nearest_preset(60, 500, PLACES) == "starter-park"
    assert nearest_preset(300, 9000, PLACES) == "beijing-ai-origin"


@pytest.mark.parametrize(
    ("changes", "where", "allowed"),
    [
        ({"staff": 100}, "--staff", ">= 120"),
        ({"flats": 900}, "--flats", "<= 800"),
        ({"area": 4000}, "--area", "12728..42426 m2"),
        ({"area": 90_000}, "--area", "12728..42426 m2"),
    ],
)
def test_contradictions_are_told_with_what_is_allowed(changes, where, allowed):
    problems = Problems()
    check(USUAL | changes, PLACES["starter-park"], problems)
    (one,) = problems.found
    assert one.file == where and one.allowed == allowed and one.text.en != one.text.zh


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("area", "22000 m2", 22_000),
        ("vacancy", "14%", 0.14),
        ("budget", "20,000,000 CNY", 2e7),
        ("firms", "120", 120),
        ("firms", "1.5", None),
        ("firms", "many", None),
        ("vacancy", "14", None),
        ("rent", "-3", None),
    ],
)
def test_numbers_are_read_with_their_units(name, text, value):
    problems = Problems()
    assert read_number(name, text, problems) == value
    assert bool(problems.found) == (value is None)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_suggestions_of_a_preset_for_itself_are_its_own_numbers(tmp_path, preset):
    place = PLACES[preset]
    known = {name: suggestion(name, {}, place) for name in ASKED}
    assert known["firms"] == place.firms.total and known["staff"] == total_staff(place)
    assert known["housing"] == place.floor.housing_units
    assert made(tmp_path, **known).initial.people.students == place.people.students


@given(st.dictionaries(st.sampled_from("abcde"), st.floats(0, 9), min_size=1), st.integers(0, 99))
def test_parts_add_up_to_the_whole(weights, total):
    parts = apportion(weights, total)
    assert sum(parts.values()) == (total if any(weights.values()) else 0)
    for name, weight in weights.items():
        exact = total * weight / (sum(weights.values()) or 1)
        assert abs(parts[name] - exact) < 1 + 1e-9
