"""What helps: told behind the link or at the desk, agreed to, changed, taken back, ended in time."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accessibility.consent import WORDINGS, ConsentChannel, Purpose
from accessibility.needs import Need as ToldNeed
from accessibility.needs import Strength
from accessibility.requests import RequestState
from scheduling.answers import Answer
from scheduling.text import clean
from scheduling.ways import Way
from service.actions.answering import Reply, answer
from service.actions.cancelling import cancel_meeting
from service.actions.helping import Told, end_needs_of_past_sessions, record_needs
from service.actions.requests import requests_for
from service.actor import Role, system_actor
from service.errors import Refused
from service.identifiers import new_id
from service.keeping_time import keep_time
from service.parts import Parts
from service.storage.invitations import Invitation, guest_invitation
from service.storage.messages import Message, MessageKind, MessageState
from service.storage.needs import AccessRequest, Consent, Need, RequestStep, SealedWords
from service.storage.people import Channel
from service.storage.tasks import TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.help_scene import (
    APART,
    BSL,
    LANGUAGE,
    LIPS,
    OWN,
    OWN_WORDS,
    SAFE,
    Scene,
    lay_out,
)
from tests.people import actor_for, guest_actor

NASTY = (
    "O'Brien & <b>Söhne</b> {{ 7*7 }} %s",
    "عائشة 🎈 \u202eabc",
    "first\r\nBcc: all@example.org\x00\x07",
    "=?utf-8?q?hidden?= =1+1",
    "x" * 300,
)
TICKED = {"groups": "hearing", "need-PRO-BSL": "must", "detail-PRO-BSL-solo_ok_minutes": "40"}


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out a session with one guest."""
    return await lay_out(making, parts, clock)


