"""Somebody is erased, by themselves or at the desk: what is theirs goes, out of old copies too."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, inspect, select, update

from accessibility.claims import ClaimKind, ClaimState
from accessibility.consent import ConsentChannel
from accessibility.kit import KitKind
from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions.erasing import Keepers, erase_person, replay_erasures
from service.actions.needs import CannotOpen
from service.actor import Role, system_actor
from service.cli.checking_keys import erasures
from service.cli.trouble import Trouble
from service.errors import NotAllowed, NotFound, Refused
from service.outbound.channel import Outgoing
from service.outbound.tray import PostTray
from service.parts import Parts
from service.storage.apart import KeptApart
from service.storage.attendance import Attendance, AttendanceSource, counts_of
from service.storage.audit import AuditLine
from service.storage.base import Base
from service.storage.claims import Claim
from service.storage.counts import Counted, StillCounted
from service.storage.feedback import Feedback, TookPart
from service.storage.invitations import Invitation
from service.storage.kit import KitItem, Loan
from service.storage.meetings import Meeting, Offer, claim_seats
from service.storage.messages import Message, MessageState
from service.storage.needs import AccessRequest, Consent, Need, SealedWords
from service.storage.people import Person
from service.storage.tables import METADATA
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Making, OpenBrowser, TestClock
from tests.integration.desks import row, rows, task_for
from tests.integration.help_scene import APART, BSL, OWN, OWN_WORDS, Scene, lay_out
from tests.people import actor_for


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out a session whose guest told something in her own words."""
    scene = await lay_out(making, parts, clock)
    await scene.tells(OWN, BSL)
    async with scene.doing() as db:
        assert await claim_seats(db, scene.meeting.id, Way.ONLINE, 1)
    return scene


def keepers(parts: Parts) -> Keepers:
    """Give what holds things of people beside the database."""
    return Keepers(parts.sealer, PostTray(parts.settings.post_folder))


async def erase(scene: Scene) -> None:
    """Erase Eve as she does it herself."""
    async with scene.doing() as db:
        await erase_person(
            db, scene.guest, keepers(scene.parts), scene.eve.id, ConsentChannel.WEB, now=scene.now
        )


async def whole_text(parts: Parts) -> str:
    """Give everything the main database holds, as text."""
    found = []
    async with parts.database.reading() as db:
        for table in METADATA.sorted_tables:
            found += [str(each) for each in await db.execute(select(table))]
    return "\n".join(found)


async def copy_of(parts: Parts, *tables: type[Base]) -> Mapping[type[Base], Sequence[Any]]:
    """Take a back-up of some tables."""
    async with parts.database.reading() as db:
        return {
            table: [dict(each._mapping) for each in await db.execute(select(table.__table__))]
            for table in tables
        }


async def restore(parts: Parts, copy: Mapping[type[Base], Sequence[Any]]) -> None:
    """Put a back-up in the place of what is there; rows that are there too become what they were."""
    async with parts.database.writing() as db:
        for table, found in copy.items():
            key = inspect(table).primary_key[0]
            known = set(await db.scalars(select(key)))
            for each in found:
                if each[key.name] in known:
                    await db.execute(update(table).where(key == each[key.name]).values(**each))
                else:
                    await db.execute(insert(table).values(**each))


async def test_nothing_that_says_who_she_was_is_left(scene: Scene, making: Making) -> None:
    async with making() as make:
        eve = await make.db.get_one(Person, scene.eve.id)
        eve.address, eve.reference = "9 Saggar Row", "KS-17"
        eve.through_name, eve.through_contact = "Sister Maud", "01632 960199"
        invitation = await make.db.get_one(Invitation, scene.invitation.id)
        invitation.supporter_name = "Zbigniew"
        meeting = await make.db.get_one(Meeting, scene.meeting.id)
        await task_for(make, TaskKind.RING, eve, meeting, words="Eve said Maud opens her post")
        await make.message(invitation, state=MessageState.WAITING, trouble="eve@example.org away")

    await erase(scene)

    text = await whole_text(scene.parts)
    for words in ("Eve", "eve@", "960188", "Saggar Row, 9", "KS-17", "Maud", "Zbigniew", OWN_WORDS):
        assert words not in text, words
    found = await row(scene.parts, Person, scene.eve.id)
    assert ("Somebody", scene.now, scene.now) == (found.chosen_name, found.erased_at, found.left_at)
    assert [] == await rows(scene.parts, Need)
    assert [] == await rows(scene.parts, AccessRequest)
    assert [] == await rows(scene.parts, SealedWords)
    assert {TaskState.OVERTAKEN} == {
        each.state for each in await rows(scene.parts, Task) if each.person_id == scene.eve.id
    }
    assert {MessageState.OVERTAKEN} == {each.state for each in await rows(scene.parts, Message)}
    assert all(each.withdrawn_at for each in await rows(scene.parts, Consent))


