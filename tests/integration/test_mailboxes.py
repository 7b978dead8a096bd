"""Where mail comes in: a real IMAP server, and a real LMTP client that hands mail over."""

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from scheduling.answers import Answer
from scheduling.ways import Way
from service.actions import receiving
from service.actions.mailboxes import MailboxInUse, mailboxes_in_use
from service.inbound.imap import DONE_FOLDER, MailboxTrouble, open_mailbox
from service.inbound.mailbox import Mailbox, Security, mailbox
from service.inbound.mime import MOST_BYTES
from service.parts import Parts
from service.storage.organisations import Organisation
from service.storage.tasks import TaskKind
from service.taking_mail import Mailboxes, listen_for_mail, look_into
from tests.certificates import certificate_for_this_machine
from tests.dovecot import PASSWORD, USER, Dovecot, running_dovecot
from tests.integration.conftest import Making, TestClock
from tests.integration.mails import mails, reply, with_settings, words
from tests.integration.scenes import SetScene, set_scene
from tests.ports import HOST

PHONE_ONLY: dict[Way, int | None] = {Way.PHONE: None}
CLEO = "cleo@example.org"
LONG_AGO = date(2026, 1, 1)


@pytest.fixture
def scene_of(parts: Parts, making: Making) -> SetScene:
    """Give the maker of scenes on this test's database."""
    return partial(set_scene, parts, making)


async def look(parts: Parts, dovecot: Dovecot) -> int:
    """Look once into the mailbox of the installation."""
    return await look_into(parts, MailboxInUse(mailbox(dovecot.url)))


async def test_answers_in_the_mailbox_count_and_are_moved_away(
    scene_of: SetScene, dovecot: Dovecot
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    dovecot.deliver(reply(scene.guests["Cleo"]), words("Is there a lift?", sender=CLEO))

    taken = await look(scene.parts, dovecot)
    again = await look(scene.parts, dovecot)

    assert (2, 0) == (taken, again)
    assert Answer.YES is (await scene.look("Cleo")).answer
    assert [] == dovecot.names()
    assert 2 == len(dovecot.names(DONE_FOLDER))


async def test_one_bad_mail_never_stops_the_others(scene_of: SetScene, dovecot: Dovecot) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    bomb = b"From: cleo@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + (
        b"--b\r\n\r\n\r\n" * 200
    )
    dovecot.deliver(b"", b"\x00\xff" * 50, bomb, reply(scene.guests["Cleo"]))

    taken = await look(scene.parts, dovecot)

    assert 4 == taken
    assert Answer.YES is (await scene.look("Cleo")).answer
    assert "mail-too-many-parts" in [mail.outcome for mail in await mails(scene.parts)]
    assert [] == dovecot.names()


