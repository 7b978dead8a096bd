"""The vocabulary we ship, as text and as read."""

from pathlib import Path

import pytest

import accessibility
from accessibility.vocabulary import Vocabulary, parse_vocabulary


@pytest.fixture(scope="session")
def shipped() -> str:
    """Read the text of the vocabulary we ship."""
    return Path(accessibility.__file__).with_name("vocabulary.toml").read_text("utf-8")


@pytest.fixture(scope="session")
def vocabulary(shipped: str) -> Vocabulary:
    """Read the vocabulary we ship."""
    return parse_vocabulary(shipped)
