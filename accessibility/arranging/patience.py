"""How long to go on looking: until whoever asked says stop, or, for what is too large, for so many steps."""

from collections.abc import Callable
from dataclasses import dataclass

#: How often the one who asked is asked whether to go on.
_EVERY = 8


@dataclass(slots=True)
class Patience:
    """Count steps. Once it has said stop, it never says anything else.

    `steps` of None means no limit of our own; a limit only counts once there is a plan, so that nobody
    is told that there is none because the problem was large.
    """

    asked: Callable[[], bool]
    steps: int | None = None
    has_plan: bool = False
    is_over: bool = False
    _taken: int = 0

    def goes_on(self) -> bool:
        """Say whether to take one more step."""
        if not self.is_over:
            if self._taken % _EVERY == 0:
                self.is_over = not self.asked()
            self._taken += 1
            if self.steps is not None and self.has_plan and self._taken > self.steps:
                self.is_over = True
        return not self.is_over
