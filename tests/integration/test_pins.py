"""PINs: made with the change that needs them, everybody's own, told in threes, and to nobody else."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from accessibility.contact import SAFE_CONTACT
from scheduling.meeting import MeetingState
from scheduling.notices import Change
from scheduling.ways import Way
from service.actions.changing import Agreed, change_meeting
from service.actions.composer import Composer
from service.actions.composing import compose
from service.actions.feeds_showing import Scribe, feed_text
from service.actions.inviting import Issuer, invite_more, remove_person
from service.actions.keeping_lines import keep_lines
from service.actions.link_again import renew_link
from service.actions.pins import fresh_pins, is_easy_to_type
from service.actions.plans import details_of
from service.actions.publishing import publish_meeting
from service.actions.series.drafting import save_series
from service.actions.series.starting import start_series
from service.actions.series.template import template_of
from service.actor import Actor, Role, system_actor
from service.outbound.numbers import pin_words
from service.parts import Parts
from service.storage.base import Db
from service.storage.feeds import Feed, FeedKind
from service.storage.invitations import WHOLE_INVITATION, Choice, Invitation
from service.storage.meetings import Meeting, meeting_by_id
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.organisations import Organisation
from service.storage.pins import pins_taken
from service.storage.planned import PhoneJoining
from service.storage.series import series_by_id
from service.storage.servers import DialInNumber, JitsiServer
from service.storage.tasks import Task, TaskKind
from tests.integration.conftest import Making, OpenBrowser
from tests.integration.desks import rows
from tests.integration.feed_scene import a_feed
from tests.integration.phone_scene import (
    GILS_PIN,
    HOPES_PIN,
    NUMBER,
    ROOM_PIN,
    SECOND_NUMBER,
    PhoneScene,
    calling_server,
    phone_scene,
)
from tests.integration.series_scene import (
    begun,
    dates_of,
    edited,
    invitations_to,
    started,
)
from tests.people import NOW, Make, actor_for, guest_actor

DRAFT: dict[str, Any] = {"state": MeetingState.DRAFT, "room_pin": None, "dial_number": ""}


def ada_of(scene: PhoneScene) -> Actor:
    """Act as Ada."""
    return actor_for(scene.house.id, scene.ada, Role.FACILITATOR)


async def drafted(make: Make) -> PhoneScene:
    """Make the scene with a draft that leaves number and PINs to the server."""
    return await phone_scene(make, **DRAFT)


async def publish(make: Make, scene: PhoneScene) -> None:
    """Publish the scene's draft."""
    await publish_meeting(make.db, ada_of(scene), scene.meeting.id, now=make.now)
    await make.db.flush()


async def letters(parts: Parts, db: Db) -> dict[str, str]:
    """Compose every mail that waits, as one text for each person's name."""
    composer = Composer(parts.keys, parts.settings.public_url, parts.settings.mail_from)
    found = {}
    waiting = select(Message).where(Message.state == MessageState.WAITING)
    for message in await db.scalars(waiting):
        invitation = await db.scalar(
            select(Invitation).where(Invitation.id == message.subject_id).options(*WHOLE_INVITATION)
        )
        assert invitation is not None
        letter = await compose(composer, db, message, NOW)
        calendar = letter.calendar.content.decode() if letter.calendar else ""
        unfolded = calendar.replace("\r\n ", "")
        found[invitation.person.chosen_name] = letter.text + letter.html + unfolded
    return found


async def guests_of(db: Db, meeting_id: object) -> Sequence[Invitation]:
    """Read who is invited."""
    query = select(Invitation).where(Invitation.meeting_id == meeting_id).order_by(Invitation.id)
    return (await db.scalars(query.execution_options(populate_existing=True))).all()


async def test_publishing_gives_the_meeting_and_everybody_a_pin(
    making: Making, parts: Parts
) -> None:
    async with making() as make:
        scene = await drafted(make)
        await publish(make, scene)

    async with parts.database.reading() as db:
        meeting = await db.get_one(Meeting, scene.meeting.id)
        pins = [meeting.room_pin, *(each.dial_pin for each in await guests_of(db, meeting.id))]
    assert 3 == len(set(pins))
    assert all(pin and len(pin) == 9 and is_easy_to_type(pin) for pin in pins)
    assert NUMBER == meeting.dial_number


