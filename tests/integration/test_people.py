"""Keeping people at the desk: finding, adding, changing, groups, and that somebody has left."""

import pytest

from accessibility.contact import SAFE_CONTACT
from scheduling.answers import Answer
from scheduling.ways import Way
from service.parts import Parts
from service.storage.invitations import Invitation
from service.storage.meetings import Offer
from service.storage.messages import Message, MessageKind
from service.storage.people import Group, GroupMember, Person
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.integration.desks import (
    Desk,
    coming,
    open_desk,
    person_named,
    row,
    rows,
    session_for,
    written_down,
)
from tests.integration.test_page_budgets import MOST_QUERIES, counting

BLANK = {"chosen_name": "Joan", "language": "en", "print_size": "16"}
NASTY = ("O'Brien", "علي", "Zoë 🎈", "x" * 200, "=1+1", "Ann <b>B</b>")


@pytest.fixture
async def desk(making: Making) -> Desk:
    """Give the desk."""
    return await open_desk(making)


@pytest.fixture
async def ben(desk: Desk, open_browser: OpenBrowser) -> Browser:
    """Give Ben's browser."""
    return await open_browser(desk.ben)


async def test_a_person_is_added_with_the_ways_to_reach_them_in_order(
    ben: Browser, parts: Parts
) -> None:
    response = await ben.post(
        "/people/new",
        on="/people/new",
        **BLANK | {"print_size": "20", "usual_way": "phone"},
        reach_1="call",
        reach_2="letter",
        phone="01632 960102",
        address="3 Kiln Street\nBurslem",
        reminders=["1440", "120"],
    )

    joan = await person_named(parts, "Joan")
    await ben.get(f"/people/{joan.id}")
    assert 303 == response.status
    assert ["call", "letter"] == joan.channels
    assert ("+441632960102", 20, Way.PHONE) == (joan.phone_key, joan.print_size, joan.usual_way)
    assert "Phone call, then Letter" in ben.page
    assert ["person.added"] == await written_down(parts)


async def test_bad_input_keeps_what_was_typed_and_changes_nothing(
    ben: Browser, parts: Parts
) -> None:
    before = len(await rows(parts, Person))

    response = await ben.post(
        "/people/new",
        on="/people/new",
        reach_1="call",
        email="joan at home",
        address="3 Kiln Street",
        print_size="17",
    )

    assert 422 == response.status
    assert "To ring them we need a phone number." in ben.page
    assert "joan at home" in ben.page
    assert "3 Kiln Street" in ben.page
    assert before == len(await rows(parts, Person))


async def test_names_of_every_kind_are_kept_as_they_are(ben: Browser, parts: Parts) -> None:
    for name in NASTY:
        await ben.post("/people/new", on="/people/new", **BLANK | {"chosen_name": name})

        kept = await person_named(parts, name)
        assert 200 == (await ben.get(f"/people/{kept.id}")).status, name
        assert "<b>B</b>" not in ben.page


async def test_a_name_that_is_too_long_or_nothing_but_controls_is_refused(
    ben: Browser, parts: Parts
) -> None:
    before = len(await rows(parts, Person))

    for name in ("x" * 201, "\x07\r\n\u202e"):
        response = await ben.post("/people/new", on="/people/new", **BLANK | {"chosen_name": name})
        assert 422 == response.status

    assert before == len(await rows(parts, Person))


async def test_people_are_found_by_name_address_and_number(
    ben: Browser, desk: Desk, making: Making
) -> None:
    async with making() as make:
        number = {"phone": "01632 960117", "phone_key": "+441632960117"}
        await make.person(desk.organisation, "Terry Walsh", **number)

    for words in ("walsh", "TERRY.W", "01632 9601", "%2B44 1632 960117"):
        await ben.get(f"/people?q={words}")
        assert "Terry Walsh" in ben.page, words
    await ben.get("/people?q=nobody")
    assert "Nobody found" in ben.page


