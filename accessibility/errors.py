"""The base error of the accessibility package; each module adds its own kinds."""


class AccessibilityError(Exception):
    """Say that a rule about needs, requests, consent or disclosure was not kept.

    `code` is stable and meant for programs and translations; the message holds facts and never
    anything personal.
    """

    code = "accessibility"


class VocabularyError(AccessibilityError):
    """The text of the vocabulary is not one; says at which line or term, and why."""

    code = "broken-vocabulary"

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}" if where else reason)
        self.where, self.reason = where, reason