@pytest.fixture
async def eve(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open Eve's browser; her link is all it needs."""
    return await open_browser()


@pytest.fixture
async def ben(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open the browser of Eve's coordinator."""
    return await open_browser(scene.ben)


async def test_nothing_is_ticked_beforehand_and_each_purpose_stands_alone(
    scene: Scene, eve: Browser
) -> None:
    await eve.get(f"{scene.help}/consent")

    assert "checked" not in eve.page
    for purpose in Purpose:
        assert f'value="{purpose}"' in eve.page
        assert WORDINGS[purpose].text in eve.page
    assert "01632 960 101" in eve.page


async def test_agreeing_keeps_the_wording_the_time_and_the_way(scene: Scene, eve: Browser) -> None:
    response = await eve.post(
        f"{scene.help}/consent", on=f"{scene.help}/consent", agree=["keep", "counts"]
    )

    consents = {each.purpose: each for each in await scene.rows(Consent)}
    assert f"{scene.help}/tell" == response.headers["Location"]
    assert {Purpose.KEEP, Purpose.COUNTS} == consents.keys()
    keep = consents[Purpose.KEEP]
    assert WORDINGS[Purpose.KEEP].version == keep.wording_version
    assert ("web", None, scene.now) == (keep.channel, keep.taken_by, keep.given_at)
    assert ["consent.given"] * 2 == await scene.audit()


async def test_refusing_everything_costs_nothing_and_holds_for_this_session_only(
    scene: Scene, eve: Browser
) -> None:
    refused = await eve.post(f"{scene.help}/consent", on=f"{scene.help}/consent")
    await eve.post(f"{scene.help}/tell", at="own", **TICKED)
    page = eve.page
    saved = await eve.post(f"{scene.help}/tell", at="check", **TICKED)

    need = (await scene.needs())["PRO-BSL"]
    assert (303, 303) == (refused.status, saved.status)
    assert "for Tuesday 26 January 2027 only" in page
    assert [] == await scene.rows(Consent)
    assert scene.meeting.starts_at is not None
    assert scene.meeting.starts_at.date() == need.review_on
    [invitation] = await scene.rows(Invitation)
    assert (Answer.YES, Way.ONLINE) == (invitation.answer, invitation.way)


async def test_what_was_told_for_one_session_ends_after_its_day(scene: Scene) -> None:
    await scene.tells(BSL, OWN, SAFE, keep=False)
    system = system_actor(scene.house.id)

    for days, there in ((14, 3), (1, 1)):
        scene.clock.move(timedelta(days=days))
        async with scene.doing() as db:
            await end_needs_of_past_sessions(db, system, scene.parts.sealer, now=scene.now)
        assert there == len(await scene.needs())

    assert {"SAF-CONTACT"} == (await scene.needs()).keys()
    assert ["words_to_say"] == [each.of_column for each in await scene.rows(SealedWords)]


async def test_time_does_its_part_in_every_organisation_and_only_once(scene: Scene) -> None:
    await scene.tells(BSL, ToldNeed("COM-TIME", Strength.MUST), keep=False)
    await scene.put("PRO-BSL", RequestState.ARRANGED)
    counts = []

    for days in (1, 13, 0, 1, 0):
        scene.clock.move(timedelta(days=days))
        counts.append(await keep_time(scene.parts))

    # Looking again at the same moment does nothing more, on the day and on the day after.
    assert [0, 0] == [counts[2], counts[4]]
    assert RequestState.ON_THE_DAY is (await scene.request()).state
    assert {} == await scene.needs()


async def test_what_may_be_kept_stays_after_the_session(scene: Scene) -> None:
    await scene.tells(BSL)
    scene.clock.move(timedelta(days=60))

    async with scene.doing() as db:
        ended = await end_needs_of_past_sessions(
            db, system_actor(scene.house.id), scene.parts.sealer, now=scene.now
        )

    assert 0 == ended
    assert {"PRO-BSL"} == (await scene.needs()).keys()


async def test_what_was_told_for_one_session_is_not_used_for_a_later_one(
    scene: Scene, making: Making
) -> None:
    await scene.tells(BSL, keep=False)

    async with making() as make:
        later = await make.meeting(
            scene.house,
            await make.kind(scene.house, code="later"),
            hosts=[scene.ada],
            starts_in=timedelta(30),
        )
        invitation = await make.invitation(later, scene.eve, answer=Answer.YES, way=Way.ONLINE)
        made = await requests_for(
            make.db, guest_actor(invitation, scene.eve.chosen_name), invitation, now=scene.now
        )

    assert [] == list(made)


async def test_the_journey_asks_one_thing_a_page_and_stores_nothing_before_the_end(
    scene: Scene, eve: Browser
) -> None:
    tell = f"{scene.help}/tell"
    await eve.get(tell)
    assert "Hearing" in eve.page
    await eve.post(tell, at="groups", groups=["hearing", "reading"])
    assert 'value="reading"' in eve.page
    assert "Use big print" in eve.page
    await eve.post(tell, at="group-reading", groups=["hearing", "reading"])
    assert "interpreter for British Sign Language" in eve.page
    await eve.post(tell, at="group-hearing", **TICKED)
    assert "For how many minutes is one interpreter enough?" in eve.page
    await eve.post(tell, at="details-hearing", **TICKED)
    assert "Ben (coordinator) can open this, and must say why. Nobody else sees it." in eve.page
    await eve.post(tell, at="own", own="A quiet corner", **TICKED)
    assert "A quiet corner" in eve.page
    assert "I need this" in eve.page
    assert [] == await scene.rows(Need)
    assert [] == await scene.audit()

    response = await eve.post(tell, at="check", own="A quiet corner", **TICKED)

    assert 303 == response.status
    assert {"PRO-BSL", "OTH-OTHER"} == (await scene.needs()).keys()
    assert {"solo_ok_minutes": "40"} == (await scene.needs())["PRO-BSL"].details


async def test_what_cannot_be_used_is_shown_again_and_nothing_is_stored(
    scene: Scene, eve: Browser
) -> None:
    typed = {**TICKED, "detail-PRO-BSL-solo_ok_minutes": "many", "own": "y" * 301}

    for at, sentence in (
        ("details-hearing", "Please type a number."),
        ("own", "Please use 300 letters or fewer"),
        ("check", "Please type a number."),
    ):
        response = await eve.post(f"{scene.help}/tell", on=f"{scene.help}/tell", at=at, **typed)
        assert 422 == response.status
        assert sentence in eve.page
        assert 'value="many"' in eve.page
        assert "y" * 301 in eve.page

    assert [] == await scene.rows(Need)


async def test_change_leads_back_to_the_last_page(scene: Scene, eve: Browser) -> None:
    tell = f"{scene.help}/tell"
    await eve.post(tell, on=tell, at="check", go="group-hearing", **TICKED)
    assert 'name="returning" value="yes"' in eve.page

    await eve.post(tell, at="details-hearing", returning="yes", **TICKED)

    assert "Check what you told us" in eve.page


@pytest.mark.parametrize("words", NASTY)
async def test_whatever_is_typed_is_kept_clean_and_shown_as_it_is(
    words: str, scene: Scene, eve: Browser
) -> None:
    typed = {
        "groups": "language",
        "need-LAN-INTERP": "prefer",
        "detail-LAN-INTERP-language": words,
        "own": words,
    }
    tell = f"{scene.help}/tell"
    await eve.post(tell, on=tell, at="own", **typed)
    assert "<b>S" not in eve.page
    response = await eve.post(tell, at="check", **typed)

    assert 303 == response.status
    needs = await scene.needs()
    assert clean(words) == needs["LAN-INTERP"].details["language"]
    async with scene.doing() as db:
        own = await scene.parts.sealer.open(db, needs["OTH-OTHER"], "own_words")
    assert clean(words, lines=True) == own
    assert 200 == (await eve.get(scene.help)).status


async def test_what_was_told_is_changed_and_taken_off_in_the_same_way(
    scene: Scene, eve: Browser
) -> None:
    await scene.tells(BSL, OWN)

    await eve.get(f"{scene.help}/tell")
    assert OWN_WORDS not in eve.page
    await eve.post(
        f"{scene.help}/tell",
        at="check",
        known=["PRO-BSL", "OTH-OTHER"],
        own_off="yes",
        **TICKED | {"need-PRO-BSL": "prefer"},
    )

    needs = await scene.needs()
    request = await scene.request()
    assert {"PRO-BSL"} == needs.keys()
    assert (Strength.PREFER, Strength.PREFER) == (needs["PRO-BSL"].strength, request.strength)
    assert [] == await scene.rows(SealedWords)
    assert RequestState.WITHDRAWN is (await scene.request("OTH-OTHER")).state
    assert {"need.changed", "need.taken_back"} <= set(await scene.audit())


async def test_a_form_left_open_takes_nothing_off_that_it_did_not_show(
    scene: Scene, eve: Browser
) -> None:
    await eve.get(f"{scene.help}/tell")
    await scene.tells(LANGUAGE)

    await eve.post(f"{scene.help}/tell", at="check", **TICKED)

    assert {"PRO-BSL", "LAN-INTERP"} == (await scene.needs()).keys()


async def test_words_left_empty_stay_as_they_are(scene: Scene, eve: Browser) -> None:
    await scene.tells(SAFE, OWN)

    await eve.post(
        f"{scene.help}/tell",
        on=f"{scene.help}/tell",
        at="check",
        groups="safe",
        known=["SAF-CONTACT", "OTH-OTHER"],
        **{"need-SAF-CONTACT": "must"},
    )

    needs = await scene.needs()
    async with scene.doing() as db:
        assert OWN_WORDS == await scene.parts.sealer.open(db, needs["OTH-OTHER"], "own_words")
        assert OWN_WORDS == await scene.parts.sealer.open(db, needs["SAF-CONTACT"], "words_to_say")


async def test_pressing_twice_at_once_records_it_once(scene: Scene, eve: Browser) -> None:
    tell = f"{scene.help}/tell"
    await eve.get(tell)
    form = {"csrf": eve.token, "at": "check", **TICKED}

    answers = await asyncio.gather(
        *(eve.client.post(tell, data=form, allow_redirects=False) for _ in range(4))
    )

    assert [303] * 4 == [each.status for each in answers]
    assert ["PRO-BSL"] == [need.code for need in await scene.rows(Need)]
    assert 1 == len(await scene.rows(AccessRequest))


async def test_one_press_takes_one_thing_back(scene: Scene, eve: Browser) -> None:
    await scene.tells(BSL, LANGUAGE)
    need = (await scene.needs())["PRO-BSL"]

    response = await eve.post(f"{scene.help}/needs/{need.id}/back", on=scene.help)

    assert 303 == response.status
    assert {"LAN-INTERP"} == (await scene.needs()).keys()
    assert RequestState.WITHDRAWN is (await scene.request()).state
    await eve.get(scene.help)
    assert "British Sign Language" not in eve.page


async def test_taking_leave_back_hides_everything_at_once_but_what_keeps_safe(
    scene: Scene, eve: Browser, ben: Browser
) -> None:
    await scene.tells(BSL, OWN, SAFE)

    response = await eve.post(
        f"{scene.help}/consent/back", on=f"{scene.help}/consent", purpose="keep"
    )

    assert 303 == response.status
    assert {"SAF-CONTACT"} == (await scene.needs()).keys()
    assert ["words_to_say"] == [each.of_column for each in await scene.rows(SealedWords)]
    await eve.get(scene.help)
    assert "British Sign Language" not in eve.page
    await ben.get("/requests")
    rows = ben.page.partition("<table")[2]
    assert "BSL" not in rows
    assert "Check the safe way" in rows


async def test_a_request_is_made_for_each_need_when_somebody_says_yes(
    scene: Scene, making: Making
) -> None:
    await scene.tells(BSL, LANGUAGE, LIPS, ToldNeed("MOB-PARKING", Strength.MUST))
    async with making() as make:
        later = await make.meeting(
            scene.house,
            await make.kind(scene.house, code="later"),
            hosts=[scene.ada],
            starts_in=timedelta(20),
        )
        invitation = await make.invitation(later, scene.eve)

    for reply in (Reply(Answer.YES, Way.ONLINE), Reply(Answer.MAYBE), Reply(Answer.YES)):
        async with scene.doing() as db:
            guest = guest_actor(invitation, scene.eve.chosen_name)
            own = await guest_invitation(db, guest)
            await answer(db, guest, own, reply, now=scene.now)

    mine = [r for r in await scene.rows(AccessRequest) if r.invitation_id == invitation.id]
    steps = [s for s in await scene.rows(RequestStep) if s.request_id in {r.id for r in mine}]
    # Lipreading is kept in every session, and nobody parks who comes online.
    assert {"PRO-BSL", "LAN-INTERP"} == {request.code for request in mine}
    assert {RequestState.SUBMITTED} == {request.state for request in mine}
    assert {"solo_ok_minutes": "40"} == next(r for r in mine if r.code == "PRO-BSL").details
    assert 2 == len(steps)


async def test_a_no_makes_no_request(scene: Scene, making: Making) -> None:
    async with making() as make:
        for given in (Answer.NO, Answer.UNANSWERED):
            invitation = await make.db.get(Invitation, scene.invitation.id)
            assert invitation is not None
            invitation.answer = given
    await scene.tells(BSL)

    assert {} == await scene.requests()
    assert {"PRO-BSL"} == (await scene.needs()).keys()


async def test_cancelling_a_session_closes_what_was_asked_for_it(scene: Scene) -> None:
    await scene.tells(BSL, LANGUAGE)
    host = actor_for(scene.house.id, scene.ada, Role.FACILITATOR)

    async with scene.doing() as db:
        await cancel_meeting(
            db, host, scene.meeting.id, "The hall is shut", version=1, now=scene.now
        )

    steps = [step for step in await scene.rows(RequestStep) if step.to_state is RequestState.CLOSED]
    assert {RequestState.CLOSED} == {r.state for r in (await scene.requests()).values()}
    assert [None, None] == [step.actor_id for step in steps]
    assert ["system", "system"] == [step.evidence["by"] for step in steps]


async def test_a_safe_contact_rule_turns_what_is_queued_into_tasks(scene: Scene) -> None:
    async with scene.doing() as db:
        for kind in (MessageKind.INVITATION, MessageKind.UPDATE, MessageKind.SIGN_IN):
            db.add(
                Message(
                    organisation_id=scene.house.id,
                    kind=kind,
                    person_id=scene.eve.id,
                    subject_id=scene.invitation.id if kind is not MessageKind.SIGN_IN else new_id(),
                    meeting_id=scene.meeting.id,
                    channel=Channel.EMAIL,
                    due_at=scene.now,
                    created_at=scene.now,
                )
            )

    await scene.tells(SAFE)

    states = {message.kind: message.state for message in await scene.rows(Message)}
    tasks = await scene.open_tasks(TaskKind.SAFE_CONTACT)
    assert MessageState.OVERTAKEN is states[MessageKind.INVITATION]
    assert MessageState.OVERTAKEN is states[MessageKind.UPDATE]
    assert MessageState.WAITING is states[MessageKind.SIGN_IN]
    assert ["invitation", "update"] == sorted(task.about for task in tasks)
    assert {scene.eve.id} == {task.person_id for task in tasks}
    assert OWN_WORDS not in "".join(task.words for task in tasks)


async def test_a_keep_apart_need_asks_once_who_else_comes(scene: Scene) -> None:
    await scene.tells(APART)
    async with scene.doing() as db:
        invitation = await guest_invitation(db, scene.guest)
        await requests_for(db, scene.guest, invitation, now=scene.now)

    [task] = await scene.open_tasks(TaskKind.KEEP_APART)
    assert (scene.meeting.id, scene.eve.id) == (task.meeting_id, task.person_id)
    assert OWN_WORDS not in task.words


async def test_a_list_that_was_looked_at_is_not_asked_about_again(scene: Scene) -> None:
    await scene.tells(APART)
    async with scene.doing() as db:
        for task in await scene.open_tasks(TaskKind.KEEP_APART):
            task.state = TaskState.DONE
            await db.merge(task)

    async with scene.doing() as db:
        invitation = await guest_invitation(db, scene.guest)
        await requests_for(db, scene.guest, invitation, now=scene.now)

    assert [] == await scene.open_tasks(TaskKind.KEEP_APART)


async def test_the_desk_writes_down_who_told_it_how_and_who_wrote(
    scene: Scene, ben: Browser
) -> None:
    needs = f"/people/{scene.eve.id}/needs"
    agreed = await ben.post(f"{needs}/consent", on=needs, agree="keep", channel="paper")
    told = await ben.post(
        f"{needs}/tell", on=f"{needs}/tell", at="check", channel="paper", own=OWN_WORDS, **TICKED
    )

    [consent] = await scene.rows(Consent)
    assert (303, 303) == (agreed.status, told.status)
    assert ("paper", scene.ben.id) == (consent.channel, consent.taken_by)
    assert {"PRO-BSL", "OTH-OTHER"} == (await scene.needs()).keys()
    assert RequestState.SUBMITTED is (await scene.request()).state
    await ben.get(needs)
    assert "British Sign Language" in ben.page
    assert OWN_WORDS not in ben.page


async def test_the_desk_takes_back_what_somebody_no_longer_wants(
    scene: Scene, ben: Browser
) -> None:
    await scene.tells(BSL, LANGUAGE)
    need = (await scene.needs())["PRO-BSL"]
    needs = f"/people/{scene.eve.id}/needs"

    await ben.post(f"{needs}/{need.id}/back", on=needs)
    assert {"LAN-INTERP"} == (await scene.needs()).keys()
    await ben.post(f"{needs}/consent/back", on=needs, purpose="keep")

    assert {} == await scene.needs()


async def test_without_leave_and_without_a_session_nothing_is_written_down(
    scene: Scene, making: Making
) -> None:
    async with making() as make:
        zoe = await make.person(scene.house, "Zoe", coordinator_id=scene.ben.id)
    told = Told(zoe.id, [BSL], channel=ConsentChannel.PHONE)

    with pytest.raises(Refused) as refused:
        async with scene.doing() as db:
            await record_needs(db, scene.desk, scene.parts.sealer, told, now=scene.now)

    assert "nothing-to-keep-it-for" == refused.value.reason
    assert [] == await scene.rows(Need)


async def test_nothing_agreed_at_the_desk_is_asked_again(scene: Scene, ben: Browser) -> None:
    needs = f"/people/{scene.eve.id}/needs"

    response = await ben.post(f"{needs}/consent", on=needs, channel="phone")

    assert 422 == response.status
    assert "Tick at least one" in ben.page
    assert [] == await scene.rows(Consent)


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.DIRECTOR, Role.SAFEGUARDING, Role.ADMIN])
async def test_only_coordinators_write_down_for_others(
    role: Role, scene: Scene, making: Making, open_browser: OpenBrowser
) -> None:
    await scene.tells(OWN)
    need = (await scene.needs())["OTH-OTHER"]
    async with making() as make:
        fay = await make.staff(scene.house, "Fay", role)
    browser = await open_browser(fay)
    needs = f"/people/{scene.eve.id}/needs"

    await browser.get("/sessions")
    for path in (needs, f"{needs}/tell", f"{needs}/{need.id}/words"):
        assert 403 == (await browser.get(path)).status
    for path in (f"{needs}/tell", f"{needs}/consent", f"{needs}/{need.id}/back"):
        assert 403 == (await browser.post(path, at="check", **TICKED)).status

    assert {"OTH-OTHER"} == (await scene.needs()).keys()


