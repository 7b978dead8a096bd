"""The roles people take at a meeting."""

from enum import StrEnum


class MeetingRole(StrEnum):
    """What somebody does at a meeting. The values are what the database keeps."""

    LEAD = "lead"
    CO_FACILITATOR = "co_facilitator"
    REMOTE_BUDDY = "remote_buddy"
    GREETER = "greeter"
    ON_CALL = "on_call"

    @property
    def is_hosting(self) -> bool:
        """Say whether guests are told who does it, as one of the two hosts."""
        return self not in DUTIES


DUTIES = (MeetingRole.REMOTE_BUDDY, MeetingRole.GREETER, MeetingRole.ON_CALL)
"""What a kind of meeting may need beside its hosts; guests are not told who does it."""
