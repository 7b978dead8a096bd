"""Which mails were written by a machine: they never count as an answer and are never answered.

RFC 3834, and the headers that programs use which never heard of it.
"""

import re

from service.inbound.mime import Part

_AWAY = re.compile(
    r"(?:out of (?:the )?office|automatic(?: |-)reply|auto(?:matic)?[- ]?(?:reply|response|responder)|auto:"
    r"|abwesenheit|automatische antwort|réponse automatique|absence du bureau|respuesta automática"
    r"|risposta automatica|automatisch antwoord|autosvar|automatyczna odpowiedź|răspuns automat"
    r"|on holiday|away from)",
    re.IGNORECASE,
)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_REPLY_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply")
_SUPPRESS = frozenset({"all", "oof", "autoreply"})


def is_by_machine(mail: Part) -> bool:
    """Tell whether nobody pressed "send": an out-of-office note, a receipt, a list, a robot."""
    submitted = mail.header("auto-submitted").split(";", 1)[0].strip().casefold()
    if submitted not in ("", "no"):
        return True
    if any(mail.header(name) for name in _REPLY_HEADERS) or mail.header("list-id"):
        return True
    if mail.header("precedence").strip().casefold() in _BULK:
        return True
    if _SUPPRESS & {
        each.strip().casefold() for each in mail.header("x-auto-response-suppress").split(",")
    }:
        return is_away_subject(mail) or mail.kind == "multipart/report"
    return is_away_subject(mail) or _is_receipt(mail)


def is_away_subject(mail: Part) -> bool:
    """Tell whether the subject is one that programs write for people who are away."""
    return _AWAY.match(mail.words("subject").removeprefix("Re: ")) is not None


def _is_receipt(mail: Part) -> bool:
    """Tell a note that somebody opened a mail (RFC 8098) from a failure to deliver it."""
    kind = mail.parameter("report-type").casefold()
    return mail.kind == "multipart/report" and kind == "disposition-notification"
