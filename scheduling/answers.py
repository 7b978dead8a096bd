"""What a person answered to an invitation. Not how they join: that is a way."""

from enum import StrEnum


class Answer(StrEnum):
    """An answer as it stands. The values are what the database keeps."""

    UNANSWERED = "unanswered"
    YES = "yes"
    MAYBE = "maybe"
    NO = "no"
    WAITING = "waiting"

    @property
    def holds_place(self) -> bool:
        """Say whether a place by some way is taken for this person."""
        return self is Answer.YES

    @property
    def may_come(self) -> bool:
        """Say whether the person has not ruled out coming."""
        return self is not Answer.NO

    @property
    def is_given(self) -> bool:
        """Say whether the person has answered at all."""
        return self is not Answer.UNANSWERED