async def test_letters_tell_everybody_their_own_pin_in_threes_and_nobody_elses(
    making: Making, parts: Parts
) -> None:
    async with making() as make:
        scene = await drafted(make)
        person = await make.person(scene.house, "Iris", usual_way=None)
        await make.invitation(scene.meeting, person)
        await publish(make, scene)

    async with parts.database.reading() as db:
        sent = await letters(parts, db)
        meeting = await db.get_one(Meeting, scene.meeting.id)
        query = select(Invitation).options(*WHOLE_INVITATION)
        pins = {
            each.person.chosen_name: pin_words(each.dial_pin or "")
            for each in (await db.scalars(query)).unique()
        }
    told = {name: {whose for whose, pin in pins.items() if pin in sent[name]} for name in sent}
    # Hope joins online, so her letter says nothing of phones.
    assert {"Gil": {"Gil"}, "Hope": set(), "Iris": {"Iris"}} == told
    assert "ring 01632 960 140\\, PIN " + pins["Gil"] in sent["Gil"]
    assert not any(pin_words(meeting.room_pin or "x") in text for text in sent.values())


@pytest.mark.parametrize(
    "given",
    [
        {"phone_joining": PhoneJoining.RING},
        {"dial_number": "0121 496 0123", "dial_pin": "4711"},
        {"offers": {Way.ONLINE: 12}},
    ],
    ids=["we ring", "another line", "no phone"],
)
async def test_no_pin_is_made_where_nobody_needs_one(
    given: dict[str, Any], making: Making, parts: Parts
) -> None:
    async with making() as make:
        scene = await phone_scene(make, **DRAFT | given)
        await publish(make, scene)

    async with parts.database.reading() as db:
        assert (await db.get_one(Meeting, scene.meeting.id)).room_pin is None
        assert {None} == {each.dial_pin for each in await guests_of(db, scene.meeting.id)}


async def test_a_server_that_takes_no_calls_makes_no_pins(making: Making, parts: Parts) -> None:
    async with making() as make:
        scene = await phone_scene(make, **DRAFT | {"dial_number": NUMBER, "dial_pin": "4711"})
        (await make.db.get_one(JitsiServer, scene.server.id)).abilities = []
        await publish(make, scene)

    async with parts.database.reading() as db:
        assert {None} == {each.dial_pin for each in await guests_of(db, scene.meeting.id)}
        assert "PIN 4711" in (await letters(parts, db))["Gil"]


async def test_who_is_invited_later_gets_a_pin_and_who_is_taken_off_loses_it(
    making: Making, parts: Parts
) -> None:
    async with making() as make:
        scene = await phone_scene(make)
        dov = await make.person(scene.house, "Dov")
    ben = actor_for(scene.house.id, scene.ben, Role.COORDINATOR)
    issuer = Issuer.of(parts.keys, scene.house.contact_email, parts.settings.public_url)

    async def invite(*people: Any) -> None:
        choice = Choice(people=frozenset(each.id for each in people))
        async with parts.database.writing() as db:
            await invite_more(db, ben, issuer, scene.meeting.id, choice, now=NOW)

    await invite(dov)
    async with parts.database.writing() as db:
        await remove_person(db, ben, scene.gils.id, now=NOW)
    async with parts.database.reading() as db:
        pins = {each.person_id: each.dial_pin for each in await guests_of(db, scene.meeting.id)}
    await invite(scene.gil)

    assert pins[scene.gil.id] is None
    assert HOPES_PIN == pins[scene.hope.id]
    assert pins[dov.id] is not None
    async with parts.database.reading() as db:
        again = (await db.get_one(Invitation, scene.gils.id)).dial_pin
    assert again not in (None, GILS_PIN)


async def test_a_change_to_dialling_makes_pins_and_tells_who_sees_it_and_back_again(
    making: Making, parts: Parts
) -> None:
    async with making() as make:
        scene = await phone_scene(make, room_pin=None, phone_joining=PhoneJoining.RING)
        for invitation in (scene.gils, scene.hopes):
            await make.message(invitation)

    async def change(**given: Any) -> None:
        async with parts.database.writing() as db:
            actor = ada_of(scene)
            meeting = await meeting_by_id(db, actor, scene.meeting.id)
            details = replace(details_of(meeting), **given)
            await change_meeting(
                db, actor, meeting.id, details, Agreed(meeting.version, 0), now=NOW
            )

    await change(phone_joining=PhoneJoining.DIAL, dial_number="")
    async with parts.database.reading() as db:
        gil, hope = [await db.get_one(Invitation, each.id) for each in (scene.gils, scene.hopes)]
        sent = await letters(parts, db)
    assert (1, 0) == (gil.sequence, hope.sequence)
    assert pin_words(gil.dial_pin or "") in sent["Gil"]
    assert hope.dial_pin

    await change(phone_joining=PhoneJoining.RING)
    async with parts.database.reading() as db:
        assert {None} == {each.dial_pin for each in await guests_of(db, scene.meeting.id)}
        assert (await db.get_one(Meeting, scene.meeting.id)).room_pin is None


