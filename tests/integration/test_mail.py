"""Mail handed to real servers: kind ones, ones that refuse, ones that fall silent or vanish."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiosmtpd.smtp import LoginPassword

from service.outbound.channel import LONGEST_WORDS, Outgoing, PermanentFailure, TemporaryFailure
from service.outbound.mail_server import MailServer, Security, mail_server
from service.outbound.smtp import Limits, SmtpChannel, dotted
from tests.certificates import certificate_for_this_machine
from tests.integration.mail_sink import HOST, MailSink, Script, mail_sink, scripted_server

ENOUGH = 20.0
SHORT = Limits(step=0.5, after_dot=0.6, check=1.0, connections=2)
LATER_THAN_STEP = Limits(step=0.5, after_dot=ENOUGH, check=1.0)
SILENCE = ENOUGH * 2


def message(number: int = 0, to: str = "ada@example.org") -> Outgoing:
    """Make a small message with its own Message-ID."""
    message_id = f"<{number}@kiln.example.org>"
    head = f"From: hello@kiln.example.org\r\nTo: {to}\r\nMessage-ID: {message_id}\r\n"
    raw = f"{head}Subject: Thursday\r\n\r\nHello,\r\n.\r\n..dots.\r\n".encode()
    return Outgoing("hello@kiln.example.org", to, raw, message_id)


def catcher(port: int) -> MailServer:
    """Name the plain server on a port."""
    return mail_server(f"smtp://{HOST}:{port}?tls=off")


@pytest.fixture
async def sink() -> AsyncIterator[MailSink]:
    """Run a mail server that takes everything until it is told otherwise."""
    async with mail_sink() as running:
        yield running


@pytest.fixture
async def channel(sink: MailSink) -> AsyncIterator[SmtpChannel]:
    """Open a channel to the sink."""
    async with SmtpChannel(catcher(sink.port)) as opened:
        yield opened


async def test_a_message_arrives_byte_for_byte(channel: SmtpChannel, sink: MailSink) -> None:
    await channel.send(message())

    (envelope,) = sink.delivered
    assert envelope.content == message().raw
    assert envelope.mail_from == "hello@kiln.example.org"
    assert envelope.rcpt_tos == ["ada@example.org"]


async def test_two_hundred_messages_go_over_the_few_kept_connections(
    channel: SmtpChannel, sink: MailSink
) -> None:
    await asyncio.gather(*(channel.send(message(number)) for number in range(200)))

    assert len({*sink.message_ids}) == len(sink.message_ids) == 200
    assert sink.connections <= Limits().connections


@pytest.mark.parametrize("step", ["to_recipient", "after_data"])
async def test_a_server_that_says_later_is_tried_again_with_success(
    channel: SmtpChannel, sink: MailSink, step: str
) -> None:
    getattr(sink, step).append("451 4.7.1 Greylisted, come back later")

    with pytest.raises(TemporaryFailure) as caught:
        await channel.send(message())
    await channel.send(message())

    assert caught.value.reason == "busy"
    assert caught.value.server_words == "451 4.7.1 Greylisted, come back later"
    assert sink.message_ids == [message().message_id]


@pytest.mark.parametrize("step", ["to_recipient", "after_data"])
async def test_a_refusal_is_permanent_and_brings_the_words_of_the_server(
    channel: SmtpChannel, sink: MailSink, step: str
) -> None:
    getattr(sink, step).append("550 5.1.1 No such person here")

    with pytest.raises(PermanentFailure) as caught:
        await channel.send(message(1))
    await channel.send(message(2))

    assert caught.value.code == "refused-550"
    assert caught.value.server_words == "5.1.1 No such person here"
    assert sink.message_ids == [message(2).message_id]


async def test_a_tenth_of_bad_addresses_does_not_hold_up_the_rest(
    channel: SmtpChannel, sink: MailSink
) -> None:
    sink.to_recipient.extend(["550 no", *["250 OK"] * 9] * 10)

    results = await asyncio.gather(
        *(channel.send(message(number)) for number in range(100)), return_exceptions=True
    )

    assert sum(isinstance(result, PermanentFailure) for result in results) == 10
    assert len({*sink.message_ids}) == len(sink.message_ids) == 90


async def test_long_and_dirty_words_of_a_server_are_cut_and_cleaned(
    channel: SmtpChannel, sink: MailSink
) -> None:
    sink.to_recipient.append("550 \x1b[31m\u202eno " + "x" * 400)

    with pytest.raises(PermanentFailure) as caught:
        await channel.send(message())

    assert caught.value.server_words.startswith("[31mno xxx")
    assert len(caught.value.server_words) == LONGEST_WORDS


async def test_a_connection_the_server_closed_meanwhile_costs_nothing(
    channel: SmtpChannel, sink: MailSink
) -> None:
    await channel.send(message(1))
    sink.drop_all()
    await channel.send(message(2))

    assert sink.message_ids == [message(1).message_id, message(2).message_id]
    assert sink.connections == 2


async def test_a_connection_after_a_failure_is_not_used_again(
    channel: SmtpChannel, sink: MailSink
) -> None:
    sink.after_data.append("554 no")

    with pytest.raises(PermanentFailure):
        await channel.send(message(1))
    await channel.send(message(2))

    assert sink.connections == 2


async def _no_banner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    del writer
    await asyncio.wait_for(reader.read(), SILENCE)


async def _hang_after_banner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 here\r\n")
    await asyncio.wait_for(_until_end(reader), SILENCE)


async def _hang_after_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _talk_until(reader, writer, b"DATA")
    await asyncio.wait_for(_until_end(reader), SILENCE)


async def _hang_after_dot(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _talk_until(reader, writer, b"DATA")
    writer.write(b"354 go\r\n")
    await asyncio.wait_for(_until_end(reader), SILENCE)


async def _drop_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    del reader
    writer.close()


async def _drop_after_banner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _talk_until(reader, writer, b"EHLO")


async def _drop_at_recipient(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _talk_until(reader, writer, b"RCPT")


async def _drop_after_dot(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _talk_until(reader, writer, b"DATA")
    writer.write(b"354 go\r\n")
    await reader.readuntil(b"\r\n.\r\n")


async def _refuse_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"554 not today\r\n")
    await asyncio.wait_for(_until_end(reader), SILENCE)


async def _nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await asyncio.wait_for(_until_end(reader), SILENCE)


async def _talk_until(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, last: bytes
) -> None:
    """Say yes to everything up to a command, and nothing to that one."""
    writer.write(b"220 here\r\n")
    while line := await reader.readline():
        if line.upper().startswith(last):
            return
        writer.write(b"250 OK\r\n")


async def _until_end(reader: asyncio.StreamReader) -> None:
    while await reader.read(1024):
        pass


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (_no_banner, "timed-out"),
        (_hang_after_banner, "timed-out"),
        (_hang_after_data, "timed-out"),
        (_hang_after_dot, "timed-out"),
        (_drop_at_once, "no-connection"),
        (_drop_after_banner, "no-connection"),
        (_drop_at_recipient, "dropped"),
        (_drop_after_dot, "dropped"),
        (_refuse_all, "no-connection"),
        (_nonsense, "no-connection"),
    ],
)
async def test_a_server_that_falls_silent_or_vanishes_is_tried_again_later(
    script: Script, reason: str
) -> None:
    async with scripted_server(script) as port, SmtpChannel(catcher(port), limits=SHORT) as channel:
        with pytest.raises(TemporaryFailure) as caught:
            async with asyncio.timeout(ENOUGH):
                await channel.send(message())

    assert reason == caught.value.reason


async def test_only_the_wait_after_the_dot_is_long() -> None:
    limits = LATER_THAN_STEP
    async with (
        scripted_server(_hang_after_data) as port,
        SmtpChannel(catcher(port), limits=limits) as channel,
    ):
        with pytest.raises(TemporaryFailure):
            async with asyncio.timeout(limits.after_dot / 2):
                await channel.send(message())


async def test_one_hanging_connection_does_not_hold_up_the_others() -> None:
    hangs = asyncio.Event()

    async def first_hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not hangs.is_set():
            hangs.set()
            await _no_banner(reader, writer)
        else:
            await _talk_until(reader, writer, b"DATA")
            writer.write(b"354 go\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 OK\r\n")

    limits = replace(SHORT, step=ENOUGH)
    async with (
        scripted_server(first_hangs) as port,
        SmtpChannel(catcher(port), limits=limits) as channel,
    ):
        hanging = asyncio.create_task(channel.send(message(1)))
        await hangs.wait()
        await channel.send(message(2))

        assert not hanging.done()
        hanging.cancel()
        await asyncio.wait([hanging])


async def test_nobody_listening_is_a_temporary_failure(sink: MailSink) -> None:
    async with scripted_server(_no_banner) as port:
        pass

    with pytest.raises(TemporaryFailure) as caught:
        await SmtpChannel(catcher(port)).send(message())

    assert caught.value.reason == "no-connection"
    assert sink.delivered == []


async def test_an_address_beyond_ascii_goes_where_it_is_understood(
    channel: SmtpChannel, sink: MailSink
) -> None:
    await channel.send(message(to="zoë@example.org"))

    assert sink.delivered[0].rcpt_tos == ["zoë@example.org"]
    assert sink.delivered[0].smtp_utf8


async def test_an_address_beyond_ascii_is_refused_where_it_is_not() -> None:
    async with (
        mail_sink(utf8=False) as sink,
        SmtpChannel(catcher(sink.port)) as channel,
    ):
        with pytest.raises(PermanentFailure) as caught:
            await channel.send(message(1, to="zoë@example.org"))
        await channel.send(message(2))

        assert caught.value.code == "address-needs-utf8"
        assert sink.message_ids == [message(2).message_id]
        assert sink.connections == 1


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org\r\nRCPT TO:<evil@e.example>",
        "a@b.example, c@d.example",
        "<a@b.example>",
        "",
    ],
)
def test_a_message_for_more_or_less_than_one_address_cannot_be_made(address: str) -> None:
    with pytest.raises(PermanentFailure):
        Outgoing("hello@kiln.example.org", address, b"", "<1@x>")


async def test_a_good_server_passes_the_check(sink: MailSink) -> None:
    channel = SmtpChannel(catcher(sink.port))

    await channel.check()

    assert sink.connections == 1
    assert sink.delivered == []


@pytest.mark.parametrize("script", [_no_banner, _hang_after_banner, _drop_at_once, _nonsense])
async def test_a_bad_server_fails_the_check_in_time(script: Script) -> None:
    async with scripted_server(script) as port:
        channel = SmtpChannel(catcher(port), limits=replace(SHORT, step=ENOUGH * 2))

        with pytest.raises(TemporaryFailure):
            async with asyncio.timeout(ENOUGH):
                await channel.check()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate for this machine; give the server's side and a client that trusts it."""
    pem = certificate_for_this_machine(tmp_path_factory.mktemp("tls"))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


