"""Addresses as they stand in letters and envelopes: one name, one mailbox, nothing else."""

from dataclasses import dataclass, field

from email_validator import EmailNotValidError, validate_email

from scheduling.text import clean
from service.outbound.channel import PermanentFailure

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A person or an organisation with one mail address."""

    name: str
    address: str = field(repr=False)


def usable(mailbox: Mailbox) -> Mailbox:
    """Give the mailbox with a clean name and an address fit for an envelope.

    A domain beyond ASCII is written in its ASCII form, which every server takes; a local part
    beyond ASCII stays. Line breaks, two addresses and anything else that is not one address are
    refused with PermanentFailure, because mail libraries silently keep a part of it (reliability
    F8).
    """
    try:
        found = validate_email(
            mailbox.address,
            check_deliverability=False,
            globally_deliverable=False,
            test_environment=True,
        )
    except EmailNotValidError as error:
        raise PermanentFailure("address-unusable", "This is not one mail address.") from error
    return Mailbox(display_name(mailbox.name), f"{found.local_part}@{found.ascii_domain}")


def display_name(name: str) -> str:
    """Give a name as a header may carry it: no quotes, no angle brackets, not endless."""
    kept = clean(name).translate({ord(mark): None for mark in '"<>\\'})
    return clean(kept[:LONGEST_NAME])
