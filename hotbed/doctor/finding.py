"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OK, NOTE, MISSING = "ok", "note", "missing"


@dataclass(frozen=True)
class Finding:
    """What was found of one thing.

    `state` is ok, note (it works, but look) or missing (hotbed cannot run); `advice` is the key of a
    text that says what to do, with `values` put in.
    """

    name: str
    state: str
    found: str
    wanted: str = ""
    advice: str = ""
    values: dict[str, Any] = field(default_factory=dict)
