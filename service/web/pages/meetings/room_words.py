"""Who is in a meeting's rooms, in words: one view for everybody who watches."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment

from scheduling.presence import Somebody
from scheduling.ways import Way
from service.actions.looking_after import WhoIsIn
from service.web.live import Item, View
from service.web.pages.meetings.words import people
from service.web.words import say

LINE, WAITING = "meetings/_who.html", "meetings/_waiting_to_come_in.html"
LISTED = (Way.ONLINE, Way.PHONE)
#: Sorts after every name.
LAST = "\uffff"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of who is in: a name with a note, or how many there are whose names nobody knows."""

    key: str
    way: Way
    words: str
    note: str = ""
    is_name: bool = True


def lines_of(who: WhoIsIn) -> Iterator[Line]:
    """Give a line for everybody who is in and can be named, and one for each sort of the others."""
    nameless: Counter[Way] = Counter()
    for each in who.presence.now():
        words, note = named(each, who)
        if words:
            yield Line(_key(each), each.way, words, note)
        else:
            nameless[each.way] += 1
    for way, count in nameless.items():
        code = f"room.nameless.{way}.{'one' if count == 1 else 'some'}"
        yield Line(f"some-{way}", way, say(code, {"count": count}), is_name=False)


def named(somebody: Somebody, who: WhoIsIn) -> tuple[str, str]:
    """Name somebody, with a note on who they are if they are no guest; nothing if nobody can."""
    if guest := who.guests.get(somebody.person):
        return guest.name, ""
    if host := who.hosts.get(somebody.person):
        return host, say("room.note.host")
    if somebody.name:
        return somebody.name, say("room.note.not-listed")
    return "", ""


def view_of(who: WhoIsIn, templates: Environment) -> View:
    """Put who is in as a page shows it, and as the stream tells of it."""
    line_of, waiting = templates.get_template(LINE), templates.get_template(WAITING)
    here = who.presence.now()
    counts = Counter(each.way for each in here)
    names = waiting_words(who)
    areas = {
        "count": _count_words(len(here)),
        "waiting": waiting.render(names=names) if names else "",
        **{f"at-{way}": str(counts[way]) for way in LISTED},
    }
    items = {
        line.key: Item(
            str(line.way),
            line.words.casefold() if line.is_name else LAST,
            line_of.render(line=line),
        )
        for line in lines_of(who)
    }
    return View(areas, items)


def lists_of(view: View) -> Mapping[str, Sequence[tuple[str, Item]]]:
    """Give each list of a view in its order."""
    return {
        str(way): sorted(
            ((key, item) for key, item in view.items.items() if item.list == way),
            key=lambda entry: (entry[1].order, entry[0]),
        )
        for way in LISTED
    }


def waiting_words(who: WhoIsIn) -> list[str]:
    """Name who waits to be let in."""
    names = [named(each, who)[0] for each in who.presence.waiting]
    found = sorted(filter(None, names), key=str.casefold)
    nameless = len(names) - len(found)
    return [*found, people(nameless)] if nameless else found


def _count_words(count: int) -> str:
    if not count:
        return say("room.nobody")
    return say("room.one" if count == 1 else "room.some", {"count": count})


def _key(somebody: Somebody) -> str:
    whose = somebody.person or " ".join(somebody.name.casefold().split())
    return hashlib.blake2s(f"{somebody.person}|{whose}".encode(), digest_size=6).hexdigest()
