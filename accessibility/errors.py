"""The base error of the accessibility package; each module adds its own kinds."""


class AccessibilityError(Exception):
    """Say that a rule about needs, requests, consent or disclosure was not kept.

    `code` is stable and meant for programs and translations; the message holds facts and never
    anything personal.
    """

    code = "accessibility"
