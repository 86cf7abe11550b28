"""What the face says, in English and Chinese."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module

LANGUAGES = ("en", "zh")


class Speech:
    """Texts in one language, by key."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.texts: dict[str, str] = import_module(f"hotbed.locale.{language}").TEXTS

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of `key` with `values` put in.

        Raises:
            KeyError: if there is no such text.
        """
        return self.texts[key].format(**values) if values else self.texts[key]


def language_of(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language that the locale asks for: zh for any Chinese, en otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].lower().startswith("zh") else "en"
    return "en"
