"""What an admin sets up: the organisation, its mail, texts, staff and tokens; and who may not."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from scheduling.answers import Answer
from scheduling.meeting import MeetingState
from service.actions.carrying import mail_server_binding
from service.actions.staffing import change_roles, disable_staff
from service.actor import Role
from service.app import make_app
from service.errors import Refused
from service.outbound.channel import Outgoing
from service.outbound.tray import PostTray
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.staff import ApiToken, SignIn, StaffMember, StaffRole
from service.storage.tasks import Task, TaskKind
from tests.integration.conftest import Browser, Making, OpenBrowser
from tests.people import actor_for

GOOD = {
    "name": "Kiln Street Hub",
    "contact_phone": "01632 960101",
    "contact_email": "hello@kiln.org.uk",
    "zone": "Europe/London",
    "dial_in_number": "01632 960140",
}
MAIL_SERVER = "smtps://kiln:s3cret@mail.example.org:465"


@dataclass(frozen=True)
class Cast:
    """Who is there: Ada is the admin, Ben coordinates, Cleo facilitates; Dov runs another house."""

    house: Organisation
    ada: Person
    ben: Person
    cleo: Person
    dov: Person


@pytest.fixture
async def cast(making: Making) -> Cast:
    """Make everybody."""
    async with making() as make:
        house, other = await make.organisation(), await make.organisation("Elsewhere")
        return Cast(
            house,
            await make.staff(house, "Ada", Role.ADMIN),
            await make.staff(house, "Ben", Role.COORDINATOR),
            await make.staff(house, "Cleo", Role.FACILITATOR),
            await make.staff(other, "Dov", Role.ADMIN),
        )


async def audit(parts: Parts) -> list[str]:
    """List what was written down, oldest first."""
    async with parts.database.reading() as db:
        return list(await db.scalars(select(AuditLine.what).order_by(AuditLine.id)))


async def house_now(parts: Parts, cast: Cast) -> Organisation:
    """Read the organisation."""
    async with parts.database.reading() as db:
        house = await db.get(Organisation, cast.house.id)
    assert house is not None
    return house


async def test_each_sees_only_the_doors_they_may_go_through(
    cast: Cast, open_browser: OpenBrowser
) -> None:
    admin, coordinator = await open_browser(cast.ada), await open_browser(cast.ben)
    await admin.get("/set-up")
    await coordinator.get("/set-up")

    assert "/set-up/staff" in admin.page
    assert "/set-up/staff" not in coordinator.page
    assert "/places" in coordinator.page


@pytest.mark.parametrize(
    "path",
    ["organisation", "mail", "mail/clear", "mail/try", "texts/privacy", "staff/new", "tokens"],
)
async def test_nobody_but_an_admin_changes_anything(
    path: str, cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    coordinator, nobody = await open_browser(cast.ben), await open_browser()
    await coordinator.get("/set-up")
    await nobody.get("/sign-in")

    assert 403 == (await coordinator.post(f"/set-up/{path}", **GOOD)).status
    response = await nobody.post(f"/set-up/{path}", **GOOD)

    assert (303, "/sign-in") == (response.status, response.headers["Location"].partition("?")[0])
    assert [] == await audit(parts)


async def test_staff_of_another_organisation_are_not_found(
    cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.dov)
    await browser.get("/set-up")

    for path in ("", "/stop", "/again"):
        response = await browser.post(f"/set-up/staff/{cast.cleo.id}{path}", roles="admin")
        assert 404 == response.status
    assert [] == await audit(parts)


async def test_an_admin_changes_the_organisation(
    cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)
    wanted = GOOD | {"name": "Kiln\u202e Street\r\nBcc: x O'Hub", "zone": "Europe/Dublin"}

    response = await browser.post("/set-up/organisation", on="/set-up/organisation", **wanted)

    assert 303 == response.status
    house = await house_now(parts, cast)
    assert ("Kiln Street Bcc: x O'Hub", "Europe/Dublin") == (house.name, house.zone)
    assert ["organisation.changed"] == await audit(parts)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Please type a name."),
        ("contact_phone", "ring me", "Please type one phone number"),
        ("contact_email", "hello", "Please type one e-mail address"),
        ("zone", "Stoke", "Please type a zone"),
    ],
)
async def test_what_cannot_be_used_is_shown_again_and_changes_nothing(
    field: str, typed: str, words: str, cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)
    wanted = GOOD | {"name": "New <name>"} | {field: typed}

    response = await browser.post("/set-up/organisation", on="/set-up/organisation", **wanted)

    assert 422 == response.status
    assert words in browser.page
    assert field == "name" or "New &lt;name&gt;" in browser.page
    assert cast.house.name == (await house_now(parts, cast)).name


async def test_a_mail_server_is_sealed_and_never_shown_again(
    cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)

    await browser.post("/set-up/mail", on="/set-up/mail", mail_server=MAIL_SERVER)

    sealed = (await house_now(parts, cast)).mail_server_sealed
    assert sealed is not None
    assert b"s3cret" not in sealed
    assert MAIL_SERVER == parts.keys.open_setting(mail_server_binding(cast.house.id), sealed)
    await browser.get("/set-up/mail")
    assert "Your own mail server is <b>set</b>" in browser.page
    assert "s3cret" not in browser.page
    assert "mail.example.org:465" not in browser.page.replace(
        "smtps://name:password@mail.example.org:465", ""
    )

    await browser.post("/set-up/mail/clear")
    assert (await house_now(parts, cast)).mail_server_sealed is None
    assert ["organisation.mail-server-set", "organisation.mail-server-cleared"] == await audit(
        parts
    )


@pytest.mark.parametrize(
    "url", ["", "mail.example.org", "https://mail.example.org", "smtp://a:b@h?tls=off"]
)
async def test_what_is_no_mail_server_is_refused(
    url: str, cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)

    response = await browser.post("/set-up/mail", on="/set-up/mail", mail_server=url)

    assert 422 == response.status
    assert (await house_now(parts, cast)).mail_server_sealed is None


async def test_a_test_letter_can_be_sent_again_and_again(
    cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)
    for _ in range(2):
        assert 303 == (await browser.post("/set-up/mail/try", on="/set-up/mail")).status

    async with parts.database.reading() as db:
        to = list(await db.scalars(select(Message.person_id)))
    assert [cast.ada.id] * 2 == to


async def test_a_text_can_be_written_and_taken_back(cast: Cast, open_browser: OpenBrowser) -> None:
    browser = await open_browser(cast.ada)
    page = "/set-up/texts/complaints"
    await browser.get(page)
    assert "If we got something wrong" in browser.page

    await browser.post(page, words="Tell Winifred.\n\nShe <listens>.")
    await browser.get("/about/kiln-street-hub/complaints")
    assert "<p>Tell Winifred.</p>\n<p>She &lt;listens&gt;.</p>" in browser.page

    await browser.post(f"{page}/usual", on=page)
    await browser.get("/about/kiln-street-hub/complaints")
    assert "If we got something wrong" in browser.page


async def test_somebody_invited_may_sign_in_and_is_written_to(
    cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)

    response = await browser.post(
        "/set-up/staff/new",
        on="/set-up/staff/new",
        name="Siobhán O'Dowd",
        email="Siobhan@kiln.org.uk",
        roles=["facilitator", "director"],
    )

    assert 303 == response.status
    async with parts.database.reading() as db:
        person = await db.scalar(select(Person).where(Person.email_key == "siobhan@kiln.org.uk"))
        assert person is not None
        roles = await db.scalars(select(StaffRole.role).where(StaffRole.person_id == person.id))
        assert {Role.FACILITATOR, Role.DIRECTOR} == set(roles)
        message = await db.scalar(select(Message))
    assert message is not None
    assert (MessageKind.STAFF_WELCOME, person.id) == (message.kind, message.person_id)


async def test_somebody_known_already_is_not_made_twice(
    cast: Cast, making: Making, parts: Parts, open_browser: OpenBrowser
) -> None:
    async with making() as make:
        rose = await make.person(cast.house, "Rose", email="rose@kiln.org.uk")
    browser = await open_browser(cast.ada)
    form = {"name": "rose", "email": "rose@kiln.org.uk", "roles": "facilitator"}

    assert 303 == (await browser.post("/set-up/staff/new", on="/set-up/staff/new", **form)).status
    response = await browser.post("/set-up/staff/new", **form)

    assert 422 == response.status
    assert "on the staff already" in browser.page
    async with parts.database.reading() as db:
        assert await db.get(StaffMember, rose.id) is not None


async def test_an_incomplete_invitation_is_shown_again(
    cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)

    response = await browser.post(
        "/set-up/staff/new", on="/set-up/staff/new", name="Eve", email="eve@", roles="director"
    )

    assert 422 == response.status
    assert 'value="Eve"' in browser.page
    assert 'value="director" checked' in browser.page
    assert [] == await audit(parts)


async def test_roles_change_at_once(cast: Cast, open_browser: OpenBrowser) -> None:
    admin, ben = await open_browser(cast.ada), await open_browser(cast.ben)
    page = f"/set-up/staff/{cast.ben.id}"

    await admin.post(page, on=page, roles=["coordinator", "admin"])

    assert 200 == (await ben.get("/set-up/staff")).status


async def test_the_last_admin_keeps_the_role_and_stays(
    cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)
    page = f"/set-up/staff/{cast.ada.id}"

    for response in (
        await browser.post(page, on=page, roles="coordinator"),
        await browser.post(f"{page}/stop"),
    ):
        assert 422 == response.status
        assert "There must be one admin who can sign in." in browser.page
    assert [] == await audit(parts)


async def test_of_two_admins_who_disable_each_other_one_is_left(
    cast: Cast, making: Making, parts: Parts
) -> None:
    async with making() as make:
        eve = await make.staff(cast.house, "Eve", Role.ADMIN)
    ada, other = (actor_for(cast.house.id, person, Role.ADMIN) for person in (cast.ada, eve))

    async with parts.database.writing() as db:
        await disable_staff(db, ada, eve.id, None, now=cast.house.created_at)
    with pytest.raises(Refused):
        async with parts.database.writing() as db:
            await disable_staff(db, other, cast.ada.id, None, now=cast.house.created_at)
    with pytest.raises(Refused):
        async with parts.database.writing() as db:
            await change_roles(db, other, cast.ada.id, {Role.DIRECTOR}, now=cast.house.created_at)


@pytest.fixture
async def cleos_meeting(cast: Cast, making: Making) -> Meeting:
    """Make a published meeting that Cleo leads, with one guest who was told."""
    async with making() as make:
        kind = await make.kind(cast.house)
        second = await make.staff(cast.house, "Sam", Role.FACILITATOR)
        meeting = await make.meeting(cast.house, kind, hosts=[cast.cleo, second])
        guest = await make.person(cast.house, "Guest")
        await make.invitation(meeting, guest, answer=Answer.YES)
        await make.meeting(
            cast.house, kind, hosts=[cast.cleo], state=MeetingState.DRAFT, real_title="A draft"
        )
        await make.meeting(
            cast.house,
            kind,
            hosts=[cast.cleo],
            starts_in=timedelta(days=-9),
            real_title="Long over",
        )
    return meeting


async def stop_cleo(browser: Browser, cast: Cast, successor: UUID | str) -> int:
    """Stop Cleo signing in, on the page for it."""
    page = f"/set-up/staff/{cast.cleo.id}/stop"
    return (await browser.post(page, on=page, successor_id=successor)).status


async def test_disabling_hands_coming_sessions_over_and_tells_the_guests(
    cast: Cast, cleos_meeting: Meeting, parts: Parts, open_browser: OpenBrowser
) -> None:
    admin, cleo = await open_browser(cast.ada), await open_browser(cast.cleo)

    assert 303 == await stop_cleo(admin, cast, cast.ben.id)

    assert "/sign-in" == (await cleo.get("/")).headers["Location"]
    async with parts.database.reading() as db:
        found = await db.execute(select(Meeting.real_title, Meeting.lead_id))
        leads = {row[0]: row[1] for row in found}
        queued = list(await db.scalars(select(Message.kind)))
        left = await db.scalar(
            select(func.count()).select_from(SignIn).where(SignIn.person_id == cast.cleo.id)
        )
    assert {
        "Carers' circle": cast.ben.id,
        "A draft": cast.ben.id,
        "Long over": cast.cleo.id,
    } == leads
    assert [MessageKind.INVITATION] == queued
    assert 0 == left
    assert 2 == (await audit(parts)).count("meeting.handed-over")


async def test_sessions_are_never_left_without_a_host(
    cast: Cast, cleos_meeting: Meeting, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)

    for nobody in ("", cast.cleo.id, cast.ada.id, cast.dov.id, "nonsense"):
        assert 422 == await stop_cleo(browser, cast, nobody)
    assert "Carers&#39; circle" in browser.page
    assert "Long over" not in browser.page
    assert [] == await audit(parts)


async def test_when_the_second_host_takes_over_a_task_asks_for_another(
    cast: Cast, cleos_meeting: Meeting, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)
    assert cleos_meeting.second_id is not None

    assert 303 == await stop_cleo(browser, cast, cleos_meeting.second_id)

    async with parts.database.reading() as db:
        meeting = await db.get(Meeting, cleos_meeting.id)
        tasks = list(await db.scalars(select(Task.kind)))
    assert meeting is not None
    assert (cleos_meeting.second_id, None) == (meeting.lead_id, meeting.second_id)
    assert [TaskKind.HAND_OVER] == tasks


async def test_who_was_disabled_can_be_let_in_again(
    cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)
    await stop_cleo(browser, cast, "")
    page = f"/set-up/staff/{cast.cleo.id}"

    await browser.post(f"{page}/again", on=page)

    assert ["staff.disabled", "staff.enabled"] == await audit(parts)
    cleo = await open_browser(cast.cleo)
    assert "/today" == (await cleo.get("/")).headers["Location"]


async def test_a_token_is_shown_once_and_only_its_hash_is_kept(
    cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)

    await browser.post(
        "/set-up/tokens", on="/set-up/tokens", name="Our site", scopes=["people:read", "kinds:read"]
    )
    found = re.search(r"mw_[\w-]{43}", browser.page)
    assert found is not None
    await browser.get("/set-up/tokens")

    assert found.group() not in browser.page
    async with parts.database.reading() as db:
        token = await db.scalar(select(ApiToken))
    assert token is not None
    assert parts.keys.hashed("token", found.group()) == token.token_hash
    assert ["people:read", "kinds:read"] == token.scopes

    await browser.post(f"/set-up/tokens/{token.id}/revoke")
    assert ["token.made", "token.revoked"] == await audit(parts)


@pytest.mark.parametrize("scopes", [[], ["nonsense"], ["people:read", "everything"]])
async def test_a_token_needs_scopes_that_exist(
    scopes: list[str], cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)

    response = await browser.post(
        "/set-up/tokens", on="/set-up/tokens", name="Our site", scopes=scopes
    )

    assert 422 == response.status
    assert 'value="Our site"' in browser.page
    assert [] == await audit(parts)


async def test_changes_are_listed_newest_first_and_in_pages(
    cast: Cast, parts: Parts, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)
    for number in range(26):
        await browser.post("/set-up/texts/privacy", on="/set-up/texts/privacy", words=f"{number}")
        await browser.post("/set-up/texts/privacy/usual")

    await browser.get("/set-up/changes")

    assert 50 == browser.page.count("Organisation text")
    assert "Ada" in browser.page
    following = re.search(r'href="(/set-up/changes\?before=[^"]+)"', browser.page)
    assert following is not None
    await browser.get(following.group(1))
    assert 2 == browser.page.count("Organisation text")


DemoClient = TestClient[web.Request, web.Application]


@pytest.fixture
async def demo(parts: Parts) -> AsyncIterator[Browser]:
    """Visit the same database, served as a demonstration."""
    async with TestClient(TestServer(make_app(replace(parts, is_demo=True)))) as client:
        yield Browser(client)


RAW = b"""\
Subject: Your <session>\r
To: Joan <joan@example.org>\r
From: Kiln <hello@kiln.example.org>\r
Date: Tue, 12 Jan 2027 09:00:00 +0000\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary=x\r
\r
--x\r
Content-Type: text/plain; charset=utf-8\r
\r
Look at http://localhost:8080/i/abc & <come>\r
--x\r
Content-Type: text/html; charset=utf-8\r
\r
<p style="color:red">Look<script>alert(1)</script></p>\r
--x--\r
"""


async def test_the_post_tray_shows_letters_and_runs_nothing_in_them(
    demo: Browser, parts: Parts
) -> None:
    tray = PostTray(parts.settings.post_folder)
    await tray.send(Outgoing("hello@kiln.example.org", "joan@example.org", RAW, "<a@b>"))

    await demo.get("/post-tray")
    path = re.findall(r'href="(/post-tray/[^"]+)"', demo.page)[0]
    await demo.get(path)
    assert "Your &lt;session&gt;" in demo.page
    assert '<a href="http://localhost:8080/i/abc"' in demo.page
    response = await demo.get(f"{path}/looks")

    policy = response.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "color:red" in demo.page


@pytest.mark.parametrize("name", ["none.eml", "..%2F..%2Fkeys%2Flink.key"])
async def test_the_post_tray_opens_nothing_but_letters(name: str, demo: Browser) -> None:
    assert 404 == (await demo.get(f"/post-tray/{name}")).status
    assert 404 == (await demo.get(f"/post-tray/{name}/looks")).status


async def test_there_is_no_post_tray_outside_a_demonstration(
    cast: Cast, open_browser: OpenBrowser
) -> None:
    browser = await open_browser(cast.ada)

    assert 404 == (await browser.get("/post-tray")).status
