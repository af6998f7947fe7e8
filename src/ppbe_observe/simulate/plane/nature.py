"""What every simulated metric shares: noise and the rhythm of a federal working week. Pure.

Invariants: both are functions of the seed and of time alone; nothing is drawn, so every question about the
past gets the same answer again.
"""

import math
import random
from hashlib import blake2b

_TABLE = 4096  # draws; a power of two, so that a mask replaces a modulo
_MASK = _TABLE - 1
_WEEKEND = 0.35  # of a weekday's load
_EASTERN = 5 * 3600  # seconds behind UTC where the agencies work
_QUIETEST = 3  # o'clock, local
_REMEMBERED = 50_000  # minutes of rhythm kept: five weeks
_FRIDAY = 4


class Nature:
    """Noise by table look-up (a hash for every datapoint would cost more than the datapoint)."""

    __slots__ = ("_rhythm", "seed", "table")

    def __init__(self, seed: int) -> None:
        self.seed = seed
        draw = random.Random(seed)  # noqa: S311 - simulation, not secrets
        self.table = tuple(draw.uniform(-1.0, 1.0) for _ in range(_TABLE))
        self._rhythm: dict[int, float] = {}

    def key_of(self, *identity: object) -> tuple[int, int]:
        """Where a metric starts in the table and with which odd stride it walks through it."""
        digest = blake2b(repr((self.seed, *identity)).encode(), digest_size=16).digest()
        return int.from_bytes(digest[:8]), int.from_bytes(digest[8:12]) | 1

    def noise(self, key: tuple[int, int], index: int) -> float:
        """Between -1 and 1, for one cell of one metric."""
        return self.table[((key[0] + index * key[1]) >> 20) & _MASK]

    def draw(self, key: tuple[int, int], index: int) -> float:
        """Between 0 and 1, for the lateness of that cell."""
        return (self.table[((key[0] + index * key[1]) >> 9) & _MASK] + 1.0) / 2

    def rhythm(self, second: int) -> float:
        """The load at that time, 0 (night) to 1 (weekday noon)."""
        minute = second // 60
        known = self._rhythm.get(minute)
        if known is not None:
            return known
        if len(self._rhythm) >= _REMEMBERED:
            self._rhythm.clear()
        load = _load(minute * 60)
        self._rhythm[minute] = load
        return load


def _load(second: int) -> float:
    local = second - _EASTERN
    hour = local % 86400 / 3600
    weekday = (local // 86400 + 3) % 7  # 1 January 1970 was a Thursday
    daily = 0.5 - 0.5 * math.cos((hour - _QUIETEST) / 24 * 2 * math.pi)
    return float(daily**1.5) * (1.0 if weekday <= _FRIDAY else _WEEKEND)
