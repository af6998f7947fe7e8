"""What a simulated estate may be told when it starts."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """How large, how punctual and how strict the simulated AWS is.

    Attributes:
        seed: The same seed gives the same identifiers and the same datapoints.
        series: Metrics beyond the estate's own, in the namespace ``PPBE/Load`` (0 to 100,000).
        load_balancers: Application load balancers beyond the estate's own; real ones, with their metrics.
        limits: Whether CloudWatch's calls per second are limited as AWS limits them.
        late: Whether datapoints arrive late and are revised, as AWS's do.
        clock: Seconds since the epoch; handed in so that tests stand still.
        alarm_interval: Seconds of real time between two looks of CloudWatch at its alarms; AWS's are a minute apart.
    """

    seed: int = 1
    series: int = 0
    load_balancers: int = 0
    limits: bool = False
    late: bool = True
    clock: Callable[[], float] = time.time
    alarm_interval: float = 10.0
