"""Where CPU time goes in work that is done one step after another."""

import time
from collections import Counter
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Stopwatch:
    """Adds up the CPU time of this process by part; each lap says which part has just ended."""

    def __init__(self) -> None:
        self._spent: Counter[str] = Counter()
        self._last = time.process_time_ns()

    def lap(self, part: str) -> None:
        """Count the time since the last lap for this part."""
        now = time.process_time_ns()
        self._spent[part] += now - self._last
        self._last = now

    def around(
        self, part: str, work: Callable[Given, Result], *, before: str
    ) -> Callable[Given, Result]:
        """Give the same function, timed; what ran `before` it ends when it begins."""

        def timed(*args: Given.args, **kwargs: Given.kwargs) -> Result:
            self.lap(before)
            result = work(*args, **kwargs)
            self.lap(part)
            return result

        return timed

    @property
    def shares(self) -> dict[str, float]:
        """Give each part's share of all time, largest first."""
        whole = self._spent.total()
        return {part: spent / whole for part, spent in self._spent.most_common()}