async def test_an_old_copy_of_the_database_cannot_be_read_any_more(scene: Scene) -> None:
    copy = await copy_of(scene.parts, Person, Need, SealedWords)
    need = (await scene.needs())["OTH-OTHER"]
    await erase(scene)

    await restore(scene.parts, copy)

    async with scene.parts.database.reading() as db:
        assert OWN_WORDS not in str([each.sealed for each in await db.scalars(select(SealedWords))])
        with pytest.raises(CannotOpen):
            await scene.parts.sealer.open(db, need, "own_words")


async def test_after_a_restore_whoever_was_erased_is_erased_again_and_keeps_no_new_key(
    scene: Scene,
) -> None:
    copy = await copy_of(scene.parts, Person, Need, SealedWords)
    need = (await scene.needs())["OTH-OTHER"]
    await erase(scene)
    await restore(scene.parts, copy)
    settings, database, keys = scene.parts.settings, scene.parts.database, scene.parts.keys

    with pytest.raises(Trouble, match="1 people"):
        await erasures(settings, database, keys, [scene.house])
    with pytest.raises(CannotOpen):
        async with scene.doing() as db:
            await scene.parts.sealer.seal(db, need, "own_words", scene.eve.id, "again")
    system = system_actor(scene.house.id)
    async with scene.doing() as db:
        assert 1 == await replay_erasures(db, system, keepers(scene.parts), now=scene.now)
    async with scene.doing() as db:
        assert 0 == await replay_erasures(db, system, keepers(scene.parts), now=scene.now)

    await erasures(settings, database, keys, [scene.house])
    assert "Eve" not in await whole_text(scene.parts)
    assert [] == await rows(scene.parts, SealedWords)


async def test_an_older_key_store_gives_nobody_back_who_is_erased(scene: Scene) -> None:
    async with scene.doing() as db:
        await db.execute(
            update(Person).where(Person.id == scene.eve.id).values(erased_at=scene.now)
        )

    async with scene.doing() as db:
        system = system_actor(scene.house.id)
        await replay_erasures(db, system, keepers(scene.parts), now=scene.now)

    assert 0 == await scene.parts.sealer.keys.count([scene.eve.id])


async def test_her_place_goes_to_who_waits_and_the_host_is_not_told_why(
    scene: Scene, making: Making
) -> None:
    async with making() as make:
        mia = await make.person(scene.house, "Mia")
        meeting = await make.db.get_one(Meeting, scene.meeting.id)
        waiting = await make.invitation(
            meeting, mia, answer=Answer.WAITING, way=Way.ONLINE, waiting_since=make.now
        )
        await make.db.execute(
            update(Offer).where(Offer.meeting_id == meeting.id).values(places=1, seats=1)
        )

    await erase(scene)

    own = await row(scene.parts, Invitation, scene.invitation.id)
    assert own.removed_at == scene.now
    sent = [each for each in await rows(scene.parts, Message) if each.state is MessageState.WAITING]
    assert [(mia.id, waiting.id)] == [(each.person_id, each.subject_id) for each in sent] or [
        mia.id
    ] == [each.person_id for each in sent]
    assert {scene.ada.id, scene.abe.id}.isdisjoint(each.person_id for each in sent)


async def test_numbers_and_sums_stay_without_her(scene: Scene, making: Making) -> None:
    past = await a_past_session(scene, making)

    await erase(scene)

    async with scene.parts.database.reading() as db:
        assert {Way.ONLINE: 1} == await counts_of(db, past.id)
    counted = {
        (each.what, each.word): each.people for each in await rows(scene.parts, StillCounted)
    }
    assert {(Counted.CAME, "online"): 1, (Counted.SAID, "partly"): 1} == counted
    claims = {each.asked_pence: each for each in await rows(scene.parts, Claim)}
    assert (ClaimState.PAID, "", None) == (
        claims[450].state,
        claims[450].words,
        claims[450].miles_tenths,
    )
    assert ClaimState.TAKEN_BACK is claims[900].state
    assert [] == await rows(scene.parts, Attendance)
    assert [] == await rows(scene.parts, Feedback)