async def test_dates_of_a_series_get_their_pins_as_they_are_made(
    making: Making, parts: Parts
) -> None:
    async with making() as make:
        circle = await begun(make, parts)
        house = await make.db.get_one(Organisation, circle.house.id)
        house.server_id = (await calling_server(make)).id
        await edit_draft(make, circle, phone_joining=PhoneJoining.DIAL, dial_number="")
        await start(make, circle)

    async with parts.database.reading() as db:
        dates = await dates_of(db, circle.series_id)
        invited = await invitations_to(db, [each.id for each in dates])
    assert any(each.is_held for each in dates)
    assert {NUMBER} == {each.dial_number for each in dates}
    pins = [*(each.room_pin for each in dates), *(each.dial_pin for each in invited)]
    assert None not in pins
    assert len(pins) == len(set(pins))


async def edit_draft(make: Make, circle: Any, **given: Any) -> None:
    """Save other details for the draft of a series."""
    from_now = await series_by_id(make.db, circle.facilitator, circle.series_id)
    template = template_of(from_now)
    wanted = replace(template, details=replace(template.details, **given))
    await save_series(make.db, circle.facilitator, circle.series_id, wanted, now=make.now)


async def start(make: Make, circle: Any) -> None:
    """Start the series."""
    await start_series(make.db, circle.facilitator, circle.issuer, circle.series_id, now=make.now)


async def test_a_series_that_is_changed_to_dialling_gives_its_dates_pins(
    making: Making, parts: Parts
) -> None:
    async with making() as make:
        circle = await started(make, parts)
        house = await make.db.get_one(Organisation, circle.house.id)
        house.server_id = (await calling_server(make)).id
    async with parts.database.writing() as db:
        await edited(db, circle, phone_joining=PhoneJoining.DIAL, dial_number="")

    async with parts.database.reading() as db:
        dates = await dates_of(db, circle.series_id)
        invited = await invitations_to(db, [each.id for each in dates])
    assert None not in {each.room_pin for each in dates} | {each.dial_pin for each in invited}


async def test_a_server_that_takes_calls_later_gives_pins_and_tells_people_once(
    making: Making, parts: Parts
) -> None:
    async with making() as make:
        scene = await phone_scene(make, room_pin=None, dial_number="")
        for invitation in (scene.gils, scene.hopes):
            await make.message(invitation)
        system = system_actor(scene.house.id)

    for expected in (1, 0):
        async with parts.database.writing() as db:
            assert expected == await keep_lines(db, system, now=NOW)
    async with parts.database.reading() as db:
        gil, hope = [await db.get_one(Invitation, each.id) for each in (scene.gils, scene.hopes)]
        meeting = await db.get_one(Meeting, scene.meeting.id)
        updates = [
            each.person_id
            for each in await db.scalars(select(Message))
            if each.kind is MessageKind.UPDATE
        ]
    assert NUMBER == meeting.dial_number
    assert (gil.sequence, gil.what_changed, hope.sequence) == (1, Change.PHONE.value, 0)
    assert gil.dial_pin
    assert [scene.gil.id] == updates