async def test_a_mail_that_breaks_us_is_shown_to_a_human_and_set_aside(
    scene_of: SetScene, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> str:
        raise ZeroDivisionError

    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    monkeypatch.setattr(receiving, "take_reply", broken)
    dovecot.deliver(reply(scene.guests["Cleo"]), words("Hello", sender=CLEO))

    taken = await look(scene.parts, dovecot)

    assert 2 == taken
    assert ["mail-not-understood", "words"] == [task.about for task in await scene.tasks()]
    assert [] == dovecot.names()


async def test_what_could_not_be_written_down_stays_and_comes_again(
    scene_of: SetScene, dovecot: Dovecot
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    dovecot.deliver(reply(scene.guests["Cleo"]))
    broken = replace(scene.parts, database=_NoDatabase())  # type: ignore[arg-type]

    in_vain = await look(broken, dovecot)
    left = dovecot.names()
    taken = await look(scene.parts, dovecot)

    assert (0, 1) == (in_vain, taken)
    assert 1 == len(left)
    assert not left[0].endswith("S")


class _NoDatabase:
    def writing(self) -> None:
        """Fail as a database does that is away."""
        raise ConnectionRefusedError


async def test_of_a_very_large_mail_only_the_beginning_is_fetched(dovecot: Dovecot) -> None:
    dovecot.deliver(b"From: a@example.org\r\n\r\n" + b"x" * 70 + b"\r\n" * (MOST_BYTES // 2 + 100))

    async with open_mailbox(mailbox(dovecot.url)) as opened:
        (number,) = await opened.new_mails(LONG_AGO)
        fetched = await opened.fetch(number)

    assert fetched.is_cut
    assert MOST_BYTES == len(fetched.raw)


async def test_a_mail_that_somebody_opened_first_is_taken_in_all_the_same(
    scene_of: SetScene, dovecot: Dovecot
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    dovecot.deliver(reply(scene.guests["Cleo"]))
    (new,) = (dovecot.inbox / "new").iterdir()
    new.rename(dovecot.inbox / "cur" / f"{new.name}:2,S")

    async with open_mailbox(mailbox(dovecot.url)) as opened:
        assert 1 == len(await opened.new_mails(LONG_AGO))


@pytest.fixture
async def dovecot_with_tls(tmp_path: Path) -> AsyncIterator[tuple[Dovecot, ssl.SSLContext]]:
    """Run a server that can be reached by TLS; give it with what trusts it."""
    pem = certificate_for_this_machine(tmp_path)
    async with running_dovecot(pem) as server:
        yield server, ssl.create_default_context(cafile=str(pem))


async def test_a_server_is_only_trusted_by_its_certificate(
    dovecot_with_tls: tuple[Dovecot, ssl.SSLContext],
) -> None:
    server, trusting = dovecot_with_tls
    where = Mailbox(HOST, server.tls_port, Security.TLS, USER, PASSWORD)
    for each in (where, replace(where, port=server.port, security=Security.STARTTLS)):
        async with open_mailbox(each, tls_context=trusting) as opened:
            assert [] == await opened.new_mails(LONG_AGO)
        with pytest.raises(MailboxTrouble, match="no-safe-connection"):
            async with open_mailbox(each):
                pass


@pytest.mark.parametrize(
    ("change", "why"), [({"password": "wrong"}, "sign-in-refused"), ({"port": 1}, "no-connection")]
)
async def test_trouble_with_a_mailbox_is_named(
    change: dict[str, str | int], why: str, dovecot: Dovecot
) -> None:
    where = mailbox(dovecot.url)
    broken = Mailbox(
        where.host,
        int(change.get("port", where.port)),
        where.security,
        where.username,
        str(change.get("password", where.password)),
    )

    with pytest.raises(MailboxTrouble, match=why):
        async with open_mailbox(broken):
            pass


async def test_every_mailbox_is_looked_into_and_lasting_trouble_is_told(
    scene_of: SetScene, dovecot: Dovecot, clock: TestClock
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)
    dovecot.deliver(reply(scene.guests["Cleo"]))
    broken = f"imap://a:b@{HOST}:1?tls=off"
    async with scene.parts.database.writing() as db:
        house = await db.get_one(Organisation, scene.organisation.id)
        house.mailbox_sealed = scene.parts.keys.seal_setting(f"mailbox|{house.id}", broken)
    watching = Mailboxes(with_settings(scene.parts, mailbox_url=dovecot.url))

    first = await watching.look()
    tasks_at_once = await scene.tasks()
    for _ in range(2):
        clock.move(timedelta(hours=1))
        await watching.look()

    (task,) = await scene.tasks()
    assert (1, []) == (first, list(tasks_at_once))
    assert (TaskKind.READ_MAIL, "mailbox") == (task.kind, task.about)


async def test_an_address_that_cannot_be_used_leaves_the_other_mailboxes_alone(
    scene_of: SetScene, dovecot: Dovecot
) -> None:
    scene = await scene_of("Cleo")
    house = scene.organisation
    house.mailbox_sealed = b"1|00|00"

    found = mailboxes_in_use(
        [house], with_settings(scene.parts, mailbox_url=dovecot.url).settings, scene.parts.keys
    )

    assert [mailbox(dovecot.url)] == [each.mailbox for each in found]


@pytest.fixture
def lmtp_place(tmp_path: Path) -> str:
    """Name a file to listen at."""
    return f"unix:{tmp_path}/lmtp"


def hand_over(place: str, raw: bytes, *recipients: str) -> dict[str, tuple[int, bytes]]:
    """Hand a mail over as a mail server does."""
    host, _, port = place.rpartition(":")
    where = (place.removeprefix("unix:"), 0) if place.startswith("unix:") else (host, int(port))
    with smtplib.LMTP(*where) as client:
        return client.sendmail("cleo@example.org", list(recipients), raw)


async def handed_over(parts: Parts, place: str, raw: bytes) -> Exception | None:
    """Run the worker's listener, hand a mail over, and give what was raised if it was refused."""
    stop, ready = asyncio.Event(), asyncio.Event()
    parts = with_settings(parts, lmtp_listen=place)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(listen_for_mail(parts, stop, ready=ready))
        await ready.wait()
        try:
            await asyncio.to_thread(hand_over, place, raw, "hello@kiln.example.org")
        except smtplib.SMTPException as error:
            return error
        finally:
            stop.set()
    return None


async def test_a_mail_server_can_hand_mail_over(scene_of: SetScene, lmtp_place: str) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)

    trouble = await handed_over(scene.parts, lmtp_place, reply(scene.guests["Cleo"]))

    assert trouble is None
    assert Answer.YES is (await scene.look("Cleo")).answer


async def test_mail_can_be_handed_over_on_a_port_too(
    scene_of: SetScene, unused_tcp_port: int
) -> None:
    scene = await scene_of("Cleo", offers=PHONE_ONLY)

    trouble = await handed_over(
        scene.parts, f"127.0.0.1:{unused_tcp_port}", words("Hello", sender=CLEO)
    )

    assert trouble is None
    assert ["read_mail"] == [mail.outcome for mail in await mails(scene.parts)]


async def test_mail_is_taken_over_only_once_it_is_written_down(
    parts: Parts, lmtp_place: str
) -> None:
    # Nobody is here yet whose mail it could be.
    trouble = await handed_over(parts, lmtp_place, words("Hello", sender=CLEO))

    assert isinstance(trouble, smtplib.SMTPDataError)
    assert 451 == trouble.smtp_code


async def test_a_mail_beyond_all_measure_is_refused(scene_of: SetScene, lmtp_place: str) -> None:
    scene = await scene_of("Cleo")

    trouble = await handed_over(scene.parts, lmtp_place, b"x" * (MOST_BYTES + 1))

    assert isinstance(trouble, smtplib.SMTPSenderRefused | smtplib.SMTPDataError)
    assert 552 == trouble.smtp_code
    assert [] == await mails(scene.parts)
