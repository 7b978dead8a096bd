"""What a person wrote in a mail: without mark-up, without what they answer to, without a signature."""

import re
from html import unescape

from scheduling.text import clean
from service.inbound.mime import Part

#: So much of a mail is looked at, and so much of it kept to be shown.
MOST_LETTERS = 100_000
MOST_LINES = 2000
SHOWN = 4000
#: The line above what is answered to is no longer than this.
LONGEST_LINE = 300

_SILENT = frozenset({"head", "style", "script", "title", "template"})
_BREAKING = frozenset(
    {
        *(
            "p",
            "div",
            "br",
            "tr",
            "li",
            "hr",
            "table",
            "blockquote",
            "ul",
            "ol",
            "h1",
            "h2",
            "h3",
            "h4",
        )
    }
)
#: Classes and names of elements that programs put what they answer to into.
_QUOTES = frozenset(
    {
        *("gmail_quote", "gmail_quote_container", "gmail_attr", "yahoo_quoted", "moz-cite-prefix"),
        *("divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container"),
    }
)
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)([^<>]*+)>")
_NAMED = re.compile(r"""\b(?:class|id)\s*=\s*("[^"]*+"|'[^']*+'|[^\s"'>]++)""", re.IGNORECASE)
#: Where what is answered to begins: a line of its own in many programs and languages.
_ANSWERED_TO = re.compile(
    r"(?:-{2,} ?(?:original message|original appointment|forwarded message|ursprüngliche nachricht"
    r"|message d'origine|mensaje original|messaggio originale|wiadomość oryginalna|mesajul original) ?-{2,}"
    r"|_{10,}|begin forwarded message:"
    r"|(?:on|am|le|el|il|op|w dniu|pe|den) .{4,200}\b(?:wrote|schrieb|a écrit|escribió|ha scritto"
    r"|schreef|napisał.{0,4}|a scris|skrev)\b.{0,80}:"
    r"|(?:from|von|de|da|van|od|från): .{2,200})",
    re.IGNORECASE,
)
_OVER_TWO_LINES = re.compile(r"^(on|am|le) .{10,200}$", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"(?:--|—|sent from (?:my|outlook|yahoo|mail|samsung)\b.{0,60}|get outlook for .{0,40}"
    r"|von meinem .{3,40} gesendet|envoyé de mon .{3,40}|enviado desde mi .{3,40})",
    re.IGNORECASE,
)


def words_in(mail: Part) -> str:
    """Give all that a person can read in a mail: its plain text, or else its HTML without mark-up."""
    plain, marked_up = "", ""
    for part in mail.walk():
        if _is_file(part) or part.parts:
            continue
        if part.kind == "text/plain" and not plain.strip():
            plain = part.text()[:MOST_LETTERS]
        elif part.kind == "text/html" and not marked_up:
            marked_up = part.text()[:MOST_LETTERS]
    return clean(plain if plain.strip() else text_of(marked_up), lines=True)


def own_words(words: str) -> str:
    """Leave out what a mail answers to, and the signature; everything, if nothing else would be left."""
    kept: list[str] = []
    lines = words.split("\n")[:MOST_LINES]
    for number, line in enumerate(lines):
        bare = line.strip()
        following = lines[number + 1].strip() if number + 1 < len(lines) else ""
        if _begins_quote(bare, following) or _SIGNATURE.fullmatch(bare):
            break
        if not bare.startswith(">"):
            kept.append(bare)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def to_show(words: str) -> str:
    """Cut words to what a page can show."""
    return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"


def text_of(marked_up: str) -> str:
    """Give what HTML shows, without what it quotes; nothing in it is ever run or fetched.

    Read by one pattern in one pass: the library's parser takes quadratic time over tags that do not end.
    """
    said: list[str] = []
    hidden: list[str] = []
    begins = 0
    letters = _without_comments(marked_up[:MOST_LETTERS])
    for tag in _TAG.finditer(letters):
        if not hidden:
            said.append(_SPACE.sub(" ", letters[begins : tag.start()]))
        begins, name = tag.end(), tag[2].casefold()
        if not tag[1] and _is_quote(tag[3]):
            break
        _open_or_close(hidden, name, is_end=bool(tag[1]), has_words=any(map(str.strip, said)))
        if name in _BREAKING:
            said.append("\n")
    else:
        said.append("" if hidden else _SPACE.sub(" ", letters[begins:]))
    lines = (" ".join(line.split()) for line in unescape("".join(said)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without_comments(letters: str) -> str:
    """Cut comments out; one that never ends hides the rest."""
    kept, begins = [], 0
    while (found := letters.find("<!--", begins)) >= 0:
        kept.append(letters[begins:found])
        end = letters.find("-->", found)
        begins = len(letters) if end < 0 else end + 3
    return "".join((*kept, letters[begins:]))


def _open_or_close(hidden: list[str], name: str, *, is_end: bool, has_words: bool) -> None:
    """Keep count of the elements that are open and not shown: styles, and quotes below own words."""
    if is_end and hidden and hidden[-1] == name:
        hidden.pop()
    elif not is_end and (name in _SILENT or (name == "blockquote" and has_words)):
        hidden.append(name)


def _begins_quote(line: str, following: str) -> bool:
    if len(line) <= LONGEST_LINE and _ANSWERED_TO.fullmatch(line):
        return True
    is_half = bool(following) and _OVER_TWO_LINES.match(line) is not None
    return is_half and _ANSWERED_TO.fullmatch(f"{line} {following}"[:400]) is not None


def _is_file(part: Part) -> bool:
    return part.header("content-disposition").strip().casefold().startswith("attachment")


def _is_quote(attributes: str) -> bool:
    """Tell whether an element is what is answered to, by the marks that mail programs put on it."""
    named = {
        word.casefold()
        for match in _NAMED.finditer(attributes[:500])
        for word in match[1].strip("\"'").split()
    }
    return not named.isdisjoint(_QUOTES)