async def test_where_nobody_can_dial_in_any_more_people_are_rung_and_somebody_hears_of_it(
    making: Making, parts: Parts, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await phone_scene(make)
        await make.message(scene.gils)
        (await make.db.get_one(JitsiServer, scene.server.id)).abilities = []
        system = system_actor(scene.house.id)

    for _ in range(2):
        async with parts.database.writing() as db:
            await keep_lines(db, system, now=NOW)
    meeting = (await rows(parts, Meeting))[0]
    tasks = await rows(parts, Task)
    async with parts.database.reading() as db:
        text = (await letters(parts, db))["Gil"]

    assert (PhoneJoining.RING, None) == (meeting.phone_joining, meeting.room_pin)
    assert [TaskKind.ROOM_TROUBLE] == [each.kind for each in tasks]
    assert "We ring you" in text
    assert pin_words(GILS_PIN) not in text
    browser = await open_browser(scene.ben)
    await browser.get(f"/tasks/{tasks[0].id}")
    assert "dial in" in browser.page


async def test_another_number_is_told_and_a_number_that_still_works_is_left(
    making: Making, parts: Parts
) -> None:
    async with making() as make:
        scene = await phone_scene(make)
        await make.message(scene.gils)
        system = system_actor(scene.house.id)
        first = await make.db.scalar(select(DialInNumber).where(DialInNumber.number == NUMBER))
        assert first is not None
        first.rank = 5
    async with parts.database.writing() as db:
        assert 0 == await keep_lines(db, system, now=NOW)
        gone = await db.scalar(select(DialInNumber).where(DialInNumber.number == NUMBER))
        await db.delete(gone)
    async with parts.database.writing() as db:
        assert 1 == await keep_lines(db, system, now=NOW)

    meeting = (await rows(parts, Meeting))[0]
    assert (SECOND_NUMBER, ROOM_PIN) == (meeting.dial_number, meeting.room_pin)
    async with parts.database.reading() as db:
        assert "01632 960 141" in (await letters(parts, db))["Gil"]


async def test_a_new_link_comes_with_a_new_pin_which_is_told(making: Making, parts: Parts) -> None:
    async with making() as make:
        scene = await phone_scene(make)
        await make.message(scene.gils)
    async with parts.database.writing() as db:
        query = select(Invitation).where(Invitation.id == scene.gils.id).options(*WHOLE_INVITATION)
        invitation = (await db.scalars(query)).one()
        await renew_link(db, guest_actor(invitation, "Gil"), parts.keys, invitation, now=NOW)

    async with parts.database.reading() as db:
        gil = await db.get_one(Invitation, scene.gils.id)
        assert gil.dial_pin not in (None, GILS_PIN)
        assert (1, Change.PHONE.value) == (gil.sequence, gil.what_changed)
        assert HOPES_PIN == (await db.get_one(Invitation, scene.hopes.id)).dial_pin


async def test_feeds_carry_the_guests_own_pin_and_a_stored_event_never_an_old_one(
    making: Making, parts: Parts
) -> None:
    async with making() as make:
        scene = await phone_scene(make)
        for person, kind in ((scene.gil, FeedKind.OWN), (scene.ada, FeedKind.HOSTING)):
            await a_feed(make, person, kind)

    async def feeds() -> dict[FeedKind, str]:
        async with parts.database.reading() as db:
            scribe = Scribe(parts.keys, parts.settings.public_url)
            return {
                feed.kind: (await feed_text(db, scribe, feed, now=NOW))
                .decode()
                .replace("\r\n ", "")
                for feed in await db.scalars(select(Feed))
            }

    before = await feeds()
    async with parts.database.writing() as db:
        (await db.get_one(Invitation, scene.gils.id)).dial_pin = "209384756"
    after = await feeds()

    assert f"PIN {pin_words(GILS_PIN)}" in before[FeedKind.OWN]
    assert "PIN 209 384 756" in after[FeedKind.OWN]
    assert pin_words(GILS_PIN) not in after[FeedKind.OWN]
    assert "PIN" not in before[FeedKind.HOSTING]


async def test_the_safe_form_carries_no_number_and_no_pin(
    making: Making, parts: Parts, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await drafted(make)
        await make.need(scene.gil, SAFE_CONTACT)
        await a_feed(make, scene.gil)
        await publish(make, scene)

    async with parts.database.reading() as db:
        feed = (await db.scalars(select(Feed))).one()
        scribe = Scribe(parts.keys, parts.settings.public_url)
        text = (await feed_text(db, scribe, feed, now=NOW)).decode()
        gil = await db.get_one(Invitation, scene.gils.id)
        (task,) = await db.scalars(select(Task).where(Task.kind == TaskKind.SAFE_CONTACT))
    browser = await open_browser(scene.ben)
    await browser.get(f"/tasks/{task.id}")

    assert gil.dial_pin
    for shown in (text, browser.page):
        assert pin_words(gil.dial_pin) not in shown
        assert "960140" not in shown.replace(" ", "")


async def test_a_page_shows_its_own_guest_their_pin(
    making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        scene = await phone_scene(make)
        path = make.link(scene.gils)
    browser = await open_browser()
    await browser.get(path)

    assert "730 118 246" in browser.page
    assert pin_words(HOPES_PIN) not in browser.page
    assert pin_words(ROOM_PIN) not in browser.page


async def test_planning_promises_pins_instead_of_asking_for_one(
    making: Making, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with making() as make:
        scene = await drafted(make)
    browser, base = await open_browser(scene.ada), f"/sessions/{scene.meeting.id}/plan"
    await browser.get(f"{base}/ways")
    assert "We make a PIN for everybody" in browser.page
    ways: dict[str, object] = {"way": ["online", "phone"], "phone_joining": "dial"}

    saved = await browser.post(
        f"{base}/ways", on=f"{base}/ways", **ways, dial_number="", dial_pin=""
    )
    await browser.get(f"{base}/check")
    shown = browser.page
    other = await browser.post(
        f"{base}/ways", on=f"{base}/ways", **ways, dial_number="0121 496 0123", dial_pin=""
    )

    assert (303, 422) == (saved.status, other.status)
    assert "Type the PIN" in browser.page
    assert "We make a PIN for everybody" in shown
    assert NUMBER == (await rows(parts, Meeting))[0].dial_number


async def test_fresh_pins_are_nobodys(making: Making) -> None:
    async with making() as make:
        await phone_scene(make)
        pins = await fresh_pins(make.db, 300)

        assert 300 == len(set(pins))
        assert {ROOM_PIN, GILS_PIN} == await pins_taken(make.db, [*pins, ROOM_PIN, GILS_PIN])
