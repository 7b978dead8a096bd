"""Before and after a session, on a phone without scripts: what is different, and how it was."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from accessibility.consent import Purpose
from scheduling.answers import Answer
from service.storage.feedback import Feedback, TookPart
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.needs import AccessRequest, Consent, Need
from service.storage.tasks import Task
from tests.browser.conftest import House, OpenAs
from tests.browser.walking import Walk
from tests.chromium import PHONE
from tests.visits import NOBODY

pytestmark = pytest.mark.browser


async def test_a_guest_is_asked_what_is_different_and_afterwards_how_it_was(
    house: House, open_as: OpenAs
) -> None:
    own, link = await somebody_we_know(house)
    walk = Walk(await open_as(NOBODY, PHONE), "round-a-session")

    await walk.go(link)
    await walk.press("Yes, count me in")
    await walk.sees("Is anything different this time?", "You told us before what helps you.")
    await walk.press("Nothing is different")
    await walk.sees("Thank you. We do it as before.")

    await it_is_over(house, own)
    await walk.go(link)
    await walk.follow("Tell us how it was")
    await walk.sees("Could you take part as you wanted?", "must say why. Nobody else sees it.")
    await walk.press("Send")
    await walk.sees("Please choose an answer.")
    await walk.choose("Could you take part as you wanted?", "Partly")
    await walk.fill(words="The room was too loud.")
    await walk.press("Send")
    await walk.sees("You told us: Partly.", "We are sorry", "You wrote something before.")
    await walk.sees_not("too loud")
    await walk.choose("Could you take part as you wanted?", "Yes")
    await walk.press("Change my answer")
    await walk.sees("You told us: Yes.")

    async with house.parts.database.reading() as db:
        kept = (await db.scalars(select(Feedback).where(Feedback.invitation_id == own))).one()
        sorry = (await db.scalars(select(Task).where(Task.about == "apology"))).all()
    assert (TookPart.YES, True) == (kept.answer, kept.has_words)
    assert own in {task.subject_id for task in sorry}


async def test_a_volunteer_asks_by_phone_and_prints_a_form_for_the_next_time(
    house: House, open_as: OpenAs
) -> None:
    own, _ = await somebody_we_know(house)
    await it_is_over(house, own)
    walk = Walk(await open_as("coordinator", PHONE), "asking-by-phone")

    await walk.go(f"/after/{own}")
    await walk.choose("What did they say?", "No")
    await walk.choose("How did they tell you?", "By phone")
    await walk.press("Write it down")
    await walk.sees("Written down.", "They told us: No. By phone")

    async with house.parts.database.reading() as db:
        person = (await db.get_one(Invitation, own)).person_id
    await walk.go(f"/people/{person}/needs")
    await walk.follow("Print a paper form")
    await walk.sees("A paper form for", "What would help you to take part?", "Where to send it")
    await walk.follow("28 point")
    assert "28" == await walk.page.locator("body").get_attribute("data-print-size")


async def somebody_we_know(house: House) -> tuple[UUID, str]:
    """Let somebody whose needs are kept not have answered yet; give their invitation and their link."""
    parts, now = house.parts, house.parts.clock.now()
    has_asked = select(AccessRequest.invitation_id)
    query = (
        select(Invitation)
        .join(Meeting)
        .join(Need, Need.person_id == Invitation.person_id)
        .join(Consent, Consent.person_id == Invitation.person_id)
        .where(Consent.purpose == Purpose.KEEP, Consent.withdrawn_at.is_(None))
        .where(Need.ended_at.is_(None), Meeting.starts_at > now + timedelta(days=1))
        .where(Invitation.answer == Answer.YES, Invitation.removed_at.is_(None))
        .where(Invitation.id.in_(has_asked))
        .order_by(Meeting.starts_at, Invitation.id)
        .limit(1)
    )
    async with parts.database.writing() as db:
        own = (await db.scalars(query)).one()
        own.answer = Answer.UNANSWERED
        return own.id, f"/i/{parts.keys.link_for('invitation', own.id, own.link_generation)}"


async def it_is_over(house: House, invitation_id: UUID) -> None:
    """Move the clock past the end of a session."""
    async with house.parts.database.reading() as db:
        own = await db.get_one(Invitation, invitation_id)
        meeting = await db.get_one(Meeting, own.meeting_id)
    assert meeting.ends_at is not None
    house.clock.move(meeting.ends_at - house.clock.now() + timedelta(hours=1))
