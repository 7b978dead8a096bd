"""What to say on the phone and in a text message: short, plain, and nothing that gives a group away.

Made from the same facts as letters. Pure: nothing is looked up here.
"""

from collections.abc import Iterator

from accessibility.dues import DueKind
from scheduling.time import clock_words, long_date, span_words
from scheduling.ways import Way
from service.outbound.after import ASKED, RECEIVED
from service.outbound.facts import InvitationFacts, OfferFacts
from service.outbound.illness import ILL, WHY
from service.outbound.numbers import phone_words, pin_words
from service.outbound.offers import limit_words, place_words
from service.storage.messages import MessageKind

BY_WAY = {
    Way.PHONE: "by phone",
    Way.ONLINE: "online",
    Way.ROOM: "in the room",
    Way.OUTDOORS: "outdoors",
}
BEGINS: dict[str, str] = {
    MessageKind.UPDATE: "Changed: ",
    MessageKind.CANCEL: "Cancelled: ",
    MessageKind.REMINDER: "Reminder: ",
    MessageKind.NUDGE: "Can you come? ",
}
#: What a text says that is not about how to join.
SAYS: dict[str, str] = {
    MessageKind.REQUEST_RECEIPT: RECEIVED,
    MessageKind.FEEDBACK_ASK: ASKED,
    MessageKind.CLAIM_ANSWER: "There is an answer to what you asked us.",
    MessageKind.ILL_NOTICE: ILL,
}
#: What is said of a session that nobody is asked to come to any more, or that they answered for.
TALKS: dict[str, tuple[str, ...]] = {
    MessageKind.REQUEST_RECEIPT: (
        f"{RECEIVED} Somebody looks after it.",
        "There is nothing you need to do. Is there anything else I should write down?",
    ),
    MessageKind.FEEDBACK_ASK: (ASKED, "You can say yes, partly or no, or nothing at all."),
    MessageKind.CLAIM_ANSWER: (
        "There is an answer about the money you asked for. I can read it to you.",
        "Is that all right for you?",
    ),
    MessageKind.ILL_NOTICE: (
        f"{ILL} {WHY}",
        "You do not need to do anything. Would you like to change anything about how you join?",
    ),
    DueKind.RING: (
        "We wrote to you how we would do what you asked for. I can read it to you.",
        "Does that work for you? It is fine to say no. Then we look for something else.",
    ),
    DueKind.CHECK_IN: (
        "You asked that somebody checks how you are afterwards. How are you?",
        "Would you like to talk, or shall I leave you in peace?",
    ),
    DueKind.APOLOGY: (
        "You told us that you could not take part as you wanted. We are sorry.",
        "What would you like us to do to put it right?",
    ),
    DueKind.REVIEW: ("We keep what you told us would help. Is it still right?",),
}
#: Before the ways to reach us.
TO_DO: dict[str, str] = {
    MessageKind.REMINDER: "If you cannot come",
    MessageKind.REQUEST_RECEIPT: "To change it",
    MessageKind.CLAIM_ANSWER: "To read it",
    MessageKind.ILL_NOTICE: "To talk about it",
}


def call_script(
    facts: InvitationFacts, about: str, *, caller: str, words: str = ""
) -> tuple[str, ...]:
    """Give what to say, one sentence or two to a line; `words` is what the facilitator wrote to everyone."""
    return (
        f"May I speak to {facts.reader.name}, please?",
        f"Hello, this is {caller or 'a friend'} from {facts.house.name}. Is this a good moment?",
        *(_talk(facts, about) if about in TALKS else _news(facts, about, words)),
    )


def short_text(
    facts: InvitationFacts, about: str, *, words: str = "", has_link: bool = True
) -> str:
    """Give a text message: date, time, the plain title, a number to ring and their own page.

    The link is theirs alone: it is left out where somebody else passes the message on.
    """
    begins = BEGINS.get(about, "")
    what = f"{begins}{facts.session.title}, {_short_when(facts)}."
    if _kind(about) is MessageKind.PLACE_OFFERED:
        words = f"{place_words(facts)} We keep it until {limit_words(facts)}."
    words = SAYS.get(about, words)
    said = f" {' '.join(words.split())}" if words else ""
    said += "" if about in SAYS else _dialling(facts)
    phone = phone_words(facts.house.phone)
    if _kind(about) is MessageKind.CANCEL:
        ring = f" To talk about it, ring {phone}." if phone else ""
        return f"{what}{ring} {facts.house.name}"
    ring, page = (f"ring {phone}" if phone else ""), f"open {facts.page_url}"
    answer = " or ".join(filter(None, (ring, page if has_link else "")))
    to_do = TO_DO.get(about, "To answer")
    return f"{what}{said} {facts.house.name}." + (f" {to_do}, {answer}" if answer else "")


