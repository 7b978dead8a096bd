"""The page of one session: the day, the ways with their counts, what is amber, people, messages, the plan."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from aiohttp import web

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from service.actions.illness import may_tell_of_illness
from service.actions.looking_at_dates import place_findings
from service.actions.money.paying import may_see_cash
from service.actions.permissions import Permission, may
from service.actions.planning import Part
from service.actions.plans import around_of, details_of
from service.actions.readiness import findings_of, known_line
from service.actions.seeing import is_their_own, may_see_names, may_see_who_waits
from service.actor import Actor
from service.storage.holds import listed_and_waiting
from service.storage.invitations import Invitation, some_invitations
from service.storage.meetings import Meeting, meeting_by_id
from service.storage.messages import MessageKind, MessageState
from service.storage.phone_lines import PhoneLine
from service.storage.tallies import Tally, tally_of
from service.storage.tasks import TaskKind
from service.web.answers import page, see_other
from service.web.context import ACTOR, DB, NOW
from service.web.pages.meetings.came import came_facts
from service.web.pages.meetings.date_words import date_lines
from service.web.pages.meetings.paging import Paging
from service.web.pages.meetings.waiting import WaitingLine, kept_lines, waiting_lines
from service.web.pages.meetings.words import (
    ANSWER_WORDS,
    STATE_FLAGS,
    WAY_WORDS,
    PutRight,
    Row,
    day_of,
    hosts_of,
    name_of,
    people,
    put_right,
    rows_of,
    strip_of,
    time_of,
)
from service.web.reading import read_id

SHOWN = 40
MESSAGE_WORDS = {
    MessageKind.INVITATION: "Invitations",
    MessageKind.UPDATE: "Changes",
    MessageKind.CANCEL: "Cancellations",
    MessageKind.ANNOUNCEMENT: "Your messages",
    MessageKind.YOUR_LINK: "Links sent again",
    MessageKind.REMINDER: "Reminders",
    MessageKind.NUDGE: "Asked once more for an answer",
    MessageKind.PLACE_OFFERED: "Places offered to those who wait",
    MessageKind.ILL_NOTICE: "Told that somebody was ill",
    MessageKind.ROTA_ASK: "Colleagues asked to help",
    MessageKind.ROTA_NEWS: "News about who does what",
}
STATE_WORDS = {
    MessageState.SENT: "sent",
    MessageState.WAITING: "on their way",
    MessageState.SENDING: "on their way",
    MessageState.FAILED: "failed",
    MessageState.OVERTAKEN: "not sent, as no longer needed",
}
#: Tasks that tell a person something; how each is told is nobody's business but the doer's.
TELLING = (
    TaskKind.RING,
    TaskKind.POST,
    TaskKind.TEXT,
    TaskKind.THROUGH,
    TaskKind.SAFE_CONTACT,
    TaskKind.DECIDE,
)
#: The order in which a list of people is summed up.
SUMMED = (Answer.YES, Answer.WAITING, Answer.MAYBE, Answer.NO, Answer.UNANSWERED)


async def show(request: web.Request) -> web.Response:
    """Show one session; a draft shows the last page of its plan."""
    db, actor, now = request[DB], request[ACTOR], request[NOW]
    meeting = await meeting_by_id(db, actor, read_id(request))
    if meeting.state is MeetingState.DRAFT:
        return see_other(f"/sessions/{meeting.id}/plan/check")
    tally = await tally_of(db, meeting.id)
    paging = Paging.of(request, SHOWN)
    listed, waiting = await _listed(request, meeting, paging)
    return await page(
        request,
        "meetings/show.html",
        title=name_of(meeting),
        meeting=meeting,
        day=day_of(meeting),
        time=time_of(meeting),
        flag=STATE_FLAGS.get(meeting.state),
        strip=strip_of(meeting.offers, tally.answers),
        sums=[(ANSWER_WORDS[each], tally.answered(each)) for each in SUMMED],
        amber=[
            *await _place_lines(request, meeting),
            *_amber(meeting, tally, await known_line(db, meeting), now=now),
        ],
        sees_names=may_see_names(actor, meeting, now),
        listed=listed[:SHOWN],
        paging=paging.links(has_more=len(listed) > SHOWN),
        answer_words=ANSWER_WORDS,
        way_words=WAY_WORDS,
        waiting=waiting,
        messages=message_lines(tally),
        hosts=hosts_of(meeting),
        series_href=f"/series/{meeting.series_id}" if meeting.series_id else "",
        rows=[row for row in _plan_rows(meeting) if row.part is not Part.KIND],
        **_may(actor, meeting, now),
        **await came_facts(request, meeting, tally),
    )


async def _place_lines(request: web.Request, meeting: Meeting) -> list[PutRight]:
    """Say what is wrong at the place of a session that is still to come."""
    is_over = meeting.ends_at is None or meeting.ends_at <= request[NOW]
    if meeting.state is not MeetingState.PUBLISHED or is_over:
        return []
    found = await place_findings(request[DB], request[ACTOR], meeting)
    return [PutRight(line.words, "") for line in date_lines(found)]


async def _listed(
    request: web.Request, meeting: Meeting, paging: Paging
) -> tuple[Sequence[Invitation], list[WaitingLine]]:
    """Give a page of those invited, and one more if there are more; who waits only to coordinators."""
    db, actor, limit = request[DB], request[ACTOR], SHOWN + 1
    if not may_see_names(actor, meeting, request[NOW]):
        return [], []
    if not may_see_who_waits(actor):
        listed = await some_invitations(
            db, actor, meeting.id, skip=paging.skip, limit=limit, waiting_too=False
        )
        return listed, []
    listed, waiting = await listed_and_waiting(db, actor, meeting.id, skip=paging.skip, limit=limit)
    return listed, waiting_lines(meeting, waiting)


def _plan_rows(meeting: Meeting) -> list[Row]:
    return rows_of(meeting, details_of(meeting), around_of(meeting))


def _may(actor: Actor, meeting: Meeting, now: datetime) -> dict[str, bool]:
    """Say which buttons this person gets."""
    may_plan = may(actor, Permission.PLAN_MEETINGS)
    is_over = meeting.ends_at is not None and meeting.ends_at <= now
    is_published = meeting.state is MeetingState.PUBLISHED
    is_coming = is_published and not is_over
    is_own = is_their_own(actor, meeting)
    return {
        "may_plan": may_plan,
        "may_change": may_plan and is_coming,
        "sees_costs": may(actor, Permission.SEE_COST_CARD) and is_coming,
        "has_help_page": is_published and may(actor, Permission.SEE_ACTION_LINES) and is_own,
        "is_own": is_own,
        "has_cash": may_see_cash(actor, meeting, now),
        "has_claims": is_published and may(actor, Permission.KEEP_CLAIMS),
        "may_tell_ill": may_tell_of_illness(actor, meeting, now),
    }


def _amber(
    meeting: Meeting, tally: Tally, line: PhoneLine | None, *, now: datetime
) -> Iterator[PutRight]:
    """Say what needs a look: in the plan, with people's ways, with what is still to be told."""
    if meeting.state is not MeetingState.PUBLISHED or meeting.ends_at is None:
        return
    if meeting.ends_at > now:
        found = findings_of(meeting, line, now=now)
        yield from put_right(meeting, [each for each in found if each.code != "starts-in-past"])
    offered = {offer.way for offer in meeting.offers}
    lost = sum(
        count
        for (answer, way), count in tally.answers.items()
        if answer.may_come and way is not None and way not in offered
    )
    if lost:
        yield PutRight(f"{people(lost)} cannot join in the way they chose.", "")
    if to_tell := sum(tally.tasks[kind] for kind in TELLING):
        yield PutRight(f"{people(to_tell)} still to be told by one of us.", "")
    yield from (PutRight(line, "") for line in kept_lines(meeting.offers, tally))
    if gaps := tally.tasks[TaskKind.ROTA_GAP]:
        yield PutRight(f"Somebody is still missing ({gaps}).", f"/sessions/{meeting.id}/rota")
    failed = sum(n for (_, state), n in tally.messages.items() if state is MessageState.FAILED)
    if failed:
        yield PutRight(f"{people(failed)} could not be reached by email.", "")
    if unanswered := tally.answered(Answer.UNANSWERED):
        yield PutRight(
            f"{people(unanswered)} {'has' if unanswered == 1 else 'have'} not answered yet.", ""
        )


def message_lines(tally: Tally) -> list[dict[str, str]]:
    """Say for each kind of message how many were sent, are on their way or failed."""
    lines = []
    for kind, words in MESSAGE_WORDS.items():
        counts: dict[str, int] = {}
        for state, state_words in STATE_WORDS.items():
            if count := tally.messages[kind, state]:
                counts[state_words] = counts.get(state_words, 0) + count
        if counts:
            stated = ", ".join(f"{count} {state}" for state, count in counts.items())
            lines.append({"term": words, "value": stated})
    return lines
