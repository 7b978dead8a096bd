"""The errors of the service: stable codes and facts, no HTTP status and no words for people.

The edge (`service.web`) turns a code into a status and a sentence; everything below only raises.
"""

from collections.abc import Mapping


class ServiceError(Exception):
    """Something the service will not or cannot do. The message is the docstring unless one is given."""

    code = "service-error"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class NotFound(ServiceError):
    """There is no such thing for this actor (it may exist in another organisation)."""

    code = "not-found"


class NotAllowed(ServiceError):
    """The actor belongs to the organisation but has no permission for this."""

    code = "not-allowed"


class Refused(ServiceError):
    """A rule of ours says no. `reason` is a stable code, `facts` fill the sentence for people."""

    code = "refused"

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts: Mapping[str, object] = facts


class Invalid(ServiceError):
    """What was typed cannot be used. `fields` maps each field to the code of what is wrong with it."""

    code = "invalid"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {code}" for field, code in sorted(fields.items())))
        self.fields = dict(fields)


class Conflict(ServiceError):
    """Somebody else changed it in between; read again and repeat."""

    code = "conflict"


class Busy(ServiceError):
    """The database cannot be asked just now; ask again in a moment."""

    code = "busy"


class TooManyAttempts(ServiceError):
    """Too many tries from one address or for one link; wait a little."""

    code = "too-many-attempts"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after
