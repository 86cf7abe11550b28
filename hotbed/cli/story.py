"""`hotbed run … --story UID`: one firm's or founder's life, and where two lives part."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any

from hotbed.cli import face as shared
from hotbed.cli.face import BAD_INPUT, CHECK_FAILED, DONE, SOME_FAILED, Ending, Face

FEW = 3  # firms of each kind that are offered


@dataclass(frozen=True)
class Asked:
    """What a life is told of: the words given for place and policies, resolved, seed and uid."""

    place: str
    policies: list[str | None]
    scenarios: list[Any]
    seed: int
    story: str
    strict: bool = False


def tell(face: Face, asked: Asked, as_json: bool) -> int:
    """Run each scenario once, watch one uid and tell its life under each."""
    from sim.story import Watcher, parting

    uid = _uid(face, asked.story)
    lives = []
    for scenario in asked.scenarios:
        watcher = Watcher(uid)
        run = _simulate(face, scenario, asked, watcher)
        lives.append(watcher.life)
    if not any(life.found for life in lives):
        raise Ending(BAD_INPUT, _unknown(face, uid, run.fates, watcher.founders))
    part = parting(*lives) if len(lives) == 2 else None
    if as_json:
        shared.show_json(face, _form(asked, lives, part))
    else:
        _show(face, asked.scenarios, lives, part)
    face.note(face.say("next", command=_next(asked)))
    return DONE


def _simulate(face: Face, scenario: Any, asked: Asked, watcher: Any) -> Any:
    from sim import kernel
    from sim.recorder import simulate

    try:
        run = simulate(scenario, asked.seed, scenario.months, asked.strict, watcher)
    except Exception as error:
        key, code = ("check_failed", CHECK_FAILED) if asked.strict else ("run_failed", SOME_FAILED)
        raise Ending(code, face.say(key, text=f"{type(error).__name__}: {error}")) from error
    if not kernel.is_compiled():
        kernel.mark_compiled()
    return run


def _next(asked: Asked) -> str:
    """Return the same life beside another policy; after two, the comparison of both."""
    first = asked.policies[0]
    if len(asked.scenarios) == 1:
        other = "no-policy" if first == "service-for-equity" else "service-for-equity"
        # As it is today has no name that --policy takes, so two others are put side by side.
        words = ["hotbed", "run", asked.place, "--policy", first or "no-policy"]
        words += ["--policy", other, "--seed", str(asked.seed), "--story", asked.story]
        return shlex.join(words)
    words = ["hotbed", "compare", asked.place, "--baseline", str(first)]
    return shlex.join([*words, "--policy", str(asked.policies[1])])


def _uid(face: Face, story: str) -> int:
    try:
        uid = int(story)
    except ValueError:
        uid = -1
    if not 0 <= uid < 2**63:
        allowed = face.say("story_uid")
        text = face.say("bad_number", name="--story", value=story, allowed=allowed)
        raise Ending(BAD_INPUT, text)
    return uid


def _unknown(face: Face, uid: int, fates: Any, founders: list[int]) -> str:
    lines = [face.say("story_unknown", uid=uid)]
    for kind, firms in {**interesting(fates), "founders": founders}.items():
        if firms:
            lines.append(f"  {face.say(f'story_{kind}')}: {', '.join(map(str, firms))}")
    return "\n".join(lines)


def interesting(fates: Any) -> dict[str, list[int]]:
    """Return the uids of a few firms worth a look, by kind: largest, supported, closed, moved."""
    names = fates.dtype.names or ()
    if not {"staff_end", "left", "how", "supported"} <= set(names):
        return {}
    order = fates[(-fates["staff_end"]).argsort(kind="stable")]
    here, helped = order["left"] < 0, order["supported"] > 0
    kinds = {
        "largest": here,
        "supported": here & helped,
        "closed": order["how"] == 1,
        "closed_supported": (order["how"] == 1) & helped,
        "moved": (order["how"] == 2) | (order["how"] == 3),
    }
    return {kind: order["uid"][chosen][:FEW].tolist() for kind, chosen in kinds.items()}


def _show(face: Face, scenarios: list[Any], lives: list[Any], part: Any) -> None:
    start = scenarios[0].start
    told = part.month if part is not None and part.month is not None else None
    if part is not None:
        common = [e for e in lives[0].events if told is None or e.month < told]
        _paragraph(face, face.say("story_both"), common, start)
        if told is None:
            face.out(face.say("story_same"))
    for scenario, life in zip(scenarios, lives, strict=True):
        events = [e for e in life.events if part is None or (told is not None and e.month >= told)]
        head = face.say(
            "story_under", policy=scenario.policy_title.in_language(face.language), uid=life.uid
        )
        if not life.found:
            face.out(face.say("story_never", head=head))
        elif events or part is None:
            _paragraph(face, head, events, start)
    if part is not None and (told is not None or part.row_month is not None):
        _show_parting(face, scenarios, part, start)


def _paragraph(face: Face, head: str, events: list[Any], start: str) -> None:
    from sim.story import sentence
    from sim.story.words import when

    face.out(head)
    for event in events:
        date = when(event, start, face.language)
        face.out(f"  {date}  {sentence(event, start, face.language)}")


def _show_parting(face: Face, scenarios: list[Any], part: Any, start: str) -> None:
    from sim.scenario.dates import date_of
    from sim.story import sentence
    from sim.story.events import BEFORE
    from sim.story.words import AT_START

    def date(month: int) -> str:
        return AT_START.in_language(face.language) if month == BEFORE else date_of(start, month)

    if part.month is not None:
        face.out(face.say("story_part", date=date(part.month)))
        for scenario, events in zip(scenarios, (part.a, part.b), strict=True):
            words = " ".join(sentence(e, start, face.language) for e in events)
            title = scenario.policy_title.in_language(face.language)
            face.out(f"  {title}: {words or face.say('story_nothing')}")
    if part.row_month is not None:
        texts = _columns(face, part.columns)
        face.out(face.say("story_row", date=date(part.row_month), columns=texts))


def _columns(face: Face, names: tuple[str, ...]) -> str:
    from sim.state.columns import FIRMS

    texts = {column.name: column.text.in_language(face.language) for column in FIRMS}
    shown = [texts.get(name, name) for name in names[:5]]
    return face.say("story_comma").join(shown) + (" …" if len(names) > 5 else "")


def _form(asked: Asked, lives: list[Any], part: Any) -> dict[str, Any]:
    scenarios = asked.scenarios
    start = scenarios[0].start
    told: dict[str, Any] = {
        "scenario": asked.place,
        "seed": asked.seed,
        "months": scenarios[0].months,
        "uid": lives[0].uid,
        "lives": [
            {
                "policy": scenario.policy,
                "kind": life.kind or None,
                "events": [_event(event, start) for event in life.events],
            }
            for scenario, life in zip(scenarios, lives, strict=True)
        ],
        "parting": None,
    }
    if part is not None:
        told["parting"] = {
            "month": part.month,
            "a": [_event(event, start) for event in part.a],
            "b": [_event(event, start) for event in part.b],
            "row_month": part.row_month,
            "columns": part.columns,
        }
    return told


def _event(event: Any, start: str) -> dict[str, Any]:
    from sim.story import sentence
    from sim.story.words import when

    both = {language: sentence(event, start, language) for language in ("en", "zh")}
    about = {"month": event.month, "date": when(event, start, "en"), "kind": event.kind}
    return about | both | {"values": event.values}