LOGIN = LoginPassword(b"hub", b"s3cret/\xc3\xb6")


async def test_a_letter_goes_over_tls_after_signing_in(
    certificates: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    ours, theirs = certificates
    async with mail_sink(tls=ours, login=LOGIN) as sink:
        server = mail_server(f"smtp+starttls://hub:s3cret%2F%C3%B6@{HOST}:{sink.port}")
        async with SmtpChannel(server, tls_context=theirs) as channel:
            await channel.check()
            await channel.send(message())

        assert sink.message_ids == [message().message_id]


async def test_a_wrong_password_is_no_fault_of_the_letter(
    certificates: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    ours, theirs = certificates
    async with mail_sink(tls=ours, login=LOGIN) as sink:
        server = mail_server(f"smtp://hub:wrong@{HOST}:{sink.port}")
        channel = SmtpChannel(server, tls_context=theirs)

        with pytest.raises(TemporaryFailure) as caught:
            await channel.send(message())

        assert caught.value.reason == "sign-in-refused"


async def test_a_certificate_nobody_vouches_for_is_not_trusted(
    certificates: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    ours, _ = certificates
    async with mail_sink(tls=ours) as sink:
        channel = SmtpChannel(mail_server(f"smtp://{HOST}:{sink.port}"))

        with pytest.raises(TemporaryFailure) as caught:
            await channel.send(message())

        assert caught.value.reason == "no-safe-connection"
        assert sink.delivered == []


async def test_a_server_without_tls_is_not_used_unless_that_was_switched_off(
    sink: MailSink,
) -> None:
    channel = SmtpChannel(MailServer(HOST, sink.port, Security.STARTTLS))

    with pytest.raises(TemporaryFailure) as caught:
        await channel.send(message())

    assert caught.value.reason == "no-safe-connection"
    assert sink.delivered == []


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        (b"a\r\n", b"a\r\n.\r\n"),
        (b"a", b"a\r\n.\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b"a\r\n.\r\nb\r\n", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"a\n.\nb", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"a\r.\rb", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"\r\n", b"\r\n.\r\n"),
    ],
)
def test_nothing_in_a_message_can_end_it_early(raw: bytes, sent: bytes) -> None:
    assert sent == dotted(raw)
