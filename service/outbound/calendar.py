"""The calendar file of one person's invitation: facts into what the calendar builder wants.

A calendar is shared with families and shown on locked screens. So nothing stands in it about what
was arranged for a person, who comes with them or who else is there.
"""

from dataclasses import replace

from scheduling.ical.build import Invite, Method, PartStat, cancel, download, request
from scheduling.ical.build import Mailbox as CalendarMailbox
from scheduling.time import on_wall
from scheduling.ways import Way
from service.outbound.addresses import Mailbox, usable
from service.outbound.facts import HouseFacts, InvitationFacts, cleaned
from service.outbound.joining import joining_words, location
from service.outbound.mail import CalendarPart
from service.outbound.numbers import names_words, phone_words


def request_part(facts: InvitationFacts) -> CalendarPart:
    """Make the file that invites, or tells of a newer version; the facts are clean already."""
    return CalendarPart(request(_mailed(facts)), Method.REQUEST)


def cancel_part(facts: InvitationFacts) -> CalendarPart:
    """Make the file that takes the session out of the calendar; the facts are clean already."""
    invite = replace(_mailed(facts), description=farewell(facts), conference_label="")
    return CalendarPart(cancel(invite), Method.CANCEL)


def calendar_file(facts: InvitationFacts) -> bytes:
    """Make the file to download from a person's page, who need not have a mail address."""
    known = cleaned(facts)
    has_both = bool(known.house.mail and known.reader.mail)
    return download(_mailed(known) if has_both else entry(known))


def _mailed(facts: InvitationFacts) -> Invite:
    """Make what travels by mail, with both addresses; raise PermanentFailure if one is missing."""
    organiser = _mailbox(facts.house.name, facts.house.mail)
    attendee = _mailbox(facts.reader.name, facts.reader.mail)
    return replace(entry(facts), organiser=organiser, attendee=attendee)


def entry(facts: InvitationFacts) -> Invite:
    """Make the entry without people in it: a feed and a download have none."""
    session = facts.session
    is_online = Way.ONLINE in facts.shown_ways
    return Invite(
        uid=facts.uid,
        version=facts.version,
        created=facts.created,
        start=on_wall(session.slot.starts_at, session.zone),
        minutes=int(session.slot.length.total_seconds() // 60),
        zone_rule=session.zone_rule,
        summary=session.title,
        description=_description(facts),
        location=location(facts),
        url=facts.page_url,
        conference_label="Your page" if is_online else "",
        part_stat=_part_stat(facts),
    )


def _description(facts: InvitationFacts) -> tuple[str, ...]:
    """Write the lines of the entry: how this person joins comes first, then whom to ring."""
    house, hosts = facts.house, facts.session.hosts
    lines = [*joining_words(facts)]
    if Way.ONLINE not in facts.shown_ways:
        lines.append(f"Your page: {facts.page_url}")
    lines += [f"New: {change}" for change in facts.what_changed]
    if hosts:
        lines.append(f"With {names_words(hosts)}.")
    lines.append("If you cannot come, tell us on your page or ring us.")
    return (*lines, whom_to_ring(house))


def farewell(facts: InvitationFacts) -> tuple[str, ...]:
    """Write the lines of an entry that is cancelled: that it is, why, and whom to ring."""
    message = facts.cancel_message.split("\n")
    lines = ("This session is cancelled.", *message, whom_to_ring(facts.house))
    return tuple(line for line in lines if line)


def whom_to_ring(house: HouseFacts) -> str:
    """Write the last line of every entry: the organisation, and its number if it has one."""
    return f"{house.name}: {phone_words(house.phone)}" if house.phone else house.name


def _part_stat(facts: InvitationFacts) -> PartStat:
    is_open = facts.reply.is_asked_again
    return PartStat.NEEDS_ACTION if is_open else PartStat.of(facts.reply.answer)


def _mailbox(name: str, address: str) -> CalendarMailbox:
    found = usable(Mailbox(name, address))
    return CalendarMailbox(found.name, found.address)
