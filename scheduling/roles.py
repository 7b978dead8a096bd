"""The roles people take at a meeting."""

from enum import StrEnum


class MeetingRole(StrEnum):
    """What somebody does at a meeting. The values are what the database keeps."""

    LEAD = "lead"
    CO_FACILITATOR = "co_facilitator"
    REMOTE_BUDDY = "remote_buddy"
    GREETER = "greeter"
    ON_CALL = "on_call"
