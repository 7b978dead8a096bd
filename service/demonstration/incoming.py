"""The mail of the demonstration that came in: as bytes, and taken in as any other mail would be."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import select

from service.actions.receiving import take_mail
from service.demonstration.playing import invitation_to
from service.demonstration.scenes import Mail, demonstration
from service.demonstration.stage import Stage
from service.inbound.reading import read_mail
from service.outbound.letters import first_message_id
from service.storage.invitations import Invitation
from service.storage.meetings import Meeting
from service.storage.messages import Message, MessageKind, MessageState

SERVER = "MAILER-DAEMON@mx.example.net"
STAMP = "%Y%m%dT%H%M%SZ"


async def take_mails(stage: Stage, meetings: Mapping[str, Meeting]) -> None:
    """Take in what came by mail."""
    for each in demonstration().mails:
        then = stage.now - timedelta(hours=each.hours_ago)
        meeting = meetings[each.about]
        invitation = await invitation_to(stage, meeting, each.who)
        if each.came_back:
            await _leave(stage, invitation, then - timedelta(minutes=1))
        raw = _written(stage, each, invitation, meeting).as_bytes()
        await take_mail(stage.db, stage.system, read_mail(raw), now=then)
        await stage.db.flush()


async def _leave(stage: Stage, invitation: Invitation, then: datetime) -> None:
    """Take it that the invitation left the house, as what comes back must have done."""
    query = select(Message).where(
        Message.subject_id == invitation.id, Message.kind == MessageKind.INVITATION
    )
    message = (await stage.db.scalars(query)).one()
    message.state, message.sent_at = MessageState.SENT, then
    message.message_id = first_message_id(invitation.uid)
    await stage.db.flush()


def _written(stage: Stage, each: Mail, invitation: Invitation, meeting: Meeting) -> EmailMessage:
    mail = EmailMessage()
    mail["To"] = stage.house.contact_email
    mail["From"] = SERVER if each.came_back else invitation.person.email
    mail["In-Reply-To"] = first_message_id(invitation.uid)
    if each.came_back:
        mail["Subject"] = "Undelivered Mail Returned to Sender"
        _add_report(mail, each, invitation)
        return mail
    mail["Subject"] = f"Re: {meeting.real_title}"
    mail.set_content(each.words)
    if each.hours_later:
        mail.add_alternative(
            _proposal(each, invitation, meeting).encode(),
            maintype="text",
            subtype="calendar",
            params={"method": "COUNTER"},
        )
    return mail


def _proposal(each: Mail, invitation: Invitation, meeting: Meeting) -> str:
    """Write what a guest's calendar program sends when they propose another time."""
    later = timedelta(hours=each.hours_later)
    times = {"DTSTART": meeting.starts_at, "DTEND": meeting.ends_at}
    lines = (
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Calendar//EN", "METHOD:COUNTER"),
        *("BEGIN:VEVENT", f"UID:{invitation.uid}", f"SEQUENCE:{invitation.sequence}"),
        f"DTSTAMP:{invitation.stamp.strftime(STAMP)}",
        *(f"{name}:{(at + later).strftime(STAMP)}" for name, at in times.items() if at),
        f"ATTENDEE;PARTSTAT=TENTATIVE:mailto:{invitation.person.email}",
        f"COMMENT:{each.words}",
        *("END:VEVENT", "END:VCALENDAR", ""),
    )
    return "\r\n".join(lines)


def _add_report(mail: EmailMessage, each: Mail, invitation: Invitation) -> None:
    """Write what a mail server reports of a mail that it could not deliver (RFC 3464)."""
    address = invitation.person.email
    parts = (
        ("text/plain", f"{address}: {each.came_back}"),
        (
            "message/delivery-status",
            "Reporting-MTA: dns; mx.example.net\r\n\r\n"
            f"Final-Recipient: rfc822; {address}\r\nAction: failed\r\n"
            f"Status: {each.came_back}\r\n",
        ),
        ("text/rfc822-headers", f"Message-ID: {first_message_id(invitation.uid)}\r\n"),
    )
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="came-back"'
    written = "".join(
        f"--came-back\r\nContent-Type: {kind}\r\n\r\n{body}\r\n" for kind, body in parts
    )
    mail.set_payload(f"{written}--came-back--\r\n")