async def a_past_session(scene: Scene, making: Making) -> Meeting:
    """Make a session of three weeks ago that Eve came to, was paid for, and said something of."""
    async with making() as make:
        kind = await make.kind(scene.house)
        past = await make.meeting(
            scene.house, kind, hosts=[scene.ada], starts_in=timedelta(days=-21)
        )
        came = await make.invitation(past, scene.eve, answer=Answer.YES, way=Way.ONLINE)
        own = {"organisation_id": scene.house.id, "meeting_id": past.id}
        make.db.add(
            Attendance(
                invitation_id=came.id,
                way=Way.ONLINE,
                was_there=True,
                source=AttendanceSource.NOTED,
                noted_at=make.now,
                **own,
            )
        )
        make.db.add(
            Feedback(
                invitation_id=came.id,
                person_id=scene.eve.id,
                answer=TookPart.PARTLY,
                channel="web",
                at=make.now,
                **own,
            )
        )
        for pence, state in ((450, ClaimState.PAID), (900, ClaimState.AGREED)):
            make.db.add(
                Claim(
                    person_id=scene.eve.id,
                    kind=ClaimKind.TRAVEL,
                    state=state,
                    asked_pence=pence,
                    agreed_pence=pence,
                    miles_tenths=100,
                    channel="web",
                    words="the bus home",
                    created_at=make.now,
                    **own,
                )
            )
    return past


