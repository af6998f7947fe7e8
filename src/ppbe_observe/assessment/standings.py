"""The outcomes of the last evaluation of every target: what the roll-up is made of. Thread-safe, no I/O."""

from collections import Counter
from collections.abc import Iterable
from threading import Lock

from ppbe_observe.controls.rollup import Outcomes
from ppbe_observe.model import Outcome, Target


class Standings:
    """Outlives a reload; a target that was not judged is unknown in every check.

    ``turn`` is held by whoever rolls up and publishes, so that what is published last has seen the most.
    """

    def __init__(self) -> None:
        self.turn = Lock()
        self._lock = Lock()
        self._counts: dict[Target, dict[str, Outcomes]] = {}
        self._tried: set[Target] = set()

    def put(self, target: Target, counts: dict[str, Outcomes]) -> None:
        """The outcomes of a target, by check."""
        with self._lock:
            self._counts[target] = counts
            self._tried.add(target)

    def broke(self, target: Target) -> None:
        """The evaluation of a target has raised: it has seen nothing."""
        with self._lock:
            self._counts.pop(target, None)
            self._tried.add(target)

    def pending(self, targets: Iterable[Target]) -> bool:
        """Whether the first evaluation of one of these targets has not ended yet."""
        with self._lock:
            return not self._tried.issuperset(targets)

    def over(self, targets: Iterable[Target], checks: Iterable[str]) -> dict[str, Outcomes]:
        """The outcomes of these targets together; others are forgotten."""
        wanted = set(targets)
        total = {check: Counter[Outcome]() for check in checks}
        with self._lock:
            self._tried &= wanted
            self._counts = {target: counts for target, counts in self._counts.items() if target in wanted}
            for counts in self._counts.values():
                for check, outcomes in counts.items():
                    total.setdefault(check, Counter()).update(outcomes)
            unseen = len(wanted) - len(self._counts)
        if unseen:
            for outcomes in total.values():
                outcomes[Outcome.UNKNOWN] += unseen
        return total
