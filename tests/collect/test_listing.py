"""ListMetrics is asked once per namespace and age, and a failure keeps what was known."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Barrier, Thread

from ppbe_observe.cloudwatch.query import ListedMetric
from ppbe_observe.collect.listing import Listed, Listing
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason

CPU = ListedMetric("CPUUtilization", (("DBInstanceIdentifier", "a"),))
OTHER = ListedMetric("Other", ())
DENIED = Failure(Reason.DENIED, "cloudwatch:ListMetrics", "no")
NAMES = frozenset({"CPUUtilization"})


@dataclass
class Api:
    """Lists these metrics, or fails after the first."""

    metrics: tuple[ListedMetric, ...] = (CPU, OTHER)
    failure: Failure | None = None
    asked: list[str] = field(default_factory=list)

    def list_metrics(self, namespace: str, deadline: float) -> Iterator[ListedMetric]:
        self.asked.append(namespace)
        for metric in self.metrics:
            yield metric
            if self.failure:
                raise AwsError(self.failure)


@dataclass
class Clock:
    """Stands still until it is told."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_only_the_wanted_names_are_kept_and_the_same_tuple_is_given_again() -> None:
    api, clock = Api(), Clock()
    listing = Listing(api, 600, clock)
    first = listing.of("AWS/RDS", NAMES, 0.0)
    assert first == Listed((CPU,))
    clock.now = 599.0
    assert listing.of("AWS/RDS", NAMES, 0.0).metrics is first.metrics
    assert api.asked == ["AWS/RDS"]
    clock.now = 600.0
    assert listing.of("AWS/RDS", NAMES, 0.0) == first
    assert api.asked == ["AWS/RDS", "AWS/RDS"]


def test_a_failed_refresh_keeps_the_old_listing_and_is_told_each_time() -> None:
    api, clock = Api(), Clock()
    listing = Listing(api, 600, clock)
    listing.of("AWS/RDS", NAMES, 0.0)
    api.metrics, api.failure, clock.now = (OTHER, CPU), DENIED, 700.0
    assert listing.of("AWS/RDS", NAMES, 0.0) == Listed((CPU,), DENIED)
    assert listing.of("AWS/RDS", NAMES, 0.0) == Listed((CPU,), DENIED)
    api.failure = None
    assert listing.of("AWS/RDS", NAMES, 0.0) == Listed((CPU,))


def test_a_listing_that_never_succeeded_is_empty_with_its_failure() -> None:
    assert Listing(Api(failure=DENIED), 600).of("AWS/RDS", NAMES, 0.0) == Listed((), DENIED)


def test_who_asks_at_the_same_time_shares_one_listing() -> None:
    api = Api()
    listing = Listing(api, 600)
    barrier = Barrier(8)

    def ask() -> None:
        barrier.wait()
        listing.of("AWS/RDS", NAMES, 0.0)

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert api.asked == ["AWS/RDS"]