async def test_another_organisation_finds_nobody(scene: Scene, open_browser: OpenBrowser) -> None:
    await scene.tells(OWN)
    need = (await scene.needs())["OTH-OTHER"]
    dov = await open_browser(scene.dov)
    needs = f"/people/{scene.eve.id}/needs"

    await dov.get("/requests")
    for path in (needs, f"{needs}/tell", f"{needs}/{need.id}/words"):
        assert 404 == (await dov.get(path)).status
    assert 404 == (await dov.post(f"{needs}/tell", at="check", **TICKED)).status
    assert 404 == (await dov.post(f"{needs}/{need.id}/back")).status


async def test_a_link_opens_nothing_of_somebody_else(
    scene: Scene, making: Making, eve: Browser
) -> None:
    async with making() as make:
        zoe = await make.person(scene.house, "Zoe")
        invitation = await make.invitation(scene.meeting, zoe, answer=Answer.YES, way=Way.ONLINE)
        zoes = guest_actor(invitation, zoe.chosen_name)
        told = Told(zoe.id, [BSL])
        await record_needs(make.db, zoes, scene.parts.sealer, told, now=scene.now)
    [need], request = await scene.rows(Need), await scene.request()

    back = await eve.post(f"{scene.help}/needs/{need.id}/back", on=f"{scene.help}/consent")
    said = await eve.post(f"{scene.help}/requests/{request.id}/answer", to="withdrawn")

    assert (404, 404) == (back.status, said.status)
    assert RequestState.SUBMITTED is (await scene.request()).state


async def test_an_unknown_link_shows_no_help(scene: Scene, eve: Browser) -> None:
    for path in ("help", "help/consent", "help/tell"):
        assert 404 == (await eve.get(f"/i/22222222222g/{path}")).status


async def test_looking_writes_nothing(scene: Scene, eve: Browser, ben: Browser) -> None:
    await scene.tells(BSL, OWN)
    before = len(await scene.audit())

    for path in ("", "/consent", "/tell"):
        assert 200 == (await eve.get(f"{scene.help}{path}")).status
    for path in (f"/people/{scene.eve.id}/needs", "/requests"):
        assert 200 == (await ben.get(path)).status

    async with scene.parts.database.reading() as db:
        assert 2 == await db.scalar(select(func.count()).select_from(AccessRequest))
    assert before == len(await scene.audit())