async def test_a_long_list_goes_on_where_it_ended(ben: Browser, desk: Desk, making: Making) -> None:
    names = {f"Guest {number:02}" for number in range(60)}
    async with making() as make:
        for name in sorted(names):
            await make.person(desk.organisation, name)

    with counting() as sent:
        await ben.get("/people?q=guest")
    first = {name for name in names if name in ben.page}
    after = ben.page.split("after=")[1].split('"')[0]
    await ben.get(f"/people?q=guest&after={after}")
    second = {name for name in names if name in ben.page}

    assert (40, 20) == (len(first), len(second))
    assert names == first | second
    assert len(sent) <= MOST_QUERIES


async def test_two_people_may_share_a_number_and_are_shown_to_each_other(
    ben: Browser, parts: Parts
) -> None:
    for name in ("Joan Adams", "Joan Baker"):
        fields = BLANK | {"chosen_name": name, "phone": "01632 960102"}
        await ben.post("/people/new", on="/people/new", **fields)

    second = await person_named(parts, "Joan Baker")
    with counting() as sent:
        await ben.get(f"/people/{second.id}")
    assert "The same phone number or e-mail is kept for" in ben.page
    assert "Joan Adams" in ben.page
    assert len(sent) <= MOST_QUERIES


async def test_how_to_reach_somebody_safely_is_for_their_own_coordinator(
    desk: Desk, making: Making, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        theirs = {"phone": "07700 900111", "coordinator_id": desk.ben.id}
        kay = await make.person(desk.organisation, "Kay", **theirs)
        await make.need(kay, SAFE_CONTACT, hours="Wednesday 10 to 12")
    own, other = await open_browser(desk.ben), await open_browser(desk.cleo)

    await own.get(f"/people/{kay.id}")
    await other.get(f"/people/{kay.id}")
    changing = await other.get(f"/people/{kay.id}/edit")
    await other.get("/people?q=kay")

    assert own.page.index("only in the safe way") < own.page.index("07700 900 111")
    assert "Wednesday 10 to 12" in own.page
    assert "Only the safe way" in other.page
    assert "07700 900111" not in other.page
    assert "07700 900 111" not in other.page
    assert 403 == changing.status


async def test_the_address_staff_sign_in_with_is_not_the_coordinators_to_change(
    ben: Browser, desk: Desk, parts: Parts
) -> None:
    theirs = BLANK | {"chosen_name": "Ada", "email": "mine@example.org"}

    response = await ben.post(f"/people/{desk.ada.id}/edit", on="/people", **theirs)

    assert 422 == response.status
    assert "They sign in with this address" in ben.page
    assert "ada@example.org" == (await row(parts, Person, desk.ada.id)).email


async def test_who_has_left_is_off_every_list_and_their_place_is_free(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        terry = await make.person(desk.organisation, "Terry")
        rose = await make.person(desk.organisation, "Rose")
        meeting = await session_for(make, desk, offers={Way.ROOM: 1, Way.ONLINE: 5})
        his = await coming(make, meeting, terry, Way.ROOM)
        waits = {"answer": Answer.WAITING, "way": Way.ROOM, "waiting_since": make.now}
        await make.invitation(meeting, rose, **waits)
        told = Message(kind=MessageKind.INVITATION, channel="email", state="sent")
        told.organisation_id, told.person_id = desk.organisation.id, terry.id
        told.subject_id, told.due_at, told.created_at = his.id, make.now, make.now
        make.db.add(told)
        group = Group(organisation_id=desk.organisation.id, name="Walkers")
        make.db.add(group)
        await make.db.flush()
        make.db.add(GroupMember(group_id=group.id, person_id=terry.id))

    await ben.get(f"/people/{terry.id}/left")
    assert "1 coming session" in ben.page
    response = await ben.post(f"/people/{terry.id}/left")

    offers = {offer.way: offer.taken for offer in await rows(parts, Offer)}
    messages = [message.kind for message in await rows(parts, Message)]
    assert 303 == response.status
    assert (await row(parts, Invitation, his.id)).removed_at is not None
    assert 1 == offers[Way.ROOM]
    expected = [MessageKind.INVITATION, MessageKind.PLACE_OFFERED, MessageKind.CANCEL]
    assert expected == messages
    assert [rose.id] == [
        message.person_id
        for message in await rows(parts, Message)
        if message.kind is MessageKind.PLACE_OFFERED
    ]
    assert [] == await rows(parts, GroupMember)
    await ben.get("/people")
    assert "Terry" not in ben.page
    assert {"person.left", "invitation.withdrawn", "place.offered"} == set(
        await written_down(parts)
    )


async def test_who_can_sign_in_cannot_be_written_off_at_the_desk(
    ben: Browser, desk: Desk, parts: Parts
) -> None:
    response = await ben.post(f"/people/{desk.ada.id}/left", on="/people")

    assert 422 == response.status
    assert (await row(parts, Person, desk.ada.id)).left_at is None


async def test_a_group_is_made_named_filled_and_removed(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        terry = await make.person(desk.organisation, "Terry")

    made = await ben.post("/groups", on="/groups", name="Walkers")
    path = made.headers["Location"].partition("?")[0]
    await ben.get(f"{path}?q=terr")
    assert "Terry" in ben.page
    await ben.post(f"{path}/members", person=[terry.id, desk.dov.id])
    assert [terry.id] == [member.person_id for member in await rows(parts, GroupMember)]
    twice = await ben.post("/groups", name="Walkers")
    nobody = await ben.post(f"{path}/members")
    await ben.post(f"{path}/name", name="Ramblers")
    await ben.post(f"{path}/members/{terry.id}/remove")
    assert [] == await rows(parts, GroupMember)
    assert ["Ramblers"] == [group.name for group in await rows(parts, Group)]
    await ben.post(f"{path}/remove")

    assert [422, 422] == [twice.status, nobody.status]
    assert [] == await rows(parts, Group)
    assert "group.joined" in await written_down(parts)


async def test_an_answer_is_entered_for_somebody_who_rang(
    ben: Browser, desk: Desk, making: Making, parts: Parts
) -> None:
    async with making() as make:
        terry = await make.person(desk.organisation, "Terry")
        meeting = await session_for(make, desk, offers={Way.PHONE: 1, Way.ONLINE: 5})
        invitation = await make.invitation(meeting, terry)
        late = await make.invitation(meeting, await make.person(desk.organisation, "Rose"))

    yes = {"answer": "yes", "way": "phone", "supporters": "0", "how": "phone"}
    with counting() as sent:
        await ben.get(f"/desk/{invitation.id}")
    response = await ben.post(f"/desk/{invitation.id}", **yes)
    full = await ben.post(f"/desk/{late.id}", **yes)
    nothing = await ben.post(f"/desk/{late.id}", way="online")

    kept = await row(parts, Invitation, invitation.id)
    assert response.headers["Location"].endswith("done=answered-yes")
    assert (Answer.YES, Way.PHONE, desk.ben.id) == (kept.answer, kept.way, kept.answered_by)
    assert [422, 422] == [full.status, nothing.status]
    assert Answer.UNANSWERED is (await row(parts, Invitation, late.id)).answer
    assert len(sent) <= MOST_QUERIES
    assert "answer.entered" in await written_down(parts)


async def test_people_are_the_business_of_coordinators_of_their_own_organisation(
    desk: Desk, making: Making, open_browser: OpenBrowser, parts: Parts
) -> None:
    async with making() as make:
        terry = await make.person(desk.organisation, "Terry")
        meeting = await session_for(make, desk)
        invitation = await make.invitation(meeting, terry)
        group = Group(organisation_id=desk.organisation.id, name="Walkers")
        make.db.add(group)
    ada, dov, nobody = (
        await open_browser(desk.ada),
        await open_browser(desk.dov),
        await open_browser(),
    )
    changes = (
        f"/people/{terry.id}/edit",
        f"/people/{terry.id}/left",
        f"/desk/{invitation.id}",
        f"/groups/{group.id}/name",
        f"/groups/{group.id}/members",
        f"/groups/{group.id}/remove",
    )

    await ada.get("/today")
    await dov.get("/people/new")
    for path in (*changes, "/people/new", "/people/export"):
        assert 403 == (await ada.post(path, **BLANK)).status, path
    for path in changes:
        assert 404 == (await dov.post(path, **BLANK | {"answer": "yes"})).status, path
    for path in ("/people", "/groups", f"/people/{terry.id}", f"/desk/{invitation.id}"):
        assert (await nobody.get(path)).headers["Location"].startswith("/sign-in"), path
    assert [] == await written_down(parts)
