"""Measure on a machine that does other things too: cases side by side, CPU time first, as ratios.

Absolute times say little on a shared machine, ratios within one run say much. Every case runs in
every round, in an order of the round's own; a ratio is the median of the rounds' ratios.
"""

import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

ROUNDS = 5
FIGURES = ("What", "Database", "CPU each", "CPU, times", "elapsed, times", "of what")
FACTS = ("Also", "Database", "Value")
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "": "–"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one thing took, in seconds."""

    cpu: float
    elapsed: float


Case = Callable[[], Awaitable[Cost]]
Costs = Mapping[str, Sequence[Cost]]


async def side_by_side(cases: Mapping[str, Case], *, rounds: int = ROUNDS) -> Costs:
    """Run every case once to warm up, then all of them in each round, shuffled."""
    for case in cases.values():
        await case()
    costs: dict[str, list[Cost]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name in random.sample(list(cases), len(cases)):
            costs[name].append(await cases[name]())
    return costs


async def cost_of(work: Callable[[], Awaitable[None]], *, times: int) -> Cost:
    """Do work in this process, all its threads counted, and give the cost of one of `times`."""
    cpu, began = time.process_time(), time.perf_counter()
    await work()
    ended = time.perf_counter()
    return Cost((time.process_time() - cpu) / times, (ended - began) / times)


def part(costs: Costs, of: str, ours: str) -> float:
    """Give the CPU time of one case as a multiple of ours: its median over the rounds."""
    pairs = zip(costs[of], costs[ours], strict=True)
    return median(theirs.cpu / our.cpu for theirs, our in pairs)


@dataclass(slots=True)
class Report:
    """The tables of one run: figures with their baselines, and plain facts."""

    figures: list[tuple[str, ...]] = field(default_factory=list)
    facts: list[tuple[str, ...]] = field(default_factory=list)

    def compare(self, what: str, database: str, costs: Costs, *, baselines: Sequence[str]) -> None:
        """Add what a case costs, as many times the cost of each baseline."""
        ours = costs[what]
        each = in_words(median(cost.cpu for cost in ours))
        for baseline in baselines:
            pairs = list(zip(ours, costs[baseline], strict=True))
            cpu = median(cost.cpu / base.cpu for cost, base in pairs)
            elapsed = median(cost.elapsed / base.elapsed for cost, base in pairs)
            times = (f"{cpu:.2f}", f"{elapsed:.2f}")
            self.figures.append((what, NAMES[database], each, *times, baseline))

    def note(self, what: str, database: str, value: str) -> None:
        """Add a plain fact."""
        self.facts.append((what, NAMES[database], value))

    def __str__(self) -> str:
        """Write both tables in Markdown."""
        return f"{_table(FIGURES, self.figures)}\n{_table(FACTS, self.facts)}"


def in_words(seconds: float) -> str:
    """Write a short time with three figures and its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *rows]
    return "".join(f"| {' | '.join(map(str.ljust, line, widths))} |\n" for line in lines)