async def test_a_thing_she_was_lent_comes_back_first(
    scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        tablet = KitItem(
            organisation_id=scene.house.id,
            name="Blue tablet",
            kind=KitKind.TABLET,
            is_lendable=True,
            created_at=make.now,
        )
        make.db.add(tablet)
        await make.db.flush()
        lent = Loan(organisation_id=scene.house.id, kit_id=tablet.id, person_id=scene.eve.id)
        lent.lent_at, lent.due_on = make.now, make.now.date()
        make.db.add(lent)
    browser = await open_browser()

    answer = await browser.post(f"{scene.help}/data/erase", on=scene.help)

    assert 422 == answer.status
    assert "Blue tablet" in browser.page
    assert "ring us" in browser.page
    assert (await row(scene.parts, Person, scene.eve.id)).erased_at is None
    async with scene.doing() as db:
        await db.execute(update(Loan).values(returned_at=scene.now))
    await erase(scene)
    assert (await row(scene.parts, Person, scene.eve.id)).erased_at == scene.now


async def test_nobody_on_the_staff_is_erased(scene: Scene) -> None:
    async with scene.doing() as db:
        with pytest.raises(Refused, match="erase-staff"):
            await erase_person(
                db,
                scene.desk,
                keepers(scene.parts),
                scene.ada.id,
                ConsentChannel.PHONE,
                now=scene.now,
            )


async def test_she_erases_herself_with_two_presses_and_her_link_opens_nothing_any_more(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    browser = await open_browser()
    await browser.get(f"{scene.help}/data")
    assert f"{scene.help}/data/erase" in browser.page

    answer = await browser.post(f"{scene.help}/data/erase", on=f"{scene.help}/data/erase")

    assert (303, "/erased") == (answer.status, answer.headers["Location"])
    assert 200 == (await browser.get("/erased")).status
    assert "Eve" not in browser.page
    assert 404 == (await browser.get(scene.link)).status
    line = next(each for each in await rows(scene.parts, AuditLine) if each.what == "person.erased")
    assert ({"channel": "web"}, scene.eve.id) == (line.facts, line.person_id)


async def test_at_the_desk_only_who_looks_after_her_erases_her(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    path = f"/people/{scene.eve.id}/data/erase"
    stranger, cover = await open_browser(), await open_browser(scene.bo)
    facilitator, elsewhere = await open_browser(scene.ada), await open_browser(scene.dov)

    assert 303 == (await stranger.get(path)).status
    assert 403 == (await facilitator.post(path, on="/today", channel="phone")).status
    assert 403 == (await cover.post(path, on="/people", channel="phone")).status
    assert 404 == (await elsewhere.post(path, on="/people", channel="phone")).status
    ben = await open_browser(scene.ben)
    assert 422 == (await ben.post(path, on=path, channel="shouted")).status
    assert (await row(scene.parts, Person, scene.eve.id)).erased_at is None

    answer = await ben.post(path, on=path, channel="phone")

    assert "/people?done=erased" == answer.headers["Location"]
    assert (await row(scene.parts, Person, scene.eve.id)).erased_at == scene.now
    assert 404 == (await ben.get(f"/people/{scene.eve.id}")).status
    line = next(each for each in await rows(scene.parts, AuditLine) if each.what == "person.erased")
    assert ({"channel": "phone"}, scene.ben.id) == (line.facts, line.actor_id)


async def test_another_guest_cannot_erase_her(scene: Scene) -> None:
    other = actor_for(scene.house.id, scene.bo, Role.FACILITATOR)
    async with scene.doing() as db:
        with pytest.raises(NotAllowed):
            await erase_person(
                db, other, keepers(scene.parts), scene.eve.id, ConsentChannel.PHONE, now=scene.now
            )
    async with scene.doing() as db:
        with pytest.raises(NotFound):
            await erase_person(
                db,
                scene.guest,
                keepers(scene.parts),
                scene.bo.id,
                ConsentChannel.WEB,
                now=scene.now,
            )


async def pair_with_mia(scene: Scene, making: Making, *, mia_asks: bool) -> None:
    """Keep Eve and Mia apart, as one of them asked."""
    async with making() as make:
        mia = await make.person(scene.house, "Mia")
        await make.need(mia if mia_asks else scene.eve, APART.code)
        first, second = sorted((mia.id, scene.eve.id))
        pair = KeptApart(organisation_id=scene.house.id, first_id=first, second_id=second)
        pair.created_at = make.now
        make.db.add(pair)


async def test_a_pair_she_asked_for_goes_with_her(scene: Scene, making: Making) -> None:
    await pair_with_mia(scene, making, mia_asks=False)

    await erase(scene)

    assert [] == await rows(scene.parts, KeptApart)
    assert [] == await scene.open_tasks(TaskKind.OWN_DATA)


async def test_a_pair_that_protects_somebody_else_is_held_for_the_lead(
    scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    await pair_with_mia(scene, making, mia_asks=True)
    async with making() as make:
        lea = await make.staff(scene.house, "Lea", Role.SAFEGUARDING)
    await erase(scene)
    (task,) = await scene.open_tasks(TaskKind.OWN_DATA)
    held = f"/safeguarding/erased/{task.id}"
    ben, lead = await open_browser(scene.ben), await open_browser(lea)

    assert 1 == len(await rows(scene.parts, KeptApart))
    assert 403 == (await ben.get(held)).status
    await lead.get("/safeguarding")
    assert held in lead.page
    await lead.get(held)
    assert "Eve" not in lead.page
    await lead.post(f"{held}/read", on=held)
    assert "Eve" in lead.page
    assert "Mia" in lead.page
    assert 303 == (await lead.post(f"{held}/done", ends_pairs="true")).status

    assert [] == await rows(scene.parts, KeptApart)
    assert "Eve" not in await whole_text(scene.parts)
    assert 404 == (await lead.get(held)).status


async def test_letters_in_the_tray_go_with_her_and_those_of_others_stay(
    scene: Scene, making: Making
) -> None:
    tray = PostTray(scene.parts.settings.post_folder)
    async with making() as make:
        await make.message(scene.invitation, message_id="<hers@example.org>")
    for name in ("hers", "other"):
        letter = f"Subject: {name}\nDate: Tue, 12 Jan 2027 09:00:00 +0000\n\nwords".encode()
        await tray.send(
            Outgoing("us@example.org", "you@example.org", letter, f"<{name}@example.org>")
        )

    await erase(scene)

    assert ["other"] == [each.subject for each in await tray.newest()]


async def test_what_can_fail_leaves_her_as_she_was_or_is_brought_to_the_end(scene: Scene) -> None:
    with pytest.raises(RuntimeError):
        async with scene.doing() as db:
            await erase_person(
                db,
                scene.guest,
                keepers(scene.parts),
                scene.eve.id,
                ConsentChannel.WEB,
                now=scene.now,
            )
            raise RuntimeError

    assert (await row(scene.parts, Person, scene.eve.id)).erased_at is None
    async with scene.doing() as db:
        system = system_actor(scene.house.id)
        assert 1 == await replay_erasures(db, system, keepers(scene.parts), now=scene.now)
    assert "Eve" not in await whole_text(scene.parts)
