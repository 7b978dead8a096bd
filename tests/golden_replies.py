"""The golden mails that come in, and what each of them must be read as: one TOML file beside each."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from service.inbound.bounces import Bounced
from service.inbound.reading import Away, Calendar, Incoming, Unreadable, Words

FOLDER = Path(__file__).parent / "golden" / "replies"


@cache
def expected() -> dict[str, dict[str, Any]]:
    """Give what stands beside each mail, by its name."""
    files = sorted(FOLDER.glob("*.toml"))
    return {file.stem: tomllib.loads(file.read_text("utf-8")) for file in files}


def as_read(mail: Incoming) -> dict[str, Any]:
    """Put what was read of a mail into the form of those files."""
    said: dict[str, Any] = {"sender": mail.sender, "subject": mail.subject, "words": mail.words}
    match mail.content:
        case Calendar(events):
            said |= {"kind": "calendar", "event": [_event(event) for event in events]}
        case Words(answer):
            said |= {"kind": "words", "answer": answer.value if answer else ""}
        case Away():
            said |= {"kind": "away"}
        case Bounced(failures, message_id):
            said |= {"kind": "bounce", "message_id": message_id}
            said["failure"] = [
                {
                    "addresses": [*each.addresses],
                    "status": each.status,
                    "severity": each.severity.value,
                }
                for each in failures
            ]
        case Unreadable(why):
            said |= {"kind": "unreadable", "why": why}
    return said


def _event(event: Any) -> dict[str, Any]:
    said = {
        "method": event.method,
        "uid": event.uid,
        "comment": event.comment,
        "start_words": event.start_words,
        "attendees": [
            [each.address, each.status.value, each.delegated_to] for each in event.attendees
        ],
    }
    known = {"sequence": event.sequence, "stamp": event.stamp}
    known |= {"starts_at": event.starts_at, "ends_at": event.ends_at}
    return said | {name: value for name, value in known.items() if value is not None}
