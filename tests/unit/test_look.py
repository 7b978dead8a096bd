"""What the look promises: small, readable in every scheme, nothing inline, and templates that parse."""

import gzip
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest

from service.web.rendering import FOLDER, make_templates
from service.web.statics import FOLDER as STATIC

SHEET = (STATIC / "manyways.css").read_text("utf-8")
TEMPLATES = sorted(FOLDER.rglob("*.html"))
GROUNDS = ("china", "paper")
DARK = "@media (prefers-color-scheme: dark) {\n  :root"

#: Words and the grounds they stand on; the names of the stylesheet's variables.
WORDS = (
    *((word, ground) for word in ("ink", "soft", "cobalt", "clay") for ground in GROUNDS),
    ("ink", "glaze"),
    ("soft", "glaze"),
    ("cobalt", "glaze"),
    ("leaf", "leaf-tint"),
    ("honey", "honey-tint"),
    ("clay", "clay-tint"),
    ("on-cobalt", "cobalt"),
    ("on-band", "band"),
)
#: Edges of what can be pressed, and rings of focus.
EDGES = tuple((edge, ground) for edge in ("line", "cobalt", "clay") for ground in GROUNDS)


def test_the_stylesheet_is_small() -> None:
    assert len(gzip.compress(SHEET.encode(), 9)) <= 8 * 1024


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("word", "ground"), WORDS)
def test_words_stand_out_from_their_ground(scheme: str, word: str, ground: str) -> None:
    colours = _colours(scheme)

    assert _contrast(colours[word], colours[ground]) >= 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_can_be_seen(scheme: str, edge: str, ground: str) -> None:
    colours = _colours(scheme)

    assert _contrast(colours[edge], colours[ground]) >= 3


def test_dark_names_every_colour_that_light_names() -> None:
    assert set(_colours("light")) == set(_colours("dark"))


def test_sides_are_logical_so_that_right_to_left_needs_nothing_more() -> None:
    physical = r"(?:(?:margin|padding|border|inset)-(?:left|right|top|bottom)|float|left|right)\s*:"

    assert re.findall(rf"[\s;{{]{physical}", SHEET) == []
    assert re.findall(r"text-align:\s*(?:left|right)", SHEET) == []


def test_nothing_moves() -> None:
    assert re.findall(r"animation|transition|@keyframes", SHEET) == []


def test_every_print_size_is_in_the_stylesheet() -> None:
    printed = SHEET[SHEET.index("@media print") :]

    for points in (18, 20, 24, 28):
        assert f'[data-print-size="{points}"] {{\n    font-size: {points}pt;' in printed
    assert "font-size: 16pt" in printed


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_every_template_parses(path: Path) -> None:
    templates = make_templates(str)

    assert templates.get_template(str(path.relative_to(FOLDER))).root_render_func is not None


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_template_has_an_inline_style_or_script_or_outside_host(path: Path) -> None:
    text = path.read_text("utf-8")

    assert re.findall(r"<style|\sstyle=|\son[a-z]+\s*=\s*[\"']|javascript:", text) == []
    # What a search engine reads is data and never run; tojson escapes what could end it.
    data = re.compile(r"<script type=\"application/ld\+json\">\{\{ events\|tojson \}\}</script>")
    assert re.findall(r"<script(?![^>]*\ssrc=\"\{\{ static\()", data.sub("", text)) == []
    assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//", text) == []


def test_what_was_typed_is_kept_and_escaped() -> None:
    typed = 'O’Brien & "Sons" <b> it\'s'

    page = _form('{{ form.text("name", "Name", value="stored") }}', values={"name": typed})

    assert typed == page.attributes("f-name")["value"]


def test_a_choice_with_an_apostrophe_stays_chosen() -> None:
    source = (
        """{{ form.select("place", "Place", [{"value": "a&'b", "word": "A"}], value="a&'b") }}"""
    )

    assert 'value="a&amp;&#39;b" selected' in _rendered(source)


def test_a_box_that_was_unticked_stays_empty_when_the_form_comes_back() -> None:
    source = '{{ form.checkbox("agree", "You may", value="yes") }}'

    assert "checked" in _form(source).attributes("f-agree")
    assert "checked" not in _form(source, values={"name": "Ada"}).attributes("f-agree")


@pytest.mark.parametrize(
    "field",
    [
        '{{ form.text("day", "Day") }}',
        '{{ form.textarea("day", "Day") }}',
        '{{ form.select("day", "Day", [{"value": "1", "word": "Monday"}]) }}',
        '{{ form.radios("day", "Day", [{"value": "1", "word": "Monday"}]) }}',
        '{{ form.choices("day", "Day", [{"value": "1", "word": "Monday"}]) }}',
        '{{ form.checkboxes("day", "Day", [{"value": "1", "word": "Monday"}]) }}',
        '{{ form.checkbox("day", "Monday") }}',
        '{{ form.upload("day", "Days") }}',
    ],
)
def test_the_error_summary_leads_to_its_field_in_the_same_words(field: str) -> None:
    page = _form("{{ form.error_summary() }}" + field, errors={"day": "Pick a day."})

    assert "#f-day" in page.links
    assert "f-day" in page.ids
    assert 2 == page.text.count("Pick a day.")
    assert page.described <= page.ids
    assert "f-day-error" in page.described


def test_a_form_carries_the_token() -> None:
    page = _rendered('{% call form.form("/x") %}{% endcall %}')

    assert '<input type="hidden" name="csrf" value="token">' in page


def test_digits_to_be_typed_stand_in_groups_of_three() -> None:
    assert "482 913 705 #" in _rendered('{{ parts.pin("482913705") }}')


def test_a_number_can_be_rung_by_pressing_it() -> None:
    assert 'href="tel:01632960140"' in _rendered('{{ parts.big_phone("01632 960 140") }}')


class _Seen(HTMLParser):
    """Collects what a page has: ids, attributes by id, links, descriptions and text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._by_id: dict[str, dict[str, str | None]] = {}
        self.links: list[str | None] = []
        self.described: set[str] = set()
        self.text = ""
        self.feed(source)

    @property
    def ids(self) -> set[str]:
        return set(self._by_id)

    def attributes(self, element: str) -> Mapping[str, str | None]:
        return self._by_id[element]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if name := found.get("id"):
            assert name not in self._by_id, f"{name} stands twice"
            self._by_id[name] = found
        if tag == "a":
            self.links.append(found.get("href"))
        self.described |= set((found.get("aria-describedby") or "").split())

    def handle_data(self, data: str) -> None:
        self.text += data


def _form(
    source: str,
    *,
    values: Mapping[str, object] | None = None,
    errors: Mapping[str, str] | None = None,
) -> _Seen:
    return _Seen(_rendered(source, values=values, errors=errors))


def _rendered(
    source: str,
    *,
    values: Mapping[str, object] | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    imports = (
        '{% import "macros/form.html" as form with context %}'
        '{% import "macros/parts.html" as parts %}'
    )
    template = make_templates(str).from_string(imports + source)
    return template.render(values=values or {}, errors=errors or {}, csrf="token")


def _colours(scheme: str) -> Mapping[str, str]:
    return _colours_in(_block(":root" if scheme == "light" else DARK))


def _block(opening: str) -> str:
    start = SHEET.index(f"{opening} {{")
    return SHEET[start : SHEET.index("}", start)]


def _colours_in(block: str) -> Mapping[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def _contrast(one: str, other: str) -> float:
    """Give the ratio of two colours (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
