"""The result page: one HTML file in both languages that opens without a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from experiments.compare import Comparison
from hotbed.report import (
    firms_part,
    ground_part,
    headline_part,
    money_part,
    paths_part,
    trust_part,
    verdict_part,
)
from hotbed.report.names import Names

NAME = "report.html"


def files(engine: Any, language: str, command: str) -> Callable[..., dict[str, bytes]]:
    """Return what writes the page of a comparison into its folder, see `session.Writer`."""

    def write(comparison: Comparison, manifest: dict[str, Any]) -> dict[str, bytes]:
        return {NAME: page(comparison, engine, manifest, language, command).encode()}

    return write


def page(
    comparison: Comparison,
    engine: Any,
    manifest: dict[str, Any],
    language: str = "en",
    command: str = "",
) -> str:
    """Return the page of a comparison.

    Args:
        comparison: what is told, with its runs.
        engine: what its indicators mean.
        manifest: versions, platform, commit and resolved scenarios.
        language: the language shown first, `en` or `zh`; the page holds both.
        command: what to type to get the same again.
    """
    from hotbed.report.render import render

    names = Names(comparison, engine.indicators)
    known = (comparison, engine, names)
    sections = [
        verdict_part.build(*known),
        headline_part.build(*known),
        paths_part.build(*known),
        money_part.build(*known),
        firms_part.supported(*known),
        firms_part.winners_and_losers(*known),
        ground_part.build(*known),
        trust_part.build(*known, manifest, command),
    ]
    return render(comparison, names, sections, language)