def _dialling(facts: InvitationFacts) -> str:
    """Say in a text how to dial in, to somebody who joins by phone."""
    phone = facts.session.phone
    if facts.own_way is not Way.PHONE or phone.rings_you or not phone.number:
        return ""
    pin = f", PIN {pin_words(phone.pin)}" if phone.pin else ""
    return f" To join, ring {phone_words(phone.number)}{pin}."


def _talk(facts: InvitationFacts, about: str) -> tuple[str, ...]:
    when = span_words(facts.session.slot, facts.session.zone, name_zone=facts.session.names_zone)
    return (f"It is about {facts.session.title}, {when}.", *TALKS[about])


def _news(facts: InvitationFacts, about: str, words: str) -> Iterator[str]:
    when = span_words(facts.session.slot, facts.session.zone, name_zone=facts.session.names_zone)
    what = f"{facts.session.title}, {when}"
    match _kind(about):
        case MessageKind.CANCEL:
            yield f"{what}, is cancelled. You do not need to do anything."
            if facts.cancel_message:
                yield facts.cancel_message
        case MessageKind.UPDATE:
            yield f"Something is different about {what}."
            yield from facts.what_changed
            yield from _ways(facts)
            yield "Does that still work for you?"
        case MessageKind.REMINDER:
            yield f"I ring to remind you of {what}. You said you are coming."
            yield from _ways(facts)
            yield "Is that still all right? It is fine if you cannot come."
        case MessageKind.NUDGE:
            yield f"You are invited to {what}. We have not heard from you yet."
            yield from _ways(facts)
            yield "Would you like to come? It is fine to say no, and we do not ask again."
        case MessageKind.PLACE_OFFERED:
            yield from _place(facts, what)
        case MessageKind.ANNOUNCEMENT:
            yield f"I have news about {what}."
            yield words
        case _:
            yield f"You are invited to {what}."
            yield from _ways(facts)
            yield "Would you like to come? There is no need to decide now."


def _place(facts: InvitationFacts, what: str) -> Iterator[str]:
    """Offer a place, and say that there is no need to take it."""
    yield f"You are waiting for {what}. {place_words(facts)}"
    yield from _ways(facts)
    yield f"We keep it for you until {limit_words(facts)}."
    yield "Would you like it? You can also say no, or stay on the list for another time."


def _ways(facts: InvitationFacts) -> Iterator[str]:
    """Say how to join, each way in one line, easiest first."""
    for way in facts.shown_ways:
        offer = facts.offer(way)
        if offer is not None:
            yield f"You can join {BY_WAY[way]}{_where(facts, offer)}."


def _where(facts: InvitationFacts, offer: OfferFacts) -> str:
    phone = facts.session.phone
    match offer.way:
        case Way.PHONE if phone.number and not phone.rings_you:
            pin = f", PIN {pin_words(phone.pin)}" if phone.pin else ""
            return f": ring {phone_words(phone.number)}{pin}"
        case Way.PHONE if phone.rings_you:
            return ": we ring you"
        case Way.ROOM | Way.OUTDOORS if offer.place is not None:
            place = ", ".join(filter(None, (offer.place.name, offer.place.address)))
            return f" at {place}"
        case _:
            return ""


def _short_when(facts: InvitationFacts) -> str:
    """Give the day without its year and the time: "Thursday 12 March, 2pm"."""
    starts_at, zone = facts.session.slot.starts_at, facts.session.zone
    day, _, _ = long_date(starts_at, zone).rpartition(" ")
    return f"{day}, {clock_words(starts_at, zone)}"


def _kind(about: str) -> MessageKind | None:
    return MessageKind(about) if about in set(MessageKind) else None
