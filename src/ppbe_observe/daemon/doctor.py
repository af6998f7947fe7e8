"""Whether the settings will work: who we are, where the endpoints are, and each AWS call that is needed. I/O.

Nothing is guessed from policies: every exporter is run once, and what each call answered is reported.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from time import monotonic

from ppbe_observe.aws.calls import Call
from ppbe_observe.collect.collector import Collector
from ppbe_observe.daemon.oneshot import PARALLEL_JOBS, Workbench
from ppbe_observe.errors import AwsError, StateError
from ppbe_observe.model import Failure, Reason, Target
from ppbe_observe.settings import Settings
from ppbe_observe.state.database import Database

WITHIN = 60
SKEW_LIMIT = 60.0
"""Seconds: SigV4 signatures are refused at 300 s (AWS General Reference), so that a minute is a warning."""

_ADVICE = {
    Reason.DENIED: "allow the action in the IAM policy of the role, or disable the exporter",
    Reason.EXPIRED: "renew the credentials",
    Reason.SKEWED: "set this machine's clock (chrony, NTP)",
    Reason.TIMEOUT: "check routes, security groups and proxies to the endpoint",
    Reason.UNREACHABLE: "check DNS, routes, VPC endpoints and proxies",
    Reason.THROTTLED: "another client uses up the quota: lower aws.rates or raise the quota",
    Reason.UNSUPPORTED: "the service is not in this region: disable the exporter for it",
}


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at."""

    target: str
    what: str
    good: bool
    found: str
    advice: str = ""


class _Calls:
    """Remembers the last failure, or the success, of each call."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.seen: dict[tuple[str, str], tuple[int, Failure | None]] = {}

    def __call__(self, call: Call, /) -> None:
        key = call.target.name, call.operation
        with self._lock:
            count, earlier = self.seen.get(key, (0, None))
            self.seen[key] = (count + 1, earlier or call.failure)


def examine(settings: Settings) -> Iterator[Examined]:
    """Look at everything that the daemon will need, target by target."""
    yield _state(settings)
    calls = _Calls()
    with Workbench(settings, calls) as bench:
        targets = bench.targets()
        for where, failure in bench.failures:
            yield _failed(where, failure)
        for target in targets:
            yield from _identity(bench, target)
            yield _endpoint(bench, target)
        _run([collector for target in targets for collector in bench.assembly.collectors(target)])
        for target in targets:
            yield _clock(bench, target)
    for (name, operation), (count, refused) in sorted(calls.seen.items()):
        yield _failed(name, refused) if refused else Examined(name, operation, good=True, found=f"allowed ({count}x)")


def _run(collectors: Iterable[Collector]) -> None:
    now, deadline = datetime.now(UTC), monotonic() + WITHIN
    with ThreadPoolExecutor(PARALLEL_JOBS) as pool:
        for run in [pool.submit(collector.run, now, deadline) for collector in collectors]:
            run.result()


def _state(settings: Settings) -> Examined:
    try:
        database = Database(settings.state.url.get_secret_value())
        with database.begin() as connection:
            connection.exec_driver_sql("SELECT 1")
        database.close()
    except StateError as error:
        return Examined("-", "state database", good=False, found=str(error), advice="set state.url")
    return Examined("-", "state database", good=True, found=settings.state.shown_url)


def _identity(bench: Workbench, target: Target) -> Iterator[Examined]:
    try:
        identity = bench.shared.sessions.of(target).identity()
    except AwsError as error:
        yield _failed(target.name, error.failure)
        return
    right = identity.account_id == target.account_id
    advice = "" if right else f"targets: account_id {target.account_id} is not that of the credentials; give a role"
    yield Examined(target.name, "identity", good=right, found=identity.arn, advice=advice)


def _endpoint(bench: Workbench, target: Target) -> Examined:
    endpoint = bench.shared.sessions.endpoint(target, "cloudwatch")
    fips = (
        "set by AWS_ENDPOINT_URL, FIPS rules do not apply"
        if endpoint.custom
        else f"FIPS {'on' if target.fips else 'off'}"
    )
    return Examined(target.name, "CloudWatch endpoint", good=True, found=f"{endpoint.url} ({fips})")


def _clock(bench: Workbench, target: Target) -> Examined:
    skew = bench.shared.sessions.of(target).clock_skew
    good = abs(skew) < SKEW_LIMIT
    advice = "" if good else _ADVICE[Reason.SKEWED]
    return Examined(target.name, "clock", good=good, found=f"{skew:+.1f} s from AWS", advice=advice)


def _failed(where: str, failure: Failure) -> Examined:
    found = f"{failure.reason}: {failure.detail}"
    return Examined(where, failure.operation, good=False, found=found, advice=_ADVICE.get(failure.reason, ""))
