"""Letters that remind somebody of a session, or ask once more who has not answered.

They carry no calendar file: the entry is in the calendar since the invitation, and a second one would
ask for an answer again. They come from a machine and say so; each says how to have no more of them.
"""

from dataclasses import dataclass, field
from datetime import datetime

from scheduling.answers import Answer
from service.outbound.addresses import Mailbox
from service.outbound.facts import InvitationFacts, cleaned
from service.outbound.invitations import (
    greeting_for,
    subject_of,
    what_and_when,
    whom_to_ring,
)
from service.outbound.joining import BY_WAY, joining_sections
from service.outbound.letters import BY_MACHINE, first_message_id, message_id
from service.outbound.mail import Letter
from service.outbound.writing import (
    Line,
    LineKind,
    Section,
    Writing,
    html_text,
    plain,
    plain_text,
)

#: What a mail program sends by itself when somebody presses its own "unsubscribe" (RFC 8058, 3.1).
ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """What tells one reminder from others: its number, when it was written, and how to stop them."""

    number: int
    date: datetime
    stop_url: str = field(repr=False)


def reminder(facts: InvitationFacts, prompt: PromptFacts) -> Letter:
    """Remind somebody who said yes: when it is, and how they join."""
    own_id = message_id(
        "reminder", facts.uid, sequence=facts.version.sequence, occurrence=prompt.number
    )
    return _letter(facts, prompt, reminder_writing(facts, prompt.stop_url), own_id)


def nudge(facts: InvitationFacts, prompt: PromptFacts) -> Letter:
    """Ask once more, gently, who has not answered."""
    own_id = message_id("nudge", facts.uid)
    return _letter(facts, prompt, nudge_writing(facts, prompt.stop_url), own_id)


def reminder_writing(facts: InvitationFacts, stop_url: str) -> Writing:
    """Write a reminder: short, with all it takes to join."""
    known = cleaned(facts)
    by = f" You are joining {BY_WAY[known.own_way]}." if known.own_way is not None else ""
    said = f"You said yes to this session.{by}"
    if known.reply.is_asked_again:
        said = "You said yes to this session. It has changed since. Please tell us if you can come."
    return Writing(
        subject=f"Reminder: {subject_of(known)}",
        greeting=greeting_for(known.reader.name),
        opening=((*plain(said), Line("Your page", LineKind.BUTTON, known.page_url)),),
        sections=(
            *what_and_when(known),
            *joining_sections(known),
            Section("If you cannot come", plain("Tell us on your page, or ring us.")),
            whom_to_ring(known.house),
            _about_these(known, stop_url),
        ),
        farewell=(known.house.name,),
    )


def nudge_writing(facts: InvitationFacts, stop_url: str) -> Writing:
    """Write a question that is easy to answer with no."""
    known = cleaned(facts)
    asked = "You are invited, and we have not heard from you yet. Can you come?"
    if known.reply.answer is not Answer.UNANSWERED:
        asked = "This session has changed since you answered. Can you come?"
    easy = "It is fine to say no. You do not have to say why, and we do not ask again."
    return Writing(
        subject=f"Can you come? {subject_of(known)}",
        greeting=greeting_for(known.reader.name),
        opening=(
            plain(f"{asked} {easy}"),
            (Line("Answer on your page", LineKind.BUTTON, known.page_url),),
        ),
        sections=(
            *what_and_when(known),
            *joining_sections(known),
            whom_to_ring(known.house),
            _about_these(known, stop_url),
        ),
        farewell=(known.house.name,),
    )


def _about_these(facts: InvitationFacts, stop_url: str) -> Section:
    """Say how to have reminders at other times, or none."""
    return Section(
        "About our reminders",
        (
            Line("Choose when we remind you", LineKind.LINK, f"{facts.page_url}/details"),
            Line("Stop all reminders", LineKind.LINK, stop_url),
            Line("You stay on the list for your sessions either way."),
        ),
    )


def _letter(facts: InvitationFacts, prompt: PromptFacts, writing: Writing, own_id: str) -> Letter:
    return Letter(
        to=Mailbox(facts.reader.name, facts.reader.mail),
        sender=Mailbox(facts.house.name, facts.house.mail),
        subject=writing.subject,
        text=plain_text(writing),
        html=html_text(writing),
        message_id=own_id,
        date=prompt.date,
        in_reply_to=first_message_id(facts.uid),
        headers=(*BY_MACHINE, *_stopping(prompt.stop_url)),
    )


def _stopping(stop_url: str) -> tuple[tuple[str, str], ...]:
    """Let mail programs show a button of their own; one press of it only over https (RFC 8058, 3.1)."""
    listed = ("List-Unsubscribe", f"<{stop_url}>")
    if not stop_url.startswith("https://"):
        return (listed,)
    return listed, ("List-Unsubscribe-Post", ONE_CLICK)
