"""The cheapest shared things with which everybody has some choice, whatever it costs them apart from that.

Every set of shared things is one bit of a very long number, the cheapest set first. Whether somebody has a
choice is such a number too, so that "everybody has one" is a handful of ands, and the answer its lowest bit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from accessibility.arranging.board import Entry, bits, price_of

#: So many shared things at most; for more the numbers would be too long.
MOST = 16
#: Numbers kept at most.
_KEPT = 4_000
#: For each bit of a byte: the digit it is, for all bytes.
_DIGITS = [bytes(48 + (byte >> bit & 1) for byte in range(256)) for bit in range(8)]


@dataclass(slots=True)
class Covers:
    """All sets of shared things by price."""

    prices: tuple[int, ...]
    _sets: list[int] = field(default_factory=list)
    _having: list[int] = field(default_factory=list)
    _known: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put the sets in order, and note for each thing which of them have it."""
        sums = [0]
        for price in self.prices:
            sums += [price + before for before in sums]
        self._sets = sorted(range(len(sums)), key=sums.__getitem__)
        halves = [bytes(one >> by & 255 for one in reversed(self._sets)) for by in (0, 8)]
        self._having = [
            int(halves[thing // 8].translate(_DIGITS[thing % 8]), 2)
            for thing in range(len(self.prices))
        ]

    def cheapest(self, rows: Iterable[Sequence[Entry]]) -> tuple[int, int]:
        """Give the price of the cheapest set with which every row has a choice, and the set."""
        everybody = -1
        for row in rows:
            somehow = 0
            for _, needs in row:
                somehow |= self._with(needs)
            everybody &= somehow
        first = self._sets[(everybody & -everybody).bit_length() - 1]
        return price_of(first, self.prices), first

    def _with(self, needs: int) -> int:
        known = self._known.get(needs)
        if known is None:
            known = (1 << len(self._sets)) - 1
            for thing in bits(needs):
                known &= self._having[thing]
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[needs] = known
        return known
