"""The templates' environment: escaping on, missing names are errors, words for times at hand."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scheduling.time import clock_words, long_date, span_words
from service.outbound.numbers import phone_words
from service.web.words import say

FOLDER = Path(__file__).parent / "templates"


@cache
def make_templates(static: Callable[[str], str]) -> Environment:
    """Make the environment; `static` gives the address of a static file."""
    templates = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.globals["static"] = static
    templates.globals["say"] = say
    templates.filters["long_date"] = long_date
    templates.filters["clock_words"] = clock_words
    templates.filters["span_words"] = span_words
    templates.filters["phone_words"] = phone_words
    return templates
