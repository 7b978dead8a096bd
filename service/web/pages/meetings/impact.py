"""What a plan means for the people invited: counted for whoever plans, named for coordinators.

A facilitator sees how many, never who, and never what anybody needs.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from aiohttp import web

from accessibility.clashes import Clash
from accessibility.disclosure import Field
from accessibility.verdicts import ReasonKind
from scheduling.meeting import MeetingState
from scheduling.time import date_words, day_words
from scheduling.ways import Way
from service.actions.impact.counting import (
    Arranging,
    Impact,
    PersonImpact,
    WayImpact,
    impact_of,
    own_clashes,
    stands_against,
)
from service.actions.permissions import Permission, may
from service.storage.meetings import meeting_by_id
from service.vocabulary import vocabulary
from service.web.answers import page
from service.web.context import ACTOR, DB, NOW
from service.web.looking import note_shown
from service.web.pages.meetings.words import ANSWER_WORDS, WAY_WORDS, day_of, name_of, people
from service.web.reading import read_id
from service.web.words import all_words, say


async def show(request: web.Request) -> web.Response:
    """Show who could take part in a draft or a session, by which way, and who could not."""
    db, actor = request[DB], request[ACTOR]
    meeting = await meeting_by_id(db, actor, read_id(request))
    found = await impact_of(db, actor, meeting, now=request[NOW])
    is_coordinator = may(actor, Permission.ARRANGE)
    for each in found.without if is_coordinator else ():
        note_shown(request, Field.ATTENDANCE, Field.ACTION_LINES, person_id=each.row.person_id)
    is_draft = meeting.state is MeetingState.DRAFT
    own_page = f"/sessions/{meeting.id}"
    return await page(
        request,
        "meetings/impact.html",
        title=say("impact.title"),
        name=name_of(meeting),
        day=day_of(meeting),
        back=f"{own_page}/plan/check" if is_draft else own_page,
        invite=f"{own_page}/plan/people" if is_draft else f"{own_page}/people",
        count=len(found.people),
        invited=people(len(found.people)),
        sums=_sums(found),
        bars=[_bar(each, found) for each in found.ways],
        ways=found.ways,
        way_words=WAY_WORDS,
        crowded=_crowded(found),
        without=len(found.without),
        time=_time(found),
        **_details(found, is_coordinator=is_coordinator),
    )


def _sums(found: Impact) -> list[tuple[str, str]]:
    """Say in one or two sentences how it stands, each with its tone."""
    without, later = len(found.without), found.if_arranged
    lines = [
        ("clay", _counted("impact.without", without))
        if without
        else ("leaf", say("impact.everybody"))
    ]
    if later:
        lines.append(("honey", _counted("impact.after-arranging", later)))
    return lines


def _counted(code: str, count: int, **facts: object) -> str:
    return say(f"{code}.one" if count == 1 else f"{code}.some", {"count": count, **facts})


def _bar(each: WayImpact, found: Impact) -> dict[str, Any]:
    people_there = len(found.people) or 1
    figure = {"open": each.works + each.if_arranged, "people": len(found.people)}
    return {
        "word": WAY_WORDS[each.way],
        "share": 100 * each.works / people_there,
        "more": 100 * each.if_arranged / people_there,
        "figure": say("impact.shut") if each.is_shut else say("impact.figure", figure),
    }


def _crowded(found: Impact) -> list[str]:
    """Say where places, or things to lend, are fewer than people who cannot do without."""
    lines = [
        say(
            "impact.seats",
            {"way": WAY_WORDS[each.way], "seats": each.seats, "limit": each.limit},
        )
        for each in found.ways
        if each.limit is not None and each.seats > each.limit
    ]
    borrowing = sum(each.borrows for each in found.people)
    if borrowing > found.to_lend:
        lines.append(say("impact.lend", {"needed": borrowing, "free": found.to_lend}))
    return lines


def _time(found: Impact) -> str:
    ready = {"day": date_words(found.ready.day)}
    if found.day is None:
        return say("impact.no-day", ready)
    return say("impact.time-enough" if found.ready.day <= found.day else "impact.time-short", ready)


def _details(found: Impact, *, is_coordinator: bool) -> dict[str, Any]:
    """Give what only coordinators see in full: who, what must be arranged, what pulls different ways."""
    if not is_coordinator:
        return {
            "named": [],
            "others": [
                say("impact.other-way", {"way": WAY_WORDS[way], "people": count})
                for way, count in found.would_open.items()
            ],
            "to_arrange": [],
            "arranging": _arranging_counted(found),
            "clashes": [{"labels": [], "settle": each.settle} for each in found.clashes],
        }
    return {
        "named": [_named(each) for each in found.without],
        "others": [],
        "to_arrange": [_item(each, found.today) for each in found.arranging],
        "arranging": [] if found.arranging else [say("impact.arrange-nothing")],
        "clashes": [_clash(each) for each in found.clashes],
    }


def _arranging_counted(found: Impact) -> list[str]:
    if not found.arranging:
        return [say("impact.arrange-nothing")]
    day = date_words(max(found.today, found.arranging[0].begin_on))
    lines = [_counted("impact.arrange-counted", len(found.arranging), day=day)]
    if any(each.is_late for each in found.arranging):
        lines.append(say("impact.arrange-late"))
    return lines


def _named(person: PersonImpact) -> dict[str, Any]:
    """Give who has no way in: each need with what is against it, then what would give."""
    would_give = [each.settle for each in own_clashes(person)[:1]]
    if ways := person.may_be_tried:
        would_give.append(say("impact.may-try", {"ways": _ways(ways)}))
    if person.would_open:
        would_give.append(say("impact.other-way-one", {"ways": _ways(person.would_open)}))
    return {
        "name": person.row.name,
        "href": f"/people/{person.row.person_id}",
        "answer": ANSWER_WORDS[person.row.answer],
        "against": [_against(code, each) for code, each in stands_against(person).items()],
        "would_give": would_give,
    }


def _against(code: str, kinds: Mapping[ReasonKind, Sequence[Way]]) -> tuple[str, str]:
    """Say what somebody needs, and why it cannot be; of a restricted need only that there is one."""
    if code in vocabulary() and vocabulary().term(code).is_restricted:
        return "", say("impact.against.restricted")
    lines = (say(f"impact.against.{kind}", {"ways": _ways(ways)}) for kind, ways in kinds.items())
    return _label(code), " ".join(lines)


def _ways(ways: Sequence[Way]) -> str:
    """Name ways within a sentence: "online, by phone or in the room"."""
    words = [WAY_WORDS[way][0].lower() + WAY_WORDS[way][1:] for way in ways]
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _item(each: Arranging, today: date) -> dict[str, Any]:
    is_overdue = each.begin_on < today
    is_near = each.begin_on.year == today.year
    day = {"day": day_words(each.begin_on) if is_near else date_words(each.begin_on)}
    return {
        "tone": "clay" if is_overdue else "plain",
        "begin": say("impact.begin-now") if is_overdue else say("impact.begin-by", day),
        "words": _to_do(each.code),
        "people": each.people,
    }


def _to_do(code: str) -> str:
    """Say what to do for a term; one that an organisation added is said in its own words."""
    return all_words().get(f"todo.{code}") or _label(code)


def _label(code: str) -> str:
    return vocabulary().term(code).label if code in vocabulary() else code


def _clash(each: Clash) -> Mapping[str, Any]:
    return {"labels": [_label(code) for code in each.codes], "settle": each.settle}
