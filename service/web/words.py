"""Sentences for people, by code: `locales/en/*.toml`, one table `[words]` in each, read at start-up."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "locales" / "en"


@cache
def all_words() -> Mapping[str, str]:
    """Read every sentence; a code given twice is an error."""
    words: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for code, sentence in tomllib.loads(path.read_text("utf-8"))["words"].items():
            if code in words:
                raise ValueError(f"{path.name}: '{code}' is already said elsewhere")
            words[code] = sentence
    return words


def say(code: str, facts: Mapping[str, object] | None = None) -> str:
    """Give the sentence for a code, its facts filled in. A code without a sentence is a programming error."""
    return all_words()[code].format_map(facts or {})
