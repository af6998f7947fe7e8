"""Compares the declared alarms with those in CloudWatch, and puts them there. I/O.

Invariant: nothing is said to be absent or left over on a target of which something could not be seen.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime

from ppbe_observe.alerting.alarms.putting import Drift, Standing, drifts
from ppbe_observe.aws.writing import put_alarm
from ppbe_observe.daemon.oneshot import PARALLEL_JOBS, Workbench
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Target

UNCERTAIN = frozenset({Standing.ABSENT, Standing.LEFT_OVER})
"""What only a whole look can tell: an alarm or a resource that was not seen may be there."""
MENDED = frozenset({Standing.ABSENT, Standing.DIFFERENT})
"""What putting the alarm mends."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The alarms of one target, and what could not be seen."""

    target: Target
    drifts: tuple[Drift, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """One alarm that was written, or why not."""

    target: Target
    name: str
    failure: Failure | None


def compare(bench: Workbench, targets: Sequence[Target], now: datetime, deadline: float) -> list[Compared]:
    """Every target, side by side, not later than the monotonic ``deadline``."""
    with ThreadPoolExecutor(PARALLEL_JOBS) as pool:
        looks = [pool.submit(copy_context().run, _compared, bench, each, now, deadline) for each in targets]
        return [each.result() for each in looks]


def put(bench: Workbench, compared: Iterable[Compared], deadline: float) -> Iterator[Put]:
    """Write what differs or is absent, one after the other: PutMetricAlarm takes three a second."""
    for each in compared:
        session = bench.assembly.session(each.target)
        for drift in each.drifts:
            if drift.standing not in MENDED:
                continue
            try:
                put_alarm(session, drift.arguments, deadline)
            except AwsError as error:
                yield Put(each.target, drift.name, error.failure)
            else:
                yield Put(each.target, drift.name, None)


def _compared(bench: Workbench, target: Target, now: datetime, deadline: float) -> Compared:
    failures: list[Failure] = []
    collector = bench.assembly.alarm_collector(target)
    existing = {name: each.facts for name, each in collector.mirrored(now, deadline, failures).items()}
    wanted = collector.watched(now, deadline, failures)
    found = drifts(wanted, target, existing, bench.assembly.alarms)
    if failures:
        found = tuple(each for each in found if each.standing not in UNCERTAIN)
    return Compared(target, found, tuple(dict.fromkeys(failures)))
