"""What tasks about mail are called, and why a human has to look at one. Pure."""

#: The titles of tasks to read a mail, where there is a better one than that somebody wrote.
MAIL_TITLES: dict[str, str] = {
    "counter": "{name} asks for another time",
    "comment": "{name} wrote something with their answer",
    "delegated": "{name} passed their invitation on",
    "bounce": "A mail came back",
    "bounce-in-words": "A mail came back",
    "mailbox": "The mailbox for answers cannot be read",
}

_TOO_LARGE = "We did not open all of it, because it is far larger than a person would send."
_UNCLEAR = "Its calendar file cannot be read, so we do not know what they answered."

#: Why a human has to look, in a sentence or two.
MAIL_ABOUT: dict[str, str] = {
    "yes": "They seem to say yes. Please check, then write it down.",
    "no": "They seem to say that they can't come. Please check, then write it down.",
    "maybe": "They seem to say maybe. Please check, then write it down.",
    "words": "They wrote something that only a human can answer.",
    "comment": "Their answer is written down already.",
    "counter": "Nothing was changed and nothing was answered. Please tell them what you decide.",
    "delegated": "They are not coming, and passed it on to somebody. Please find out who.",
    "wrong-person": "It answers an invitation, but comes from another address than theirs. It did not count.",
    "unknown-uid": "It answers an invitation that is not one of ours. It did not count.",
    "no-answer": "Their calendar sent something, but no answer. Please ask them.",
    "off-the-list": "They want to come, but they are not on the list any more. Please tell them.",
    "session-cancelled": "They want to come, but the session is cancelled. Please tell them.",
    "session-not-ready": "They answered, but the session takes no answers yet.",
    "no-room-for-more": "There is no room for all who come with them. Please ask them.",
    "bounce": "A report says that mail did not arrive. It does not prove which, so nothing was changed.",
    "bounce-in-words": "A mail server says, in its own words, that a mail did not arrive.",
    "outlook-file": "It came as a file that only Outlook opens. Please ask them what they answered.",
    "mail-without-words": "There are no words in it.",
    "mail-not-understood": "Something in it stopped us. It lies in the mailbox, in “Manyways done”.",
    "mail-cut-short": _TOO_LARGE,
    "mail-too-many-parts": _TOO_LARGE,
    "mail-too-deep": _TOO_LARGE,
    "mail-headers-too-long": _TOO_LARGE,
    "calendar-too-big": _UNCLEAR,
    "calendar-too-many": _UNCLEAR,
    "calendar-too-many-lines": _UNCLEAR,
    "calendar-too-deep": _UNCLEAR,
    "calendar-without-event": _UNCLEAR,
    "mailbox": "No answer by mail reaches us until this is put right.",
    "no-mailbox": "Their mail server says that there is no such mailbox. We write there no more.",
    "came-back": "Mail to them came back more than once. We write there no more.",
}
