"""Whether the settings will work: who we are, where the endpoints are, and each AWS call that is needed. I/O.

Nothing is guessed from policies: every exporter and check is run once, and what became of each call is reported. That
there is none of what was asked for (``NoSuchBucketPolicy``) is an answer, not a failure.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from ppbe_observe.assessment.examiner import Examination
from ppbe_observe.aws.calls import Call
from ppbe_observe.clock import utc_now
from ppbe_observe.daemon.inspection import inspect
from ppbe_observe.daemon.oneshot import PARALLEL_JOBS, Workbench
from ppbe_observe.errors import AwsError, StateError
from ppbe_observe.model import Failure, Reason, Snapshot, Target
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
_DENIED = {
    "sts:GetCallerIdentity": "give valid credentials: AWS_PROFILE, AWS_ACCESS_KEY_ID, or the role of the machine",
    "sts:AssumeRole": "mend the role's trust policy or external_id, or allow us sts:AssumeRole (see iam-policy)",
}
"""What no policy of the role changes: everybody with valid credentials may ask who they are."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at."""

    target: str
    what: str
    good: bool
    found: str
    advice: str = ""


class _Calls:
    """Counts the calls that AWS answered, by target and operation: nothing is known of the others."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.made: Counter[tuple[str, str]] = Counter()

    def __call__(self, call: Call, /) -> None:
        if call.failure is not None and call.request_id is None:
            return
        with self._lock:
            self.made[call.target.name, call.operation] += 1


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
        failures = dict(_run(bench, targets))
        for target in targets:
            yield _clock(bench, target, answered=target.name in {name for name, _ in calls.made})
    named = {target.name for target in targets}  # who we are was asked before, and is told above
    for name, operation in sorted(each for each in failures.keys() | calls.made.keys() if each[0] in named):
        if failed := failures.get((name, operation)):
            yield _failed(name, failed)
        else:
            count = calls.made[name, operation]
            yield Examined(name, operation, good=True, found=f"allowed ({count}x)")


def _run(bench: Workbench, targets: Sequence[Target]) -> Iterator[tuple[tuple[str, str], Failure]]:
    """Every exporter and check once; what failed, by target and operation."""
    now, deadline, assembly = utc_now(), monotonic() + WITHIN, bench.assembly
    collectors = [collector for target in targets for collector in assembly.collectors(target)]
    with ThreadPoolExecutor(PARALLEL_JOBS) as pool:
        runs = [pool.submit(collector.run, now, deadline) for collector in collectors]
    seen: list[Snapshot | Examination] = [run.result() for run in runs]
    if assembly.settings.controls.enabled:
        seen += inspect(assembly, assembly.examiner, targets, now, monotonic() + WITHIN, done=_nothing)
    for each in seen:
        for failure in each.failures:
            yield (each.target.name, failure.operation), failure


def _nothing() -> None:
    """Nobody waits for progress."""


def _state(settings: Settings) -> Examined:
    try:
        database = Database(settings.state.url.get_secret_value())
        database.read(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())
        database.close()
    except StateError as error:
        return Examined("-", "state database", good=False, found=str(error), advice="set state.url")
    if database.quarantined:
        found = f"{settings.state.shown_url}; moved aside as corrupt: {', '.join(map(str, database.quarantined))}"
        return Examined("-", "state database", good=False, found=found, advice="look at the disk, then delete them")
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


def _clock(bench: Workbench, target: Target, *, answered: bool) -> Examined:
    """AWS tells the time only to those whose signature it refuses for theirs."""
    skew = bench.shared.sessions.of(target).clock_skew
    if not skew:
        found = "accepted by AWS" if answered else "unknown: AWS answered no call"
        return Examined(target.name, "clock", good=answered, found=found)
    good = abs(skew) < SKEW_LIMIT
    advice = "" if good else _ADVICE[Reason.SKEWED]
    return Examined(target.name, "clock", good=good, found=f"{skew:+.1f} s from AWS", advice=advice)


def _failed(where: str, failure: Failure) -> Examined:
    found = f"{failure.reason}: {failure.detail}"
    advice = _ADVICE.get(failure.reason, "")
    if failure.reason is Reason.DENIED:
        advice = _DENIED.get(failure.operation, advice)
    return Examined(where, failure.operation, good=False, found=found, advice=advice)
