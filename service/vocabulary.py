"""The vocabulary of needs we ship, read from its file once."""

from functools import cache
from importlib.resources import files

from accessibility.vocabulary import Vocabulary, parse_vocabulary


@cache
def vocabulary() -> Vocabulary:
    """Give the vocabulary; reads and checks it the first time."""
    return parse_vocabulary(
        files("accessibility").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    )
