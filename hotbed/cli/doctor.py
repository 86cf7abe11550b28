"""`hotbed doctor`: what is installed, what is missing, what to do."""

from typing import Any

from hotbed.cli import face as shared
from hotbed.cli.face import CHECK_FAILED, DONE, Face
from hotbed.doctor import examine
from hotbed.doctor.finding import MISSING, NOTE, OK, Finding

SIGNS = {OK: "✓", NOTE: "!", MISSING: "✗"}


def doctor(
    as_json: shared.Json = False, quiet: shared.Quiet = False, lang: shared.Lang = None
) -> int:
    """Look at the machine and say what to do."""
    face = shared.make_face(lang, quiet)
    findings = list(examine())
    able = not any(one.state == MISSING for one in findings)
    if as_json:
        shared.show_json(face, {"able": able, "findings": [_form(one) for one in findings]})
    else:
        _show(face, findings, able)
    face.note(face.say("next", command="hotbed run starter-park" if able else "make setup"))
    return DONE if able else CHECK_FAILED


def _show(face: Face, findings: list[Finding], able: bool) -> None:
    from rich.cells import cell_len

    named = max(cell_len(_word(face, one.name)) for one in findings)
    for one in findings:
        wanted = f"  ({_word(face, one.wanted)})" if one.wanted else ""
        name = _word(face, one.name)
        name += " " * (named - cell_len(name))
        face.out(f"{SIGNS[one.state]} {name}  {_word(face, one.found)}{wanted}")
        if one.advice:
            face.out(f"    {face.say(one.advice, **one.values)}")
    face.out(face.say("doctor_able" if able else "doctor_unable"))


def _word(face: Face, word: str) -> str:
    """Return a name or a word as the language has it; packages keep their names."""
    return face.say.texts.get(f"doctor.{word}", word)


def _form(one: Finding) -> dict[str, Any]:
    from hotbed.locale import LANGUAGES, Speech

    advice = {
        language: Speech(language)(one.advice, **one.values) if one.advice else ""
        for language in LANGUAGES
    }
    names = ("name", "state", "found", "wanted")
    return {name: getattr(one, name) for name in names} | {"advice": advice}
